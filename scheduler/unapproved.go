package scheduler

// clearance is what the approval of one announcement lets through.
type clearance struct {
	code   string // why nothing of it may air; empty: something may
	pin    *Pin   // what may; nil: everything
	barred bool   // a language was ready and is not approved
}

// clear says what of an announcement may air, bounds its validity by what was
// approved, and leaves out the languages that were not.
func (v Village) clear(a Announcement, rs []Rendition) (Announcement, []Rendition, clearance) {
	switch a.Approval.State {
	case Unasked:
		if v.Approvals.On() {
			return a, rs, clearance{code: ReasonNotApproved}
		}
		return a, rs, clearance{}
	case Approved, Urgent:
	case Returned:
		return a, rs, clearance{code: ReasonReturned}
	default:
		return a, rs, clearance{code: ReasonNotApproved}
	}
	if !v.Approvals.On() {
		return a, rs, clearance{}
	}
	p := a.Approval.Pin
	if !p.tells(a) {
		return a, rs, clearance{code: ReasonNotApproved}
	}
	c := clearance{pin: p}
	var heard []Rendition
	for _, r := range rs {
		if r.State == Ready && !p.hears(r, v.Approvals) {
			c.barred = true
			r.State = Missing // as if it were not there yet: the village's rule for that holds
		}
		heard = append(heard, r)
	}
	return p.bound(a), heard, c
}

// unapproved omits what nobody approved yet. Approved in time, it airs.
func (b *builder) unapproved(p *promise, s *Schedule) bool {
	c := b.cleared[p.occ.Announcement]
	code := c.code
	switch {
	case code != "":
	case c.pin != nil && !c.pin.calls(*s), c.barred && !b.sound(p.occ.Announcement).ready():
		code = ReasonNotApproved
	default:
		return false
	}
	return b.omit(p.occ, p.end(), Reason{Code: code})
}
