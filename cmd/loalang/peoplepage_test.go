package main_test

import (
	"strings"
	"testing"
)

// An administrator invites somebody on a phone; the invited become an account, choose a
// PIN, and are asked for it where they raise an emergency.
func TestPeopleInABrowser(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	both := func(name string) {
		b.picture(name + "-360")
		b.screen(1280, 800)
		b.picture(name + "-1280")
		b.screen(360, 740)
		if js[bool](b, `document.documentElement.scrollWidth > innerWidth`) {
			t.Errorf("%s scrolls sideways", name)
		}
	}
	b.open(d.setup)
	b.fill("#name", "Nông Thị Hoa")
	b.fill("#password", password)
	b.press("[data-reveal]")
	if got := js[string](b, `document.querySelector("#password").type`); got != "text" {
		t.Errorf("the password is not shown: %q", got)
	}
	b.press("form button[type=submit]")
	b.begun()

	b.open(d.url + "/invitations/new")
	b.fill("#name", "bí thư đoàn")
	both("invite")
	b.press(`main form button[type=submit]`)
	b.until("the invitation has a code", `document.querySelector("svg.qr")`)
	both("invitation")
	link := js[string](b, `document.querySelector("#link").value`)
	b.open(d.url + "/people")
	both("people")
	b.open(d.url + "/tokens")
	both("tokens")
	b.open(d.url + "/audit")
	both("audit")

	b.press(`form[action="/sign-out"] button`)
	b.until("signed out", "location.pathname == '/sign-in'")
	b.open(link)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", "con suối trước nhà")
	both("join")
	b.press(`main form button[type=submit]`)
	b.until("the invited are in", "location.pathname == '/'")
	if got := b.text(".foot"); !strings.Contains(got, "Vàng Thị Mỷ, Cán bộ thôn") {
		t.Errorf("signed in as %q", got)
	}
	b.open(d.url + "/account")
	b.press("h2 + p + details summary")
	b.fill("#newpin", "7351")
	b.press(`form[action="/account/pin"] button`)
	b.until("the PIN is kept", `document.querySelector("main").innerText.includes("Đã có mã PIN")`)
	both("account")

	b.press(`main form[action="/sign-out"] button`)
	b.until("signed out", "location.pathname == '/sign-in'")
	b.fill("#name", "vàng thị mỷ")
	b.fill("#password", "con suối trước nhà")
	b.press("form button[type=submit]")
	b.until("signed in again", "location.pathname == '/'")
	b.open(d.url + "/live")
	both("pin")
	b.open(d.url + "/emergency")
	both("emergency-pin")
	b.fill("#pin", "1111")
	b.press("[data-unhold] summary")
	b.press("[data-unhold] button")
	b.until("a wrong PIN is told", `document.querySelector(".fault")?.innerText.includes("chưa đúng")`)
	b.picture("emergency-pin-wrong-360")
	b.fill("#pin", "7351")
	b.press("[data-unhold] summary")
	b.press("[data-unhold] button")
	b.until("the second step asks for nothing more", `document.querySelector("[value=raise]") && !document.querySelector("#pin")`)
	b.press("[value=raise]")
	b.until("it sounds", `document.querySelector("#emergency-live")`)
	b.press(".stop")
	b.until("it is over, and an all-clear is offered", `document.querySelector("form[action='/emergency/all-clear']")`)
}
