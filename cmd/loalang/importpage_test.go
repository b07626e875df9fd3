package main_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// lasting is a recording of so many seconds, as phones send it: the machine's words
// again and again, at a tempo that makes it another sound.
func lasting(t testing.TB, name string, seconds int, filter string, codec ...string) string {
	t.Helper()
	dir := t.TempDir()
	wav, out := filepath.Join(dir, "say.wav"), filepath.Join(dir, name)
	if _, errs, code := loalang(t, "", "say", "-o", wav, "Kính mời bà con thôn Ún Tà ra nhà văn hóa họp bàn việc làm đường ngõ xóm vào tối nay."); code != 0 {
		t.Fatalf("say: %s", errs)
	}
	args := append([]string{"-v", "error", "-stream_loop", "-1", "-i", wav, "-af", filter, "-t", fmt.Sprint(seconds)}, codec...)
	if msg, err := exec.Command("ffmpeg", append(args, out)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, msg)
	}
	return out
}

// plays starts the sound of a player and gives its length in seconds and how loud
// it is, from 0 to 1.
func (b *browser) plays(css string) (length, loud float64) {
	b.t.Helper()
	js[bool](b, fmt.Sprintf(`(window.sound = document.querySelector(%q), window.loud = null, window.sound.play(), true)`, css))
	b.until("it plays: "+css, "sound.currentTime > 0.3 && !sound.paused && !sound.error")
	js[bool](b, `(sound.pause(), (async () => {
		const raw = await (await fetch(sound.currentSrc)).arrayBuffer();
		const x = (await new OfflineAudioContext(1, 1, 48000).decodeAudioData(raw)).getChannelData(0);
		window.loud = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
	})(), true)`)
	b.until("the browser decodes all of it", "loud != null")
	return js[float64](b, "sound.duration"), js[float64](b, "loud")
}

// importing is true while a page shows how far an import is.
const importing = `document.querySelector("[data-upload] [data-import]")`

// A phone sends five minutes for a notice: how far it is is seen, also after the
// page was loaded anew; then before and after are there to be heard, and when the
// same comes again in another file, the one that was there can be taken.
func TestImportInABrowser(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	b.signUp(d.setup)
	file := lasting(t, "họp thôn.m4a", 300, "volume=-16dB", "-c:a", "aac")
	page := d.url + "/announcements/new?how=take"
	b.open(page)
	b.until("the form is there", "document.querySelector('[data-ready]')")
	b.fill("#title", "Mời họp")
	b.sheet("send")
	b.attach(`input[name=file_pcc]:not([capture])`, file)
	b.until("how far it is is seen", importing)
	b.until("this phone keeps it", "document.querySelector('[data-upload][data-kept]')")
	b.picture("import-going-360")
	b.open(page)
	b.until("and after the page was loaded anew", importing)
	before := b.text("[data-upload] [data-import]")
	b.until("it goes on", fmt.Sprintf(`%s == null || document.querySelector("[data-upload] [data-import]").innerText != %q`, importing, before))
	b.until("it is taken in", `document.querySelector("input[name=take_pcc]").value.length == 64`)
	first := js[string](b, `document.querySelector("input[name=take_pcc]").value`)
	if told := b.text("[data-upload] [data-id]"); !strings.Contains(told, "Đã nhận “họp thôn”, dài 5:00") {
		t.Errorf("of what nobody has sent before it says %q", told)
	}
	b.picture("import-done-360")
	b.screen(1280, 800)
	b.picture("import-done-1280")
	b.screen(360, 740)
	if n := js[float64](b, `[...document.querySelectorAll("[data-upload] svg.wave path")].filter((p) => p.getBBox().height > 5).length`); n != 2 {
		t.Errorf("%v waves are drawn", n)
	}
	long, soft := b.plays("[data-upload] figure:first-child audio")
	after, loud := b.plays("[data-upload] figure:last-child audio")
	if long < 295 || after < 290 || loud < 2*soft {
		t.Errorf("before: %.0f s of %.4f, after: %.0f s of %.4f", long, soft, after, loud)
	}

	mp3 := filepath.Join(t.TempDir(), "chuyển tiếp.mp3")
	if msg, err := exec.Command("ffmpeg", "-v", "error", "-i", file, "-ss", "0.3", "-c:a", "libmp3lame", "-b:a", "64k", mp3).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, msg)
	}
	b.attach(`input[name=file_pcc]:not([capture])`, mp3)
	b.until("the same sound is told", `document.querySelector("[data-use]")?.dataset.use == "`+first+`"`)
	b.picture("import-twin-360")
	b.press("[data-use]")
	if got := js[string](b, `document.querySelector("input[name=take_pcc]").value`); got != first {
		t.Errorf("%q is taken, not the one that was there", got)
	}
	if told := b.text("[data-upload]:has([name=take_pcc]) [data-taken]"); !strings.Contains(told, "Đã chọn “họp thôn” có sẵn.") || strings.Contains(told, "chuyển tiếp") {
		t.Errorf("which one is taken it tells by %q", told)
	}
	b.plays("[data-upload]:has([name=take_pcc]) audio")
	b.open(page)
	b.until("the choice outlives the page", `document.querySelector("input[name=take_pcc]")?.value == "`+first+`" && document.querySelector("[data-upload] [data-id]")`)
	b.picture("import-used-360")
	d.stop()
}

// Who sends while two others are worked on sees how many are before, and may leave:
// what has arrived is taken in. Once it is, the page shows what became of it.
func TestImportWaitsInABrowser(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	b.signUp(d.setup)
	sent, before := make(chan int), make([][]byte, 2)
	for i := range before {
		raw, err := os.ReadFile(lasting(t, "x.mp3", 300, fmt.Sprintf("atempo=%g", 0.8+0.3*float64(i)), "-c:a", "libmp3lame"))
		if err != nil {
			t.Fatal(err)
		}
		before[i] = raw
	}
	third := lasting(t, "bản thứ ba.amr.wav", 20, "volume=20dB", "-ar", "8000")
	b.open(d.url + "/recordings")
	for i, raw := range before {
		go func() {
			status, _ := d.try(http.MethodPost, "/recordings", upload{name: fmt.Sprintf("%d.mp3", i), raw: raw})
			sent <- status
		}()
	}
	b.attach("[data-upload] input[type=file]:not([capture])", third)
	b.until("how many are before it is told", `document.querySelector("[data-upload]").innerText.includes("Đang chờ: còn")`)
	b.picture("import-waiting-360")
	b.offline(true)
	time.Sleep(2 * time.Second)
	if words := b.text("[data-upload]"); strings.Contains(words, "chưa gửi được") {
		t.Errorf("the line breaks after all has arrived, and it says %q", words)
	}
	b.offline(false)
	b.open(d.url + "/")
	b.open(d.url + "/recordings")
	b.until("it is still told of after a while elsewhere", importing)
	b.offline(true)
	time.Sleep(16 * time.Second) // longer than a page may wait that has given up
	b.offline(false)
	b.until("its page shows what became of it", `location.pathname.length > 64 && document.querySelectorAll("figure audio").length == 2`)
	if told := b.text(".note [role=status]"); !strings.Contains(told, "Đã nhận bản thu") {
		t.Errorf("it greets with %q", told)
	}
	b.picture("import-page-360")
	b.screen(1280, 800)
	if wide := js[[]float64](b, `[...document.querySelectorAll("figure .wave")].map((w) => w.getBoundingClientRect().width)`); len(wide) != 2 || wide[0] != wide[1] {
		t.Errorf("the two waves are %v px wide", wide)
	}
	b.picture("import-page-1280")
	if words := b.text("main"); !strings.Contains(words, "bản thứ ba") || !strings.Contains(words, "Nên thu lại, để xa miệng") {
		t.Errorf("the page says %q", words)
	}
	for range 2 {
		if status := <-sent; status != http.StatusCreated {
			t.Errorf("one of the others: %d", status)
		}
	}
	if n := len(d.call(http.MethodGet, "/recordings", nil, http.StatusOK)["recordings"].([]any)); n < 3 {
		t.Errorf("%d recordings are there", n)
	}
	d.stop()
}
