package web_test

import (
	"strings"
	"testing"

	"loalang/people"
	"loalang/scheduler"
)

// TestACadreDoesNotOverruleAnOfficer: what an officer returned, or what needs an
// officer from its draft on, no cadre lets through on any way round.
func TestACadreDoesNotOverruleAnOfficer(t *testing.T) {
	officers := func(r *scheduler.ApprovalRules) { r.Recorder.Normal = scheduler.NeedOfficer }
	returned := func(h *house, as, more string) string {
		path := "/api/v1/announcements/" + h.write(as, more).ID + "/approval"
		h.call("officer", "POST", path, `{"act":"return","reason":"Sai giờ"}`).want(200)
		return path
	}
	for name, path := range map[string]func(h *house) string{
		"returned": func(h *house) string { return returned(h, "recorder", "") },
		"returned, and submitted by the cadre": func(h *house) string {
			path := returned(h, "recorder", "")
			h.call("cadre", "POST", path, `{"act":"submit"}`).want(200)
			return path
		},
		"the cadre's own, that needed nobody": func(h *house) string {
			path := returned(h, "cadre", "")
			h.call("cadre", "POST", path, `{"act":"submit"}`).want(200)
			return path
		},
		"draft": func(h *house) string {
			return "/api/v1/announcements/" + h.write("recorder", `,"draft":true`).ID + "/approval"
		},
		"the cadre's draft with a recorder's words": func(h *house) string {
			id := h.write("cadre", `,"draft":true`).ID
			h.call("recorder", "PATCH", "/api/v1/announcements/"+id, `{"text":"Chữ khác"}`).want(200)
			h.call("cadre", "POST", "/api/v1/announcements/"+id+"/approval", `{"act":"submit"}`).want(200)
			return "/api/v1/announcements/" + id + "/approval"
		},
	} {
		h := asking(t, officers)
		at := path(h)
		if got := h.call("cadre", "POST", at, `{"act":"approve"}`); got.Status != 403 {
			t.Errorf("%s: a cadre approves it: %d %s", name, got.Status, got.Body)
		}
		h.call("officer", "POST", at, `{"act":"approve"}`).want(200)
	}
}

// TestWhoNeedsApprovalDoesNotGiveItToThemselves, though their role approves what others
// write, and without the village asking for two people in everything.
func TestWhoNeedsApprovalDoesNotGiveItToThemselves(t *testing.T) {
	h := asking(t, func(r *scheduler.ApprovalRules) { r.Cadre.Normal = scheduler.NeedAnyone })
	path := "/api/v1/announcements/" + h.write("cadre", "").ID + "/approval"
	h.call("cadre", "POST", path, `{"act":"approve"}`).want(403)
	h.call("officer", "POST", path, `{"act":"approve"}`).want(200)
	of := "/api/v1/announcements/" + h.write("recorder", "").ID + "/approval"
	h.call("cadre", "POST", of, `{"act":"approve"}`).want(200)
}

// TestNobodyApprovesTheirOwnReturnedWords: what was approved and then returned is
// nobody's approved words any more, and who wrote them is asked from the beginning.
func TestNobodyApprovesTheirOwnReturnedWords(t *testing.T) {
	h := asking(t, func(r *scheduler.ApprovalRules) { r.TwoPeople = true })
	h.owned("admin")
	id := h.write("officer", "").ID
	path := "/api/v1/announcements/" + id + "/approval"
	h.call("admin", "POST", path, `{"act":"approve"}`).want(200)
	h.call("admin", "POST", path, `{"act":"return","reason":"Đã hoãn"}`).want(200)
	if d := h.w.notices[id]; d.Announcement.Approval.Pin == nil || !d.Announcement.Approval.Pin.At.IsZero() {
		t.Errorf("%+v", d.Announcement.Approval.Pin)
	}
	h.w.writers = []people.Actor{}
	h.call("officer", "POST", path, `{"act":"approve"}`).want(403)
	h.call("officer", "POST", path, `{"act":"submit"}`).want(200)
	h.call("officer", "POST", path, `{"act":"approve"}`).want(403)
	h.call("admin", "POST", path, `{"act":"approve"}`).want(200)
}

// owned gives the token of a role an owner of that role.
func (h *house) owned(role string) {
	h.people.change(func(r *register) {
		r.accounts = append(r.accounts, people.Account{ID: "person-" + role, Name: "Người " + role, Role: people.Role(role), Password: "x"})
		for i := range r.tokens {
			if r.tokens[i].Name == "máy "+role {
				r.tokens[i].Owner = "person-" + role
			}
		}
	})
}

// TestACadreDoesNotUrgeWhatAnOfficerReturned: the urgent path let the very words on the
// air that an officer had sent back. Other words may be urged, and not changed back.
func TestACadreDoesNotUrgeWhatAnOfficerReturned(t *testing.T) {
	const urge = `{"act":"urge","reason":"Lũ về"}`
	for name, first := range map[string]string{"returned": "", "returned and submitted": `{"act":"submit"}`} {
		h := asking(t)
		id := h.write("cadre", "").ID
		at := "/api/v1/announcements/" + id
		h.call("officer", "POST", at+"/approval", `{"act":"return","reason":"Sai giờ"}`).want(200)
		if first != "" {
			h.call("cadre", "POST", at+"/approval", first).want(200)
		}
		if got := h.call("cadre", "POST", at+"/approval", urge).want(403); !strings.Contains(string(got.Body), "approval-overruled") {
			t.Errorf("%s: %s", name, got.Body)
		}
		h.call("cadre", "PATCH", at, `{"text":"Mời   họp "}`).want(200)
		h.call("cadre", "POST", at+"/approval", urge).want(403)
		h.call("cadre", "PATCH", at, `{"text":"Mời họp lúc 19 giờ"}`).want(200)
		h.call("cadre", "POST", at+"/approval", urge).want(200)
		var a approvalAnswer
		h.call("cadre", "PATCH", at, `{"text":"Mời họp"}`).want(200).into(&a)
		if a.Approval.State != "submitted" || a.Approval.Need != "officer" {
			t.Errorf("%s: changed back it is %+v", name, a.Approval)
		}
		h.call("cadre", "POST", at+"/approval", urge).want(403)
		h.call("officer", "POST", at+"/approval", urge).want(200)
	}
	h := asking(t)
	h.w.village.Approvals = scheduler.ApprovalRules{}
	at := "/api/v1/announcements/" + h.write("cadre", "").ID + "/approval"
	h.call("officer", "POST", at, `{"act":"return","reason":"Sai giờ"}`).want(200)
	var a approvalAnswer
	if h.call("cadre", "POST", at, `{"act":"submit"}`).want(200).into(&a); a.Approval.State != "submitted" {
		t.Errorf("without rules: %+v", a.Approval)
	}
}

// TestApprovedTwiceNamesTheFirst: approving what is approved put another name under it.
func TestApprovedTwiceNamesTheFirst(t *testing.T) {
	h := asking(t)
	id := h.write("recorder", "").ID
	at := "/api/v1/announcements/" + id + "/approval"
	h.call("cadre", "POST", at, `{"act":"approve"}`).want(200)
	before := h.w.notices[id].Announcement
	if got := h.call("officer", "POST", at, `{"act":"approve"}`).want(409); !strings.Contains(string(got.Body), "approval-already") || !strings.Contains(string(got.Body), "máy cadre") {
		t.Errorf("%s", got.Body)
	}
	if after := h.w.notices[id].Announcement; after != before {
		t.Errorf("%+v is now %+v", before.Approval, after.Approval)
	}
}

// TestATokenOfNobodyIsNoSecondPerson: under two-person rules a token without an owner
// approves and grants nothing, for nobody knows whose it is; without them it does as it did.
func TestATokenOfNobodyIsNoSecondPerson(t *testing.T) {
	const lift = `{"from":"2026-11-24T04:00:00+07:00","to":"2026-11-24T05:00:00+07:00","rules":["hours"],"reason":"lễ hội xuống đồng của thôn"}`
	h := asking(t, func(r *scheduler.ApprovalRules) { r.TwoPeople = true })
	h.owned("admin")
	at := "/api/v1/announcements/" + h.write("recorder", "").ID + "/approval"
	var asked struct{ ID string }
	h.call("cadre", "POST", "/api/v1/exceptions", lift).want(201).into(&asked)
	grant := "/api/v1/exceptions/" + asked.ID + "/decision"
	for path, body := range map[string]string{at: `{"act":"approve"}`, grant: `{"approve":true}`} {
		if got := h.call("officer", "POST", path, body).want(403); !strings.Contains(string(got.Body), "approval-unowned") || !strings.Contains(string(got.Body), "--owner") {
			t.Errorf("%s: %s", path, got.Body)
		}
	}
	h.call("admin", "POST", at, `{"act":"approve"}`).want(200)
	h.call("admin", "POST", grant, `{"approve":true}`).want(200)
}
