package main_test

import (
	"strings"
	"testing"
)

// The first page went on showing what was on the air when the line to the board was gone.
func TestTodayTellsThatTheLineIsGone(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	way := newFlaky(t, d.url)
	b.open(strings.Replace(d.setup, d.url, "http://"+way.Addr().String(), 1))
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()
	b.until("the first page is there", "location.pathname == '/' && document.querySelector('[data-lost][hidden]')")
	way.stops()
	b.until("it is told that the line is gone", "document.querySelector('[data-lost]').checkVisibility()")
	b.picture("today-lost-360")
	way.goesOn()
	b.until("and that it is back", "!document.querySelector('[data-lost]').checkVisibility()")

	// Listening in that did not begin only turned its button back.
	js[bool](b, "(document.querySelector('[data-listen]').dataset.listen = '/api/v1/air/nothing', true)")
	b.press("[data-listen]")
	b.until("it is told that nothing is heard", "document.querySelector('[data-listen-failed]').checkVisibility() && document.querySelector('[data-listen]').ariaPressed == 'false'")
	d.stop()
}
