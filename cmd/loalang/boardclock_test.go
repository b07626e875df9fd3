package main_test

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/hardware"
	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
)

// tellAhead leaves a data folder as that of a board without a network and a battery clock, to which a person
// told a time 100 days ahead of this machine's. It returns about that time.
func tellAhead(t *testing.T, data string) time.Time {
	t.Helper()
	if synced, _ := (hardware.Linux{}).Synced(); synced {
		t.Skip("this machine's clock is synchronised, and nobody's word counts")
	}
	_, _, boot := (hardware.Linux{}).Read()
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		t.Fatal(err)
	}
	told := time.Now().Add(100 * 24 * time.Hour)
	memory := fmt.Sprintf(`{"told_seen":%q,"boot":%q,"trusted":true,"apart":%d}`, told.UTC().Format(time.RFC3339), strings.TrimSpace(string(id)), told.UnixNano()-int64(boot))
	if err := os.WriteFile(filepath.Join(data, "clock.json"), []byte(memory), 0o600); err != nil {
		t.Fatal(err)
	}
	return told
}

// TestATokenLivesByTheToldTime: a token of 30 days from a command was dead as it was made on a board whose time
// was told, and the list called it alive.
func TestATokenLivesByTheToldTime(t *testing.T) {
	t.Parallel()
	w := newTold(t)
	w.close()
	told := tellAhead(t, w.data)
	w.run("token", "add", "Máy xã", "--role", "viewer", "--expires", "30d")
	w.run("token", "add", "Máy cũ", "--role", "viewer", "--expires", "1h")
	if _, errs, code := loalang(t, password, "user", "add", "Lù A Páo", "--role", "cadre", "--password-stdin", "--data", w.data); code != 0 {
		t.Fatal(errs)
	}
	w.run("user", "disable", "Lù A Páo")
	w.open()
	defer w.close()
	tokens, err := w.db.AllTokens(t.Context())
	if err != nil || len(tokens) != 2 {
		t.Fatal(tokens, err)
	}
	for i, ends := range []time.Time{told.AddDate(0, 0, 30), told.Add(time.Hour)} {
		if tokens[i].Expires.Sub(ends).Abs() > 30*time.Minute || tokens[i].Created.Sub(told).Abs() > 30*time.Minute {
			t.Errorf("it is %s, and %s was made at %s and ends at %s", told, tokens[i].Name, tokens[i].Created, tokens[i].Expires)
		}
	}
	a, err := w.db.AccountByName(t.Context(), "Lù A Páo")
	if err != nil || a.Created.Sub(told).Abs() > 30*time.Minute || a.Disabled.Sub(told).Abs() > 30*time.Minute {
		t.Errorf("it is %s, and the account was made at %s and disabled at %s: %v", told, a.Created, a.Disabled, err)
	}
	old := tokens[1]
	old.Expires = told.Add(-time.Hour)
	if err := w.db.SaveToken(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	if out := w.run("token", "list"); !strings.Contains(out, "  expired 2") {
		t.Errorf("what has expired by the board's time is listed as alive:\n%s", out)
	}
}

// TestATakeIsDatedByTheToldTime: what a command took in on a board whose time was told was dated months back, and
// the night's tidying took it away at once; what a command removed could be taken back no more.
func TestATakeIsDatedByTheToldTime(t *testing.T) {
	t.Parallel()
	need(t, sound)
	w := newTold(t)
	w.close()
	told := tellAhead(t, w.data)
	for _, name := range []string{"hop", "kham"} {
		take := filepath.Join(t.TempDir(), name+".m4a")
		if err := os.WriteFile(take, phone(t, "m4a", "-c:a", "aac", "-metadata", "title="+name).raw, 0o600); err != nil {
			t.Fatal(err)
		}
		w.run("recordings", "import", take)
	}
	morning := told.UTC().Truncate(24 * time.Hour).Add(48*time.Hour + 3*time.Hour) // ten o'clock there: at night nothing is planned
	events := filepath.Join(t.TempDir(), "lich.ics")
	if err := os.WriteFile(events, []byte(calendarOf([]string{"SUMMARY:Họp thôn", "DTSTART:" + morning.Format("20060102T150405Z")})), 0o600); err != nil {
		t.Fatal(err)
	}
	w.run("calendar", "import", events)
	if out := w.run("recordings", "tidy", "--dry-run"); !strings.Contains(out, "0 recordings would be removed") {
		t.Errorf("what was just taken in would be tidied away:\n%s", out)
	}
	w.open()
	list, err := w.db.Recordings(t.Context(), "", "", 10)
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	for _, r := range list {
		if r.Created.Sub(told).Abs() > time.Hour {
			t.Errorf("it is %s, and %s is dated %s", told, r.Title, r.Created)
		}
	}
	all, err := w.db.Announcements(t.Context(), "", "", 10)
	if err != nil || len(all) != 1 || all[0].Announcement.Created.Sub(told).Abs() > time.Hour {
		t.Errorf("it is %s, and the calendar's events are %+v, %v", told, all, err)
	}
	w.close()
	w.run("recordings", "delete", list[0].ID)
	w.open()
	defer w.close()
	if gone, err := w.db.RemovedRecordings(t.Context(), told.Add(-recordings.TakeBackTime)); err != nil || len(gone) != 0 {
		t.Errorf("what was just removed can be taken back no more: %v, %v", gone, err)
	}
}

// TestABoardKeepsItsHistoryByTheToldTime: serve dated who changed what by the system's clock, months behind the
// approvals and the as-run it is held against. By one clock for all, what a command takes back is still silenced,
// and whoever signed in, which ends by the system's clock, stays so over a restart.
func TestABoardKeepsItsHistoryByTheToldTime(t *testing.T) {
	need(t, sound)
	data := t.TempDir()
	now := tellAhead(t, data)
	d := serve(t, data, "null", quick...).admit()
	if _, errs, code := loalang(t, password, "user", "add", "Lù A Páo", "--role", "cadre", "--password-stdin", "--data", data); code != 0 {
		t.Fatal(errs)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.PostForm(d.url+"/sign-in", url.Values{"name": {"lù a páo"}, "password": {password}})
	if err != nil || answer.StatusCode != http.StatusSeeOther {
		t.Fatal(answer, err)
	}
	answer.Body.Close()

	made := d.call(http.MethodPost, "/announcements", object{"title": "Mời họp thôn", "text": strings.Repeat("Kính mời bà con ra nhà văn hóa thôn họp lúc 19 giờ. ", 12), "renditions": []object{{"language": "vi"}, {"language": "pcc", "waived": true}}}, http.StatusCreated)
	id := made["id"].(string)
	d.until("it is spoken", func() bool { return d.reading(id, "vi")["state"] == "ready" })
	d.call(http.MethodPost, "/announcements/"+id+"/schedules", object{"kind": "now"}, http.StatusCreated)
	sounds := func() bool {
		return strings.Contains(fmt.Sprint(d.call(http.MethodGet, "/air", nil, http.StatusOK)), id)
	}
	d.until("it airs", sounds)
	time.Sleep(2 * time.Second) // into the words
	succeed(t, "announcement", "withdraw", id, "--data", data)
	d.until("it is silent", func() bool { return !sounds() })
	d.stop()

	d = serve(t, data, "null", quick...)
	if answer, err = browser.Get(d.url + "/api/v1/air"); err != nil || answer.StatusCode != http.StatusOK {
		t.Error("who signed in is signed out by a restart", answer, err)
	} else {
		answer.Body.Close()
	}
	d.stop()

	w := &told{t: t, data: data}
	w.open()
	defer w.close()
	list, err := w.db.History(t.Context(), people.HistoryQuery{})
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	for _, c := range list {
		if c.At.Sub(now).Abs() > time.Hour {
			t.Errorf("it is %s, and the history has %s %s by %s at %s", now, c.Kind, c.Deed, c.Actor.Name, c.At)
		}
	}
	rows, err := w.db.AsRuns(t.Context(), "un-ta", now.Add(-time.Hour), now.Add(time.Hour))
	if err != nil || len(rows) != 1 || rows[0].Outcome != "stopped" || rows[0].Cause != scheduler.ReasonWithdrawn {
		t.Errorf("as-run: %+v, %v", rows, err)
	}
}

// TestARestoreGoesByTheToldTime: a restore dated by the system's clock what it revoked, months before it was made,
// and kept what was there under a date long past; so did a repair. A token that had run out by the board's time was
// told of as revoked.
func TestARestoreGoesByTheToldTime(t *testing.T) {
	t.Parallel()
	w := newTold(t)
	w.close()
	now := tellAhead(t, w.data)
	w.run("token", "add", "Máy xã", "--role", "viewer", "--expires", "30d")
	kept := filepath.Join(t.TempDir(), "a.loalang.tar")
	w.run("backup", kept)
	w.run("restore", kept, "--over")
	w.run("data", "repair", "--always")
	w.open()
	defer w.close()
	tokens, err := w.db.AllTokens(t.Context())
	if err != nil || len(tokens) != 1 || tokens[0].Revoked.Sub(now).Abs() > time.Hour {
		t.Errorf("it is %s, and revoked is %+v, %v", now, tokens, err)
	}
	before, err := filepath.Glob(filepath.Join(w.data, "before-restore-*"))
	if err != nil || len(before) != 2 {
		t.Fatal(before, err)
	}
	for _, dir := range before {
		at, err := time.Parse("20060102-150405", strings.TrimPrefix(filepath.Base(dir), "before-restore-")[:15])
		if err != nil || at.Sub(now).Abs() > time.Hour {
			t.Errorf("it is %s, and what was there is in %s: %v", now, filepath.Base(dir), err)
		}
	}
}
