package playout_test

import (
	"testing"
	"testing/synctest"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// fits says whether arrival i could have sounded from an instant of the run on
// without lasting into an equal or a higher one that was known to come and began
// before it. What may begin at any time finds its place when those that keep an
// instant have theirs, and does not begin to be cut off by them (ADR 16); what of
// a lower rung sounds until then is not in its way.
func (sc scene) fits(i int, at time.Duration, rows []playout.AsRun, start time.Time) bool {
	a := sc.arrivals[i]
	if !a.now {
		return true
	}
	end := at + 500*time.Millisecond + a.voice
	for j, b := range sc.arrivals {
		if j == i || b.now || b.rung < a.rung || b.at > at || b.due() >= end || len(rows[j].Airings) == 0 {
			continue
		}
		over := rows[j].Airings[len(rows[j].Airings)-1].Ended.Before(start.Add(at))
		if !over && rows[j].Airings[0].Started.Before(rows[i].Airings[0].Started) {
			return false
		}
	}
	return true
}

// TestLadderLetsALowerOneFillTheGap is the scene with which the ladder's random
// arrivals once failed: n07, for now and of the priority rung, lasts longer than
// there is time before n00, which is of its rung and keeps its instant. It comes
// behind n00, and n01 of the lower rung, which fits, sounds meanwhile: nothing is
// cut off and nothing is silent. That is as it should be, and the judge says so;
// it would not if n00 were not there.
func TestLadderLetsALowerOneFillTheGap(t *testing.T) {
	const ms = time.Millisecond
	sc := scene{arrivals: []arrival{
		{at: 8860 * ms, voice: 660 * ms, rung: playout.RungPriority, rule: scheduler.Restart, skip: true},
		{at: 5260 * ms, voice: 620 * ms, rung: playout.RungScheduled, now: true},
		{at: 1100 * ms, voice: 600 * ms, rung: playout.RungScheduled},
		{at: 1560 * ms, voice: 600 * ms, rung: playout.RungScheduled, now: true},
		{at: 1020 * ms, voice: 3360 * ms, rung: playout.RungScheduled, skip: true, now: true},
		{at: 11620 * ms, voice: 600 * ms, rung: playout.RungPriority, skip: true, now: true},
		{at: 4320 * ms, voice: 640 * ms, rung: playout.RungPriority},
		{at: 10300 * ms, voice: 1860 * ms, rung: playout.RungPriority, rule: scheduler.Drop, skip: true, now: true},
	}, emergencies: [][2]time.Duration{{1020 * ms, 500 * ms}, {1440 * ms, 1360 * ms}}}
	synctest.Test(t, func(t *testing.T) {
		rows, alarms, start, sound := sc.act(t)
		for _, f := range sc.judge(rows, alarms, start, sound) {
			t.Error(f)
		}
		began := func(i int) time.Duration { return rows[i].Airings[0].Started.Sub(start) }
		if n00, n01, n07 := began(0), began(1), began(7); n01 >= n00 || n00-sc.arrivals[0].due() > 50*ms || n07 <= n00 || n07-n00 > 2*time.Second {
			t.Errorf("n01 began at %s, n00 at %s, n07 at %s", n01, n00, n07)
		}
		if !sc.fits(7, 9000*ms, rows, start) || sc.fits(7, 9200*ms, rows, start) {
			t.Error("n07 lasts 2.36 s: before n00 at 11.36 s there is room for it at 9 s, and none at 9.2 s")
		}
	})
}

// TestLadderRestartsWhatIsStoppedLater is another scene with which the random
// arrivals once failed: n02 is interrupted by an emergency, begins anew as its
// rule says, and is stopped by a person before its end, so that its row tells of
// that person and no more of the new beginning. The judge looked for the sound
// behind the place of the interruption.
func TestLadderRestartsWhatIsStoppedLater(t *testing.T) {
	const ms = time.Millisecond
	sc := scene{arrivals: []arrival{
		{at: 1020 * ms, voice: 600 * ms, rung: playout.RungScheduled, now: true},
		{at: 9660 * ms, voice: 900 * ms, rung: playout.RungPriority, rule: scheduler.Drop, now: true},
		{at: 11580 * ms, voice: 3440 * ms, rung: playout.RungScheduled, rule: scheduler.Restart, skip: true, now: true, stop: 6320 * ms},
	}, emergencies: [][2]time.Duration{{14300 * ms, 1620 * ms}}}
	synctest.Test(t, func(t *testing.T) {
		rows, alarms, start, sound := sc.act(t)
		for _, f := range sc.judge(rows, alarms, start, sound) {
			t.Error(f)
		}
		var chimes int
		for _, a := range rows[2].Airings {
			if a.Part == scheduler.PartChime {
				chimes++
			}
		}
		if chimes != 2 || rows[2].Outcome != playout.StoppedBy {
			t.Errorf("n02 began %d times and was %s, want twice and stopped", chimes, rows[2].Outcome)
		}
	})
}
