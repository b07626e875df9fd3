package scheduler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

// readings sets the states of the last announcement's renditions, "vi ready, pcc
// missing"; a language that is not named has no rendition.
func readings(b *scheduler.Book, announcement, states string) {
	b.Renditions = slices.DeleteFunc(b.Renditions, func(r scheduler.Rendition) bool { return r.Announcement == announcement })
	for _, s := range strings.Split(states, ", ") {
		language, state, _ := strings.Cut(s, " ")
		if state == "" {
			continue
		}
		b.Renditions = append(b.Renditions, scheduler.Rendition{
			Owned: scheduler.Owned{ID: announcement + "-" + language}, Announcement: announcement, Language: language,
			State: scheduler.RenditionState(state), Recording: announcement + "-" + language, Length: 30 * time.Second,
		})
	}
}

// TestMissingLanguages compares what each rule makes of every way in which a
// language can be missing, in slots, at an exact time and now, with the file of
// testdata; look at the difference before you run it with -update.
func TestMissingLanguages(t *testing.T) {
	now := at(t, "2026-11-23 12:00")
	states := []string{
		"vi ready, pcc ready", "vi ready, pcc missing", "vi ready, pcc assigned", "vi ready, pcc outdated", "vi ready",
		"vi missing, pcc ready", "vi missing, pcc missing", "vi ready, pcc recorded", "vi spoken, pcc ready",
	}
	var got strings.Builder
	for _, rule := range scheduler.MissingRules() {
		for _, languages := range [][]string{{"vi", "pcc"}, {"pcc", "vi"}, {"pcc"}, {"pcc", "tyz"}} {
			for _, state := range states {
				b := book()
				b.Slots[0].Opening, b.Slots[0].Closing, b.Slots[1].Opening, b.Slots[1].Closing = "", "", "", ""
				b.Village.Missing, b.Village.Languages, b.Village.Pause = rule, languages, 1200*time.Millisecond
				tell(&b, "a", time.Minute)
				readings(&b, "a", state)
				s := when(&b, "a", daily("sang", "chieu"))
				s.ID, s.Created, s.Until = "buoi", at(t, "2026-11-23 08:00"), scheduler.Date{Year: 2026, Month: 11, Day: 24}
				e := when(&b, "a", once(at(t, "2026-11-23 13:00")))
				e.ID = "gio"
				n := when(&b, "a", pressed(now.Add(-time.Second)))
				n.ID = "ngay"
				fmt.Fprintf(&got, "== %s, %s: %s\n%s", rule, strings.Join(languages, "+"), state, plan(t, now, 3*day, b).Text())
			}
		}
	}
	file := filepath.Join("testdata", "missing-languages.txt")
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("read golden file: %v (run with -update to write it)", err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s", got.String())
	}
}

// waiting is a village that waits, with a notice that lacks Giáy in two slots a
// day from the 20th on.
func waiting(t *testing.T) (scheduler.Book, *scheduler.Schedule) {
	b := book()
	b.Village.Missing = scheduler.Wait
	tell(&b, "a", time.Minute)
	readings(&b, "a", "vi ready, pcc missing")
	s := when(&b, "a", daily("sang", "chieu"))
	s.Created = at(t, "2026-11-23 08:00")
	return b, s
}

func slotID(civil string) string { return "lich-a:un-ta:" + strings.Replace(civil, " ", "T", 1) + ":1" }

// A notice that waits moves from slot to slot, tells in Vietnamese in its last
// one, and airs at once in the slot in which the language becomes ready.
func TestWaitMovesToTheNextSlot(t *testing.T) {
	b, s := waiting(t)
	s.Until = scheduler.Date{Year: 2026, Month: 11, Day: 24}
	p := plan(t, at(t, "2026-11-23 12:00"), 3*day, b)
	if got := why(p, slotID("2026-11-23 17:00")); got.Code != scheduler.ReasonWaits || got.Language != "pcc" || !got.Until.Equal(at(t, "2026-11-24 05:30")) {
		t.Errorf("the first slot: %+v", got)
	}
	if got := why(p, slotID("2026-11-24 05:30")); got.Code != scheduler.ReasonWaits || !got.Until.Equal(at(t, "2026-11-24 17:00")) {
		t.Errorf("the second slot: %+v", got)
	}
	last := find(p, slotID("2026-11-24 17:00"))
	if last == nil || len(last.Reasons) != 1 || last.Reasons[0].Code != scheduler.ReasonCannotWait || !slices.Equal(last.Missing, []string{"pcc"}) {
		t.Fatalf("the last slot: %+v", last)
	}
	readings(&b, "a", "vi ready, pcc ready")
	p = plan(t, at(t, "2026-11-23 17:20"), 3*day, b) // recorded in the middle of the slot
	if o := find(p, slotID("2026-11-23 17:00")); o == nil || o.Due.After(at(t, "2026-11-23 17:21")) || len(o.Missing) != 0 {
		t.Errorf("what became ready in its slot: %+v", o)
	}
}

func TestWaitEndsWithTheValidity(t *testing.T) {
	b, _ := waiting(t)
	b.Announcements[0].ValidUntil = at(t, "2026-11-24 12:00")
	p := plan(t, at(t, "2026-11-23 12:00"), 3*day, b)
	if got := why(p, slotID("2026-11-23 17:00")); got.Code != scheduler.ReasonWaits {
		t.Errorf("the slot before the last: %+v", got)
	}
	if o := find(p, slotID("2026-11-24 05:30")); o == nil {
		t.Error("the last slot before the end of the validity is silent")
	}
}

// A schedule without an end would wait for ever for what nobody records.
func TestWaitIsNotForEver(t *testing.T) {
	b, _ := waiting(t)
	p := plan(t, at(t, "2026-11-29 12:00"), 3*day, b)
	if got := why(p, slotID("2026-11-29 17:00")); got.Code != scheduler.ReasonWaits {
		t.Errorf("on the sixth day: %+v", got)
	}
	if o := find(p, slotID("2026-11-30 17:00")); o == nil {
		t.Error("a week later it still waits")
	}
}

// Whatever waits in the plan is moved, whatever airs is not told twice.
func TestNothingReadyIsNotReady(t *testing.T) {
	for _, rule := range scheduler.MissingRules() {
		b, s := waiting(t)
		b.Village.Missing, s.Until = rule, scheduler.Date{Year: 2026, Month: 11, Day: 23}
		readings(&b, "a", "vi missing, pcc outdated")
		p := plan(t, at(t, "2026-11-23 12:00"), 3*day, b)
		if got := why(p, slotID("2026-11-23 17:00")); got.Code != scheduler.ReasonNotReady || len(p.Occurrences) != 0 {
			t.Errorf("%s: %+v, plan\n%s", rule, got, p.Text())
		}
	}
}

func TestPauseBetweenLanguages(t *testing.T) {
	b := book()
	b.Village.Pause = 2 * time.Second
	tell(&b, "a", time.Minute)
	when(&b, "a", once(at(t, "2026-11-23 13:00:00")))
	o := plan(t, at(t, "2026-11-23 12:00"), day, b).Occurrences[0]
	var pauses []time.Duration
	for _, p := range o.Parts {
		pauses = append(pauses, p.Pause)
	}
	if want := []time.Duration{0, 500 * time.Millisecond, 2 * time.Second, 500 * time.Millisecond}; !slices.Equal(pauses, want) || o.Length != 67*time.Second {
		t.Errorf("pauses %v in %s", pauses, o.Length)
	}
}

func TestTongues(t *testing.T) {
	for _, tt := range []struct {
		rule      scheduler.MissingRule
		languages []string
		want      []string
	}{
		{"", []string{"vi", "pcc"}, []string{"vi", "pcc"}},
		{scheduler.FallBack, []string{"pcc"}, []string{"pcc", "vi"}},
		{scheduler.Wait, []string{"pcc", "tyz"}, []string{"pcc", "tyz", "vi"}},
		{scheduler.LeaveOut, []string{"pcc"}, []string{"pcc"}},
	} {
		if got := (scheduler.Village{Missing: tt.rule, Languages: tt.languages}).Tongues(); !slices.Equal(got, tt.want) {
			t.Errorf("%s in %v: %v", tt.rule, tt.languages, got)
		}
	}
}
