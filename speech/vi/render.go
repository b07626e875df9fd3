package vi

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// renderer puts readings and words together: one space between words, one mark
// between clauses, no mark where nothing was said. It keeps where everything it
// writes came from.
type renderer struct {
	src     string // what is read; tokens lie in it
	text    strings.Builder
	here    *token // where the reader stands, for marks
	pending byte   // the strongest mark since the last word; 0: none
	mark0   *token // where that one stands
	line    bool   // a line ended since the last word
	pieces  []piece
	unknown []string
}

// piece is a word, a mark or a reading: where it lies in the text it was made of,
// and where in the text as read. All are byte offsets.
type piece struct {
	at, end  int
	from, to int
	changed  bool
	doubt    Doubt
}

// strength orders marks by how much of a pause they are.
const strength = ",:;.!?"

// mark ends a clause. Of several marks in a row the strongest stays.
func (o *renderer) mark(m byte) {
	if o.text.Len() == 0 || o.line {
		return
	}
	if o.pending == 0 || strings.IndexByte(strength, m) > strings.IndexByte(strength, o.pending) {
		o.pending, o.mark0 = m, o.here
	}
}

// unmarked says whether a mark now would follow a word.
func (o *renderer) unmarked() bool { return o.pending == 0 && !o.line && o.text.Len() > 0 }

func (o *renderer) newline() { o.line = o.text.Len() > 0 }

// word adds words that stand from from to to.
func (o *renderer) word(w string, from, to int) {
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
	o.pieces = append(o.pieces, piece{at: at, end: o.text.Len(), from: from, to: to})
}

// flush writes the mark that waits. A comma before the end of a line is none.
func (o *renderer) flush() {
	if o.pending != 0 && (!o.line || o.pending != ',') {
		at := o.text.Len()
		o.text.WriteByte(o.pending)
		o.pieces = append(o.pieces, piece{at: at, end: at + 1, from: o.mark0.from, to: o.mark0.to})
	}
}

// change adds a reading in place of what stands from from to to. At the beginning
// of a sentence it keeps the capital.
func (o *renderer) change(r reading, from, to int) {
	text, written := r.text, o.src[from:to]
	if c, _ := utf8.DecodeRuneInString(written); o.begins() && unicode.IsUpper(c) && !spaced(text) {
		text = capitalised(text)
	}
	if r.unknown {
		r.doubt = cmp.Or(r.doubt, Spelled)
	}
	o.word(text, from, to)
	p := &o.pieces[len(o.pieces)-1]
	p.changed, p.doubt = text != written || r.doubt != "", r.doubt
	if r.unknown && len(o.unknown) < 1000 && !slices.Contains(o.unknown[max(0, len(o.unknown)-50):], written) {
		o.unknown = append(o.unknown, written)
	}
}

// capitalised is text with a capital at its head.
func capitalised(text string) string {
	first, n := utf8.DecodeRuneInString(text)
	if upper := unicode.ToUpper(first); upper != first {
		return string(upper) + text[n:]
	}
	return text
}

// spaced says whether text begins with a consonant alone, left to the voice, which
// as a capital would be one to spell: g d p.
func spaced(text string) bool {
	return len(text) > 1 && text[1] == ' ' && !strings.ContainsRune("aeiouy", rune(text[0]))
}

// begins says whether the next word begins a sentence.
func (o *renderer) begins() bool {
	return o.text.Len() == 0 || o.line || strings.IndexByte(".!?", o.pending) >= 0 && o.pending != 0
}

// spoken ends the text.
func (o *renderer) spoken() draft {
	o.line = true // a comma before the end is none
	o.flush()
	return draft{o.text.String(), o.pieces, o.unknown}
}
