package main_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// look is one look at a page: a line of web/testdata/pages.txt.
type look struct {
	route, address string
	words          []string
}

func (l look) has(word string) bool { return slices.Contains(l.words, word) }

// budget is how many bytes the first load of the page may take on the wire.
func (l look) budget(t testing.TB) float64 {
	t.Helper()
	kb := 30.0
	for _, word := range l.words {
		if of, ok := strings.CutPrefix(word, "kb="); ok {
			if _, err := fmt.Sscan(of, &kb); err != nil {
				t.Fatalf("%s: %s: %v", l.route, word, err)
			}
		}
	}
	return kb * 1024
}

// looks reads web/testdata/pages.txt, which a test of web holds against the router.
func looks(t testing.TB) []look {
	t.Helper()
	raw, err := os.ReadFile("../../web/testdata/pages.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []look
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		if strings.HasPrefix(line, "#") || len(fields) < 2 || fields[1] == "-" {
			continue
		}
		all = append(all, look{fields[0], fields[1], fields[2:]})
	}
	return all
}

// onlooker is a tab that notes what a page does behind the screen.
type onlooker struct {
	*browser
	axe, measure string

	mu       sync.Mutex
	wire     float64
	troubles []string
}

// note takes in what the browser tells of the page.
func (o *onlooker) note(event any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch e := event.(type) {
	case *network.EventLoadingFinished:
		o.wire += e.EncodedDataLength
	case *network.EventRequestWillBeSent:
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

// told gives what was noted since it was asked last, and forgets it.
func (o *onlooker) told() (wire float64, troubles []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	wire, troubles = o.wire, o.troubles
	o.wire, o.troubles = 0, nil
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
	o := &onlooker{browser: &browser{t: b.t, ctx: ctx, pictures: b.pictures}}
	o.axe, o.measure = readText(b.t, axeFile(b.t)), readText(b.t, "testdata/measure.js")
	o.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
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

// violations is what axe finds; only the contrast when all else was looked at already.
func (o *onlooker) violations(contrastOnly bool) []string {
	o.t.Helper()
	options := "resultTypes: ['violations'], iframes: false"
	if contrastOnly {
		options += ", runOnly: ['color-contrast']"
	}
	if !js[bool](o.browser, "!!window.axe") { // a page may come in anew by itself
		o.do(chromedp.Evaluate[chromedp.Void](o.axe))
	}
	found, err := chromedp.Run(o.ctx, chromedp.Evaluate[[]string](`axe.run(document, {`+options+`}).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 160) + " | " + (n.any[0] ?? n.all[0] ?? n.none[0])?.message)))`, chromedp.EvalAwaitPromise))
	if err != nil {
		o.t.Fatalf("axe: %v", err)
	}
	return found
}

// unfold opens everything that can be unfolded.
const unfold = `(document.querySelectorAll("details").forEach((d) => { d.open = true; }), true)`

// inspect opens one page in one language and holds it against every rule, on a phone and
// on a desk, by day and by night.
func (o *onlooker) inspect(t *testing.T, l look, address string) {
	t.Helper()
	o.told()
	o.colours("light")
	o.screen(360, 740)
	o.open(address)
	o.until("the page is there", "document.readyState == 'complete'")
	wire, _ := o.told()
	if wire > l.budget(t) {
		t.Errorf("the first load takes %.1f KB on the wire, want %.0f at most", wire/1024, l.budget(t)/1024)
	}
	js[bool](o.browser, unfold)
	for _, width := range []int64{360, 1280} {
		o.screen(width, 740)
		at := fmt.Sprintf("%d px", width)
		o.report(t, at, js[[]string](o.browser, o.measure), o.violations(false))
		o.colours("dark")
		o.report(t, at+", dark", nil, o.violations(true))
		o.colours("light")
	}
	o.screen(320, 640)
	o.report(t, "320 px", js[[]string](o.browser, o.measure), nil)
	o.screen(360, 740)
	o.letters(32)
	if root := js[string](o.browser, "getComputedStyle(document.documentElement).fontSize"); root != "36px" {
		t.Errorf("letters twice as large leave the page at %s", root)
	}
	o.report(t, "200 % text", js[[]string](o.browser, o.measure), nil)
	o.letters(16)
	_, troubles := o.told()
	o.report(t, "behind the screen", troubles, nil)
}

func (o *onlooker) report(t *testing.T, at string, lists ...[]string) {
	t.Helper()
	for _, list := range lists {
		for _, one := range list {
			t.Errorf("%s: %s", at, one)
		}
	}
}

// Every page of the panel, in both languages, by day and by night, on a phone and on a
// desk: axe finds nothing, nothing is wider than the screen or too small to press or to
// read, nothing is asked of a foreign host, and the first load is light.
func TestEveryPage(t *testing.T) {
	need(t, sound)
	axeFile(t)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	where := settled(t, d)
	b.open(d.url + "/sign-in")
	b.signIn("/")
	signed, nobody := make(chan *onlooker, 2), make(chan *onlooker, 2)
	for range cap(signed) {
		signed <- b.onlooker(false)
		nobody <- b.onlooker(true)
	}
	t.Run("pages", func(t *testing.T) {
		for _, l := range looks(t) {
			if l.has("fresh") {
				continue
			}
			t.Run(strings.TrimPrefix(l.address, "/"), func(t *testing.T) {
				t.Parallel()
				tabs := signed
				if l.has("nobody") {
					tabs = nobody
				}
				o := <-tabs
				defer func() { tabs <- o }()
				o.t = t
				for _, lang := range []string{"vi", "en"} {
					o.inspect(t, l, withLanguage(t, d.url+where.fill(t, l.address), lang))
					if status := js[float64](o.browser, "performance.getEntriesByType('navigation')[0].responseStatus"); status != http.StatusOK {
						t.Errorf("%s answers %v", l.address, status)
					}
				}
			})
		}
	})
}

func withLanguage(t testing.TB, address, lang string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("lang", lang)
	u.RawQuery = q.Encode()
	return u.String()
}
