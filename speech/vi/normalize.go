package vi

import "strings"

// Normalize turns written text into what a voice shall read: numbers, dates,
// times, money, units, telephone and document numbers, Roman numerals and
// abbreviations in the Northern way of broadcasting; what is left in capitals is
// spelled, and reported. words is what the village says otherwise and goes before
// everything else; nil: nothing. The result is stable: normalising Text again
// changes nothing. It never fails, runs in linear time, and may be called from any
// goroutine.
func Normalize(text string, words *Lexicon) Reading {
	given := text
	text, way := clean(text)
	d, ok := settle(text, words)
	if !ok && words != nil {
		// Words that push each other on for ever are no words here, unless they come
		// to rest in what the others make of it.
		d, _ = settle(text, nil)
		if again, ok := settle(d.text, words); ok {
			d = join(d, again)
		}
	}
	return d.reading(given, way)
}

// mostPasses is how often a text is read again at most, and mostGrowth how much
// longer words of the village may make it by that; readings of our own stay far
// below.
const (
	mostPasses = 8
	mostGrowth = 16
)

// settle reads clean text until reading it again changes nothing, and says whether
// it came to that. What was read may give what follows a context: 38° IV. Every
// pass leaves fewer capitals, so without words of the village this ends; ordinary
// texts are stable at once.
func settle(text string, words *Lexicon) (draft, bool) {
	d := pass(text, words)
	longest := mostGrowth * max(len(text), len(d.text))
	for range mostPasses {
		next := pass(d.text, words)
		if next.text == d.text {
			return d, true
		}
		if words != nil && len(next.text) > longest {
			break
		}
		d = join(d, next)
	}
	return d, false
}

// pass reads clean text once.
func pass(text string, words *Lexicon) draft {
	ts := tokenize(text)
	out := renderer{src: text, pieces: make([]piece, 0, len(ts))}
	out.text.Grow(len(text) + len(text)/2)
	said := 0 // up to here a spoken form of the village stands, which is left alone
	for i := 0; i < len(ts); {
		n, r, ok := 0, reading{}, false
		if i >= said {
			if n, r, ok = words.read(ts, i, out.begins()); n > 0 && !ok {
				said = i + n
			} else if !ok {
				r, ok = ts.read(i)
			}
		}
		if ok {
			out.change(r, ts[i].from, ts[min(i+r.n, len(ts))-1].to)
			i += r.n
			continue
		}
		switch t := &ts[i]; t.kind {
		case word:
			out.word(t.text, t.from, t.to)
		case newline:
			out.newline()
		case mark:
			out.here = t
			ts.pause(&out, i)
		}
		i++
	}
	return out.spoken()
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
	if ts.unasked(i) {
		return reading{}, false
	}
	return ts.asked(i)
}

// unasked says whether no recogniser needs to be asked about token i: most tokens
// are words in small letters that begin nothing. A test asks them all the same.
func (ts tokens) unasked(i int) bool {
	t, next := ts.at(i), ts.at(i+1)
	switch {
	case t.kind == newline:
		return true
	case t.ordinary: // and no address begins here: a word, a mark, a word
		return next.gap || next.kind == mark && ts.at(i+2).gap
	}
	return t.gap && next.gap && frequent(t.text)
}

// asked asks the recognisers in turn.
func (ts tokens) asked(i int) (reading, bool) {
	t := ts.at(i)
	switch {
	case t.kind == word:
		return first(ts, i, tokens.path, tokens.address, tokens.hexGroups, tokens.labelled, tokens.besideNumbers, tokens.compound, tokens.zone, tokens.inContext,
			tokens.shortDate, tokens.roman, tokens.initials, tokens.documentKind, tokens.issuer, tokens.abbreviation, tokens.times, tokens.letters)
	case t.kind == digits || strings.Contains("-+(", t.text) || currencySign(t.text) != "":
		return first(ts, i, tokens.address, tokens.hexGroups, tokens.standard, tokens.figures, tokens.symbol)
	}
	return first(ts, i, tokens.times, tokens.span, tokens.symbol)
}

// frequent says whether w is one of the words without marks that texts, and above
// all readings of numbers, are full of. Standing alone they begin no reading.
func frequent(w string) bool {
	switch w {
	case "hai", "ba", "linh", "trong", "con", "cho", "xin", "theo", "khi", "ban", "ra", "mong", "tham", "gia", "quan", "sau", "nhau", "hay", "xem", "tin", "thanh", "minh":
		return true
	}
	return false
}

func first(ts tokens, i int, recognisers ...func(tokens, int) (reading, bool)) (reading, bool) {
	for _, recognise := range recognisers {
		if r, ok := recognise(ts, i); ok {
			return r, true
		}
	}
	return reading{}, false
}
