package web

import (
	"net/http"
	"time"
)

// whyView is the page that answers why an announcement airs or does not on one day.
type whyView struct {
	ID, Name, Day, Fault string
	Answers              []whyAnswer
}

// whyAnswer is an Answer with what may be done about it.
type whyAnswer struct {
	Answer
	Steps []wayStep
	Heard *proofView // what the monitor input heard; nil: nothing listened
}

// whyPage answers for the day that is named, today when none is.
func (p *panel) whyPage(v *visit) {
	d, ok := p.dossier(v)
	if !ok {
		return
	}
	w := whyView{ID: d.Announcement.ID, Name: d.Announcement.Title}
	day, status := v.civilOf(v.now), http.StatusOK
	if text := v.c.Query("day"); text != "" {
		named, err := parseCivil(text)
		if err == nil {
			day = named
		} else {
			w.Fault, status = v.word("fault.date"), http.StatusUnprocessableEntity
		}
	}
	w.Day = civil(day)
	answers, err := p.s.why(v.ctx(), d, day, v.lang)
	if err != nil {
		p.fail(v, err)
		return
	}
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	for _, a := range answers {
		w.Answers = append(w.Answers, whyAnswer{a, v.steps(d, a, slots), p.heardOf(v, a)})
	}
	p.render(v, status, "why", view{Title: v.word("why.page", v.date(time.Date(day.Year, day.Month, day.Day, 12, 0, 0, 0, v.loc))), Tab: "announcements", Data: w})
}

// heardOf is what was heard of what an answer is about.
func (p *panel) heardOf(v *visit, a Answer) *proofView {
	if a.Kind != "was" || p.s.cfg.MonitorBook == nil {
		return nil
	}
	r, err := p.s.cfg.MonitorBook.Proved(v.ctx(), v.village.Key, a.Occurrence)
	if err != nil && !isMissing(err) {
		p.s.cfg.Logger.Error("what was heard could not be read", "occurrence", a.Occurrence, "err", err)
	}
	if err != nil || r.Proof == nil {
		return nil
	}
	return new(v.proofView(r))
}

// whyLink leads to the answer for one announcement on the day of an instant.
func (p phrase) whyLink(announcement string, at time.Time) string {
	if announcement == "" {
		return ""
	}
	return "/announcements/" + announcement + "/why?day=" + civil(p.civilOf(at))
}
