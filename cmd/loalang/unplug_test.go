package main_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A card that is unplugged is told at once, on the panel with what to do, and all is
// well again by itself when it is back.
func TestUnpluggedCardIsTold(t *testing.T) {
	dir, env := card(t)
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	d := serve(t, t.TempDir(), "default", append(quick, "--buffer", "80ms")...).admit()
	panel := d.signedIn()
	air := func() object { return d.call(http.MethodGet, "/air", nil, http.StatusOK) }
	d.until("the card is open", func() bool { return air()["audible"] == true })
	for state, want := range map[string]struct{ trouble, says, panel string }{
		"unplugged": {"absent", "is not there; plug it in", "Xin cắm lại card"},
		"busy":      {"held", "is held by", "bị chương trình khác chiếm"},
	} {
		for _, file := range []string{state, "unplugged"} { // it is taken away first either way
			if err := os.WriteFile(filepath.Join(dir, file), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		d.until("the loss is told", func() bool { return air()["trouble"] == "absent" })
		if state != "unplugged" {
			if err := os.Remove(filepath.Join(dir, "unplugged")); err != nil {
				t.Fatal(err)
			}
		}
		d.until("the trouble is told", func() bool { return air()["trouble"] == want.trouble })
		got := air()
		fault, _ := got["fault"].(string)
		if got["audible"] != false || got["up"] != false || !strings.Contains(fault, "nothing will be heard") || !strings.Contains(fault, want.says) {
			t.Errorf("%s: air = %v, want nothing heard, and why", state, got)
		}
		if text := panel(); !strings.Contains(text, want.panel) {
			t.Errorf("%s: the panel does not say %q", state, want.panel)
		}
		if err := os.Remove(filepath.Join(dir, state)); err != nil {
			t.Fatal(err)
		}
		d.until("the card is back", func() bool { return air()["audible"] == true })
		if got := air(); got["trouble"] != nil || got["up"] != true {
			t.Errorf("%s: air = %v with the card back", state, got)
		}
		if text := panel(); strings.Contains(text, want.panel) {
			t.Errorf("%s: the panel still says %q with the card back", state, want.panel)
		}
	}
}

// signedIn reads the first page of the panel as a cadre.
func (d *daemon) signedIn() func() string {
	d.t.Helper()
	if _, errs, code := loalang(d.t, password, "user", "add", "Lù A Páo", "--role", "cadre", "--village", "un-ta", "--password-stdin", "--data", d.data); code != 0 {
		d.t.Fatalf("user add: %s", errs)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	resp, err := browser.PostForm(d.url+"/sign-in", url.Values{"name": {"lù a páo"}, "password": {password}})
	if err != nil {
		d.t.Fatal(err)
	}
	resp.Body.Close()
	return func() string {
		d.t.Helper()
		resp, err := browser.Get(d.url + "/")
		if err != nil {
			d.t.Fatal(err)
		}
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			d.t.Fatalf("the panel answers %d, %v", resp.StatusCode, err)
		}
		return string(raw)
	}
}
