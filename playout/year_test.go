package playout_test

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// A simulated year takes some minutes of a small machine: in `go test` it is a
// month, with `make year` all of it, in stretches that run beside each other.
var (
	yearDays = flag.Int("year-days", 0, "simulated days of TestYear; 0: 28, and 365 with LOALANG_YEAR set")
	yearSeed = flag.Uint64("year-seed", 0, "seed of TestYear; 0: 1")
	yearStop = flag.Int("year-stop", 0, "days after which every stretch of TestYear stops, to see a failure again soon; 0: at its end")
)

// What befalls the board in a year.
const (
	yearCuts   = 200 // power cuts
	yearSteps  = 50  // of the clock
	yearLosses = 30  // of the sound card
	yearSleeps = 12  // of the machine, from a minute to three days

	yearCrashes = 60 // of the program, some within the same minute
)

// year is a stretch of a simulated year: the board of the soak, with a clock that
// is set, lost and asleep.
type year struct {
	*soak
	days    int
	seed    [2]uint64
	ills    map[int][]func() // by day
	rows    map[string]playout.AsRun
	asked   map[string]wish                 // by schedule
	notices map[string]told                 // by announcement: those that were made in the year
	rules   map[string]scheduler.Resumption // of schedules
	over    []string                        // what sounded over what
	count   map[string]int                  // of what was done
}

// wish is what somebody asked for, as the judge remembers it.
type wish struct {
	kind  scheduler.Kind
	taken time.Time // when it was taken back; zero: it was not
	moved []move
}

// move is that somebody gave a notice another time.
type move struct{ at, from time.Time }

// movedFrom says whether a time is one from which it was moved, and when.
func (w wish) movedFrom(nominal time.Time) (edit time.Time, old bool) {
	for _, m := range w.moved {
		if m.from.Equal(nominal) {
			return m.at, true
		}
	}
	return time.Time{}, false
}

// A year on the air, in virtual time: slots at dawn, at dusk and over midnight,
// notices at exact times and at once, edits and withdrawals; 200 power cuts, 50
// steps of the clock, 30 losses of the card. What the judge asks is in judge.
func TestYear(t *testing.T) {
	if *yearDays == 0 {
		if *yearDays = 28; os.Getenv("LOALANG_YEAR") != "" {
			*yearDays = 365
		}
	}
	seed := cmp.Or(*yearSeed, 1)
	t.Logf("-year-days %d -year-seed %d", *yearDays, seed)
	began := time.Now()
	defer debug.SetGCPercent(debug.SetGCPercent(1000)) // little lives long here
	stretches := min(2, max(1, *yearDays/60))          // the same on every machine, and so are the seeds
	t.Run("Stretch", func(t *testing.T) {
		for i := range stretches {
			days := *yearDays*(i+1)/stretches - *yearDays*i/stretches
			t.Run(fmt.Sprint(i+1), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					time.Sleep(time.Duration(*yearDays*i/stretches) * 24 * time.Hour)
					liveThrough(t, days, [2]uint64{seed, uint64(i)})
				})
			})
		}
	})
	t.Logf("%d days took %s", *yearDays, time.Since(began).Round(time.Second))
}

// liveThrough is one stretch of the year.
func liveThrough(t *testing.T, days int, seed [2]uint64) {
	y := &year{
		soak: &soak{soakBoard: newSoakBoard(t), outcomes: map[string]int{}, keep: 5 * 24 * time.Hour}, // the clock goes back by a day, and what aired then is known
		days: days, seed: seed, ills: map[int][]func(){}, rows: map[string]playout.AsRun{}, asked: map[string]wish{}, notices: map[string]told{}, rules: map[string]scheduler.Resumption{}, count: map[string]int{},
	}
	y.roll(0, 0)
	y.edit(y.settleIn)
	y.afflict(yearCuts, func() { y.cut() })
	y.afflict(yearSteps, func() { y.setClock() })
	y.afflict(yearLosses, func() { y.count["card"]++; y.lose() })
	y.afflict(yearCrashes, func() { y.count["crash"]++; y.crashTwice() })
	y.afflict(yearSleeps, y.sleep)
	if *yearStop > 0 {
		y.days = min(days, *yearStop)
	}
	for y.day = 1; y.day <= y.days && !t.Failed(); y.day++ {
		y.live()
		y.collect()
	}
	y.powerOff()
	for ill, inAYear := range map[string]int{"power": yearCuts, "clock": yearSteps, "card": yearLosses, "crash": yearCrashes, "sleep": yearSleeps} {
		if want := y.share(inAYear); y.count[ill] != want && *yearStop == 0 {
			t.Errorf("%d times %s, and it was to be %d", y.count[ill], ill, want)
		}
	}
	y.judge()
	t.Logf("%d days, %v: %d rows, %v", y.days, y.count, len(y.rows), y.outcomes)
}

// afflict spreads what befalls the board in a year over the stretch, but for its last
// days: what falls into a sleep happens after it.
func (y *year) afflict(inAYear int, ill func()) {
	const longestSleep = 3
	for range y.share(inAYear) {
		day := 1 + y.rng.IntN(max(1, y.days-longestSleep-1))
		y.ills[day] = append(y.ills[day], ill)
	}
}

// share is how much of what befalls the board in a year is the stretch's, rounded up.
func (y *year) share(inAYear int) int { return (inAYear*y.days + 364) / 365 }

// roll begins with chance anew for one deed of a day: however often the one before
// asked it, the rest of the year stays as it is.
func (y *year) roll(day, deed int) {
	y.rng = rand.New(rand.NewPCG(y.seed[0], y.seed[1]<<48|uint64(day)<<16|uint64(deed)))
}

// live lets a day pass, from one o'clock at night to the next; what it brings while the
// machine sleeps does not happen.
func (y *year) live() {
	y.roll(y.day, 0)
	midnight := y.began.AddDate(0, 0, y.day)
	var deeds []deed
	add := func(at time.Duration, do func()) { deeds = append(deeds, deed{at: at, do: do}) }
	for range y.rng.IntN(3) {
		y.planNotice(midnight, add)
	}
	for range y.rng.IntN(2) {
		add(y.anyBusyTime(), func() { y.approve(y.ask(scheduler.Now, y.clock.now()), scheduler.Urgent) })
	}
	if y.rng.IntN(2) == 0 {
		add(y.anyBusyTime(), y.revise)
	}
	for _, ill := range y.ills[y.day] {
		add(y.anyBusyTime(), ill)
		deeds[len(deeds)-1].ill = true
	}
	slices.SortStableFunc(deeds, func(a, b deed) int { return int(a.at - b.at) })
	for i, d := range deeds {
		if y.clock.now().After(midnight.Add(d.at + time.Hour)) {
			if d.ill { // slept through
				y.ills[y.day+1] = append(y.ills[y.day+1], d.do)
			}
			continue
		}
		y.until(midnight.Add(d.at))
		y.roll(y.day, i+1)
		d.do()
	}
	y.until(midnight.Add(25 * time.Hour))
	y.setRight()
}

// planNotice is a notice for a time of the day, and what becomes of its approval.
func (y *year) planNotice(midnight time.Time, add func(time.Duration, func())) {
	at := 4*time.Hour + y.upTo(19*time.Hour)
	asked := at - time.Hour - y.upTo(2*time.Hour)
	fate, later := y.rng.IntN(10), asked+y.upTo(3*time.Hour)
	id := ""
	add(asked, func() {
		id = y.ask(scheduler.Once, midnight.Add(at))
		switch fate {
		default:
			y.approve(id, scheduler.Approved)
		case 0:
			y.approve(id, scheduler.Draft)
		case 1, 2:
			y.approve(id, scheduler.Submitted)
		case 3:
			y.expire(id, midnight.Add(at-30*time.Second+y.upTo(time.Minute)))
			y.approve(id, scheduler.Approved)
		}
	})
	then := func(do func()) {
		add(later, func() {
			if id != "" {
				do()
			}
		})
	}
	switch fate {
	case 1: // perhaps too late
		then(func() { y.approve(id, scheduler.Approved) })
	case 2:
		then(func() { y.approve(id, scheduler.Returned) })
	case 4:
		then(func() { y.withdraw(id) })
	}
}

// really waits until an instant, whatever the board's clock says.
func (y *year) really(t time.Time) {
	time.Sleep(time.Until(t))
	synctest.Wait()
}

func (y *year) until(t time.Time) {
	if wait := t.Sub(y.clock.now()); wait > 0 {
		time.Sleep(wait)
	}
	synctest.Wait()
}

// anyBusyTime is an instant at which something is likely to sound, also at night.
func (y *year) anyBusyTime() time.Duration {
	if y.rng.IntN(5) == 0 {
		return 23*time.Hour + 56*time.Minute + y.upTo(5*time.Minute)
	}
	return y.busyTime()
}

// told is what became of the approval of a notice.
type told struct {
	approved, withdrawn time.Time // zero: never
	until               time.Time // of its validity; zero: open
}

// ask makes a notice and remembers that somebody did.
func (y *year) ask(kind scheduler.Kind, at time.Time) (announcement string) {
	y.another(kind, at)
	id := fmt.Sprintf("day-%d-%d", y.day, y.serial)
	y.asked["s-"+id], y.notices[id] = wish{kind: kind}, told{}
	return id
}

// approve takes a step of a notice's approval.
func (y *year) approve(id string, state scheduler.ApprovalState) {
	n := y.notices[id]
	if state == scheduler.Approved || state == scheduler.Urgent {
		n.approved = y.clock.now()
	}
	y.notices[id] = n
	y.count[string(state)]++
	y.edit(func(b *scheduler.Book) { approve(b, id, state) })
	synctest.Wait()
}

// expire bounds the validity of a notice.
func (y *year) expire(id string, until time.Time) {
	n := y.notices[id]
	n.until = until
	y.notices[id] = n
	y.announcement(id, func(a *scheduler.Announcement) { a.ValidUntil = until.UTC() })
}

// withdraw takes a notice back, also when it is on the air.
func (y *year) withdraw(id string) {
	n := y.notices[id]
	n.withdrawn = y.clock.now()
	y.notices[id] = n
	w := y.asked["s-"+id]
	w.taken = n.withdrawn
	y.asked["s-"+id] = w
	y.count["withdrawn"]++
	y.announcement(id, func(a *scheduler.Announcement) { a.Withdrawn = n.withdrawn.UTC() })
	_ = y.stage.player.Withdraw(y.t.Context(), id, "trưởng thôn") // it need not be on air
	synctest.Wait()
}

func (y *year) announcement(id string, change func(*scheduler.Announcement)) {
	y.edit(func(b *scheduler.Book) {
		if i := slices.IndexFunc(b.Announcements, func(a scheduler.Announcement) bool { return a.ID == id }); i >= 0 {
			change(&b.Announcements[i])
		}
	})
}

// revise takes something back or puts it off, as people do.
func (y *year) revise() {
	var open []string
	now := y.clock.now()
	y.edit(func(b *scheduler.Book) {
		for _, s := range b.Schedules {
			if s.Kind == scheduler.Once && s.Deleted.IsZero() && s.At.After(now.Add(-time.Minute)) {
				open = append(open, s.ID)
			}
		}
		if len(open) == 0 {
			return
		}
		chosen := open[y.rng.IntN(len(open))]
		i := slices.IndexFunc(b.Schedules, func(s scheduler.Schedule) bool { return s.ID == chosen })
		s := &b.Schedules[i]
		w, known := y.asked[s.ID]
		if !known || !w.taken.IsZero() {
			return
		}
		if y.rng.IntN(2) == 0 {
			w.taken, s.Deleted = now, now.UTC()
			y.count["withdrawn"]++
		} else {
			w.moved = append(w.moved, move{now, s.At})
			s.At = s.At.Add(7 * time.Minute)
			y.count["edited"]++
		}
		y.asked[s.ID] = w
	})
	for _, id := range open {
		if w := y.asked[id]; w.taken.Equal(now) {
			_ = y.stage.player.Unschedule(y.t.Context(), id, "trưởng thôn") // it need not be on air
		}
	}
	synctest.Wait()
}
