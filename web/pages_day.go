package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// stateView is a state as icon, word and colour, in that order of trust.
type stateView struct {
	Class string // "ok", "wait", "bad", "soft"; empty: neutral
	Icon  string
	Text  string
}

// dayRow is one line of a day's list.
type dayRow struct {
	Class  string // "slot", "in", "in on", "on", "idle" or empty
	Time   string
	Title  string
	Aside  string // after the title, softly
	Link   string
	Sub    string
	Fill   *fillView
	States []stateView
	Why    string    // where it is explained; empty: there is nothing to explain
	Skip   *skipView // its day may be left out
	Move   string    // where its time is changed; empty: it may not
	ID     string    // occurrence of what may be moved
	Slot   string    // of its head
	Add    string    // where a notice is begun in the slot; empty: nobody may, or it has begun
}

// skipView is the button that leaves out one day of what recurs.
type skipView struct{ Announcement, Schedule, Day, Time string }

// fillView is how full a slot is.
type fillView struct {
	Percent int
	Over    bool
	Text    string
}

// ribbonView is a day from 5 to 21 o'clock as a line; all numbers are percent
// of its width.
type ribbonView struct {
	Label  string
	Slots  []ribbonSpan
	Dots   []ribbonSpan
	HasNow bool
	Now    string
	Ticks  []ribbonTick
}

type ribbonSpan struct{ X, W string }

type ribbonTick struct{ X, Anchor, Text string }

// dayBook is everything known of one civil day.
type dayBook struct {
	phrase
	now     time.Time
	day     time.Time // any instant of it
	village scheduler.Village
	slots   []scheduler.Slot
	runs    []playout.AsRun
	plan    scheduler.Plan
	doing   doing
	fills   bool // show how full the slots are
	mayPlan bool // offer to leave out days
	adds    bool // offer to begin notices in slots
}

// dayItem is one line before it is laid out.
type dayItem struct {
	at, end time.Time
	slot    string
	row     dayRow
}

// bounds are the day's first instant and the next day's.
func (b dayBook) bounds() (from, to time.Time) {
	y, m, d := b.day.In(b.loc).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, b.loc), time.Date(y, m, d+1, 0, 0, 0, 0, b.loc)
}

func (b dayBook) holds(t time.Time) bool {
	from, to := b.bounds()
	return !t.Before(from) && t.Before(to)
}

// items are what was, what sounds and what will be, each occurrence once: the
// as-run knows better than the plan.
func (b dayBook) items() []dayItem {
	var items []dayItem
	known := map[string]bool{}
	for _, r := range b.runs {
		known[r.Occurrence] = true
		if b.holds(r.Due) && !framing(r.Kind) {
			items = append(items, b.wasItem(r))
		}
	}
	for _, o := range b.plan.Occurrences {
		if !known[o.ID] && b.holds(o.Due) && !framing(o.Kind) {
			items = append(items, b.willItem(o))
		}
	}
	for _, o := range b.plan.Omissions {
		when := cmp.Or(o.Occurrence.Due.Unix(), o.Occurrence.Nominal.Unix())
		if !known[o.Occurrence.ID] && b.holds(time.Unix(when, 0)) && !framing(o.Occurrence.Kind) {
			items = append(items, b.omittedItem(o))
		}
	}
	slices.SortStableFunc(items, func(x, y dayItem) int { return x.at.Compare(y.at) })
	return items
}

// framing says whether a kind only frames a slot; lists of notices leave it out.
func framing(k scheduler.OccurrenceKind) bool {
	return k == scheduler.Opening || k == scheduler.Closing
}

func (b dayBook) wasItem(r playout.AsRun) dayItem {
	at, end := r.Due, r.Due.Add(r.Planned)
	if len(r.Airings) > 0 {
		at = r.Airings[0].Started
	}
	row := dayRow{Title: r.Title, Time: b.clock(at), Sub: b.airedLine(r)}
	if r.Announcement != "" {
		row.Link = "/announcements/" + r.Announcement
	}
	if b.doing.what(r) == "running" {
		row.Class = "on"
	}
	row.States = append(row.States, b.runState(r, b.doing))
	if troubled(r) || r.Outcome != "" && r.Outcome != playout.Played {
		row.Why = b.whyLink(r.Announcement, r.Due)
	}
	return dayItem{at: at, end: end, slot: r.Slot, row: row}
}

func (b dayBook) willItem(o scheduler.Occurrence) dayItem {
	row := dayRow{Title: o.Title, Time: b.clock(o.Due), Sub: b.plannedLine(o)}
	if code := b.doing.by[o.ID]; code != "" {
		if code == "running" {
			row.Class = "on"
		}
		row.States = append(row.States, b.doingState(code))
	}
	if o.Announcement != "" {
		row.Link = "/announcements/" + o.Announcement
	}
	row.Skip = b.skip(o)
	for _, r := range o.Reasons {
		row.States = append(row.States, stateView{Class: "wait", Icon: "cho", Text: b.reason(r, b.now)})
	}
	if len(o.Reasons) > 0 {
		row.Why = b.whyLink(o.Announcement, o.Nominal)
	}
	return b.withMove(dayItem{at: o.Due, end: o.End(), slot: o.Slot, row: row}, o)
}

// skip offers to leave out the day of an occurrence that recurs, on the page of
// the plan and to who may plan.
func (b dayBook) skip(o scheduler.Occurrence) *skipView {
	if !b.mayPlan || !o.Recurring || !o.Due.After(b.now) {
		return nil
	}
	day, clock := nominalOf(o)
	return &skipView{o.Announcement, o.Schedule, day, clock}
}

func (b dayBook) omittedItem(o scheduler.Omission) dayItem {
	at := o.Occurrence.Due
	if at.IsZero() {
		at = o.Occurrence.Nominal
	}
	row := dayRow{Title: o.Occurrence.Title, Time: b.clock(at)}
	if o.Occurrence.Announcement != "" {
		row.Link = "/announcements/" + o.Occurrence.Announcement
	}
	row.States = []stateView{{Class: "wait", Icon: "nhac", Text: b.omitted(o, b.now)}}
	row.Skip = b.skip(o.Occurrence)
	row.Why = b.whyLink(o.Occurrence.Announcement, o.Occurrence.Nominal)
	return b.withMove(dayItem{at: at, end: at, slot: o.Occurrence.Slot, row: row}, o.Occurrence)
}

// withMove offers to change the time of an item, on the page of the plan and to who may
// plan.
func (b dayBook) withMove(it dayItem, o scheduler.Occurrence) dayItem {
	if b.mayPlan && movable(o, b.now) {
		it.row.ID, it.row.Move = o.ID, "/plan/move?occurrence="+url.QueryEscape(o.ID)
	}
	return it
}

// doing is what becomes of the occurrences that have no outcome yet.
type doing struct {
	now time.Time
	by  map[string]string // occurrence to "running", "yielding" to an emergency, or "unheard"
}

func doingOf(a playout.Air, now time.Time) doing {
	d := doing{now: now, by: map[string]string{}}
	switch {
	case a.OnAir != nil && a.Emergency != nil:
		d.by[a.OnAir.Occurrence.ID] = "yielding"
	case a.OnAir != nil:
		d.by[a.OnAir.Occurrence.ID] = "running"
	}
	for _, e := range a.Emergencies {
		code := "unheard"
		if e.Sounding {
			code = "running"
		}
		d.by[playout.AlarmOccurrence(e.Emergency)] = code
	}
	return d
}

// what says it of a row; empty when it has an outcome.
func (d doing) what(r playout.AsRun) string {
	code, live := d.by[r.Occurrence]
	switch {
	case r.Outcome != "":
		return ""
	case live:
		return code
	case r.Due.After(d.now):
		return "soon"
	}
	return "unfinished"
}

func (p phrase) doingState(code string) stateView {
	s := stateView{Class: "wait", Icon: "cho", Text: p.word("outcome." + code)}
	switch code {
	case "running":
		s.Class, s.Icon = "", "loa"
	case "unheard":
		s.Class, s.Icon = "bad", "lo"
	}
	return s
}

// runState says what became of an occurrence.
func (p phrase) runState(r playout.AsRun, d doing) stateView {
	switch r.Outcome {
	case "":
		return p.doingState(d.what(r))
	case playout.Played:
		return p.playedState(r)
	case playout.Cut, playout.Missed:
		return stateView{Class: "bad", Icon: "lo", Text: p.word("outcome." + string(r.Outcome))}
	case playout.Moved:
		return stateView{Class: "wait", Icon: "lich", Text: p.word("outcome.moved")}
	case playout.StoppedBy:
		return stateView{Class: "wait", Icon: "dung", Text: p.word("outcome.stopped")}
	}
	return stateView{Class: "soft", Icon: "nghi", Text: p.word("outcome." + string(r.Outcome))}
}

func (p phrase) playedState(r playout.AsRun) stateView {
	switch {
	case r.Heard == playout.HeardSilent, r.Heard == playout.HeardWrong:
		return stateView{Class: "bad", Icon: "lo", Text: p.word("heard." + string(r.Heard))}
	case r.Late():
		return stateView{Class: "wait", Icon: "gio", Text: p.word("outcome.late", p.span(r.Lateness))}
	case r.Heard == playout.HeardYes:
		return stateView{Class: "ok", Icon: "tot", Text: p.word("heard.yes")}
	}
	return stateView{Class: "ok", Icon: "tot", Text: p.word("outcome.played")}
}

// dayGroup is a slot with what lies in it, or one item alone.
type dayGroup struct {
	at, end time.Time
	rows    []dayRow
}

// restAfter is the silence between two groups that is worth a line.
const restAfter = 30 * time.Minute

// rows lays the day out: slots with what lies in them, the rest by its time,
// and the silence between.
func (b dayBook) rows() []dayRow {
	groups := b.groups()
	var rows []dayRow
	for i, g := range groups {
		if i > 0 && g.at.Sub(groups[i-1].end) > restAfter {
			rows = append(rows, dayRow{Class: "idle", Title: b.word("day.rest")})
		}
		rows = append(rows, g.rows...)
	}
	if quiet := b.quiet(); quiet != "" && len(rows) > 0 {
		rows = append(rows, dayRow{Class: "idle", Title: quiet})
	}
	return rows
}

func (b dayBook) groups() []dayGroup {
	items := b.items()
	var groups []dayGroup
	inSlot := map[string]bool{}
	for _, s := range b.slots {
		if g, ok := b.slotGroup(s, items); ok {
			groups = append(groups, g)
			inSlot[s.ID] = true
		}
	}
	for _, it := range items {
		if !inSlot[it.slot] {
			groups = append(groups, dayGroup{at: it.at, end: it.end, rows: []dayRow{it.row}})
		}
	}
	slices.SortStableFunc(groups, func(x, y dayGroup) int { return x.at.Compare(y.at) })
	return groups
}

// quiet says from when the village rests; empty when it may sound till
// midnight.
func (b dayBook) quiet() string {
	day, _ := b.bounds()
	from, rests, err := b.village.RestsFrom(day)
	if err != nil || !rests { // of a zone that is unknown the plan tells
		return ""
	}
	return b.word("day.quiet", b.clock(from))
}

// The ribbon shows the hours in which villages are awake.
const (
	ribbonFrom = 5 * 60
	ribbonTo   = 21 * 60
)

// along is where a minute of the day lies on the ribbon, in percent.
func along(minute int) float64 {
	minute = min(max(minute, ribbonFrom), ribbonTo)
	return float64(minute-ribbonFrom) / (ribbonTo - ribbonFrom) * 100
}

func percent(x float64) string { return fmt.Sprintf("%.2f", x) }

func (b dayBook) ribbon() ribbonView {
	r := ribbonView{}
	var times []string
	for _, s := range b.slots {
		at, held := b.slotStart(s)
		if !held {
			continue
		}
		start := at.Hour()*60 + at.Minute()
		x := along(start)
		w := along(start+int(s.Length/time.Minute)) - x
		r.Slots = append(r.Slots, ribbonSpan{X: percent(x), W: percent(max(w, 1))})
		times = append(times, b.slotName(s))
	}
	for _, it := range b.items() {
		if it.slot == "" {
			t := it.at.In(b.loc)
			r.Dots = append(r.Dots, ribbonSpan{X: percent(along(t.Hour()*60 + t.Minute()))})
			times = append(times, b.clock(it.at))
		}
	}
	if b.holds(b.now) {
		t := b.now.In(b.loc)
		r.HasNow, r.Now = true, percent(along(t.Hour()*60+t.Minute()))
	}
	r.Label = b.word("day.ribbon", strings.Join(times, "; "))
	r.Ticks = []ribbonTick{
		{"0", "start", b.word("day.hour", 5)},
		{"37.5", "middle", "11"},
		{"75", "middle", "17"},
		{"100", "end", b.word("day.hour", 21)},
	}
	return r
}
