package scheduler_test

import (
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
)

// airsAt are the local times at which an announcement airs.
func airsAt(p scheduler.Plan, announcement string) (times []string) {
	loc, _ := time.LoadLocation(p.Zone)
	for _, o := range p.Occurrences {
		if o.Announcement == announcement {
			times = append(times, o.Due.In(loc).Format("01-02 15:04"))
		}
	}
	return times
}

// refusal is the code of the first omission of an announcement; empty: there is none.
func refusal(p scheduler.Plan, announcement string) string {
	i := slices.IndexFunc(p.Omissions, func(o scheduler.Omission) bool { return o.Occurrence.Announcement == announcement })
	if i < 0 {
		return ""
	}
	return p.Omissions[i].Reason.Code
}

// lift is an approved exception of two hours for whatever sounds.
func lift(from time.Time, rules ...scheduler.Lift) scheduler.Exception {
	return scheduler.Exception{
		Owned: scheduler.Owned{ID: "ngoai-le"}, From: from, To: from.Add(2 * time.Hour), Rules: rules,
		Reason: "lễ hội của thôn", RequestedBy: "Hoa", DecidedBy: "UBND xã", Approved: true,
	}
}

// The cases are named after the complaints of residents and officers in the press.
func TestRulesOfThePlace(t *testing.T) {
	const early, noon = "2026-11-24 04:45", "2026-11-24 12:00"
	now := at(t, "2026-11-23 20:00") // a Monday
	cases := []struct {
		name   string
		when   string // 5 minutes of sound
		change func(b *scheduler.Book)
		airs   bool
		reason string // of the omission, or on the occurrence
	}{
		{"nld 4:45: the window is enforced", early, func(*scheduler.Book) {}, false, scheduler.ReasonOutsideHours},
		{"vietnamnet 4:30: an early exception needs an approver", early, func(b *scheduler.Book) {
			e := lift(at(t, "2026-11-24 04:30"), scheduler.LiftHours)
			e.Approved, e.DecidedBy = false, ""
			b.Village.Exceptions = []scheduler.Exception{e}
		}, false, scheduler.ReasonOutsideHours},
		{"vietnamnet 4:30: and a reason", early, func(b *scheduler.Book) {
			e := lift(at(t, "2026-11-24 04:30"), scheduler.LiftHours)
			e.Reason = ""
			b.Village.Exceptions = []scheduler.Exception{e}
		}, false, scheduler.ReasonOutsideHours},
		{"vietnamnet 4:30: with both it airs and says so", early, func(b *scheduler.Book) {
			b.Village.Exceptions = []scheduler.Exception{lift(at(t, "2026-11-24 04:30"), scheduler.LiftHours)}
		}, true, scheduler.ReasonException},
		{"an exception that was taken back", early, func(b *scheduler.Book) {
			e := lift(at(t, "2026-11-24 04:30"), scheduler.LiftHours)
			e.Withdrawn = now
			b.Village.Exceptions = []scheduler.Exception{e}
		}, false, scheduler.ReasonOutsideHours},
		{"an exception for another notice", early, func(b *scheduler.Book) {
			e := lift(at(t, "2026-11-24 04:30"), scheduler.LiftHours)
			e.Announcement = "khac"
			b.Village.Exceptions = []scheduler.Exception{e}
		}, false, scheduler.ReasonOutsideHours},
		{"an exception that ends too soon", early, func(b *scheduler.Book) {
			e := lift(at(t, "2026-11-24 04:30"), scheduler.LiftHours)
			e.To = at(t, "2026-11-24 04:47")
			b.Village.Exceptions = []scheduler.Exception{e}
		}, false, scheduler.ReasonOutsideHours},
		{"an emergency is exempt", early, func(b *scheduler.Book) { b.Announcements[0].Class = scheduler.ClassEmergency }, true, ""},
		{"dantri: sleep at noon", noon, func(b *scheduler.Book) {
			b.Village.Rules.Quiet = []scheduler.Window{{From: 11*60 + 30, To: 13*60 + 30}}
		}, false, scheduler.ReasonQuiet},
		{"quiet on another weekday", noon, func(b *scheduler.Book) {
			b.Village.Rules.Quiet = []scheduler.Window{{From: 11*60 + 30, To: 13*60 + 30, Days: 1 << time.Sunday}}
		}, true, ""},
		{"quiet on Sundays, and the day is a holiday", noon, func(b *scheduler.Book) {
			b.Village.Rules.Quiet = []scheduler.Window{{From: 11*60 + 30, To: 13*60 + 30, Days: 1 << time.Sunday}}
			b.Village.Rules.Holidays = []scheduler.Holiday{{Name: "Hội", Month: 11, Day: 24}}
		}, false, scheduler.ReasonQuiet},
		{"a silent holiday", noon, func(b *scheduler.Book) {
			b.Village.Rules.Holidays = []scheduler.Holiday{{Name: "Hội", Month: 11, Day: 23, Length: 2, Rule: scheduler.NoSound}}
		}, false, scheduler.ReasonHoliday},
		{"a lunar holiday: 16 tháng Mười", noon, func(b *scheduler.Book) {
			b.Village.Rules.Holidays = []scheduler.Holiday{{Name: "Giỗ tổ làng", Calendar: scheduler.Lunar, Month: 10, Day: 16, Rule: scheduler.NoSound}}
		}, false, scheduler.ReasonHoliday},
		{"a holiday with its own hours", early, func(b *scheduler.Book) {
			b.Village.Rules.Holidays = []scheduler.Holiday{{Name: "Hội", Month: 11, Day: 24, Rule: scheduler.OwnHours, Hours: []scheduler.Window{{From: 4 * 60, To: 5 * 60}}}}
		}, true, ""},
		{"vtv: 15 minutes a broadcast", noon, func(b *scheduler.Book) {
			b.Village.Rules.Limits = []scheduler.Limit{{Broadcast: 4 * time.Minute}}
		}, false, scheduler.ReasonSlotBudget},
		{"minutes of a day that have sounded already", noon, func(b *scheduler.Book) {
			b.Village.Rules.Limits = []scheduler.Limit{{Day: 9 * time.Minute}}
			b.Past = []scheduler.Past{{Occurrence: "live", Due: at(t, "2026-11-24 08:00"), End: at(t, "2026-11-24 08:05")}}
		}, false, scheduler.ReasonDayBudget},
		{"minutes that an exception let sound are not counted", noon, func(b *scheduler.Book) {
			b.Village.Rules.Limits = []scheduler.Limit{{Day: 9 * time.Minute}}
			b.Past = []scheduler.Past{{Occurrence: "live", Due: at(t, "2026-11-24 08:00"), End: at(t, "2026-11-24 08:05"), Exempt: true}}
		}, true, ""},
		{"an exception from the minutes", noon, func(b *scheduler.Book) {
			b.Village.Rules.Limits = []scheduler.Limit{{Day: 4 * time.Minute}}
			b.Village.Exceptions = []scheduler.Exception{lift(at(t, noon), scheduler.LiftMinutes)}
		}, true, scheduler.ReasonException},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := book()
			b.Frame.Chime, b.Frame.Tail = scheduler.Sound{}, scheduler.Sound{}
			tell(&b, "tin", 5*time.Minute-500*time.Millisecond)
			when(&b, "tin", once(at(t, c.when)))
			c.change(&b)
			p := plan(t, now, 2*day, b)
			if got := len(airsAt(p, "tin")) == 1; got != c.airs {
				t.Fatalf("airs %v, want %v: %s", got, c.airs, p.Text())
			}
			if !c.airs && refusal(p, "tin") != c.reason {
				t.Errorf("omitted for %q, want %q", refusal(p, "tin"), c.reason)
			}
			if c.airs && c.reason != "" {
				r := p.Occurrences[0].Reasons[len(p.Occurrences[0].Reasons)-1]
				if r.Code != c.reason || r.Person != "UBND xã" || r.Why != "lễ hội của thôn" || r.Exception != "ngoai-le" {
					t.Errorf("airs for %+v, want the exception with its approver and its reason", r)
				}
			}
		})
	}
}

func TestMourningTakesTheMusic(t *testing.T) {
	b := book()
	tell(&b, "tin", time.Minute).Bed = "nen"
	b.Frame.Sounds["nen"] = time.Minute
	when(&b, "tin", daily("sang"))
	b.Village.Rules.Mourning = []scheduler.Mourning{{Name: "Quốc tang", From: scheduler.Date{Year: 2026, Month: 11, Day: 24}, Until: scheduler.Date{Year: 2026, Month: 11, Day: 25}}}
	now := at(t, "2026-11-23 20:00")
	p := plan(t, now, 3*day, b)
	var voices, beds, jingles int
	for _, o := range p.Occurrences {
		mourns := o.Due.Before(at(t, "2026-11-26 00:00"))
		switch {
		case o.Kind == scheduler.Notice:
			voices++
			if o.Bed != nil {
				beds++
			}
			if told := len(o.Ruled()) == 1 && o.Ruled()[0].Code == scheduler.ReasonMourning; told != mourns || (o.Bed == nil) != mourns {
				t.Errorf("%s: bed %v, reasons %+v", o.Due, o.Bed, o.Reasons)
			}
		case mourns:
			t.Errorf("%s sounds on a day of mourning", o.ID)
		default:
			jingles++
		}
	}
	if voices != 3 || beds != 1 || jingles != 2 {
		t.Errorf("%d voices, %d beds, %d jingles, want 3, 1, 2: %s", voices, beds, jingles, p.Text())
	}
	silent := 0
	for _, om := range p.Omissions {
		if om.Reason.Code == scheduler.ReasonMourning {
			silent++
		}
	}
	if silent != 4 {
		t.Errorf("%d jingles are left out for mourning, want 4: %s", silent, p.Text())
	}
}

func TestHoursOfAHolidayInSchedules(t *testing.T) {
	v := unTa()
	v.Rules.Holidays = []scheduler.Holiday{{Name: "Hội", Month: 11, Day: 24, Rule: scheduler.NoSound}}
	now := at(t, "2026-11-23 20:00")
	if got := faultsOf(t, once(at(t, "2026-11-24 08:00")).Validate(now, v)); got != "at: silent-day Hội" {
		t.Errorf("faults %q", got)
	}
	v.Exceptions = []scheduler.Exception{lift(at(t, "2026-11-24 07:00"), scheduler.LiftHours)}
	if err := once(at(t, "2026-11-24 08:00")).Validate(now, v); err != nil {
		t.Error(err)
	}
}

func TestRulesThereAndBack(t *testing.T) {
	for _, m := range scheduler.RulesModels() {
		if m.Name == "" || m.Source == "" || m.Note == "" {
			t.Errorf("%s: a model names its source", m.Key)
		}
		allowed, rules, err := m.Read()
		if err != nil {
			t.Fatal(err)
		}
		v := unTa()
		v.Allowed, v.Rules = allowed, rules
		v.Rules.Holidays = scheduler.CommonHolidays(func(code string) string { return "lễ " + code })
		if err := v.Validate(); err != nil {
			t.Errorf("%s: %v", m.Key, err)
		}
		raw, err := scheduler.WriteRules(scheduler.FormOf(v.Allowed, v.Rules))
		if err != nil {
			t.Fatal(err)
		}
		again, err := scheduler.ReadRules(raw)
		if err != nil {
			t.Fatal(err)
		}
		back, ruled, err := again.Read()
		if w, _ := scheduler.WriteRules(scheduler.FormOf(back, ruled)); err != nil || string(w) != string(raw) {
			t.Errorf("%s: %v: %s is not %s", m.Key, err, w, raw)
		}
	}
}

// Fewer minutes in a day than in one broadcast were answered as if an end came before
// its beginning.
func TestDayBelowBroadcastIsNamed(t *testing.T) {
	v := unTa()
	v.Rules.Limits = []scheduler.Limit{{Broadcast: 15 * time.Minute, Day: time.Minute}}
	if got := faultsOf(t, v.Validate()); got != "limits[0]: day-below-broadcast" {
		t.Errorf("faults %q", got)
	}
}
