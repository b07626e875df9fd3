package main_test

import (
	"testing"
	"time"
)

// At 320 px, in letters of twice the size, with the keyboard alone: the key is held for two
// seconds, every page tells of the emergency, the big button stops it, and one press gives
// the all-clear.
func TestEmergencyByKeyboardInABrowser(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	b.screen(320, 640)
	b.open(d.setup)
	b.until("the form is there", "document.querySelector('#password')")
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()
	large := func() { js[bool](b, "(document.documentElement.style.fontSize = '200%', true)") }

	b.open(d.url + "/emergency")
	b.until("the button is armed", "document.querySelector('[data-armed]')")
	large()
	b.picture("emergency-320-large")
	key := func(kind string) {
		js[bool](b, `(document.querySelector("[data-hold]").focus(), document.querySelector("[data-hold]").dispatchEvent(new KeyboardEvent("`+kind+`", {key: " ", bubbles: true})), true)`)
	}
	js[bool](b, `(() => {
		const hold = document.querySelector("[data-hold]");
		const key = (kind) => hold.dispatchEvent(new KeyboardEvent(kind, {key: " ", bubbles: true}));
		hold.focus();
		key("keydown");
		setTimeout(() => key("keyup"), 500);
		return true;
	})()`)
	time.Sleep(2500 * time.Millisecond)
	if js[bool](b, "!!document.querySelector('.stop')") {
		t.Fatal("half a second raised it")
	}
	key("keydown")
	b.until("the siren sounds", "document.querySelector('.stop')")
	large()
	b.picture("emergency-live-320-large")
	b.open(d.url + "/plan")
	b.until("every page tells of it", "document.querySelector('main .alarm a[href=\"/emergency\"]')")
	b.picture("emergency-elsewhere-320")
	js[bool](b, `(document.querySelector("main .alarm a[href='/emergency']").click(), true)`)
	b.until("the button is there", "document.querySelector('.stop')")
	js[bool](b, `(document.querySelector(".stop").click(), true)`)
	b.until("the all-clear is offered", "document.querySelector('form[action=\"/emergency/all-clear\"] button.btn')")
	b.picture("emergency-clear-320")
	js[bool](b, `(document.querySelector("form[action='/emergency/all-clear'] button.btn").click(), true)`)
	b.until("it airs", "document.body.innerText.includes('Hết báo động')")
}

// Once the end of loading let go of a button that a thumb held already: on a slow line the
// two seconds ended in nothing, and in silence.
func TestHoldBeginsBeforeThePageIsWhole(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	b.signUp(d.setup)
	b.before(`if (location.pathname == "/emergency" && !location.search) document.addEventListener("DOMContentLoaded", () =>
		document.querySelector("[data-hold]")?.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true })))`)
	b.open(d.url + "/emergency")
	b.until("the siren sounds", "document.querySelector('.stop')")
	b.press("button.stop")
	b.until("the siren is stopped", "!document.querySelector('.stop')")
}
