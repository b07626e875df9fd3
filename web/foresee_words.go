package web

import (
	"slices"
	"strings"
	"time"

	"loalang/scheduler"
)

// seenGroup is what becomes of several occurrences alike.
type seenGroup struct {
	Turn    string
	State   stateView
	Heading string
	Rows    []seenRow
	More    string // how many are not shown
}

// seenRow is what becomes of one occurrence, and of others of its schedule.
type seenRow struct {
	Occurrence string
	Title      string
	Text       string // when, why, by how much
	More       string // "và 6 lần nữa"
	Ways       []wayView
}

// seenRows is how many rows a group shows.
const seenRows = 6

// seenTurns are the groups, in the order of scheduler.Compare.
var seenTurns = []struct {
	turn  scheduler.Turn
	state stateView
}{
	{scheduler.Lost, stateView{Class: "bad", Icon: "lo"}},
	{scheduler.Refused, stateView{Class: "bad", Icon: "lo"}},
	{scheduler.Gone, stateView{Class: "soft", Icon: "tra"}},
	{scheduler.Shifted, stateView{Class: "wait", Icon: "gio"}},
	{scheduler.Added, stateView{Class: "ok", Icon: "tot"}},
	{scheduler.Regained, stateView{Class: "ok", Icon: "tot"}},
	{scheduler.Altered, stateView{Class: "soft", Icon: "loa"}},
}

// seenGroups words differences: one row for each schedule and turn, and one sentence
// for all that only moves a little.
func (p phrase) seenGroups(f prospect, ways map[string][]wayView) []seenGroup {
	var groups []seenGroup
	for _, t := range seenTurns {
		g := seenGroup{Turn: string(t.turn), State: t.state, Heading: p.word("foreseen." + string(t.turn))}
		g.State.Text = g.Heading
		little, rest := 0, 0
		at := map[string]int{} // row of each schedule
		again := map[string][]time.Time{}
		for _, d := range f.differences {
			if d.Turn != t.turn || framing(d.Occurrence.Kind) {
				continue
			}
			if t.turn == scheduler.Shifted && d.By().Abs() <= noticedShift {
				little++
				continue
			}
			key := d.Occurrence.Schedule + " " + d.Occurrence.Slot + " " + d.Reason.Code
			if _, there := at[key]; there {
				again[key] = append(again[key], seenAt(d))
				continue
			}
			if len(g.Rows) == seenRows {
				rest++
				continue
			}
			at[key] = len(g.Rows)
			g.Rows = append(g.Rows, seenRow{Occurrence: d.Occurrence.ID, Title: p.titleOf(d.Occurrence), Text: p.difference(d, f.now) + p.inSlot(d.Occurrence, f.slots), Ways: ways[d.Occurrence.ID]})
		}
		for key, times := range again {
			g.Rows[at[key]].More = p.alike(times, f.now)
		}
		switch {
		case little > 0:
			g.More = p.word("foreseen.little", little)
		case rest > 0:
			g.More = p.word("foreseen.more", rest)
		}
		if len(g.Rows) > 0 || little > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// seenAt is the instant that people know a turn by: when it was to air, when it airs,
// or when it was promised.
func seenAt(d scheduler.Difference) time.Time {
	switch {
	case !d.Was.IsZero():
		return d.Was
	case !d.Due.IsZero():
		return d.Due
	}
	return d.Occurrence.Nominal
}

// seenTimes is how many other turns of a schedule are named.
const seenTimes = 6

// alike names the other turns with which the same becomes.
func (p phrase) alike(times []time.Time, now time.Time) string {
	var names []string
	for _, at := range times[:min(len(times), seenTimes)] {
		names = append(names, p.at(at, now))
	}
	said := p.word("foreseen.also", strings.Join(names, "; "))
	if more := len(times) - seenTimes; more > 0 {
		said += " " + p.word("foreseen.again", more)
	}
	return said
}

// inSlot names the slot of a turn, behind a sentence about it.
func (p phrase) inSlot(o scheduler.Occurrence, slots []scheduler.Slot) string {
	if i := slices.IndexFunc(slots, func(s scheduler.Slot) bool { return s.ID == o.Slot }); i >= 0 && slots[i].Name != "" {
		return p.word("foreseen.in-slot", p.lower(slots[i].Name))
	}
	return ""
}

// titleOf names an occurrence, also one that has no title.
func (p phrase) titleOf(o scheduler.Occurrence) string {
	if o.Title != "" {
		return o.Title
	}
	return p.word("kind." + string(o.Kind))
}

// difference says what becomes of one occurrence.
func (p phrase) difference(d scheduler.Difference, now time.Time) string {
	why := p.lower(p.reason(d.Reason, now))
	switch d.Turn {
	case scheduler.Lost:
		return p.word("foreseen.lost-row", p.at(d.Was, now), why)
	case scheduler.Refused:
		return p.word("foreseen.refused-row", p.at(d.Occurrence.Nominal, now), why)
	case scheduler.Gone:
		if d.Was.IsZero() {
			return p.word("foreseen.gone-row", p.at(d.Occurrence.Nominal, now))
		}
		return p.word("foreseen.gone-row", p.at(d.Was, now))
	case scheduler.Shifted:
		key := "foreseen.later-row"
		if d.By() < 0 {
			key = "foreseen.sooner-row"
		}
		return p.word(key, p.clock(d.Was), p.at(d.Due, now), p.span(d.By()))
	}
	return p.word("foreseen.airs-row", p.at(d.Due, now))
}
