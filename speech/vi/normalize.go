package vi

import (
	"cmp"
	"slices"
	"strings"
)

// Normalize turns written text into what a voice shall read: numbers, dates,
// times, money, units, telephone and document numbers, Roman numerals and
// abbreviations in the Northern way of broadcasting; what is left in capitals is
// spelled, and reported. words is what the village says otherwise and goes before
// everything else; nil: nothing. The result is stable: normalising Text again
// changes nothing. It never fails, runs in linear time, and may be called from any
// goroutine.
func Normalize(text string, words *Lexicon) Reading {
	s := pass(Clean(text), words)
	// What was read may give what follows a context: 38° IV. Every pass leaves
	// fewer capitals, so this ends; ordinary texts are stable at once.
	for range mostPasses {
		next := pass(s.Text, nil)
		if next.Text == s.Text {
			break
		}
		s = merge(s, next)
	}
	return s
}

// mostPasses is how often a text is read again at most.
const mostPasses = 8

// pass reads clean text once.
func pass(text string, words *Lexicon) Reading {
	ts := tokenize(text)
	var out renderer
	for i := 0; i < len(ts); {
		r, ok := words.read(ts, i)
		if !ok {
			r, ok = ts.read(i)
		}
		if ok {
			out.change(ts.written(i, i+r.n), r)
			i += r.n
			continue
		}
		switch t := ts[i]; t.kind {
		case word:
			out.word(t.text)
		case newline:
			out.newline()
		case mark:
			ts.pause(&out, i)
		}
		i++
	}
	return out.spoken()
}

// merge is the later of two passes with the changes of the earlier one that are
// still there.
func merge(early, late Reading) Reading {
	const window = 4096 // how far a change may have moved; beyond it is dropped
	at, all := 0, slices.Clone(late.Changes)
	for _, c := range early.Changes {
		i := strings.Index(late.Text[at:min(at+window, len(late.Text))], c.Read)
		if i < 0 {
			continue
		}
		c.At = at + i
		at = c.At + len(c.Read)
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b Change) int { return cmp.Compare(a.At, b.At) })
	end := 0
	all = slices.DeleteFunc(all, func(c Change) bool {
		if c.At < end {
			return true
		}
		end = c.At + len(c.Read)
		return false
	})
	return Reading{Text: late.Text, Changes: all, Unknown: append(early.Unknown, late.Unknown...)}
}

// reading is how the first n tokens from somewhere are read.
type reading struct {
	n       int
	text    string
	numeric bool  // may be an end of a range
	unknown bool  // spelled for want of anything better
	doubt   Doubt // why it may be wrong; empty: it is not a guess
}

// read finds the reading of what begins at token i: a range when one numeric
// reading follows another behind a dash, else what a recogniser says.
func (ts tokens) read(i int) (reading, bool) {
	r, ok := ts.recognise(i)
	if !ok || !r.numeric || ts.at(i-1).kind == word && !ts.at(i).gap { // DDR5-6400 is a name
		return r, ok
	}
	return ts.readRange(i, r), true
}

// recognise asks the recognisers in turn; the first that knows wins, so the
// more special ones come first.
func (ts tokens) recognise(i int) (reading, bool) {
	t := ts.at(i)
	switch {
	case t.kind == newline:
		return reading{}, false
	case t.kind == word:
		return first(ts, i, tokens.address, tokens.currencyPair, tokens.letterNumber, tokens.inContext, tokens.shortDate, tokens.roman, tokens.abbreviation, tokens.times, tokens.letters)
	case t.kind == digits || strings.Contains("-+(", t.text) || currencySign(t.text) != "":
		return first(ts, i, tokens.address, tokens.document, tokens.phone, tokens.plate, tokens.coordinate, tokens.placeNumber, tokens.dateRange, tokens.date, tokens.time, tokens.fraction, tokens.quantity, tokens.plus)
	}
	return first(ts, i, tokens.times, tokens.symbol)
}

func first(ts tokens, i int, recognisers ...func(tokens, int) (reading, bool)) (reading, bool) {
	for _, recognise := range recognisers {
		if r, ok := recognise(ts, i); ok {
			return r, true
		}
	}
	return reading{}, false
}
