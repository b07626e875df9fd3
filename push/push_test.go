package push

import (
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/push/pushtest"
)

func decode(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := base64url.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// The example of RFC 8291, section 5, byte for byte.
func TestSealAsInTheRFC(t *testing.T) {
	s := Subscription{
		Endpoint: "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
		Key:      "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", Auth: "BTBZMqHH6r4Tts7J_aSIgg",
	}
	ephemeral, err := ecdh.P256().NewPrivateKey(decode(t, "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := sealWith(s, []byte("When I grow up, I want to be a watermelon"), ephemeral, decode(t, "DGv6ra1nlYgDCS1FRnbzlw"))
	if err != nil {
		t.Fatal(err)
	}
	const want = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
	if base64url.EncodeToString(got) != want {
		t.Errorf("got  %s\nwant %s", base64url.EncodeToString(got), want)
	}
}

// browser is the other side: it opens what was sealed for it.
type browser struct{ pushtest.Browser }

func newBrowser(t *testing.T) browser {
	t.Helper()
	b, err := pushtest.New()
	if err != nil {
		t.Fatal(err)
	}
	return browser{b}
}

func (b browser) at(endpoint string) Subscription {
	return Subscription{Endpoint: endpoint, Key: b.Key(), Auth: b.Auth()}
}

// signed checks the signature of an Authorization header and returns its claims.
func signed(t *testing.T, header, public string) map[string]any {
	t.Helper()
	token, key, ok := strings.Cut(strings.TrimPrefix(header, "vapid t="), ", k=")
	if !ok || key != public {
		t.Fatalf("header %q", header)
	}
	parts := strings.Split(token, ".")
	point, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), decode(t, key))
	if err != nil {
		t.Fatal(err)
	}
	digest, sig := sha256.Sum256([]byte(parts[0]+"."+parts[1])), decode(t, parts[2])
	if !ecdsa.Verify(point, digest[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		t.Fatal("the signature is wrong")
	}
	var claims map[string]any
	if err := json.Unmarshal(decode(t, parts[1]), &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestSend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "push.key")
	keys, err := OpenKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info, err)
	}
	if again, err := OpenKeys(path); err != nil || again.Public() != keys.Public() {
		t.Errorf("opened again: %v", err)
	}
	status, b := http.StatusCreated, newBrowser(t)
	var got, header string
	service := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if got, err = b.Open(raw); err != nil {
			t.Error(err)
		}
		header = r.Header.Get("Authorization")
		if r.Header.Get("TTL") != "3600" || r.Header.Get("Content-Encoding") != "aes128gcm" {
			t.Errorf("headers %v", r.Header)
		}
		w.Header().Set("Location", "https://elsewhere.example/")
		w.WriteHeader(status)
	}))
	defer service.Close()
	now := time.Date(2026, 11, 26, 6, 0, 0, 0, time.UTC)
	s := &Sender{Keys: keys, Contact: "mailto:loa@example.org", Now: func() time.Time { return now }, Client: service.Client()}
	m := Message{Text: []byte("Đã phát: Mời họp thôn"), Keep: time.Hour}
	if err := s.Send(t.Context(), b.at(service.URL+"/abc"), m); err != nil || got != "Đã phát: Mời họp thôn" {
		t.Fatalf("got %q, %v", got, err)
	}
	claims := signed(t, header, keys.Public())
	if claims["aud"] != service.URL || claims["sub"] != "mailto:loa@example.org" || claims["exp"] != float64(now.Add(12*time.Hour).Unix()) {
		t.Errorf("claims %v", claims)
	}
	for code, want := range map[int]error{http.StatusGone: ErrGone, http.StatusNotFound: ErrGone} {
		if status = code; !errors.Is(s.Send(t.Context(), b.at(service.URL), m), want) {
			t.Errorf("%d is not taken for %v", code, want)
		}
	}
	status = http.StatusServiceUnavailable
	if err := s.Send(t.Context(), b.at(service.URL+"/secret"), m); err == nil || errors.Is(err, ErrGone) || strings.Contains(err.Error(), "secret") {
		t.Errorf("busy: %v", err)
	}
	m.Text = make([]byte, MaxText+1)
	if err := s.Send(t.Context(), b.at(service.URL), m); !errors.Is(err, ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
}

func TestCheckSubscription(t *testing.T) {
	good := newBrowser(t).at("https://fcm.googleapis.com/fcm/send/abc")
	if err := good.Check(); err != nil {
		t.Errorf("OK: %v", err)
	}
	for name, change := range map[string]func(s *Subscription){
		"http": func(s *Subscription) { s.Endpoint = "http://fcm.googleapis.com/a" }, "file": func(s *Subscription) { s.Endpoint = "file:///etc/passwd" },
		"user": func(s *Subscription) { s.Endpoint = "https://a:b@host/" }, "no host": func(s *Subscription) { s.Endpoint = "https:///a" },
		"long": func(s *Subscription) { s.Endpoint += strings.Repeat("a", maxEndpoint) }, "no point": func(s *Subscription) { s.Key = "BAAA" },
		"off the curve": func(s *Subscription) { s.Key = base64url.EncodeToString(append([]byte{4}, make([]byte, 64)...)) }, "short secret": func(s *Subscription) { s.Auth = "AAAA" },
	} {
		s := good
		if change(&s); !errors.Is(s.Check(), ErrSubscription) {
			t.Errorf("%s is taken", name)
		}
	}
}

// Push services refuse whoever cannot be written to.
func TestCheckContact(t *testing.T) {
	for contact, want := range map[string]bool{
		"mailto:vanhoa@cocsan.example": true, "https://cocsan.example/loa": true,
		"": false, "vanhoa@cocsan.example": false, "mailto:": false, "mailto:vanhoa": false, "mailto:Xã <vanhoa@cocsan.example>": false, "mailto:a@b.example?cc=c@d.example": false,
		"http://cocsan.example": false, "https://": false, "https://a:b@cocsan.example/": false, "mailto:" + strings.Repeat("a", 200) + "@b.example": false,
	} {
		if err := CheckContact(contact); (err == nil) != want {
			t.Errorf("%q: %v", contact, err)
		}
	}
}

// What a browser names as its push service would else be a way into the village's own
// network.
func TestPublicClientDialsNoPrivateAddress(t *testing.T) {
	reached := false
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	client := PublicClient()
	for _, url := range []string{inside.URL, "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://192.168.1.1/", "https://10.0.0.1/", "https://169.254.169.254/", "https://[::ffff:10.0.0.1]/", "https://[fd00::1]/"} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(r)
		if err == nil {
			_ = answer.Body.Close()
			t.Errorf("%s answers %d", url, answer.StatusCode)
		} else if !strings.Contains(err.Error(), "private") && !errors.Is(err, ErrSubscription) {
			t.Errorf("%s: not refused but %v", url, err)
		}
		cancel()
	}
	if reached {
		t.Error("a private address was reached")
	}
}

func TestKeysThatAreNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "push.key")
	for _, raw := range [][]byte{{}, make([]byte, 31), make([]byte, 32)} {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenKeys(path); err == nil {
			t.Errorf("%d bytes are taken for a key", len(raw))
		}
	}
}
