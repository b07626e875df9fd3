package web

import (
	"cmp"
	"slices"
	"time"

	"loalang/scheduler"
)

// weekTable is a week on a desk: its days beside each other, its slots below each
// other.
type weekTable struct {
	Rows  []weekRow
	Ruled bool // the place says when sound is allowed
}

// weekRow is a slot on seven days, or what airs outside the slots.
type weekRow struct {
	Slot, Name, Start string
	Cells             []weekCell
}

// weekCell is a slot on one day.
type weekCell struct {
	Date, Slot  string // where something is dropped: the day, and the slot; empty: outside the slots
	Today, Past bool
	Own         string // when it begins, where that is not as on other days
	Rests       bool   // the slot is not held
	Fill        *fillView
	Turns       []weekTurn
	More        string // how many are not here; the page of the day has them
	Add         string // where a notice is begun here; empty: nobody may, or it is over
}

// weekTurn is one item of a cell.
type weekTurn struct {
	Occurrence         string // of what may be moved; empty: it may not
	Time, Title, Class string
	Link, Move         string
	States             []stateView
	Why                string
}

// cellTurns is how many items of a cell are shown: a week of them stays on one page.
const cellTurns = 6

// weekTable lays the week of a Monday out; adds says whether the visitor may begin
// notices.
func (b dayBook) weekTable(monday time.Time, adds bool) weekTable {
	var t weekTable
	var days []weekDay
	for i := range planDays {
		b.day = monday.AddDate(0, 0, i)
		days = append(days, weekDay{b, b.items()})
		t.Ruled = t.Ruled || b.dayRules().Hours != ""
	}
	slots := slices.Clone(b.slots)
	slices.SortStableFunc(slots, func(x, y scheduler.Slot) int { return cmp.Compare(x.Start, y.Start) })
	for _, s := range slots {
		row := weekRow{Slot: s.ID, Name: cmp.Or(s.Name, b.word("when.slot")), Start: s.Start.String()}
		for _, d := range days {
			row.Cells = append(row.Cells, d.cell(s, adds))
		}
		t.Rows = append(t.Rows, row)
	}
	other := weekRow{Name: b.word("plan.other-times")}
	for _, d := range days {
		other.Cells = append(other.Cells, d.outside(slots, adds))
	}
	t.Rows = append(t.Rows, other)
	return t
}

// weekDay is one day of the week, with what lies in it.
type weekDay struct {
	dayBook
	items []dayItem
}

// blank is a cell of the day without what lies in it.
func (d weekDay) blank() weekCell {
	_, end := d.bounds()
	return weekCell{Date: d.day.In(d.loc).Format(time.DateOnly), Today: d.holds(d.now), Past: !end.After(d.now)}
}

// cell is a slot on the day.
func (d weekDay) cell(s scheduler.Slot, adds bool) weekCell {
	c := d.blank()
	start, held := d.slotStart(s)
	c.put(d.items, func(it dayItem) bool { return it.slot == s.ID }, false)
	if !held {
		c.Rests = len(c.Turns) == 0
		return c
	}
	if begins := d.clock(start); begins != s.Start.String() {
		c.Own = begins
	}
	c.Slot, c.Fill = s.ID, d.fill(s)
	c.Past = !start.Add(s.Length).After(d.now)
	if adds && start.After(d.now) {
		c.Add = newAt(c.Date, s.ID)
	}
	d.tooMuch(&c)
	return c
}

// outside is what the day has outside the slots, and in slots that are no more.
func (d weekDay) outside(slots []scheduler.Slot, adds bool) weekCell {
	c := d.blank()
	c.put(d.items, func(it dayItem) bool {
		return !slices.ContainsFunc(slots, func(s scheduler.Slot) bool { return s.ID == it.slot })
	}, true)
	if adds && !c.Past {
		c.Add = newAt(c.Date, "")
	}
	d.tooMuch(&c)
	return c
}

// put takes the items that lie in a cell.
func (c *weekCell) put(items []dayItem, lies func(dayItem) bool, timed bool) {
	for _, it := range items {
		if !lies(it) {
			continue
		}
		t := weekTurn{Occurrence: it.row.ID, Move: it.row.Move, Title: it.row.Title, Class: it.row.Class, Link: it.row.Link, States: it.row.States, Why: it.row.Why}
		if timed {
			t.Time = it.row.Time
		}
		c.Turns = append(c.Turns, t)
	}
}

// tooMuch keeps the first items of a cell that has too many.
func (d weekDay) tooMuch(c *weekCell) {
	if rest := len(c.Turns) - cellTurns; rest > 0 {
		c.Turns, c.More = c.Turns[:cellTurns], d.word("plan.day-rest", rest)
	}
}
