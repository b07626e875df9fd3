package playout_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// check looks at the rows of the day and forgets those of the day before.
func (s *soak) check() {
	rows := s.stage.book.copy().rows
	s.checkPromises(rows)
	var programme []playout.AsRun
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		row := rows[id]
		if !row.Deleted.IsZero() {
			continue
		}
		s.checkRow(row)
		if row.Kind != playout.KindEmergency {
			programme = append(programme, row)
		}
	}
	s.checkOneVoice(programme)
	s.checkRest()
	s.forget(rows)
}

// checkPromises checks that what was published as airing, and was due, has a row.
func (s *soak) checkPromises(rows map[string]playout.AsRun) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, o := range s.promised {
		if o.Due.After(time.Now().Add(-time.Hour)) {
			continue
		}
		if row, ok := rows[id]; !ok || !row.Deleted.IsZero() {
			s.t.Errorf("day %d: %s was promised for %s and has no row: %+v", s.day, id, o.Due.In(s.place), row)
		}
		delete(s.promised, id)
	}
}

// checkRow checks what every row must be.
func (s *soak) checkRow(row playout.AsRun) {
	fault := func(what string) {
		s.t.Errorf("day %d: %s: %s %q, cause %q, due %s: %+v\n%+v", s.day, what, row.Occurrence, row.Outcome, row.Cause, row.Due.In(s.place), row.Airings, s.today())
	}
	if row.Outcome == "" || row.Cause == "" {
		fault("no outcome or no cause")
	}
	ended := map[string]int{}
	for _, a := range row.Airings {
		part := string(a.Part) + a.Language
		switch {
		case a.Started.IsZero():
			fault("an airing without a beginning")
		case a.Ended.IsZero() && !s.had("power", a.Started.Add(-time.Minute), a.Started.Add(10*time.Minute)):
			fault("an airing without an end though the power was on")
		case !a.Ended.IsZero() && a.Ended.Before(a.Started):
			fault("an airing ends before it begins")
		}
		if row.Kind == playout.KindEmergency {
			continue // its cycles are not told apart
		}
		if length := soakLength(a.Recording); a.Frames > int64(length.Seconds()*48000) {
			fault("more frames than the recording has")
		}
		if over := a.Ended.Sub(a.Started).Seconds()*48000 - float64(a.Frames); !a.Ended.IsZero() && (over > 480 || over < -480) {
			fault(fmt.Sprintf("%d frames, %s long", a.Frames, a.Ended.Sub(a.Started)))
		}
		if a.Cause == "completed" {
			ended[part]++
		}
	}
	for part, n := range ended {
		if n > 1 && row.Cause != playout.CauseRestarted && !s.had("", row.Due.Add(-time.Minute), row.Due.Add(20*time.Minute)) {
			fault(fmt.Sprintf("%s was heard to its end %d times", part, n))
		}
	}
	if row.Outcome != playout.Played && row.Kind != playout.KindEmergency && !s.explained(row) {
		fault("it was not played, and nothing was wrong")
	}
}

// explained says whether something that was done explains why a row was not
// played.
func (s *soak) explained(row playout.AsRun) bool {
	switch row.Cause {
	case playout.CauseSilent: // its recording is
		return true
	case scheduler.ReasonPreempted: // a priority notice came, and its rule says no more
		return true
	}
	from := row.Nominal
	if row.Kind == scheduler.Opening || row.Kind == scheduler.Closing { // of a slot in which nothing else aired
		from = row.Due.Add(-20 * time.Minute)
	}
	return s.had("", from.Add(-time.Minute), row.Due.Add(20*time.Minute))
}

// had says whether the board was in a kind of trouble within a span; any kind when
// it is empty.
func (s *soak) had(kind string, from, to time.Time) bool {
	return slices.ContainsFunc(s.troubles, func(x trouble) bool {
		return (kind == "" || x.kind == kind) && !x.from.After(to) && !x.to.Before(from)
	})
}

func (s *soak) today() (list []string) {
	for _, x := range s.troubles {
		list = append(list, fmt.Sprintf("%s %s–%s", x.kind, x.from.In(s.place).Format("2 15:04:05.0"), x.to.In(s.place).Format("15:04:05.0")))
	}
	return list
}

// checkOneVoice checks that no airing overlaps another.
func (s *soak) checkOneVoice(rows []playout.AsRun) {
	type stretch struct {
		playout.Airing
		of string
	}
	var all []stretch
	for _, row := range rows {
		for _, a := range row.Airings {
			if !a.Ended.IsZero() {
				all = append(all, stretch{a, row.Occurrence})
			}
		}
	}
	slices.SortFunc(all, func(a, b stretch) int { return a.Started.Compare(b.Started) })
	for i := 1; i < len(all); i++ {
		if before := all[i-1]; all[i].Started.Before(before.Ended.Add(-time.Millisecond)) {
			s.t.Errorf("day %d: %s (%s) sounds over %s (%s):\n%+v\n%+v\n%v", s.day, all[i].of, all[i].Part, before.of, before.Part, all[i].Airing, before.Airing, s.today())
		}
	}
	if over := s.stage.out.over; len(over) > 0 {
		s.t.Errorf("day %d: %v", s.day, over)
	}
}

// checkRest checks that at night everything is at rest.
func (s *soak) checkRest() {
	if s.stage.amp.keyed() {
		s.t.Errorf("day %d: the amplifier is on at night", s.day)
	}
	air := s.stage.player.Air()
	if air.OnAir != nil || len(air.Emergencies) > 0 {
		s.t.Errorf("day %d: on air at night: %+v %+v", s.day, air.OnAir, air.Emergencies)
	}
	if left, err := os.ReadDir(s.stage.memory); err != nil || len(left) > 0 {
		s.t.Errorf("day %d: left in memory at night: %v %v", s.day, left, err)
	}
}
