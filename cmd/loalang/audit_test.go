package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"loalang/lab"
)

// audited is what was measured of a page.
type audited struct {
	address      string
	wire         float64 // KB of the first load
	usable       []float64
	performance  float64
	others       []float64 // accessibility, best practices, search
	skippedIndex bool
}

// lines are the two lines of the figures, and within how many seconds a page is usable.
var lines = []struct {
	kbits float64
	trip  time.Duration
	want  float64
}{{400, 400 * time.Millisecond, 3}, {120, 600 * time.Millisecond, 5}}

// What make web-audit measures: how soon each main page is usable on lines of a
// mountain village with a phone four times slower than this machine, and what Lighthouse
// says. It needs a quiet machine; the file that LOALANG_AUDIT names gets the table.
func TestWebAudit(t *testing.T) {
	file := os.Getenv("LOALANG_AUDIT")
	if file == "" {
		t.Skip("make web-audit measures; LOALANG_AUDIT names the file for the table")
	}
	need(t, sound)
	need(t, map[string]string{"node": "nodejs"})
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	where := settled(t, d)
	b.open(d.url + "/sign-in")
	b.signIn("/")
	signed, nobody := b.onlooker(false), b.onlooker(true)
	cookie := d.cookie()
	var all []*audited
	for _, l := range looks(t) {
		if !l.has("main") {
			continue
		}
		a := &audited{address: l.address, skippedIndex: l.address != "/bang-tin"}
		all = append(all, a)
		path, o, as := where.fill(t, l.address), signed, cookie
		if l.has("nobody") {
			o, as = nobody, ""
		}
		for _, line := range lines {
			thin := newThinLine(t, d.url, line.kbits, line.trip)
			a.usable = append(a.usable, o.usable(thin, path))
		}
		o.told()
		o.open(d.url + path)
		wire, _ := o.told()
		a.wire = wire / 1024
		a.lighthouse(t, d.url+path, as)
		t.Logf("%+v", *a)
	}
	if err := keepTable(file, all); err != nil {
		t.Fatal(err)
	}
}

// cookie signs in without a browser.
func (d *daemon) cookie() string {
	d.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	client := http.Client{Jar: jar}
	resp, err := client.PostForm(d.url+"/sign-in", url.Values{"name": {"Vàng Thị Mỷ"}, "password": {password}})
	if err != nil {
		d.t.Fatal(err)
	}
	resp.Body.Close()
	at, err := url.Parse(d.url)
	if err != nil {
		d.t.Fatal(err)
	}
	var pairs []string
	for _, c := range jar.Cookies(at) {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	if len(pairs) == 0 {
		d.t.Fatal("signing in gives no cookie")
	}
	return strings.Join(pairs, "; ")
}

// usable is the median of three cold loads, in seconds: from the tap until the page is
// painted and its scripts have run, so that whatever is there can be pressed.
func (o *onlooker) usable(thin *thinLine, path string) float64 {
	o.t.Helper()
	slow := func(rate float64) {
		o.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: rate})
			return err
		}))
	}
	slow(4)
	defer slow(1)
	var took []float64
	for range 3 {
		o.open("about:blank")
		thin.cut()
		o.open(thin.url() + path)
		o.until("it is painted", "performance.getEntriesByName('first-contentful-paint').length")
		took = append(took, js[float64](o.browser, "Math.max(performance.getEntriesByName('first-contentful-paint')[0].startTime, performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd)")/1000)
	}
	slices.Sort(took)
	return took[1]
}

// lighthouse fills in what it says of a page, of 100 each.
func (a *audited) lighthouse(t *testing.T, address, cookie string) {
	t.Helper()
	program, err := filepath.Abs("../../tools/audit/node_modules/lighthouse/cli/index.js")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		missing(t, "no Lighthouse: scripts/setup.sh audit installs it")
	}
	args := []string{program, address, "--quiet", "--output=json", "--no-enable-error-reporting", "--chrome-flags=--headless=new --no-sandbox"}
	if cookie != "" {
		headers, err := json.Marshal(map[string]string{"Cookie": cookie})
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, "--extra-headers="+string(headers))
	}
	if a.skippedIndex { // the panel is for nobody's search
		args = append(args, "--skip-audits=is-crawlable")
	}
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Env = append(os.Environ(), "CHROME_PATH="+chromium(t))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("lighthouse: %v", err)
	}
	var said struct {
		Categories map[string]struct{ Score float64 }
		Audits     map[string]struct {
			Score *float64
			Title string
		}
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatal(err)
	}
	a.performance = 100 * said.Categories["performance"].Score
	for _, category := range []string{"accessibility", "best-practices", "seo"} {
		score := 100 * said.Categories[category].Score
		a.others = append(a.others, score)
		if score < 100 {
			t.Errorf("%s: %s %.0f of 100", a.address, category, score)
		}
	}
	for name, one := range said.Audits {
		if one.Score != nil && *one.Score < 0.5 {
			t.Logf("%s: %s: %s", a.address, name, one.Title)
		}
	}
}

// keepTable writes what was measured of the pages into a document.
func keepTable(file string, all []*audited) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## The panel (%d cores, %s, %s)\n\n", runtime.NumCPU(), runtime.Version(), time.Now().Format("2 January 2006"))
	b.WriteString("Cold loads, the median of three, with the processor slowed four times: from the tap until the page is painted and its scripts have run. The board has\nthirty notices. KB are all that goes over the wire, heads included, sounds left out. Lighthouse: its four sums; \"is-crawlable\" counts for the public board alone.\n\n")
	b.WriteString("| page | KB | 400 kbit/s, 400 ms | 120 kbit/s, 600 ms | performance | accessibility | best practices | search |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, a := range all {
		fmt.Fprintf(&b, "| `%s` | %.1f | %.1f s | %.1f s | %.0f | %.0f | %.0f | %.0f |\n", a.address, a.wire, a.usable[0], a.usable[1], a.performance, a.others[0], a.others[1], a.others[2])
	}
	fmt.Fprintf(&b, "\nWanted: 30 KB (the calendar 45), %.1f s, %.1f s, 95, 100, 100, 100.\n\n", lines[0].want, lines[1].want)
	return lab.KeepSection(file, "make web-audit", "panel", b.String())
}
