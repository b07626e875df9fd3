package vi

import (
	"sort"
	"strings"
)

// edit is one place where a text was rewritten: what stood from from to to became
// what stands from at to end. All are byte offsets; at is end when it was left out.
type edit struct{ at, end, from, to int }

// trail leads from places in a text that was rewritten, perhaps several times in a
// row, back to the text as it was given. Each stage is in order; empty ones are
// left out, so an untouched text costs nothing.
type trail [][]edit

// start is where what begins at p began in the text as it was given.
func (t trail) start(p int) int {
	for n := len(t) - 1; n >= 0; n-- {
		stage := t[n]
		i := sort.Search(len(stage), func(i int) bool { return stage[i].at > p }) - 1
		switch {
		case i < 0:
		case p < stage[i].end:
			p = stage[i].from
		default:
			p += stage[i].to - stage[i].end
		}
	}
	return p
}

// end is where what ends before p ended in the text as it was given.
func (t trail) end(p int) int {
	for n := len(t) - 1; n >= 0; n-- {
		stage := t[n]
		i := sort.Search(len(stage), func(i int) bool { return stage[i].at >= p }) - 1
		switch {
		case i < 0:
		case p < stage[i].end:
			p = stage[i].to
		default:
			p += stage[i].to - stage[i].end
		}
	}
	return p
}

// rewrite copies a text from front to back and keeps where it was changed.
type rewrite struct {
	src   string
	out   strings.Builder
	done  int // bytes of src that are copied or replaced
	edits []edit
}

// replace puts with in place of src[from:to], which lies behind all earlier ones.
func (w *rewrite) replace(from, to int, with string) {
	if w.edits == nil {
		w.out.Grow(len(w.src))
	}
	w.out.WriteString(w.src[w.done:from])
	at := w.out.Len()
	w.out.WriteString(with)
	w.edits = append(w.edits, edit{at, w.out.Len(), from, to})
	w.done = to
}

// finish is the rewritten text; t has the way back from it.
func (w *rewrite) finish(t *trail) string {
	if w.edits == nil {
		return w.src
	}
	w.out.WriteString(w.src[w.done:])
	*t = append(*t, w.edits)
	return w.out.String()
}
