package main_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// asked is the answer to somebody without a cookie or a token.
func asked(t *testing.T, url string) (status int, body []byte, header http.Header) {
	t.Helper()
	r, err := http.Get(url) //nolint:noctx // a test's own server
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if body, err = io.ReadAll(r.Body); err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, body, r.Header
}

var bulletinSound = regexp.MustCompile(`/bang-tin/nghe/[a-z0-9]+\.mp3`)

// A notice airs, and a villager without an account reads it, hears it again, prints the
// poster; it is withdrawn, and gone everywhere.
func TestPublicBoard(t *testing.T) {
	need(t, sound)
	need(t, map[string]string{"ffprobe": "ffmpeg", "pdftotext": "poppler-utils", "pdftoppm": "poppler-utils"})
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	if status, _, _ := asked(t, d.url+"/bang-tin"); status != http.StatusNotFound {
		t.Fatalf("nobody has decided yet, and the board answers %d", status)
	}
	villages := d.call(http.MethodGet, "/villages", nil, http.StatusOK)["villages"].([]any)
	key := villages[0].(map[string]any)["key"].(string)
	d.call(http.MethodPatch, "/villages/"+key, object{"board": "on"}, http.StatusOK)
	b := newBrowser(t)
	b.open(d.url + "/bang-tin")
	b.until("the empty board", "document.body.innerText.includes('Hôm nay chưa có bản tin')")
	b.picture("bang-tin-trong-360")

	id := d.announce(object{"title": "Mời họp thôn", "text": notice, "issuer": "UBND xã Cốc San", "renditions": []object{{"language": "vi"}}})
	d.airAt(id, time.Now().Add(5*time.Second))
	if row := d.row(id); row["outcome"] != "played" {
		t.Fatal(row)
	}
	b.open(d.url + "/")
	b.until("the notice", "document.querySelector('.tin h2')?.textContent == 'Mời họp thôn' && document.documentElement.matches('.js')")
	for _, width := range []int64{320, 360, 1280} {
		b.screen(width, 740)
		if wide := js[int](b, "document.documentElement.scrollWidth"); wide > int(width) {
			t.Errorf("at %d px the page is %d wide", width, wide)
		}
	}
	b.screen(360, 740)
	b.picture("bang-tin-360")
	b.screen(1280, 900)
	b.picture("bang-tin-1280")
	if small := js[string](b, `[...document.querySelectorAll('main a, main button')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.textContent).join()`); small != "" {
		t.Errorf("too small to press: %s", small)
	}
	b.dark()
	b.screen(360, 740)
	b.picture("bang-tin-360-toi")
	b.press("[data-play]")
	b.until("it sounds", "document.querySelector('[data-play]').getAttribute('aria-pressed') == 'true' && performance.getEntriesByType('resource').some(e => e.name.endsWith('.mp3'))")
	b.press("[data-play]")
	b.until("it has stopped", "document.querySelector('[data-play]').getAttribute('aria-pressed') == 'false'")
	if cookies := js[string](b, "document.cookie"); cookies != "" {
		t.Errorf("a villager has %q", cookies)
	}

	_, page, _ := asked(t, d.url+"/bang-tin")
	link := d.url + string(bulletinSound.Find(page))
	heardAgain(t, d, link)
	b.printed(t, d)
	b.withoutScript(t, d)

	b.warned(d)

	began := time.Now()
	asked(t, link)
	soon := time.Second + 3*time.Since(began) // by how long this machine takes to answer
	d.call(http.MethodPost, "/announcements/"+id+"/withdraw", nil, http.StatusOK)
	d.within(soon, "it is gone within a second", func() bool {
		status, _, _ := asked(t, link)
		return status == http.StatusNotFound
	})
	for _, path := range []string{"/", "/bang-tin", "/bang-tin/rss/vi.xml", "/api/v1/public/board"} {
		if _, body, _ := asked(t, d.url+path); strings.Contains(string(body), "Mời họp thôn") {
			t.Errorf("%s still tells of what was withdrawn", path)
		}
	}
}

// heardAgain is what a phone and a podcast program get.
func heardAgain(t *testing.T, d *daemon, link string) {
	t.Helper()
	status, sound, header := asked(t, link)
	if status != http.StatusOK || header.Get("Content-Type") != "audio/mpeg" || header.Get("Set-Cookie") != "" {
		t.Fatal(status, header)
	}
	cmd := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=codec_name,sample_rate,channels:format_tags", "-of", "json", "-")
	cmd.Stdin = strings.NewReader(string(sound))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var found struct {
		Streams []struct {
			Codec    string `json:"codec_name"`
			Rate     string `json:"sample_rate"`
			Channels int    `json:"channels"`
		}
		Format struct{ Tags map[string]string }
	}
	if err := json.Unmarshal(out, &found); err != nil || len(found.Streams) != 1 || found.Streams[0].Codec != "mp3" || found.Streams[0].Rate != "24000" || found.Streams[0].Channels != 1 || len(found.Format.Tags) != 0 {
		t.Errorf("%s", out)
	}
	if _, feed, _ := asked(t, d.url+"/bang-tin/rss/vi.xml"); !strings.Contains(string(feed), `url="`+link+`"`) || !strings.Contains(string(feed), `type="audio/mpeg"`) {
		t.Errorf("%s", feed)
	}
}

// dark is what the phone wishes.
func (b *browser) dark() {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
		return err
	}))
}

// printed is the poster on paper: one sheet of A4 with a code and the address.
func (b *browser) printed(t *testing.T, d *daemon) {
	t.Helper()
	b.open(d.url + "/bang-tin/to-dan")
	b.until("the poster", "document.querySelector('.qr') && !document.querySelector('[data-print]').hidden")
	b.picture("to-dan-360")
	p := b.paper(t, "to-dan")
	if len(p.pages) != 1 || !strings.Contains(p.flat(), "Quét mã để nghe lại") || !strings.Contains(p.flat(), strings.TrimPrefix(d.url, "http://")) || strings.Contains(p.flat(), "In ngay") {
		t.Errorf("%d sheets: %s", len(p.pages), p.flat())
	}
	if sizes := mediaBox.FindAllSubmatch(p.raw, -1); len(sizes) != 1 || !strings.HasPrefix(string(sizes[0][1]), "59") || !strings.HasPrefix(string(sizes[0][2]), "84") {
		t.Errorf("no sheet of A4: %s", sizes)
	}
	scanned(t, filepath.Dir(p.path), "to-dan", d.url+"/")
}

// scanned reads the code from the picture of the paper.
func scanned(t *testing.T, dir, name, want string) {
	t.Helper()
	need(t, map[string]string{"zbarimg": "zbar-tools"})
	pictures, err := filepath.Glob(filepath.Join(dir, name+"*.png"))
	if err != nil || len(pictures) == 0 {
		t.Fatal("no picture of the paper", err)
	}
	out, err := exec.Command("zbarimg", "-q", "--raw", pictures[len(pictures)-1]).Output()
	if err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("the code says %q (%v), want %q", out, err, want)
	}
}

// warned is who has the board open when an emergency begins, and when it is over.
func (b *browser) warned(d *daemon) {
	b.t.Helper()
	b.screen(360, 740)
	b.open(d.url + "/bang-tin")
	b.until("the page is there", "document.querySelector('.tin') && document.documentElement.matches('.js') && !document.querySelector('.alarm')")
	d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét, sạt lở đất", "reason": "nước suối lên nhanh", "text": "Rời ngay khỏi bờ suối, chân đồi."}, http.StatusCreated)
	b.until("the emergency stands on top", "document.querySelector('#now .alarm h2')?.textContent == 'Lũ quét, sạt lở đất'")
	if b.text("body") == "" || strings.Contains(b.text("body"), "nước suối lên nhanh") {
		b.t.Error("the reason is told to everybody")
	}
	if n := js[int](b, "[...document.querySelectorAll('h2')].filter(e => e.textContent == 'Lũ quét, sạt lở đất').length"); n != 1 {
		b.t.Errorf("it stands there %d times", n)
	}
	b.picture("bang-tin-khan-cap-360")
	d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
	b.until("it is over", "!document.querySelector('#now .alarm')")
	b.open(d.url + "/bang-tin")
	b.until("it stays in the list", "[...document.querySelectorAll('.tin h2')].some(e => e.textContent == 'Lũ quét, sạt lở đất')")
	b.picture("bang-tin-sau-khan-cap-360")
}

// withoutScript is the board on a phone that runs none: links to sounds, and a frame that
// looks for emergencies.
func (b *browser) withoutScript(t *testing.T, d *daemon) {
	t.Helper()
	script := func(off bool) {
		b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
			return err
		}))
	}
	script(true)
	b.screen(320, 740)
	b.open(d.url + "/bang-tin")
	b.picture("bang-tin-320-khong-js")
	script(false)
	if frames := js[int](b, "document.querySelectorAll('iframe.ticker').length"); frames != 1 {
		t.Errorf("%d frames look for emergencies", frames)
	}
}
