package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Nothing of a new notice is lost: not on Back, not by a page that is loaded anew, not
// while the line is gone when it is sent; and a sound that is chosen without a line goes
// by itself once there is one. What is sent twice is one notice.
func TestNothingOfANoticeIsLost(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	b.cadre(d)
	b.open(d.url + "/announcements/new")
	b.sheet("write")
	b.fill("#title", "Tiêm phòng")
	b.fill("#text", "Mời bà con đưa trâu bò đi tiêm phòng.")
	b.sheet("send")
	b.press("[name=when][value=later]")

	js[bool](b, "(history.back(), true)")
	b.until("Back leads to the words", "document.querySelector('[data-sheet=write]').checkVisibility() && document.querySelector('#title').value == 'Tiêm phòng'")
	js[bool](b, "(history.forward(), true)")
	b.until("and forward to the time", "document.querySelector('[data-sheet=send]').checkVisibility() && document.querySelector('[name=when]:checked').value == 'later'")
	js[bool](b, "(document.body.dataset.old = 1, location.reload(), true)")
	b.until("loaded anew it is where it was", "!document.body.dataset.old && document.querySelector('[data-ready]') && document.querySelector('[data-sheet=send]').checkVisibility() && document.querySelector('[name=when]:checked').value == 'later' && document.querySelector('#title').value == 'Tiêm phòng'")

	file := filepath.Join(t.TempDir(), "ghi-am.m4a")
	if err := os.WriteFile(file, phone(t, "m4a", "-c:a", "aac").raw, 0o600); err != nil {
		t.Fatal(err)
	}
	b.offline(true)
	js[bool](b, "(document.querySelectorAll('[data-sheet=send] details').forEach((d) => { d.open = true; }), true)")
	b.attach("input[name=file_pcc]:not([capture])", file)
	b.until("it is told that the line is gone", "document.querySelector('[data-tongue]:has([name=take_pcc]) [data-taken]').innerText.includes('tự gửi lại')")
	b.picture("notice-lost-360")
	key := js[string](b, "document.querySelector('[name=key]').value")
	js[bool](b, "(document.querySelector('button[value=send]').click(), true)")
	b.until("it is told that the file is not there yet", "document.querySelector('[data-held]').checkVisibility()")
	b.press("[data-held] button")
	b.until("it could not be sent", "location.protocol == 'chrome-error:' || !document.querySelector('[data-draft]')")
	b.offline(false)
	b.open(d.url + "/announcements/new")
	b.until("it offers to go on", "document.querySelector('[data-ready]') && document.querySelector('[data-go-on]').innerText.includes('Tiêm phòng')")
	b.press("[data-go-on] button")
	b.until("the sound has gone by itself", "document.querySelector('[name=take_pcc]').value.length == 64")
	if again := js[string](b, "document.querySelector('[name=key]').value"); again != key {
		t.Errorf("it would be another notice: %s, then %s", key, again)
	}
	b.press("button[value=send]")
	b.until("it is kept", "location.search.includes('told=kept')")
	if path := js[string](b, "location.pathname"); !strings.HasSuffix(path, key) {
		t.Errorf("it is at %s, want it under %s", path, key)
	}
	b.until("nothing is kept on the phone", "!Object.keys(localStorage).some((k) => k.startsWith('notice'))")
	d.stop()
}
