package web_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"loalang/people"
	"loalang/playout"
	"loalang/web"
)

// browser keeps cookies.
type browser struct {
	h       *house
	cookies map[string]*http.Cookie
	from    string // address
	tls     bool
}

func (h *house) browser() *browser {
	return &browser{h: h, cookies: map[string]*http.Cookie{}, from: "192.0.2.7:4711"}
}

func (b *browser) call(method, path, body string) answer {
	b.h.t.Helper()
	kind := "application/json"
	if strings.HasPrefix(path, "/sign") || path == "/setup" {
		kind = "application/x-www-form-urlencoded"
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", kind)
	}
	return b.send(r)
}

func (b *browser) send(r *http.Request) answer {
	b.h.t.Helper()
	r.RemoteAddr = b.from
	if b.tls {
		r.TLS = &tls.ConnectionState{}
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	a := b.h.send(r)
	for _, c := range (&http.Response{Header: a.Header}).Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c
	}
	return a
}

// signIn makes an account if there is none of that name, and signs in.
func (b *browser) signIn(name, password string) answer {
	b.h.t.Helper()
	b.h.account(name, password)
	return b.trySignIn(name, password).want(303)
}

func (b *browser) trySignIn(name, password string) answer {
	b.h.t.Helper()
	return b.call("POST", "/sign-in", url.Values{"name": {name}, "password": {password}}.Encode())
}

// account adds a cadre of the village.
func (h *house) account(name, password string) {
	h.t.Helper()
	hash, err := people.NewPasswords().HashPassword(h.t.Context(), password)
	if err != nil {
		h.t.Fatal(err)
	}
	h.people.change(func(r *register) {
		for _, a := range r.accounts {
			if a.Name == name {
				return
			}
		}
		r.accounts = append(r.accounts, people.Account{ID: "a-" + name, Name: name, Role: people.Cadre, Village: "un-ta", Password: hash})
	})
}

func TestSignInAndOut(t *testing.T) {
	h := newHouse(t)
	h.account("Nông Thị Hoa", "trạm y tế xã")
	b := h.browser()
	b.call("GET", "/api/v1/air", "").want(401)
	for name, password := range map[string]string{"Nông Thị Hoa": "trạm y tế", "Nobody": "trạm y tế xã", "": ""} {
		b.trySignIn(name, password).want(401)
	}
	b.call("GET", "/api/v1/air", "").want(401)
	b.trySignIn(" nông thị hoa", "trạm y tế xã").want(303)
	c := b.cookies["loalang"]
	if c == nil || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.MaxAge < 29*24*3600 {
		t.Fatalf("cookie %v", c)
	}
	b.call("GET", "/api/v1/air", "").want(200)
	stolen := *c
	b.call("POST", "/sign-out", "").want(303)
	b.call("GET", "/api/v1/air", "").want(401)
	b.cookies["loalang"] = &stolen
	b.call("GET", "/api/v1/air", "").want(401)
}

func TestSecureCookieOnHTTPSOnly(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	b.tls = true
	b.signIn("Hoa", "trạm y tế xã")
	c := b.cookies["__Host-loalang"] // a name that a browser takes only with what is asked for here
	if c == nil || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(b.cookies) != 1 {
		t.Fatalf("cookies %v", b.cookies)
	}
	b.call("GET", "/api/v1/air", "").want(200)
}

// Session fixation: what was known before signing in is worth nothing after.
func TestSignInChangesTheSession(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	b.signIn("Hoa", "trạm y tế xã")
	first := b.cookies["loalang"].Value
	b.signIn("Hoa", "trạm y tế xã")
	if second := b.cookies["loalang"].Value; second == first {
		t.Error("the session kept its token")
	}
	b.cookies["loalang"].Value = first
	b.call("GET", "/api/v1/air", "").want(401)
}

func TestBearer(t *testing.T) {
	h := newHouse(t)
	now := h.w.now
	h.as["expired"] = h.people.add(people.Token{Name: "x", Role: people.Admin, Expires: now})
	h.as["revoked"] = h.people.add(people.Token{Name: "y", Role: people.Admin, Revoked: now})
	h.as["unknown"] = people.NewSecret()
	h.as["no secret"] = "loa_short"
	for _, as := range []string{"expired", "revoked", "unknown", "no secret", "nobody"} {
		a := h.call(as, "GET", "/api/v1/air", "").want(401)
		if p := a.problem(); p.Code != "unauthenticated" || a.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %+v %v", as, p, a.Header)
		}
	}
	h.call("viewer", "GET", "/api/v1/air", "").want(200)
	basic := map[string]string{"Authorization": "Basic " + h.as["viewer"]}
	h.do(ask{method: "GET", path: "/api/v1/air", header: basic}).want(401)
	// A dead token does not fall back to the cookie beside it.
	b := h.browser()
	b.signIn("Hoa", "trạm y tế xã")
	r := httptest.NewRequest("GET", "/api/v1/air", nil)
	r.Header.Set("Authorization", "Bearer "+h.as["revoked"])
	b.send(r).want(401)
}

func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.account("Hoa", "trạm y tế xã")
		home, thief := h.browser(), h.browser()
		home.trySignIn("Hoa", "trạm y tế xã").want(303)
		thief.from = "198.51.100.9:1"
		for range 9 { // Hoa used one of her ten
			thief.trySignIn("Hoa", "guess guess guess").want(401)
		}
		thief.trySignIn("Hoa", "trạm y tế xã").want(429)
		// The name is locked for strangers, not for where Hoa has been before.
		other := h.browser()
		other.from = "203.0.113.5:1"
		other.trySignIn("hoa", "trạm y tế xã").want(429)
		home.trySignIn("Hoa", "trạm y tế xã").want(303)
		// Others behind the thief's router are not locked out with them.
		thief.trySignIn("Lan", "guess guess guess").want(401)
		time.Sleep(time.Minute)
		other.trySignIn("hoa", "trạm y tế xã").want(303)
	})
}

// An IPv6 customer has 2^64 addresses and is one guesser.
func TestRateLimitCountsNetworks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		b := h.browser()
		for i := range 60 {
			b.from = "[2001:db8:1:2::" + string(rune('1'+i%9)) + "]:99"
			b.trySignIn("name"+string(rune('a'+i)), "guess guess guess").want(401)
		}
		b.from = "[2001:db8:1:2:ffff::1]:99"
		b.trySignIn("somebody", "guess guess guess").want(429)
		b.from = "[2001:db8:1:3::1]:99"
		b.trySignIn("somebody", "guess guess guess").want(401)
	})
}

func TestWhoIsLockedOut(t *testing.T) {
	cases := []struct {
		name   string
		change func(r *register)
	}{
		{"disabled", func(r *register) { r.accounts[0].Disabled = time.Now() }},
		{"gone", func(r *register) { r.accounts = nil }},
		{"with a new password", func(r *register) { r.accounts[0].Password = "$argon2id$other" }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				b := h.browser()
				b.signIn("Hoa", "trạm y tế xã")
				h.people.change(c.change)
				time.Sleep(10 * time.Second)
				b.call("GET", "/api/v1/air", "").want(401)
			})
		})
	}
}

func TestTokenRevokedElsewhereDiesWithinTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.call("admin", "GET", "/api/v1/air", "").want(200)
		h.people.change(func(r *register) {
			for i := range r.tokens {
				r.tokens[i].Revoked = h.w.now
			}
		})
		time.Sleep(10 * time.Second)
		h.call("admin", "GET", "/api/v1/air", "").want(401)
	})
}

// Reread is told of what a command changes: it counts at once, for the
// emergency authorised from memory too, and a sign-in that was ended stays
// ended when the account is enabled again.
func TestDisabledAndRevokedElsewhereAreOutAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, func(c *web.Config) { c.Air = studio{c.Air.(*world), make(chan playout.Air)} })
		b := h.browser()
		b.signIn("Hoa", "trạm y tế xã")
		h.call("cadre+", "GET", "/api/v1/air", "").want(200)
		r := httptest.NewRequest("GET", "/api/v1/air/events", nil)
		r.AddCookie(b.cookies["loalang"])
		_, body, leave, done := h.open(r)
		defer leave()
		if _, err := body.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		edit := func(change func(r *register)) {
			h.people.change(change)
			h.server.Reread(t.Context())
		}
		edit(func(r *register) {
			r.accounts[0] = r.accounts[0].Off(h.w.now)
			for i := range r.tokens {
				r.tokens[i].Revoked = h.w.now
			}
		})
		began := time.Now()
		const flood = `{"title":"Lũ","reason":"Nước dâng nhanh"}`
		h.call("cadre+", "POST", "/api/v1/emergency", flood).want(401)
		b.call("POST", "/api/v1/emergency", flood).want(401)
		b.trySignIn("Hoa", "trạm y tế xã").want(401)
		if name, _ := next(t, body); name != "end" {
			t.Errorf("event %s", name)
		}
		<-done
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %s, want no second", took)
		}
		edit(func(r *register) { r.accounts[0] = r.accounts[0].On() })
		b.call("GET", "/api/v1/air", "").want(401)
		b.trySignIn("Hoa", "trạm y tế xã").want(303)
		b.call("GET", "/api/v1/air", "").want(200)
	})
}

// Strangers must not make the board read everyone again and again.
func TestUnknownTokensAreLookedForOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.call("viewer", "GET", "/api/v1/air", "").want(200)
		before := h.people.reads
		for range 50 {
			h.as["stranger"] = people.NewSecret()
			h.call("stranger", "GET", "/api/v1/air", "").want(401)
		}
		if n := h.people.reads - before; n > 1 {
			t.Errorf("%d readings for 50 strangers", n)
		}
		h.as["new"] = h.people.add(people.Token{Name: "mới", Role: people.Viewer})
		time.Sleep(time.Second)
		h.call("new", "GET", "/api/v1/air", "").want(200)
	})
}

// brokenSessions is a database that takes no sign-ins.
type brokenSessions struct{ *memstore.MemStore }

var errDisk = errors.New("database is locked")

func (brokenSessions) FindCtx(context.Context, string) ([]byte, bool, error) {
	return nil, false, errDisk
}
func (brokenSessions) CommitCtx(context.Context, string, []byte, time.Time) error { return errDisk }
func (brokenSessions) DeleteCtx(context.Context, string) error                    { return errDisk }

// An emergency outlives the database: who was known stays known.
func TestSignedInWhileTheDatabaseFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, func(c *web.Config) { c.Sessions = brokenSessions{memstore.NewWithCleanupInterval(0)} })
		b := h.browser()
		b.signIn("Hoa", "trạm y tế xã")
		h.w.broken = errDisk
		h.people.change(func(r *register) { r.err = errDisk })
		time.Sleep(time.Hour)
		b.call("POST", "/api/v1/emergency", `{"title":"Lũ","reason":"Nước dâng nhanh"}`).want(201)
		h.call("cadre+", "DELETE", "/api/v1/emergency", "").want(204)
		again := h.browser()
		again.trySignIn("Hoa", "trạm y tế xã").want(303) // from memory
		b.call("POST", "/sign-out", "").want(303)
		b.call("GET", "/api/v1/air", "").want(401)
		if n := strings.Count(h.log(), "trouble begins"); n != 2 {
			t.Errorf("%d lines about trouble: %s", n, h.log())
		}
		h.people.change(func(r *register) { r.err = nil })
		time.Sleep(10 * time.Second)
		h.call("viewer", "GET", "/api/v1/air", "").want(200)
		if !strings.Contains(h.log(), "trouble is over") {
			t.Error("the end of the trouble is not in the log")
		}
	})
}

// A database that hangs, as a locked one does, may cost an emergency 150 ms and
// no more.
func TestEmergencyWhileTheDatabaseHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		if err := h.server.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		hang := make(chan struct{})
		h.people.change(func(r *register) { r.hang = hang })
		began := time.Now()
		h.call("cadre+", "POST", "/api/v1/emergency", `{"title":"Lũ","reason":"Nước dâng nhanh"}`).want(201)
		if took := time.Since(began); took > 150*time.Millisecond {
			t.Errorf("took %s", took)
		}
		close(hang)
	})
}

// After a restart who was signed in is known before the database fails.
func TestWarmKnowsWhoIsSignedIn(t *testing.T) {
	kept := memstore.NewWithCleanupInterval(0)
	first := newHouse(t, func(c *web.Config) { c.Sessions = kept })
	b := first.browser()
	b.signIn("Hoa", "trạm y tế xã")
	all, err := kept.All()
	if err != nil || len(all) != 1 {
		t.Fatalf("%v sessions, %v", all, err)
	}
	second := newHouse(t, func(c *web.Config) { c.Sessions = warmOnly{brokenSessions{kept}, all} })
	second.people.change(func(r *register) { r.accounts = first.people.accounts })
	if err := second.server.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	second.people.change(func(r *register) { r.err = errDisk })
	b.h = second
	b.call("GET", "/api/v1/air", "").want(200)
}

// warmOnly can be read once as a whole, then fails.
type warmOnly struct {
	brokenSessions
	all map[string][]byte
}

func (w warmOnly) AllCtx(context.Context) (map[string][]byte, error) { return w.all, nil }

// A sign-in that is used lives on; one that is not ends after thirty days.
func TestSessionsRoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		b := h.browser()
		b.signIn("Hoa", "trạm y tế xã")
		set := b.call("GET", "/api/v1/air", "").want(200).Header.Get("Set-Cookie")
		if set != "" {
			t.Errorf("renewed at once: %s", set)
		}
		for range 3 {
			time.Sleep(25 * 24 * time.Hour)
			if b.call("GET", "/api/v1/air", "").want(200).Header.Get("Set-Cookie") == "" {
				t.Error("not renewed after 25 days")
			}
		}
		time.Sleep(31 * 24 * time.Hour)
		b.call("GET", "/api/v1/air", "").want(401)
	})
}

func TestSetupOnce(t *testing.T) {
	h := newHouse(t)
	link := people.NewSecret()
	h.w.setup = people.HashSecret(link)
	h.cfg.Roster = h.w
	s, err := web.New(h.cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.http = s.Handler()
	b := h.browser()
	form := func(secret, name, password string) string {
		return url.Values{"t": {secret}, "name": {name}, "password": {password}, "again": {password}}.Encode()
	}
	b.call("POST", "/setup", form(link, "", "ngắn")).want(422)
	b.call("POST", "/setup", form(people.NewSecret(), "Hoa", "trạm y tế xã")).want(404)
	b.call("POST", "/setup", form("loa_", "Hoa", "trạm y tế xã")).want(404)
	b.call("POST", "/setup", form(link, " Nông  Thị Hoa", "trạm y tế xã")).want(303)
	if a := h.w.accounts[0]; a.Name != "Nông Thị Hoa" || a.Role != people.Admin || a.Password == "" || a.Village != "" {
		t.Errorf("account %+v", a)
	}
	b.call("GET", "/api/v1/air", "").want(200) // signed in with it
	h.browser().call("POST", "/setup", form(link, "Lan", "trạm y tế xã")).want(404)
}

func TestForeignOrigin(t *testing.T) {
	cases := []struct {
		name   string
		header map[string]string
		want   int
	}{
		{"OK same origin", map[string]string{"Origin": "http://example.com"}, 204},
		{"OK same origin by Sec-Fetch-Site", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://example.com"}, 204},
		{"OK program without an origin", nil, 204},
		{"foreign origin on plain http", map[string]string{"Origin": "http://evil.example"}, 403},
		{"cross-site", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://example.com"}, 403},
		{"sandboxed", map[string]string{"Origin": "null"}, 403},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.fill()
			a := h.do(ask{as: "admin", method: "DELETE", path: "/api/v1/announcements/" + noticeID + "/schedules/" + scheduleID, header: c.header}).want(c.want)
			if c.want == 403 {
				if p := a.problem(); p.Code != "cross-origin" {
					t.Errorf("got %+v", p)
				}
			}
		})
	}
}

func TestSecurityHeaders(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/healthz", "/sign-in", "/api/v1/air", "/api/v1/nowhere", "/nowhere"} {
		got := h.call("viewer", "GET", path, "").Header
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'self'; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
			"Permissions-Policy":      "microphone=(self), camera=(), geolocation=()", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		} {
			if got.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, got.Get(name))
			}
		}
	}
	if got := h.call("viewer", "GET", "/api/v1/air", "").Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the API may be cached: %q", got)
	}
}
