package main_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// withToken is the same board, called by a token of a role.
func (d *daemon) withToken(role string) *daemon {
	d.t.Helper()
	secret, stderr, code := loalang(d.t, "", "token", "add", "máy "+role, "--role", role, "--data", d.data)
	if code != 0 {
		d.t.Fatal(stderr)
	}
	other := *d
	other.token = strings.TrimSpace(secret)
	return &other
}

// What a recorder writes waits until a cadre approves it, then airs at once; and
// what another process takes back is silent within a second or so, on the air as it is.
func TestApprovedThenTakenBackByACommand(t *testing.T) {
	need(t, sound)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	recorder := d.withToken("recorder")
	made := recorder.call(http.MethodPost, "/announcements", object{"title": "Mời họp thôn", "text": strings.Repeat("Kính mời bà con ra nhà văn hóa thôn họp lúc 19 giờ. ", 12), "renditions": []object{{"language": "vi"}, {"language": "pcc", "waived": true}}}, http.StatusCreated)
	id := made["id"].(string)
	path := "/announcements/" + id
	d.until("it is spoken", func() bool { return d.reading(id, "vi")["state"] == "ready" })
	d.call(http.MethodPost, path+"/schedules", object{"kind": "now"}, http.StatusCreated)
	d.until("the plan says that nobody approved it", func() bool {
		return strings.Contains(fmt.Sprint(d.call(http.MethodGet, "/plan", nil, http.StatusOK)["omissions"]), "not-approved")
	})
	d.approvalPictures(id)
	recorder.call(http.MethodPost, path+"/approval", object{"act": "approve"}, http.StatusForbidden)
	d.call(http.MethodPost, path+"/approval", object{"act": "approve"}, http.StatusOK)
	sounds := func() bool {
		return strings.Contains(fmt.Sprint(d.call(http.MethodGet, "/air", nil, http.StatusOK)), id)
	}
	d.until("it airs", sounds)
	time.Sleep(2 * time.Second) // into the words
	if _, stderr, code := loalang(t, "", "announcement", "withdraw", id, "--data", d.data); code != 0 {
		t.Fatal(stderr)
	}
	taken := time.Now()
	d.until("it is silent", func() bool { return !sounds() })
	t.Logf("silent %v after the command", time.Since(taken))
	row := d.row(id)
	if row["outcome"] != "stopped" || row["cause"] != "withdrawn" {
		t.Errorf("as-run: %v", row)
	}
	out, stderr, code := loalang(t, "", "history", "--announcement", id, "--data", d.data)
	if code != 0 || !strings.Contains(out, "(cli)") || !strings.Contains(out, "withdrawn_at") || !strings.Contains(out, "máy recorder (api)") {
		t.Errorf("%d %s\n%s", code, stderr, out)
	}
}

// approvalPictures keeps the pages of approval and history, on a phone and on a
// desk, in the folder that LOALANG_PICTURES names.
func (d *daemon) approvalPictures(notice string) {
	d.t.Helper()
	if os.Getenv("LOALANG_PICTURES") == "" {
		return
	}
	b := newBrowser(d.t)
	b.open(d.setup)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()
	for _, width := range []int64{360, 1280} {
		b.screen(width, 740)
		for name, path := range map[string]string{
			"list": "/approvals", "one": "/approvals/notice/" + notice, "rules": "/approvals/rules", "history": "/history", "notice": "/announcements/" + notice, "new": "/announcements/new",
		} {
			b.open(d.url + path)
			if name == "history" {
				b.press("details summary")
			}
			b.picture(fmt.Sprintf("approval-%s-%d", name, width))
		}
	}
}
