package main_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// fingerprint gives the browser's machine a reader of fingerprints, which takes every one.
func (b *browser) fingerprint() {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		return err
	}))
}

// Somebody makes a key, comes in by a fingerprint without a name, removes the key and is
// refused by it from then on.
func TestPasskeyInABrowser(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	both := func(name string) {
		b.picture(name + "-360")
		b.screen(1280, 800)
		b.picture(name + "-1280")
		b.screen(360, 740)
	}
	b.signUp(d.setup)
	b.open(d.url + "/account/passkeys")
	if got := b.text("main"); !strings.Contains(got, "bằng địa chỉ số") || js[bool](b, `!!document.querySelector("#passkey-new")`) {
		t.Errorf("by its address: %s", got)
	}
	both("passkeys-by-address")

	home := strings.Replace(d.url, "127.0.0.1", "localhost", 1)
	enter := func() {
		b.until("signed out", "location.pathname == '/sign-in'")
		b.fill("#name", "Vàng Thị Mỷ")
		b.fill("#password", password)
		b.press("form .btn")
		b.until("signed in", "location.pathname != '/sign-in'")
	}
	b.open(home + "/sign-in")
	if js[bool](b, `!!document.querySelector("#passkey")`) {
		t.Error("a key is offered that nobody has")
	}
	enter()
	b.fingerprint()
	b.open(home + "/account/passkeys")
	b.until("a key can be made", `document.querySelector("#passkey-new").checkVisibility()`)
	both("passkeys-none")
	b.fill("#passkey-password", "sai rồi sai rồi")
	b.press("#passkey-new .btn")
	b.until("a wrong password is told", `document.querySelector("#passkey-error").innerText.includes("chưa đúng")`)
	b.clear("#passkey-password")
	b.fill("#passkey-password", password)
	b.press("#passkey-new .btn")
	b.until("the key is made", `location.search.includes("passkey-added") && document.querySelector(".rows form")`)
	both("passkeys")
	b.until("another can be made", `document.querySelector("#passkey-new").checkVisibility()`)
	b.fill("#passkey-password", password)
	b.press("#passkey-new .btn")
	b.until("one is enough for a phone", `document.querySelector("#passkey-error").innerText.includes("đã có khóa")`)

	out := func() {
		b.open(home + "/account")
		b.until("the page of the account", `document.querySelector('main form[action="/sign-out"] button')`)
		b.press(`main form[action="/sign-out"] button`)
		b.until("signed out", "location.pathname == '/sign-in'")
	}
	out()
	b.until("the key is offered", `document.querySelector("#passkey")?.checkVisibility()`)
	both("sign-in-passkey")
	b.press("#passkey button")
	b.until("in by the key", "location.pathname == '/'")
	if got := b.text(".foot"); !strings.Contains(got, "Vàng Thị Mỷ") {
		t.Errorf("signed in as %q", got)
	}

	// The page offers the key still when it was removed meanwhile.
	out()
	b.until("the key is offered", `document.querySelector("#passkey")?.checkVisibility()`)
	elsewhere := `fetch("/sign-in", {method: "POST", body: new URLSearchParams({name: "Vàng Thị Mỷ", password: "` + password + `"})})
		.then(() => fetch("/account/passkeys")).then((r) => r.text())
		.then((page) => fetch(page.match(/\/account\/passkeys\/[^"]+\/remove/)[0], {method: "POST"}))
		.then(() => fetch("/sign-out", {method: "POST"})).then(() => { document.title = "removed" }); 1`
	js[float64](b, elsewhere)
	b.until("the key is removed", `document.title == "removed"`)
	b.press("#passkey button")
	b.until("the key is refused", `document.querySelector("#passkey-error").innerText.includes("không được nhận")`)
	both("sign-in-passkey-refused")
	if js[string](b, "location.pathname") != "/sign-in" {
		t.Error("somebody came in by a key that was removed")
	}
	b.open(home + "/sign-in")
	if js[bool](b, `!!document.querySelector("#passkey")`) {
		t.Error("a key is offered that nobody has any more")
	}
}
