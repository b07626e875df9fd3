package main_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
)

// What was dropped was asked about and then gone; now it can be taken back, also after
// the page was loaded anew. And what waits in the phone is told where people come in,
// and goes from there: it had to wait until somebody opened the page on which it was
// recorded.
func TestRecordPageTakesBackAndSendsFromElsewhere(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	id, path := d.toRecord()
	b.reader(d)
	b.open(d.url + path)
	b.until("the page is awake", "document.querySelector('[data-start]:enabled')")
	b.attach("[data-form] input[type=file]:not([capture])", spokenWAV(t))
	b.until("the file is a take", `document.querySelector("[data-takes] [data-piece]")?.getAttribute("d")`)
	dropped := `document.querySelector("[data-takes]")?.innerText.includes("Đã xóa “soft") && !document.querySelector("[data-drop]")`

	b.press("[data-drop]")
	b.until("it is told that it was dropped", dropped)
	b.picture("record-dropped-360")
	b.press("[data-takes] li button")
	b.until("it is there again", `document.querySelector("[data-drop]")?.checkVisibility()`)
	b.press("[data-drop]")
	b.until("it is told once more", dropped)
	b.open(d.url + path)
	b.until("and on a page that is loaded anew", dropped)
	b.open(d.url + "/")
	b.until("nobody is asked to send what was dropped", `document.querySelector("[data-unsent]").hidden`)
	b.open(d.url + path)
	b.until("it can still be taken back", dropped)
	b.press("[data-takes] li button")
	b.until("with its wave", `document.querySelector("[data-takes] [data-piece]")?.getAttribute("d")`)

	b.open(d.url + "/readings")
	b.until("what was not sent is told", `document.querySelector("[data-unsent] a")?.getAttribute("href") == "`+path+`"`)
	b.picture("readings-unsent-360")
	b.open(d.url + path)
	b.until("the take is there", takesOf+" == 1")
	b.offline(true)
	b.press("[data-send]")
	b.until("it waits for a line", `document.querySelector("[data-takes] [data-told]").innerText.includes("tự gửi lại")`)
	b.offline(false)
	b.open("about:blank")
	if r := d.giay(id); r["state"] == "ready" {
		t.Fatalf("it was sent before: %v", r)
	}
	b.open(d.url + "/")
	b.until("it goes from the first page", `document.querySelector("[data-unsent]").innerText.includes("Đã gửi xong")`)
	b.picture("today-unsent-360")
	d.until("it is ready", func() bool { return d.giay(id)["state"] == "ready" })
	b.open(d.url + "/")
	b.until("the phone keeps nothing of it", `document.querySelector("[data-unsent]")?.hidden`)
	d.stop()
}

// A refused upload stood in the library as one that is still worked on, and the page said
// of it that it could not be sent; so it did of a good one, on another phone of its sender.
func TestLibraryTellsOfUploadsElsewhere(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	b.signUp(d.setup)
	b.open(d.url + "/recordings")
	js[bool](b, `(fetch("/api/v1/uploads", { method: "POST", body: "no sound at all", headers: { "Tus-Resumable": "1.0.0", "Upload-Length": 15, "Upload-Metadata": "filename " + btoa("a.wav"), "Content-Type": "application/offset+octet-stream" } })
		.then((a) => { window.upload = a.headers.get("Location").split("/").pop(); }), true)`)
	b.until("it is refused", `window.upload && (fetch("/uploads/" + upload).then((a) => { window.became = a.status; }).catch(() => {}), window.became == 422)`)
	b.open(d.url + "/recordings")
	b.until("the library is there", `document.querySelector("#gui-o summary")`)
	if said := b.text("[data-upload] [data-taken]"); said != "" || js[bool](b, `!!document.querySelector("[data-import]")`) {
		t.Errorf("of an upload that is over it says %q", said)
	}

	b.attach("[data-upload] input[type=file]:not([capture])", lasting(t, "họp thôn.m4a", 600, "volume=-16dB", "-c:a", "aac"))
	b.until("the board works on it", `/mở và đo|lọc tiếng|chỉnh cho/.test(document.querySelector("[data-upload]").innerText)`)
	b.open(d.url + "/settings")
	js[bool](b, `(indexedDB.deleteDatabase("loalang-takes"), true)`) // as another phone, which never had it
	b.open(d.url + "/recordings")
	b.until("it is told of", importing)
	b.until("and what becomes of it", `document.querySelector("[data-upload] [data-id]")`)
	if said := b.text("[data-upload]"); strings.Contains(said, "Chưa gửi được") || !strings.Contains(said, "Đã nhận") {
		t.Errorf("it says %q", said)
	}
	d.stop()
}

// The page's own client goes through 18 cut connections as the protocol's referee does:
// what lies in the library is what was sent, byte by byte, and it is there once.
func TestRecordPageThroughCuts(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	id, path := d.toRecord()
	b.reader(d)
	file := ffmpegSound(t, "dai", "-stream_loop", "12", "-i", spokenWAV(t))
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const cuts = 18
	step := int64(len(raw)) / (cuts + 4)
	line := newWeakLine(t, d.url, cuts, func(n int) int64 { return step/2 + step*int64(n%5)/4 })
	b.open(line.url() + path)
	b.until("the page is awake", "document.querySelector('[data-start]:enabled')")
	b.attach("[data-form] input[type=file]:not([capture])", file)
	b.until("the file is a take", `document.querySelector("[data-takes] [data-piece]")?.getAttribute("d")`)
	js[bool](b, `(setInterval(() => dispatchEvent(new Event("online")), 100), true)`) // the test waits for no patience
	b.press("[data-send]")
	b.until("the board has it", "document.querySelector('#told [data-recording]')")
	if n := line.happened(); n != cuts {
		t.Errorf("%d cuts", n)
	}
	if !d.original(raw) {
		t.Error("what lies in the library is not what was sent")
	}
	takes := 0
	for _, r := range d.call(http.MethodGet, "/recordings", nil, http.StatusOK)["recordings"].([]any) {
		if r.(map[string]any)["kind"] == "take" {
			takes++
		}
	}
	if r := d.giay(id); takes != 1 || r["recording"] == "" {
		t.Errorf("%d recordings came of it, the rendition is %v", takes, r)
	}
	d.stop()
}
