package main_test

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/recordings"
)

// A silent drill was refused by every real output: it asked for a lower gain than one takes.
func TestSilentDrillPassesOnARealOutput(t *testing.T) {
	need(t, sound)
	d := serve(t, t.TempDir(), "null", quick...)
	if _, stderr, code := loalang(t, "mật khẩu dài lắm\n", "user", "add", "Vàng Thị Mỷ", "--role", "cadre", "--password-stdin", "--data", d.data); code != 0 {
		t.Fatal(stderr)
	}
	out, stderr, code := loalang(t, "", "drill", "run", "--silent", "--data", d.data)
	if code != 0 || !strings.Contains(out, "played") || !strings.Contains(out, "siren\t") || strings.Contains(out, "failed") {
		t.Fatalf("exit code %d: %s\n%s", code, stderr, out)
	}
	if list, _, _ := loalang(t, "", "drill", "list", "--data", d.data); !strings.Contains(list, "played") {
		t.Errorf("the list says %s", list)
	}
}

// An audible drill on a real board: what left the card is the chime, the words, the
// siren to the frame and the words behind it, in that order; the as-run, the page and the
// report say that it passed.
func TestAudibleDrillIsHeard(t *testing.T) {
	t.Parallel()
	need(t, sound)
	tapeName := filepath.Join(t.TempDir(), "air.wav")
	d := serve(t, t.TempDir(), "file:"+tapeName, quick...).admit()
	out, stderr, code := loalang(t, "mật khẩu dài lắm\n", "user", "add", "Vàng Thị Mỷ", "--role", "officer", "--password-stdin", "--data", d.data)
	if code != 0 {
		t.Fatal(out, stderr)
	}
	month := time.Now().Format("2006-01")
	out, stderr, code = loalang(t, "", "drill", "run", "--audible", "--data", d.data)
	if code != 0 || !strings.Contains(out, "\tplayed\tcompleted\taudible") || strings.Contains(out, "failed") {
		t.Fatalf("exit code %d: %s\n%s", code, stderr, out)
	}
	row := object{}
	for _, r := range d.rows() {
		if r["kind"] == "drill" {
			row = r
		}
	}
	var parts []string
	for _, a := range airings(row) {
		parts = append(parts, fmt.Sprint(a["part"]))
	}
	if got := strings.Join(parts, " "); row["outcome"] != "played" || got != "chime voice siren" {
		t.Errorf("as-run: %s, %v", got, row)
	}
	drills, _ := d.call(http.MethodGet, "/report?month="+month, nil, http.StatusOK)["drills"].(map[string]any)
	if drills["due"] != 1.0 || drills["passed"] != 1.0 || drills["audible"] != 1.0 {
		t.Errorf("report: %v", drills)
	}
	d.drillPictures()
	d.stop()
	tp := readTape(t, tapeName)
	chime := builtIn(t, recordings.ChimeSound)
	siren := builtIn(t, recordings.SirenSound)
	rang := find(tp.frames, chime[4800:len(chime)-4800])
	sounded := find(tp.frames, siren[4800:len(siren)-4800])
	if rang < 0 || sounded < 0 {
		t.Fatalf("the chime is at frame %d, the siren at %d: neither may be missing", rang, sounded)
	}
	before := tp.frames[rang+len(chime) : max(rang+len(chime), sounded-9600)]
	after := tp.frames[min(len(tp.frames), sounded+len(siren)):]
	for name, words := range map[string][]int16{"before": before, "after": after} {
		if loud := voiced(words); loud < time.Second {
			t.Errorf("the words %s the siren sound for %s", name, loud)
		}
	}
	if early := voiced(tp.frames[:max(0, rang-9600)]); early > 0 {
		t.Errorf("%s of sound before the chime", early)
	}
}

// voiced is how long something can be heard, in stretches of 20 ms over −46 dBFS.
func voiced(frames []int16) (sum time.Duration) {
	const stretch = 960
	for ; len(frames) >= stretch; frames = frames[stretch:] {
		power := 0.0
		for _, v := range frames[:stretch] {
			power += float64(v) * float64(v)
		}
		if math.Sqrt(power/stretch) > 164 {
			sum += 20 * time.Millisecond
		}
	}
	return sum
}

// drillPictures keeps the pages of drills, and that of today while one is due, on a phone
// and on a desk, in the folder that LOALANG_PICTURES names.
func (d *daemon) drillPictures() {
	d.t.Helper()
	if os.Getenv("LOALANG_PICTURES") == "" {
		return
	}
	soon := time.Now().Add(20 * time.Minute)
	made := d.call(http.MethodPost, "/drills", object{"at": soon.UTC().Format(time.RFC3339), "siren": 20, "silent": true}, http.StatusCreated)
	b := newBrowser(d.t)
	b.open(d.url + "/signin")
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", "mật khẩu dài lắm")
	b.press("form button[type=submit]")
	b.until("she is signed in", "location.pathname == '/'")
	for _, width := range []int64{360, 1280} {
		b.screen(width, 740)
		for name, path := range map[string]string{"today": "/", "drills": "/drills", "drill": "/drills/" + made["id"].(string)} {
			b.open(d.url + path)
			b.picture(fmt.Sprintf("drills-%s-%d", name, width))
		}
	}
}
