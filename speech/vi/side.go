package vi

import (
	"strings"
	"unicode"
)

// Stretch is a part of a line, as written and as read.
type Stretch struct {
	Written string // as it was given
	Read    string // with the space or pause before or behind it
	Changed bool   // read otherwise than written; else only pauses differ
	Doubt   Doubt  // what the author should look at; empty: nothing
}

// Lines puts written and read side by side, line by line: the stretches' Read, one
// behind the other, with newlines between the lines, are Text. given is what the
// reading was made of. Lines of which nothing is read are left out.
func (r Reading) Lines(given string) [][]Stretch {
	var s sides
	from, at := 0, 0
	for _, c := range r.Changes {
		end := c.At + len(c.Read)
		if c.From < from || c.To > len(given) || c.At < at || end > len(r.Text) {
			continue // of another text
		}
		s.same(given[from:c.From], r.Text[at:c.At], true)
		s.add(Stretch{given[c.From:c.To], r.Text[c.At:end], true, c.Doubt})
		from, at = c.To, end
	}
	s.same(given[from:], r.Text[at:], false)
	return s.lines
}

// sides collects lines.
type sides struct {
	lines [][]Stretch
	open  bool // the last line may still grow
}

func (s *sides) add(part Stretch) {
	if !s.open {
		s.lines, s.open = append(s.lines, nil), true
	}
	last := len(s.lines) - 1
	s.lines[last] = append(s.lines[last], part)
}

// same adds what is read as it is written. more says that the last of its lines
// goes on.
func (s *sides) same(written, read string, more bool) {
	reads := strings.Split(read, "\n")
	lines := s.saying(written, more, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	if len(lines) != len(reads) {
		lines = s.saying(written, more, unicode.IsGraphic)
	}
	if len(lines) != len(reads) {
		lines = append([]string{written}, make([]string, len(reads)-1)...)
	}
	for i := range reads {
		s.open = s.open && i == 0
		if reads[i] != "" || s.open && lines[i] != "" {
			s.add(Stretch{Written: lines[i], Read: reads[i]})
		}
	}
}

// saying is the lines of a text in which something is read, by a character that
// is, and those that have a part before or behind it.
func (s *sides) saying(text string, more bool, read func(rune) bool) []string {
	var lines []string
	rest, last := text, false
	for first := true; !last; first = false {
		line := rest
		if i := strings.IndexFunc(rest, lineEnd); i >= 0 {
			line = rest[:i]
			rest = strings.TrimLeftFunc(rest[i:], func(r rune) bool { return lineEnd(r) || r == ' ' })
		} else {
			last = true
		}
		if first && s.open || last && more || strings.ContainsFunc(line, read) {
			lines = append(lines, line)
		}
	}
	return lines
}

func lineEnd(r rune) bool { return r != ' ' && cleanRune(r) == '\n' }
