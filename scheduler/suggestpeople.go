package scheduler

import "slices"

// liftOf is the rule of the place that an exception has to lift against a code; empty:
// none does.
func liftOf(code string) Lift {
	switch code {
	case ReasonOutsideHours, ReasonHoliday:
		return LiftHours
	case ReasonQuiet:
		return LiftQuiet
	case ReasonMourning:
		return LiftMusic
	case ReasonSlotBudget, ReasonDayBudget, ReasonDayTimes:
		return LiftMinutes
	}
	return ""
}

// asking is the step with which somebody else would help: who approves, who records.
// It was tried as if it were gone already; false when it would not help.
func (a *adviser) asking() (Suggestion, bool, error) {
	a.trials = 0
	switch code := a.om.Reason.Code; {
	case liftOf(code) != "":
		return a.exception()
	case code == ReasonNotApproved, code == ReasonReturned:
		return a.step(WayApprove)
	case code == ReasonNotReady:
		return a.step(WayRecord)
	}
	return Suggestion{}, false, nil
}

// exception asks for one that lifts what stands in the way, rule after rule.
func (a *adviser) exception() (Suggestion, bool, error) {
	o := a.om.Occurrence
	e := Exception{
		Owned: Owned{ID: "way", Village: a.book.Village.Key}, Announcement: o.Announcement, Slot: o.Slot,
		From: earlier(o.Nominal, o.Due), To: later(o.Nominal, o.Due).Add(max(o.Length, MaxSlot)), Reason: "way", RequestedBy: "way", DecidedBy: "way", Approved: true, Decided: a.now,
	}
	code := a.om.Reason.Code
	for range LiftsThere() {
		lift := liftOf(code)
		if lift == "" || e.Lifts(lift) {
			break
		}
		e.Rules = append(slices.Clone(e.Rules), lift)
		p, ok, err := a.changed(func(b *Book) {
			b.Village.Exceptions = append(slices.Clone(b.Village.Exceptions), e)
		})
		if err != nil || !ok {
			return Suggestion{}, false, err
		}
		if a.airs(p) {
			return Suggestion{Way: WayException, Lifts: e.Rules}, true, nil
		}
		i := slices.IndexFunc(p.Omissions, func(om Omission) bool { return om.Occurrence.ID == o.ID })
		if i < 0 {
			break
		}
		code = p.Omissions[i].Reason.Code
	}
	return Suggestion{}, false, nil
}

// step is what people do one after the other before anything airs: record it, and
// approve it.
func (a *adviser) step(way Way) (Suggestion, bool, error) {
	id := a.om.Occurrence.Announcement
	p, ok, err := a.changed(func(b *Book) { b.record(id) })
	return Suggestion{Way: way}, ok && a.airs(p), err
}

// record gives an announcement of which nothing is ready the shortest voice, in the
// first language in which it is to be told.
func (b *Book) record(announcement string) {
	var spoken, waived []string
	for _, r := range b.Renditions {
		if r.Announcement != announcement {
			continue
		}
		if r.State == Ready && !r.Waived {
			return
		}
		if r.Waived {
			waived = append(waived, r.Language)
		} else {
			spoken = append(spoken, r.Language)
		}
	}
	for _, language := range append(spoken, b.Village.Languages...) {
		if !slices.Contains(waived, language) {
			*b = withVoice(*b, announcement, language, leastVoice)
			return
		}
	}
}

// approve approves an announcement as it is, where it has to be.
func (b *Book) approve(announcement string) {
	i := slices.IndexFunc(b.Announcements, func(a Announcement) bool { return a.ID == announcement })
	if i < 0 || !b.Village.Approvals.On() && b.Announcements[i].Approval.State == Unasked {
		return
	}
	d := Dossier{Announcement: b.Announcements[i]}
	for _, r := range b.Renditions {
		if r.Announcement == announcement {
			d.Renditions = append(d.Renditions, r)
		}
	}
	for _, s := range b.Schedules {
		if s.Announcement == announcement && s.Deleted.IsZero() {
			d.Schedules = append(d.Schedules, s)
		}
	}
	b.Announcements[i].Approval = Approval{State: Approved, Pin: PinOf(d)}
}
