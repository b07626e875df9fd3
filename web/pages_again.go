package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// againView is the page that airs once more what yesterday's slots aired.
type againView struct {
	Notices   []againNotice
	Occasions []occasionView
	Fault     string
}

// againNotice is one announcement that aired, and whether it may again.
type againNotice struct {
	ID, Title, Sub string
	Checked        bool
	Not            string // why it cannot air again; empty: it can
}

// againOffer is what the first page says of it; nil: yesterday's slots aired nothing.
type againOffer struct{ Sub string }

func (p *panel) registerAgain(r *gin.Engine) {
	r.GET("/again", p.allow(people.Plan, p.again))
	r.POST("/again", p.allow(people.Plan, p.sendAgain))
}

func (p *panel) again(v *visit) { p.showAgain(v, http.StatusOK, emptyForm()) }

// airedYesterday are the announcements that yesterday's slots aired, each once, in the
// order in which they were heard.
func (p *panel) airedYesterday(v *visit) (ids []string, err error) {
	yesterday := dayBook{phrase: v.phrase, day: v.now.In(v.loc).AddDate(0, 0, -1)}
	from, to := yesterday.bounds()
	runs, err := p.s.cfg.AsRun.AsRuns(v.ctx(), v.village.Key, from, to)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if r.Announcement != "" && r.Slot != "" && len(r.Airings) > 0 && !slices.Contains(ids, r.Announcement) {
			ids = append(ids, r.Announcement)
		}
	}
	return ids, nil
}

// againOffer counts what could air again, for the first page.
func (p *panel) againOffer(v *visit, slots []scheduler.Slot) *againOffer {
	ids, err := p.airedYesterday(v)
	if err != nil || len(ids) == 0 {
		return nil // of a database that does not answer the page tells
	}
	occasions := v.occasions(slots)
	if len(occasions) == 0 {
		return nil
	}
	return &againOffer{v.word("again.offer", len(ids), v.lower(occasions[0].Name))}
}

// againNotices are what aired yesterday, with what is in the way of each. Whatever is in
// the plan of the next slot already is not ticked.
func (p *panel) againNotices(v *visit, f *form, occasion string) ([]againNotice, error) {
	ids, err := p.airedYesterday(v)
	if err != nil {
		return nil, err
	}
	plan, err := p.s.cfg.AsRun.Published(v.ctx(), v.village.Key)
	if err != nil {
		return nil, err
	}
	var notices []againNotice
	for _, id := range ids {
		d, err := p.s.cfg.Announcements.Announcement(v.ctx(), id)
		if isMissing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		a := d.Announcement
		n := againNotice{ID: id, Title: a.Title, Checked: slices.Contains(f.Values["notice"], id) || !f.Has("when")}
		var langs []string
		for _, r := range d.Renditions {
			if !r.Waived && r.State == scheduler.Ready {
				langs = append(langs, r.Language)
			}
		}
		n.Sub = upper(v.languages(langs))
		switch {
		case !a.Withdrawn.IsZero():
			n.Not = v.word("again.withdrawn")
		case !a.ValidUntil.IsZero() && !a.ValidUntil.After(v.now):
			n.Not = v.word("announcement.expired", v.at(a.ValidUntil, v.now))
		case v.inOccasion(plan, id, occasion):
			n.Sub = v.word("again.there")
			n.Checked = n.Checked && f.Has("when")
		}
		n.Checked = n.Checked && n.Not == ""
		notices = append(notices, n)
	}
	return notices, nil
}

// inOccasion says whether the plan airs an announcement in a coming slot.
func (v *visit) inOccasion(plan scheduler.Plan, id, occasion string) bool {
	return slices.ContainsFunc(plan.Occurrences, func(o scheduler.Occurrence) bool {
		return o.Announcement == id && o.Slot != "" && occasionValue(o.Slot, v.civilOf(o.Due)) == occasion
	})
}

func (p *panel) showAgain(v *visit, status int, f *form) {
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	w := againView{Occasions: v.occasions(slots), Fault: f.faults["notice"]}
	chosen := f.Get("when")
	for i := range w.Occasions {
		w.Occasions[i].Checked = w.Occasions[i].Value == chosen || chosen == "" && i == 0
	}
	if chosen == "" && len(w.Occasions) > 0 {
		chosen = w.Occasions[0].Value
	}
	if w.Notices, err = p.againNotices(v, f, chosen); err != nil {
		p.fail(v, err)
		return
	}
	if fault := f.faults["when"]; fault != "" {
		w.Fault = fault
	}
	p.render(v, status, "again", view{Title: v.word("again.title"), Tab: "today", Data: w})
}

// sendAgain gives each chosen announcement a turn in the chosen slot. One that has that
// very turn already is left as it is: a second press changes nothing.
func (p *panel) sendAgain(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	f.takeWay()
	turns := p.turnsAgain(v, f, slots)
	switch {
	case f.goesBack():
		p.showAgain(v, http.StatusOK, f)
		return
	case len(f.faults) > 0:
		p.showAgain(v, http.StatusUnprocessableEntity, f)
		return
	}
	save := func(ctx context.Context) error {
		for _, t := range turns {
			if err := p.s.keepSchedule(ctx, t.notice, t.schedule); err != nil {
				return err
			}
		}
		return nil
	}
	if !p.confirmed(v, f, save) {
		return
	}
	if err := save(v.ctx()); err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/", "again")
}

// turnAgain is an announcement and the turn that it is to have.
type turnAgain struct {
	notice   scheduler.Dossier
	schedule scheduler.Schedule
}

func (p *panel) turnsAgain(v *visit, f *form, slots []scheduler.Slot) (turns []turnAgain) {
	made := v.schedule(slots, f)
	if len(f.Values["notice"]) == 0 {
		f.fault("notice", v.word("again.none-chosen"))
	}
	if made == nil {
		f.fault("when", v.word("fault.required"))
		return nil
	}
	v.scheduleFaults(f, made.Validate(v.now, v.village))
	for _, id := range slices.Compact(slices.Sorted(slices.Values(f.Values["notice"]))) {
		d, err := p.s.cfg.Announcements.Announcement(v.ctx(), id)
		if err != nil || d.Announcement.Village != v.village.Key || !d.Announcement.Withdrawn.IsZero() {
			f.fault("notice", v.word("again.gone"))
			return nil
		}
		if slices.ContainsFunc(d.Schedules, func(s scheduler.Schedule) bool {
			return s.Kind == scheduler.Slots && s.From == made.From && s.Until == made.Until && slices.Equal(s.Slots, made.Slots)
		}) {
			continue
		}
		s := *made
		s.Owned, s.Announcement, s.CreatedBy = p.owned(v, p.s.cfg.NewID()), id, v.me.Name
		turns = append(turns, turnAgain{d, s})
	}
	return turns
}
