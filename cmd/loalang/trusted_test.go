package main_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// trusts gives a home whose browsers trust a board's authority, as a phone does that
// installed it.
func trusts(t *testing.T, d *daemon) string {
	t.Helper()
	resp, err := http.Get(d.url + "/microphone/loa.crt")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the authority: status %d, %v", resp.StatusCode, err)
	}
	home := t.TempDir()
	crt := filepath.Join(home, "loa.crt")
	if err := os.WriteFile(crt, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	// Chromium reads the newer of the two folders, and the older where that is not there.
	for _, dir := range []string{".pki/nssdb", ".local/share/pki/nssdb"} {
		db := filepath.Join(home, dir)
		if err := os.MkdirAll(db, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"-N", "--empty-password"}, {"-A", "-t", "C,,", "-n", "loa", "-i", crt}} {
			if msg, err := exec.Command("certutil", append([]string{"-d", "sql:" + db}, args...)...).CombinedOutput(); err != nil {
				t.Fatalf("certutil %v: %v\n%s", args, err, msg)
			}
		}
	}
	return home
}

// A phone that trusts the board's own authority has the microphone and the service worker
// at the address that the guide leads to, and nowhere before: it records, without a line
// too, and the page opens without the board.
func TestMicrophoneUnderTheBoardsAuthority(t *testing.T) {
	t.Parallel()
	need(t, sound)
	need(t, map[string]string{"certutil": "libnss3-tools"})
	d := serve(t, t.TempDir(), "null", quick...).admit()
	id, page := d.toRecord()
	b := newBrowser(t, chromedp.Env("HOME="+trusts(t, d), "XDG_DATA_HOME="),
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-audio-capture", spokenWAV(t)),
		chromedp.Flag("host-resolver-rules", "MAP loa.internal 127.0.0.1, EXCLUDE localhost, EXCLUDE 127.0.0.1, MAP * ~NOTFOUND"))
	b.signUp(d.setup)

	b.open(strings.Replace(d.url, "127.0.0.1", "loa.internal", 1) + page)
	b.signIn("/announcements/")
	b.until("plain http is told clearly", `document.querySelector("[data-unable]")?.innerText.includes("https")`)
	b.press("[data-turn-on] a")
	b.until("the way to the microphone is shown", `location.pathname == "/microphone" && document.querySelector("main a.btn")`)
	secure := js[string](b, `document.querySelector("main a.btn").href`)
	if !strings.HasPrefix(secure, "https://loa.internal:") || !strings.HasSuffix(secure, page) {
		t.Fatalf("it leads to %s", secure)
	}

	b.open(secure)
	b.until("it asks who comes", "location.protocol == 'https:' && location.pathname == '/sign-in' && document.querySelector('#password')")
	b.signIn("/announcements/")
	b.until("the page offers the microphone", "isSecureContext && document.querySelector('[data-start]:enabled')?.checkVisibility()")
	b.until("the phone keeps the page", `(caches.match(location.pathname).then((kept) => { window.kept = !!kept; }), window.kept && navigator.serviceWorker.controller)`)
	b.take()
	b.picture("record-trusted-360")
	b.offline(true)
	b.press("[data-send]")
	b.until("it is told that the line is gone", `document.querySelector("[data-takes] [data-told]").innerText.includes("tự gửi lại")`)
	b.open(secure)
	b.until("the page opens without a line, with its take", `document.querySelector("[data-start]:enabled") && `+takesOf+` == 1`)
	b.offline(false)
	b.until("the board is done with the take", "document.querySelector('#told audio') && !document.querySelector('#told [data-pending]')")
	if r := d.giay(id); r["state"] != "ready" {
		t.Errorf("the rendition is %v", r["state"])
	}
	d.stop()
}
