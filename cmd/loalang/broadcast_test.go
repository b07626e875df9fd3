package main_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"loalang/audio/speaker/ruler"
	"loalang/recordings"
)

// quick are flags that make a test short: an amplifier that wakes fast.
var quick = []string{"--settle", "500ms", "--tail", "300ms"}

const notice = "Kính mời bà con thôn Ún Tà 19h ngày 24/11 đến nhà văn hóa họp thôn."

// announce saves a notice and waits until it may air; it returns its ID.
func (d *daemon) announce(body object) string {
	d.t.Helper()
	id := d.call(http.MethodPost, "/announcements", body, http.StatusCreated)["id"].(string)
	d.until("the renditions are ready", func() bool {
		for _, r := range d.call(http.MethodGet, "/announcements/"+id, nil, http.StatusOK)["renditions"].([]any) {
			if state := object(r.(map[string]any))["state"]; state != "ready" && state != "missing" {
				return false
			}
		}
		return true
	})
	return id
}

// airAt schedules an announcement once.
func (d *daemon) airAt(id string, at time.Time) {
	d.t.Helper()
	d.call(http.MethodPost, "/announcements/"+id+"/schedules", object{"kind": "once", "at": at.Format(time.RFC3339Nano)}, http.StatusCreated)
}

// rows reads today's as-run, and yesterday's and tomorrow's.
func (d *daemon) rows() []object {
	d.t.Helper()
	from, to := time.Now().Add(-24*time.Hour).UTC().Format(time.RFC3339), time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339)
	var rows []object
	for _, r := range d.call(http.MethodGet, "/asrun?from="+from+"&to="+to, nil, http.StatusOK)["rows"].([]any) {
		rows = append(rows, r.(map[string]any))
	}
	return rows
}

// row waits for the as-run row of an announcement to have an outcome.
func (d *daemon) row(announcement string) object {
	d.t.Helper()
	var found object
	d.until("the as-run has an outcome", func() bool {
		for _, r := range d.rows() {
			if r["announcement"] == announcement && r["outcome"] != nil {
				found = r
			}
		}
		return found != nil
	})
	return found
}

func airings(row object) []object {
	var all []object
	for _, a := range row["airings"].([]any) {
		all = append(all, a.(map[string]any))
	}
	return all
}

func instant(t testing.TB, v any) time.Time {
	t.Helper()
	s, ok := v.(string)
	if !ok {
		t.Fatalf("%v is no instant", v)
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// The main job on the file device: typed, scheduled through the API, on the
// loudspeaker to the millisecond, at the right level, and in the log as it was.
func TestBroadcastToFile(t *testing.T) {
	need(t, sound)
	tapeName := filepath.Join(t.TempDir(), "air.wav")
	t.Chdir(t.TempDir())
	d := serve(t, "data", "file:"+tapeName, quick...).admit() // a relative folder, as make run has it
	id := d.announce(object{"title": "Mời họp thôn", "text": notice, "renditions": []object{{"language": "vi"}}})
	at := time.Now().Add(10*time.Second + 123*time.Millisecond + 456*time.Microsecond)
	d.airAt(id, at)
	d.until("the plan names it at its instant", func() bool {
		for _, o := range d.call(http.MethodGet, "/plan", nil, http.StatusOK)["occurrences"].([]any) {
			if o := object(o.(map[string]any)); o["announcement"] == id {
				return instant(t, o["due"]).Equal(at.Truncate(time.Microsecond))
			}
		}
		return false
	})
	row := d.row(id)
	if row["outcome"] != "played" || row["late"] != false || row["heard"] != "not-measured" {
		t.Errorf("as-run = %v", row)
	}
	parts := airings(row)
	if len(parts) != 2 || parts[0]["part"] != "chime" || parts[1]["part"] != "voice" || parts[1]["language"] != "vi" {
		t.Fatalf("airings = %v, want chime and Vietnamese voice", parts)
	}
	d.stop()

	tp := readTape(t, tapeName)
	chime := builtIn(t, recordings.ChimeSound)
	begin := find(tp.frames, chime)
	if begin < 0 {
		t.Fatal("the chime was not played as it is")
	}
	if off := tp.when(begin).Sub(at); off.Abs() > time.Millisecond {
		t.Errorf("the chime began %s off its instant, want within 1 ms", off)
	}
	began, ended := instant(t, parts[1]["started"]), instant(t, parts[1]["ended"])
	if off := instant(t, row["started"]).Sub(tp.when(begin)); off.Abs() > 5*time.Millisecond {
		t.Errorf("the as-run says it started %s off what was played", off)
	}
	voice := tp.between(began, ended)
	lufs, peak := loudness(t, voice)
	if lufs < -18.35 || lufs > -17.65 || peak > -1.5 {
		t.Errorf("voice at %.1f LUFS, %.1f dBTP; want -18 ± 0.3 and at most -1.5", lufs, peak)
	}
	if frames := int(parts[1]["frames"].(float64)); frames-len(voice) > 48 || len(voice)-frames > 48 {
		t.Errorf("the as-run counts %d frames, the tape has %d", frames, len(voice))
	}
	if rest := tp.between(ended.Add(10*time.Millisecond), ended.Add(time.Hour)); slices.ContainsFunc(rest, func(v int16) bool { return v != 0 }) {
		t.Error("something sounds after the last word")
	}
}

// What phones send goes the same way.
func TestBroadcastOfAPhoneRecording(t *testing.T) {
	t.Parallel()
	need(t, sound)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	takes := map[string]upload{
		"m4a":  phone(t, "m4a", "-c:a", "aac"),
		"mp3":  phone(t, "mp3", "-c:a", "libmp3lame"),
		"ogg":  phone(t, "ogg", "-c:a", "libopus"),
		"webm": phone(t, "webm", "-c:a", "libopus"),
		"wav":  phone(t, "wav", "-c:a", "pcm_s16le"),
	}
	for kind, take := range takes {
		rec := d.call(http.MethodPost, "/recordings", take, http.StatusCreated)
		if lufs := rec["lufs"].(float64); lufs < -18.3 || lufs > -17.7 {
			t.Errorf("%s: %.2f LUFS, want -18 ± 0.3", kind, lufs)
		}
		if kind != "m4a" {
			continue
		}
		id := d.announce(object{"title": "Bản tiếng Giáy", "renditions": []object{{"language": "pcc", "recording": rec["id"]}}})
		d.call(http.MethodPost, "/announcements/"+id+"/schedules", object{"kind": "now"}, http.StatusCreated)
		row := d.row(id)
		parts := airings(row)
		if row["outcome"] != "played" || parts[len(parts)-1]["language"] != "pcc" || parts[len(parts)-1]["recording"] != rec["id"] {
			t.Errorf("as-run = %v", row)
		}
	}
}

// An emergency sounds at once over what plays, and what it silenced goes on.
func TestEmergencyOverProgramme(t *testing.T) {
	t.Parallel()
	need(t, sound)
	tapeName := filepath.Join(t.TempDir(), "air.wav")
	d := serve(t, t.TempDir(), "file:"+tapeName, quick...).admit()
	id := d.announce(object{"title": "Mời họp thôn", "text": notice, "renditions": []object{{"language": "vi"}}})
	d.call(http.MethodPost, "/announcements/"+id+"/schedules", object{"kind": "now"}, http.StatusCreated)
	d.waitFor("voice")
	d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "nước suối lên nhanh"}, http.StatusCreated)
	d.until("the emergency is on air", func() bool { return d.call(http.MethodGet, "/air", nil, http.StatusOK)["state"] == "emergency" })
	time.Sleep(1500 * time.Millisecond)
	d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
	if status, _ := d.try(http.MethodDelete, "/emergency", nil); status != http.StatusConflict && status != http.StatusNotFound {
		t.Errorf("stopping twice = %d, want a 4xx that says there is none", status)
	}
	row := d.row(id)
	if row["outcome"] != "played" || len(airings(row)) != 3 {
		t.Errorf("as-run of the notice = %v, want it played in three airings", row)
	}
	siren := object{}
	for _, r := range d.rows() {
		if r["kind"] == "emergency" {
			siren = r
		}
	}
	if siren["outcome"] != "stopped" || siren["by"] != "e2e" || len(airings(siren)) != 1 {
		t.Errorf("as-run of the emergency = %v", siren)
	}
	d.stop()
	tp := readTape(t, tapeName)
	on := airings(siren)[0]
	from, to := instant(t, on["started"]), instant(t, on["ended"])
	// Behind the fade the siren is alone and as it is.
	wanted := builtIn(t, recordings.SirenSound)[4800:9600]
	if find(tp.between(from, to), wanted) < 0 {
		t.Error("the siren was not played as it is")
	}
}

// A power cut in the middle of a notice: the as-run tells the truth afterwards and
// nothing that was acknowledged is missing.
func TestPowerCutInTheMiddle(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	rec := d.call(http.MethodPost, "/recordings", phone(t, "m4a", "-c:a", "aac"), http.StatusCreated)
	id := d.announce(object{"title": "Mời họp thôn", "text": notice, "renditions": []object{{"language": "vi"}}})
	d.call(http.MethodPost, "/announcements/"+id+"/schedules", object{"kind": "now"}, http.StatusCreated)
	d.until("the voice sounds", func() bool {
		on, _ := d.call(http.MethodGet, "/air", nil, http.StatusOK)["on_air"].(map[string]any)
		return on != nil && on["part"] == "voice"
	})
	last := d.call(http.MethodPost, "/announcements", object{"title": "Ngay trước khi mất điện", "text": "Một."}, http.StatusCreated)["id"].(string)
	child := childOf(t, d.cmd.Process.Pid)
	d.powerCut()
	d.until("the speaker process is gone", func() bool {
		_, err := os.Stat(fmt.Sprintf("/proc/%d", child))
		return err != nil
	})

	again := serve(t, data, "null", quick...)
	again.token = d.token
	row := again.row(id)
	parts := airings(row)
	if row["outcome"] != "cut" || row["cause"] != "power" {
		t.Errorf("as-run after the cut = %v, want cut by power", row)
	}
	if n := len(parts); n != 2 || parts[1]["ended"] != nil || parts[0]["ended"] == nil {
		t.Errorf("airings = %v, want a voice that started and never ended", parts)
	}
	again.call(http.MethodGet, "/announcements/"+last, nil, http.StatusOK)
	found := false
	for _, r := range again.call(http.MethodGet, "/recordings", nil, http.StatusOK)["recordings"].([]any) {
		found = found || object(r.(map[string]any))["id"] == rec["id"]
	}
	if !found {
		t.Error("the acknowledged recording is missing")
	}
	time.Sleep(3 * time.Second)
	for _, r := range again.rows() {
		if r["announcement"] == id && r["occurrence"] != row["occurrence"] {
			t.Errorf("it was played again: %v", r)
		}
	}
}

// childOf is the speaker process of a serve.
func childOf(t testing.TB, parent int) int {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", parent, parent))
	if err == nil {
		var child int
		if _, err := fmt.Sscan(string(raw), &child); err == nil {
			return child
		}
	}
	out, err := exec.Command("ps", "-o", "pid=", "--ppid", fmt.Sprint(parent)).Output()
	if err != nil {
		t.Fatalf("no speaker process of %d: %v", parent, err)
	}
	var child int
	if _, err := fmt.Sscan(string(out), &child); err != nil {
		t.Fatal(err)
	}
	return child
}

// card builds the virtual sound card and returns its folder and the
// environment under which ALSA finds it.
func card(t testing.TB) (dir string, env []string) {
	t.Helper()
	built, err := ruler.Build(t.TempDir(), ruler.Options{})
	if errors.Is(err, ruler.ErrTools) {
		missing(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	return built.Dir, []string{"ALSA_CONFIG_PATH=" + built.Config}
}

// played is what the virtual card heard without a break, with the monotonic
// instant of its first frame.
type played struct {
	at     int64
	frames []int16
}

// heard reads back a virtual card.
func heard(t testing.TB, dir string) (all []played, dry int) {
	t.Helper()
	runs, dry, err := ruler.Open(dir).Runs()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		all = append(all, played{at: int64(r.At), frames: r.Left})
	}
	return all, dry
}
