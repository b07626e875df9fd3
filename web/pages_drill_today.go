package web

import (
	"loalang/playout"
	"loalang/scheduler"
)

// drillNotice tells of a drill on the page of today, so that nobody takes a siren for an
// emergency.
type drillNotice struct {
	State   stateView
	Line    string
	Running bool
}

// drillNotice is of the drill that sounds, or of the next one of today; nil: there is
// none.
func (v *visit) drillNotice(air playout.Air, b dayBook) *drillNotice {
	if d := air.Drill; d != nil {
		line := d.Title + ", " + v.lower(v.drillHow(d.Silent))
		if d.By != "" {
			line += "; " + v.lower(v.word("asrun.by", d.By))
		}
		return &drillNotice{State: stateView{"wait", "cho", v.word("drills.now")}, Line: line + ".", Running: true}
	}
	_, to := b.bounds()
	for _, o := range b.plan.Occurrences {
		if o.Kind != scheduler.DrillKind || o.Drill == nil || o.Due.Before(v.now) || !o.Due.Before(to) {
			continue
		}
		return &drillNotice{
			State: stateView{"soft", "gio", v.word("drills.today", o.Due.In(v.loc).Format("15:04"))},
			Line:  o.Title + ", " + v.lower(v.drillHow(o.Drill.Silent)) + ".",
		}
	}
	return nil
}
