package scheduler_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

const day = 24 * time.Hour

// exactID is the ID of an occurrence of a Once or Now schedule of tell's
// announcements in Ún Tà.
func exactID(announcement, civil string) string {
	return "lich-" + announcement + ":un-ta:" + strings.Replace(civil, " ", "T", 1) + ":1"
}

func TestExactPromises(t *testing.T) {
	noon := at(t, "2026-11-23 12:00")
	tests := []struct {
		name    string
		set     func(b *scheduler.Book)
		id      string
		due     time.Time // zero: omitted
		reasons []string
	}{
		{"OK", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			when(b, "a", once(at(t, "2026-11-23 12:01:00")))
		}, exactID("a", "2026-11-23 12:01:00"), at(t, "2026-11-23 12:01:00"), nil},
		{"now sounds after the lead", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			when(b, "a", pressed(noon))
		}, exactID("a", "2026-11-23 12:00:00"), noon.Add(7 * time.Second), nil},
		{"now pressed before the board restarted", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			when(b, "a", pressed(noon.Add(-5*time.Minute)))
		}, exactID("a", "2026-11-23 11:55:00"), noon.Add(7 * time.Second), nil},
		{"now pressed too long ago", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			when(b, "a", pressed(noon.Add(-11*time.Minute)))
		}, exactID("a", "2026-11-23 11:49:00"), time.Time{}, []string{scheduler.ReasonTooLate}},
		{"now with a misfire of skip is still obeyed", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			when(b, "a", pressed(noon)).Misfire.Policy = scheduler.Skip
		}, exactID("a", "2026-11-23 12:00:00"), noon.Add(7 * time.Second), nil},
		{"sooner than the lead is late", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			when(b, "a", once(noon.Add(2*time.Second)))
		}, exactID("a", "2026-11-23 12:00:02"), noon.Add(7 * time.Second), []string{scheduler.ReasonLate}},
		{"skip is never late", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			when(b, "a", once(noon.Add(2*time.Second))).Misfire.Policy = scheduler.Skip
		}, exactID("a", "2026-11-23 12:00:02"), time.Time{}, []string{scheduler.ReasonTooLate}},
		{"another language airs", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			b.Renditions[1].State = scheduler.Assigned
			when(b, "a", once(at(t, "2026-11-23 12:01:00")))
		}, exactID("a", "2026-11-23 12:01:00"), at(t, "2026-11-23 12:01:00"), []string{scheduler.ReasonStands}},
		{"nothing is ready", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			b.Renditions[0].State, b.Renditions[1].State = scheduler.Spoken, scheduler.Missing
			when(b, "a", once(at(t, "2026-11-23 12:01:00")))
		}, exactID("a", "2026-11-23 12:01:00"), time.Time{}, []string{scheduler.ReasonNotReady}},
		{"withdrawn", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second).Withdrawn = noon.Add(-time.Minute)
			when(b, "a", once(at(t, "2026-11-23 12:01:00")))
		}, exactID("a", "2026-11-23 12:01:00"), time.Time{}, []string{scheduler.ReasonWithdrawn}},
		{"deleted", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second).Deleted = noon.Add(-time.Minute)
			when(b, "a", once(at(t, "2026-11-23 12:01:00")))
		}, exactID("a", "2026-11-23 12:01:00"), time.Time{}, []string{scheduler.ReasonWithdrawn}},
		{"announcement is gone", func(b *scheduler.Book) {
			when(b, "a", once(at(t, "2026-11-23 12:01:00")))
		}, exactID("a", "2026-11-23 12:01:00"), time.Time{}, []string{scheduler.ReasonWithdrawn}},
		{"validity has not begun", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second).ValidFrom = at(t, "2026-11-24 00:00")
			when(b, "a", once(at(t, "2026-11-23 12:01:00")))
		}, exactID("a", "2026-11-23 12:01:00"), time.Time{}, []string{scheduler.ReasonNotYetValid}},
		{"validity is over", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second).ValidUntil = at(t, "2026-11-23 12:00:30")
			when(b, "a", once(at(t, "2026-11-23 12:01:00")))
		}, exactID("a", "2026-11-23 12:01:00"), time.Time{}, []string{scheduler.ReasonExpired}},
		{"the last word would fall after its validity", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second).ValidUntil = at(t, "2026-11-23 12:01:35")
			when(b, "a", once(at(t, "2026-11-23 12:01:00")))
		}, exactID("a", "2026-11-23 12:01:00"), time.Time{}, []string{scheduler.ReasonExpired}},
		{"the last frame ends with its validity", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second).ValidUntil = at(t, "2026-11-23 12:01:36")
			when(b, "a", once(at(t, "2026-11-23 12:01:00")))
		}, exactID("a", "2026-11-23 12:01:00"), at(t, "2026-11-23 12:01:00"), nil},
		{"before the allowed hours", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			when(b, "a", once(at(t, "2026-11-24 04:45:00")))
		}, exactID("a", "2026-11-24 04:45:00"), time.Time{}, []string{scheduler.ReasonOutsideHours}},
		{"the last word would fall after the allowed hours", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			when(b, "a", once(at(t, "2026-11-23 20:59:30")))
		}, exactID("a", "2026-11-23 20:59:30"), time.Time{}, []string{scheduler.ReasonOutsideHours}},
		{"an emergency knows no hours", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second).Class = scheduler.ClassEmergency
			when(b, "a", once(at(t, "2026-11-24 02:00:00")))
		}, exactID("a", "2026-11-24 02:00:00"), at(t, "2026-11-24 02:00:00"), nil},
		{"another village's schedule", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			when(b, "a", once(at(t, "2026-11-23 12:01:00"))).Village = "luoc-te"
		}, "", time.Time{}, nil},
		{"a removed schedule", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			when(b, "a", once(at(t, "2026-11-23 12:01:00"))).Deleted = noon
		}, "", time.Time{}, nil},
		{"a kind of a later version", func(b *scheduler.Book) {
			tell(b, "a", 30*time.Second)
			when(b, "a", scheduler.Schedule{Kind: "rrule"})
		}, "", time.Time{}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := book()
			tt.set(&b)
			p := plan(t, noon, day, b)
			if tt.id == "" {
				if len(p.Occurrences)+len(p.Omissions) != 0 {
					t.Errorf("promised:\n%s", p.Text())
				}
				return
			}
			var got []string
			o := find(p, tt.id)
			if tt.due.IsZero() {
				got = []string{why(p, tt.id).Code}
			} else if o == nil || !o.Due.Equal(tt.due) {
				t.Fatalf("want %s at %s, plan is\n%s", tt.id, tt.due, p.Text())
			} else {
				for _, r := range o.Reasons {
					got = append(got, r.Code)
				}
			}
			if o != nil && tt.due.IsZero() || !slices.Equal(got, tt.reasons) {
				t.Errorf("reasons %q, want %q; plan is\n%s", got, tt.reasons, p.Text())
			}
		})
	}
}

// TestLatestEnd: whoever airs an occurrence knows when it must be silent, however
// it was moved on its way.
func TestLatestEnd(t *testing.T) {
	noon := at(t, "2026-11-23 12:00")
	for _, tt := range []struct {
		name   string
		set    func(b *scheduler.Book)
		until  time.Time
		reason string
	}{
		{"OK the end of the allowed hours", func(*scheduler.Book) {}, at(t, "2026-11-23 21:00"), scheduler.ReasonOutsideHours},
		{"windows that touch are one", func(b *scheduler.Book) {
			b.Village.Allowed = []scheduler.Window{{From: 5 * 60, To: 14 * 60}, {From: 14 * 60, To: 19 * 60}}
		}, at(t, "2026-11-23 19:00"), scheduler.ReasonOutsideHours},
		{"its validity ends sooner", func(b *scheduler.Book) {
			b.Announcements[0].ValidUntil = at(t, "2026-11-23 15:00")
		}, at(t, "2026-11-23 15:00"), scheduler.ReasonExpired},
		{"no hours at all", func(b *scheduler.Book) { b.Village.Allowed = nil }, time.Time{}, ""},
		{"every hour is allowed", func(b *scheduler.Book) {
			b.Village.Allowed = []scheduler.Window{{From: 0, To: 24 * 60}}
		}, time.Time{}, ""},
		{"an emergency knows no hours", func(b *scheduler.Book) { b.Announcements[0].Class = scheduler.ClassEmergency }, time.Time{}, ""},
		{"in a slot", func(b *scheduler.Book) { b.Schedules[0] = daily("chieu"); b.Schedules[0].Announcement = "a" }, at(t, "2026-11-23 21:00"), scheduler.ReasonOutsideHours},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := book()
			tell(&b, "a", 30*time.Second)
			when(&b, "a", once(at(t, "2026-11-23 13:00:00")))
			tt.set(&b)
			p := plan(t, noon, day/2, b)
			if len(p.Occurrences) == 0 {
				t.Fatalf("nothing airs:\n%s", p.Text())
			}
			for _, o := range p.Occurrences {
				if !o.Until.Equal(tt.until) || o.UntilReason != tt.reason {
					t.Errorf("%s must be silent at %s for %q, want %s for %q", o.ID, o.Until, o.UntilReason, tt.until, tt.reason)
				}
			}
		})
	}
}

// TestNoHiddenRuleCancelsADueItem names the next allowed instant when the
// hours forbid (AzuraCast#7444).
func TestNoHiddenRuleCancelsADueItem(t *testing.T) {
	b := book()
	b.Village.Allowed = []scheduler.Window{{From: 5 * 60, To: 21 * 60, Days: 1<<time.Monday | 1<<time.Wednesday}}
	tell(&b, "a", 30*time.Second)
	when(&b, "a", once(at(t, "2026-11-24 12:00:00")))
	p := plan(t, at(t, "2026-11-23 12:00"), 2*day, b)
	r := why(p, exactID("a", "2026-11-24 12:00:00"))
	if want := at(t, "2026-11-25 05:00"); r.Code != scheduler.ReasonOutsideHours || !r.Until.Equal(want) {
		t.Errorf("reason %+v, want outside-hours until %s", r, want)
	}
}

// TestAtMostOneVoice: two exact promises at once never sound together
// (libretime#1310), and the rule that decides is the same every time.
func TestAtMostOneVoice(t *testing.T) {
	noon := at(t, "2026-11-23 12:00")
	one := at(t, "2026-11-23 13:00:00")
	tests := []struct {
		name  string
		set   func(b *scheduler.Book)
		first string
		delay time.Duration // of b; negative: omitted
	}{
		{"same instant: by ID", func(*scheduler.Book) {}, "a", 36500 * time.Millisecond},
		{"class first", func(b *scheduler.Book) { b.Announcements[1].Class = scheduler.ClassPriority }, "b", 0},
		{"earlier promise first", func(b *scheduler.Book) { b.Schedules[0].At = one.Add(time.Second) }, "b", 0},
		{"within its grace", func(b *scheduler.Book) {
			b.Schedules[1].Misfire = scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 37 * time.Second}
		}, "a", 36500 * time.Millisecond},
		{"beyond its grace", func(b *scheduler.Book) {
			b.Schedules[1].Misfire = scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 36 * time.Second}
		}, "a", -1},
		{"skip is not delayed", func(b *scheduler.Book) { b.Schedules[1].Misfire.Policy = scheduler.Skip }, "a", -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := book()
			tell(&b, "a", 30*time.Second)
			tell(&b, "b", 30*time.Second)
			when(&b, "a", once(one))
			when(&b, "b", once(one))
			tt.set(&b)
			p := plan(t, noon, day, b)
			if len(p.Occurrences) == 0 || p.Occurrences[0].Announcement != tt.first {
				t.Fatalf("want %s first, plan is\n%s", tt.first, p.Text())
			}
			second := exactID("b", "2026-11-23 13:00:00")
			if tt.delay < 0 {
				if r := why(p, second); r.Code != scheduler.ReasonOverlap || r.Occurrence != p.Occurrences[0].ID {
					t.Errorf("reason %+v, want overlap", r)
				}
				return
			}
			o := find(p, second)
			if o == nil || o.Due.Sub(one) != tt.delay {
				t.Fatalf("want b delayed by %s, plan is\n%s", tt.delay, p.Text())
			}
			if delayed := slices.ContainsFunc(o.Reasons, func(r scheduler.Reason) bool {
				return r.Code == scheduler.ReasonDelayed && r.By == tt.delay && r.Occurrence == p.Occurrences[0].ID
			}); delayed != (tt.delay > 0) {
				t.Errorf("reasons %+v", o.Reasons)
			}
		})
	}
}

// TestExactStartOwnsTheOutput: an exact instant is kept while a slot goes on;
// the slot flows around (AzuraCast#1564).
func TestExactStartOwnsTheOutput(t *testing.T) {
	b := book()
	for _, id := range []string{"a", "b", "c"} {
		tell(&b, id, 60*time.Second)
		when(&b, id, daily("chieu"))
	}
	tell(&b, "x", 20*time.Second)
	exact := at(t, "2026-11-23 17:01:30")
	when(&b, "x", once(exact))
	p := plan(t, at(t, "2026-11-23 16:00"), 2*time.Hour, b)
	if o := find(p, exactID("x", "2026-11-23 17:01:30")); o == nil || !o.Due.Equal(exact) || len(o.Reasons) > 0 {
		t.Fatalf("the exact instant was not kept:\n%s", p.Text())
	}
	notices := 0
	for _, o := range p.Occurrences {
		if o.Slot == "chieu" && o.Kind == scheduler.Notice {
			notices++
		}
	}
	if notices != 3 {
		t.Errorf("%d of 3 notices flow around:\n%s", notices, p.Text())
	}
}

// TestInterruptersDoNotBlockEachOther: many items for one instant queue behind
// one another and the delay ends with the grace (AzuraCast#8557).
func TestInterruptersDoNotBlockEachOther(t *testing.T) {
	b := book()
	one := at(t, "2026-11-23 13:00:00")
	for i := range 30 {
		id := string(rune('a'+i/26)) + string(rune('a'+i%26))
		tell(&b, id, 30*time.Second).Class = scheduler.ClassPriority
		when(&b, id, once(one))
	}
	p := plan(t, at(t, "2026-11-23 12:00"), day, b)
	if len(p.Occurrences) != 17 || len(p.Omissions) != 13 { // 36.5 s each in ten minutes
		t.Fatalf("%d air and %d do not:\n%s", len(p.Occurrences), len(p.Omissions), p.Text())
	}
	if last := p.Occurrences[16].Due.Sub(one); last > 10*time.Minute {
		t.Errorf("the last begins %s late", last)
	}
}

// TestDayBoundary: a slot over midnight is one slot, with nothing lost at the
// turn of the day (rivendell#860, observer#43).
func TestDayBoundary(t *testing.T) {
	b := book()
	b.Village.Allowed = []scheduler.Window{{From: 20 * 60, To: 24 * 60}, {From: 0, To: 60}}
	b.Slots = []scheduler.Slot{{Owned: scheduler.Owned{ID: "khuya"}, Start: 23*60 + 58, Length: 10 * time.Minute, Days: 1 << time.Monday}}
	for _, id := range []string{"a", "b", "c", "d"} {
		tell(&b, id, 60*time.Second)
		when(&b, id, daily("khuya"))
	}
	before := plan(t, at(t, "2026-11-23 23:00"), day, b)
	if got := len(before.Occurrences); got != 4 {
		t.Fatalf("%d of 4 notices:\n%s", got, before.Text())
	}
	for _, o := range before.Occurrences[:2] {
		b.Past = append(b.Past, aired(o))
	}
	after := plan(t, at(t, "2026-11-24 00:00:10"), day, b)
	if !slices.Equal(ids(after), ids(before)[2:]) {
		t.Errorf("after midnight %q, want %q", ids(after), ids(before)[2:])
	}
}

// TestOnBootComputeWhatIsDueNow: the board was off and comes back (fpp#11,
// PocketVJ#50).
func TestOnBootComputeWhatIsDueNow(t *testing.T) {
	six := at(t, "2026-11-23 06:00:00")
	tests := []struct {
		name   string
		rule   scheduler.Misfire
		boot   time.Time
		airs   bool
		reason string
	}{
		{"play late within the grace", scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 3 * time.Hour}, at(t, "2026-11-23 08:00"), true, scheduler.ReasonLate},
		{"too late", scheduler.Misfire{Policy: scheduler.PlayLate, Grace: time.Hour}, at(t, "2026-11-23 08:00"), false, scheduler.ReasonTooLate},
		{"skip", scheduler.Misfire{Policy: scheduler.Skip, Grace: 3 * time.Hour}, at(t, "2026-11-23 08:00"), false, scheduler.ReasonTooLate},
		{"coalesce of one", scheduler.Misfire{Policy: scheduler.Coalesce, Grace: 3 * time.Hour}, at(t, "2026-11-23 08:00"), true, scheduler.ReasonLate},
		{"not in the night", scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 16 * time.Hour}, at(t, "2026-11-23 21:30"), false, scheduler.ReasonOutsideHours},
		{"but in the morning", scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 24 * time.Hour}, at(t, "2026-11-23 21:30"), true, scheduler.ReasonLate},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := book()
			tell(&b, "a", 30*time.Second)
			when(&b, "a", once(six)).Misfire = tt.rule
			p := plan(t, tt.boot, day, b)
			o, r := find(p, exactID("a", "2026-11-23 06:00:00")), why(p, exactID("a", "2026-11-23 06:00:00"))
			if (o != nil) != tt.airs {
				t.Fatalf("plan is\n%s", p.Text())
			}
			if tt.airs {
				r = o.Reasons[0]
				if r.By != o.Due.Sub(six) || o.Due.Before(tt.boot) {
					t.Errorf("due %s, reason %+v", o.Due, r)
				}
			}
			if r.Code != tt.reason {
				t.Errorf("reason %q, want %q", r.Code, tt.reason)
			}
		})
	}
}

// TestWhatSoundsHoldsTheOutput until its end.
func TestWhatSoundsHoldsTheOutput(t *testing.T) {
	b := book()
	now := at(t, "2026-11-23 12:00")
	tell(&b, "a", 30*time.Second)
	when(&b, "a", pressed(now))
	b.Past = []scheduler.Past{{Occurrence: "live", Due: now.Add(-time.Minute), End: now.Add(time.Minute)}}
	p := plan(t, now, day, b)
	if len(p.Occurrences) != 1 || !p.Occurrences[0].Due.Equal(now.Add(61*time.Second)) {
		t.Errorf("plan is\n%s", p.Text())
	}
	b.Past[0].Due, b.Past[0].End = now.Add(time.Hour), now.Add(2*time.Hour) // written before the clock was set back
	when(&b, "a", once(now.Add(time.Hour))).ID = "lich-b"
	p = plan(t, now, day, b)
	if len(p.Occurrences) != 2 || !p.Occurrences[1].Due.Equal(now.Add(time.Hour)) {
		t.Errorf("a row of the future blocks:\n%s", p.Text())
	}
}

// TestRevokedIsExplainedForOneHorizon and then forgotten.
func TestRevokedIsExplainedForOneHorizon(t *testing.T) {
	now := at(t, "2026-11-23 12:00")
	b := book()
	tell(&b, "a", time.Minute).Withdrawn = now.Add(-5*day - 12*time.Hour)
	when(&b, "a", daily("chieu"))
	tell(&b, "b", time.Minute).ValidUntil = now.Add(-5*day - 12*time.Hour)
	when(&b, "b", daily("chieu"))
	p := since(plan(t, now, 7*day, b), now)
	if len(p.Occurrences) != 0 || len(p.Omissions) != 4 { // the 23rd and the 24th
		t.Errorf("plan is\n%s", p.Text())
	}
}

func TestPlanOfNoPlace(t *testing.T) {
	for name, zone := range map[string]string{"no zone": "", "unknown zone": "Asia/Un_Ta"} {
		t.Run(name, func(t *testing.T) {
			b := book()
			b.Village.Zone = zone
			if p, err := scheduler.BuildPlan(at(t, "2026-11-23 12:00"), day, b); err == nil {
				t.Errorf("planned %s", p.Text())
			} else if !strings.Contains(err.Error(), "un-ta") {
				t.Errorf("the error names no village: %v", err)
			}
		})
	}
}

// TestNoticeIsChimeVoicesTail with the pauses between.
func TestNoticeIsChimeVoicesTail(t *testing.T) {
	b := book()
	tell(&b, "a", time.Minute)
	slices.Reverse(b.Renditions) // the village's order counts, not the book's
	when(&b, "a", once(at(t, "2026-11-23 13:00:00")))
	o := plan(t, at(t, "2026-11-23 12:00"), day, b).Occurrences[0]
	want := []scheduler.Part{
		{Kind: scheduler.PartChime, Recording: "chuong", Length: 3 * time.Second},
		{Kind: scheduler.PartVoice, Recording: "a-vi", Language: "vi", Length: 30 * time.Second, Pause: 500 * time.Millisecond},
		{Kind: scheduler.PartVoice, Recording: "a-pcc", Language: "pcc", Length: 30 * time.Second, Pause: 500 * time.Millisecond},
		{Kind: scheduler.PartTail, Recording: "duoi", Length: time.Second, Pause: 500 * time.Millisecond},
	}
	if !reflect.DeepEqual(o.Parts, want) {
		t.Errorf("parts %+v", o.Parts)
	}
	if o.Length != 65500*time.Millisecond {
		t.Errorf("length %s", o.Length)
	}
	b.Village.Languages, b.Frame.Chime, b.Frame.Tail = nil, scheduler.Sound{}, scheduler.Sound{}
	o = plan(t, at(t, "2026-11-23 12:00"), day, b).Occurrences[0]
	if len(o.Parts) != 2 || o.Parts[0].Pause != 0 || o.Parts[0].Language != "pcc" {
		t.Errorf("without languages and frame: %+v", o.Parts)
	}
}

// A priority notice that is to sound now once waited in the plan for the end of a
// long ordinary one that the loudspeaker would have interrupted.
func TestBuildPlanPriorityDoesNotWaitForALongNotice(t *testing.T) {
	for class, waits := range map[scheduler.Class]bool{scheduler.ClassNormal: false, scheduler.ClassPriority: true, "": true} {
		b := book()
		now := at(t, "2026-11-24 09:00")
		b.Past = []scheduler.Past{{Occurrence: "long", Due: now.Add(-time.Minute), End: now.Add(10 * time.Minute), Class: class}}
		tell(&b, "lũ", time.Minute).Class = scheduler.ClassPriority
		when(&b, "lũ", pressed(now))
		tell(&b, "họp", time.Minute)
		s := pressed(now)
		s.Misfire = scheduler.Misfire{Policy: scheduler.PlayLate, Grace: time.Hour}
		when(&b, "họp", s)
		p := plan(t, now, time.Hour, b)
		soon := func(o scheduler.Occurrence) bool { return o.Due.Before(now.Add(time.Minute)) }
		for _, o := range p.Occurrences {
			switch {
			case o.Class == scheduler.ClassPriority && soon(o) == waits:
				t.Errorf("beside a %q notice the priority one is due %s", class, o.Due.Sub(now))
			case o.Class == scheduler.ClassNormal && soon(o):
				t.Errorf("beside a %q notice the ordinary one is due %s", class, o.Due.Sub(now))
			}
		}
		if len(p.Occurrences) != 2 {
			t.Errorf("beside a %q notice: %+v, omitted %+v", class, p.Occurrences, p.Omissions)
		}
	}
}

// TestWhatIsOverDoesNotSound: a row that ended by a clock that was a day ahead says that
// it ends tomorrow. The loudspeaker was once taken until then.
func TestWhatIsOverDoesNotSound(t *testing.T) {
	now := at(t, "2026-11-23 05:00")
	b := book()
	tell(&b, "a", time.Minute)
	when(&b, "a", daily("sang"))
	want := plan(t, now, day, b)
	b.Past = []scheduler.Past{{Occurrence: "over", Due: now.Add(-time.Minute), End: now.Add(day), Cause: "completed", Over: true}}
	if got := plan(t, now, day, b); !slices.Equal(ids(got), ids(want)) || len(got.Omissions) != len(want.Omissions) {
		t.Errorf("got\n%s\nwant\n%s", got.Text(), want.Text())
	}
	due := at(t, "2026-11-23 04:00")
	for name, c := range map[string]struct{ ended, want time.Time }{
		"OK":        {due.Add(time.Minute), due.Add(time.Minute)},
		"Yesterday": {due.Add(-day), due.Add(30 * time.Second)},
		"Tomorrow":  {due.Add(day), due.Add(30 * time.Second)},
	} {
		if got := scheduler.PastEnd(due, c.ended, 30*time.Second, now); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
