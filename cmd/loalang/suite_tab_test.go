package main_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// onlooker is a tab that notes what a page does behind the screen.
type onlooker struct {
	*browser
	axe, measure string

	mu       sync.Mutex
	wire     float64
	parts    []string // bytes and address of each answer that wire counts
	asked    map[network.RequestID]string
	sounds   map[network.RequestID]bool // what somebody came to hear or to trim is no part of the first load
	troubles []string
}

// note takes in what the browser tells of the page.
func (o *onlooker) note(event any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch e := event.(type) {
	case *network.EventResponseReceived:
		o.sounds[e.RequestID] = strings.HasPrefix(e.Response.MimeType, "audio/")
	case *network.EventLoadingFinished:
		if !o.sounds[e.RequestID] {
			o.wire += e.EncodedDataLength
			o.parts = append(o.parts, fmt.Sprintf("%.0f %s", e.EncodedDataLength, o.asked[e.RequestID]))
		}
	case *network.EventRequestWillBeSent:
		o.asked[e.RequestID] = e.Request.URL
		to, err := url.Parse(e.Request.URL)
		if err != nil || to.Scheme != "data" && to.Scheme != "blob" && to.Hostname() != "127.0.0.1" {
			o.troubles = append(o.troubles, "asks a foreign host: "+e.Request.URL)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			o.troubles = append(o.troubles, "console: "+e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			o.troubles = append(o.troubles, "console: an error is written")
		}
	case *runtime.EventExceptionThrown:
		o.troubles = append(o.troubles, "exception: "+e.ExceptionDetails.Text)
	}
}

// shipment is what wire consists of: the bytes and the address of each answer.
func (o *onlooker) shipment() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.parts, ", ")
}

// told gives what was noted since it was asked last, and forgets it.
func (o *onlooker) told() (wire float64, troubles []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	wire, troubles = o.wire, o.troubles
	o.wire, o.troubles = 0, nil
	o.parts, o.asked = nil, map[network.RequestID]string{}
	return wire, troubles
}

// onlooker opens a tab of its own; apart, it knows of no sign-in of another.
func (b *browser) onlooker(apart bool) *onlooker {
	b.t.Helper()
	var options []chromedp.ContextOption
	if apart {
		options = append(options, chromedp.WithNewBrowserContext())
	}
	ctx, free := chromedp.NewContext(b.ctx, options...)
	b.t.Cleanup(free)
	o := &onlooker{sounds: map[network.RequestID]bool{}, asked: map[network.RequestID]string{}, browser: &browser{t: b.t, ctx: ctx, pictures: b.pictures}}
	o.axe, o.measure = readText(b.t, axeFile(b.t)), readText(b.t, "testdata/measure.js")
	o.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}); err != nil {
			return err
		}
		// Every load is the first: what the service worker of an earlier page keeps does not count.
		_, err := cdp.Call(ctx, t, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true})
		return err
	}))
	if err := chromedp.Listen(ctx, o.note); err != nil {
		b.t.Fatal(err)
	}
	return o
}

func axeFile(t testing.TB) string {
	t.Helper()
	file := filepath.Join(browserTools, "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(file); err != nil {
		missing(t, "no axe-core: scripts/setup.sh test installs it")
	}
	return file
}

func readText(t testing.TB, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// colours is what the phone wishes: "light" or "dark".
func (b *browser) colours(scheme string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	}))
}

// letters is the size that the phone gives letters, in pixels; 16 unless somebody set it.
func (b *browser) letters(size int64) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: size, Fixed: size}})
		return err
	}))
}

// sizes is what measure.js finds too small. A page may come in anew by itself: it is looked
// at when all of it is there, what it looks like too.
func (o *onlooker) sizes() []string {
	o.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if found := js[*[]string](o.browser, "document.readyState == 'complete' ? "+o.measure+" : null"); found != nil {
			return *found
		}
	}
	o.t.Fatalf("not within %s: the page is there", patience)
	return nil
}

// violations is what axe finds; only the contrast when all else was looked at already.
func (o *onlooker) violations(contrastOnly bool) []string {
	o.t.Helper()
	options := "resultTypes: ['violations'], iframes: false"
	if contrastOnly {
		options += ", runOnly: ['color-contrast']"
	}
	o.until("the page is there", "true")
	if !js[bool](o.browser, "!!window.axe") { // a page may come in anew by itself
		o.do(chromedp.Evaluate[chromedp.Void](o.axe))
	}
	run := chromedp.Evaluate[[]string](`axe.run(document, {`+options+`}).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 160) + " | " + (n.any[0] ?? n.all[0] ?? n.none[0])?.message)))`, chromedp.EvalAwaitPromise)
	found, err := chromedp.Run(o.ctx, run)
	for tries := 0; err != nil && tries < 5; tries++ { // the page came in anew meanwhile
		o.until("the page is there", "true")
		o.do(chromedp.Evaluate[chromedp.Void](o.axe))
		found, err = chromedp.Run(o.ctx, run)
	}
	if err != nil {
		o.t.Fatalf("axe: %v", err)
	}
	return found
}

// unfold opens everything that can be unfolded.
const unfold = `(document.querySelectorAll("details").forEach((d) => { d.open = true; }), true)`

// picture is what is kept of a page. No name: nothing.
type picture struct {
	name  string
	state bool // the page as it is for a while only: a phone by day is enough
}

// inspect opens one page in one language and holds it against every rule, on a phone and
// on a desk, by day and by night.
func (o *onlooker) inspect(t *testing.T, l look, address string, shot picture) {
	t.Helper()
	o.told()
	o.colours("light")
	o.screen(360, 740)
	o.open(address)
	o.until("the page is there", "true")
	parts := o.shipment()
	wire, _ := o.told()
	t.Logf("the first load: %.1f KB", wire/1024)
	if wire > l.budget(t) {
		t.Errorf("the first load takes %.1f KB on the wire, want %.0f at most: %s", wire/1024, l.budget(t)/1024, parts)
	}
	if status := js[int](o.browser, "performance.getEntriesByType('navigation')[0].responseStatus"); status != l.status() {
		t.Errorf("it answers %d, want %d", status, l.status())
	}
	o.pose(shot.name, !shot.state, l.has("main"))
	js[bool](o.browser, unfold)
	for _, width := range []int64{360, 1280} {
		o.screen(width, 740)
		at := fmt.Sprintf("%d px", width)
		o.report(t, at, o.sizes(), o.violations(false))
		o.colours("dark")
		o.report(t, at+", dark", o.violations(true))
		o.colours("light")
	}
	o.screen(320, 640)
	o.report(t, "320 px", o.sizes())
	o.enlarged(t)
	_, troubles := o.told()
	troubles = slices.DeleteFunc(troubles, func(trouble string) bool { // that it is refused is what is looked at
		return strings.Contains(trouble, fmt.Sprintf("status of %d", l.status()))
	})
	o.report(t, "behind the screen", troubles)
}

// enlarged measures the page on a phone whose owner has made the letters twice as large.
func (o *onlooker) enlarged(t *testing.T) {
	t.Helper()
	o.screen(360, 740)
	o.letters(32)
	if root := js[string](o.browser, "getComputedStyle(document.documentElement).fontSize"); root != "36px" {
		t.Errorf("letters twice as large leave the page at %s", root)
	}
	o.report(t, "200 % text", o.sizes())
	o.letters(16)
}

func (o *onlooker) report(t *testing.T, at string, lists ...[]string) {
	t.Helper()
	for _, list := range lists {
		for _, one := range list {
			t.Errorf("%s: %s", at, one)
		}
	}
}

// unslug is what may not stand in the name of a picture.
var unslug = regexp.MustCompile(`[^a-z0-9]+`)

// tallest is as much of a page as a picture shows, in pixels.
const tallest = 1400

// pose keeps pictures of the page on a phone and on a desk, by night too if it is one of
// the main ones, in the folder that LOALANG_PICTURES names; not whole: only on a phone by
// day. No name, no picture.
func (o *onlooker) pose(name string, whole, byNight bool) {
	o.t.Helper()
	if o.pictures == "" || name == "" {
		return
	}
	name = strings.Trim(unslug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	schemes := []string{"light"}
	if byNight {
		schemes = append(schemes, "dark")
	}
	widths := []int64{360, 1280}
	if !whole {
		widths, schemes = widths[:1], schemes[:1]
	}
	for _, width := range widths {
		for _, scheme := range schemes {
			o.colours(scheme)
			o.screen(width, 740)
			o.screen(width, min(tallest, js[int64](o.browser, "document.documentElement.scrollHeight"))) // what sticks to the edge sticks to the picture's
			file := fmt.Sprintf("%s-%d", name, width)
			if scheme == "dark" {
				file += "-dark"
			}
			scale := 1.0
			if width > 1000 {
				scale = 0.6
			}
			o.shoot(filepath.Join(o.pictures, file+".png"), scale)
		}
	}
	o.colours("light")
	o.screen(360, 740)
}

// shoot writes what is on the screen to a file.
func (o *onlooker) shoot(file string, scale float64) {
	o.t.Helper()
	size := js[[]float64](o.browser, "[innerWidth, innerHeight]")
	shot, err := chromedp.Run(o.ctx, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		r, err := cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{Clip: &page.Viewport{Width: size[0], Height: size[1], Scale: scale}})
		return r.Data, err
	})
	if err == nil {
		shot, err = shrink(shot)
	}
	if err == nil {
		err = os.WriteFile(file, shot, 0o644)
	}
	if err != nil {
		o.t.Error(err)
	}
}
