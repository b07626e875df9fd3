package vi

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Entry is one word or phrase that a village reads in its own way.
type Entry struct {
	Written string // as it stands in texts, "TDP", "QL4D", "Ún Tà"
	Spoken  string // what a voice shall say, "tổ dân phố"; taken as it is
}

// Bounds of an Entry, in characters. What is longer is no word.
const (
	MaxWritten = 100
	MaxSpoken  = 300
)

// What Check finds wrong with an entry.
var (
	ErrNothingWritten = errors.New("no letter and no digit is written")
	ErrNothingSpoken  = errors.New("no letter is spoken")
	ErrLong           = errors.New("longer than a word or phrase")
	ErrUnspeakable    = errors.New("a voice cannot say this: only letters, spaces, commas, points, hyphens and apostrophes")
)

// Check says what is wrong with an entry, by one of the errors above; nil: it can
// be found in texts and a voice can say it. Digits must be written out: how they
// are read depends on what stands around them.
func (e Entry) Check() error {
	spoken := Clean(e.Spoken)
	switch {
	case !strings.ContainsFunc(e.Written, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		return ErrNothingWritten
	case utf8.RuneCountInString(e.Written) > MaxWritten || utf8.RuneCountInString(e.Spoken) > MaxSpoken:
		return ErrLong
	case strings.ContainsFunc(spoken, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(" ,.-'", r)
	}):
		return ErrUnspeakable
	case sayable(spoken) == "":
		return ErrNothingSpoken
	}
	return nil
}

// Lexicon is entries, ready to be looked up. It does not change and may be used
// from any goroutine; nil is an empty one.
//
// An entry is found where its words, digits and marks stand one behind the other
// as tokens of their own, whatever spaces are between them; the longest counts. Its
// capitals must be the same, but for the first letter of a sentence. The spoken
// form of an entry that stands in a text is left alone, whatever its capitals: so a
// reading is stable, also when a spoken form has the written one in it, or is that
// of another entry.
type Lexicon struct{ root node }

// node is what is known of a row of tokens in small letters.
type node struct {
	next    map[string]*node
	entries []phrase // by their capitals
	spoken  bool     // the row is a spoken form, whatever its capitals
}

// phrase is one row of tokens with its capitals.
type phrase struct {
	tokens  []string
	spoken  string // what is said for it
	already bool   // it is a spoken form itself, and stays
}

// NewLexicon makes one. Of two entries for the same words the later counts; those
// that do not pass Check are left out.
func NewLexicon(entries []Entry) *Lexicon {
	l := &Lexicon{}
	for _, e := range entries {
		if e.Check() != nil {
			continue
		}
		spoken := sayable(Clean(e.Spoken))
		l.root.add(tokenize(Clean(e.Written)), phrase{spoken: spoken})
		l.root.add(tokenize(spoken), phrase{already: true})
	}
	return l
}

// sayable is clean text in words and pauses, as the renderer writes it; nothing of
// it is read otherwise.
func sayable(text string) string {
	ts := tokenize(text)
	out := renderer{src: text}
	for i := range ts {
		switch t := &ts[i]; t.kind {
		case word:
			out.word(t.text, t.from, t.to)
		case mark:
			out.here = t
			ts.pause(&out, i)
		}
	}
	out.pending = 0 // it ends where its word does, not its sentence
	return out.spoken().text
}

// add puts a row of tokens into the tree.
func (n *node) add(ts tokens, p phrase) {
	for _, t := range ts {
		if n.next == nil {
			n.next = map[string]*node{}
		}
		child := n.next[t.low]
		if child == nil {
			child = &node{}
			n.next[t.low] = child
		}
		n, p.tokens = child, append(p.tokens, t.text)
	}
	n.spoken = n.spoken || p.already
	for i, q := range n.entries {
		if strings.Join(q.tokens, " ") == strings.Join(p.tokens, " ") {
			// What is spoken anywhere is spoken here too.
			p.already = p.already || q.already
			n.entries[i] = p
			return
		}
	}
	n.entries = append(n.entries, p)
}

// read finds the longest entry at token i: how it is read, or, when ok is false and
// n is not 0, how many tokens are spoken already. begins says whether a sentence
// begins there.
func (l *Lexicon) read(ts tokens, i int, begins bool) (n int, r reading, ok bool) {
	if l == nil || ts[i].kind == newline {
		return 0, r, false
	}
	at := &l.root
	for j := i; j < len(ts); {
		if at = at.next[ts[j].low]; at == nil {
			break
		}
		if j++; len(at.entries) == 0 || !ts.whole(i, j) {
			continue
		}
		if spoken, found := at.found(ts[i:j], begins); found {
			n, r, ok = j-i, reading{n: j - i, text: spoken}, spoken != ""
		}
	}
	return n, r, ok
}

// found is what is said for ts; nothing when that is spoken already.
func (n *node) found(ts tokens, begins bool) (spoken string, found bool) {
	for _, p := range n.entries {
		if p.stands(ts, begins) {
			if p.already {
				return "", true
			}
			spoken = p.spoken
		}
	}
	return spoken, spoken != "" || n.spoken
}

// stands says whether the phrase is written so, capitals included.
func (p *phrase) stands(ts tokens, begins bool) bool {
	for i, t := range p.tokens {
		if ts[i].text != t && (i > 0 || !begins || capitalised(t) != ts[i].text) {
			return false
		}
	}
	return true
}

// whole says whether tokens i to j are no part of something longer: not the QL4 of
// QL4D, not the 113 of 113.000. A number may follow letters: TDP5.
func (ts tokens) whole(i, j int) bool {
	before, next := ts.at(i-1), ts.at(j)
	if !ts[i].gap && ts[i].kind != mark && (before.kind == word || before.kind == digits) {
		return false
	}
	if ts.number(i) && !ts[i].gap && !before.gap && before.kind == mark && ts.number(i-2) {
		return false
	}
	switch last := ts[j-1].kind; {
	case last == mark || next.gap || next.kind == newline:
		return true
	case next.kind == word, next.text == "@", next.text == "." && ts.stuckSmall(j+1): // tdp@cocsan.vn
		return false
	case last == digits:
		return next.kind != mark || !ts.stuckNumber(j+1)
	case next.kind == digits:
		return ts.at(j+1).gap || ts.at(j+1).kind != word
	}
	return true
}

// stuckSmall says whether token i is a word in small letters and no space stands
// before it.
func (ts tokens) stuckSmall(i int) bool {
	t := ts.at(i)
	return t.kind == word && !t.gap && t.low == t.text
}
