package main_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A village cadre speaks from a phone: the page asks for the microphone, waits for
// the chime, shows what the board hears, gives more time once, and ends.
func TestLivePageInABrowser(t *testing.T) {
	need(t, sound)
	words := filepath.Join(t.TempDir(), "words.wav")
	if _, errs, code := loalang(t, "", "say", "-o", words, "Kính thưa bà con. Hôm nay nước suối lên cao, xin bà con không cho trẻ em ra gần bờ suối."); code != 0 {
		t.Fatalf("say: %s", errs)
	}
	b := newBrowser(t,
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-audio-capture", words),
		chromedp.Flag("host-resolver-rules", "MAP loa.example 127.0.0.1, EXCLUDE localhost, EXCLUDE 127.0.0.1, MAP * ~NOTFOUND"))
	tapeName := filepath.Join(t.TempDir(), "air.wav")
	d := serve(t, t.TempDir(), "file:"+tapeName, quick...)
	b.open(d.setup)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.fill("#again", password)
	b.press("form button[type=submit]")
	b.until("the first account is signed in", "location.pathname == '/'", 10*time.Second)

	b.press(`a[href="/live"]`)
	b.until("the page offers the microphone", "document.querySelector('[data-start]')?.offsetParent", 10*time.Second)
	b.picture("live-360")
	b.press("[data-start]")
	stage := func(words string) string {
		return `document.querySelector("[data-stage]").innerText.includes("` + words + `")`
	}
	b.until("the chime sounds", stage("Đang phát chuông"), 20*time.Second)
	b.picture("live-chime-360")
	b.until("the village hears it", stage("Bà con đang nghe"), 20*time.Second)
	b.until("the level moves", `parseInt(document.querySelector("[data-during] [data-meter]").getAttribute("x2")) > 40`, 10*time.Second)
	b.picture("live-on-360")
	b.press("[data-extend]")
	b.until("there is more time, once", `document.querySelector("[data-extend]").hidden && parseInt(document.querySelector("[data-left]").innerText) >= 9`, 5*time.Second)
	time.Sleep(3 * time.Second)
	b.press("[data-stop]")
	b.until("it says why it ended", `document.querySelector("[data-done]").innerText.includes("Người nói bấm kết thúc")`, 10*time.Second)
	b.picture("live-ended-360")

	b.open(strings.Replace(d.url, "127.0.0.1", "loa.example", 1) + "/live")
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.until("plain http is told clearly", `document.querySelector("[data-unable]")?.innerText.includes("https")`, 10*time.Second)
	if js[bool](b, `document.querySelector("[data-start]").checkVisibility()`) {
		t.Error("a microphone is offered that the browser does not give")
	}
	b.picture("live-http-360")
	d.stop()

	heard := 0
	for _, v := range readTape(t, tapeName).frames {
		if abs(v) > 2000 {
			heard++
		}
	}
	if heard < 48000/2 {
		t.Errorf("of the words only %d loud frames left the card", heard)
	}
}
