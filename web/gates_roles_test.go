package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"loalang/people"
	"loalang/web"
)

// sittings is the database's table of sign-ins.
type sittings struct {
	mu   sync.Mutex
	data map[string][]byte
}

func (s *sittings) Find(token string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.data[token]
	return b, ok, nil
}

func (s *sittings) Commit(token string, b []byte, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data[token] = b
	return nil
}

func (s *sittings) Delete(token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.data, token)
	return nil
}

// caller is somebody who knocks.
type caller struct {
	name    string
	rights  string // what they may do, by words
	program bool
	nobody  bool // not, or no longer, known
	away    bool // of another village
}

// callers are everybody who may knock, who may least first: what they may not do must
// not have been done when the next one comes. What a role may do is told here once more,
// so that nobody widens it by an oversight.
func callers() []caller {
	const (
		write, plan, urgent = "view write upload", " plan", " live emergency"
		arrange, administer = " arrange", " administer"
	)
	return []caller{
		{name: "nobody", nobody: true},
		{name: "disabled", nobody: true},
		{name: "signed out", nobody: true},
		{name: "expired token", nobody: true, program: true},
		{name: "revoked token", nobody: true, program: true},
		{name: "token of somebody disabled", nobody: true, program: true},
		{name: "feed token", nobody: true, program: true},
		{name: "admin elsewhere", away: true, rights: write + plan + urgent + arrange + administer},
		{name: "admin token elsewhere", away: true, rights: write + plan + arrange + administer, program: true},
		{name: "viewer", rights: "view"},
		{name: "viewer token", rights: "view", program: true},
		{name: "viewer token+", rights: "view emergency", program: true},
		{name: "recorder", rights: write},
		{name: "recorder token", rights: write, program: true},
		{name: "cadre token", rights: write + plan, program: true},
		{name: "cadre token+", rights: write + plan + urgent, program: true},
		{name: "cadre", rights: write + plan + urgent},
		{name: "officer token", rights: write + plan + arrange, program: true},
		{name: "officer", rights: write + plan + urgent + arrange},
		{name: "admin token", rights: write + plan + arrange + administer, program: true},
		{name: "admin", rights: write + plan + urgent + arrange + administer},
		{name: "admin of all", rights: write + plan + urgent + arrange + administer},
	}
}

// crowd is everybody who knocks, as the database has them: their accounts, tokens and
// sign-ins. It is made once, since passwords are slow.
type crowd struct {
	register *register
	sittings map[string][]byte
	cookies  map[string]string // of a session, by caller
	secrets  map[string]string // of a token, by caller
}

var theCrowd = sync.OnceValue(func() *crowd { return &crowd{} })

func gather(t *testing.T) *crowd {
	t.Helper()
	c := theCrowd()
	if c.register != nil {
		return c
	}
	h := newHouse(t)
	kept := &sittings{data: map[string][]byte{}}
	h = newHouse(t, func(cfg *web.Config) { cfg.Sessions, cfg.Roster = kept, h.people })
	const password = "con suối trước nhà"
	encoded, err := people.NewPasswords().HashPassword(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	c.register = h.cfg.Roster.(*register)
	c.cookies, c.secrets = map[string]string{}, map[string]string{}
	c.register.accounts, c.register.tokens = nil, nil
	for _, who := range callers() {
		role, village := people.Role(strings.Fields(who.name)[0]), "un-ta"
		switch {
		case who.away:
			village = "toong-gianh"
		case who.name == "admin of all":
			village = ""
		}
		if who.program {
			tok := people.Token{ID: "t-" + who.name, Name: who.name, Role: role, Village: village, Emergency: strings.HasSuffix(who.name, "+")}
			switch who.name {
			case "expired token":
				tok.Role, tok.Emergency, tok.Expires = people.Admin, true, h.w.now.Add(-time.Second)
			case "revoked token":
				tok.Role, tok.Emergency, tok.Revoked = people.Admin, true, h.w.now
			case "token of somebody disabled":
				tok.Role, tok.Owner = people.Admin, "a-disabled"
			case "feed token":
				tok.Role, tok.Feed = people.Viewer, true
			}
			c.secrets[who.name] = c.register.add(tok)
			continue
		}
		if who.nobody {
			role = people.Admin
		}
		c.register.accounts = append(c.register.accounts, people.Account{ID: "a-" + who.name, Name: who.name, Role: role, Village: village, Password: encoded, Revision: 1})
	}
	h.server.Reread(t.Context())
	for _, who := range callers() {
		if who.program || who.name == "nobody" {
			continue
		}
		r := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader(url.Values{"name": {who.name}, "password": {password}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = "192.0.2.9:1"
		rec := httptest.NewRecorder()
		h.http.ServeHTTP(rec, r)
		cookies := rec.Result().Cookies()
		if rec.Code != http.StatusSeeOther || len(cookies) != 1 {
			t.Fatalf("%s cannot sign in: %d", who.name, rec.Code)
		}
		c.cookies[who.name] = cookies[0].Value
	}
	for i, a := range c.register.accounts {
		switch a.Name {
		case "disabled":
			c.register.accounts[i] = a.Off(h.w.now)
		case "signed out":
			c.register.accounts[i] = a.SignedOut()
		}
	}
	c.sittings = kept.data
	return c
}

// open is a house before which the crowd stands.
func (c *crowd) open(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, func(cfg *web.Config) {
		cfg.Sessions = &sittings{data: maps.Clone(c.sittings)}
		cfg.Roster = &register{accounts: slices.Clone(c.register.accounts), tokens: slices.Clone(c.register.tokens)}
	})
	h.fill()
	h.w.village.Publicity.Board = "on"
	h.w.accounts = append(h.w.accounts, c.register.accounts...)
	return h
}

// knock asks for what is behind a gate.
func (c *crowd) knock(h *house, g gate, name string, header ...string) *httptest.ResponseRecorder {
	ctx, leave := context.WithCancel(h.t.Context())
	defer leave()
	r := httptest.NewRequestWithContext(ctx, g.method(), g.place(), strings.NewReader(g.body))
	if g.body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if g.api() {
			r.Header.Set("Content-Type", "application/json")
		}
	}
	if cookie := c.cookies[name]; cookie != "" {
		r.AddCookie(&http.Cookie{Name: "loalang", Value: cookie})
	}
	if secret := c.secrets[name]; secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	r.RemoteAddr = "192.0.2.9:1"
	rec := httptest.NewRecorder()
	h.http.ServeHTTP(impatient{rec, leave}, r)
	return rec
}

// impatient leaves with the first piece that comes: streams have no end.
type impatient struct {
	*httptest.ResponseRecorder
	leave func()
}

func (i impatient) Write(b []byte) (int, error) {
	i.leave()
	return i.ResponseRecorder.Write(b)
}

// everything is all that a route may change.
func (h *house) everything(t *testing.T) string {
	t.Helper()
	w := h.w
	raw, err := json.Marshal([]any{
		w.snapshot(t), w.accounts, w.invited, w.raised, w.lowered, w.stopped, w.told, w.shelf, w.bin, w.kept, w.surplus, w.words, w.templates, w.choices, w.tried, w.tellings, w.changes, w.calendars.keys, w.setup,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Every route has its gate in the tables above: a new one that has none fails here.
func TestEveryRouteHasAGate(t *testing.T) {
	routes := web.Doors(newHouse(t).server)
	here := map[string]int{}
	for _, g := range append(pageGates(), apiGates(routes)...) {
		here[g.route]++
	}
	for _, special := range specialGates {
		here[special]++
	}
	for _, r := range routes {
		if here[r] != 1 {
			t.Errorf("%s has %d gates", r, here[r])
		}
		delete(here, r)
	}
	for r, n := range here {
		t.Errorf("%d gates of %q, which is no route", n, r)
	}
}

// specialGates ask for something else than a right: TestFeedIsForLookingOnly,
// TestWhoMayScrape.
var specialGates = []string{"GET /calendar/:file", "GET /metrics", "GET /metrics/health"}

// notedGates tell the history who came in by them: TestTakeABackupAway, TestTakeABundleAway.
var notedGates = []string{"GET /api/v1/backups/:name", "GET /api/v1/bundles/file"}

// Whoever knocks at whatever route is let in or not as the tables say, and who is not
// let in changes nothing. Looking changes nothing either.
func TestEverybodyAtEveryGate(t *testing.T) {
	c := gather(t)
	looked := c.open(t)
	for _, g := range append(pageGates(), apiGates(web.Doors(looked.server))...) {
		t.Run(g.route, func(t *testing.T) {
			h := looked
			if g.method() != http.MethodGet {
				h = c.open(t)
			}
			for _, who := range callers() {
				before := h.everything(t)
				rec := c.knock(h, g, who.name)
				let := g.judge(t, who, rec)
				if after := h.everything(t); (!let || g.method() == http.MethodGet && !slices.Contains(notedGates, g.route)) && after != before {
					t.Errorf("%s changed something: %s", who.name, rec.Body)
				}
			}
		})
	}
}

// judge holds an answer against the tables, and says whether somebody was let in.
func (g gate) judge(t *testing.T, who caller, rec *httptest.ResponseRecorder) bool {
	t.Helper()
	may := g.right == everybody || slices.Contains(strings.Fields(who.rights), string(g.right)) && (!who.away || g.own) && (!g.persons || !who.program)
	toSignIn := rec.Code == http.StatusSeeOther && strings.HasPrefix(rec.Header().Get("Location"), "/sign-in") && !strings.HasPrefix(rec.Header().Get("Location"), "/sign-in?told=signed-out")
	switch {
	case may:
		refused := rec.Code == http.StatusForbidden && !strings.Contains(rec.Body.String(), `"code":"pin-wrong"`)
		if refused || rec.Code == http.StatusUnauthorized && g.route != "POST /sign-in" || toSignIn || rec.Code >= 500 {
			t.Errorf("%s is not let in: %d to %q: %s", who.name, rec.Code, rec.Header().Get("Location"), short(rec))
		}
	case who.nobody && g.api():
		if rec.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d, want 401: %s", who.name, rec.Code, short(rec))
		}
	case who.nobody:
		if !toSignIn {
			t.Errorf("%s is not sent to sign in: %d to %q: %s", who.name, rec.Code, rec.Header().Get("Location"), short(rec))
		}
	case who.away && g.api() && slices.Contains(aboutNobody, g.place()):
		if rec.Code != http.StatusOK {
			t.Errorf("%s: %d, want 200: %s", who.name, rec.Code, short(rec))
		}
	case who.away && g.api() && rec.Code == http.StatusNotFound: // they do not learn what there is
	case rec.Code != http.StatusForbidden:
		t.Errorf("%s: %d to %q, want 403: %s", who.name, rec.Code, rec.Header().Get("Location"), short(rec))
	}
	return may
}

// aboutNobody are the calls that say nothing of a village that the caller may not see.
var aboutNobody = []string{"/api/v1/villages", "/api/v1/coverage", "/api/v1/assignments", "/api/v1/speech/voices", "/api/v1/speech/preview", "/api/v1/rules-models"}

func short(rec *httptest.ResponseRecorder) []byte {
	return bytes.TrimSpace(rec.Body.Bytes()[:min(200, rec.Body.Len())])
}

// No other site makes a browser act in the name of whoever is signed in, at any form or
// call, whatever its browser says of where it comes from.
func TestNoOtherSitePassesAGate(t *testing.T) {
	c := gather(t)
	h := c.open(t)
	for _, g := range append(pageGates(), apiGates(web.Doors(h.server))...) {
		if slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, g.method()) {
			continue
		}
		for name, header := range map[string][]string{
			"a browser over https": {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
			"a sibling":            {"Sec-Fetch-Site", "same-site", "Origin", "https://other.example.com"},
			"a browser over http":  {"Origin", "http://evil.example"},
			"a page without one":   {"Origin", "null"},
		} {
			before := h.everything(t)
			if rec := c.knock(h, g, "admin of all", header...); rec.Code != http.StatusForbidden || h.everything(t) != before {
				t.Errorf("%s from %s: %d", g.route, name, rec.Code)
			}
		}
	}
}

// What everybody may see bears names that nobody can guess or reckon: they hang on a key
// of the board's own, and the names inside the house open nothing.
func TestNothingPublicIsGuessed(t *testing.T) {
	_, b := openBoard(t)
	names := func(key string) map[string]bool {
		found := map[string]bool{}
		s := newSite(t, b.w, "", "vi", func(c *web.Config) { c.Bulletins, c.Slim, c.PublicKey = b, b, []byte(key) })
		for _, m := range publicName.FindAllStringSubmatch(s.get("/").body, -1) {
			found[m[1]] = true
			if bits := len(m[1]) * 5; bits < 112 { // base32
				t.Errorf("%s has %d bits", m[1], bits)
			}
		}
		for _, inside := range []string{"/bang-tin/tin/" + meetingID, "/bang-tin/nghe/" + takeID + ".mp3", "/bang-tin/nghe/" + takeID} {
			if p := s.get(inside); p.status != http.StatusNotFound {
				t.Errorf("%s: %d", inside, p.status)
			}
		}
		return found
	}
	one, other := names("0123456789abcdef"), names("fedcba9876543210")
	if len(one) < 3 || len(other) != len(one) {
		t.Fatalf("%v and %v", one, other)
	}
	for name := range one {
		if other[name] {
			t.Errorf("%s is the same on every board", name)
		}
	}
}

var publicName = regexp.MustCompile(`/bang-tin/(?:tin|nghe)/([a-z0-9]+)`)
