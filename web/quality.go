package web

import (
	"fmt"
	"math"
	"strings"
	"time"

	"loalang/recordings"
)

// qualityView shows a recording before and after its import.
type qualityView struct {
	Sides []sideView
	Notes []string // what was done, worded
}

// sideView is one wave with its sound and its figures.
type sideView struct {
	Name  string
	Src   string
	Slim  string // the same for a thin line; empty: there is none
	Wave  string // path of an SVG, waveWide by 100
	Facts []string
}

// waveWide is how many strokes a wave is drawn with: a telephone shows no more.
const waveWide = 120

// twinView is the recording that was there with the same sound.
type twinView struct {
	ID, Title string
	Sound     string // where it is heard
	Told      string
}

// quality words what an import measured; nil when it measured nothing.
func (p phrase) quality(r recordings.Recording) *qualityView {
	m := r.Measures
	if m.Before.Wave == nil {
		return nil
	}
	sound := apiRoot + "/recordings/" + r.ID
	q := &qualityView{Sides: []sideView{
		{p.word("quality.before"), sound + "/before", "", wavePath(m.Before.Wave, waveWide), p.facts(m.Before)},
		{p.word("quality.after"), sound + "/audio", sound + "/audio?format=slim", wavePath(m.After.Wave, waveWide), p.facts(m.After)},
	}}
	note := func(code string, args ...any) { q.Notes = append(q.Notes, p.word(code, args...)) }
	if gain := m.After.Loudness - m.Before.Loudness; gain >= 1 {
		note("quality.raised", p.decibels(gain))
	} else if gain <= -1 {
		note("quality.lowered", p.decibels(-gain))
	}
	if m.Hum > 0 {
		note("quality.hum")
	}
	if m.Channel != "" {
		note("quality.channel-" + string(m.Channel))
	}
	const least = 100 * time.Millisecond
	if m.Lead >= least || m.Tail >= least {
		note("quality.cut", p.span(m.Lead.Round(least)), p.span(m.Tail.Round(least)))
	}
	return q
}

// facts are the figures of one side, in words.
func (p phrase) facts(h recordings.Heard) []string {
	facts := []string{p.word("quality.length", length(h.Length)), p.word("quality.loudness", p.decibels(h.Loudness))}
	switch {
	case h.Margin >= 60:
		facts = append(facts, p.word("quality.silent"))
	default:
		facts = append(facts, p.word("quality.margin", p.decibels(h.Margin)))
	}
	if share := 100 * h.Clipped; share >= 0.05 {
		facts = append(facts, p.word("quality.clipped", p.decibels(share)))
	}
	return facts
}

// decibels is a figure with one place, "−18,1" or "-18.1".
func (p phrase) decibels(x float64) string {
	s := strings.Replace(fmt.Sprintf("%.1f", x), "-", "−", 1)
	if p.lang == vietnamese {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// wavePath draws a wave as strokes about the middle.
func wavePath(w recordings.Wave, wide int) string {
	var b strings.Builder
	for i := range wide {
		from, to := i*len(w)/wide, (i+1)*len(w)/wide
		var top byte
		for _, v := range w[from:max(to, min(from+1, len(w)))] {
			top = max(top, v)
		}
		high := int(math.Round(float64(top) * 49 / 255))
		fmt.Fprintf(&b, "M%d %dv%d", i, 50-max(1, high), 2*max(1, high))
	}
	return b.String()
}

// twin is the recording with the same sound that was there before, while it is.
func (p *panel) twin(v *visit, r recordings.Recording) *twinView {
	if r.Measures.Twin == "" {
		return nil
	}
	old, err := p.s.cfg.Shelf.Recording(v.ctx(), r.Measures.Twin)
	if err != nil || old.Village != "" && old.Village != v.village.Key {
		return nil // deleted since, or away with the database: then there is nothing to use instead
	}
	return &twinView{ID: old.ID, Title: old.Title, Sound: apiRoot + "/recordings/" + old.ID + "/audio?format=slim", Told: v.word("upload.twin", old.Title, v.at(old.Created, v.now))}
}
