package store_test

import (
	"errors"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

func TestVoiceChoices(t *testing.T) {
	s, _ := seeded(t)
	ctx := t.Context()
	c := scheduler.VoiceChoice{Owned: scheduler.Owned{ID: "c1", Village: "un-ta"}, Language: "vi", Voice: "piper:a", Rate: 140, Pitch: 45}
	if err := s.SaveVoiceChoice(ctx, c); err != nil {
		t.Fatal(err)
	}
	list, err := s.VoiceChoices(ctx, "un-ta")
	if err != nil || len(list) != 1 || list[0].Voice != "piper:a" || list[0].Rate != 140 || list[0].Pitch != 45 || list[0].Revision != 1 || list[0].Language != "vi" {
		t.Fatalf("%+v, %v", list, err)
	}
	second := c
	second.ID = "c2"
	if err := s.SaveVoiceChoice(ctx, second); !errors.Is(err, scheduler.ErrRevision) {
		t.Errorf("a second one of the language: %v", err)
	}
	list[0].Voice = ""
	if err := s.SaveVoiceChoice(ctx, list[0]); err != nil {
		t.Error(err)
	}
	if err := s.SaveVoiceChoice(ctx, list[0]); !errors.Is(err, scheduler.ErrRevision) {
		t.Errorf("from an old revision: %v", err)
	}
	if list, err := s.VoiceChoices(ctx, "elsewhere"); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// What another voice is to speak anew is what may air and has not.
func TestRevoiced(t *testing.T) {
	s, _ := seeded(t)
	ctx := t.Context()
	save := func(id string, change func(*scheduler.Announcement, *scheduler.Rendition)) {
		t.Helper()
		a := notice(id)
		r := scheduler.Rendition{
			Owned: scheduler.Owned{ID: "r" + id, Village: "un-ta"}, Announcement: id, Language: "vi", State: scheduler.Ready,
			SpokenText: "x", Recording: "rec-" + id, SpokenBy: "espeak:vi",
		}
		if change != nil {
			change(&a, &r)
		}
		if err := s.SaveAnnouncement(ctx, a, []scheduler.Rendition{r}, nil); err != nil {
			t.Fatal(err)
		}
	}
	save("plain", nil)
	save("stood", func(_ *scheduler.Announcement, r *scheduler.Rendition) { r.InsteadOf = "piper:b" })
	save("own", func(_ *scheduler.Announcement, r *scheduler.Rendition) { r.Voice = "espeak:vi" })
	save("take", func(_ *scheduler.Announcement, r *scheduler.Rendition) { r.SpokenBy, r.SpokenText = "", "" })
	save("over", func(a *scheduler.Announcement, r *scheduler.Rendition) {
		a.ValidUntil, r.InsteadOf = day0.Add(-time.Hour), "piper:b"
	})
	save("aired", func(_ *scheduler.Announcement, r *scheduler.Rendition) { r.InsteadOf = "piper:b" })
	row := claimed("o", day0)
	row.Announcement, row.Airings = "aired", []playout.Airing{{ID: "air", Recording: "rec-aired", Started: day0, Frames: 1}}
	check(t, s.Record(ctx, row), nil)
	want := func(of map[string]string) {
		t.Helper()
		list, err := s.Revoiced(ctx, "un-ta", day0, day0.Add(5*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			if of[r.Announcement] != r.InsteadOf || r.SpokenBy != "espeak:vi" {
				t.Errorf("%s: %+v", r.Announcement, r)
			}
		}
		if len(list) != len(of) {
			t.Errorf("%d renditions, want %d: %+v", len(list), len(of), list)
		}
	}
	want(map[string]string{"stood": "piper:b"})
	// What airs in a moment, or is due and waits its turn, is left as it is.
	for id, at := range map[string]time.Time{"soon": day0.Add(4 * time.Minute), "due": day0.Add(-time.Second), "later": day0.Add(6 * time.Minute)} {
		save(id, func(_ *scheduler.Announcement, r *scheduler.Rendition) { r.InsteadOf = "piper:b" })
		check(t, s.SaveSchedule(ctx, scheduler.Schedule{
			Owned: scheduler.Owned{ID: "s" + id, Village: "un-ta"}, Announcement: id, Kind: scheduler.Once, At: at,
			Misfire: scheduler.Misfire{Policy: scheduler.PlayLate, Grace: time.Minute},
		}), nil)
	}
	want(map[string]string{"stood": "piper:b", "later": "piper:b"})
	if err := s.SaveVoiceChoice(ctx, scheduler.VoiceChoice{Owned: scheduler.Owned{ID: "c", Village: "un-ta"}, Language: "vi", Voice: "piper:a"}); err != nil {
		t.Fatal(err)
	}
	want(map[string]string{"stood": "piper:a", "plain": "piper:a", "later": "piper:a"})
}
