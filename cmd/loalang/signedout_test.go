package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A sign-in that ends in the middle of work loses no words, and no page makes
// believe that the work was done.
func TestSignedOutInTheMiddle(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	b.open(d.setup)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()

	b.open(d.url + "/announcements/new")
	b.until("the form is there", "document.querySelector('[data-draft]')")
	b.sheet("write")
	b.fill("#title", "Mời họp thôn")
	b.fill("#text", notice)
	b.sheet("send")
	b.press("input[name=when][value=later]")
	if said := b.text("[data-review]"); strings.Contains(said, "sẽ phát") || !strings.Contains(said, "loa chưa phát") {
		t.Errorf("without a time the review says %q", said)
	}
	b.press("button[value=send]")
	b.until("it is kept", "location.search.includes('told=kept')")
	page := js[string](b, "location.origin + location.pathname")

	b.open(page)
	b.press("#edit summary")
	b.clear("#edit textarea")
	b.fill("#edit textarea", "Bà con họp lúc 20h nhé.")
	b.signedOut()
	b.press("#edit button[type=submit]")
	b.signInAgain("/announcements/")
	b.until("the words are kept", "document.querySelector('#edit[open] textarea')?.value == 'Bà con họp lúc 20h nhé.' && !document.querySelector('[data-words-kept]').hidden")
	b.picture("edit-kept-360")
	b.press("#edit button[type=submit]")
	b.until("they are saved", "location.search.includes('told=edited') && document.querySelector('main .say').innerText.includes('20h')")
	b.open(page)
	b.until("they are kept no longer", "document.querySelector('#edit:not([open])')")

	b.takeOfSomebodySignedOut(t, d)

	b.open(d.url + "/emergency")
	b.until("the button is armed", "document.querySelector('[data-armed]')")
	b.signedOut()
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[data-hold]").dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }))`))
	b.signInAgain("/emergency")
}

// What is typed into any form is there after the page was loaded anew and after a sign-in
// that had ended, in a form that is like the one before; not once it is saved, nor for
// whoever signs in next.
func TestTypedWordsOutlastASignIn(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	b.signUp(d.setup)
	b.open(d.url + "/templates/new?class=emergency")
	b.until("the form is there", "document.querySelector('#text')")
	b.fill("#name", "Xả lũ hồ")
	b.fill("#title", "Xả lũ")
	b.fill("#text", "Hồ xả lũ. Rời bờ suối.")
	js[bool](b, `(document.querySelector("[name=siren][value='0']").click(), document.body.dataset.old = 1, location.reload(), true)`)
	const there = "!document.body.dataset.old && document.querySelector('#text')?.value == 'Hồ xả lũ. Rời bờ suối.' && document.querySelector(\"[name=siren][value='0']\").checked"
	b.until("a page loaded anew has the words", there)
	b.signedOut()
	b.press("button[value=save]")
	b.signInAgain("/templates/new")
	b.until("the words are there", there)
	js[bool](b, `(sessionStorage.setItem("loalang-typed", sessionStorage.getItem("loalang-typed").replace("Vàng Thị Mỷ", "Lù A Páo")), document.body.dataset.old = 1, location.reload(), true)`)
	b.until("somebody else has none of them", "!document.body.dataset.old && document.querySelector('#text')?.value == '' && !sessionStorage.getItem('loalang-typed')")
	b.fill("#name", "Xả lũ hồ")
	b.fill("#title", "Xả lũ")
	b.fill("#text", "Hồ xả lũ. Rời bờ suối.")
	b.press("button[value=save]")
	b.until("it is saved", "location.search.includes('told=template-saved')")
	b.open(d.url + "/templates/new?class=emergency")
	b.until("the next begins empty", "document.querySelector('#text')?.value == ''")
}

// takeOfSomebodySignedOut chooses a file for a notice after the sign-in ended.
func (b *browser) takeOfSomebodySignedOut(t *testing.T, d *daemon) {
	file := filepath.Join(t.TempDir(), "ghi-am.m4a")
	if err := os.WriteFile(file, phone(t, "m4a", "-c:a", "aac").raw, 0o600); err != nil {
		t.Fatal(err)
	}
	b.open(d.url + "/announcements/new")
	b.until("the form is there", "document.querySelector('[data-draft]')")
	b.sheet("write")
	b.fill("#title", "Tiêm phòng")
	b.sheet("send")
	b.signedOut()
	b.attach(`[data-tongue] input[name=file_pcc]:not([capture])`, file)
	b.until("the page asks to sign in", "location.pathname == '/sign-in'")
	b.signIn("/announcements/new")
	b.until("the words are still there", "document.querySelector('#title').value == 'Tiêm phòng' && document.querySelector('[data-sheet=send]').checkVisibility()")
	b.until("the file has gone by itself", "document.querySelector('[name=take_pcc]').value.length == 64")
}

// signedOut ends the sign-in as another tab does.
func (b *browser) signedOut() {
	b.t.Helper()
	js[bool](b, `(window.out = false, fetch("/sign-out", { method: "POST" }).then(() => { window.out = true; }), true)`)
	b.until("the sign-in has ended", "window.out")
}

// signInAgain expects to be told that nothing was done.
func (b *browser) signInAgain(back string) {
	b.t.Helper()
	b.until("the page asks to sign in, and says that nothing was done", "location.pathname == '/sign-in' && document.querySelector('main')?.innerText.includes('Máy chưa làm việc vừa rồi')")
	b.signIn(back)
}

func (b *browser) signIn(back string) {
	b.t.Helper()
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.until("it leads back to "+back, "location.pathname != '/sign-in' && location.pathname.startsWith('"+back+"')")
}
