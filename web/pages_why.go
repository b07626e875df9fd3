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
		w.Answers = append(w.Answers, whyAnswer{a, v.steps(d, a, slots)})
	}
	p.render(v, status, "why", view{Title: v.word("why.page", v.date(time.Date(day.Year, day.Month, day.Day, 12, 0, 0, 0, v.loc))), Tab: "announcements", Data: w})
}

// whyLink leads to the answer for one announcement on the day of an instant.
func (p phrase) whyLink(announcement string, at time.Time) string {
	if announcement == "" {
		return ""
	}
	return "/announcements/" + announcement + "/why?day=" + civil(p.civilOf(at))
}
