package vi_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"loalang/speech/vi"
)

// inPlace checks that every change lies where it says in both texts, one behind
// the other, and that the changes are all there is: putting them into the text as
// it was given makes the spoken one, pauses apart.
func inPlace(t *testing.T, given string, s vi.Reading) {
	t.Helper()
	at, from := 0, 0
	var replaced strings.Builder
	for _, c := range s.Changes {
		if c.At < at || c.At+len(c.Read) > len(s.Text) || s.Text[c.At:c.At+len(c.Read)] != c.Read {
			t.Fatalf("change %+v does not lie in %q", c, s.Text)
		}
		if c.From < from || c.To <= c.From || c.To > len(given) || given[c.From:c.To] != c.Written {
			t.Fatalf("change %+v does not lie in %q as it was given", c, given)
		}
		replaced.WriteString(given[from:c.From] + " " + c.Read + " ")
		at, from = c.At+len(c.Read), c.To
	}
	replaced.WriteString(given[from:])
	if got, want := wordsOf(replaced.String()), wordsOf(s.Text); !slices.Equal(got, want) {
		t.Errorf("%q is read %q, but with its changes %+v it is %q", given, s.Text, s.Changes, got)
	}
}

// wordsOf is what is said of a text, without its pauses.
func wordsOf(text string) []string {
	var words []string
	for _, w := range strings.FieldsFunc(vi.Clean(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) }) {
		if w = strings.TrimLeftFunc(w, unicode.IsMark); w != "" {
			words = append(words, vi.OldStyle(w))
		}
	}
	return words
}

// The places of changes are those of the text as it was given, however it was
// written and however often it was read.
func TestChangesKeepTheirPlace(t *testing.T) {
	for _, c := range []struct{ given, written, read string }{
		{"  xã\u00a0UBND", "UBND", "ủy ban nhân dân"},
		{"xa\u0303 mo\u031b\u0300i UBND", "UBND", "ủy ban nhân dân"},
		{"\ufeffxã UB\u200bND", "UB\u200bND", "ủy ban nhân dân"},
		{"xã \xff\xfe UBND", "UBND", "ủy ban nhân dân"},
		{"lúc １９ｈ là 19h", "19h", "mười chín giờ"},
		{"từ 4 – 6 người", "4 – 6", "bốn đến sáu"},
		{"ở 38° IV", "IV", "bốn"},
		{"“Hoà” 🐖 UBND", "UBND", "ủy ban nhân dân"},
		{"a\r\n\r\nUBND", "UBND", "Ủy ban nhân dân"},
		{"về TP. Lào Cai", "TP.", "thành phố"},
	} {
		s := vi.Normalize(c.given, nil)
		inPlace(t, c.given, s)
		if !slices.ContainsFunc(s.Changes, func(ch vi.Change) bool { return ch.Written == c.written && ch.Read == c.read }) {
			t.Errorf("%q is changed %+v, want %q to become %q", c.given, s.Changes, c.written, c.read)
		}
	}
}

// Written and read stand side by side, line for line.
func TestLines(t *testing.T) {
	given := "- UBND xã:\r\n\r\n***\n họp (19h), XKZ\n…\n• hết"
	var got []string
	for _, line := range vi.Normalize(given, nil).Lines(given) {
		for _, s := range line {
			got = append(got, s.Written+"|"+s.Read+"|"+string(s.Doubt))
		}
		got = append(got, "¶")
	}
	want := []string{"UBND|Ủy ban nhân dân|", " xã:| xã:|", "¶", "họp (|họp, |", "19h|mười chín giờ|", "), |, |", "XKZ|ích ca dét|spelled", "¶", "• hết|hết|", "¶"}
	if !slices.Equal(got, want) {
		t.Errorf("lines %q\nwant  %q", got, want)
	}
}

// linesUp checks that the lines hold all that is read.
func linesUp(t *testing.T, given string, s vi.Reading) {
	t.Helper()
	var lines []string
	at := 0
	for _, line := range s.Lines(given) {
		var read strings.Builder
		for _, part := range line {
			i := strings.Index(given[at:], part.Written)
			if i < 0 {
				t.Fatalf("%q is not what was written behind byte %d of %q", part.Written, at, given)
			}
			at += i + len(part.Written)
			read.WriteString(part.Read)
		}
		lines = append(lines, read.String())
	}
	if got := strings.Join(lines, "\n"); got != s.Text {
		t.Errorf("the lines read %q, the text %q", got, s.Text)
	}
}
