package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
)

// told saves an announcement whose one rendition is made of a recording.
func told(t *testing.T, ctx context.Context, s interface {
	SaveAnnouncement(context.Context, scheduler.Announcement, []scheduler.Rendition, []scheduler.Schedule) error
}, a scheduler.Announcement, spoken string, ss ...scheduler.Schedule,
) {
	t.Helper()
	r := scheduler.Rendition{Language: "vi", State: scheduler.Ready, Recording: "r", Length: time.Second, SpokenText: spoken}
	check(t, s.SaveAnnouncement(ctx, a, []scheduler.Rendition{r}, ss), nil)
}

// A recording is kept while an announcement that may still air uses it.
func TestRemoveRecordingInUse(t *testing.T) {
	ago := func(d time.Duration) scheduler.Schedule {
		return scheduler.Schedule{Kind: scheduler.Once, At: day0.Add(-d)}
	}
	withdrawn := notice("a")
	withdrawn.Withdrawn = day0
	for name, c := range map[string]struct {
		a    scheduler.Announcement
		ss   []scheduler.Schedule
		used bool
	}{
		"to come":         {notice("a"), []scheduler.Schedule{ago(-time.Hour)}, true},
		"in slots":        {notice("a"), []scheduler.Schedule{{Kind: scheduler.Slots, Slots: []string{"slot-evening"}}}, true},
		"not planned yet": {notice("a"), nil, true},
		"over":            {notice("a"), []scheduler.Schedule{ago(time.Hour)}, false},
		"withdrawn":       {withdrawn, []scheduler.Schedule{ago(-time.Hour)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := seeded(t)
			ctx := context.Background()
			check(t, s.SaveRecording(ctx, recording("r", unTa, day0)), nil)
			told(t, ctx, s, c.a, "", c.ss...)
			_, err := s.RemoveRecording(ctx, "r", day0)
			var used recordings.InUse
			if errors.As(err, &used) != c.used || !c.used && err != nil {
				t.Fatalf("got %v", err)
			}
			if c.used {
				same(t, "by", used.By, []string{"Họp thôn a"})
				_, err = s.Recording(ctx, "r")
				check(t, err, nil)
			}
		})
	}
}

// What was played a moment ago need not be kept for its grace.
func TestRemoveRecordingThatHadItsTurn(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	check(t, s.SaveRecording(ctx, recording("r", unTa, day0)), nil)
	told(t, ctx, s, notice("a"), "", scheduler.Schedule{Owned: scheduler.Owned{ID: "now"}, Kind: scheduler.Now, At: day0.Add(-time.Minute)})
	row := played("now:1", day0.Add(-time.Minute))
	row.Schedule, row.Outcome = "now", ""
	check(t, s.Record(ctx, row), nil)
	if _, err := s.RemoveRecording(ctx, "r", day0); !errors.As(err, new(recordings.InUse)) {
		t.Fatalf("while it sounds: %v", err)
	}
	row.Outcome, row.Updated = playout.Played, row.Updated.Add(time.Second)
	check(t, s.Record(ctx, row), nil)
	_, err := s.RemoveRecording(ctx, "r", day0)
	check(t, err, nil)
}

func TestRemoveRecordingOfASlot(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	check(t, s.SaveRecording(ctx, recording("r", unTa, day0)), nil)
	slots, err := s.Slots(ctx, unTa)
	check(t, err, nil)
	slots[0].Opening = "r"
	check(t, s.SaveSlot(ctx, slots[0]), nil)
	_, err = s.RemoveRecording(ctx, "r", day0)
	var used recordings.InUse
	if !errors.As(err, &used) || used.By[0] != slots[0].Name {
		t.Errorf("got %v", err)
	}
}

// What was made of a removed recording says that it is gone; a text is spoken
// again once the announcement is planned anew, and not before.
func TestRemoveRecordingForgets(t *testing.T) {
	for name, c := range map[string]struct {
		spoken string
		waits  int
	}{
		"a take":  {"", 0},
		"a voice": {"kính mời bà con", 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := seeded(t)
			ctx := context.Background()
			check(t, s.SaveRecording(ctx, recording("r", unTa, day0)), nil)
			check(t, s.RememberSpoken(ctx, "key", "r"), nil)
			told(t, ctx, s, notice("a"), c.spoken, scheduler.Schedule{Kind: scheduler.Once, At: day0.Add(-time.Hour)})
			gone, err := s.RemoveRecording(ctx, "r", day0)
			check(t, err, nil)
			same(t, "returned", []any{gone.Title, gone.Deleted}, []any{"loa.m4a", day0})
			d, err := s.Announcement(ctx, "a")
			check(t, err, nil)
			r := d.Renditions[0]
			same(t, "rendition", []any{r.State, r.Recording, r.Length, r.Fault, r.Revision}, []any{scheduler.Missing, "", time.Duration(0), playout.FaultGone, 2})
			waiting, err := s.Waiting(ctx, unTa, day0)
			check(t, err, nil)
			same(t, "waiting for what is over", len(waiting), 0)
			check(t, s.SaveSchedule(ctx, scheduler.Schedule{Owned: scheduler.Owned{ID: "again"}, Announcement: "a", Kind: scheduler.Once, At: day0.Add(time.Hour)}), nil)
			waiting, err = s.Waiting(ctx, unTa, day0)
			check(t, err, nil)
			same(t, "waiting", len(waiting), c.waits)
			// As a recording that lives again would be found under the key.
			check(t, s.SaveRecording(ctx, recording("r", unTa, day0)), nil)
			if _, err := s.SpokenBefore(ctx, "key"); err == nil {
				t.Error("what was spoken before is remembered")
			}
		})
	}
}

// Files that another living recording needs are not named for removal, neither
// at once nor at the next start.
func TestRemoveRecordingNamesOnlyWhatIsUnneeded(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	original := recordings.Variant{Form: recordings.Original, SHA256: "o", Bytes: 3}
	for _, id := range []string{"r", "siren"} {
		r := recording(id, unTa, day0)
		r.Variants = []recordings.Variant{original, {Form: recordings.Master, SHA256: id, Bytes: 1}}
		check(t, s.SaveRecording(ctx, r), nil)
	}
	gone, err := s.RemoveRecording(ctx, "r", day0)
	check(t, err, nil)
	same(t, "variants", gone.Variants, []recordings.Variant{{Form: recordings.Master, SHA256: "r", Bytes: 1}})
	removed, err := s.RemovedRecordings(ctx, day0.AddDate(99, 0, 0))
	check(t, err, nil)
	same(t, "removed", []any{len(removed), removed[0].ID, removed[0].Variants}, []any{1, "r", gone.Variants})
	gone, err = s.RemoveRecording(ctx, "siren", day0.Add(recordings.TakeBackTime+time.Hour))
	check(t, err, nil)
	same(t, "variants of the last", len(gone.Variants), 2)
	check(t, s.SaveRecording(ctx, recording("r", unTa, day0)), nil)
	removed, err = s.RemovedRecordings(ctx, day0.AddDate(99, 0, 0))
	check(t, err, nil)
	same(t, "removed, after one lives again", []any{len(removed), removed[0].ID}, []any{1, "siren"})
}
