package report

import (
	"cmp"
	"slices"
	"time"
)

// Fault is a step of a drill that failed. The codes are those of the as-run.
type Fault struct {
	Step     string
	Language string // of words that could not be spoken
	Code     string
}

// failedDrill is the cause of a row of which a step failed.
const failedDrill = "drill-failed"

// Trial is what became of a drill.
type Trial string

// The trials. Every drill that was due is exactly one.
const (
	Passed  Trial = "passed"   // every step went well
	Failed  Trial = "failed"   // it was held, and a step failed
	Broken  Trial = "broken"   // it began, and something ended it: an emergency, a person, the power
	NotHeld Trial = "not-held" // it did not begin
	Waiting Trial = "waiting"  // it has no outcome yet
)

// Trials lists every Trial in the order of a report.
func Trials() []Trial { return []Trial{Passed, Failed, Broken, NotHeld, Waiting} }

// Trial is what became of r, which is a drill.
func (r Row) Trial() Trial {
	switch bucket := r.Bucket(); {
	case bucket == Open:
		return Waiting
	case r.Outcome == "played":
		return Passed
	case r.Cause == failedDrill:
		return Failed
	case bucket == Cut, bucket == Stopped:
		return Broken
	}
	return NotHeld
}

// DrillTally counts the drills that were due. Due is the sum of the five others of
// its line; Held is Passed, Failed and Broken, and so is the sum of Silent and
// Audible.
type DrillTally struct {
	Due, Passed, Failed, Broken, NotHeld, Waiting int
	Held, Silent, Audible                         int
	LastPassed                                    time.Time // when it was due; zero: none
	Causes                                        []DrillCause
}

// Count is how many drills were a Trial.
func (t DrillTally) Count(of Trial) int {
	return map[Trial]int{Passed: t.Passed, Failed: t.Failed, Broken: t.Broken, NotHeld: t.NotHeld, Waiting: t.Waiting}[of]
}

// DrillCause is how often a reason kept drills from passing. One that failed counts
// under each of its faults, so that these may be more than the drills.
type DrillCause struct {
	Trial Trial
	Fault Fault // of Failed; Code is the cause of Broken and NotHeld, empty: nobody knows
	Count int
}

// drillSum adds drills up; the zero value is ready.
type drillSum struct {
	of     DrillTally
	causes map[DrillCause]int // Count is 0 in the key
}

func (s *drillSum) add(r Row) {
	trial := r.Trial()
	t := &s.of
	t.Due++
	switch trial {
	case Passed:
		t.Passed++
		if r.Due.After(t.LastPassed) {
			t.LastPassed = r.Due
		}
	case Failed:
		t.Failed++
	case Broken:
		t.Broken++
	case NotHeld:
		t.NotHeld++
	case Waiting:
		t.Waiting++
	}
	if trial == Passed || trial == Failed || trial == Broken {
		t.Held++
		if r.Silent {
			t.Silent++
		} else {
			t.Audible++
		}
	}
	s.explain(r, trial)
}

// explain counts why a drill was not passed.
func (s *drillSum) explain(r Row, trial Trial) {
	if trial == Passed || trial == Waiting {
		return
	}
	if s.causes == nil {
		s.causes = map[DrillCause]int{}
	}
	if trial != Failed || len(r.Faults) == 0 {
		s.causes[DrillCause{Trial: trial, Fault: Fault{Code: r.Reason()}}]++
		return
	}
	for i, f := range r.Faults {
		if !slices.Contains(r.Faults[:i], f) {
			s.causes[DrillCause{Trial: trial, Fault: f}]++
		}
	}
}

func (s *drillSum) tally() DrillTally {
	t := s.of
	for c, n := range s.causes {
		c.Count = n
		t.Causes = append(t.Causes, c)
	}
	order := map[Trial]int{}
	for i, of := range Trials() {
		order[of] = i
	}
	slices.SortFunc(t.Causes, func(a, b DrillCause) int {
		return cmp.Or(order[a.Trial]-order[b.Trial], b.Count-a.Count, cmp.Compare(a.Fault.Step, b.Fault.Step),
			cmp.Compare(a.Fault.Language, b.Fault.Language), cmp.Compare(a.Fault.Code, b.Fault.Code))
	})
	return t
}
