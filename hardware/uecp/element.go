package uecp

import (
	"fmt"
	"strings"
)

// Code names a message element.
type Code byte

// The elements that switch receivers or tell them something (SPB 490, section 3).
const (
	PI         Code = 0x01 // programme identification
	PS         Code = 0x02 // name of the programme, eight letters
	TATP       Code = 0x03 // traffic announcement and programme: what receivers switch on for
	PTY        Code = 0x07 // kind of programme
	RT         Code = 0x0A // text beside the programme, 64 letters
	Clock      Code = 0x0D // time and date
	FreeFormat Code = 0x24 // one group as it goes on air: where makers address their receivers
	InHouse    Code = 0x25 // data of the operator's own
	EWS        Code = 0x2B // emergency warning
	ODAConfig  Code = 0x40 // open data applications
	ODAFree    Code = 0x42
	ODAData    Code = 0x46
)

// Set says to which of an encoder's data sets and programmes an element goes; zero is
// the current one, and the main programme.
type Set struct {
	DataSet, Programme byte
}

// Traffic is the element that switches the traffic flags: receivers that wait for an
// announcement go on with it, and off with its end.
func (s Set) Traffic(announcement, programme bool) []byte {
	flags := byte(0)
	if announcement {
		flags |= 1
	}
	if programme {
		flags |= 2
	}
	return []byte{byte(TATP), s.DataSet, s.Programme, flags}
}

// Name is the element of the programme's name: one to eight letters of ASCII, filled up with
// blanks.
func (s Set) Name(name string) ([]byte, error) {
	if err := printable(name, 8); err != nil {
		return nil, fmt.Errorf("programme name: %w", err)
	}
	return append([]byte{byte(PS), s.DataSet, s.Programme}, fmt.Sprintf("%-8s", name)...), nil
}

// Text is the element of the text beside the programme: one to 64 letters of ASCII.
func (s Set) Text(text string) ([]byte, error) {
	if err := printable(text, 64); err != nil {
		return nil, fmt.Errorf("radio text: %w", err)
	}
	// Behind the length stands one byte: how often it is sent, 0 without end, and no flush.
	out := []byte{byte(RT), s.DataSet, s.Programme, byte(len(text) + 1), 0}
	return append(out, text...), nil
}

func printable(text string, most int) error {
	outside := func(r rune) bool { return r < ' ' || r > '~' }
	if text == "" || len(text) > most || strings.ContainsFunc(text, outside) {
		return fmt.Errorf("%q: use 1 to %d letters without marks", text, most)
	}
	return nil
}
