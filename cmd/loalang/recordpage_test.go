package main_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// signUp makes the first account of a board and signs it in.
func (b *browser) signUp(setup string) {
	b.t.Helper()
	b.open(setup)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()
}

// begun waits until the first account is signed in, which leads to the first steps, and
// goes on to the first page.
func (b *browser) begun() {
	b.t.Helper()
	b.until("the first account is signed in", "location.pathname == '/start'")
	b.open(js[string](b, "location.origin") + "/")
}

// offline cuts the browser's line, or mends it.
func (b *browser) offline(cut bool) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Offline: cut, DownloadThroughput: -1, UploadThroughput: -1}},
		})
		return err
	}))
}

// toRecord saves a notice in the afternoon's slot that lacks Giáy, and gives its
// page for the reader.
func (d *daemon) toRecord() (id, page string) {
	d.t.Helper()
	id = d.announce(object{"title": "Mời họp thôn tối mai", "text": strings.Repeat(notice+"\n", 8), "renditions": []object{{"language": "vi"}}})
	slots := d.call(http.MethodGet, "/slots", nil, http.StatusOK)["slots"].([]any)
	slot := slots[len(slots)-1].(map[string]any)["id"]
	d.call(http.MethodPost, "/announcements/"+id+"/schedules", object{"kind": "slots", "slots": []any{slot}}, http.StatusCreated)
	return id, "/announcements/" + id + "/record/pcc"
}

// giay is the Giáy rendition of an announcement.
func (d *daemon) giay(id string) object {
	d.t.Helper()
	for _, r := range d.call(http.MethodGet, "/announcements/"+id, nil, http.StatusOK)["renditions"].([]any) {
		if r.(map[string]any)["language"] == "pcc" {
			return r.(map[string]any)
		}
	}
	return nil
}

// The youth secretary records a notice in Giáy on a phone: the words run, the take
// is trimmed on its wave, outlives a closed page and a line that is gone, and ends
// as a rendition that is ready.
func TestRecordPageInABrowser(t *testing.T) {
	t.Parallel()
	need(t, sound)
	words := filepath.Join(t.TempDir(), "words.wav")
	if _, errs, code := loalang(t, "", "say", "-o", words, "Kính thưa bà con. Hôm nay nước suối lên cao, xin bà con không cho trẻ em ra gần bờ suối."); code != 0 {
		t.Fatalf("say: %s", errs)
	}
	soft := filepath.Join(t.TempDir(), "soft.wav") // what the machine speaks is as loud as can be
	if msg, err := exec.Command("ffmpeg", "-v", "error", "-i", words, "-af", "volume=-9dB", "-ar", "48000", "-ac", "2", soft).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, msg)
	}
	b := newBrowser(t,
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-audio-capture", soft))
	d := serve(t, t.TempDir(), "null", quick...).admit()
	b.signUp(d.setup)
	id, page := d.toRecord()

	b.open(d.url + page)
	b.until("the page offers the microphone", "document.querySelector('[data-start]:enabled')?.checkVisibility()")
	if room := b.text(".rooms"); !strings.Contains(room, "còn chỗ cho") {
		t.Errorf("of the slot it says %q", room)
	}
	b.runs()
	b.take()
	b.picture("record-take-360")
	b.screen(1280, 800)
	b.picture("record-take-1280")
	b.screen(360, 740)

	length := js[float64](b, `Number(document.querySelector("[data-number=to]").value)`)
	b.trim("from", "1")
	b.trim("to", fmt.Sprint(length-1))
	b.press("[data-zoom=head]")
	b.until("one end is looked at", `Number(document.querySelector("[data-handle=from]").max) <= 6 && !document.querySelector("[data-handle=to]").checkVisibility()`)
	b.press("[data-listen-take]")
	b.until("the piece is heard", `document.querySelector("[data-listen-take]").innerText.includes("Dừng nghe")`)
	b.press("[data-listen-take]")

	b.open(d.url + page)
	b.until("the take outlives the page, and its trim", `document.querySelector("[data-number=from]")?.value == "1.00"`)

	b.offline(true)
	b.press("[data-send]")
	b.until("it is told that the line is gone", `document.querySelector("[data-takes] [data-told]").innerText.includes("tự gửi lại")`)
	b.picture("record-lost-360")
	if r := d.giay(id); r["state"] != "missing" {
		t.Errorf("without a line the rendition is %v", r["state"])
	}
	b.offline(false)
	b.until("it goes by itself once the line is back", "document.querySelector('#told [data-recording]')")
	b.until("the board is done with it", "document.querySelector('#told audio') && !document.querySelector('#told [data-pending]')")
	b.picture("record-sent-360")
	r := d.giay(id)
	rec := d.call(http.MethodGet, "/recordings/"+fmt.Sprint(r["recording"]), nil, http.StatusOK)
	if got := rec["length"].(float64); r["state"] != "ready" || got > length-2+0.6 || got < length-2-2 {
		t.Errorf("the rendition is %v, %.2f s of a take of %.2f s from which 2 s were cut", r["state"], got, length)
	}
	b.trimmedAnew(d, id)
	b.open(d.url + page)
	b.until("the page is there again", "document.querySelector('#told [data-recording]')")
	time.Sleep(500 * time.Millisecond)
	if n := js[float64](b, `document.querySelectorAll("[data-takes] li").length`); n != 0 {
		t.Errorf("the phone still keeps %v takes of what the board has", n)
	}
	d.stop()
}

// trimmedAnew cuts another piece of what was sent, from the sound as it came.
func (b *browser) trimmedAnew(d *daemon, id string) {
	b.t.Helper()
	before := d.giay(id)["recording"]
	b.before(`(() => {
		const ask = fetch;
		window.asked = [];
		window.fetch = (...a) => (asked.push(String(a[0])), ask(...a));
	})()`)
	b.press(`#told a[href*="/trim"]`)
	b.until("the sound as it came is drawn, with the piece that was kept", `document.querySelector("[data-tools] [data-piece]")?.getAttribute("d")?.length > 300 && document.querySelector("[data-number=from]").value == "1.00"`)
	if asked := js[string](b, "asked.join()"); !strings.HasSuffix(asked, "/before?format=contour") {
		b.t.Errorf("to draw it the page asks for %s", asked)
	}
	b.picture("trim-360")
	js[bool](b, `(() => { const play = Audio.prototype.play; HTMLMediaElement.prototype.play = function () { window.heard = this; return play.call(this); }; return true; })()`)
	b.press("[data-listen-take]")
	b.until("the piece is heard from where it begins", `window.heard?.currentTime > 1.1 && heard.currentTime < 5 && document.querySelector("[data-listen-take]").innerText.includes("Dừng nghe")`)
	b.press("[data-listen-take]")
	b.until("and is stopped", `heard.paused && !document.querySelector("[data-listen-take]").innerText.includes("Dừng nghe")`)
	b.trim("from", "0.5")
	b.press("[data-retrim] button[type=submit]")
	b.until("it stands behind the language", `location.pathname.endsWith("/record/pcc") && document.querySelector("#told audio") && !document.querySelector("#told [data-pending]")`)
	if r := d.giay(id); r["state"] != "ready" || r["recording"] == before {
		b.t.Errorf("the rendition is %v, of the same recording: %v", r["state"], r["recording"] == before)
	}
}

// runs starts the words and stops them, makes them larger and faster, and looks
// whether the page remembers that.
func (b *browser) runs() {
	b.t.Helper()
	b.picture("record-360")
	b.press("[data-larger]")
	b.press("[data-faster]")
	before := js[string](b, `document.querySelector("[data-box]").style.fontSize + document.querySelector("[data-estimated]").innerText`)
	b.press("[data-as-spoken]")
	if spoken := b.text("[data-text]"); !strings.Contains(spoken, "mười chín giờ") {
		b.t.Errorf("as it is spoken it reads %q", spoken)
	}
	b.press("[data-run-button]")
	b.until("the words run", `document.querySelector("[data-box]").scrollTop > 20`)
	b.press("[data-run-button]")
	time.Sleep(300 * time.Millisecond)
	at := js[float64](b, `document.querySelector("[data-box]").scrollTop`)
	time.Sleep(500 * time.Millisecond)
	if now := js[float64](b, `document.querySelector("[data-box]").scrollTop`); now != at {
		b.t.Errorf("the words run on from %v to %v", at, now)
	}
	b.open(js[string](b, "location.href"))
	b.until("size and speed are remembered", `document.querySelector("[data-box]")?.style.fontSize + document.querySelector("[data-estimated]")?.innerText == `+fmt.Sprintf("%q", before))
}

// take records some seconds with a pause in them.
func (b *browser) take() {
	b.t.Helper()
	clock := `(() => { const [m, s] = document.querySelector("[data-clock]").innerText.split(":"); return 60 * m + Number(s); })()`
	b.press("[data-start]")
	b.until("it records", `document.querySelector("[data-pause]").checkVisibility()`)
	b.until("the level is told", `document.querySelector("[data-level]").innerText.includes("Tiếng vừa") && parseInt(document.querySelector("[data-meter]").getAttribute("x2")) > 40`)
	b.until("its wave is drawn as it comes", `document.querySelector("[data-running]").checkVisibility() && document.querySelector("[data-running] path").getAttribute("d").length > 200`)
	b.picture("record-on-360")
	const runs = `document.querySelector("[data-box]").classList.contains("runs")`
	b.until("the words run", runs)
	b.press("[data-pause]")
	b.until("it waits, and the words do", `document.querySelector("[data-resume]").checkVisibility() && !`+runs)
	at := js[float64](b, `document.querySelector("[data-box]").scrollTop`)
	b.press("[data-resume]")
	b.until("the words go on where they were", runs+fmt.Sprintf(` && document.querySelector("[data-box]").scrollTop >= %v`, at))
	b.until("it goes on", clock+" >= 6")
	b.press("[data-recorder] [data-stop]")
	b.until("the take has a wave", `document.querySelector("[data-takes] [data-piece]")?.getAttribute("d")?.length > 500`)
	b.until("what it is like is told", `document.querySelector("[data-judged]").innerText.length > 3`)
}

// trim writes where one end of the piece shall be.
func (b *browser) trim(end, at string) {
	b.t.Helper()
	js[bool](b, fmt.Sprintf(`(() => { const n = document.querySelector("[data-number=%s]"); n.value = %s; n.dispatchEvent(new Event("change")); return true; })()`, end, at))
}

// A phone that opened the page by plain http gets no microphone, and one whose
// owner said no neither: both are told what to do, and a file of the phone's own
// recorder goes the same way.
func TestRecordPageWithoutAMicrophone(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t, chromedp.Flag("deny-permission-prompts", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("host-resolver-rules", "MAP loa.example 127.0.0.1, EXCLUDE localhost, EXCLUDE 127.0.0.1, MAP * ~NOTFOUND"))
	d := serve(t, t.TempDir(), "null", quick...).admit()
	b.signUp(d.setup)
	id, page := d.toRecord()
	b.open(d.url + page)
	b.until("the page offers the microphone", "document.querySelector('[data-start]:enabled')?.checkVisibility()")
	b.press("[data-start]")
	b.until("it is told how to allow it", `document.querySelector("[data-why]").innerText.includes("cho phép Micro")`)
	b.picture("record-denied-360")

	b.open(strings.Replace(d.url, "127.0.0.1", "loa.example", 1) + page)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.until("plain http is told clearly", `document.querySelector("[data-unable]")?.innerText.includes("https")`)
	if js[bool](b, `document.querySelector("[data-recorder]").checkVisibility()`) {
		t.Error("a microphone is offered that the browser does not give")
	}
	b.turnOn(page)
	file := filepath.Join(t.TempDir(), "ghi-am.m4a")
	if err := os.WriteFile(file, phone(t, "m4a", "-c:a", "aac").raw, 0o600); err != nil {
		t.Fatal(err)
	}
	b.attach("[data-form] input[type=file]:not([capture])", file)
	b.until("the file is a take", `document.querySelector("[data-takes] li")?.innerText.includes("ghi-am")`)
	b.picture("record-http-360")
	b.press("[data-send]")
	b.until("the board is done with it", "document.querySelector('#told audio') && !document.querySelector('#told [data-pending]')")
	if r := d.giay(id); r["state"] != "ready" {
		t.Errorf("the rendition is %v", r["state"])
	}
	d.stop()
}

// turnOn looks at the page that leads to the microphone, and comes back.
func (b *browser) turnOn(page string) {
	b.t.Helper()
	b.press("[data-turn-on] a")
	b.until("the way to the microphone is shown", `location.pathname == "/microphone" && document.querySelector("svg.qr")`)
	if to := js[string](b, `document.querySelector("main a.btn").href`); !strings.HasPrefix(to, "https://loa.example:") || !strings.HasSuffix(to, page) {
		b.t.Errorf("it leads to %s", to)
	}
	b.picture("microphone-360")
	b.screen(1280, 800)
	b.picture("microphone-1280")
	b.screen(360, 740)
	b.press(`main p > a[href^="/announcements/"]`)
	b.until("the page for recording is there again", `document.querySelector("[data-unable]")?.checkVisibility()`)
}
