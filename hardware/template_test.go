package hardware_test

import (
	"bytes"
	"strings"
	"testing"

	"loalang/hardware"
)

func TestTemplate(t *testing.T) {
	for text, want := range map[string]string{
		`ON`:                     "ON",
		`ON {n}\r\n`:             "ON 7\r\n",
		`\x02Z{nnn}\x03`:         "\x02Z007\x03",
		`{nn}`:                   "07",
		`\xfe{b}\xFF`:            "\xfe\x07\xff",
		`a\\b\{n}\t`:             "a\\b{n}\t",
		`Bật cụm {n}`:            "Bật cụm 7",
		``:                       "",
		`{n}{n}`:                 "77",
		strings.Repeat("a", 255): strings.Repeat("a", 255),
	} {
		got, err := hardware.ParseTemplate(text)
		if err != nil || string(got.Bytes(7)) != want {
			t.Errorf("%q = %q, %v; want %q", text, got.Bytes(7), err, want)
		}
		if got.Empty() != (text == "") {
			t.Errorf("%q: empty is %v", text, got.Empty())
		}
	}
	for _, bad := range []string{`\x4`, `\xZZ`, `\q`, `end\`, `{m}`, `{n`, `{}`, strings.Repeat("a", 256)} {
		if _, err := hardware.ParseTemplate(bad); err == nil {
			t.Errorf("%q is a template", bad)
		}
	}
}

func TestUECPCommand(t *testing.T) {
	for text, want := range map[string][]byte{
		"TA=1":            {3, 0, 0, 3},
		"TA=0":            {3, 0, 0, 2},
		"PS=UN TA":        []byte("\x02\x00\x00UN TA   "),
		`\x24\x0A{b}\x00`: {0x24, 0x0A, 7, 0},
		"RT=Lu":           {0x0A, 0, 0, 3, 0, 'L', 'u'},
	} {
		if got, err := hardware.ParseUECP(text); err != nil || !bytes.Equal(got.Bytes(7), want) {
			t.Errorf("%q = % X, %v; want % X", text, got.Bytes(7), err, want)
		}
	}
	for _, bad := range []string{"TA=2", "PS=", "PS=Ún Tà", `\x2`} {
		if _, err := hardware.ParseUECP(bad); err == nil {
			t.Errorf("%q is a command", bad)
		}
	}
}

// Whatever a technician types, it is a template or an error, and never too long.
func FuzzTemplate(f *testing.F) {
	for _, s := range []string{`ON {n}\r`, `\xFF{b}`, `{`, `\`, "TA=1", "PS=", "RT=x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func(string) (hardware.Template, error){hardware.ParseTemplate, hardware.ParseUECP} {
			if got, err := parse(text); err == nil && len(got.Bytes(255)) > 255 {
				t.Errorf("%q makes %d bytes", text, len(got.Bytes(255)))
			}
		}
	})
}
