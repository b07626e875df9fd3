package main_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/chromedp/cdproto/cdp"
)

// browser is a Chromium on a phone's screen. Any request beyond this machine
// fails, and any exception in a page fails the test.
type browser struct {
	t        testing.TB
	ctx      context.Context
	pictures string
}

// browsers bounds how many run at a time: each needs a core of its own. A test has one.
var browsers = make(chan struct{}, 2)

func newBrowser(t testing.TB, more ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	exe := chromium(t)
	browsers <- struct{}{}
	t.Cleanup(func() { <-browsers }) // last, behind what ends it

	options := append(chromedp.DefaultExecAllocatorOptions[:], //nolint:gocritic // a new slice is wanted
		chromedp.ExecPath(exe), chromedp.UserDataDir(t.TempDir()), chromedp.Flag("lang", "vi-VN"))
	for _, flag := range []string{"no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	options = append(options,
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("host-resolver-rules", "EXCLUDE localhost, EXCLUDE 127.0.0.1, MAP * ~NOTFOUND"))
	options = append(options, more...)
	allocator, freeAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(freeAllocator)
	tab, freeTab := chromedp.NewContext(allocator, chromedp.WithErrorf(t.Logf))
	t.Cleanup(func() {
		_ = chromedp.Cancel(tab) // it may be gone already
		freeTab()
	})
	if err := chromedp.Do(tab); err != nil { // no timeout here: its end would stop the browser
		t.Fatalf("start %s: %v", exe, err)
	}
	go func() {
		for m, err := range chromedp.Console(tab) {
			if err != nil {
				return
			}
			if m.IsException() {
				t.Errorf("exception in the page: %v", m)
			}
		}
	}()
	ctx, cancel := context.WithTimeout(tab, 15*time.Minute)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx, pictures: os.Getenv("LOALANG_PICTURES")}
	b.screen(360, 740)
	return b
}

func chromium(t testing.TB) string {
	t.Helper()
	if exe := os.Getenv("CHROMIUM"); exe != "" {
		return exe
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if exe, err := exec.LookPath(name); err == nil {
			return exe
		}
	}
	missing(t, "no Chromium on this machine: apt-get install chromium, or set CHROMIUM to another")
	return ""
}

// do runs steps that look a node up before they act on it.
func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	err := chromedp.Do(b.ctx, steps...)
	// A page that just came in may replace its nodes between a look-up and its
	// use: nothing was pressed then, so it is tried again.
	for tries := 0; err != nil && strings.Contains(err.Error(), "Could not find node") && tries < 5; tries++ {
		time.Sleep(200 * time.Millisecond)
		err = chromedp.Do(b.ctx, steps...)
	}
	if err != nil {
		b.picture("failure")
		b.t.Fatalf("%v\n%s", err, b.text("body"))
	}
}

func (b *browser) screen(width, height int64) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 600,
		})
		return err
	}))
}

func (b *browser) open(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url))
}

// js evaluates an expression.
func js[T any](b *browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	// While one page gives way to the next, neither is there.
	for tries := 0; err != nil && (strings.Contains(err.Error(), "of null") || strings.Contains(err.Error(), "Inspected target navigated")) && tries < 20; tries++ {
		time.Sleep(100 * time.Millisecond)
		v, err = chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	}
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func (b *browser) text(css string) string {
	b.t.Helper()
	return js[string](b, fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", css))
}

// until waits for an expression to become true in the page, once all of it is there: what a
// page holds is there before what it looks like and before what its scripts do.
func (b *browser) until(what, expression string) {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	for !js[bool](b, "document.readyState == 'complete' && !!("+expression+")") {
		if time.Now().After(deadline) {
			b.picture("failure")
			b.t.Fatalf("not within %s: %s\n%s", patience, what, b.text("body"))
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (b *browser) fill(css, value string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS(css), value))
}

// clear empties a field.
func (b *browser) clear(css string) {
	b.t.Helper()
	js[bool](b, fmt.Sprintf("(() => { const f = document.querySelector(%q); f.value = ''; f.dispatchEvent(new Event('input', { bubbles: true })); return true; })()", css))
}

// press clicks what is there to be pressed, and scrolls to it first. What comes in above it
// moves it: it is pressed when it stands still.
func (b *browser) press(css string) {
	b.t.Helper()
	b.do(chromedp.ScrollIntoView(chromedp.CSS(css)))
	place := fmt.Sprintf("(() => { const r = document.querySelector(%q)?.getBoundingClientRect(); return r ? [r.x, r.y, r.width, r.height] : []; })()", css)
	for before, tries := []float64(nil), 0; tries < 40; tries++ {
		now := js[[]float64](b, place)
		if slices.Equal(now, before) {
			break
		}
		before = now
		time.Sleep(50 * time.Millisecond)
	}
	b.do(chromedp.Click(chromedp.CSS(css)))
}

// picture keeps the whole page as it is seen, in the folder that
// LOALANG_PICTURES names; and nothing may be wider than the screen.
func (b *browser) picture(name string) {
	b.t.Helper()
	if wide := js[float64](b, "document.documentElement.scrollWidth - innerWidth"); wide > 0 && name != "failure" {
		b.t.Errorf("%s is %.0f px wider than the screen", name, wide)
	}
	if b.pictures == "" {
		return
	}
	size := js[[]float64](b, "[innerWidth, innerHeight, document.documentElement.scrollHeight]")
	b.screen(int64(size[0]), int64(size[2])) // bars that stick to the edge stick to the picture's
	defer b.screen(int64(size[0]), int64(size[1]))
	shot, err := chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		whole := true
		r, err := cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &whole})
		return r.Data, err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.pictures, name+".png"), shot, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// sheet goes to a sheet of a new notice, as its buttons do; what is folded on it opens.
func (b *browser) sheet(name string) {
	b.t.Helper()
	b.until("the sheets are ready", "document.querySelector('[data-ready]')")
	switch name {
	case "write":
		b.press("[name=pick][value=tu-viet]")
	case "send":
		b.press("[data-sheet=write] button.btn")
	}
	b.until("the sheet is there", fmt.Sprintf("document.querySelector('[data-sheet=%s]').checkVisibility()", name))
	js[bool](b, "(document.querySelectorAll('[data-sheet=send] details').forEach((d) => { d.open = true; }), true)")
}

// attach chooses a file in a file input.
func (b *browser) attach(css, file string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		nodes, err := chromedp.QueryNodeIDs(chromedp.CSS(css), chromedp.NodeReady)(ctx, t)
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, t, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{file}, NodeID: nodes[0]})
		return err
	}))
}

const password = "trống đồng vang xa"

// The story of the first broadcast, as a village cadre lives it: the one-time
// link, a typed notice, its preview, "in one minute", the plan, the sound on
// listen-in, the as-run; then a phone recording; then an emergency.
func TestStory(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)

	b.open(d.setup)
	b.picture("setup-360")
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()
	b.picture("today-first-360")
	if again := d.status(d.setup); again != http.StatusGone && again != http.StatusNotFound {
		t.Errorf("the link answers %d a second time, want it used up", again)
	}

	b.typed(d)
	b.recorded(t)
	b.alarmed()
	b.mended(d)
	b.deleted(d)
	b.rest(d)
}

// mended changes a word of the typed notice; the machine reads it anew.
func (b *browser) mended(d *daemon) {
	b.open(d.url + "/announcements")
	js[bool](b, `([...document.querySelectorAll("a.item")].find((a) => a.innerText.includes("Mời họp thôn tối mai")).click(), true)`)
	b.until("the notice is there", "document.querySelector('#edit')")
	b.press("#edit summary")
	b.picture("announcement-edit-360")
	b.clear("#text")
	b.fill("#text", "Họp thôn dời sang 20h.")
	b.press("#edit button[type=submit]")
	b.until("the new words are saved", "document.querySelector('main')?.innerText.includes('Họp thôn dời sang 20h.')")
	b.until("the machine has read them", "document.querySelector('#renditions audio')")
}

// deleted deletes a recording, takes that back, and deletes it again.
func (b *browser) deleted(d *daemon) {
	find := func() string {
		b.open(d.url + "/recordings?q=ghi+am")
		b.until("it is found", `document.querySelector("li b a")`)
		return js[string](b, `[...document.querySelectorAll("li b a")].find((a) => a.innerText.includes("ghi-am")).pathname`)
	}
	remove := func() {
		b.open(d.url + find())
		b.until("it can be deleted", `document.querySelector('form[action$="/delete"] button')`)
		b.press(`form[action$="/delete"] button`)
		b.until("it is deleted", `location.search.includes("recording-deleted") && document.querySelector('form[action$="/restore"] button')`)
	}
	remove()
	b.press(`form[action$="/restore"] button`)
	b.until("it is back", `location.search.includes("recording-back")`)
	remove()
}

// typed walks a typed notice from the form to the as-run.
func (b *browser) typed(d *daemon) {
	t := b.t
	b.press(`a[href="/announcements/new"]`)
	b.until("the form is there", "document.querySelector('[data-draft]')")
	b.sheet("write")
	b.fill("#title", "Mời họp thôn tối mai")
	b.fill("#text", notice)
	b.press("button[value=preview]")
	b.until("the preview is spoken", "document.querySelector('#preview audio')")
	spoken := b.text("#preview")
	for _, words := range []string{"mười chín giờ", "hai mươi tư tháng mười một"} {
		if !strings.Contains(spoken, words) {
			t.Errorf("the preview reads %q, want it to hold %q", spoken, words)
		}
	}
	b.until("the preview can be heard", "document.querySelector('#preview audio').duration > 3")
	b.sheet("send")
	b.press("input[name=when][value=minute]")
	b.picture("new-360")
	if said := b.text("[data-review]"); !strings.Contains(said, "Mời họp thôn tối mai") || !strings.Contains(said, "Ún Tà") {
		t.Errorf("the review says %q", said)
	}
	b.press("button[value=send]")
	b.until("the notice is sent", "location.pathname.startsWith('/announcements/') && location.pathname != '/announcements/new'")
	b.picture("announcement-360")
	b.open(d.url + "/plan")
	b.until("the notice stands in the plan", "document.querySelector('main').innerText.includes('Mời họp thôn tối mai')")
	b.picture("plan-360")

	b.open(d.url + "/")
	js[bool](b, listenScript)
	b.until("the page tells that it is on air", "document.querySelector('.air.on')")
	b.until("the level moves", "document.querySelector('.air.on .meter')")
	b.until("listen-in carries sound", "window.heard > 0.02")
	b.picture("today-360")
	b.screen(1280, 800)
	b.picture("today-1280")
	b.screen(360, 740)
	b.until("it ends by itself", "!document.querySelector('.air.on')")
	b.open(d.url + "/asrun")
	b.until("the as-run has it", "document.querySelector('main').innerText.includes('Mời họp thôn tối mai')")
	b.picture("asrun-360")
}

// listenScript listens in as the page's player does, and keeps the loudest
// sample in window.heard.
const listenScript = `(() => {
  window.heard = 0;
  fetch("/api/v1/air/listen").then(async (r) => {
    const reader = r.body.getReader();
    let odd = null, skip = 44;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      let bytes = value;
      if (skip) { const n = Math.min(skip, bytes.length); bytes = bytes.subarray(n); skip -= n; }
      for (const x of bytes) {
        if (odd === null) { odd = x; continue; }
        let s = odd | (x << 8); odd = null;
        if (s > 32767) s -= 65536;
        window.heard = Math.max(window.heard, Math.abs(s) / 32768);
      }
    }
  });
  return true;
})()`

// recorded sends a phone recording in Giáy and airs it at once.
func (b *browser) recorded(t *testing.T) {
	take := phone(t, "m4a", "-c:a", "aac")
	file := filepath.Join(t.TempDir(), "ghi-am.m4a")
	if err := os.WriteFile(file, take.raw, 0o600); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Evaluate[chromedp.Void]("localStorage.clear()"))
	b.open(js[string](b, "location.origin") + "/announcements/new?how=take")
	b.until("the form is there", "document.querySelector('[data-draft]')")
	b.fill("#title", "Tiêm phòng cho trâu bò")
	b.sheet("send")
	b.press("input[name=language][value=vi]") // only Giáy this time
	b.attach(`[data-tongue] input[name=file_pcc]:not([capture])`, file)
	b.until("the recording is taken in", "document.querySelector('input[name=take_pcc]').value.length == 64")
	b.press("input[name=when][value=now]")
	b.picture("new-take-360")
	b.press("button[value=send]")
	b.until("the notice is sent", "location.pathname.startsWith('/announcements/') && location.pathname != '/announcements/new'")
	b.open(js[string](b, "location.origin") + "/")
	b.until("it is on air", "document.querySelector('.air.on')?.innerText.includes('Tiêm phòng cho trâu bò')")
	// Not by the mouse: the page may redraw between looking and pressing.
	js[bool](b, `(document.querySelector('form[action="/air/stop"] button').click(), true)`)
	b.until("one tap stops it", "!document.querySelector('.air.on')")
}

// alarmed holds the emergency button for two seconds and stops the siren.
func (b *browser) alarmed() {
	origin := js[string](b, "location.origin")
	b.open(origin + "/emergency")
	b.until("the button is armed", "document.querySelector('[data-armed]')")
	b.clear("#reason")
	b.fill("#reason", "Nước suối đang lên nhanh")
	b.picture("emergency-360")
	b.do(chromedp.ScrollIntoView(chromedp.CSS("[data-hold]")))
	at := js[[]float64](b, `(() => { const r = document.querySelector("[data-hold]").getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`)
	b.do(chromedp.MouseEvent(chromedp.MousePressed, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)), chromedp.Sleep(2500*time.Millisecond))
	b.until("the siren sounds", "document.querySelector('.stop')")
	b.picture("emergency-live-360")
	b.press("button.stop")
	b.until("the siren is stopped", "!document.querySelector('.stop')")
}

// rest takes pictures of the pages that the story passed by, in both languages.
func (b *browser) rest(d *daemon) {
	for name, path := range map[string]string{"recordings": "/recordings", "announcements": "/announcements", "asrun-all": "/asrun", "plan": "/plan", "new": "/announcements/new", "rules": "/rules"} {
		b.open(d.url + path)
		b.screen(1280, 800)
		b.picture(name + "-1280")
		b.screen(320, 640)
		b.picture(name + "-320")
		b.screen(360, 740)
	}
}

// status asks for a page without signing in.
func (d *daemon) status(url string) int {
	d.t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}
