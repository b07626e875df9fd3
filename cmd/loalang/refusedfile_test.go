package main_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestARefusedFileStaysOnThePhone: what the board would not have, and what the phone's
// recorder may have kept nowhere else, was removed from the phone with the refusal.
func TestARefusedFileStaysOnThePhone(t *testing.T) {
	t.Parallel()
	need(t, sound)
	file := filepath.Join(t.TempDir(), "ghi-am.m4a")
	if err := os.WriteFile(file, phone(t, "m4a", "-c:a", "aac").raw, 0o600); err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	b.signUp(d.setup)
	b.open(d.url + "/announcements/new")
	b.sheet("write")
	b.fill("#title", "Tiêm phòng")
	b.sheet("send")
	js[bool](b, `(() => {
		const real = window.fetch;
		window.fetch = (to, how) => how?.method == "POST" && String(to).endsWith("/uploads")
			? Promise.resolve(new Response(JSON.stringify({ detail: "Máy loa chưa nhận." }), { status: 403, headers: { "Content-Type": "application/problem+json" } }))
			: real(to, how);
		return true;
	})()`)
	b.attach(`[data-tongue] input[name=file_pcc]:not([capture])`, file)
	b.until("it is told why, and what can be done", `document.querySelector('[data-taken] .fault')?.innerText.includes('Máy loa chưa nhận.') && document.querySelector('[data-ship-again]')`)
	b.picture("upload-refused-360")
	b.open(d.url + "/announcements/new")
	b.until("the form is there again", "document.querySelector('[data-ready]')")
	b.until("the file outlives the page", `document.querySelector('[data-ship-again]') && document.querySelector('[data-taken] .fault')?.innerText.includes('Máy loa chưa nhận.')`)
	js[bool](b, `(document.querySelector("[data-ship-again]").click(), true)`)
	b.until("it has gone", "document.querySelector('[name=take_pcc]').value.length == 64")
	b.open(d.url + "/announcements/new")
	b.until("the form is there once more", "document.querySelector('[data-ready]')")
	if js[bool](b, `!!document.querySelector("[data-ship-again]")`) {
		t.Error("the phone still offers what the board has")
	}
	d.stop()
}
