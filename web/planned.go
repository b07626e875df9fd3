package web

import (
	"slices"
	"strings"
	"sync"

	"loalang/scheduler"
)

// plannedKept is how many sentences about what was just saved are remembered.
const plannedKept = 256

// planned remembers, for the page behind a form, what saving it made of the plan. The
// address names the sentence rather than holds it: nobody can make the panel say what
// they like. It is safe for several goroutines.
type planned struct {
	newID func() string

	mu  sync.Mutex
	all *lru[string, plannedSentence]
}

type plannedSentence struct{ who, text string }

// keep is the name under which a sentence is found; empty for none.
func (p *planned) keep(who, text string) string {
	if text == "" {
		return ""
	}
	id := p.newID()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all.put(id, plannedSentence{who, text})
	return id
}

// find is what was kept for somebody under a name; empty: nothing.
func (p *planned) find(who, id string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.all.get(id); ok && s.who == who {
		return s.text
	}
	return ""
}

// outcome says in a sentence or two what a change that is saved makes of the plan: of
// what it is about when that airs, and of everything else how much is otherwise.
func (p phrase) outcome(f prospect, place string) string {
	var airs, gone, wont []scheduler.Difference
	others := map[scheduler.Turn]int{}
	for _, d := range f.differences {
		own := slices.Contains(f.own, d.Occurrence.Announcement) && d.Occurrence.Announcement != ""
		switch {
		case framing(d.Occurrence.Kind), !own && d.Turn == scheduler.Shifted && d.By().Abs() <= noticedShift:
		case !own:
			others[d.Turn]++
		case !d.Due.IsZero():
			airs = append(airs, d)
		case d.Turn == scheduler.Gone, d.Reason.Code == scheduler.ReasonWithdrawn:
			if !d.Was.IsZero() {
				gone = append(gone, d)
			}
		default:
			wont = append(wont, d)
		}
	}
	var says []string
	if len(airs) > 0 {
		first := slices.MinFunc(airs, func(x, y scheduler.Difference) int { return x.Due.Compare(y.Due) })
		key := "planned.airs"
		if f.waits {
			key = "planned.approved"
		}
		told, awaited := f.tongues(first.Occurrence.Announcement)
		if len(told) > 0 {
			place = p.word("planned.in", place, p.languages(told))
		}
		says = append(says, p.several(key, len(airs)-1, f, p.at(first.Due, f.now), place))
		if len(awaited) > 0 {
			says = append(says, p.word("planned.awaits", p.languages(awaited)))
		}
	}
	if len(wont) > 0 {
		says = append(says, p.several("planned.wont", len(wont)-1, f, p.at(wont[0].Occurrence.Nominal, f.now), p.lower(p.reason(wont[0].Reason, f.now))))
	}
	if len(gone) > 0 && len(airs) == 0 {
		says = append(says, p.several("planned.gone", len(gone)-1, f, p.at(gone[0].Was, f.now)))
	}
	if told := p.counted(others); told != "" {
		says = append(says, p.word("planned.others", f.days(), told))
	}
	if len(says) == 0 {
		return p.word("planned.same", f.days())
	}
	return strings.Join(says, " ")
}

// tongues are the languages in which an announcement is to be told, in the village's
// order, and those of them that somebody has still to record.
func (f prospect) tongues(announcement string) (told, awaited []string) {
	for _, lang := range f.after.Village.Tongues() {
		i := slices.IndexFunc(f.after.Renditions, func(r scheduler.Rendition) bool { return r.Announcement == announcement && r.Language == lang })
		if i < 0 || f.after.Renditions[i].Waived {
			continue
		}
		told = append(told, lang)
		if state := f.after.Renditions[i].State; state == scheduler.Missing || state == scheduler.Assigned {
			awaited = append(awaited, lang)
		}
	}
	return told, awaited
}

// several is a sentence about one turn, or about that and n more like it.
func (p phrase) several(key string, n int, f prospect, args ...any) string {
	if n == 0 {
		return p.word(key, args...)
	}
	return p.word(key+"-more", append(args, n, f.days())...)
}

// counted lists how many turns fare otherwise than before: "2 không phát được nữa".
func (p phrase) counted(turns map[scheduler.Turn]int) string {
	var says []string
	for _, t := range seenTurns {
		if n := turns[t.turn]; n > 0 {
			says = append(says, p.word("planned.n-"+string(t.turn), n))
		}
	}
	return p.list(says)
}
