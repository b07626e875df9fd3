package scheduler_test

import (
	"strings"
	"testing"

	"loalang/scheduler"
)

// here is a village that rules nothing.
func here() scheduler.Village {
	return scheduler.Village{Key: "un-ta", Name: "Ún Tà", Commune: "Phong Hải", Zone: "Asia/Ho_Chi_Minh", Languages: []string{"vi"}}
}

func TestVolumeOfTheHour(t *testing.T) {
	v := here()
	v.Volume = -2
	form := scheduler.RulesForm{Volumes: []scheduler.VolumeForm{
		{From: "00:00", To: "06:00", Volume: -6},
		{From: "05:00", To: "05:30", Volume: -12, Class: "normal"},
		{From: "12:00", To: "13:00", Volume: 6, Days: []string{"sun"}},
	}}
	_, rules, err := form.Read()
	if err != nil {
		t.Fatal(err)
	}
	v.Rules = rules
	if err := v.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at    string
		class scheduler.Class
		want  int
	}{
		{"2026-11-23 04:59", scheduler.ClassNormal, -8},
		{"2026-11-23 05:00", scheduler.ClassNormal, -14},
		{"2026-11-23 05:00", scheduler.ClassPriority, -8},
		{"2026-11-23 05:30", scheduler.ClassNormal, -8},
		{"2026-11-23 06:00", scheduler.ClassNormal, -2},
		{"2026-11-23 12:30", scheduler.ClassNormal, -2}, // a Monday
		{"2026-11-22 12:30", scheduler.ClassNormal, 4},
	} {
		if got := v.VolumeAt(at(t, c.at), c.class); got != c.want {
			t.Errorf("%s, %s: %d dB, want %d", c.at, c.class, got, c.want)
		}
	}
	v.Volume = scheduler.LeastVolume
	if got := v.VolumeAt(at(t, "2026-11-23 05:00"), scheduler.ClassNormal); got != scheduler.LeastVolume {
		t.Errorf("below the least: %d", got)
	}
	if got := scheduler.FormOf(nil, rules); len(got.Volumes) != 3 || got.Volumes[1].Class != "normal" || got.Volumes[2].Days[0] != "sun" {
		t.Errorf("written anew: %+v", got.Volumes)
	}
}

func TestVolumeRulesAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		rule scheduler.VolumeForm
		want string
	}{
		"TooLoud":   {scheduler.VolumeForm{From: "00:00", To: "06:00", Volume: 7}, "volumes[0]: out-of-range"},
		"Backwards": {scheduler.VolumeForm{From: "06:00", To: "05:00"}, "volumes[0]"},
		"NoClass":   {scheduler.VolumeForm{From: "00:00", To: "06:00", Class: "emergency"}, "volumes[0]: unknown emergency"},
	} {
		_, rules, err := scheduler.RulesForm{Volumes: []scheduler.VolumeForm{c.rule}}.Read()
		if err == nil {
			v := here()
			v.Rules = rules
			err = v.Validate()
		}
		if err == nil || !strings.Contains(faultsOf(t, err), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
