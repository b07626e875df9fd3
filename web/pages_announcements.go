package web

import (
	"loalang/scheduler"
)

// listView is the list of announcements.
type listView struct {
	Items []listItem
	Older string // ID to go on before; empty: this is the end
}

type listItem struct {
	ID, Title, Sub string
	States         []stateView
}

// pageLength is how many announcements or recordings a list shows at once.
const pageLength = 30

func (p *panel) announcements(v *visit) {
	ds, err := p.s.cfg.Announcements.Announcements(v.ctx(), v.village.Key, v.c.Query("before"), pageLength)
	if err != nil {
		p.fail(v, err)
		return
	}
	var l listView
	for _, d := range ds {
		a := d.Announcement
		l.Items = append(l.Items, listItem{
			ID: a.ID, Title: a.Title, Sub: v.word("announcement.by", v.at(a.Created, v.now), a.CreatedBy), States: v.noticeStates(d),
		})
	}
	if len(ds) == pageLength {
		l.Older = ds[len(ds)-1].Announcement.ID
	}
	p.show(v, "announcements", view{Title: v.word("nav.announcements"), Tab: "announcements", Data: l})
}

// noticeStates are what is worth knowing of an announcement at a glance.
func (v *visit) noticeStates(d scheduler.Dossier) []stateView {
	a := d.Announcement
	if !a.Withdrawn.IsZero() {
		return []stateView{{"soft", "tra", v.word("announcement.withdrawn-at", v.at(a.Withdrawn, v.now))}}
	}
	var states []stateView
	if q := a.Approval.State; q != scheduler.Unasked && (q != scheduler.Approved || a.Approval.Need != scheduler.NeedNone) {
		states = append(states, v.approvalState(a))
	}
	if a.Class != scheduler.ClassNormal {
		states = append(states, stateView{"", "dau", v.word("class." + string(a.Class))})
	}
	for _, r := range d.Renditions {
		if !v.concerns(r) {
			continue
		}
		s := v.renditionState(r)
		s.Text = v.language(r.Language) + ": " + lower(s.Text)
		states = append(states, s)
	}
	if len(d.Schedules) == 0 {
		states = append(states, stateView{"wait", "lich", v.word("announcement.no-schedule")})
	}
	return states
}

func (v *visit) renditionState(r scheduler.Rendition) stateView {
	s := stateView{Class: "wait", Icon: "cho", Text: v.word("rendition." + string(r.State))}
	switch {
	case r.Waived:
		return stateView{Class: "soft", Icon: "nghi", Text: v.word("rendition.waived")}
	case r.State == scheduler.Ready && r.InsteadOf != "" && r.InsteadOf != r.SpokenBy:
		s.Icon, s.Text = "tot", v.word("rendition.stood-in")
	case r.State == scheduler.Ready:
		s.Class, s.Icon = "ok", "tot"
	case r.Fault != "":
		s.Class, s.Icon = "bad", "lo"
	}
	return s
}
