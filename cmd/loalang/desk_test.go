package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

// wrong is a command that must be refused with one sentence.
func (w *told) wrong(says string, args ...string) {
	w.t.Helper()
	out, errs, code := loalang(w.t, "", append(args, "--data", w.data)...)
	if code != 2 || !strings.Contains(errs, says) || out != "" || strings.Count(strings.TrimSpace(errs), "\n") != 0 {
		w.t.Errorf("%v: exit %d, %q %q, want %q", args, code, errs, out, says)
	}
}

// TestSlotCommands: a slot is added, rehearsed, changed by flags and by its file, and
// removed, by the code of the panel.
func TestSlotCommands(t *testing.T) {
	w := newTold(t)
	w.tell("Họp thôn", time.Minute, scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{w.slot.ID}})
	w.close()
	if out := w.run("slot", "list"); !strings.Contains(out, w.slot.ID+"\t17:00\t10 min\tevery day\tBuổi chiều") {
		t.Error(out)
	}
	if out := w.run("slot", "edit", w.slot.ID, "--start", "18:00", "--dry-run", "--lang", "en"); !strings.Contains(out, "Họp thôn") || !strings.Contains(out, "18:00") {
		t.Errorf("rehearsed: %s", out)
	}
	if out := w.run("slot", "list"); !strings.Contains(out, "\t17:00\t") {
		t.Errorf("a dry run saved: %s", out)
	}
	if out := w.run("slot", "edit", w.slot.ID, "--name", "Buổi chiều", "--dry-run", "--lang", "en"); out != "The plan stays as it is.\n" {
		t.Errorf("nothing changes: %s", out)
	}
	w.run("slot", "edit", w.slot.ID, "--start", "18:00", "--limit", "5m", "--days", "mon,fri")
	var f map[string]any
	if err := json.Unmarshal([]byte(w.run("slot", "show", w.slot.ID)), &f); err != nil || f["start"] != "18:00" || f["limit"] != 300.0 {
		t.Fatal(f, err)
	}
	f["seasons"] = []any{map[string]any{"from": "11-15", "to": "02-28", "start": "17:30"}}
	f["days_off"] = []any{map[string]any{"date": "2027-02-06", "off": true}}
	file := filepath.Join(t.TempDir(), "slot.json")
	save := func() {
		raw, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save()
	w.run("slot", "edit", w.slot.ID, file)
	if out := w.run("slot", "show", w.slot.ID); !strings.Contains(out, "11-15") || !strings.Contains(out, "2027-02-06") {
		t.Error(out)
	}
	w.wrong("changed", "slot", "edit", w.slot.ID, file, "--lang", "en") // of the revision before
	f["start"], f["revision"] = "25:00", 0
	save()
	w.wrong("start: ", "slot", "edit", w.slot.ID, file)
	f["volume"] = 3
	save()
	w.wrong("slot show prints the form", "slot", "edit", w.slot.ID, file)
	w.wrong("no slot has the ID", "slot", "edit", "nothing")
	w.wrong("no slot has the ID", "slot", "show", "nothing")
	w.wrong("length: ", "slot", "add", "--start", "06:00")
	id := strings.TrimSpace(strings.TrimPrefix(w.run("slot", "add", "--name", "Buổi sáng", "--start", "05:30", "--length", "30m"), "added\t"))
	if out := w.run("slot", "remove", w.slot.ID, "--dry-run", "--lang", "en"); !strings.Contains(out, "Họp thôn") {
		t.Errorf("rehearsed: %s", out)
	}
	w.run("slot", "remove", id)
	if out := w.run("slot", "list"); strings.Contains(out, id) || !strings.Contains(out, w.slot.ID) {
		t.Error(out)
	}
	if out := w.run("history"); !strings.Contains(out, "(cli)") {
		t.Errorf("the history does not know who: %s", out)
	}
}

// TestApprovalCommands: submit, approve, return with a reason, urge and withdraw, by the
// rules of the village, and what they would make of the plan.
func TestApprovalCommands(t *testing.T) {
	w := newTold(t)
	w.rules(func(v *scheduler.Village) { v.Approvals = scheduler.UsualApprovals() })
	draft := func(a *scheduler.Announcement) {
		a.Approval = scheduler.Approval{State: scheduler.Submitted, Need: scheduler.NeedAnyone}
		a.CreatedBy = "Hoa"
	}
	w.tell("Họp thôn", time.Minute, w.once(10, 0), draft)
	w.tell("Tiêm chủng", time.Minute, w.once(11, 0), draft)
	w.close()
	id, other := w.ids["Họp thôn"], w.ids["Tiêm chủng"]
	if out := w.run("announcement", "approve", id, "--dry-run", "--lang", "en"); !strings.Contains(out, "regained\tHọp thôn") {
		t.Errorf("rehearsed: %s", out)
	}
	if got := w.answers("why", id, "mai"); got[0].Code != scheduler.ReasonNotApproved || len(got[0].Suggestions) != 1 || got[0].Suggestions[0].Way != string(scheduler.WayApprove) {
		t.Errorf("%+v", got)
	}
	if out := w.run("announcement", "approve", id); out != "approved\t"+id+"\tHọp thôn\n" {
		t.Error(out)
	}
	if got := w.answers("why", id, "mai"); got[0].Kind != "will" {
		t.Errorf("%+v", got)
	}
	w.wrong("reason: ", "announcement", "return", id)
	if out := w.run("announcement", "return", id, "--reason", "Sai giờ họp"); !strings.HasPrefix(out, "returned\t") {
		t.Error(out)
	}
	if got := w.answers("why", id, "mai"); got[0].Code != scheduler.ReasonReturned {
		t.Errorf("%+v", got)
	}
	if out := w.run("announcement", "submit", id); !strings.HasPrefix(out, "submitted\t") {
		t.Error(out)
	}
	if out := w.run("announcement", "urge", other, "--reason", "Mai tiêm rồi"); !strings.HasPrefix(out, "urgent\t") {
		t.Error(out)
	}
	if out := w.run("announcement", "withdraw", other, "--dry-run", "--lang", "en"); !strings.Contains(out, "Tiêm chủng") {
		t.Errorf("rehearsed: %s", out)
	}
	if out := w.run("announcement", "withdraw", other); out != "withdrawn\t"+other+"\tTiêm chủng\n" {
		t.Error(out)
	}
	w.wrong("withdrawn", "announcement", "approve", other, "--lang", "en")
	if _, errs, code := loalang(t, "", "announcement", "approve", "nothing", "--data", w.data); code == 0 || errs == "" {
		t.Errorf("exit %d, %s", code, errs)
	}
}

// TestExceptionCommands: asked, granted by somebody else only, refused with a reason,
// taken back.
func TestExceptionCommands(t *testing.T) {
	w := newTold(t)
	w.tell("Đêm hội", time.Minute, w.once(22, 0))
	hoa := scheduler.Exception{
		Owned: scheduler.Owned{ID: "0193a000-0000-7000-8000-0000000000e1", Village: "un-ta", Created: time.Now()}, From: w.day.Add(21 * time.Hour), To: w.day.Add(23 * time.Hour),
		Rules: []scheduler.Lift{scheduler.LiftHours}, Reason: "đêm hội của thôn", RequestedBy: "Hoa",
	}
	if err := w.db.SaveException(t.Context(), hoa); err != nil {
		t.Fatal(err)
	}
	w.close()
	day := w.day.Format(time.DateOnly)
	asked := w.run("exception", "ask", "--from", day+"T21:00", "--to", day+"T23:00", "--reason", "đêm hội của thôn Ún Tà", "--announcement", w.ids["Đêm hội"])
	own := strings.TrimSpace(strings.TrimPrefix(asked, "asked\t"))
	w.wrong("approve: ", "exception", "grant", own) // nobody is two people
	w.wrong("--from", "exception", "ask", "--from", "soon", "--to", day)
	w.wrong("reason: ", "exception", "ask", "--from", day+"T21:00", "--to", day+"T23:00")
	if out := w.run("exception", "grant", hoa.ID, "--dry-run", "--lang", "en"); !strings.Contains(out, "regained\tĐêm hội") {
		t.Errorf("rehearsed: %s", out)
	}
	w.run("exception", "grant", hoa.ID)
	if got := w.answers("why", "Đêm hội", "mai"); got[0].Kind != "will" {
		t.Errorf("%+v", got)
	}
	if out := w.run("exception", "list"); !strings.Contains(out, hoa.ID+"\tapproved\t") || !strings.Contains(out, own+"\trequested\t") {
		t.Error(out)
	}
	w.run("exception", "withdraw", hoa.ID)
	if got := w.answers("why", "Đêm hội", "mai"); got[0].Code != scheduler.ReasonOutsideHours {
		t.Errorf("%+v", got)
	}
	w.run("exception", "refuse", own, "--reason", "đã muộn quá rồi")
	if out := w.run("exception", "list"); !strings.Contains(out, own+"\trefused\t") || !strings.Contains(out, hoa.ID+"\twithdrawn\t") {
		t.Error(out)
	}
}
