package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/store"
)

// spillway is a message with the recording "flute" in Giáy.
func spillway() scheduler.Template {
	return scheduler.Template{
		Owned: scheduler.Owned{ID: "xa-lu", Village: unTa}, Topic: scheduler.TopicDanger, Class: scheduler.ClassEmergency,
		Name: "Xả lũ hồ", Title: "Xả lũ", Text: "Hồ xả lũ. Rời bờ suối.", By: "Hoa",
		Prepared: scheduler.Prepared{
			Messages: []scheduler.Message{{Language: "pcc", Recording: "flute"}, {Language: "vi", Text: "Chạy lên đồi."}},
			Zones:    []string{"bản dưới"}, Repeat: 3, NoSiren: true,
		},
	}
}

// A recording that a prepared message sounds is used, and neither removed by hand nor by
// itself, until the message is.
func TestPreparedMessageKeepsItsRecording(t *testing.T) {
	s, ctx := shelfOf(t)
	ctx = people.Acting(ctx, people.Actor{ID: "hoa", Name: "Hoa", Kind: people.ActorAccount, Way: people.ByPanel})
	check(t, s.SaveTemplate(ctx, spillway()), nil)
	list, err := s.Templates(ctx, unTa)
	check(t, err, nil)
	same(t, "there and back", list[0].Prepared, spillway().Prepared)

	uses, err := s.RecordingUses(ctx, "flute")
	check(t, err, nil)
	same(t, "uses", uses, []recordings.Use{{What: recordings.UsedPrepared, ID: "xa-lu", Title: "Xả lũ hồ", Airs: true}})
	var used recordings.InUse
	if _, err := s.RemoveRecording(ctx, "flute", day0); !errors.As(err, &used) || !slices.Equal(used.By, []string{"Xả lũ hồ"}) {
		t.Errorf("removing it: %v", err)
	}
	later := day0.AddDate(1, 0, 0)
	expendable := func() (ids []string) {
		list, err := s.Expendable(ctx, recordings.Surplus{Previews: later, Takes: later}, later)
		check(t, err, nil)
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		return ids
	}
	same(t, "expendable", expendable(), []string{"preview"})

	gone := list[0]
	gone.Deleted = day0
	check(t, s.SaveTemplate(ctx, gone), nil)
	same(t, "expendable without the message", expendable(), []string{"preview", "flute"})
	_, err = s.RemoveRecording(ctx, "flute", day0)
	check(t, err, nil)

	// Now the message cannot come back: what it should sound is gone.
	back := gone
	back.Deleted, back.Revision = time.Time{}, 2
	var invalid scheduler.Invalid
	if err := s.SaveTemplate(ctx, back); !errors.As(err, &invalid) || len(invalid) != 1 || invalid[0] != (scheduler.Fault{Field: "messages.pcc", Code: scheduler.FaultMessageGone, Limit: "pcc"}) {
		t.Errorf("brought back: %v", err)
	}
	check(t, s.RestoreRecording(ctx, "flute"), nil)
	check(t, s.SaveTemplate(ctx, back), nil)

	changes, err := s.History(ctx, people.HistoryQuery{Village: unTa, About: "xa-lu"})
	check(t, err, nil)
	var deeds []string
	for _, c := range changes {
		deeds = append(deeds, string(c.Deed)+" by "+c.Actor.Name)
	}
	same(t, "history", deeds, []string{"restored by Hoa", "removed by Hoa", "made by Hoa"})
	i := slices.IndexFunc(changes[2].Fields, func(f people.FieldChange) bool { return f.Name == "messages" })
	if i < 0 || !strings.Contains(changes[2].Fields[i].After.(string), `"recording":"flute"`) {
		t.Errorf("the history tells %+v", changes[2].Fields)
	}
}

// A recording of another village is none.
func TestPreparedMessageOfAnotherVillagesRecording(t *testing.T) {
	s, ctx := shelfOf(t)
	far := recording("far", "elsewhere", day0)
	check(t, s.SaveRecording(ctx, far), nil)
	m := spillway()
	m.Prepared.Messages[0].Recording = "far"
	var invalid scheduler.Invalid
	if err := s.SaveTemplate(ctx, m); !errors.As(err, &invalid) {
		t.Errorf("saved: %v", err)
	}
}

// How a message is to be heard is there with the database gone, and how one was raised
// is in the database.
func TestPreparedMessageWithoutTheDatabase(t *testing.T) {
	c := inhabited(t)
	ctx := context.Background()
	s := open(t, c)
	check(t, s.SaveRecording(ctx, recording("flute", unTa, day0)), nil)
	check(t, s.SaveTemplate(ctx, spillway()), nil)
	e := scheduler.Emergency{
		Owned: scheduler.Owned{ID: "e", Village: unTa}, Title: "Xả lũ", Reason: "x", Raised: day0, Expires: day0.Add(time.Hour), RaisedBy: "Hoa",
		Messages: spillway().Prepared.Messages, NoSiren: true, Repeat: 3,
	}
	check(t, s.SaveEmergency(ctx, e), nil)
	raised, err := s.UnexpiredEmergencies(ctx, unTa, day0)
	check(t, err, nil)
	same(t, "raised", []any{raised[0].Messages, raised[0].NoSiren}, []any{e.Messages, true})
	check(t, s.Close(), nil)
	damages["gone"](t, c.Path)
	s, err = store.OpenAnyway(ctx, c)
	check(t, err, nil)
	list, err := s.Templates(ctx, unTa)
	check(t, err, nil)
	if len(list) != 1 {
		t.Fatalf("they are %+v", list)
	}
	same(t, "prepared", list[0].Prepared, spillway().Prepared)
	check(t, s.Close(), nil)
}
