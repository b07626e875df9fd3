package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
	"loalang/web"
)

// Removed reads what the test has laid into its grave.
func (w *world) Removed(_ context.Context, kind, id string) (scheduler.Remains, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, there := w.remains[kind+" "+id]
	if !there {
		return r, fs.ErrNotExist
	}
	return r, w.down()
}

// remember has the history tell what was done to a record.
func (w *world) remember(by, kind, id, about string, deed people.Deed, revision int64, fields ...people.FieldChange) int64 {
	n := int64(len(w.changes) + 1)
	c := people.Change{ID: n, At: w.now, Actor: people.Actor{Name: by, Kind: people.ActorAccount, Way: people.ByPanel}, Village: "un-ta", Kind: kind, Record: id, About: about, Deed: deed, Revision: revision, Fields: fields}
	w.changes = append([]people.Change{c}, w.changes...)
	return n
}

// TestUndoWithdrawal: the message after a withdrawal offers to undo it, the announcement
// airs again, and a second time there is nothing left to undo.
func TestUndoWithdrawal(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.aired(hopID, "Mời họp", scheduler.ClassNormal, w.at(24, 18, 30), time.Minute)
	s := newSite(t, w, people.Cadre, "vi")
	p := s.post("/announcements/"+hopID+"/withdraw", url.Values{})
	if w.notices[hopID].Announcement.Withdrawn.IsZero() {
		t.Fatalf("status %d to %s: it is not withdrawn", p.status, p.location)
	}
	entry := w.remember(visitor, "announcements", hopID, "", people.Altered, 2, people.FieldChange{Name: "withdrawn_at", Before: "", After: json.Number("1")})
	page := fmt.Sprintf("/announcements/%s?told=withdrawn&undo=%d", hopID, entry)
	if p := s.get(page); !strings.Contains(p.body, `action="/undo"`) || !strings.Contains(p.text, "Hoàn tác") {
		t.Errorf("nothing is offered: %s", p.text)
	}
	p = s.post("/undo", url.Values{"entry": {fmt.Sprint(entry)}})
	if p.location != "/announcements/"+hopID+"?told=undone" || !w.notices[hopID].Announcement.Withdrawn.IsZero() {
		t.Fatalf("status %d to %q: %s", p.status, p.location, p.text)
	}
	if !slices.Contains(w.reinstated, hopID) {
		t.Error("the player still refuses it")
	}
	if p := s.post("/undo", url.Values{"entry": {fmt.Sprint(entry)}}); p.status != http.StatusConflict || !strings.Contains(p.text, "Không hoàn tác được") {
		t.Errorf("twice: %d %s", p.status, p.text)
	}
}

// TestUndoIsOfferedToWhoRemoved: an address that somebody made up offers nothing, nor one
// that another person removed, nor one without the right.
func TestUndoIsOfferedToWhoRemoved(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	for name, entry := range map[string]int64{
		"another's":    w.remember("Ai đó", "schedules", scheduleID, noticeID, people.Removed, 2),
		"not theirs":   w.remember(visitor, "slots", "x", "", people.Removed, 2), // of an officer
		"no removal":   w.remember(visitor, "schedules", scheduleID, noticeID, people.Altered, 2),
		"not undoable": w.remember(visitor, "tokens", "x", "", people.Removed, 2),
		"none":         99,
	} {
		if p := s.get(fmt.Sprintf("/?told=unscheduled&undo=%d", entry)); strings.Contains(p.body, `action="/undo"`) {
			t.Errorf("%s is offered", name)
		}
	}
	if p := s.post("/undo", url.Values{"entry": {"2"}}); p.status == http.StatusSeeOther {
		t.Errorf("undone without the right: %s", p.location)
	}
	for entry, want := range map[string]int{"x": http.StatusBadRequest, "": http.StatusBadRequest, "99": http.StatusConflict, "0": http.StatusBadRequest} {
		if p := s.post("/undo", url.Values{"entry": {entry}}); p.status != want {
			t.Errorf("entry %q: %d", entry, p.status)
		}
	}
}

// TestUndoOfAPreparedEmergencyAsksForItsRight: what is prepared for an emergency is given
// back by who may remove it, not by whoever writes notices.
func TestUndoOfAPreparedEmergencyAsksForItsRight(t *testing.T) {
	for class, want := range map[scheduler.Class]int{scheduler.ClassEmergency: 403, scheduler.ClassNormal: 200} {
		h := newHouse(t)
		gone := scheduler.Template{Owned: scheduler.Owned{ID: "t1", Village: "un-ta", Revision: 2, Deleted: h.w.now}, Topic: scheduler.TopicDanger, Class: class, Name: "Xả lũ", Title: "Xả lũ", Text: "Bà con rời bờ suối."}
		h.w.remains = map[string]scheduler.Remains{"templates t1": {Template: &gone}}
		h.w.templates = append(h.w.templates, gone) // the revision that the store has
		entry := h.w.remember("máy cadre", "templates", "t1", "", people.Removed, 2)
		undo := fmt.Sprintf("/api/v1/history/%d/undo", entry)
		h.call("cadre", "POST", undo, "").want(want) // a token without the emergency right
		if class != scheduler.ClassEmergency {
			continue
		}
		for role, offered := range map[people.Role]bool{people.Recorder: false, people.Cadre: true} {
			if p := newSite(t, h.w, role, "vi").get("/history"); p.status != 200 || strings.Contains(p.body, `action="/undo"`) != offered {
				t.Errorf("%s: %d, offered %t", role, p.status, !offered)
			}
		}
		h.call("cadre+", "POST", undo, "").want(200)
	}
}

// TestUndoRemovedSchedule: it comes back as it was, with its approval; what was changed
// since stays.
func TestUndoRemovedSchedule(t *testing.T) {
	h := newHouse(t)
	h.fill()
	gone := h.w.notices[noticeID].Schedules[0]
	gone.Revision, gone.Deleted = 2, h.w.now
	h.w.remains = map[string]scheduler.Remains{"schedules " + gone.ID: {Schedule: &gone}}
	h.w.changes = nil
	d := h.w.notices[noticeID]
	d.Announcement.Approval = scheduler.Approval{State: scheduler.Approved, Pin: scheduler.PinOf(d)}
	h.w.notices[noticeID] = d
	path := "/api/v1/announcements/" + noticeID + "/schedules/" + gone.ID
	entry := h.w.remember("máy cadre", "schedules", gone.ID, noticeID, people.Removed, 2)
	got := h.call("cadre", "DELETE", path, "").want(204)
	undo := got.Header.Get("Undo")
	if undo != fmt.Sprintf("/api/v1/history/%d/undo", entry) {
		t.Fatalf("DELETE names %q", undo)
	}
	h.call("viewer", "POST", undo, "").want(403)
	stale := gone
	stale.Revision = 3
	h.w.remains["schedules "+gone.ID] = scheduler.Remains{Schedule: &stale}
	if p := h.call("cadre", "POST", undo+"?lang=vi", "").want(409).problem(); p.Code != "undone" {
		t.Errorf("changed since: %+v", p)
	}
	h.w.remains["schedules "+gone.ID] = scheduler.Remains{Schedule: &gone}
	h.call("cadre", "POST", undo, "").want(200)
	d = h.w.notices[noticeID]
	if len(d.Schedules) != 1 || d.Schedules[0].ID != gone.ID || !d.Schedules[0].Deleted.IsZero() {
		t.Fatalf("schedules %+v", d.Schedules)
	}
	if pin := d.Announcement.Approval.Pin; pin == nil || len(pin.Schedules) != 1 || pin.Schedules[0] != gone.ID+"@3" {
		t.Errorf("approved %+v", d.Announcement.Approval)
	}
	h.call("cadre", "POST", "/api/v1/history/99/undo", "").want(404)
}

// visitor is the name of whoever comes to a site.
const (
	visitor = "truongthon"
	hopID   = "0193a000-0000-7000-8000-0000000000f7"
)

// TestUndoThatHarmsAsks: what would come back into the way of something else is shown
// first, and back leaves everything as it is.
func TestUndoThatHarmsAsks(t *testing.T) {
	w := busyWorld(t)
	gone := w.slots[1]
	w.slots = slices.Delete(slices.Clone(w.slots), 1, 2)
	w.slots = append(w.slots, scheduler.Slot{Owned: scheduler.Owned{ID: "thay", Village: "un-ta", Revision: 1}, Name: "Buổi thay", Start: gone.Start, Length: gone.Length, Days: gone.Days})
	gone.Revision, gone.Deleted = 2, w.now
	w.remains = map[string]scheduler.Remains{"slots " + gone.ID: {Slot: &gone}}
	entry := w.remember(visitor, "slots", gone.ID, "", people.Removed, 2)
	s := newSite(t, w, people.Admin, "vi")
	before := w.snapshot(t)
	p := s.post("/undo", url.Values{"entry": {fmt.Sprint(entry)}})
	if p.status != http.StatusOK || !strings.Contains(p.text, "Buổi thay") || w.snapshot(t) != before {
		t.Fatalf("status %d to %q: %s", p.status, p.location, p.text)
	}
	back := fields(t, p.body)
	back.Set("foreseen", "back")
	if p := s.post("/undo", back); p.location != "/slots" || w.snapshot(t) != before {
		t.Errorf("back: %d to %q", p.status, p.location)
	}
}

// removes are the names of paths that take something away.
var removes = regexp.MustCompile(`/(remove|delete|withdraw|withdrawal|revoke|stop|end|unassign|assignment|forget|clear|discard|cancel|drop|off)$`)

// TestEveryRemovalIsUndoneOrSaysWhyNot walks every route that takes something away, of the
// panel and of the API: each is undone by the one mechanism, by another way that is named,
// or a reason stands here.
func TestEveryRemovalIsUndoneOrSaysWhyNot(t *testing.T) {
	const ended, key, silence = "a browser signs in again", "a key that leaked must never open again; a new one is made in one step", "silence is at once and no record: what was stopped is started again on its own page"
	how := map[string]string{
		"POST /announcements/:id/withdraw":              "announcements",
		"POST /announcements/:id/schedules/:sid/remove": "schedules",
		"POST /slots/:id/remove":                        "slots",
		"POST /stations/:id/remove":                     "stations",
		"POST /drills/:id/delete":                       "drills",
		"POST /exceptions/:id/withdraw":                 "exceptions",
		"POST /templates/:code/remove":                  "templates",
		"POST /words/:id/remove":                        "words",

		"DELETE /api/v1/announcements/:id/schedules/:sid": "schedules",
		"POST /api/v1/announcements/:id/withdraw":         "announcements",
		"POST /api/v1/exceptions/:id/withdrawal":          "exceptions",
		"DELETE /api/v1/slots/:id":                        "slots",
		"DELETE /api/v1/stations/:id":                     "stations",
		"DELETE /api/v1/drills/:id":                       "drills",
		"DELETE /api/v1/templates/:code":                  "templates",
		"DELETE /api/v1/words/:id":                        "words",

		"POST /announcements/:id/unassign":                                 "why: the form beside it asks the same person again, filled in",
		"DELETE /api/v1/announcements/:id/renditions/:language/assignment": "why: PUT assigns the same person again",
		"POST /recordings/:id/delete":                                      "by POST /recordings/:id/restore, for seven days",
		"DELETE /api/v1/recordings/:id":                                    "by POST /api/v1/recordings/:id/restore, for seven days",
		"DELETE /api/v1/calendars/feeds/:id":                               "why: " + key,
		"DELETE /api/v1/uploads/:id":                                       "why: half a file is sent again from the phone, which keeps it",
		"POST /calendars/feeds/:id/revoke":                                 "why: " + key,
		"POST /tokens/:id/revoke":                                          "why: " + key,
		"DELETE /api/v1/tokens/:id":                                        "why: " + key,
		"POST /invitations/:id/revoke":                                     "why: " + key,
		"DELETE /api/v1/invitations/:id":                                   "why: " + key,
		"POST /account/sign-ins/:id/end":                                   "why: " + ended,
		"POST /account/news/:id/remove":                                    "why: the browser that has it asks for the news again in one press",
		"DELETE /api/v1/account/pushes/:id":                                "why: the browser that has it asks for the news again",
		"POST /bundles/boards/remove":                                      "bundles",
		"DELETE /api/v1/bundles/boards/:fingerprint":                       "bundles",
		"POST /account/passkeys/:id/remove":                                "why: a key of a phone that was lost must never open again; its owner makes another in one step",
		"DELETE /api/v1/account/passkeys/:id":                              "why: a key of a phone that was lost must never open again; its owner makes another in one step",
		"POST /account/sign-ins/end":                                       "why: " + ended,
		"DELETE /api/v1/account/sign-ins/:id":                              "why: " + ended,
		"DELETE /api/v1/account/sign-ins":                                  "why: " + ended,
		"POST /air/stop":                                                   "why: " + silence,
		"DELETE /api/v1/air":                                               "why: " + silence,
		"POST /drills/stop":                                                "why: " + silence,
		"POST /emergency/stop":                                             "why: " + silence,
		"DELETE /api/v1/emergency":                                         "why: " + silence,
	}
	seen := map[string]bool{}
	routes := web.Forms(newHouse(t).server)
	for _, route := range routes {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodDelete && (method != http.MethodPost || !removes.MatchString(path)) {
			continue
		}
		seen[route] = true
		kind, known := how[route]
		switch {
		case !known:
			t.Errorf("%s takes something away: say in this test how it is undone, or why it is not", route)
		case strings.HasPrefix(kind, "by "):
			way, _, _ := strings.Cut(strings.TrimPrefix(kind, "by "), ",")
			if !slices.Contains(routes, way) {
				t.Errorf("%s is undone by %s, which is no route", route, way)
			}
		case !strings.HasPrefix(kind, "why: ") && !web.Undoable(kind):
			t.Errorf("%s removes %s, which nothing brings back", route, kind)
		}
	}
	for route := range how {
		if !seen[route] {
			t.Errorf("%s is no route", route)
		}
	}
}
