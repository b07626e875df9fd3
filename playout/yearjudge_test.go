package playout_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// collect takes over the rows of the day, and lets go of what the store's reader
// would not see any more.
func (y *year) collect() {
	y.over = append(y.over, y.stage.out.over...)
	rows := y.stage.book.copy().rows
	for id, row := range rows {
		if row.Deleted.IsZero() && row.Kind != playout.KindEmergency {
			y.rows[id] = row
		}
	}
	y.mu.Lock()
	for _, s := range y.book.Schedules {
		y.rules[s.ID] = s.Interrupted
	}
	y.mu.Unlock()
	y.forget(rows)
}

// named are the causes for which something may be missed.
var named = []string{
	scheduler.ReasonPower, scheduler.ReasonRestart, playout.CauseCrash, scheduler.ReasonClock, scheduler.ReasonClockSet, scheduler.ReasonAsleep, scheduler.ReasonDevice,
	playout.CauseSilent, scheduler.ReasonDelayed, scheduler.ReasonPreempted,
}

// judge knows what was asked for, not how the plan is made, and asks the rows: has
// each occasion exactly one, with one outcome and a cause; was nothing heard twice;
// was nothing missed but for a cause that has a name; did nothing sound over
// something else.
func (y *year) judge() {
	for _, what := range y.over {
		y.t.Errorf("over something else: %s", what)
	}
	clear(y.outcomes) // the soak counted too
	byOccasion, heard := map[string][]playout.AsRun{}, map[string]int{}
	for _, id := range slices.Sorted(maps.Keys(y.rows)) {
		row := y.rows[id]
		y.outcomes[string(row.Outcome)+" "+row.Cause]++
		y.judgeRow(row)
		y.judgeApproval(row)
		if len(row.Airings) > 0 {
			heard[string(row.Kind)]++
			heard[row.Schedule]++
		}
		byOccasion[occasion(row, y.place)] = append(byOccasion[occasion(row, y.place)], row)
	}
	for _, what := range y.occasions() {
		if rows := byOccasion[what]; len(rows) != 1 {
			y.t.Errorf("%s has %d rows: %+v", what, len(rows), rows)
		}
	}
	for what, least := range map[string]int{string(scheduler.Relay): y.days / 2, string(scheduler.Fixed): y.days / 2, "rule-early": y.days / 28} {
		if heard[what] < least {
			y.t.Errorf("%s was heard %d times in %d days", what, heard[what], y.days)
		}
	}
	y.judgePlace()
	for id, w := range y.asked {
		y.judgeWish(id, w, byOccasion[id])
	}
}

// judgeWish asks the rows of what was asked for once: one for the time at which it was
// to be at last. A time from which it was moved has one, too, where that time was
// settled before somebody moved it: it had sounded, or the amplifier was keyed for it,
// or it had been missed, and the new time is another promise.
func (y *year) judgeWish(id string, w wish, rows []playout.AsRun) {
	last := 0
	for _, row := range rows {
		edit, old := w.movedFrom(row.Nominal)
		switch {
		case !old:
			last++
		case !row.Keyed.IsZero() && row.Keyed.After(edit), row.Keyed.IsZero() && row.Updated.After(edit.Add(time.Second)): // a row is written behind
			y.t.Errorf("%s was moved away at %s, and yet there is a row of its old time: %+v\n%v", id, edit, row, y.around(row))
		}
	}
	if last > 1 || last == 0 && w.taken.IsZero() {
		y.t.Errorf("%s was asked for (%+v) and has %d rows of its time: %+v", id, w, last, rows)
	}
}

// occasion is what a row is of: a notice told once, or a slot of a day.
func occasion(row playout.AsRun, place *time.Location) string {
	if strings.HasPrefix(row.Schedule, "s-") {
		return row.Schedule
	}
	return fmt.Sprintf("%s %s %s %s", row.Kind, row.Schedule, row.Slot, row.Nominal.In(place).Format(time.DateOnly))
}

func (y *year) judgeRow(row playout.AsRun) {
	fault := func(what string) {
		y.t.Errorf("%s: %s %q, cause %q, nominal %s, due %s, written %s: %+v\n%v", what, row.Occurrence, row.Outcome, row.Cause, row.Nominal.In(y.place), row.Due.In(y.place), row.Updated.In(y.place), row.Airings, y.around(row))
	}
	if row.Outcome == "" || row.Cause == "" {
		fault("no outcome or no cause")
	}
	if row.Outcome == playout.Missed && !slices.Contains(named, row.Cause) {
		fault("missed for a cause that has no name")
	}
	day := calendar.DateOf(row.Nominal, y.place)
	silent := calendar.DateOf(y.began.AddDate(0, 0, 12), y.place)
	if row.Cause == scheduler.ReasonHoliday && day != silent && !y.tet(day) && !y.clockWrong(row) {
		fault("silent for a holiday that is none")
	}
	if row.Cause == scheduler.ReasonOutsideHours && y.may(row, row.Nominal) && y.may(row, row.Nominal.Add(row.Planned)) && !y.clockWrong(row) {
		fault("outside hours that allow it")
	}
	whole := map[string]int{}
	for _, a := range row.Airings {
		if !a.Ended.IsZero() && a.Ended.Before(a.Started) {
			fault("an airing ends before it begins")
		}
		if a.Part == scheduler.PartVoice && a.Cause == "completed" && a.Frames >= int64(soakLength(a.Recording).Seconds()*48000) {
			whole[a.Language]++
		}
	}
	for language, n := range whole {
		if n > 1 && row.Cause != playout.CauseRestarted && row.Cause != playout.CauseCrash && !y.beganAnew(row) {
			fault(fmt.Sprintf("%s was heard %d times", language, n))
		}
	}
}

// beganAnew says whether a row was lost in its middle and begins anew by its rule: a
// lost card is then the cause of it, which came first.
func (y *year) beganAnew(row playout.AsRun) bool {
	lost := slices.ContainsFunc(row.Airings, func(a playout.Airing) bool { return a.Cause == "lost" || a.Cause == "replaced" })
	return lost && y.rules[row.Schedule] == scheduler.Restart
}

// around are the troubles of a row's day, and what else was due beside it.
func (y *year) around(row playout.AsRun) (list []string) {
	const near, beside = 36 * time.Hour, 10 * time.Minute
	for _, x := range y.all {
		if x.from.Before(row.Nominal.Add(near)) && x.to.After(row.Nominal.Add(-near)) {
			list = append(list, fmt.Sprintf("%s %s–%s", x.kind, x.from.In(y.place).Format("2 15:04:05.0"), x.to.In(y.place).Format("2 15:04:05.0")))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(y.rows)) {
		if o := y.rows[id]; o.Due.Sub(row.Due).Abs() < beside {
			first, last := o.Span()
			list = append(list, fmt.Sprintf("\n%s: %s %s, due %s, claimed %s, heard %s–%s", id, o.Outcome, o.Cause,
				o.Due.In(y.place).Format("15:04:05"), o.Claimed.In(y.place).Format("15:04:05"), first.In(y.place).Format("15:04:05"), last.In(y.place).Format("15:04:05")))
		}
	}
	return list
}
