package main_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"
)

// elsewhere posts forms as Vàng Thị Mỷ from another browser.
func (d *daemon) elsewhere(forms ...url.Values) {
	d.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, f := range append([]url.Values{{"to": {"/sign-in"}, "name": {"Vàng Thị Mỷ"}, "password": {password}}}, forms...) {
		answer, err := client.PostForm(d.url+f.Get("to"), f)
		if err != nil {
			d.t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusSeeOther {
			d.t.Fatalf("%s answers %d", f.Get("to"), answer.StatusCode)
		}
	}
}

// The page of the live voice stood open while the PIN became due: it asks there and then,
// before the village hears a chime, says what is wrong, and goes on with the right one.
// Opened anew without the PIN, it asks before it shows the microphone.
func TestLivePageAsksForThePINAgain(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := microphoneOf(t, spokenWAV(t))
	d := serve(t, t.TempDir(), "null", quick...)
	b.signUp(d.setup)
	both := func(name string) {
		b.picture(name + "-360")
		b.screen(1280, 800)
		b.picture(name + "-1280")
		b.screen(360, 740)
	}
	b.open(d.url + "/live")
	b.until("the page offers the microphone", "document.querySelector('[data-start]')?.offsetParent")
	d.elsewhere(url.Values{"to": {"/account/pin"}, "newpin": {"7391"}})

	b.press("[data-start]")
	b.until("the PIN is asked", `document.querySelector("[data-pin]").checkVisibility() && document.activeElement.id == "pin"`)
	if js[bool](b, `document.querySelector("[data-during]").checkVisibility()`) {
		t.Error("the village hears somebody who has not given the PIN")
	}
	both("live-pin-again")
	b.fill("#pin", "1397")
	b.press("[data-pin] button")
	b.until("a wrong one is told", `document.querySelector("[data-why]").innerText.includes("chưa đúng") && document.querySelector("#pin").value == ""`)
	both("live-pin-wrong")
	b.press("[data-pin] summary") // as it says: who has forgotten it gives the password
	b.fill("#pinpassword", password)
	b.press("[data-pin] button")
	b.until("it goes on", `document.querySelector("[data-during]").checkVisibility() && !document.querySelector("[data-pin]").checkVisibility()`)
	b.until("the village hears it", `document.querySelector("[data-stage]").innerText.includes("Bà con đang nghe")`)
	b.press("[data-stop]")
	b.until("it ends", `document.querySelector("[data-done]").innerText.includes("Người nói bấm kết thúc")`)
	d.elsewhere(url.Values{"to": {"/account/pin"}, "pin": {"7391"}, "newpin": {"8402"}})
	b.press("[data-start]")
	b.until("the PIN is asked", `document.querySelector("[data-pin]").checkVisibility()`)
	b.fill("#pin", "8402")
	b.press("[data-pin] button")
	b.until("the village hears it again", `document.querySelector("[data-stage]").innerText.includes("Bà con đang nghe") && document.querySelector("[data-during]").checkVisibility()`)
	b.press("[data-stop]")
	b.until("it ends", `document.querySelector("[data-done]").innerText.includes("Người nói bấm kết thúc") && document.querySelector("[data-done]").checkVisibility()`)

	d.elsewhere(url.Values{"to": {"/account/pin"}, "pin": {"8402"}, "newpin": {"6284"}})
	b.open(d.url + "/live")
	b.until("the PIN is asked first", `document.querySelector('form[action="/pin"] #pin') && !document.querySelector("[data-start]")`)
	both("live-pin-first")
	b.fill("#pin", "8402")
	b.press(`form[action="/pin"] button[type=submit]`)
	b.until("the one before is refused", `document.querySelector(".fault")?.checkVisibility() && !document.querySelector("[data-start]")`)
	b.fill("#pin", "6284")
	b.press(`form[action="/pin"] button[type=submit]`)
	b.until("the page offers the microphone", "location.pathname == '/live' && document.querySelector('[data-start]')?.offsetParent")
}
