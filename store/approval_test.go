package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
	"loalang/store"
)

func TestApprovalThereAndBack(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	a := notice("a")
	a.Approval = scheduler.Approval{
		State: scheduler.Urgent, By: "Hoa", ByID: "id", At: day0, Reason: "Lũ về", Review: day0.Add(time.Hour), Need: scheduler.NeedOfficer,
		Pin: &scheduler.Pin{
			At: day0, Text: a.Text, Bed: "nhac", Class: scheduler.ClassPriority, From: day0, Until: day0.Add(time.Hour),
			Spoken: map[string]string{"vi": "kính mời"}, Takes: map[string]string{"pcc": "rec"}, Schedules: []string{"s@1"},
		},
	}
	check(t, s.SaveAnnouncement(ctx, a, nil, nil), nil)
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	same(t, "approval", *d.Announcement.Approval.Pin, *a.Approval.Pin)
	d.Announcement.Approval.Pin, a.Approval.Pin = nil, nil
	same(t, "approval", d.Announcement.Approval, a.Approval)
}

func TestApprovalRulesThereAndBack(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	v, err := s.Village(ctx, unTa)
	check(t, err, nil)
	if v.Approvals.On() {
		t.Error("a village of before asks for approval")
	}
	v.Approvals = scheduler.ApprovalRules{
		Recorder: scheduler.ClassNeeds{Normal: scheduler.NeedAnyone, Priority: scheduler.NeedOfficer}, Cadre: scheduler.ClassNeeds{Priority: scheduler.NeedOfficer},
		TwoPeople: true, LaterTakes: true, Review: 3 * time.Hour, Days: 30, PriorityDays: 7, TopicDays: map[string]int{"hop-thon": 2},
	}
	check(t, s.SaveVillage(ctx, v), nil)
	got, err := s.Village(ctx, unTa)
	check(t, err, nil)
	same(t, "rules", got.Approvals, v.Approvals)
}

// TestWhatAirsIsApprovedWhenTheRulesBegin: no notice of yesterday falls silent
// because the village asks for approval today; what waits goes on waiting.
func TestWhatAirsIsApprovedWhenTheRulesBegin(t *testing.T) {
	s, _ := seeded(t)
	ctx := people.Acting(context.Background(), lan)
	check(t, s.SaveAnnouncement(ctx, notice("old"), []scheduler.Rendition{{Language: "vi", State: scheduler.Spoken, SpokenText: "kính mời"}}, []scheduler.Schedule{{Kind: scheduler.Now, At: day0}}), nil)
	draft := notice("draft")
	draft.Approval.State = scheduler.Draft
	check(t, s.SaveAnnouncement(ctx, draft, nil, nil), nil)
	v, err := s.Village(ctx, unTa)
	check(t, err, nil)
	v.Approvals = scheduler.UsualApprovals()
	check(t, s.SaveVillage(ctx, v), nil)
	d, err := s.Announcement(ctx, "old")
	check(t, err, nil)
	if a := d.Announcement.Approval; a.State != scheduler.Approved || a.By != "lan" || d.Waiting(v.Approvals) != nil {
		t.Errorf("what aired before: %+v, waits: %v", a, d.Waiting(v.Approvals))
	}
	if d, err = s.Announcement(ctx, "draft"); err != nil || d.Announcement.Approval.State != scheduler.Draft {
		t.Errorf("the draft: %+v, %v", d.Announcement.Approval, err)
	}
}

func TestAwaitingApprovalSoonestFirst(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	save := func(id string, state scheduler.ApprovalState, in time.Duration) {
		a := notice(id)
		a.Approval.State = state
		if state == scheduler.Approved {
			a.Approval.Need, a.Approval.Pin = scheduler.NeedAnyone, &scheduler.Pin{}
		}
		var ss []scheduler.Schedule
		if in > 0 {
			ss = []scheduler.Schedule{{Kind: scheduler.Once, At: day0.Add(in)}}
		}
		check(t, s.SaveAnnouncement(ctx, a, nil, ss), nil)
	}
	save("never", scheduler.Submitted, 0)
	save("late", scheduler.Submitted, 5*time.Hour)
	save("soon", scheduler.Urgent, time.Hour)
	save("part", scheduler.Approved, 2*time.Hour)
	save("draft", scheduler.Draft, time.Minute)
	save("returned", scheduler.Returned, time.Minute)
	list, err := s.AwaitingApproval(ctx, unTa, day0)
	check(t, err, nil)
	var ids []string
	for _, d := range list {
		ids = append(ids, d.Announcement.ID)
	}
	if !slices.Equal(ids, []string{"soon", "part", "late", "never"}) {
		t.Errorf("%v", ids)
	}
	if list, err = s.AwaitingApproval(ctx, unTa, day0.AddDate(0, 0, 8)); err != nil || len(list) > 0 {
		t.Errorf("%d expired ones wait, %v", len(list), err)
	}
}

// TestTheDictionaryReadsApprovedWords: what a voice reads otherwise because of a
// word stays approved; what was not approved is not by the way.
func TestTheDictionaryReadsApprovedWords(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	for _, id := range []string{"pinned", "other"} {
		a := notice(id)
		rs := []scheduler.Rendition{{Language: "vi", State: scheduler.Spoken, SpokenText: "u bê nhân dân"}}
		a.Approval.State, a.Approval.Pin = scheduler.Approved, scheduler.PinOf(scheduler.Dossier{Announcement: a, Renditions: rs})
		if id == "other" {
			a.Approval.Pin.Spoken["vi"] = "lời đã duyệt"
		}
		check(t, s.SaveAnnouncement(ctx, a, rs, nil), nil)
		d, err := s.Announcement(ctx, id)
		check(t, err, nil)
		r := d.Renditions[0]
		r.SpokenText = "ủy ban nhân dân"
		check(t, s.SaveWords(ctx, nil, []scheduler.Rendition{r}), nil)
	}
	for id, want := range map[string]string{"pinned": "ủy ban nhân dân", "other": "lời đã duyệt"} {
		d, err := s.Announcement(ctx, id)
		check(t, err, nil)
		if got := d.Announcement.Approval.Pin.Spoken["vi"]; got != want {
			t.Errorf("%s: %q is approved", id, got)
		}
	}
}

func TestTakenBackByAnotherProcess(t *testing.T) {
	s, clock := seeded(t)
	ctx := people.Acting(context.Background(), lan)
	check(t, s.SaveAnnouncement(ctx, notice("a"), nil, nil), nil)
	check(t, s.SaveAnnouncement(ctx, notice("b"), nil, nil), nil)
	clock.move(time.Hour)
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	d.Announcement.Withdrawn = clock.Now()
	check(t, s.SaveAnnouncement(ctx, d.Announcement, nil, nil), nil)
	gone, err := s.TakenBack(ctx, unTa, clock.Now().Add(-time.Minute))
	check(t, err, nil)
	same(t, "taken back", gone, map[string]string{"a": "lan"})
	clock.move(time.Hour)
	gone, err = s.TakenBack(ctx, unTa, clock.Now().Add(-time.Minute))
	check(t, err, nil)
	same(t, "taken back", gone, map[string]string{})
}

// A database of before has no approvals: what it holds airs as it did.
func TestMigrationLeavesAnnouncementsOnTheAir(t *testing.T) {
	ctx := context.Background()
	c := config(t.TempDir() + "/loalang.db")
	db, err := store.MigrateTo(ctx, c, 11)
	check(t, err, nil)
	_, err = db.Exec(`INSERT INTO villages (id, village, origin, revision, created_at, updated_at, name, commune, zone, languages, allowed) VALUES ('v', 'un-ta', 'o', 1, 0, 0, 'Ún Tà', 'Cốc San', 'Asia/Ho_Chi_Minh', '["vi"]', '[]');
		INSERT INTO announcements (id, village, origin, revision, created_at, updated_at, title, topic, class, issuer, text, zone, created_by) VALUES ('a', 'un-ta', 'o', 1, 0, 0, 'Họp', '', 'normal', '', 'Mời họp', 'Asia/Ho_Chi_Minh', 'Hoa')`)
	check(t, err, nil)
	check(t, db.Close(), nil)
	s := open(t, c)
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	v, err := s.Village(ctx, unTa)
	check(t, err, nil)
	if d.Announcement.Approval != (scheduler.Approval{}) || v.Approvals.On() || d.Waiting(v.Approvals) != nil {
		t.Errorf("%+v, %+v", d.Announcement.Approval, v.Approvals)
	}
}
