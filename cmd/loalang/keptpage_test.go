package main_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// forgotten ends the sign-in as its time does: nobody signs out.
func (b *browser) forgotten() {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.ClearBrowserCookies, cdp.Empty{})
		return err
	}))
}

// TestAKeptRecordPageIsNotForWhoeverSignsInNext: the page for recording, which a phone keeps
// for want of a line, was shown to the next person, with the first one's takes.
func TestAKeptRecordPageIsNotForWhoeverSignsInNext(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	_, path := d.toRecord()
	kept := func(is string) string {
		return `(caches.match("` + path + `").then((k) => { window.kept = !!k; }), window.kept === ` + is + `)`
	}
	opened := func() {
		b.open(d.url + path)
		b.until("the phone keeps the page", `document.querySelector("[data-record]")?.dataset.offline == "ready"`)
		b.until("the page is kept", kept("true"))
	}
	b.reader(d)
	opened()
	b.forgotten()
	b.open(d.url + path)
	b.until("the page is kept no longer", kept("false"))

	b.entered(d, "Vàng Thị Mỷ")
	opened()
	b.forgotten()
	b.open(d.url + "/sign-in")
	b.until("it is still there for want of a line", kept("true"))
	b.cadre(d)
	b.until("nobody else has it", kept("false"))
	d.stop()
}
