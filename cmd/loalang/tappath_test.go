package main_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/store"
)

// finger is a person who taps on a phone's glass, and how often they did.
type finger struct {
	*browser
	taps int
}

func (b *browser) finger() *finger {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
		return err
	}))
	return &finger{browser: b}
}

// tap touches what is seen of the node of an expression, which must be large enough
// for a finger and covered by nothing.
func (f *finger) tap(what, node string) {
	f.t.Helper()
	f.until(what+" is there", node)
	// A person scrolls until they see it, which is no tap.
	at := js[[]float64](f.browser, fmt.Sprintf(`(() => { const n = %s; n.scrollIntoView({ block: "center" }); const r = n.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2; const hit = document.elementFromPoint(x, y); return [x, y, r.width, r.height, n.checkVisibility() && hit && (n.contains(hit) || hit.contains(n)) ? 1 : 0]; })()`, node))
	if at[4] != 1 || at[2] < 44 || at[3] < 44 {
		f.picture("failure")
		f.t.Fatalf("%s cannot be tapped: at %.0f,%.0f, %.0f x %.0f px, seen %v", what, at[0], at[1], at[2], at[3], at[4] == 1)
	}
	f.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		touch := input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: at[0], Y: at[1]}}}
		if _, err := cdp.Call(ctx, t, input.DispatchTouchEvent, touch); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
		return err
	}))
	f.taps++
	f.t.Logf("tap %d: %s", f.taps, what)
}

// types writes into the field that has the focus, and presses the keyboard's own key
// for the next field.
func (f *finger) types(field, keys string) {
	f.t.Helper()
	f.until("the keyboard writes into "+field, fmt.Sprintf("document.activeElement?.name == 'blank:%s'", field))
	f.do(chromedp.KeyEvent(keys + "\r"))
}

// cadre makes the account of a village cadre and signs it in.
func (b *browser) cadre(d *daemon) {
	b.t.Helper()
	d.call(http.MethodPost, "/accounts", object{"name": "Lù Văn Sài", "password": password, "role": "cadre", "village": "un-ta"}, http.StatusCreated)
	b.open(d.url + "/sign-in")
	b.fill("#name", "Lù Văn Sài")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.until("the cadre is signed in", "location.pathname == '/'")
}

// withText is the node among css that shows a text.
func withText(css, text string) string {
	return fmt.Sprintf("[...document.querySelectorAll(%q)].find((n) => n.checkVisibility() && n.innerText.includes(%q))", css, text)
}

// A village head sends a notice from a template with six taps: from the first page to
// the sentence that says when, where and in which languages it airs.
func TestSixTapsForATemplate(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	b.cadre(d)

	f := b.finger()
	b.picture("path-today-360")
	f.tap("a new notice", withText("a", "Thông báo mới"))
	b.until("the sheets are ready", "document.querySelector('[data-ready]')")
	b.picture("path-what-360")
	f.tap("the template", withText("button.pick", "Họp thôn"))
	f.tap("tomorrow", withText("[data-day]", "Ngày mai")) // which leads to the next blank
	f.types("giờ họp", "1930")
	f.types("nơi họp", "nhà văn hóa thôn")
	f.types("việc cần bàn", "làm đường bê tông")
	b.until("the notice has written itself", "document.querySelector('#text').value.includes('làm đường bê tông') && !document.querySelector('#title').value.includes('[')")
	b.picture("path-write-360")
	f.tap("on to the time", withText("button.btn", "Tiếp"))
	f.tap("the afternoon's slot", withText("label.pick", "17:00"))
	b.picture("path-send-360")
	when := js[string](b, "document.querySelector('[name=when]:checked').dataset.say.replace(/,$/, '')")
	f.tap("send", withText("button.btn", "Gửi"))
	b.until("it is sent", "location.search.includes('told=sent') && document.querySelector('[role=status]')?.innerText.includes('Sẽ phát')")
	said := b.text("[role=status]")
	for _, want := range []string{"Sẽ phát " + when, "ở Ún Tà", "bằng tiếng Việt và tiếng Giáy", "17:0"} {
		if !strings.Contains(said, want) {
			t.Errorf("it says %q, want it to hold %q", said, want)
		}
	}
	b.picture("path-sent-360")
	if f.taps > 6 {
		t.Errorf("%d taps, want 6 at most", f.taps)
	}
	b.until("nothing is kept of it on the phone", "!Object.keys(localStorage).some((k) => k.startsWith('notice'))")
	d.stop()
}

// heardYesterday puts a notice into yesterday's afternoon slot, as it was heard.
func (d *daemon) heardYesterday(data, id, title string) {
	d.t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{Path: filepath.Join(data, "loalang.db"), Now: time.Now, NewID: uuid.NewString})
	if err != nil {
		d.t.Fatal(err)
	}
	hanoi := time.FixedZone("+07", 7*60*60)
	now := time.Now().In(hanoi)
	due := time.Date(now.Year(), now.Month(), now.Day()-1, 17, 1, 0, 0, hanoi).UTC()
	slots := d.call(http.MethodGet, "/slots", nil, http.StatusOK)["slots"].([]any)
	err = db.Record(ctx, playout.AsRun{
		Owned:      scheduler.Owned{ID: uuid.NewString(), Village: "un-ta", Origin: "test", Created: due, Updated: due},
		Occurrence: uuid.NewString(), Kind: scheduler.Notice, Class: scheduler.ClassNormal, Announcement: id, Title: title, Nominal: due, Due: due,
		Slot: slots[len(slots)-1].(map[string]any)["id"].(string), Outcome: playout.Played, Cause: "completed", Heard: playout.HeardYes, Languages: []string{"vi"},
		Airings: []playout.Airing{{Part: scheduler.PartVoice, Language: "vi", Started: due, Ended: due.Add(time.Minute), Frames: 60 * 48000, Cause: "completed"}},
	})
	if err := errors.Join(err, db.Close()); err != nil {
		d.t.Fatal(err)
	}
}

// What was heard yesterday is heard again with two taps, with three at another time.
func TestThreeTapsForYesterday(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	id := d.announce(object{"title": "Giữ ấm cho trâu, bò", "text": notice, "renditions": []object{{"language": "vi"}}})
	d.heardYesterday(data, id, "Giữ ấm cho trâu, bò")
	b.cadre(d)

	f := b.finger()
	b.picture("again-today-360")
	f.tap("yesterday's", withText("a", "Phát lại hôm qua"))
	f.tap("the afternoon's slot", withText("label.pick", "17:00"))
	b.picture("again-360")
	when := js[string](b, "document.querySelector('[name=when]:checked').dataset.say.replace(/,$/, '').replace('lúc 17:00', 'lúc 17:0')")
	f.tap("repeat", withText("button.btn", "Phát lại"))
	b.until("it is promised", "location.search.includes('told=again')")
	said := b.text("[role=status]")
	for _, want := range []string{"Sẽ phát lúc 17:0", when[len("lúc 17:0"):], "ở Ún Tà, bằng tiếng Việt"} {
		if !strings.Contains(said, want) {
			t.Errorf("it says %q, want it to hold %q", said, want)
		}
	}
	if f.taps > 3 {
		t.Errorf("%d taps, want 3 at most", f.taps)
	}
	b.until("it stands in the plan", "fetch('/api/v1/plan').then((r) => r.text()).then((text) => { window.planned = text; }).catch(() => {}) && (window.planned ?? '').includes('"+id+"')")
	b.picture("again-done-360")
	d.stop()
}
