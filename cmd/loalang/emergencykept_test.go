package main_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A message that is typed in haste is lost neither by Back, nor by a page that is loaded
// anew, nor by a sign-in that has ended; Enter asks back; and the next danger begins anew.
func TestNothingOfAnEmergencyIsLost(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	b.open(d.setup)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()
	const words = "Đập nứt, bà con lên đồi ngay."
	armed := func() { b.until("the button is armed", "document.querySelector('[data-armed]')") }
	kept := func(what string) {
		t.Helper()
		armed()
		b.until(what, fmt.Sprintf("document.querySelector('#text').value == %q && document.querySelector('[value=chay]').checked && !document.querySelector('[name=language][value=pcc]').checked", words))
	}

	b.press(`a[href="/emergency"]`)
	armed()
	b.press("[name=what][value=chay]")
	b.clear("#text")
	b.fill("#text", words)
	b.press("[name=language][value=pcc]")
	b.press("header a[href='/'].line")
	b.until("it was left", "location.pathname == '/'")
	js[bool](b, "(history.back(), true)")
	kept("it is there behind Back")
	js[bool](b, "(document.body.dataset.old = 1, location.reload(), true)")
	b.until("another page is there", "!document.body.dataset.old")
	kept("it is there when the page is loaded anew")
	b.press("header a[href='/'].line")
	b.until("it was left again", "location.pathname == '/'")
	b.press(`a[href="/emergency"]`)
	kept("it is there when the page is opened again")

	b.signedOut()
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[data-hold]").dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }))`))
	b.signInAgain("/emergency")
	kept("it is there behind the sign-in")
	b.picture("emergency-kept-360")

	js[bool](b, "(document.querySelector('#reason').focus(), true)")
	b.do(chromedp.KeyEvent("\r"))
	b.until("Enter asks back", fmt.Sprintf("document.querySelector('[name=do][value=raise]') && document.body.innerText.includes(%q)", words))
	b.picture("emergency-ask-360")
	b.press("[name=do][value=read]")
	kept("no leads back to it")

	// Held by a thumb; what the button says when the thumb is gone stays in the tab.
	js[bool](b, `(() => {
		const hold = document.querySelector("[data-hold]");
		hold.form.addEventListener("submit", () => setTimeout(() => {
			hold.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
			sessionStorage.setItem("said", hold.innerText);
		}));
		hold.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
		return true;
	})()`)
	b.until("the siren sounds", "document.querySelector('.stop')")
	if said := js[string](b, "sessionStorage.getItem('said') ?? ''"); !strings.Contains(said, "Đang báo cho loa") {
		t.Errorf("while it was on its way the button said %q", said)
	}
	b.press("button.stop")
	b.until("the siren is stopped", "!document.querySelector('.stop')")
	js[bool](b, "(location.assign('/emergency'), true)")
	b.until("the form is there anew", "document.querySelector('[data-armed]') && !location.search")
	if text := js[string](b, "document.querySelector('#text').value"); text == words {
		t.Error("the next danger begins with the words of this one")
	}
	d.stop()
}
