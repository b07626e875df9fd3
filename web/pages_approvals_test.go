package web_test

import (
	"net/url"
	"strings"
	"testing"

	"loalang/people"
	"loalang/scheduler"
)

// waiting is a world with one announcement that a recorder wrote.
func waiting(t *testing.T) *world {
	w := newWorld(t)
	w.village.Approvals = scheduler.UsualApprovals()
	a := scheduler.Announcement{
		Owned: scheduler.Owned{ID: noticeID, Village: "un-ta", Revision: 1, Created: w.now, Updated: w.now}, Title: "Mời họp thôn", Text: "Mời bà con họp lúc 19h.",
		Class: scheduler.ClassNormal, CreatedBy: "Thào A Sử", Approval: scheduler.Approval{State: scheduler.Submitted, Need: scheduler.NeedAnyone},
	}
	w.notices[a.ID] = scheduler.Dossier{Announcement: a}
	w.order = []string{a.ID}
	return w
}

// The whole way by forms alone: looked at, returned with a reason, which the author
// reads, submitted again, approved.
func TestApprovalByForms(t *testing.T) {
	w := waiting(t)
	s := newSite(t, w, people.Cadre, "vi")
	path := "/approvals/notice/" + noticeID
	if p := s.get("/approvals"); p.status != 200 || !strings.Contains(p.text, "1 bản tin chờ duyệt") || !strings.Contains(p.text, "Thêm (1)") {
		t.Errorf("%d %s", p.status, p.text)
	}
	p := s.get(path)
	if p.status != 200 || !strings.Contains(p.text, "Duyệt cho phát") || !strings.Contains(p.text, "Mời bà con họp lúc 19h.") {
		t.Fatalf("%d %s", p.status, p.text)
	}
	if p := s.post(path, url.Values{"act": {"return"}}); p.status != 422 || !strings.Contains(p.text, "Xin ghi một câu lý do") {
		t.Errorf("without a reason: %d %s", p.status, p.text)
	}
	if p := s.post(path, url.Values{"act": {"return"}, "reason": {"Sai giờ họp"}}); p.status != 303 || !strings.HasPrefix(p.location, "/approvals?told=approval-return") {
		t.Fatalf("%d %s", p.status, p.location)
	}
	if p := s.get("/announcements/" + noticeID); !strings.Contains(p.text, "Sai giờ họp") || !strings.Contains(p.text, "Gửi duyệt") {
		t.Errorf("the author reads %s", p.text)
	}
	if p := s.post(path, url.Values{"act": {"submit"}, "back": {"notice"}}); p.status != 303 || !strings.HasPrefix(p.location, "/announcements/"+noticeID) {
		t.Errorf("%d %s", p.status, p.location)
	}
	if p := s.post(path, url.Values{"act": {"approve"}, "seen": {"anders"}}); p.status != 409 || !strings.Contains(p.text, "Xin xem lại") {
		t.Errorf("seen otherwise: %d %s", p.status, p.text)
	}
	if p := s.post(path, url.Values{"act": {"approve"}}); p.status != 303 || w.notices[noticeID].Announcement.Approval.State != scheduler.Approved {
		t.Errorf("%d %+v", p.status, w.notices[noticeID].Announcement.Approval)
	}
	if p := s.get("/approvals"); !strings.Contains(p.text, "Không có bản tin nào chờ duyệt") {
		t.Errorf("%s", p.text)
	}
}

func TestApprovalPagesByRole(t *testing.T) {
	path := "/approvals/notice/" + noticeID
	if p := newSite(t, waiting(t), people.Recorder, "vi").get(path); p.status != 200 || strings.Contains(p.text, "Duyệt cho phát") || strings.Contains(p.text, "Thêm (1)") {
		t.Errorf("a recorder: %d %s", p.status, p.text)
	}
	if p := newSite(t, waiting(t), people.Viewer, "vi").get("/approvals"); p.status != 403 {
		t.Errorf("a viewer: %d", p.status)
	}
	w := waiting(t)
	d := w.notices[noticeID]
	d.Announcement.Approval.Need = scheduler.NeedOfficer
	w.notices[noticeID] = d
	if p := newSite(t, w, people.Cadre, "vi").get(path); strings.Contains(p.text, "Duyệt cho phát") || !strings.Contains(p.text, "cần cán bộ xã duyệt") {
		t.Errorf("a cadre: %s", p.text)
	}
	if p := newSite(t, newWorld(t), people.Officer, "vi").get("/"); strings.Contains(p.body, `href="/approvals"`) {
		t.Error("a village without rules has a tab for approvals")
	}
}

func TestApprovalRulesForm(t *testing.T) {
	w := newWorld(t)
	w.village.Revision = 1
	s := newSite(t, w, people.Officer, "vi")
	f := url.Values{
		"revision": {"1"}, "recorder_normal": {"anyone"}, "recorder_priority": {"officer"}, "cadre_normal": {"none"}, "cadre_priority": {"none"},
		"officer_normal": {"none"}, "officer_priority": {"none"}, "two_people": {"1"}, "review_hours": {"12"}, "days": {"30"}, "priority_days": {"7"}, "topics": {"hop-thon 3\nlạ"},
	}
	if p := s.post("/approvals/rules", f); p.status != 422 || !strings.Contains(p.text, "hop-thon 7") || !strings.Contains(p.body, "hop-thon 3") {
		t.Errorf("a bad line: %d %s", p.status, p.text)
	}
	f.Set("topics", "hop-thon 3")
	if p := s.post("/approvals/rules", f); p.status != 303 {
		t.Fatalf("%d %s", p.status, p.text)
	}
	if r := w.village.Approvals; r.Recorder.Priority != scheduler.NeedOfficer || !r.TwoPeople || r.TopicDays["hop-thon"] != 3 || r.PriorityDays != 7 {
		t.Errorf("%+v", r)
	}
}

// What has no end from before is shown as that, and gets one with one tap.
func TestOneTapGivesAnEnd(t *testing.T) {
	w := waiting(t)
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.get("/announcements/" + noticeID); !strings.Contains(p.text, "Không có ngày hết hạn") {
		t.Fatal(p.text)
	}
	if p := s.post("/announcements/"+noticeID+"/expiry", nil); p.status != 303 || w.notices[noticeID].Announcement.ValidUntil.IsZero() {
		t.Errorf("%d", p.status)
	}
}

func TestHistoryPage(t *testing.T) {
	w := waiting(t)
	w.changes = []people.Change{{
		ID: 7, At: w.now, Actor: people.Actor{Name: "Hoa", Kind: people.ActorAccount, Way: people.ByPanel}, Kind: "announcements", Record: noticeID, Deed: people.Altered,
		Fields: []people.FieldChange{{Name: "title", Before: "Họp", After: "Họp thôn"}, {Name: "approval_form", Before: "", After: `{"by":"Hoa","reason":"Sai giờ"}`}},
	}}
	p := newSite(t, w, people.Cadre, "vi").get("/history")
	for _, want := range []string{"Hoa", "đã sửa: bản tin", "Tiêu đề", "Họp thôn", "Lý do", "Sai giờ"} {
		if p.status != 200 || !strings.Contains(p.text, want) {
			t.Errorf("%d, no %q in %s", p.status, want, p.text)
		}
	}
}
