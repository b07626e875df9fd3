package main_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
)

// The board is off: the page for recording opens all the same, records, outlives a
// reload, and sends when the board is back.
func TestRecordPageWithoutTheBoard(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := microphoneOf(t, spokenWAV(t))
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	id, path := d.toRecord()
	b.reader(d)
	b.open(d.url + path)
	b.until("the phone keeps the page", `document.querySelector("[data-record]")?.dataset.offline == "ready"`)
	d.stop()

	b.open(d.url + path)
	b.until("it opens without the board", "document.querySelector('[data-start]:enabled')?.checkVisibility()")
	b.begin()
	b.press("[data-recorder] [data-stop]")
	b.until("the take is there", takesOf+" == 1")
	b.picture("record-without-board-360")
	b.open(d.url + path)
	b.until("it outlives a reload", takesOf+" == 1")
	b.press("[data-send]")
	b.until("it is told that it goes later", `document.querySelector("[data-takes] [data-told]").innerText.includes("tự gửi lại")`)

	again := serve(t, data, "null", append([]string{"--listen", strings.TrimPrefix(d.url, "http://"), "--listen-tls", "off"}, quick...)...)
	again.token = d.token
	b.until("it goes by itself", "document.querySelector('#told [data-recording]')")
	b.until("the phone keeps nothing of it", takesOf+" == 0")
	again.until("it is ready", func() bool { return again.giay(id)["state"] == "ready" })
	again.stop()
}

// killed ends every process of the browser that uses a profile, as a flat battery does.
func killed(t *testing.T, profile string) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range all {
		line, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(line), profile) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil && syscall.Kill(pid, syscall.SIGKILL) == nil {
			n++
		}
	}
	if n == 0 {
		t.Fatal("no browser uses the profile")
	}
}

// A browser that is killed in the midst of a take loses a second of it at the most.
func TestRecordPageOfAKilledBrowser(t *testing.T) {
	t.Parallel()
	need(t, sound)
	profile := t.TempDir()
	voice := spokenWAV(t)
	open := func() *browser {
		return newBrowser(t, chromedp.UserDataDir(profile), chromedp.Flag("use-fake-ui-for-media-stream", true),
			chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-file-for-fake-audio-capture", voice))
	}
	d := serve(t, t.TempDir(), "null", quick...).admit()
	_, path := d.toRecord()
	b := open()
	b.before(`(() => {
		const start = MediaRecorder.prototype.start;
		MediaRecorder.prototype.start = function (...a) { this.addEventListener("start", () => { window.began = performance.now(); }); return start.apply(this, a); };
	})()`)
	b.reader(d)
	b.open(d.url + path)
	b.until("the page offers the microphone", "document.querySelector('[data-start]:enabled')?.checkVisibility()")
	b.press("[data-start]")
	b.until("some seconds are recorded", "window.began && performance.now() - window.began > 5000")
	recorded := js[float64](b, "(performance.now() - window.began) / 1000")
	killed(t, profile)

	b = open()
	b.open(d.url + path)
	b.signIn(path)
	b.until("the take is there", takesOf+` == 1 && Number(document.querySelector("[data-number=to]")?.value) > 0`)
	kept := js[float64](b, `Number(document.querySelector("[data-number=to]").value)`)
	t.Logf("recorded %.2f s, kept %.2f s", recorded, kept)
	if kept < recorded-2 { // a piece is half a second, and the disk of a busy machine takes its time
		t.Errorf("of %.2f s that were recorded the phone kept %.2f s", recorded, kept)
	}
	d.stop()
}
