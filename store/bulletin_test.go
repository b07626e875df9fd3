package store_test

import (
	"context"
	"testing"
	"time"

	"loalang/scheduler"
)

// The bulletin is of one village and its days, and knows nothing of what was deleted.
func TestBulletin(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	for _, id := range []string{"a", "b", "c"} {
		n := notice(id)
		n.SpeakerOnly = id == "b"
		check(t, s.SaveAnnouncement(ctx, n, nil, nil), nil)
	}
	for id, due := range map[string]time.Time{"a": day0, "b": day0.Add(time.Hour), "c": day0.AddDate(0, 0, -8)} {
		run := played("o-"+id, due)
		run.Announcement = id
		check(t, s.Record(ctx, run), nil)
	}
	elsewhere := played("elsewhere", day0)
	elsewhere.Village = "toong-gianh"
	check(t, s.Record(ctx, elsewhere), nil)
	heard := played("o-a", day0).Airings[0].Recording
	check(t, s.SaveRecording(ctx, recording(heard, unTa, day0)), nil)
	check(t, s.SaveEmergency(ctx, scheduler.Emergency{Owned: scheduler.Owned{ID: "e", Village: unTa}, Title: "Lũ quét", Raised: day0, Expires: day0.Add(time.Minute)}), nil)
	b, err := s.Bulletin(ctx, unTa, day0.AddDate(0, 0, -7), day0.AddDate(0, 0, 1), nil)
	check(t, err, nil)
	if len(b.Runs) != 2 || len(b.Runs[0].Airings) != 2 || len(b.Announcements) != 2 || len(b.Emergencies) != 1 || len(b.Lengths) != 1 || b.Lengths[heard] == 0 {
		t.Errorf("%+v", b)
	}
	if b.Announcements["a"].SpeakerOnly || !b.Announcements["b"].SpeakerOnly {
		t.Errorf("what is for the loudspeakers alone: %+v", b.Announcements)
	}
	if b, err = s.Bulletin(ctx, unTa, day0.AddDate(0, 0, 2), day0.AddDate(0, 0, 3), []string{"c"}); err != nil || len(b.Runs) != 0 || b.Announcements["c"].Title == "" {
		t.Errorf("what was asked for beside: %+v, %v", b, err)
	}
}

func TestPublicityIsKept(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	v, err := s.Village(ctx, unTa)
	check(t, err, nil)
	if v.Publicity != (scheduler.Publicity{}) {
		t.Errorf("a new village has %+v", v.Publicity)
	}
	v.Publicity = scheduler.Publicity{Board: scheduler.BoardOn, Indexed: true, Address: "http://loa.internal"}
	check(t, s.SaveVillage(ctx, v), nil)
	got, err := s.Village(ctx, unTa)
	check(t, err, nil)
	same(t, "publicity", got.Publicity, v.Publicity)
}
