package playout_test

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/lab"
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
	wrong    bool // the clock was, in it
}

// soak is one run: the board, what is done to it, and what was.
type soak struct {
	*soakBoard
	rng      *rand.Rand
	day      int
	serial   int
	troubles []trouble
	all      []trouble     // those of before as well
	keep     time.Duration // rows, books and troubles; 0: 26 h
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
	section := ""
	synctest.Test(t, func(t *testing.T) {
		s := &soak{soakBoard: newSoakBoard(t), rng: rand.New(rand.NewPCG(seed, 1)), outcomes: map[string]int{}}
		s.troubles = []trouble{{kind: "power", from: s.began.Add(-time.Hour), to: time.Now()}} // it was not there that morning
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
		section = soakSection(seed, s, early, late)
	})
	t.Logf("%d days took %s", *soakDays, time.Since(began).Round(time.Second))
	if file := os.Getenv("LOALANG_FIGURES"); file != "" && !t.Failed() {
		if err := lab.KeepSection(file, "make soak", "days in virtual time", section); err != nil {
			t.Fatal(err)
		}
	}
}

// soakSection is what came of a soak, as docs/BENCHMARKS.md shows it.
func soakSection(seed uint64, s *soak, early, late footprint) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Days in virtual time (%d days, seed %d)\n\n", *soakDays, seed)
	fmt.Fprintf(&b, "Two slots a day, notices at exact times and at once, emergencies, a card that is pulled, crashes, power cuts: %d rows, each with one outcome and a cause. It is the planner and the player in the process of the test, with a book and an output in memory; the real board is below.\n\n", s.checked)
	b.WriteString("| | day 5 | at last |\n| --- | --- | --- |\n")
	fmt.Fprintf(&b, "| goroutines | %d | %d |\n| descriptors | %d | %d |\n| heap, MB | %.1f | %.1f |\n\n",
		early.goroutines, late.goroutines, early.files, late.files, float64(early.heap)/(1<<20), float64(late.heap)/(1<<20))
	return b.String()
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
	at  time.Duration // since local midnight
	do  func()
	ill bool // it befalls the board: nobody asked for it
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
	add := func(at time.Duration, do func()) { all = append(all, deed{at: at, do: do}) }
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
		addNotice(b, id, class, s.clock.now(), vi, s.pick("pcc-short", "pcc-long", "none"))
		b.Schedules = append(b.Schedules, scheduler.Schedule{
			Owned: scheduler.Owned{ID: "s-" + id, Village: "un-ta", Created: s.clock.now().UTC()}, Announcement: id, Kind: kind, At: at.UTC(), Interrupted: rule,
		})
	})
}

func (s *soak) schedule(at time.Time) { s.another(scheduler.Once, at) }

func (s *soak) now() { s.another(scheduler.Now, s.clock.now()) }

func (s *soak) trouble(kind string, from time.Time) {
	s.troubles = append(s.troubles, trouble{kind: kind, from: from, to: s.clock.now()})
	s.all = append(s.all, s.troubles[len(s.troubles)-1])
}

func (s *soak) lose() {
	from := s.clock.now()
	s.stage.out.lose()
	time.Sleep(100*time.Millisecond + s.upTo(20*time.Second))
	s.stage.out.back()
	synctest.Wait()
	s.trouble("device", from)
}

func (s *soak) fall(kind string, away time.Duration, power bool) {
	from := s.clock.now()
	s.crash(away, power)
	s.trouble(kind, from)
}

func (s *soak) emergency() {
	from := s.clock.now()
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

// forget lets go of what was checked, as the store's reader would not see it any
// more, so that only a leak is one.
func (s *soak) forget(rows map[string]playout.AsRun) {
	old := time.Now().Add(-cmp.Or(s.keep, 26*time.Hour))
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
