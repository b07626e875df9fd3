package store_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"time"

	"loalang/recordings"
	"loalang/scheduler"
)

func TestStationThereAndBack(t *testing.T) {
	s, now := seeded(t)
	ctx := context.Background()
	st := scheduler.Station{Owned: scheduler.Owned{ID: "vov1", Village: unTa}, Name: "Đài Tiếng nói Việt Nam", URL: "https://vov.example/vov1.m3u8"}
	check(t, s.SaveStation(ctx, st), nil)
	check(t, s.SaveStation(ctx, scheduler.Station{Owned: scheduler.Owned{ID: "fm", Village: unTa}, Name: "FM huyện", Input: "plughw:CARD=Tuner"}), nil)
	st.Origin, st.Revision, st.Created, st.Updated = s.Node(), 1, now.Now(), now.Now()
	got, err := s.Station(ctx, "vov1")
	check(t, err, nil)
	same(t, "station", got, st)
	st.Name = "VOV1"
	check(t, s.SaveStation(ctx, st), nil)
	check(t, s.SaveStation(ctx, st), scheduler.ErrRevision)
	list, err := s.Stations(ctx, unTa)
	check(t, err, nil)
	if len(list) != 2 || list[0].ID != "fm" || list[1].Name != "VOV1" {
		t.Errorf("stations %+v", list)
	}
	check(t, s.RemoveStation(ctx, "vov1", day0), nil)
	check(t, s.RemoveStation(ctx, "vov1", day0), fs.ErrNotExist)
	if _, err := s.Station(ctx, "vov1"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removed, it is read: %v", err)
	}
}

func TestBookHoldsWhatRelaysNeed(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	for _, id := range []string{"quan-ho", "sao-truc"} {
		check(t, s.SaveRecording(ctx, recording(id, unTa, day0)), nil)
	}
	check(t, s.SaveStation(ctx, scheduler.Station{Owned: scheduler.Owned{ID: "vov1", Village: unTa}, Name: "VOV1", URL: "https://vov.example/"}), nil)
	list, err := s.Slots(ctx, unTa)
	check(t, err, nil)
	slot := list[0]
	slot.Relays = []scheduler.SlotRelay{
		{Station: "vov1", Offset: time.Minute, Length: 20 * time.Minute, Fallback: "quan-ho", Patience: 3 * time.Second},
		{Station: "vov1", Offset: 30 * time.Minute, Length: time.Minute},
	}
	check(t, s.SaveSlot(ctx, slot), nil)
	a := notice("a")
	a.Bed = "sao-truc"
	told(t, ctx, s, a, "", scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{slot.ID}, Interrupted: scheduler.Drop})
	b, err := s.Book(ctx, unTa, day0)
	check(t, err, nil)
	same(t, "relays", b.Slots[0].Relays, slot.Relays)
	if len(b.Stations) != 1 || len(b.Slots[1].Relays) != 0 || b.Frame.Sounds["quan-ho"] == 0 || b.Frame.Sounds["sao-truc"] == 0 {
		t.Errorf("stations %+v, sounds %v", b.Stations, b.Frame.Sounds)
	}
	if b.Announcements[0].Bed != "sao-truc" || b.Schedules[0].Interrupted != scheduler.Drop {
		t.Errorf("bed %q, interrupted %q", b.Announcements[0].Bed, b.Schedules[0].Interrupted)
	}
	for _, id := range []string{"quan-ho", "sao-truc"} {
		if _, err := s.RemoveRecording(ctx, id, day0); !errors.As(err, new(recordings.InUse)) {
			t.Errorf("%s is removed from under its use: %v", id, err)
		}
	}
}
