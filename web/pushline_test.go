package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/push"
	"loalang/push/pushtest"
	"loalang/web"
)

// What the board tells goes over a real line to the service that the browser named, cannot
// be read there, and opens in that browser alone: with the fields that sw.js reads.
func TestWhatIsPushedOpensInItsBrowserAlone(t *testing.T) {
	mine, err := pushtest.New()
	if err != nil {
		t.Fatal(err)
	}
	other, err := pushtest.New()
	if err != nil {
		t.Fatal(err)
	}
	var got []byte
	var asked *http.Request
	service := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		if got, err = io.ReadAll(r.Body); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusCreated)
	}))
	defer service.Close()
	keys, err := push.OpenKeys(filepath.Join(t.TempDir(), "push.key"))
	if err != nil {
		t.Fatal(err)
	}
	w, p := newWorld(t), &post{}
	w.account(t, "thuy")
	w.accounts[0].Revision = 1
	s := newSite(t, w, "", "vi", p.use, func(c *web.Config) {
		c.Pusher = &push.Sender{Keys: keys, Contact: "mailto:vanhoa@cocsan.example", Now: time.Now, Client: service.Client()}
	})
	s.take(s.post("/sign-in", url.Values{"name": {"thuy"}, "password": {passphrase}}))
	if page := s.get("/account/news"); !strings.Contains(page.body, `data-key="`+keys.Public()+`"`) {
		t.Error("the page does not give the board's key")
	}
	body := fmt.Sprintf(`{"endpoint":%q,"keys":{"p256dh":%q,"auth":%q}}`, service.URL+"/thuy", mine.Key(), mine.Auth())
	if made := s.json("POST", "/api/v1/account/pushes", body); made.status != http.StatusCreated {
		t.Fatalf("subscribing: %d: %s", made.status, made.body)
	}
	if p := s.post("/account/news/"+p.pushes[0].ID+"/trial", nil); p.location != "/account/news?told=push-tried" {
		t.Fatalf("trial: to %q: %s", p.location, p.text)
	}
	if asked.URL.Path != "/thuy" || asked.Header.Get("Content-Encoding") != "aes128gcm" || asked.Header.Get("TTL") != "21600" || !strings.HasSuffix(asked.Header.Get("Authorization"), ", k="+keys.Public()) {
		t.Errorf("%s %v", asked.URL, asked.Header)
	}
	if bytes.Contains(got, []byte("Báo thử")) {
		t.Error("the service can read it")
	}
	if text, err := other.Open(got); err == nil {
		t.Errorf("another browser reads %q", text)
	}
	text, err := mine.Open(got)
	if err != nil {
		t.Fatal(err)
	}
	var letter map[string]string
	if err := json.Unmarshal([]byte(text), &letter); err != nil || letter["title"] != "Báo thử" || letter["body"] == "" || letter["path"] != "/account/news" || letter["tag"] == "" || letter["lang"] != "vi" || len(letter) != 5 {
		t.Errorf("%s: %v", text, err)
	}
}
