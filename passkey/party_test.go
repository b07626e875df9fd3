package passkey_test

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"loalang/passkey"
	"loalang/passkey/passkeytest"
)

const host, origin = "loa.local:8443", "https://loa.local:8443"

var thuy = passkey.Person{ID: "018f-thuy", Name: "thuy"}

func party(t *testing.T, host string) passkey.Party {
	t.Helper()
	p, err := passkey.PartyOf(host, "Loa Ún Tà")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// made is a phone that has a key of thuy's, and the key as it is kept.
func made(t *testing.T, p passkey.Party) (*passkeytest.Phone, passkey.Key) {
	t.Helper()
	phone := &passkeytest.Phone{Origin: origin, Party: "loa.local", Count: 5}
	asked, c, err := p.Invite(thuy, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := phone.Make(asked)
	if err != nil {
		t.Fatal(err)
	}
	k, err := p.Welcome(c, thuy, answer)
	if err != nil {
		t.Fatal(err)
	}
	return phone, k
}

// finder knows one key.
func finder(owner string, k passkey.Key) func(string) (string, passkey.Key, error) {
	return func(id string) (string, passkey.Key, error) {
		if id != k.ID {
			return "", passkey.Key{}, fs.ErrNotExist
		}
		return owner, k, nil
	}
}

func TestKeyIsMadeAndUsed(t *testing.T) {
	p := party(t, host)
	phone, k := made(t, p)
	if k.PartyID() != "loa.local" || strings.Contains(k.Record, "clientDataJSON\":\"") {
		t.Errorf("kept: %s", k.Record)
	}
	asked, _, err := p.Invite(thuy, []passkey.Key{k})
	if err != nil || !bytes.Contains(asked, []byte(`"excludeCredentials":[{"type":"public-key","id":"`+k.ID)) {
		t.Errorf("the phone is not told what it has: %s, %v", asked, err)
	}
	for range 2 {
		asked, c, err := p.Ask()
		if err != nil || bytes.Contains(asked, []byte("allowCredentials")) || bytes.Contains(asked, []byte(k.ID)) {
			t.Fatalf("asked: %s, %v", asked, err)
		}
		answer, err := phone.Use(asked)
		if err != nil {
			t.Fatal(err)
		}
		used, err := p.Check(c, answer, finder(thuy.ID, k))
		if err != nil || used.ID != k.ID || used.Record == k.Record {
			t.Fatalf("used: %+v, %v", used, err)
		}
		k = used
	}
}

// Whatever is not as it was asked for is refused.
func TestAnswersThatAreRefused(t *testing.T) {
	p := party(t, host)
	for name, c := range map[string]struct {
		phone  func(*passkeytest.Phone)
		at     string // where the answer is given; empty: where it was asked for
		owner  string
		answer func([]byte) []byte
		want   error
	}{
		"OK":                    {},
		"another place":         {phone: func(ph *passkeytest.Phone) { ph.Party = "loa.example" }, want: passkey.ErrRefused},
		"another origin":        {phone: func(ph *passkeytest.Phone) { ph.Origin = "https://loa.example" }, want: passkey.ErrRefused},
		"http":                  {phone: func(ph *passkeytest.Phone) { ph.Origin = "http://loa.local:8443" }, want: passkey.ErrRefused},
		"another port":          {phone: func(ph *passkeytest.Phone) { ph.Origin = "https://loa.local" }, want: passkey.ErrRefused},
		"no fingerprint":        {phone: func(ph *passkeytest.Phone) { ph.Unverified = true }, want: passkey.ErrRefused},
		"a counter goes back":   {phone: func(ph *passkeytest.Phone) { ph.Count = 5 }, want: passkey.ErrCopied},
		"somebody else's":       {owner: "018f-lan", want: passkey.ErrRefused},
		"a key of another name": {at: "loa.internal:8443", phone: func(ph *passkeytest.Phone) { ph.Party, ph.Origin = "loa.internal", "https://loa.internal:8443" }, want: passkey.ErrRefused},
		"another signature": {answer: func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"signature":"ME`), []byte(`"signature":"MF`), 1)
		}, want: passkey.ErrRefused},
		"nothing": {answer: func([]byte) []byte { return nil }, want: passkey.ErrRefused},
		"no JSON": {answer: func([]byte) []byte { return []byte(`{"id":5}`) }, want: passkey.ErrRefused},
	} {
		t.Run(name, func(t *testing.T) {
			phone, k := made(t, p)
			at := p
			if c.at != "" {
				at = party(t, c.at)
			}
			asked, ceremony, err := at.Ask()
			if err != nil {
				t.Fatal(err)
			}
			if c.phone != nil {
				c.phone(phone)
			}
			answer, err := phone.Use(asked)
			if err != nil {
				t.Fatal(err)
			}
			if c.answer != nil {
				answer = c.answer(answer)
			}
			owner := thuy.ID
			if c.owner != "" {
				owner = c.owner
			}
			if _, err := at.Check(ceremony, answer, finder(owner, k)); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// An answer to one question is none to another, nor a made key one that was used.
func TestAnswerIsToItsOwnQuestion(t *testing.T) {
	p := party(t, host)
	phone, k := made(t, p)
	asked, _, err := p.Ask()
	if err != nil {
		t.Fatal(err)
	}
	_, later, err := p.Ask()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := phone.Use(asked)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Check(later, answer, finder(thuy.ID, k)); !errors.Is(err, passkey.ErrRefused) {
		t.Errorf("an answer to another question: %v", err)
	}
	if _, err := p.Check(later, answer, finder(thuy.ID, passkey.Key{ID: "other"})); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key that nobody knows: %v", err)
	}
	asked, c, err := p.Invite(thuy, nil)
	if err != nil {
		t.Fatal(err)
	}
	other := &passkeytest.Phone{Origin: origin, Party: "loa.local"}
	answer, err = other.Make(asked)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Welcome(c, passkey.Person{ID: "018f-lan"}, answer); !errors.Is(err, passkey.ErrRefused) {
		t.Errorf("made for somebody else: %v", err)
	}
}

func TestPartyOf(t *testing.T) {
	for host, want := range map[string]string{
		"loa.internal:8443": "loa.internal", "Loa.LOCAL": "loa.local", "localhost:8080": "localhost",
		"192.168.1.10": "", "192.168.1.10:8443": "", "[::1]:8080": "", "fe80::1": "", "": "", "loa": "", "a b": "", "x@y": "", "a/b": "",
	} {
		p, err := passkey.PartyOf(host, "Loa")
		if p.ID != want || (want == "") != errors.Is(err, passkey.ErrAddress) {
			t.Errorf("%q: %q, %v", host, p.ID, err)
		}
	}
	p := party(t, "localhost:8080")
	phone := &passkeytest.Phone{Origin: "http://localhost:8080", Party: "localhost"}
	asked, c, err := p.Invite(thuy, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := phone.Make(asked)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Welcome(c, thuy, answer); err != nil {
		t.Errorf("this machine by http: %v", err)
	}
}
