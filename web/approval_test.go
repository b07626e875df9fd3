package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// asking is a house whose village asks for approval.
func asking(t *testing.T, change ...func(r *scheduler.ApprovalRules)) *house {
	h := newHouse(t)
	h.w.village.Approvals = scheduler.UsualApprovals()
	for _, f := range change {
		f(&h.w.village.Approvals)
	}
	return h
}

type approvalAnswer struct {
	ID       string `json:"id"`
	Until    string `json:"valid_until"`
	Approval struct {
		State, By, Reason, Need string
	} `json:"approval"`
}

// write is an announcement that a role makes.
func (h *house) write(as, more string) approvalAnswer {
	h.t.Helper()
	var a approvalAnswer
	h.call(as, "POST", "/api/v1/announcements", `{"title":"Họp","text":"Mời họp"`+more+`}`).want(201).into(&a)
	return a
}

func TestWhoNeedsApproval(t *testing.T) {
	h := asking(t)
	for as, want := range map[string]string{"recorder": "submitted", "cadre": "approved", "officer": "approved", "admin": "approved"} {
		if a := h.write(as, ""); a.Approval.State != want {
			t.Errorf("%s: %+v", as, a.Approval)
		}
	}
	if a := h.write("cadre", `,"draft":true`); a.Approval.State != "draft" {
		t.Errorf("draft: %+v", a.Approval)
	}
	// A village without rules goes on as before.
	h = newHouse(t)
	if a := h.write("recorder", ""); a.Approval.State != "" || a.Until != "" {
		t.Errorf("without rules: %+v", a)
	}
}

// TestDecisionsByRole is the matrix: who may take which step of what waits, by the
// village's rules.
func TestDecisionsByRole(t *testing.T) {
	acts := []string{"submit", "approve", "return", "urge"}
	for _, c := range []struct {
		as     string
		need   scheduler.Need
		status [4]int
	}{
		{"admin", scheduler.NeedAnyone, [4]int{200, 200, 200, 200}},
		{"officer", scheduler.NeedAnyone, [4]int{200, 200, 200, 200}},
		{"cadre", scheduler.NeedAnyone, [4]int{200, 200, 200, 200}},
		{"recorder", scheduler.NeedAnyone, [4]int{200, 403, 403, 403}},
		{"viewer", scheduler.NeedAnyone, [4]int{403, 403, 403, 403}},
		{"elsewhere", scheduler.NeedAnyone, [4]int{404, 404, 404, 404}},
		{"nobody", scheduler.NeedAnyone, [4]int{401, 401, 401, 401}},
		{"admin", scheduler.NeedOfficer, [4]int{200, 200, 200, 200}},
		{"officer", scheduler.NeedOfficer, [4]int{200, 200, 200, 200}},
		{"cadre", scheduler.NeedOfficer, [4]int{200, 403, 200, 200}},
		{"recorder", scheduler.NeedOfficer, [4]int{200, 403, 403, 403}},
	} {
		for i, act := range acts {
			h := asking(t, func(r *scheduler.ApprovalRules) { r.Recorder = scheduler.ClassNeeds{Normal: c.need, Priority: c.need} })
			id := h.write("recorder", "").ID
			got := h.call(c.as, "POST", "/api/v1/announcements/"+id+"/approval", fmt.Sprintf(`{"act":%q,"reason":"vì"}`, act))
			if got.Status != c.status[i] {
				t.Errorf("%s to %s what needs %s: %d, want %d: %s", c.as, act, c.need, got.Status, c.status[i], got.Body)
			}
		}
	}
}

func TestNobodyApprovesTheirOwnWords(t *testing.T) {
	h := asking(t, func(r *scheduler.ApprovalRules) { r.TwoPeople = true })
	h.owned("admin")
	own := h.write("officer", "")
	if own.Approval.State != "submitted" {
		t.Fatalf("%+v", own.Approval)
	}
	path := "/api/v1/announcements/" + own.ID + "/approval"
	if got := h.call("officer", "POST", path, `{"act":"approve"}`).want(403); !strings.Contains(string(got.Body), "approval-own-words") {
		t.Error(got.Body)
	}
	// Who mended a word has written, too.
	var tokens []people.Token
	tokens = append(tokens, h.people.tokens...)
	for _, token := range tokens {
		if token.Name == "máy cadre" {
			h.w.writers = []people.Actor{{ID: token.ID, Name: token.Name}}
		}
	}
	h.call("cadre", "POST", path, `{"act":"approve"}`).want(403)
	h.call("admin", "POST", path, `{"act":"approve"}`).want(200)
}

func TestReturnNeedsItsReasonAndComesBack(t *testing.T) {
	h := asking(t)
	id := h.write("recorder", "").ID
	path := "/api/v1/announcements/" + id + "/approval"
	if got := h.call("cadre", "POST", path, `{"act":"return"}`).want(422).faults(); got != "reason required" {
		t.Error(got)
	}
	var a approvalAnswer
	h.call("cadre", "POST", path, `{"act":"return","reason":"Sai giờ họp"}`).want(200).into(&a)
	if a.Approval.State != "returned" || a.Approval.Reason != "Sai giờ họp" {
		t.Errorf("%+v", a.Approval)
	}
	h.call("cadre", "POST", path, `{"act":"return","reason":"nữa"}`).want(409)
	h.call("recorder", "PATCH", "/api/v1/announcements/"+id, `{"text":"Mời họp lúc 19 giờ"}`).want(200).into(&a)
	if a.Approval.State != "returned" {
		t.Errorf("edited: %+v", a.Approval)
	}
	a = approvalAnswer{}
	h.call("recorder", "POST", path, `{"act":"submit"}`).want(200).into(&a)
	if a.Approval.State != "submitted" || a.Approval.Reason != "" {
		t.Errorf("%+v", a.Approval)
	}
	h.call("cadre", "POST", path, `{"act":"approve"}`).want(200).into(&a)
	if a.Approval.State != "approved" || len(h.w.reinstated) != 1 {
		t.Errorf("%+v, %v", a.Approval, h.w.reinstated)
	}
	h.call("viewer", "GET", "/api/v1/approvals", "").want(200)
}

// TestApproveWhatWasSeen: what changed under the approver's eyes is looked at again.
func TestApproveWhatWasSeen(t *testing.T) {
	h := asking(t)
	id := h.write("recorder", "").ID
	var list struct {
		Waiting []struct {
			Seen    string
			Waiting []string
		}
	}
	h.call("cadre", "GET", "/api/v1/approvals", "").want(200).into(&list)
	if len(list.Waiting) != 1 || list.Waiting[0].Waiting[0] != "words" {
		t.Fatalf("%+v", list)
	}
	h.call("recorder", "PATCH", "/api/v1/announcements/"+id, `{"text":"Chữ khác"}`).want(200)
	path, body := "/api/v1/announcements/"+id+"/approval", fmt.Sprintf(`{"act":"approve","seen":%q}`, list.Waiting[0].Seen)
	if got := h.call("cadre", "POST", path, body).want(409); !strings.Contains(string(got.Body), "approval-seen-other") {
		t.Error(got.Body)
	}
	h.call("cadre", "GET", "/api/v1/approvals", "").want(200).into(&list)
	h.call("cadre", "POST", path, fmt.Sprintf(`{"act":"approve","seen":%q}`, list.Waiting[0].Seen)).want(200)
}

// TestARecordersEditTakesApprovedWordsOffTheAir, a cadre's does not; neither's is
// approved by the way.
func TestARecordersEditTakesApprovedWordsOffTheAir(t *testing.T) {
	for as, want := range map[string]string{"recorder": "submitted", "cadre": "approved"} {
		h := asking(t)
		id := h.write("cadre", "").ID
		var a approvalAnswer
		h.call(as, "PATCH", "/api/v1/announcements/"+id, `{"text":"Chữ khác"}`).want(200).into(&a)
		if a.Approval.State != want {
			t.Errorf("%s: %+v", as, a.Approval)
		}
		d := h.w.notices[id]
		if waits := d.Waiting(h.w.village.Approvals); (waits == nil) != (want == "approved") {
			t.Errorf("%s: %v waits", as, waits)
		}
		// A word of the title is not heard.
		h.call("recorder", "PATCH", "/api/v1/announcements/"+id, `{"title":"Họp thôn"}`).want(200).into(&a)
		if a.Approval.State != want {
			t.Errorf("%s, title: %+v", as, a.Approval)
		}
	}
}

func TestARecordersTakeWaitsAlone(t *testing.T) {
	h := asking(t)
	h.fill()
	id := h.write("cadre", "").ID
	body := fmt.Sprintf(`{"recording":%q}`, soundID)
	h.call("recorder", "PUT", "/api/v1/announcements/"+id+"/renditions/pcc", body).want(200)
	rules := h.w.village.Approvals
	if d := h.w.notices[id]; d.Announcement.Approval.State != scheduler.Approved || fmt.Sprint(d.Waiting(rules)) != "[language:pcc]" {
		t.Errorf("%+v waits %v", d.Announcement.Approval, d.Waiting(rules))
	}
	h.call("cadre", "POST", "/api/v1/announcements/"+id+"/approval", `{"act":"approve"}`).want(200)
	if d := h.w.notices[id]; d.Waiting(rules) != nil || d.Announcement.Approval.Need != "" {
		t.Errorf("%v waits", d.Waiting(rules))
	}
}

func TestUrgentAirsAndIsListedUntilReviewed(t *testing.T) {
	h := asking(t, func(r *scheduler.ApprovalRules) {
		r.Cadre = scheduler.ClassNeeds{Normal: scheduler.NeedOfficer, Priority: scheduler.NeedOfficer}
	})
	id := h.write("cadre", "").ID
	path := "/api/v1/announcements/" + id + "/approval"
	h.call("cadre", "POST", path, `{"act":"urge"}`).want(422)
	h.call("cadre", "POST", path, `{"act":"urge","reason":"Nước lên"}`).want(200)
	d := h.w.notices[id]
	if a := d.Announcement.Approval; a.State != scheduler.Urgent || !a.Review.Equal(h.w.now.Add(24*time.Hour)) || a.Pin == nil {
		t.Errorf("%+v", a)
	}
	h.w.now = h.w.now.Add(25 * time.Hour) // overdue, and still there
	var list struct {
		Waiting []struct{ Waiting []string }
	}
	h.call("officer", "GET", "/api/v1/approvals", "").want(200).into(&list)
	if len(list.Waiting) != 1 || list.Waiting[0].Waiting[0] != "review" {
		t.Fatalf("%+v", list)
	}
	h.call("cadre", "POST", path, `{"act":"approve"}`).want(403)
	h.call("officer", "POST", path, `{"act":"approve"}`).want(200)
	if h.w.notices[id].Announcement.Approval.State != scheduler.Approved {
		t.Error("the review has no effect")
	}
}

// TestWhatWasAddedSinceIsUrged: the urgent path has no dead end. Who urges first and
// says when it airs afterwards, or adds a time to what was approved long ago, urges
// that part; the review is due no later by it, and what may air already is not urged.
func TestWhatWasAddedSinceIsUrged(t *testing.T) {
	h := asking(t, func(r *scheduler.ApprovalRules) {
		r.Cadre = scheduler.ClassNeeds{Normal: scheduler.NeedOfficer, Priority: scheduler.NeedOfficer}
	})
	rules := h.w.village.Approvals
	for name, first := range map[string]ask{
		"urged":    {as: "cadre", body: `{"act":"urge","reason":"Nước lên"}`},
		"approved": {as: "officer", body: `{"act":"approve"}`},
	} {
		id := h.write("cadre", "").ID
		at := "/api/v1/announcements/" + id
		h.call(first.as, "POST", at+"/approval", first.body).want(200)
		review := h.w.notices[id].Announcement.Approval.Review
		h.call("cadre", "POST", at+"/approval", `{"act":"urge","reason":"Lần nữa"}`).want(409)
		h.w.now = h.w.now.Add(time.Hour)
		h.call("cadre", "POST", at+"/schedules", `{"kind":"now"}`).want(201)
		if d := h.w.notices[id]; len(d.Waiting(rules)) != 1 {
			t.Fatalf("%s: %q waits, want the schedule", name, d.Waiting(rules))
		}
		h.w.now = h.w.now.Add(time.Minute) // it is late, and not too late
		s := newSite(t, h.w, people.Officer, "vi")
		if p := s.get("/announcements/" + id); !strings.Contains(p.text, "Chưa phát, còn chờ duyệt: Lịch phát mới") {
			t.Errorf("%s: its page does not say that its schedule waits: %s", name, p.text)
		}
		if p := s.get("/approvals"); !strings.Contains(p.text, "Phát ngay khi được duyệt") {
			t.Errorf("%s: the list does not say when it airs: %s", name, p.text)
		}
		h.call("cadre", "POST", at+"/approval", `{"act":"urge","reason":"Nước lên nữa"}`).want(200)
		d := h.w.notices[id]
		a := d.Announcement.Approval
		if a.State != scheduler.Urgent || d.Waiting(rules) != nil || a.Reason != "Nước lên nữa" {
			t.Errorf("%s: %+v, %q waits", name, a, d.Waiting(rules))
		}
		if review.IsZero() && !a.Review.Equal(h.w.now.Add(24*time.Hour)) || !review.IsZero() && !a.Review.Equal(review) {
			t.Errorf("%s: to be reviewed until %s, before %s", name, a.Review, review)
		}
		h.call("officer", "POST", at+"/approval", `{"act":"approve"}`).want(200)
	}
}

// TestReturnedWithoutRulesIsSilent: where nobody asks for approval an officer still
// returns what sounds, and it is silent at once.
func TestReturnedWithoutRulesIsSilent(t *testing.T) {
	h := newHouse(t)
	id := h.write("cadre", "").ID
	h.w.air.OnAir = &playout.OnAir{Occurrence: scheduler.Occurrence{ID: "o1", Announcement: id}}
	h.call("officer", "POST", "/api/v1/announcements/"+id+"/approval", `{"act":"return","reason":"Sai giờ"}`).want(200)
	if len(h.w.stopped) != 1 {
		t.Errorf("stopped %q", h.w.stopped)
	}
}

func TestEverythingEnds(t *testing.T) {
	h := asking(t)
	if a := h.write("cadre", ""); a.Until != "2026-12-23T17:00:00Z" {
		t.Errorf("without an end of its own it ends at %q", a.Until)
	}
	if a := h.write("cadre", `,"valid_until":"2026-11-25T00:00:00Z"`); a.Until != "2026-11-25T00:00:00Z" {
		t.Errorf("with an end of its own it ends at %q", a.Until)
	}
}

// TestARecorderDoesNotSpellApprovedWords: the dictionary is a way to change what is
// heard of what was approved.
func TestARecorderDoesNotSpellApprovedWords(t *testing.T) {
	body := `{"written":"TDP","spoken":"tổ dân phố"}`
	asking(t).call("recorder", "POST", "/api/v1/words", body).want(403)
	if got := newHouse(t).call("recorder", "POST", "/api/v1/words", body); got.Status == 403 {
		t.Error(got.Body)
	}
}

func TestApprovalRulesByAPI(t *testing.T) {
	h := newHouse(t)
	path := "/api/v1/villages/un-ta/approval-rules"
	rules := `{"recorder":{"normal":"anyone","priority":"officer"},"cadre":{"normal":"none","priority":"none"},"officer":{"normal":"none","priority":"none"},"two_people":true,"later_takes":false,"review_hours":%s,"days":%s,"priority_days":3}`
	h.call("officer", "PUT", path, fmt.Sprintf(rules, "12", "30")).want(200)
	r := h.w.village.Approvals
	if r.Recorder.Priority != scheduler.NeedOfficer || !r.TwoPeople || r.Review != 12*time.Hour || r.Days != 30 || r.PriorityDays != 3 {
		t.Errorf("%+v", r)
	}
	h.call("officer", "PUT", path, fmt.Sprintf(rules, "1000", "9999")).want(422)
	h.call("cadre", "PUT", path, fmt.Sprintf(rules, "12", "30")).want(403)
}

// TestAChangedScheduleWaitsForWhoMayNotApproveIt, and is approved by the way of who may.
func TestAChangedScheduleIsApprovedByWhoMay(t *testing.T) {
	h := asking(t, func(r *scheduler.ApprovalRules) { r.Cadre = scheduler.ClassNeeds{Normal: scheduler.NeedOfficer} })
	id := h.write("officer", "").ID
	for as, want := range map[string]int{"officer": 0, "cadre": 1} {
		h.call(as, "POST", "/api/v1/announcements/"+id+"/schedules", `{"kind":"now"}`).want(201)
		if waits := h.w.notices[id].Waiting(h.w.village.Approvals); len(waits) != want {
			t.Errorf("%s: %v waits", as, waits)
		}
		status := 409 // what waits for nobody is approved already
		if want > 0 {
			status = 200
		}
		h.call("officer", "POST", "/api/v1/announcements/"+id+"/approval", `{"act":"approve"}`).want(status)
	}
}

// A dry run of an approval said that the plan stays as it is: what is decided was
// taken for granted before and after.
func TestDryRunOfAnApprovalShowsWhatItBrings(t *testing.T) {
	h := newHouse(t)
	h.w.village.Approvals = scheduler.UsualApprovals()
	h.w.aired("hop", "Mời họp", scheduler.ClassNormal, h.w.at(24, 18, 30), time.Minute)
	d := h.w.notices["hop"]
	d.Announcement.Approval = scheduler.Approval{State: scheduler.Submitted, Need: scheduler.NeedAnyone}
	h.w.notices["hop"] = d
	var seen struct {
		Differences []struct{ Turn, Title string }
	}
	h.do(ask{as: "officer", method: "POST", path: "/api/v1/announcements/hop/approval?dry_run=true", body: `{"act":"approve"}`}).want(200).into(&seen)
	if len(seen.Differences) != 1 || seen.Differences[0].Turn != "regained" || h.w.notices["hop"].Announcement.Approval.State != scheduler.Submitted {
		t.Errorf("%+v", seen)
	}
}
