package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
	"loalang/web"
)

// moveDiary numbers its entries as the store does, the newest first.
type moveDiary struct{ w *world }

func (d *moveDiary) Note(ctx context.Context, c people.Change) error {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	c.ID, c.At, c.Actor = int64(len(d.w.changes)+1), d.w.now, people.ActorOf(ctx)
	d.w.changes = append([]people.Change{c}, d.w.changes...)
	return d.w.broken
}

// Turns of the plan of moveHouse on Tuesday.
const (
	dailyTurn = "s-" + dailyID + ":un-ta:2026-11-24T17:00:1"
	hopTurn   = "s-" + hopID + ":un-ta:2026-11-24T18:30:00:1"
)

// moveHouse is a board with a notice in every evening, and one at 18:30 on Tuesday.
func moveHouse(t *testing.T) *house {
	var d moveDiary
	h := newHouse(t, func(c *web.Config) { c.Diary = &d })
	d.w = h.w
	moveWorld(h.w)
	return h
}

func moveWorld(w *world) {
	w.aired(hopID, "Mời họp", scheduler.ClassNormal, w.at(24, 18, 30), time.Minute)
	w.aired(dailyID, "Giữ ấm", scheduler.ClassNormal, w.at(24, 17, 0), time.Minute)
	n := w.notices[dailyID]
	n.Schedules[0] = scheduler.Schedule{
		Owned: n.Schedules[0].Owned, Announcement: dailyID, Kind: scheduler.Slots, Slots: []string{w.slots[1].ID}, Misfire: scheduler.Misfire{Policy: scheduler.Coalesce, Grace: time.Hour},
	}
	w.notices[dailyID] = n
}

// airs is when an announcement airs from Monday to Thursday, each as "24 17:00".
func airs(t *testing.T, w *world, announcement string) string {
	t.Helper()
	b, err := w.Book(t.Context(), "un-ta", w.now)
	if err != nil {
		t.Fatal(err)
	}
	p, err := scheduler.BuildPlan(w.now, w.at(27, 0, 0).Sub(w.now), b)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, o := range p.Occurrences {
		if o.Announcement == announcement {
			all = append(all, o.Nominal.In(w.now.Location()).Format("2 15:04"))
		}
	}
	return strings.Join(all, ", ")
}

func moveOf(occurrence string, more map[string]string) string {
	body := map[string]string{"occurrence": occurrence}
	for k, v := range more {
		body[k] = v
	}
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err) // of strings it cannot fail
	}
	return string(raw)
}

// TestMoveByAPI: a turn, or its whole series, goes where the call says; what is only
// tried leaves everything; and the header Undo puts everything back, once.
func TestMoveByAPI(t *testing.T) {
	const every = "23 17:00, 24 17:00, 25 17:00, 26 17:00"
	morning := newWorld(t).slots[0].ID
	tests := []struct {
		name, notice, body string
		was, want          string
		added              int
	}{
		{"OK one of a series", dailyID, moveOf(dailyTurn, map[string]string{"day": "2026-11-25", "slot": morning, "scope": "one"}), every, "23 17:00, 25 05:30, 25 17:00, 26 17:00", 1},
		{"one is meant when nothing is said", dailyID, moveOf(dailyTurn, map[string]string{"day": "2026-11-24", "time": "19:00"}), every, "23 17:00, 24 19:00, 25 17:00, 26 17:00", 1},
		{"the whole series", dailyID, moveOf(dailyTurn, map[string]string{"day": "2026-11-24", "slot": morning, "scope": "all"}), every, "24 05:30, 25 05:30, 26 05:30", 0},
		{"what airs once", hopID, moveOf(hopTurn, map[string]string{"day": "2026-11-26", "time": "09:15"}), "24 18:30", "26 09:15", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := moveHouse(t)
			if got := airs(t, h.w, tt.notice); got != tt.was {
				t.Fatalf("airs %s, want %s", got, tt.was)
			}
			a := h.call("cadre", http.MethodPost, "/api/v1/plan/moves?dry_run=true", tt.body)
			if a.Status != http.StatusOK || airs(t, h.w, tt.notice) != tt.was || len(h.w.changes) != 0 {
				t.Fatalf("trying it: %d %s; airs %s, history %v", a.Status, a.Body, airs(t, h.w, tt.notice), h.w.changes)
			}
			a = h.call("cadre", http.MethodPost, "/api/v1/plan/moves", tt.body)
			var out struct{ Added []string }
			if err := json.Unmarshal(a.Body, &out); err != nil || a.Status != http.StatusOK || len(out.Added) != tt.added {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
			if got := airs(t, h.w, tt.notice); got != tt.want {
				t.Errorf("airs %s, want %s", got, tt.want)
			}
			undo := a.Header.Get("Undo")
			if undo == "" {
				t.Fatal("it cannot be undone")
			}
			if a := h.call("cadre", http.MethodPost, undo, ""); a.Status != http.StatusOK || airs(t, h.w, tt.notice) != tt.was {
				t.Errorf("undone: %d %s; airs %s, want %s", a.Status, a.Body, airs(t, h.w, tt.notice), tt.was)
			}
			if a := h.call("cadre", http.MethodPost, undo, ""); a.Status != http.StatusConflict {
				t.Errorf("undone twice: %d %s", a.Status, a.Body)
			}
		})
	}
}

// TestMoveByAPIRefused: whatever is asked, the answer says what is wrong with it, and
// nothing is moved.
func TestMoveByAPIRefused(t *testing.T) {
	ahead := map[string]string{"day": "2026-11-25", "time": "19:00"}
	with := func(name, value string) map[string]string {
		m := map[string]string{"day": "2026-11-25", "time": "19:00"}
		m[name] = value
		return m
	}
	const path = "/api/v1/plan/moves"
	tests := []struct {
		name, as, path, body string
		status               int
		says                 string
	}{
		{"no such turn", "cadre", path, moveOf("lich:un-ta:2026-11-24T17:00:1", ahead), http.StatusNotFound, ""},
		{"a turn that is over", "cadre", path, moveOf("s-"+dailyID+":un-ta:2026-11-22T17:00:1", ahead), http.StatusNotFound, ""},
		{"a turn of another village", "cadre", path, moveOf(strings.Replace(dailyTurn, "un-ta", "toong-gianh", 1), ahead), http.StatusNotFound, ""},
		{"a day far away", "cadre", path, moveOf(strings.Replace(dailyTurn, "2026", "9999", 1), ahead), http.StatusNotFound, ""},
		{"no ID but a riddle", "cadre", path, moveOf("'; DROP TABLE schedules; --:un-ta:", ahead), http.StatusNotFound, ""},
		{"nothing after the village", "cadre", path, moveOf("s-"+dailyID+":un-ta:", ahead), http.StatusNotFound, ""},
		{"an ID without end", "cadre", path, moveOf(strings.Repeat("x", 4000), ahead), http.StatusUnprocessableEntity, "occurrence"},
		{"no day", "cadre", path, moveOf(dailyTurn, with("day", "")), http.StatusUnprocessableEntity, "day"},
		{"no day of the calendar", "cadre", path, moveOf(dailyTurn, with("day", "2026-02-30")), http.StatusUnprocessableEntity, "day"},
		{"yesterday", "cadre", path, moveOf(dailyTurn, with("day", "2026-11-22")), http.StatusUnprocessableEntity, "day"},
		{"half past twenty-five", "cadre", path, moveOf(dailyTurn, with("time", "25:30")), http.StatusUnprocessableEntity, "time"},
		{"neither slot nor time", "cadre", path, moveOf(dailyTurn, with("time", "")), http.StatusUnprocessableEntity, "time"},
		{"an unknown slot", "cadre", path, moveOf(dailyTurn, with("slot", "trua")), http.StatusUnprocessableEntity, "slot"},
		{"an unknown scope", "cadre", path, moveOf(dailyTurn, with("scope", "both")), http.StatusUnprocessableEntity, "scope"},
		{"every day to another day", "cadre", path, moveOf(dailyTurn, with("scope", "all")), http.StatusUnprocessableEntity, "scope"},
		{"a viewer", "viewer", path, moveOf(dailyTurn, ahead), http.StatusForbidden, ""},
		{"somebody of another village", "elsewhere", path, moveOf(dailyTurn, ahead), http.StatusForbidden, ""},
		{"nobody", "", path, moveOf(dailyTurn, ahead), http.StatusUnauthorized, ""},
		{"an unknown village", "cadre", path + "?village=" + url.QueryEscape("chưa có"), moveOf(dailyTurn, ahead), http.StatusUnprocessableEntity, "village"},
		{"no JSON", "cadre", path, "{", http.StatusBadRequest, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := moveHouse(t)
			before := h.w.notices[dailyID].Schedules[0]
			a := h.call(tt.as, http.MethodPost, tt.path, tt.body)
			if a.Status != tt.status || !strings.Contains(string(a.Body), tt.says) {
				t.Errorf("%d %s, want %d about %q", a.Status, a.Body, tt.status, tt.says)
			}
			after := h.w.notices[dailyID].Schedules
			if len(after) != 1 || after[0].Revision != before.Revision || !slices.Equal(after[0].Slots, before.Slots) || len(h.w.changes) != 0 {
				t.Errorf("something was moved: %+v", after)
			}
		})
	}
}

// TestMoveOfWithdrawn: what was withdrawn is not moved, and its answer says so.
func TestMoveOfWithdrawn(t *testing.T) {
	h := moveHouse(t)
	n := h.w.notices[hopID]
	n.Announcement.Withdrawn = h.w.now.Add(-time.Minute)
	h.w.notices[hopID] = n
	a := h.call("cadre", http.MethodPost, "/api/v1/plan/moves", moveOf(hopTurn, map[string]string{"day": "2026-11-25", "time": "19:00"}))
	if a.Status != http.StatusNotFound && a.Status != http.StatusConflict {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}

// TestMoveUndoneTooLate: what somebody changed since is not put back over it.
func TestMoveUndoneTooLate(t *testing.T) {
	h := moveHouse(t)
	a := h.call("cadre", http.MethodPost, "/api/v1/plan/moves", moveOf(dailyTurn, map[string]string{"day": "2026-11-24", "time": "19:00"}))
	n := h.w.notices[dailyID]
	for i := range n.Schedules {
		if n.Schedules[i].Kind == scheduler.Once {
			n.Schedules[i].Revision++
		}
	}
	h.w.notices[dailyID] = n
	was := airs(t, h.w, dailyID)
	if a := h.call("cadre", http.MethodPost, a.Header.Get("Undo"), ""); a.Status != http.StatusConflict || airs(t, h.w, dailyID) != was {
		t.Errorf("%d %s; airs %s, want %s", a.Status, a.Body, airs(t, h.w, dailyID), was)
	}
}
