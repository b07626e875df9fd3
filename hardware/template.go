package hardware

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"loalang/hardware/uecp"
)

// maxTemplate is how many bytes one command may have.
const maxTemplate = uecp.MaxMessage

// Template is the bytes of one command, with places for the number of a zone.
type Template struct {
	pieces []piece
}

// piece is bytes as they are, or a place for the zone's number.
type piece struct {
	bytes  []byte
	digits int  // of the number; 0: bytes are meant, or raw is
	raw    bool // the number as one byte
}

// escapes are the letters behind a backslash, but for x and two hexadecimal digits.
var escapes = map[byte]byte{'r': '\r', 'n': '\n', 't': '\t', '\\': '\\', '{': '{'}

// holes are the places for the zone's number.
var holes = map[string]piece{"{n}": {digits: 1}, "{nn}": {digits: 2}, "{nnn}": {digits: 3}, "{b}": {raw: true}}

// ParseTemplate reads a command as it is written in settings: letters as they are, \xHH
// for any byte, \r, \n, \t, \\ and \{; {n}, {nn} and {nnn} for the zone's number with at
// least so many digits, {b} for it as one byte.
func ParseTemplate(text string) (Template, error) {
	var t Template
	var plain []byte
	for text != "" {
		switch text[0] {
		case '\\':
			b, rest, err := unescape(text)
			if err != nil {
				return Template{}, err
			}
			plain, text = append(plain, b), rest
		case '{':
			hole, rest, closed := strings.Cut(text, "}")
			p, known := holes[hole+"}"]
			if !closed || !known {
				return Template{}, fmt.Errorf(`%q is no place for a number: use {n}, {nn}, {nnn} or {b}, or \{ for the brace itself`, hole)
			}
			t.pieces = append(t.pieces, piece{bytes: plain}, p)
			plain, text = nil, rest
		default:
			plain, text = append(plain, text[0]), text[1:]
		}
	}
	t.pieces = append(t.pieces, piece{bytes: plain})
	if n := len(t.Bytes(255)); n > maxTemplate {
		return Template{}, fmt.Errorf("%d bytes are too many for a command: use at most %d", n, maxTemplate)
	}
	return t, nil
}

// unescape reads what begins with a backslash.
func unescape(text string) (b byte, rest string, err error) {
	if len(text) >= 4 && text[1] == 'x' {
		if n, err := strconv.ParseUint(text[2:4], 16, 8); err == nil {
			return byte(n), text[4:], nil
		}
	}
	if len(text) >= 2 {
		if b, known := escapes[text[1]]; known {
			return b, text[2:], nil
		}
	}
	return 0, "", fmt.Errorf(`%q means nothing: use \x and two hexadecimal digits, \r, \n, \t or \\`, text[:min(4, len(text))])
}

// Empty says whether there is no command at all.
func (t Template) Empty() bool { return len(t.Bytes(0)) == 0 }

// Bytes is the command for a zone, 0 to 255.
func (t Template) Bytes(zone int) []byte {
	var out []byte
	for _, p := range t.pieces {
		switch {
		case p.raw:
			out = append(out, byte(zone))
		case p.digits > 0:
			out = fmt.Appendf(out, "%0*d", p.digits, zone)
		default:
			out = append(out, p.bytes...)
		}
	}
	return out
}

// element is a message element by its name, such as TA=1 or PS=UN TA.
var element = regexp.MustCompile(`^(TA|PS|RT)=(.*)$`)

// ParseUECP reads a command for an RDS encoder: TA=1 and TA=0 switch the traffic
// announcement, PS=NAME and RT=TEXT write, and anything else is the bytes of message
// elements as ParseTemplate reads them, such as \x24 and a group of the maker's.
func ParseUECP(text string) (Template, error) {
	m := element.FindStringSubmatch(text)
	if m == nil {
		return ParseTemplate(text)
	}
	var raw []byte
	var err error
	switch m[1] {
	case "PS":
		raw, err = uecp.Set{}.Name(m[2])
	case "RT":
		raw, err = uecp.Set{}.Text(m[2])
	default:
		if m[2] != "0" && m[2] != "1" {
			err = errors.New("use TA=1 to begin and TA=0 to end")
		}
		raw = uecp.Set{}.Traffic(m[2] == "1", true)
	}
	return Template{pieces: []piece{{bytes: raw}}}, err
}
