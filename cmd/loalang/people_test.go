package main_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// status asks a running serve until it answers want, for so long at the most.
func status(t *testing.T, patience time.Duration, client *http.Client, r func() *http.Request, want int) {
	t.Helper()
	got := 0
	for end := time.Now().Add(patience); got != want && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		answer, err := client.Do(r())
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		got = answer.StatusCode
	}
	if got != want {
		t.Errorf("answers %d, want %d within %s", got, want, patience)
	}
}

// Who is disabled and what is revoked beside a running serve is out at once.
func TestDisableAndRevokeBesideARunningServe(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	d := serve(t, data, "null")
	var soon time.Duration // a second, and longer where already a command is slow
	run := func(stdin string, want int, args ...string) string {
		t.Helper()
		began := time.Now()
		out, errs, code := loalang(t, stdin, append(args, "--data", data)...)
		soon = time.Second + 3*time.Since(began)
		if code != want {
			t.Fatalf("%v: exit %d, want %d: %s", args, code, want, errs)
		}
		return out + errs
	}
	contains := func(said string, all ...string) {
		t.Helper()
		for _, want := range all {
			if !strings.Contains(said, want) {
				t.Errorf("%q does not say %q", said, want)
			}
		}
	}
	// The token may raise emergencies, from memory.
	secret := strings.TrimSpace(run("", 0, "token", "add", "Còi xã", "--role", "cadre", "--allow-emergency"))
	ask := func(method, path, body string) func() *http.Request {
		return func() *http.Request {
			r, err := http.NewRequest(method, d.url+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+secret)
			return r
		}
	}
	program := &http.Client{}
	status(t, soon, program, ask("DELETE", "/api/v1/emergency", ""), http.StatusConflict) // it may, but there is none
	contains(run("", 0, "token", "list"), "OWNER", "ISSUER", "USED", "Còi xã", "cadre", "works until it is revoked")
	contains(run("", 1, "token", "revoke", "còi"), "no such token", "loalang-board token list")
	contains(run("", 0, "token", "revoke", "còi xã"), "Còi xã is revoked")
	status(t, soon, program, ask("DELETE", "/api/v1/emergency", ""), http.StatusUnauthorized)
	contains(run("", 0, "token", "list"), "revoked 2")

	run(password, 0, "user", "add", "Lù A Páo", "--role", "cadre", "--village", "un-ta", "--password-stdin")
	run("", 0, "token", "add", "Điện thoại Páo", "--role", "cadre", "--owner", "Lù A Páo")
	contains(run("", 0, "token", "list"), "Lù A Páo", "never")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	signIn := func(password string, want int) {
		t.Helper()
		status(t, soon, browser, func() *http.Request {
			form := url.Values{"name": {"lù a páo"}, "password": {password}}
			r, err := http.NewRequest(http.MethodPost, d.url+"/sign-in", strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			return r
		}, want)
	}
	air := func(want int) {
		t.Helper()
		status(t, soon, browser, func() *http.Request {
			r, err := http.NewRequest(http.MethodGet, d.url+"/api/v1/air", nil)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}, want)
	}
	signIn(password, http.StatusSeeOther)
	air(http.StatusOK)
	contains(run("", 0, "user", "disable", "lù a páo"), "Lù A Páo may sign in no more")
	air(http.StatusUnauthorized)
	contains(run("", 0, "user", "list"), "Lù A Páo", "disabled 2")
	contains(run(password, 1, "user", "add", "Lù A Páo", "--role", "cadre", "--password-stdin"), "user enable")
	contains(run("", 0, "user", "enable", "Lù A Páo"), "may sign in as cadre")
	time.Sleep(500 * time.Millisecond) // until serve has heard of it
	air(http.StatusUnauthorized)       // the old sign-in stays ended
	signIn(password, http.StatusSeeOther)
	contains(run("con trâu đi trước\n", 0, "user", "password", "Lù A Páo", "--password-stdin"), "new password")
	air(http.StatusUnauthorized)
	signIn("con trâu đi trước", http.StatusSeeOther)
	contains(run("ngắn", 1, "user", "password", "Lù A Páo", "--password-stdin"), "at least 8")
	contains(run("", 0, "user", "pin", "Lù A Páo", "--reset"), "has no PIN")
	contains(run("", 2, "user", "pin", "Lù A Páo"), "--reset")
	run(password, 0, "user", "add", "Nông Thị Hoa", "--role", "admin", "--password-stdin")
	contains(run("", 1, "user", "disable", "Nông Thị Hoa"), "last administrator")
	contains(run("", 1, "user", "disable", "Nobody"), "no person named Nobody", "loalang-board user list")
}
