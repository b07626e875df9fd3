package web_test

import (
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"loalang/people"
)

// Whoever signs in wrongly learns nothing of who exists: the answer is the same, and so
// is the work behind it, whose 19 MiB of memory say that a hash was computed.
func TestStrangersLearnNoNames(t *testing.T) {
	h := newHouse(t)
	h.account("Thào A Tủa", "trạm y tế xã")
	h.account("Thào A Páo", "trạm y tế xã")
	h.people.change(func(r *register) {
		for i := range r.accounts {
			if r.accounts[i].Name == "Thào A Páo" {
				r.accounts[i].Disabled = h.w.now
			}
		}
	})
	answers := map[string]string{}
	for who, name := range map[string]string{"somebody": "Thào A Tủa", "nobody": "Thào A Sía", "disabled": "Thào A Páo"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		a := h.browser().trySignIn(name, "mật khẩu sai").want(http.StatusUnauthorized)
		runtime.ReadMemStats(&after)
		if hashed := after.TotalAlloc - before.TotalAlloc; hashed < 19<<20 {
			t.Errorf("%s: %d KB were used: no password was hashed", who, hashed>>10)
		}
		if len(a.Header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s gets a cookie", who)
		}
		answers[who] = strings.ReplaceAll(string(a.Body), name, "…")
	}
	if answers["somebody"] != answers["nobody"] || answers["disabled"] != answers["nobody"] {
		t.Errorf("the answers tell who exists: %q", answers)
	}
}

// A name that nobody has was looked for in the database once more, and the others were
// not: how long the answer took told who exists.
func TestStrangersLearnNoNamesByTime(t *testing.T) {
	h := newHouse(t)
	h.account("Thào A Tủa", "trạm y tế xã")
	h.browser().trySignIn("Thào A Tủa", "mật khẩu sai").want(http.StatusUnauthorized) // known from now on
	read := map[string]int{}
	for _, name := range []string{"Thào A Tủa", "Thào A Sía"} {
		before := 0
		h.people.change(func(r *register) { before = r.reads })
		h.browser().trySignIn(name, "mật khẩu sai").want(http.StatusUnauthorized)
		h.people.change(func(r *register) { read[name] = r.reads - before })
	}
	if read["Thào A Tủa"] != read["Thào A Sía"] {
		t.Errorf("the database is asked %v times", read)
	}
}

// Every cookie of the panel is out of reach of scripts and of other sites.
func TestCookiesAreForThePanelAlone(t *testing.T) {
	w := newWorld(t)
	w.account(t, "thuy")
	s := newSite(t, w, people.Admin, "vi")
	for path, f := range map[string]url.Values{"/language": {"lang": {"en"}}, "/start": {"step": {"away"}}, "/sign-in": {"name": {"thuy"}, "password": {passphrase}}} {
		p := s.post(path, f)
		for _, c := range (&http.Response{Header: p.header}).Cookies() {
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure {
				t.Errorf("%s: %v", path, c)
			}
		}
		if p.header.Get("Set-Cookie") == "" {
			t.Errorf("%s sets no cookie: %d", path, p.status)
		}
	}
}

// A new password gives the browser another session: what somebody has copied is dead.
func TestPasswordChangesTheSession(t *testing.T) {
	w := newWorld(t)
	s := member(t, w)
	old := s.cookies
	p := s.post("/account/password", url.Values{"before": {passphrase}, "password": {"con suối sau nhà"}})
	s.cookies = nil
	s.take(p)
	if len(s.cookies) != 1 || s.cookies[0].Name != "loalang" || s.cookies[0].Value == old[len(old)-1].Value {
		t.Fatalf("the cookie was %v and is %v", old, s.cookies)
	}
	if got := s.get("/").status; got != http.StatusOK {
		t.Errorf("with the new one: %d", got)
	}
	s.cookies = old
	if got := s.get("/").status; got == http.StatusOK {
		t.Error("the old one still opens the panel")
	}
}
