package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loalang/passkey/passkeytest"
	"loalang/people"
	"loalang/web"
)

// keyring is the database's table of passkeys.
type keyring struct {
	mu   sync.Mutex
	keys []people.Passkey
}

func (k *keyring) Passkeys(_ context.Context, account string) ([]people.Passkey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(k.keys), func(o people.Passkey) bool { return account != "" && o.Account != account }), nil
}

func (k *keyring) Passkey(_ context.Context, id string) (people.Passkey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, o := range k.keys {
		if o.ID == id {
			return o, nil
		}
	}
	return people.Passkey{}, fs.ErrNotExist
}

func (k *keyring) AddPasskey(_ context.Context, one people.Passkey) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys = append(k.keys, one)
	return nil
}

func (k *keyring) UsePasskey(_ context.Context, before people.Passkey, record string, at time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, o := range k.keys {
		if o.ID == before.ID && o.Record == before.Record {
			k.keys[i].Record, k.keys[i].Used = record, at
			return nil
		}
	}
	return fs.ErrNotExist
}

func (k *keyring) DropPasskey(_ context.Context, account, id string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	before := len(k.keys)
	k.keys = slices.DeleteFunc(k.keys, func(o people.Passkey) bool { return o.Account == account && o.ID == id })
	if len(k.keys) == before {
		return fs.ErrNotExist
	}
	return nil
}

func (k *keyring) use(c *web.Config) { c.Passkeys, c.PasskeyDoor = k, k }

// keep is what a browser does with cookies: a new one replaces that of its name.
func (s *site) keep(p page) page {
	for _, c := range (&http.Response{Header: p.header}).Cookies() {
		s.cookies = slices.DeleteFunc(s.cookies, func(o *http.Cookie) bool { return o.Name == c.Name })
		if c.MaxAge >= 0 && c.Value != "" {
			s.cookies = append(s.cookies, c)
		}
	}
	return p
}

func optionsOf(t *testing.T, p page) []byte {
	t.Helper()
	var out struct{ Options json.RawMessage }
	if err := json.Unmarshal([]byte(p.body), &out); err != nil || len(out.Options) == 0 {
		t.Fatalf("%d: %s", p.status, p.body)
	}
	return out.Options
}

// made makes a key on a phone for whoever is signed in.
func (s *site) made(name string) *passkeytest.Phone {
	s.t.Helper()
	asked := s.keep(s.json("POST", "/api/v1/account/passkeys/challenge", `{"password":"`+passphrase+`"}`))
	phone := &passkeytest.Phone{Origin: "https://example.com", Party: "example.com", Count: 1}
	answer, err := phone.Make(optionsOf(s.t, asked))
	if err != nil {
		s.t.Fatal(err)
	}
	if got := s.keep(s.json("POST", "/api/v1/account/passkeys", fmt.Sprintf(`{"name":%q,"credential":%s}`, name, answer))); got.status != http.StatusCreated {
		s.t.Fatalf("making a key: %d: %s", got.status, got.body)
	}
	return phone
}

// asked lets a browser be asked for a key, and returns what its phone answers.
func (s *site) asked(phone *passkeytest.Phone) string {
	s.t.Helper()
	answer, err := phone.Use(optionsOf(s.t, s.keep(s.json("POST", "/sign-in/passkey/challenge", ""))))
	if err != nil {
		s.t.Fatal(err)
	}
	return `{"next":"/plan","credential":` + string(answer) + `}`
}

func (s *site) enter(answer string) page { return s.keep(s.json("POST", "/sign-in/passkey", answer)) }

// stranger is a browser in which nobody is signed in.
func (s *site) stranger() *site { return &site{t: s.t, server: s.server, handler: s.handler} }

// keyed is a browser in which a cadre is signed in who has a key.
func keyed(t *testing.T, w *world, k *keyring) (*site, *passkeytest.Phone) {
	t.Helper()
	w.account(t, "thuy")
	w.accounts[0].Revision = 1
	s := newSite(t, w, "", "vi", k.use)
	s.keep(s.post("/sign-in", url.Values{"name": {"thuy"}, "password": {passphrase}}))
	return s, s.made("máy của Thuý")
}

// Who is given a new password by somebody else is let in by no key any more: whoever had
// the old one may have added their own.
func TestPasswordGivenAnewForgetsPasskeys(t *testing.T) {
	w, k := newWorld(t), &keyring{}
	s, phone := keyed(t, w, k)
	answer := s.asked(phone)
	k.keys = append(k.keys, people.Passkey{ID: "of-another", Account: "another"})
	admin := newSite(t, w, people.Admin, "vi", k.use)
	if p := admin.json("PATCH", "/api/v1/accounts/"+w.accounts[0].ID, `{"password":"ngắn"}`); p.status != http.StatusUnprocessableEntity || len(k.keys) != 2 {
		t.Errorf("a password that is not taken: %d, %d keys: %s", p.status, len(k.keys), p.body)
	}
	if p := admin.json("PATCH", "/api/v1/accounts/"+w.accounts[0].ID, `{"password":"con suối sau nhà"}`); p.status != http.StatusOK || len(k.keys) != 1 {
		t.Fatalf("%d, %d keys: %s", p.status, len(k.keys), p.body)
	}
	if p := s.enter(answer); p.status != http.StatusUnauthorized {
		t.Errorf("in by a forgotten key: %d", p.status)
	}
}

// A key is made with the password, lets its owner in without a name, and is worth nothing
// once it was removed. It does not stand for the PIN.
func TestPasskeySignsIn(t *testing.T) {
	w, k := newWorld(t), &keyring{}
	s, phone := keyed(t, w, k)
	s.keep(s.post("/account/pin", url.Values{"newpin": {"7351"}}))
	p := s.get("/account/passkeys")
	p.checkForm(t, "vi")
	if !strings.Contains(p.text, "máy của Thuý") || !strings.Contains(p.text, "Chưa dùng lần nào") {
		t.Errorf("the page: %s", p.text)
	}
	b := s.stranger()
	if p := b.get("/sign-in"); !strings.Contains(p.body, `id="passkey" hidden`) || strings.Contains(p.body, "thuy") {
		t.Errorf("the page of signing in: %s", p.text)
	}
	b.cookies = []*http.Cookie{{Name: "loalang", Value: "planted"}}
	answer := b.asked(phone)
	in := b.enter(answer)
	if in.status != http.StatusOK || !strings.Contains(in.body, `"next":"/plan"`) {
		t.Fatalf("%d: %s", in.status, in.body)
	}
	if len(b.cookies) != 1 || b.cookies[0].Value == "planted" {
		t.Errorf("the session is one that somebody else may know: %v", b.cookies)
	}
	if p := b.get("/account"); p.status != http.StatusOK || !strings.Contains(p.text, "thuy") {
		t.Errorf("signed in: %d: %s", p.status, p.text)
	}
	if p := b.json("POST", "/api/v1/emergency", apiFlood); p.status != http.StatusForbidden || !strings.Contains(p.body, "pin-required") || len(w.raised) != 0 {
		t.Errorf("an emergency without the PIN: %d: %s", p.status, p.body)
	}
	if got := b.json("GET", "/api/v1/account/passkeys", ""); !strings.Contains(got.body, `"used":`) || strings.Contains(got.body, "publicKey") {
		t.Errorf("listed: %s", got.body)
	}
	if p := b.post("/account/passkeys/"+k.keys[0].ID+"/remove", nil); p.location != "/account/passkeys?told=passkey-removed" || len(k.keys) != 0 {
		t.Fatalf("removed: to %q", p.location)
	}
	if p := b.get("/sign-in?next=%2F"); strings.Contains(p.body, `id="passkey"`) {
		t.Error("a key is offered that nobody has")
	}
	c := s.stranger()
	if p := c.enter(c.asked(phone)); p.status != http.StatusUnauthorized || len(c.cookies) != 0 {
		t.Errorf("after it was removed: %d: %s", p.status, p.body)
	}
	for _, deed := range []people.Deed{"passkey-added", "passkey-signed-in", "passkey-removed"} {
		w.hears(t, deed)
	}
}

// hears waits until the history tells of a deed of thuy's: it is noted behind the answer.
func (w *world) hears(t *testing.T, deed people.Deed) {
	t.Helper()
	for range 200 {
		w.mu.Lock()
		there := slices.ContainsFunc(w.changes, func(c people.Change) bool {
			return c.Kind == "sign-ins" && c.Deed == deed && c.Record == w.accounts[0].ID
		})
		w.mu.Unlock()
		if there {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("the history does not tell of %q", deed)
}

// Whatever is wrong with a key, nobody is let in, and all that are wrong are answered the
// same.
func TestPasskeysThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(*testing.T, *world, *keyring, *passkeytest.Phone)
		status int
		deed   people.Deed
	}{
		"OK":             {status: http.StatusOK, deed: "passkey-signed-in"},
		"unknown":        {spoil: func(_ *testing.T, _ *world, k *keyring, _ *passkeytest.Phone) { k.keys = nil }},
		"no fingerprint": {spoil: func(_ *testing.T, _ *world, _ *keyring, p *passkeytest.Phone) { p.Unverified = true }, deed: "passkey-refused"},
		"another place":  {spoil: func(_ *testing.T, _ *world, _ *keyring, p *passkeytest.Phone) { p.Origin = "https://loa.example" }, deed: "passkey-refused"},
		"a copy":         {spoil: func(_ *testing.T, _ *world, _ *keyring, p *passkeytest.Phone) { p.Count = 1 }, deed: "passkey-copied"},
		"disabled":       {spoil: func(_ *testing.T, w *world, _ *keyring, _ *passkeytest.Phone) { w.accounts[0].Disabled = w.now }, deed: "passkey-refused"},
	} {
		t.Run(name, func(t *testing.T) {
			w, k := newWorld(t), &keyring{}
			s, phone := keyed(t, w, k)
			b := s.stranger()
			phone.Count = 9
			b.enter(b.asked(phone)) // it counts 9 by now
			b = s.stranger()
			if c.spoil != nil {
				c.spoil(t, w, k, phone)
			}
			kept := slices.Clone(k.keys)
			s.server.Reread(t.Context())
			p := b.enter(b.asked(phone))
			if c.status == 0 {
				c.status = http.StatusUnauthorized
				if !strings.Contains(p.body, `"passkey-refused"`) || len(b.cookies) != 0 || !slices.Equal(kept, k.keys) {
					t.Errorf("%d cookies: %s", len(b.cookies), p.body)
				}
			}
			if p.status != c.status {
				t.Errorf("%d: %s", p.status, p.body)
			}
			if c.deed != "" {
				w.hears(t, c.deed)
			}
		})
	}
}

// What a browser is asked counts once, for that browser, for five minutes, and only for
// what it was asked.
func TestPasskeyQuestionCountsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, k := newWorld(t), &keyring{}
		s, phone := keyed(t, w, k)
		over := func(what string, p page) {
			t.Helper()
			if p.status != http.StatusConflict || !strings.Contains(p.body, `"passkey-over"`) {
				t.Errorf("%s: %d: %s", what, p.status, p.body)
			}
		}
		b := s.stranger()
		first := b.asked(phone)
		cookie := b.cookies
		over("another browser", s.stranger().enter(first))
		if p := b.enter(first); p.status != http.StatusOK {
			t.Fatalf("%d: %s", p.status, p.body)
		}
		b = s.stranger()
		b.cookies = slices.Clone(cookie)
		over("a second time", b.enter(first))

		b = s.stranger()
		late := b.asked(phone)
		time.Sleep(5 * time.Minute)
		over("too late", b.enter(late))

		answer, err := phone.Use(optionsOf(t, s.keep(s.json("POST", "/api/v1/account/passkeys/challenge", `{"password":"`+passphrase+`"}`))))
		if err != nil {
			t.Fatal(err)
		}
		over("a key that is to be made", s.enter(`{"credential":`+string(answer)+`}`))

		c := s.again() // another sign-in of the same person
		asked := c.keep(c.json("POST", "/api/v1/account/passkeys/challenge", `{"password":"`+passphrase+`"}`))
		made, err := (&passkeytest.Phone{Origin: "https://example.com", Party: "example.com"}).Make(optionsOf(t, asked))
		if err != nil {
			t.Fatal(err)
		}
		s.cookies = append(s.cookies, c.cookies[len(c.cookies)-1])
		over("a key for another sign-in", s.keep(s.json("POST", "/api/v1/account/passkeys", `{"name":"x","credential":`+string(made)+`}`)))
		if len(k.keys) != 1 {
			t.Errorf("%d keys", len(k.keys))
		}
		synctest.Wait()
	})
}

// Making a key asks for the password, as often wrong as any; there are ten at most, and
// their names are as all names.
func TestPasskeyAsksForThePassword(t *testing.T) {
	w, k := newWorld(t), &keyring{}
	s, _ := keyed(t, w, k)
	for body, want := range map[string]string{`{"password":""}`: "pin-required", `{"password":"sai rồi sai rồi"}`: "pin-wrong"} {
		if p := s.json("POST", "/api/v1/account/passkeys/challenge", body); p.status != http.StatusForbidden || !strings.Contains(p.body, want) || strings.Contains(p.body, "options") {
			t.Errorf("%s: %d: %s", body, p.status, p.body)
		}
	}
	if p := s.json("POST", "/api/v1/account/passkeys", `{"name":" ","credential":{}}`); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `"name"`) {
		t.Errorf("without a name: %d: %s", p.status, p.body)
	}
	for i := len(k.keys); i < 10; i++ {
		s.made(fmt.Sprint("máy ", i))
	}
	if p := s.json("POST", "/api/v1/account/passkeys/challenge", `{"password":"`+passphrase+`"}`); p.status != http.StatusConflict || !strings.Contains(p.body, "passkeys-most") {
		t.Errorf("an eleventh: %d: %s", p.status, p.body)
	}
	if p := s.get("/account/passkeys"); !strings.Contains(p.text, "nhiều nhất") || strings.Contains(p.body, "passkey-new") {
		t.Errorf("the page of somebody with ten: %s", p.text)
	}
	w.accounts = append(w.accounts, people.Account{ID: "other", Name: "lan", Role: people.Officer, Password: w.accounts[0].Password})
	s.server.Reread(t.Context())
	other := s.stranger()
	other.keep(other.post("/sign-in", url.Values{"name": {"lan"}, "password": {passphrase}}))
	if p := other.json("DELETE", "/api/v1/account/passkeys/"+k.keys[0].ID, ""); p.status != http.StatusNotFound || len(k.keys) != 10 {
		t.Errorf("somebody else's: %d", p.status)
	}
}

// Whoever asks or guesses too often waits; what is sent is bounded.
func TestPasskeyAttemptsAreLimited(t *testing.T) {
	w, k := newWorld(t), &keyring{}
	s, _ := keyed(t, w, k)
	for _, path := range []string{"/sign-in/passkey/challenge", "/sign-in/passkey"} {
		b, last := s.stranger(), 0
		for range 100 {
			if last = b.json("POST", path, "{}").status; last == http.StatusTooManyRequests {
				break
			}
		}
		if last != http.StatusTooManyRequests {
			t.Errorf("%s goes on for ever: %d", path, last)
		}
	}
	if p := s.stranger().json("POST", "/sign-in/passkey", `{"credential":"`+strings.Repeat("x", 11<<20)+`"}`); p.status != http.StatusRequestEntityTooLarge {
		t.Errorf("11 MB: %d", p.status)
	}
}

// By its address a board can have no keys: the page says so, and what to do.
func TestPasskeysNeedAName(t *testing.T) {
	w, k := newWorld(t), &keyring{}
	w.account(t, "thuy")
	s := newSite(t, w, "", "vi", k.use, func(c *web.Config) { c.SecurePort = 8443 })
	s.keep(s.post("/sign-in", url.Values{"name": {"thuy"}, "password": {passphrase}}))
	at := func(method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		r.Host = "192.168.1.10:8080"
		r.Header.Set("Content-Type", "application/json")
		for _, c := range s.cookies {
			r.AddCookie(c)
		}
		rec := httptest.NewRecorder()
		s.handler.ServeHTTP(rec, r)
		return rec
	}
	if got := at("GET", "/account/passkeys", ""); !strings.Contains(got.Body.String(), `href="https://loa.internal:8443/account/passkeys"`) || strings.Contains(got.Body.String(), "passkey-new") {
		t.Errorf("the page: %d: %s", got.Code, got.Body)
	}
	for path, body := range map[string]string{"/sign-in/passkey/challenge": "", "/api/v1/account/passkeys/challenge": `{"password":"x"}`} {
		if got := at("POST", path, body); got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.Body.String(), "passkey-address") {
			t.Errorf("%s: %d: %s", path, got.Code, got.Body)
		}
	}
}
