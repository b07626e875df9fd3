package main_test

import "testing"

// signedIn is a browser in which the first account has signed in.
func signedIn(t *testing.T, d *daemon) *browser {
	t.Helper()
	b := newBrowser(t)
	b.open(d.setup)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.until("the first account is signed in", "location.pathname == '/'")
	return b
}

// The week as a table on a desk and as one day on a phone.
func TestPlanPage(t *testing.T) {
	t.Parallel()
	need(t, sound)
	d := serve(t, t.TempDir(), "null", quick...)
	b := signedIn(t, d)
	b.open(d.url + "/plan")
	b.until("one day is shown", "[...document.querySelectorAll('[data-days] section')].filter((s) => s.checkVisibility()).length == 1")
	b.picture("plan-week-360")
	b.screen(1280, 900)
	b.until("the table is there", "document.querySelector('.week').checkVisibility() && !document.querySelector('.strip').checkVisibility()")
	b.picture("plan-week-1280")
}
