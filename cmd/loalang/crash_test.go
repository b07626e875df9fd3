package main_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/audio"
)

// restartDelay is systemd's RestartSec.
const restartDelay = 200 * time.Millisecond

// long is a notice that sounds for half a minute, no two seconds of it alike.
const long = "Kính mời bà con thôn Ún Tà ra nhà văn hóa họp bàn việc làm đường ngõ xóm vào tối nay. " +
	"Hộ nào có trâu bò thì đưa ra sân kho để tiêm phòng lở mồm long móng trước bảy giờ sáng mai. " +
	"Trạm y tế xã khám sức khỏe cho người cao tuổi vào thứ Năm, nhớ mang theo thẻ bảo hiểm. " +
	"Đường lên núi sạt lở sau mưa, đề nghị bà con không đi qua khi trời tối."

// powerCut kills the program, and takes with it what was in memory only.
func (d *daemon) powerCut() {
	d.t.Helper()
	d.kill()
	left, err := filepath.Glob("/dev/shm/loalang-*-" + shortSum(d.t, d.data))
	if err != nil {
		d.t.Fatal(err)
	}
	for _, folder := range left {
		if err := os.RemoveAll(folder); err != nil {
			d.t.Fatal(err)
		}
	}
	// What comes up is another boot of the machine.
	if err := os.WriteFile(filepath.Join(d.data, "boot"), []byte("00000000-0000-0000-0000-000000000000\n"), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// crash kills the program and starts it again as systemd does. It returns the
// instant of the kill.
func (d *daemon) crash(device string, more ...string) (again *daemon, at audio.Instant) {
	d.t.Helper()
	at = audio.Monotonic()
	d.kill()
	time.Sleep(restartDelay - audio.Monotonic().Sub(at))
	again = start(d.t, d.data, device, more...)
	again.token = d.token
	return again, at
}

// waitFor waits until a part of something is on the air.
func (d *daemon) waitFor(part string) {
	d.t.Helper()
	d.until("the "+part+" sounds", func() bool {
		on, _ := d.call(http.MethodGet, "/air", nil, http.StatusOK)["on_air"].(map[string]any)
		return on != nil && on["part"] == part
	})
}

// resumption is how a notice went on after a crash, as the card heard it.
type resumption struct {
	silent time.Duration // from the crash to the first sound
	twice  time.Duration // how much was heard twice; negative: that much was lost
}

// alikeWithin is how exactly resumed knows where in a voice a sound is.
const alikeWithin = 10 * time.Millisecond

// resumed looks at what the card heard of a voice around a crash. The card had
// read up to its buffer more than it heard.
func resumed(runs []played, voice []int16, crash audio.Instant) (resumption, error) {
	const piece = 4800 // behind the fade at each cut; long enough to be like no other
	// A syllable comes again elsewhere: it is looked for around where it must be.
	const around = 3 * 48000
	where := func(clip []int16, from, to int) int {
		if abs(clip[loudest(clip)]) < 1000 {
			return -1 // one silence is as good as another
		}
		from, to = max(0, from), min(to, len(voice))
		if from >= to {
			return -1
		}
		i := find(voice[from:to], clip)
		if i < 0 {
			i = alike(voice[from:to], clip)
		}
		if i < 0 {
			return -1
		}
		return from + i
	}
	before, after := -1, -1
	var r resumption
	for _, run := range runs {
		end := run.at + int64(len(run.frames))*1_000_000/48
		if first, ok := firstAfter(run, int64(crash)); after < 0 && ok && end > int64(crash)+int64(restartDelay) {
			from := int((first - run.at) * 48 / 1_000_000)
			for skip := 480; skip < 48000 && after < 0 && from+skip+piece <= len(run.frames); skip += 240 {
				if i := where(run.frames[from+skip:from+skip+piece], 0, len(voice)); i >= 0 {
					after, r.silent = i-skip, time.Duration(first-int64(crash))
				}
			}
		}
	}
	for _, run := range slices.Backward(runs) { // another begins where the card ran dry
		if run.at >= int64(crash) || after < 0 {
			continue
		}
		// What left the card last before the crash, short of the fade.
		frames := run.frames[:min(len(run.frames), int((int64(crash)-run.at)*48/1_000_000))]
		for cut := len(frames); cut > piece && before < 0 && cut > len(frames)-48000; cut -= 240 {
			if i := where(frames[cut-piece:cut], after-around, after+around); i >= 0 {
				before = i + piece + len(frames) - cut
			}
		}
	}
	if before < 0 || after < 0 {
		return r, fmt.Errorf("the notice was not found before (%d) and after (%d) the crash", before, after)
	}
	r.twice = time.Duration(before-after) * time.Second / 48000
	return r, nil
}

// alike is the frame of a voice at which a clip of it begins, -1 when it is none: a
// card that ran dry is caught up with by resampling, so that no sample is the same.
func alike(voice, clip []int16) int {
	const coarse = 8
	best := correlate(thinned(voice, coarse), thinned(clip, coarse), 0, len(voice))
	if best < 0 {
		return -1
	}
	return correlate(thinned(voice, 1), thinned(clip, 1), (best-1)*coarse, (best+2)*coarse)
}

// thinned is every n-th sample of the means over n.
func thinned(in []int16, n int) []float64 {
	out := make([]float64, len(in)/n)
	for i := range out {
		for _, v := range in[i*n : i*n+n] {
			out[i] += float64(v) / float64(n)
		}
	}
	return out
}

// correlate is where in [from, to) a clip is most like what is there; -1 when
// that is not much.
func correlate(in, clip []float64, from, to int) int {
	const enough = 0.85
	best, at := enough, -1
	var own float64
	for _, v := range clip {
		own += v * v
	}
	for i := max(0, from); i < min(to, len(in)-len(clip)); i++ {
		var both, other float64
		for k, v := range clip {
			both += v * in[i+k]
			other += in[i+k] * in[i+k]
		}
		if c := both / math.Sqrt(own*other+1); c > best {
			best, at = c, i
		}
	}
	return at
}

// firstAfter is the instant of the first sample that is not silence, later than
// the restart.
func firstAfter(run played, crash int64) (int64, bool) {
	from := max(0, int((crash+int64(restartDelay)-run.at)*48/1_000_000))
	for i := from; i < len(run.frames); i++ {
		if run.frames[i] != 0 {
			return run.at + int64(i)*1_000_000/48, true
		}
	}
	return 0, false
}

// playCopy is the sound of a recording as it airs.
func playCopy(t testing.TB, data, recording string) []int16 {
	t.Helper()
	var name string
	err := filepath.WalkDir(filepath.Join(data, "recordings", "play"), func(path string, _ os.DirEntry, err error) error {
		if strings.Contains(filepath.Base(path), recording) {
			name = path
		}
		return err
	})
	if err != nil || name == "" {
		t.Fatalf("no play copy of %s: %v", recording, err)
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return pcm(t, raw)
}

// crashOnce airs a notice, kills the program in the middle of its voice, and
// returns the program that went on and how.
func (d *daemon) crashOnce(id, dir string, into time.Duration, more ...string) (*daemon, resumption, object, error) {
	d.t.Helper()
	d.call(http.MethodPost, "/announcements/"+id+"/schedules", object{"kind": "now"}, http.StatusCreated)
	d.waitFor("voice")
	time.Sleep(into)
	again, at := d.crash("default", more...)
	row := again.crashedRow(at)
	runs, _ := heard(d.t, dir)
	parts := airings(row)
	r, err := resumed(runs, playCopy(d.t, d.data, parts[len(parts)-1]["recording"].(string)), at)
	return again, r, row, err
}

// crashedRow waits for the row that a crash interrupted.
func (d *daemon) crashedRow(crash audio.Instant) object {
	d.t.Helper()
	since := time.Now().Add(-audio.Monotonic().Sub(crash))
	var found object
	d.until("the interrupted notice has ended", func() bool {
		for _, r := range d.rows() {
			parts := airings(r)
			if r["outcome"] != nil && len(parts) > 0 && parts[len(parts)-1]["ended"] != nil && instant(d.t, parts[len(parts)-1]["ended"]).After(since) {
				found = r
			}
		}
		return found != nil
	})
	return found
}

// A crash of the program in the middle of a notice: started again, it goes on
// from where it was. How soon, BenchmarkCrash measures.
func TestCrashGoesOn(t *testing.T) {
	need(t, sound)
	dir, env := card(t)
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	flags := []string{"--settle", "0s", "--tail", "300ms", "--buffer", "80ms"}
	d := serve(t, t.TempDir(), "default", flags...).admit()
	d.until("the card is open", func() bool { return d.call(http.MethodGet, "/air", nil, http.StatusOK)["audible"] == true })
	id := d.announce(object{"title": "Mời họp thôn", "text": long, "renditions": []object{{"language": "vi"}}})
	const attempts = 4
	for attempt := 1; ; attempt++ {
		var fault string
		d, fault = d.crashFault(id, dir, flags)
		if fault == "" {
			return
		}
		if attempt == attempts {
			t.Fatalf("%s\n%s", fault, d.log)
		}
		t.Logf("once more, the machine may have been busy: %s", fault)
	}
}

// crashFault says what was wrong with how a notice went on after a crash.
func (d *daemon) crashFault(id, dir string, flags []string) (again *daemon, fault string) {
	d.t.Helper()
	again, r, row, err := d.crashOnce(id, dir, 3*time.Second, flags...)
	if err != nil {
		return again, err.Error()
	}
	d.t.Logf("sound again after %s, %s heard twice", r.silent, r.twice)
	parts := airings(row)
	if row["outcome"] != "played" || row["cause"] != "crash" || len(parts) != 3 || parts[1]["cause"] != "crash" || parts[2]["cause"] != "completed" {
		return again, fmt.Sprintf("as-run = %v", row)
	}
	if r.silent > 10*time.Second || r.twice < -alikeWithin || r.twice > time.Second {
		return again, fmt.Sprintf("sound again after %s, %s heard twice", r.silent, r.twice)
	}
	whole := playCopy(d.t, d.data, parts[2]["recording"].(string))
	if sum := parts[1]["frames"].(float64) + parts[2]["frames"].(float64); int(sum) != len(whole) {
		return again, fmt.Sprintf("the airings count %v frames of %d", sum, len(whole))
	}
	return again, ""
}

// BenchmarkCrash kills the program in the middle of a notice, starts it again
// 200 ms later, and measures on the virtual card from the kill to the first sound,
// 20 times, with an amplifier that needs no time: what its settle time is comes on
// top. It takes about ten minutes.
func BenchmarkCrash(b *testing.B) {
	const crashes = 20
	dir, env := card(b)
	need(b, sound)
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		b.Setenv(name, value)
	}
	flags := []string{"--settle", "0s", "--tail", "300ms"}
	d := serve(b, b.TempDir(), "default", flags...).admit()
	d.until("the card is open", func() bool { return d.call(http.MethodGet, "/air", nil, http.StatusOK)["audible"] == true })
	id := d.announce(object{"title": "Mời họp thôn", "text": long, "renditions": []object{{"language": "vi"}}})
	var silent, twice []float64
	lost, unclear := 0, 0
	for range crashes {
		var r resumption
		var row object
		var err error
		d, r, row, err = d.crashOnce(id, dir, time.Second+rand.N(10*time.Second), flags...)
		if row["outcome"] != "played" {
			b.Fatalf("as-run = %v\n%s", row, d.log)
		}
		if err != nil { // the card ran dry in that very moment
			b.Log(err)
			unclear++
			continue
		}
		silent, twice = append(silent, r.silent.Seconds()*1000), append(twice, r.twice.Seconds()*1000)
		if r.twice < -alikeWithin {
			lost++
		}
	}
	if unclear > crashes/4 {
		b.Fatalf("of %d notices nobody knows how they went on: this machine is too busy", unclear)
	}
	report(b, "crash-to-sound", silent)
	report(b, "heard-twice", twice)
	b.ReportMetric(float64(lost), "lost-words")
}

// BenchmarkCrashEmergency does the same while an emergency sounds.
func BenchmarkCrashEmergency(b *testing.B) {
	const crashes = 20
	d, dir := onCard(b)
	var ms []float64
	for range crashes {
		d.call(http.MethodPost, "/emergency", object{"title": "Đo", "reason": "đo độ trễ", "source": "đo"}, http.StatusCreated)
		time.Sleep(time.Second + rand.N(100*time.Millisecond))
		again, at := d.crash("default", quick...)
		again.until("the siren sounds", func() bool { return again.call(http.MethodGet, "/air", nil, http.StatusOK)["state"] == "emergency" })
		time.Sleep(time.Second)
		again.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
		time.Sleep(500 * time.Millisecond)
		runs, _ := heard(b, dir)
		for _, run := range runs {
			if first, ok := firstAfter(run, int64(at)); ok {
				ms = append(ms, float64(first-int64(at))/1e6)
				break
			}
		}
		d = again
	}
	report(b, "crash-to-siren", ms)
}
