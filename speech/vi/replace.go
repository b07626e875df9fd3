package vi

import "strings"

// Replace reads the words of the lexicon in a text and nothing else: for languages
// that have entries but no rules. The text is made harmless, with one space between
// words, no empty lines, and nothing that espeak-ng takes for phonemes. Like
// Normalize it tells what it changed and where, it is stable, it never fails, it
// runs in linear time, and it may be called from any goroutine; l may be nil.
func (l *Lexicon) Replace(given string) Reading {
	text, way := clean(given)
	for range mostPasses {
		// What brackets kept apart may compose.
		before := text
		text = settled(collapse(unbracket(text, &way), &way), &way)
		if text == before {
			break
		}
	}
	d, ok := l.replaced(text)
	if !ok {
		d, _ = (*Lexicon)(nil).replaced(text) // words that push each other on for ever are none
	}
	return d.reading(given, way)
}

// replaced replaces until nothing changes, and says whether it came to that. What
// is spoken for one entry may begin another, with what stands behind it.
func (l *Lexicon) replaced(text string) (draft, bool) {
	d := l.replace(text)
	longest := mostGrowth * max(len(text), len(d.text))
	for range mostPasses {
		next := l.replace(d.text)
		if next.text == d.text {
			return d, true
		}
		if len(next.text) > longest {
			break
		}
		d = join(d, next)
	}
	return d, false
}

// replace reads clean text once. Every token is a piece of its own.
func (l *Lexicon) replace(text string) draft {
	ts := tokenize(text)
	d := draft{pieces: make([]piece, 0, len(ts))}
	var b strings.Builder
	b.Grow(len(text))
	done, begins := 0, true
	for i := 0; i < len(ts); {
		n, r, ok := l.read(ts, i, begins)
		n = max(n, 1)
		from, to := ts[i].from, ts[i+n-1].to
		b.WriteString(text[done:from])
		p := piece{at: b.Len(), from: from, to: to}
		spoken := text[from:to]
		if ok {
			if spoken = r.text; begins && capitalised(ts[i].text) == ts[i].text {
				spoken = capitalised(spoken)
			}
			p.changed = spoken != text[from:to]
		}
		b.WriteString(spoken)
		p.end, done = b.Len(), to
		if ts[i].kind != newline {
			d.pieces = append(d.pieces, p)
		}
		last := &ts[i+n-1]
		begins = last.kind == newline || last.text == "." || last.text == "!" || last.text == "?"
		i += n
	}
	b.WriteString(text[done:])
	d.text = b.String()
	return d
}

// unbracket leaves out "[[" and "]]", also those that this would make.
func unbracket(text string, t *trail) string {
	if !strings.Contains(text, "[[") && !strings.Contains(text, "]]") {
		return text
	}
	var kept []int // the bytes that stay
	for i := range len(text) {
		c := text[i]
		if n := len(kept); n > 0 && (c == '[' || c == ']') && text[kept[n-1]] == c {
			kept = kept[:n-1]
			continue
		}
		kept = append(kept, i)
	}
	w := rewrite{src: text}
	at := 0
	for _, i := range append(kept, len(text)) {
		if i > at {
			w.replace(at, i, "")
		}
		at = i + 1
	}
	return w.finish(t)
}

// collapse leaves one space between words and one newline between lines, and none
// around the text.
func collapse(text string, t *trail) string {
	w := rewrite{src: text}
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && (text[end] == ' ' || text[end] == '\n') {
			end++
		}
		if end == i {
			i++
			continue
		}
		between := " "
		switch {
		case i == 0 || end == len(text):
			between = ""
		case strings.Contains(text[i:end], "\n"):
			between = "\n"
		}
		if text[i:end] != between {
			w.replace(i, end, between)
		}
		i = end
	}
	return w.finish(t)
}
