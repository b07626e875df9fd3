package uecp_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"loalang/hardware/uecp"
)

// The vectors of an independent implementation's own tests, uecp_rs.
func TestForeignVectors(t *testing.T) {
	if got := uecp.CRC([]byte("2D111234010105ABCD123F0XXXX11069212491000320066")); got != 0x9723 {
		t.Errorf("checksum = %04X, want 9723", got)
	}
	plain := []byte{0x12, 0xFD, 0x15, 0xFF, 0xAB, 0xFE, 0x26}
	if got, want := uecp.Stuff(plain), []byte{0x12, 0xFD, 0, 0x15, 0xFD, 2, 0xAB, 0xFD, 1, 0x26}; !bytes.Equal(got, want) {
		t.Errorf("stuffed = % X, want % X", got, want)
	}
}

// The check value that catalogues of CRCs give for CRC-16/GENIBUS.
func TestCatalogueCheck(t *testing.T) {
	if got := uecp.CRC([]byte("123456789")); got != 0xD64E {
		t.Errorf("checksum = %04X, want D64E", got)
	}
}

func TestFrameByHand(t *testing.T) {
	raw, err := uecp.Frame{Site: 341, Encoder: 21, Sequence: 1, Message: []byte{0x01, 0, 0, 0xC2, 0x01}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	// Address 0x5555 is site 0101010101 and encoder 010101.
	if want := []byte{0xFE, 0x55, 0x55, 0x01, 0x05, 0x01, 0, 0, 0xC2, 0x01}; !bytes.HasPrefix(raw, want) || raw[len(raw)-1] != 0xFF {
		t.Errorf("frame = % X", raw)
	}
}

func TestFrameOutOfBounds(t *testing.T) {
	for name, f := range map[string]uecp.Frame{
		"Site":    {Site: 1024},
		"Encoder": {Encoder: 64},
		"Message": {Message: make([]byte, 256)},
	} {
		if _, err := f.Encode(); err == nil {
			t.Errorf("%s: a frame was made", name)
		}
	}
}

func TestDamagedFrames(t *testing.T) {
	good, err := uecp.Frame{Message: []byte{0x03, 0, 0, 3}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[8] ^= 1
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"Nothing":    {nil, uecp.ErrFrame},
		"NoEnd":      {good[:len(good)-1], uecp.ErrFrame},
		"Cut":        {append(bytes.Clone(good[:6]), 0xFF), uecp.ErrFrame},
		"Flipped":    {flipped, uecp.ErrCRC},
		"StartInIt":  {[]byte{0xFE, 0xFE, 0xFF}, uecp.ErrFrame},
		"EscapeLast": {[]byte{0xFE, 0xFD, 0xFF}, uecp.ErrFrame},
		"EscapeOdd":  {[]byte{0xFE, 0xFD, 0x03, 0xFF}, uecp.ErrFrame},
	} {
		if _, err := uecp.Decode(c.raw); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestElements(t *testing.T) {
	if got := (uecp.Set{DataSet: 0, Programme: 1}).Traffic(true, true); !bytes.Equal(got, []byte{3, 0, 1, 3}) {
		t.Errorf("traffic = % X", got)
	}
	if got := (uecp.Set{}).Traffic(false, true); !bytes.Equal(got, []byte{3, 0, 0, 2}) {
		t.Errorf("traffic off = % X", got)
	}
	if got, err := (uecp.Set{}).Name("UN TA"); err != nil || string(got) != "\x02\x00\x00UN TA   " {
		t.Errorf("name = %q, %v", got, err)
	}
	if got, err := (uecp.Set{}).Text("Lu ve"); err != nil || string(got) != "\x0A\x00\x00\x06\x00Lu ve" {
		t.Errorf("text = %q, %v", got, err)
	}
	for _, bad := range []string{"", "Ún Tà", strings.Repeat("a", 65)} {
		if _, err := (uecp.Set{}).Name(bad); err == nil {
			t.Errorf("%q is a name", bad)
		}
		if _, err := (uecp.Set{}).Text(bad); err == nil {
			t.Errorf("%q is a text", bad)
		}
	}
}

// What is read is what was written, and what was read is written the same.
func FuzzFrame(f *testing.F) {
	for _, m := range [][]byte{nil, {3, 0, 0, 3}, {0xFD, 0xFE, 0xFF}, bytes.Repeat([]byte{0xFF}, 255)} {
		raw, err := uecp.Frame{Site: 1023, Encoder: 63, Sequence: 0xFE, Message: m}.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		frame, err := uecp.Decode(raw)
		if err != nil {
			return
		}
		again, err := frame.Encode()
		if err != nil || !bytes.Equal(again, raw) {
			t.Errorf("% X came back as % X, %v", raw, again, err)
		}
	})
}
