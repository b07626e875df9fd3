package uecp

import (
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	start  = 0xFE
	end    = 0xFF
	escape = 0xFD

	// MaxMessage is how many bytes of message elements one frame takes.
	MaxMessage = 255
	maxSite    = 1<<10 - 1
	maxEncoder = 1<<6 - 1
)

// The faults of a frame that was received.
var (
	// ErrFrame says that the bytes are no whole frame.
	ErrFrame = errors.New("no UECP frame")
	// ErrCRC says that the frame was damaged on its way.
	ErrCRC = errors.New("UECP frame with a wrong checksum")
)

// Frame is one record on the line. The zero address is that of all encoders at all
// sites.
type Frame struct {
	Site     uint16 // 0 to 1023
	Encoder  uint8  // 0 to 63
	Sequence uint8  // 1 to 255 in turn; 0: not counted
	Message  []byte // one or more message elements, at most MaxMessage bytes
}

// Encode is the frame as it goes over the line. The error says what is out of bounds.
func (f Frame) Encode() ([]byte, error) {
	switch {
	case f.Site > maxSite:
		return nil, fmt.Errorf("UECP site %d: use 0 to %d", f.Site, maxSite)
	case f.Encoder > maxEncoder:
		return nil, fmt.Errorf("UECP encoder %d: use 0 to %d", f.Encoder, maxEncoder)
	case len(f.Message) > MaxMessage:
		return nil, fmt.Errorf("UECP message of %d bytes: at most %d go into a frame", len(f.Message), MaxMessage)
	}
	body := binary.BigEndian.AppendUint16(nil, f.Site<<6|uint16(f.Encoder))
	body = append(body, f.Sequence, byte(len(f.Message)))
	body = append(body, f.Message...)
	body = binary.BigEndian.AppendUint16(body, CRC(body))
	return append(append([]byte{start}, Stuff(body)...), end), nil
}

// Decode reads one whole frame, as Encode writes it. ErrFrame, ErrCRC.
func Decode(raw []byte) (Frame, error) {
	if len(raw) < 2 || raw[0] != start || raw[len(raw)-1] != end {
		return Frame{}, fmt.Errorf("%w: it begins with FE and ends with FF", ErrFrame)
	}
	body, err := unstuff(raw[1 : len(raw)-1])
	if err != nil {
		return Frame{}, err
	}
	const around = 6 // address, sequence, length, checksum
	if len(body) < around || int(body[3]) != len(body)-around {
		return Frame{}, fmt.Errorf("%w: its length is not the one it names", ErrFrame)
	}
	if binary.BigEndian.Uint16(body[len(body)-2:]) != CRC(body[:len(body)-2]) {
		return Frame{}, ErrCRC
	}
	address := binary.BigEndian.Uint16(body)
	return Frame{
		Site: address >> 6, Encoder: uint8(address & maxEncoder), Sequence: body[2], Message: body[4 : len(body)-2],
	}, nil
}

// CRC is CRC-16/GENIBUS: polynomial 1021, begun with FFFF, inverted at the end (SPB
// 490, section 2.2.6).
func CRC(b []byte) uint16 {
	c := uint16(0xFFFF)
	for _, x := range b {
		c ^= uint16(x) << 8
		for range 8 {
			carry := c & 0x8000
			if c <<= 1; carry != 0 {
				c ^= 0x1021
			}
		}
	}
	return ^c
}

// Stuff writes FD, FE and FF in two bytes, so that FE and FF only begin and end
// frames.
func Stuff(b []byte) []byte {
	out := make([]byte, 0, len(b)+4)
	for _, x := range b {
		if x >= escape {
			out = append(out, escape, x-escape)
			continue
		}
		out = append(out, x)
	}
	return out
}

func unstuff(b []byte) ([]byte, error) {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] > escape:
			return nil, fmt.Errorf("%w: %02X stands within it", ErrFrame, b[i])
		case b[i] < escape:
			out = append(out, b[i])
		case i+1 == len(b) || b[i+1] > end-escape:
			return nil, fmt.Errorf("%w: FD is followed by 00, 01 or 02", ErrFrame)
		default:
			i++
			out = append(out, escape+b[i])
		}
	}
	return out, nil
}
