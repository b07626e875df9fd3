package store_test

import (
	"context"
	"database/sql"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"loalang/scheduler"
	"loalang/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fullPlan has a value in every field.
func fullPlan() scheduler.Plan {
	o := scheduler.Occurrence{
		ID: "s:un-ta:2026-11-23T17:00:0", Kind: scheduler.Notice, Village: unTa, Announcement: "a", Schedule: "s", Slot: "slot-evening",
		Title: "Họp thôn", Class: scheduler.ClassPriority, Nominal: day0, Due: day0.Add(1500 * time.Microsecond), Length: 20833*time.Nanosecond + time.Minute,
		Parts: []scheduler.Part{
			{Kind: scheduler.PartChime, Recording: "rec-chime", Length: 2 * time.Second},
			{Kind: scheduler.PartVoice, Recording: "rec-vi", Language: "vi", Length: time.Minute, Pause: 700 * time.Millisecond, For: []string{"pcc"}},
		},
		Misfire: scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 10 * time.Minute}, Immediate: true, Recurring: true, SpeakerOnly: true,
		Until: day0.Add(3 * time.Hour), UntilReason: scheduler.ReasonOutsideHours, Expires: day0.Add(9 * time.Hour), Interrupted: scheduler.Restart, Missing: []string{"pcc"},
		Bed:     &scheduler.Part{Kind: scheduler.PartBed, Recording: "rec-bed", Length: 3 * time.Minute},
		Drill:   &scheduler.DrillTurn{Silent: true, Key: true, Before: "Sắp thử loa.", After: "Đã thử xong.", Siren: 10 * time.Second, Languages: []string{"vi"}, By: "ubnd"},
		Relay:   &scheduler.RelayTurn{Station: "vov1", URL: "https://vov.example/", Input: "hw:1", Fallback: scheduler.Sound{Recording: "rec-local", Length: time.Minute}, Patience: 5 * time.Second},
		Reasons: []scheduler.Reason{{Code: scheduler.ReasonDelayed, Occurrence: "other", Language: "pcc", Until: day0.Add(time.Hour), By: time.Second, Count: 2, Exception: "ngoai-le", Exempts: true, Person: "ubnd", Why: "lễ hội của thôn", Limit: scheduler.ReasonDayBudget, Title: "Họp thôn"}},
	}
	return scheduler.Plan{
		Village: unTa, Zone: "Asia/Ho_Chi_Minh", Made: day0, From: day0, To: day0.AddDate(0, 0, 7),
		Occurrences: []scheduler.Occurrence{o},
		Omissions:   []scheduler.Omission{{Occurrence: scheduler.Occurrence{ID: "x", Nominal: day0}, Reason: scheduler.Reason{Code: scheduler.ReasonNotReady}}},
	}
}

// unset lists the fields that hold their zero value, so that a new field of a
// plan cannot be forgotten in the stored form.
func unset(v reflect.Value, path string) (list []string) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		return nil
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			f, name := v.Field(i), path+"."+v.Type().Field(i).Name
			if f.IsZero() {
				list = append(list, name)
			}
			list = append(list, unset(f, name)...)
		}
	case v.Kind() == reflect.Slice && v.Len() > 0:
		list = unset(v.Index(v.Len()-1), path)
	}
	return list
}

func TestPublish(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	empty, err := s.Published(ctx, unTa)
	check(t, err, nil)
	same(t, "before the first", empty, scheduler.Plan{})

	p := fullPlan()
	if gaps := unset(reflect.ValueOf(p.Occurrences[0]), "occurrence"); len(gaps) > 0 {
		t.Fatalf("the test's plan leaves %v open", gaps)
	}
	check(t, s.Publish(ctx, p), nil)
	got, err := s.Published(ctx, unTa)
	check(t, err, nil)
	if !reflect.DeepEqual(got, p) {
		same(t, "plan", got, p)
		t.Error("the plan came back changed")
	}

	p.Made, p.Occurrences, p.Omissions = day0.Add(time.Minute), nil, nil
	check(t, s.Publish(ctx, p), nil)
	got, err = s.Published(ctx, unTa)
	check(t, err, nil)
	same(t, "the plan after it", got, p)
	if other, err := s.Published(ctx, "toong-gianh"); err != nil || other.Village != "" {
		t.Errorf("another village: %+v, %v", other, err)
	}
}

// The stored form is what a board of yesterday reads: it may grow, not change.
func TestPlanFormGolden(t *testing.T) {
	path := filepath.Join(t.TempDir(), "loalang.db")
	s := open(t, config(path))
	check(t, s.Publish(context.Background(), fullPlan()), nil)
	db, err := sql.Open("sqlite3", path)
	check(t, err, nil)
	defer db.Close()
	var body string
	check(t, db.QueryRow("SELECT body FROM plans").Scan(&body), nil)
	golden := filepath.Join("testdata", "plan.json")
	if *update {
		check(t, os.WriteFile(golden, []byte(body+"\n"), 0o644), nil)
	}
	want, err := os.ReadFile(golden)
	check(t, err, nil)
	if body+"\n" != string(want) {
		t.Errorf("the stored form changed:\n got %s\nwant %s", body, want)
	}
}

func TestPublishedOfANewerForm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "loalang.db")
	s := open(t, config(path))
	check(t, s.Publish(context.Background(), fullPlan()), nil)
	for body, want := range map[string]error{`{"version":2}`: store.ErrNewer, `{"version":`: nil} {
		alter(t, path, "UPDATE plans SET body = ?", body)
		_, err := s.Published(context.Background(), unTa)
		if err == nil {
			t.Errorf("%s was read", body)
		}
		if want != nil {
			check(t, err, want)
		}
	}
}
