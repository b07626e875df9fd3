package web_test

import (
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
