package main_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// confidant walks the panel with secrets in hand, and remembers each.
type confidant struct {
	*daemon
	client  http.Client
	secrets map[string]string // by what it is
}

// keep remembers a secret.
func (c *confidant) keep(what, secret string) string {
	c.t.Helper()
	if len(secret) < 4 {
		c.t.Fatalf("%s: %q is no secret", what, secret)
	}
	c.secrets[what] = secret
	return secret
}

// form posts a page's form, and wants an answer.
func (c *confidant) form(path string, status int, pairs ...string) {
	c.t.Helper()
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	c.send(http.MethodPost, path, status, "application/x-www-form-urlencoded", values.Encode())
}

// send makes a request as the browser that is signed in; pairs are more headers.
func (c *confidant) send(method, path string, status int, kind, body string, pairs ...string) string {
	c.t.Helper()
	r, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
	}
	resp, err := c.client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if resp.StatusCode != status {
		c.t.Errorf("%s %s: %d, want %d: %.600s", method, strings.SplitN(path, "?", 2)[0], resp.StatusCode, status, text)
	}
	at, err := url.Parse(c.url)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, cookie := range c.client.Jar.Cookies(at) {
		c.keep(fmt.Sprintf("cookie %d", len(c.secrets)), cookie.Value)
	}
	return string(text)
}

// Whatever goes through the panel, well or badly, and however much is logged, no
// password, PIN, cookie, token, link or address that is a key is in the log.
func TestLogTellsNoSecrets(t *testing.T) {
	t.Parallel()
	need(t, sound)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := serve(t, t.TempDir(), "null", append([]string{"--log", "debug"}, quick...)...)
	c := &confidant{daemon: d, secrets: map[string]string{}, client: http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	setup, err := url.Parse(d.setup)
	if err != nil {
		t.Fatal(err)
	}
	link, first := c.keep("set-up link", setup.Query().Get("t")), c.keep("password", "mưa rừng gõ mái tranh")
	c.send(http.MethodGet, "/setup?t="+link, http.StatusOK, "", "")
	c.form("/setup", http.StatusUnprocessableEntity, "t", link, "name", "", "password", first)
	c.form("/setup", http.StatusSeeOther, "t", link, "name", "Vàng Thị Mỷ", "password", first)
	c.form("/setup?t="+link, http.StatusNotFound, "t", link, "name", "Kẻ lạ", "password", first)
	d.admit()
	c.keep("the program's token", d.token)
	for _, step := range []struct {
		what string
		do   func(*confidant)
	}{
		{"signing in", (*confidant).signsIn},
		{"PIN", (*confidant).givesPIN},
		{"emergency", (*confidant).alarms},
		{"tokens", (*confidant).usesTokens},
		{"invitation", (*confidant).invites},
		{"browser's news", (*confidant).subscribes},
		{"feed", (*confidant).feeds},
		{"station", (*confidant).relays},
		{"upload", (*confidant).uploads},
		{"broken requests", (*confidant).stammers},
	} {
		step.do(c)
		c.betrayed(step.what)
	}
	d.stop()
	c.betrayed("the end")
	for _, heard := range []string{"level=INFO", "a trial could not be pushed"} {
		if !strings.Contains(d.log.String(), heard) {
			t.Errorf("nobody listened to the log: no %q in it\n%s", heard, d.log)
		}
	}
}

// betrayed looks for every secret so far, as it is and as an address or a form carries it.
func (c *confidant) betrayed(after string) {
	c.t.Helper()
	log := c.log.String()
	for what, secret := range c.secrets {
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
			if at := strings.Index(log, form); at >= 0 {
				c.t.Errorf("after %s the log tells the %s: %s", after, what, log[max(0, at-200):min(len(log), at+len(form)+50)])
				break
			}
		}
	}
}

func (c *confidant) signsIn() {
	wrong := c.keep("password that was wrong", "mưa rừng gõ mái ngói")
	c.form("/sign-in", http.StatusUnauthorized, "name", "Vàng Thị Mỷ", "password", wrong)
	c.form("/sign-in", http.StatusUnauthorized, "name", wrong, "password", "x") // typed into the wrong field
	c.form("/sign-in", http.StatusSeeOther, "name", "Vàng Thị Mỷ", "password", c.secrets["password"])
	next := c.keep("new password", "suối reo quanh bản nhỏ")
	c.form("/account/password", http.StatusUnprocessableEntity, "before", wrong, "password", next)
	c.form("/account/password", http.StatusSeeOther, "before", c.secrets["password"], "password", next)
	c.form("/sign-out", http.StatusSeeOther)
	c.form("/sign-in", http.StatusSeeOther, "name", "Vàng Thị Mỷ", "password", next)
}

func (c *confidant) givesPIN() {
	pin, wrong := c.keep("PIN", "73519264"), c.keep("PIN that was wrong", "84620375")
	c.form("/account/pin", http.StatusSeeOther, "newpin", pin)
	c.form("/account/pin", http.StatusUnprocessableEntity, "pin", wrong, "newpin", c.keep("PIN that was not taken", "95731486"))
	c.form("/sign-out", http.StatusSeeOther)
	c.form("/sign-in", http.StatusSeeOther, "name", "Vàng Thị Mỷ", "password", c.secrets["new password"])
	c.form("/pin", http.StatusForbidden, "pin", wrong)
	c.form("/pin", http.StatusSeeOther, "pin", pin)
	c.send(http.MethodPost, "/api/v1/account/pin/confirmation", http.StatusForbidden, "application/json", `{"pin":"`+wrong+`"}`)
}

func (c *confidant) alarms() {
	flood := []string{"what", "lu-quet", "title", "Lũ quét", "reason", "Nước dâng nhanh", "text", "Bà con lên cao.", "language", "vi", "do", "raise"}
	c.form("/emergency", http.StatusSeeOther, append(flood, "pin", c.secrets["PIN"])...)
	c.form("/emergency/stop", http.StatusSeeOther)
}

func (c *confidant) usesTokens() {
	made := c.call(http.MethodPost, "/tokens", object{"name": "Máy trạm xã", "role": "viewer"}, http.StatusCreated)
	secret := c.keep("token", made["secret"].(string))
	ask := func(token string, status int) {
		c.send(http.MethodGet, "/api/v1/air?token="+token, status, "", "", "Authorization", "Bearer "+token)
	}
	ask(secret, http.StatusOK)
	ask(c.keep("token that nobody made", "loa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), http.StatusUnauthorized)
	c.call(http.MethodDelete, "/tokens/"+made["id"].(string), nil, http.StatusNoContent)
	ask(secret, http.StatusUnauthorized)
}

func (c *confidant) invites() {
	made := c.call(http.MethodPost, "/invitations", object{"for": "bí thư đoàn", "role": "recorder"}, http.StatusCreated)
	secret, theirs := c.keep("invitation", made["secret"].(string)), c.keep("password of the invited", "nương ngô xanh biếc")
	c.send(http.MethodGet, "/join?t="+secret, http.StatusOK, "", "")
	c.form("/join", http.StatusUnprocessableEntity, "t", secret, "name", "", "password", theirs)
	c.form("/join", http.StatusSeeOther, "t", secret, "name", "Sùng A Chơ", "password", theirs)
	c.send(http.MethodGet, "/join?t="+secret, http.StatusNotFound, "", "")
	c.form("/sign-in", http.StatusSeeOther, "name", "Vàng Thị Mỷ", "password", c.secrets["new password"])
}

// subscribes has a browser told something by a service that is not there.
func (c *confidant) subscribes() {
	address := "https://203.0.113.9/" + c.keep("address of a browser", uuid.NewString())
	key := c.keep("key of a browser", "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM")
	body := fmt.Sprintf(`{"endpoint":%q,"keys":{"p256dh":%q,"auth":%q}}`, address, key, c.keep("secret of a browser", "tBHItJI5svbpez7KI4CCXg"))
	c.send(http.MethodPost, "/api/v1/account/pushes", http.StatusCreated, "application/json", body)
	var id string
	for _, one := range strings.Split(c.send(http.MethodGet, "/api/v1/account/pushes", http.StatusOK, "", ""), `"id":"`)[1:] {
		id, _, _ = strings.Cut(one, `"`)
	}
	c.send(http.MethodPost, "/api/v1/account/pushes/"+id+"/trial", http.StatusBadGateway, "", "")
}

func (c *confidant) feeds() {
	made := c.call(http.MethodPost, "/calendars/feeds", object{"name": "Điện thoại"}, http.StatusCreated)
	path := made["path"].(string)
	_, secret, _ := strings.Cut(path, "token=")
	c.keep("address of a feed", secret)
	c.send(http.MethodGet, path, http.StatusOK, "", "")
	c.call(http.MethodDelete, "/calendars/feeds/"+made["id"].(string), nil, http.StatusNoContent)
	c.send(http.MethodGet, path, http.StatusUnauthorized, "", "")
}

// relays listens to a station behind a key; one with a password is not taken.
func (c *confidant) relays() {
	address := "http://127.0.0.1:9/dai.mp3?key=" + c.keep("key of a station", "nui-cao-9921")
	behind := "https://loa:" + c.keep("password of a station", "khe-suoi-3417") + "@radio.example/dai.mp3"
	c.call(http.MethodPost, "/stations", object{"name": "Đài tỉnh", "url": behind}, http.StatusUnprocessableEntity)
	made := c.call(http.MethodPost, "/stations", object{"name": "Đài huyện", "url": address}, http.StatusCreated)
	c.call(http.MethodPost, "/stations/"+made["id"].(string)+"/try", nil, http.StatusOK)
}

// uploads sends what is no sound, with all that a browser says of it.
func (c *confidant) uploads() {
	meta := "filename " + base64.StdEncoding.EncodeToString([]byte("ghi-am.m4a")) + ",key " + base64.StdEncoding.EncodeToString([]byte(c.keep("key of an upload", uuid.NewString())))
	c.send(http.MethodPost, "/api/v1/uploads", http.StatusCreated, "application/offset+octet-stream", "not a sound",
		"Tus-Resumable", "1.0.0", "Upload-Length", "11", "Upload-Metadata", meta)
	c.send(http.MethodPost, "/api/v1/uploads", http.StatusBadRequest, "", "", "Tus-Resumable", "1.0.0", "Upload-Length", "x", "Upload-Metadata", meta)
}

// stammers sends secrets where they do not belong.
func (c *confidant) stammers() {
	secret := c.secrets["new password"]
	c.send(http.MethodPut, "/api/v1/account/password", http.StatusBadRequest, "application/json", `{"before":"`+secret+`","password":"`+secret)
	c.send(http.MethodGet, "/khong-co/"+url.PathEscape(secret)+"?password="+url.QueryEscape(secret), http.StatusNotFound, "", "")
	c.send(http.MethodPost, "/sign-in", http.StatusUnauthorized, "application/x-www-form-urlencoded", "name=x&password="+url.QueryEscape(secret)+"&%zz")
}
