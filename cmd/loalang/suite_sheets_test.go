package main_test

import "testing"

// The sheets of a new notice and the page that asks back before an emergency have no
// address of their own: TestEveryPage does not come to them.
func TestEverySheet(t *testing.T) {
	t.Parallel()
	need(t, sound)
	axeFile(t)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	o := b.onlooker(false)
	o.signUp(d.setup)
	look := func(name string) {
		t.Helper()
		js[bool](o.browser, unfold)
		for _, width := range []int64{320, 360, 1280} {
			o.screen(width, 740)
			o.report(t, name, o.sizes())
		}
		o.report(t, name, o.violations(false))
		o.colours("dark")
		o.report(t, name+", dark", o.violations(true))
		o.colours("light")
		o.enlarged(t)
		o.pose(name, true, false)
		_, troubles := o.told()
		o.report(t, name, troubles)
	}
	o.screen(360, 740)
	o.open(d.url + "/announcements/new")
	o.sheet("write")
	o.fill("#title", "Mời họp thôn")
	o.fill("#text", notice)
	look("announcements-new-write")
	o.screen(360, 740)
	o.sheet("send")
	look("announcements-new-send")

	o.screen(360, 740)
	o.open(d.url + "/emergency")
	o.until("the button is armed", "document.querySelector('[data-armed]')")
	js[bool](o.browser, unfold)
	o.press("[data-unhold] [value=ask]")
	o.until("it asks back", "document.querySelector('[name=do][value=raise]')")
	look("emergency-ask")
	d.stop()
}
