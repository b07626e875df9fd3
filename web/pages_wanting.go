package web

import (
	"time"

	"loalang/scheduler"
)

const (
	// urgentAhead is how soon a notice airs whose missing language is told on the
	// first page.
	urgentAhead = 24 * time.Hour
	// wantingShown is how many of them are told one by one.
	wantingShown = 3
)

// wantingView is something that somebody should see to, and where.
type wantingView struct {
	stateView
	Link string
}

// wanting says what the visitor was asked to record, what airs within a day and
// lacks a language, and what is overdue, on this board; nothing when all is well
// or cannot be read.
func (p *panel) wanting(v *visit) []wantingView {
	c, err := p.s.coverage(v.ctx(), v.village, v.now, time.Time{})
	if err != nil {
		if !isDamage(err) {
			p.s.cfg.Logger.Error("what lacks a language could not be read", "err", err)
		}
		return nil
	}
	said := v.mine(c)
	rows := c.Wanting(v.now.Add(urgentAhead))
	for i, row := range rows {
		if i == wantingShown {
			said = append(said, wantingView{stateView{"wait", "mau", v.word("coverage.more", len(rows)-i)}, "/coverage?only=missing"})
			break
		}
		var missing []string
		for _, r := range row.Lacking() {
			missing = append(missing, r.Language)
		}
		text := v.word("coverage.wanting", row.Announcement.Title, v.at(row.Next, v.now), v.languages(missing))
		said = append(said, wantingView{stateView{"wait", "mic", text}, "/announcements/" + row.Announcement.ID + "#renditions"})
	}
	late := 0
	for _, row := range c.Rows {
		for _, r := range row.Asked() {
			if r.Overdue(v.now) {
				late++
			}
		}
	}
	if late > 0 {
		said = append(said, wantingView{stateView{"bad", "lo", v.word("coverage.overdue", late)}, "/readings"})
	}
	return said
}

// mine says how much the visitor was asked to record.
func (v *visit) mine(c scheduler.Coverage) []wantingView {
	var due time.Time
	count := 0
	for _, row := range c.Rows {
		for _, r := range row.Asked() {
			if a := r.Assignment; a.Account != "" && a.Account == v.me.ID {
				if count++; due.IsZero() || a.Due.Before(due) {
					due = a.Due
				}
			}
		}
	}
	if count == 0 {
		return nil
	}
	return []wantingView{{stateView{"wait", "so", v.word("readings.mine", count, v.at(due, v.now))}, "/readings"}}
}
