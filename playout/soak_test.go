package playout_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// The soak takes a simulated week, and with `make soak` a month.
var (
	soakDays = flag.Int("soak-days", 0, "simulated days of TestSoak; 0: 7, and 30 with LOALANG_SOAK set")
	soakSeed = flag.Uint64("soak-seed", 0, "seed of TestSoak, to see a failure again; 0: another each time")
)

// trouble is what was done to the board, and when.
type trouble struct {
	kind     string
	from, to time.Time
}

// soak is one run: the board, what is done to it, and what was.
type soak struct {
	*soakBoard
	rng      *rand.Rand
	day      int
	serial   int
	troubles []trouble
	checked  int
	seen     map[string]bool // rows that were counted
	outcomes map[string]int  // by outcome and cause
}

// Weeks on the air: two slots a day, notices at exact times and at once,
// emergencies, a card that is pulled, crashes, power cuts, recordings that are
// silent. Everything that was promised ends in one outcome with a cause, nothing
// airs twice or over something else, nothing is claimed that did not sound, nothing
// is missing without a reason, and nothing leaks.
func TestSoak(t *testing.T) {
	if *soakDays == 0 {
		if *soakDays = 7; os.Getenv("LOALANG_SOAK") != "" {
			*soakDays = 30
		}
	}
	began := time.Now()
	seed := cmp.Or(*soakSeed, uint64(began.UnixNano()))
	t.Logf("-soak-days %d -soak-seed %d", *soakDays, seed)
	synctest.Test(t, func(t *testing.T) {
		s := &soak{soakBoard: newSoakBoard(t), rng: rand.New(rand.NewPCG(seed, 1)), outcomes: map[string]int{}}
		s.troubles = []trouble{{"power", s.began.Add(-time.Hour), time.Now()}} // it was not there that morning
		var early footprint
		for s.day = 1; s.day <= *soakDays && !t.Failed(); s.day++ {
			s.oneDay()
			s.check()
			if s.day == max(2, min(5, *soakDays-2)) {
				early = measure(t)
			}
		}
		late := measure(t)
		t.Logf("%d rows: %v; %+v at first, %+v at last", s.checked, s.outcomes, early, late)
		if late.goroutines > early.goroutines || late.files > early.files || late.heap > early.heap+4<<20 {
			t.Errorf("something leaks: %+v at first, %+v at last", early, late)
		}
		if s.checked < 6**soakDays {
			t.Errorf("only %d rows in %d days", s.checked, *soakDays)
		}
		s.powerOff()
	})
	t.Logf("%d days took %s", *soakDays, time.Since(began).Round(time.Second))
}

// footprint is what a leak would enlarge.
type footprint struct {
	goroutines, files int
	heap              int64
}

func measure(t *testing.T) footprint {
	t.Helper()
	synctest.Wait()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return footprint{runtime.NumGoroutine(), len(files), int64(m.HeapAlloc)}
}

// deed is something that happens at an instant of the day.
type deed struct {
	at time.Duration // since local midnight
	do func()
}

// oneDay lets a day pass, from half past twenty-three to the next.
func (s *soak) oneDay() {
	midnight := s.began.AddDate(0, 0, s.day)
	deeds := s.deeds(midnight)
	slices.SortStableFunc(deeds, func(a, b deed) int { return int(a.at - b.at) })
	for _, d := range deeds {
		if wait := time.Until(midnight.Add(d.at)); wait > 0 {
			time.Sleep(wait)
			synctest.Wait()
		}
		d.do()
	}
	time.Sleep(time.Until(midnight.Add(23*time.Hour + 30*time.Minute)))
	synctest.Wait()
}

// deeds are what a day brings; every fourth is without any trouble.
func (s *soak) deeds(midnight time.Time) []deed {
	var all []deed
	add := func(at time.Duration, do func()) { all = append(all, deed{at, do}) }
	for range s.rng.IntN(3) {
		at := 6*time.Hour + s.upTo(13*time.Hour)
		add(at-time.Hour, func() { s.schedule(midnight.Add(at)) })
	}
	for range s.rng.IntN(3) {
		add(s.busyTime(), s.now)
	}
	if s.day%4 == 0 {
		return all
	}
	for range s.rng.IntN(3) {
		add(s.busyTime(), s.lose)
	}
	for range s.rng.IntN(3) {
		add(s.busyTime(), func() { s.fall("crash", 200*time.Millisecond+s.upTo(5*time.Second), false) })
	}
	if s.rng.IntN(3) == 0 {
		add(s.busyTime(), func() { s.fall("power", 10*time.Second+s.upTo(10*time.Minute), true) })
	}
	for range s.rng.IntN(3) {
		add(s.busyTime(), s.emergency)
	}
	return all
}

func (s *soak) upTo(d time.Duration) time.Duration { return time.Duration(s.rng.Int64N(int64(d))) }

// busyTime is an instant of the day at which something is likely to sound.
func (s *soak) busyTime() time.Duration {
	switch s.rng.IntN(5) {
	case 0, 1:
		return 5*time.Hour + 29*time.Minute + s.upTo(6*time.Minute)
	case 2, 3:
		return 16*time.Hour + 59*time.Minute + s.upTo(6*time.Minute)
	}
	return 5*time.Hour + s.upTo(15*time.Hour)
}

func (s *soak) pick(from ...string) string { return from[s.rng.IntN(len(from))] }

// another makes a notice that is told once.
func (s *soak) another(kind scheduler.Kind, at time.Time) {
	s.serial++
	id := fmt.Sprintf("day-%d-%d", s.day, s.serial)
	class := scheduler.Class(s.pick(string(scheduler.ClassNormal), string(scheduler.ClassPriority)))
	vi := s.pick("vi-short", "vi-long", "vi-long", "silent-vi")
	if s.day%4 == 0 {
		vi = "vi-short"
	}
	rule := scheduler.Resumption(s.pick("", string(scheduler.Restart), string(scheduler.Drop)))
	s.edit(func(b *scheduler.Book) {
		addNotice(b, id, class, time.Now(), vi, s.pick("pcc-short", "pcc-long", "none"))
		b.Schedules = append(b.Schedules, scheduler.Schedule{
			Owned: scheduler.Owned{ID: "s-" + id, Village: "un-ta", Created: time.Now().UTC()}, Announcement: id, Kind: kind, At: at.UTC(), Interrupted: rule,
		})
	})
}

func (s *soak) schedule(at time.Time) { s.another(scheduler.Once, at) }

func (s *soak) now() { s.another(scheduler.Now, time.Now()) }

func (s *soak) trouble(kind string, from time.Time) {
	s.troubles = append(s.troubles, trouble{kind, from, time.Now()})
}

func (s *soak) lose() {
	from := time.Now()
	s.stage.out.lose()
	time.Sleep(100*time.Millisecond + s.upTo(20*time.Second))
	s.stage.out.back()
	synctest.Wait()
	s.trouble("device", from)
}

func (s *soak) fall(kind string, away time.Duration, power bool) {
	from := time.Now()
	s.crash(away, power)
	s.trouble(kind, from)
}

func (s *soak) emergency() {
	from := time.Now()
	s.serial++
	e := s.stage.emergency(fmt.Sprintf("e-%d-%d", s.day, s.serial), 20*time.Second+s.upTo(2*time.Minute))
	if s.rng.IntN(2) == 0 {
		e.Text = ""
	}
	e.Repeat = s.rng.IntN(3)
	s.stage.raise(e)
	time.Sleep(s.upTo(3 * time.Minute))
	synctest.Wait()
	if s.rng.IntN(2) == 0 {
		_ = s.stage.player.Lower(s.t.Context(), "trưởng thôn") // it may be over
	}
	synctest.Wait()
	s.trouble("emergency", from)
}

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
	if row.Kind == scheduler.Opening || row.Kind == scheduler.Closing { // of a slot in which nothing else aired
		return s.had("", row.Due.Add(-20*time.Minute), row.Due.Add(time.Minute))
	}
	return s.had("", row.Nominal.Add(-time.Minute), row.Due.Add(20*time.Minute))
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

// forget lets go of what was checked, as the store's reader would not see it any
// more, so that only a leak is one.
func (s *soak) forget(rows map[string]playout.AsRun) {
	old := time.Now().Add(-26 * time.Hour)
	journal := s.stage.book
	journal.mu.Lock()
	for id, row := range rows {
		if row.Due.Before(old) {
			delete(journal.rows, id)
			continue
		}
		if s.seen == nil {
			s.seen = map[string]bool{}
		}
		if !s.seen[id] && row.Deleted.IsZero() {
			s.seen[id] = true
			s.checked++
			s.outcomes[string(row.Outcome)+" "+row.Cause]++
		}
	}
	for id := range s.seen {
		if _, there := rows[id]; !there {
			delete(s.seen, id)
		}
	}
	journal.claims = nil
	journal.mu.Unlock()
	s.stage.out.prune()
	s.troubles = slices.DeleteFunc(s.troubles, func(x trouble) bool { return x.to.Before(old.Add(-time.Hour)) })
	s.mu.Lock()
	defer s.mu.Unlock()
	gone := func(created time.Time) bool { return created.Before(old) && created.After(s.began.Add(time.Hour)) }
	s.book.Schedules = slices.DeleteFunc(s.book.Schedules, func(x scheduler.Schedule) bool { return x.Kind != scheduler.Slots && gone(x.Created) })
	s.book.Announcements = slices.DeleteFunc(s.book.Announcements, func(x scheduler.Announcement) bool { return gone(x.Created) })
	s.book.Renditions = slices.DeleteFunc(s.book.Renditions, func(x scheduler.Rendition) bool { return gone(x.Created) })
}
