package web

import (
	"fmt"
	"math"
	"net/url"
	"strings"
	"time"

	"loalang/playout"
	"loalang/proof"
)

// proofView is what the monitor input heard of one occurrence.
type proofView struct {
	Title, When, Link string
	State             stateView
	Facts             []string
	Pictures          []proofPicture // what was sent and what was heard; none: it is not kept
	Gone              bool           // there was one
}

// proofPicture is the outline of one of both.
type proofPicture struct {
	Name, Fact, Path string
	Width            int
}

// quietest is the level at the bottom of a picture, in dB of full scale; the top is full
// scale.
const quietest = -80.0

// heardLink leads to what was heard of an occurrence; empty when nothing listened.
func heardLink(r playout.AsRun) string {
	if r.Proof == nil {
		return ""
	}
	return "/asrun/heard?" + url.Values{"occurrence": {r.Occurrence}}.Encode()
}

// heardPage shows what was heard of one occurrence.
func (p *panel) heardPage(v *visit) {
	r, err := p.s.cfg.MonitorBook.Proved(v.ctx(), v.village.Key, v.c.Query("occurrence"))
	if err != nil {
		p.fail(v, err)
		return
	}
	w := v.proofView(r)
	if r.Announcement != "" {
		w.Link = v.whyLink(r.Announcement, r.Due)
	}
	p.show(v, "heard", view{Title: v.word("heard.title"), Tab: "asrun", Data: w})
}

// proofView words a row with its picture.
func (p phrase) proofView(r playout.AsRun) proofView {
	w := proofView{Title: r.Title, When: p.at(r.Due, r.Due), State: p.heardState(r)}
	if w.Title == "" {
		w.Title = p.word("kind." + string(r.Kind))
	}
	if r.Proof == nil {
		return w
	}
	w.Facts = p.heardFacts(*r.Proof)
	e := r.Proof.Envelopes
	if e == nil {
		w.Gone = r.Proof.Why != proof.Elsewhere // of which none was ever made
		return w
	}
	length := p.span(e.Step * time.Duration(len(e.Sent)))
	caption := func(level float64) string {
		if r.Proof.Windows == 0 { // nothing was compared, and no level taken
			return p.word("heard.long", length)
		}
		return p.word("heard.outline", p.number(level), length)
	}
	w.Pictures = []proofPicture{
		{p.word("heard.sent"), caption(r.Proof.Sent), outlinePath(e.Sent), max(1, len(e.Sent)-1)},
		{p.word("heard.came"), caption(r.Proof.Level), outlinePath(e.Heard), max(1, len(e.Heard)-1)},
	}
	return w
}

// heardState says whether it was heard.
func (p phrase) heardState(r playout.AsRun) stateView {
	switch r.Heard {
	case playout.HeardYes:
		return stateView{"ok", "tot", p.word("heard.yes")}
	case playout.HeardSilent, playout.HeardWrong:
		return stateView{"bad", "lo", p.word("heard." + string(r.Heard))}
	}
	text := p.word("heard.not-measured")
	if r.Proof != nil && r.Proof.Why != "" {
		text += ": " + p.lower(p.word("proof."+string(r.Proof.Why)))
	}
	return stateView{"soft", "nghi", text}
}

// heardFacts are the figures of a verdict, in sentences.
func (p phrase) heardFacts(r proof.Result) (facts []string) {
	if r.Windows > 0 {
		facts = append(facts, p.word("heard.share", int(math.Round(100*r.Share)), r.Windows), p.word("heard.score", p.hundredths(r.Score), p.hundredths(proof.Threshold)))
	}
	if r.Lost > 0 {
		facts = append(facts, p.word("heard.lost", p.span(r.Lost)))
	}
	if r.Missed > 0 {
		facts = append(facts, p.word("heard.missed", r.Missed))
	}
	if r.Share > 0 {
		facts = append(facts, p.word("heard.lag", int(r.Lag.Milliseconds())))
	}
	return facts
}

// hundredths is a number to a hundredth.
func (p phrase) hundredths(n float64) string {
	s := strings.Replace(fmt.Sprintf("%.2f", n), "-", "−", 1)
	if p.lang == vietnamese {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// outlinePath is a line of levels, 100 high, one unit wide for each step, with gaps where
// nobody knows.
func outlinePath(points []byte) string {
	var b strings.Builder
	on := false
	for i, point := range points {
		dB, known := proof.Level(point)
		if !known {
			on = false
			continue
		}
		move := "M"
		if on {
			move = "L"
		}
		on = true
		fmt.Fprintf(&b, "%s%d %d", move, i, int(math.Round(100*min(1, max(0, dB/quietest)))))
	}
	return b.String()
}
