package vi

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// renderer puts readings and words together: one space between words, one mark
// between clauses, no mark where nothing was said.
type renderer struct {
	text    strings.Builder
	pending byte // the strongest mark since the last word; 0: none
	line    bool // a line ended since the last word
	changes []Change
	unknown []string
}

// strength orders marks by how much of a pause they are.
const strength = ",:;.!?"

// mark ends a clause. Of several marks in a row the strongest stays.
func (o *renderer) mark(m byte) {
	if o.text.Len() == 0 || o.line {
		return
	}
	if o.pending == 0 || strings.IndexByte(strength, m) > strings.IndexByte(strength, o.pending) {
		o.pending = m
	}
}

// unmarked says whether a mark now would follow a word.
func (o *renderer) unmarked() bool { return o.pending == 0 && !o.line && o.text.Len() > 0 }

func (o *renderer) newline() { o.line = o.text.Len() > 0 }

// word adds words and says where they begin.
func (o *renderer) word(w string) int {
	if o.text.Len() > 0 {
		o.flush()
		if o.line {
			o.text.WriteByte('\n')
		} else {
			o.text.WriteByte(' ')
		}
	}
	o.pending, o.line = 0, false
	at := o.text.Len()
	o.text.WriteString(w)
	return at
}

// flush writes the mark that waits. A comma before the end of a line is none.
func (o *renderer) flush() {
	if o.pending != 0 && (!o.line || o.pending != ',') {
		o.text.WriteByte(o.pending)
	}
}

// change adds a reading in place of what was written. At the beginning of a
// sentence it keeps the capital.
func (o *renderer) change(written string, r reading) {
	text := r.text
	if c, _ := utf8.DecodeRuneInString(written); unicode.IsUpper(c) && o.begins() {
		f, n := utf8.DecodeRuneInString(text)
		text = string(unicode.ToUpper(f)) + text[n:]
	}
	at := o.word(text)
	if r.unknown {
		r.doubt = cmp.Or(r.doubt, Spelled)
	}
	if text != written || r.doubt != "" {
		o.changes = append(o.changes, Change{Written: written, Read: text, At: at, Doubt: r.doubt})
	}
	if r.unknown && len(o.unknown) < 1000 && !slices.Contains(o.unknown[max(0, len(o.unknown)-50):], written) {
		o.unknown = append(o.unknown, written)
	}
}

// begins says whether the next word begins a sentence.
func (o *renderer) begins() bool {
	return o.text.Len() == 0 || o.line || strings.IndexByte(".!?", o.pending) >= 0 && o.pending != 0
}

// spoken ends the text.
func (o *renderer) spoken() Reading {
	o.line = true // a comma before the end is none
	o.flush()
	return Reading{Text: o.text.String(), Changes: o.changes, Unknown: o.unknown}
}
