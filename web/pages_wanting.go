package web

import (
	"slices"
	"time"

	"loalang/people"
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

// concernsView is what somebody should see to. It stands behind what its page is for and
// is told in front of that in one line: a list of it is longer than a phone.
type concernsView struct {
	Told    string      // how much there is; empty: nothing
	Moved   []movedView // what does not fit its slot
	Wanting []wantingView
}

func (v *visit) concernsOf(moved []movedView, wanting []wantingView) concernsView {
	c := concernsView{Moved: moved, Wanting: wanting}
	if n := len(moved) + len(wanting); n > 0 {
		c.Told = v.word("wanting.see", n)
	}
	return c
}

// wanting says what became of what the visitor wrote and nobody approved, what the visitor was asked to record, what airs within a day and
// lacks a language, and what is overdue, on this board; nothing when all is well
// or cannot be read.
func (p *panel) wanting(v *visit) []wantingView {
	return slices.Concat(p.unstarted(v), p.unruled(v), p.unapproved(v), p.uncovered(v))
}

// unruled asks who may for the rules of a place that has none, not even hours: a new
// board would sound at night. It is the rules' page that offers the models.
func (p *panel) unruled(v *visit) []wantingView {
	if v.village.Ruled() || !v.me.May(people.Arrange, v.village.Key) {
		return nil
	}
	return []wantingView{{stateView{"wait", "gio", v.word("rules.unruled")}, "/rules"}}
}

const (
	// expiredLately is how long an author is told that what they wrote ended before
	// anybody approved it.
	expiredLately = 7 * 24 * time.Hour
	// expiringSoon is how long before that they are warned.
	expiringSoon = 48 * time.Hour
)

// unapproved tells an author what was returned to them, and whose end comes, or came,
// before anybody approved it.
func (p *panel) unapproved(v *visit) []wantingView {
	if v.me.ID == "" || p.s.cfg.Damaged() {
		return nil
	}
	list, err := p.s.cfg.Authors.Unapproved(v.ctx(), v.village.Key, v.me.Name, v.now.Add(-expiredLately))
	if err != nil {
		p.s.cfg.Logger.Error("what nobody approved could not be read", "err", err)
		return nil
	}
	var said []wantingView
	for _, a := range list {
		end := a.ValidUntil
		w := wantingView{stateView{"bad", "lo", ""}, "/announcements/" + a.ID}
		switch {
		case !end.IsZero() && !end.After(v.now):
			w.Text = v.word("approval.expired-title", a.Title, v.at(end, v.now))
		case a.Approval.State == scheduler.Returned:
			w.stateView = stateView{"bad", "tra", v.word("approval.returned-title", a.Title, a.Approval.By, a.Approval.Reason)}
		case !end.IsZero() && end.Before(v.now.Add(expiringSoon)):
			w.stateView = stateView{"wait", "gio", v.word("approval.expiring-title", a.Title, v.at(end, v.now))}
		default:
			continue
		}
		if said = append(said, w); len(said) == unapprovedShown {
			break
		}
	}
	return said
}

// unapprovedShown is how many of them are told.
const unapprovedShown = 6

// uncovered says what lacks a language.
func (p *panel) uncovered(v *visit) []wantingView {
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
