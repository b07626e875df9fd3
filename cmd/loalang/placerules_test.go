package main_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRulesOfThePlaceFromAFile: on a real board, rules that a technician sets from
// a file hold at once, and what somebody asks for against them lifts nothing yet.
func TestRulesOfThePlaceFromAFile(t *testing.T) {
	need(t, sound)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	day := time.Now().AddDate(0, 0, 2).In(time.FixedZone("", 7*3600))
	file := filepath.Join(t.TempDir(), "rules.json")
	write := func(text string) (out, stderr string, code int) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return loalang(t, "", "rules", "set", "un-ta", file, "--data", d.data)
	}
	if _, stderr, code := write(`{"quiet":[{"from":"13:30","to":"11:30"}]}`); code == 0 || !strings.Contains(stderr, "quiet[0]") {
		t.Errorf("backwards: %d %s", code, stderr)
	}
	if _, stderr, code := write(`{"allowed":[{"from":"05:00","to":"22:00"}],"quiet":[{"from":"11:30","to":"13:30"}],"limits":[{"broadcast_minutes":15}]}`); code != 0 {
		t.Fatalf("%d %s", code, stderr)
	}
	out, _, _ := loalang(t, "", "rules", "show", "un-ta", "--data", d.data)
	if !strings.Contains(out, `"11:30"`) || !strings.Contains(out, `"broadcast_minutes": 15`) {
		t.Errorf("shown as %s", out)
	}
	a := d.call(http.MethodPost, "/announcements", object{
		"title": "Họp thôn", "text": "Kính mời bà con đến nhà văn hoá.", "renditions": []object{{"language": "vi"}},
	}, http.StatusCreated)
	noon := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, day.Location())
	d.call(http.MethodPost, "/announcements/"+a["id"].(string)+"/schedules", object{"kind": "once", "at": noon}, http.StatusUnprocessableEntity)
	e := d.call(http.MethodPost, "/exceptions", object{
		"from": noon.Add(-time.Hour), "to": noon.Add(time.Hour), "rules": []string{"quiet"}, "reason": "Lễ hội đầu năm của thôn",
	}, http.StatusCreated)
	if e["state"] != "requested" {
		t.Errorf("asked for: %v", e)
	}
	d.call(http.MethodPost, "/announcements/"+a["id"].(string)+"/schedules", object{"kind": "once", "at": noon}, http.StatusUnprocessableEntity)
	d.rulesPictures()
}

// rulesPictures keeps the pages of rules and exceptions, on a phone and on a desk, in
// the folder that LOALANG_PICTURES names.
func (d *daemon) rulesPictures() {
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
		for name, path := range map[string]string{"rules": "/rules?holidays=common", "exceptions": "/exceptions"} {
			b.open(d.url + path)
			b.picture(fmt.Sprintf("rules-%s-%d", name, width))
		}
	}
}
