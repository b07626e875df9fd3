package main_test

import (
	"net/http"
	"testing"
)

// uploadless makes a line that breaks whenever a file is to be sent, in every page to come
// while the phone notes it.
func (b *browser) uploadless() {
	b.t.Helper()
	b.before(`(() => {
		const real = window.fetch;
		window.fetch = (to, how) => localStorage.cut && String(to).startsWith("/api/v1/uploads") ? Promise.reject(new TypeError("no line")) : real(to, how);
	})()`)
}

// settled waits until a page has had its time to do what it should not do.
func (b *browser) settled() {
	b.t.Helper()
	js[bool](b, "(window.since = performance.now(), true)")
	b.until("some seconds have gone by", "performance.now() - window.since > 3000")
}

// entered signs another person in, as on a phone that is passed on.
func (b *browser) entered(d *daemon, name string) {
	b.t.Helper()
	b.open(d.url + "/sign-in")
	b.fill("#name", name)
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.until(name+" is signed in", "location.pathname != '/sign-in' && document.querySelector(\"footer a[href='/account']\")?.innerText.includes('"+name+"')")
}

// TestAFileOfOneNoticeIsNotInTheNext: a new notice was sent while its recording was on its
// way; it had no sound, and the phone put the recording into the next new notice, unseen.
func TestAFileOfOneNoticeIsNotInTheNext(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	b.uploadless()
	b.cadre(d)
	b.open(d.url + "/announcements/new")
	b.sheet("write")
	b.fill("#title", "Tiêm phòng")
	b.fill("#text", notice)
	b.sheet("send")
	b.press("[name=when][value=later]")
	js[bool](b, "(localStorage.cut = 1, true)")
	b.attach(`[data-tongue] input[name=file_pcc]:not([capture])`, lasting(t, "ghi-am.m4a", 4, "volume=-16dB", "-c:a", "aac"))
	b.until("it is on its way", "document.querySelector('[data-tongue] [data-import]')?.innerText.includes('tự gửi lại')")
	key := js[string](b, "document.querySelector('[name=key]').value")
	js[bool](b, "(document.querySelector('button[value=send]').click(), true)")
	b.until("what lacks is told", "document.querySelector('[data-held]').checkVisibility() && document.querySelector('[data-held]').innerText.includes('Giáy')")
	b.picture("new-held-360")
	b.press("[data-held] button")
	b.until("it is kept all the same", "location.search.includes('told=kept') && location.pathname.endsWith('"+key+"')")
	b.until("its own page has the file", "document.querySelector('[data-upload] [data-import]')?.checkVisibility()")

	b.open(d.url + "/announcements/new")
	b.sheet("write")
	b.fill("#title", "Họp thôn")
	b.sheet("send")
	js[bool](b, "(localStorage.removeItem('cut'), dispatchEvent(new Event('online')), true)")
	b.settled()
	if js[bool](b, "!!document.querySelector('[name=take_pcc]').value || !!document.querySelector('[data-upload] [data-import]')") {
		t.Error("the recording of one notice is in the next")
	}

	b.open(d.url + "/")
	b.until("the first page tells where it belongs", `document.querySelector("[data-unsent] li a")?.getAttribute("href") == "/announcements/`+key+`"`)
	b.picture("today-left-360")
	b.press("[data-unsent] li button")
	b.until("it can be dropped", `document.querySelector("[data-unsent] li").innerText.includes("Đã xóa “ghi-am.m4a")`)
	b.press("[data-unsent] li button")
	b.until("and taken back", `document.querySelector("[data-unsent] li a")`)
	b.open(d.url + "/announcements/" + key)
	b.until("it has gone to its notice", "document.querySelector('[name=take_pcc]')?.value.length == 64")
	b.open(d.url + "/")
	b.until("the phone keeps nothing of it", `document.querySelector("[data-unsent]")?.hidden`)
	d.stop()
}

// TestTheFileChosenLastIsTheOne: while the phone was still writing one file down another
// was chosen; when the first was written it was sent, and took the place of the second.
func TestTheFileChosenLastIsTheOne(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	b.before(`(() => {
		const real = Blob.prototype.arrayBuffer;
		Blob.prototype.arrayBuffer = async function () {
			const bytes = await real.call(this);
			if (!window.go) await new Promise((go) => { window.go = go; });
			return bytes;
		};
	})()`)
	b.cadre(d)
	b.open(d.url + "/announcements/new")
	b.sheet("write")
	b.fill("#title", "Tiêm phòng")
	b.sheet("send")
	const field = `[data-tongue] input[name=file_pcc]:not([capture])`
	b.attach(field, lasting(t, "nham.m4a", 4, "volume=-16dB", "-c:a", "aac"))
	b.until("the first is being written", "window.go")
	b.attach(field, lasting(t, "dung.m4a", 6, "volume=-16dB", "-c:a", "aac"))
	const right = "document.querySelector('[name=take_pcc]').value.length == 64 && document.querySelector('[data-tongue]:has([name=take_pcc]) [data-taken]').innerText.includes('dung')"
	b.until("the second is there", right)
	js[bool](b, "(window.go(), true)")
	b.settled()
	if !js[bool](b, right) {
		t.Errorf("of two files the one that was chosen first is taken: %s", b.text("[data-tongue]:has([name=take_pcc]) [data-taken]"))
	}
	d.stop()
}

// TestALeftFileIsNotForWhoeverSignsInNext: what one person had chosen for the library, and
// could not send, went there under the name of the next who opened that page.
func TestALeftFileIsNotForWhoeverSignsInNext(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	const next = "Vàng Thị Mỷ"
	d.call(http.MethodPost, "/accounts", object{"name": next, "password": password, "role": "cadre", "village": "un-ta"}, http.StatusCreated)
	recordings := func() int {
		return len(d.call(http.MethodGet, "/recordings", nil, http.StatusOK)["recordings"].([]any))
	}
	before := recordings() // what the board came with
	b.uploadless()
	b.cadre(d)
	b.open(d.url + "/recordings")
	b.until("the page is there", "document.querySelector('[data-upload]')")
	js[bool](b, "(localStorage.cut = 1, true)")
	b.attach("[data-upload] input[type=file]:not([capture])", lasting(t, "hop.m4a", 4, "volume=-16dB", "-c:a", "aac"))
	const going = "document.querySelector('[data-upload][data-kept] [data-import]')"
	b.until("it is on its way, and kept", going)

	b.signedOut()
	b.entered(d, next)
	js[bool](b, "(localStorage.removeItem('cut'), true)")
	b.open(d.url + "/recordings")
	b.until("the page is there", "document.querySelector('[data-upload]')")
	b.settled()
	if path := js[string](b, "location.pathname"); path != "/recordings" || js[bool](b, "!!document.querySelector('[data-upload] [data-import]')") {
		t.Errorf("the next person sends it, and is at %s", path)
	}
	if n := recordings(); n != before {
		t.Errorf("of %d recordings the library has now %d", before, n)
	}

	b.signedOut()
	b.entered(d, "Lù Văn Sài")
	b.until("it is told to whom it belongs", `document.querySelector("[data-unsent] li a")?.getAttribute("href") == "/recordings"`)
	b.open(d.url + "/recordings")
	b.until("it goes under the right name", "location.pathname.startsWith('/recordings/')")
	d.stop()
}
