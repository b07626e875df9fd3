package scheduler_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
)

func TestPlanSpan(t *testing.T) {
	now := at(t, "2026-11-23 16:00")
	cases := []struct {
		name string
		from time.Time
		days int
		to   time.Time
		want string
	}{
		{"OK", now, 7, at(t, "2026-11-30 16:00"), ""},
		{"today", at(t, "2026-11-23 00:00"), 1, at(t, "2026-11-24 00:00"), ""},
		{"a month in a quarter", at(t, "2027-02-23 16:00"), 31, at(t, "2027-03-26 16:00"), ""},
		{"later", at(t, "2027-02-23 16:01"), 1, time.Time{}, "from out-of-range 2026-11-23 – 2027-02-23"},
		{"the year 9999", at(t, "9999-12-31 00:00"), 7, time.Time{}, "from out-of-range 2026-11-23 – 2027-02-23"},
		{"yesterday", at(t, "2026-11-22 00:00"), 1, time.Time{}, "from in-the-past "},
		{"until this instant", at(t, "2026-11-22 16:00"), 1, time.Time{}, "from in-the-past "},
		{"no day, long ago", at(t, "0001-01-02 00:00"), 0, time.Time{}, "days out-of-range 1–31; from in-the-past "},
		{"too many", now, 32, time.Time{}, "days out-of-range 1–31"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			to, err := scheduler.PlanSpan(now, c.from, c.days)
			var faults scheduler.Invalid
			errors.As(err, &faults)
			said := ""
			for i, f := range faults {
				if i > 0 {
					said += "; "
				}
				said += fmt.Sprint(f.Field, " ", f.Code, " ", f.Limit)
			}
			if said != c.want || (err == nil) != (c.want == "") {
				t.Errorf("faults %q (%v), want %q", said, err, c.want)
			}
			if err == nil && !to.Equal(c.to) {
				t.Errorf("to %s, want %s", to, c.to)
			}
		})
	}
}

// A week that was published and a month built later make the month; nothing is
// there twice, and what was published stays as it was.
func TestExtendAPlan(t *testing.T) {
	now := at(t, "2026-11-23 04:00")
	bk := book()
	for i := range 12 {
		id := fmt.Sprintf("tin%02d", i)
		tell(&bk, id, 8*time.Minute)
		s := daily("sang", "chieu")
		if i%4 == 0 {
			s = once(now.Add(time.Duration(i) * 50 * time.Hour))
		}
		when(&bk, id, s).Created = now.Add(-30*day + time.Duration(i)*time.Minute)
	}
	week, month := plan(t, now, 7*day, bk), plan(t, now, 30*day, bk)
	week.Occurrences[0].Title = "as it was published"
	got := week.Extend(month)
	if len(week.Occurrences) >= len(month.Occurrences) || len(week.Omissions) >= len(month.Omissions) {
		t.Fatal("nothing lies beyond the week")
	}
	want := month
	want.Occurrences = append([]scheduler.Occurrence(nil), month.Occurrences...)
	want.Occurrences[0].Title = "as it was published"
	if !reflect.DeepEqual(got.Occurrences, want.Occurrences) || !got.To.Equal(month.To) || !got.Made.Equal(week.Made) {
		t.Errorf("%d occurrences until %s, want %d until %s", len(got.Occurrences), got.To, len(want.Occurrences), month.To)
	}
	if len(got.Omissions) != len(month.Omissions) {
		t.Errorf("%d omissions, want %d", len(got.Omissions), len(month.Omissions))
	}
	if again := month.Extend(week); !reflect.DeepEqual(again, month) {
		t.Error("a shorter plan changed a longer one")
	}
	if first := (scheduler.Plan{}).Extend(month); len(first.Occurrences) != len(month.Occurrences) {
		t.Error("without a published plan something is missing")
	}
}

// A promise for now that is not ready was once gone from the plan a moment
// after it was made; so was what sounds.
func TestPlanWithin(t *testing.T) {
	now := at(t, "2026-11-23 16:00")
	from, to := now, now.Add(day)
	occurrence := func(id string, due time.Time) scheduler.Occurrence {
		return scheduler.Occurrence{ID: id, Nominal: due, Due: due, Length: time.Minute, Misfire: scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 10 * time.Minute}}
	}
	omitted := func(id string, due time.Time) scheduler.Omission {
		return scheduler.Omission{Occurrence: occurrence(id, due), Reason: scheduler.Reason{Code: scheduler.ReasonNotReady}}
	}
	skip, final := omitted("skip", now.Add(-time.Second)), omitted("its slot goes on", now.Add(-time.Hour))
	skip.Occurrence.Misfire.Policy = scheduler.Skip
	final.Final = now.Add(time.Minute)
	plan := scheduler.Plan{
		Occurrences: []scheduler.Occurrence{
			occurrence("over", now.Add(-time.Minute)), occurrence("sounds", now.Add(-59*time.Second)), occurrence("now", now),
			occurrence("last", to.Add(-1)), occurrence("then", to),
		},
		Omissions: []scheduler.Omission{
			omitted("past its grace", now.Add(-10*time.Minute)), skip, final, omitted("within its grace", now.Add(-9*time.Minute)), omitted("to come", now.Add(time.Hour)), omitted("then", to),
		},
	}
	got := plan.Within(from, to)
	var names []string
	for _, o := range got.Occurrences {
		names = append(names, o.ID)
	}
	for _, om := range got.Omissions {
		names = append(names, "not "+om.Occurrence.ID)
	}
	if want := []string{"sounds", "now", "last", "not its slot goes on", "not within its grace", "not to come"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	if !got.From.Equal(from) || !got.To.Equal(to) || len(plan.Occurrences) != 5 || len(plan.Omissions) != 6 {
		t.Errorf("from %s to %s; the plan itself has %d and %d", got.From, got.To, len(plan.Occurrences), len(plan.Omissions))
	}
}

func TestPlanWith(t *testing.T) {
	now := at(t, "2026-11-23 16:00")
	plan := scheduler.Plan{Occurrences: []scheduler.Occurrence{{ID: "b", Due: now, Title: "as planned"}}}
	got := plan.With([]scheduler.Occurrence{{ID: "b", Due: now.Add(time.Second)}, {ID: "a", Due: now.Add(-time.Second)}})
	if len(got.Occurrences) != 2 || got.Occurrences[0].ID != "a" || got.Occurrences[1].Title != "as planned" || len(plan.Occurrences) != 1 {
		t.Errorf("got %+v", got.Occurrences)
	}
}
