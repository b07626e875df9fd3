package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/people"
)

// member is a browser in which a cadre is signed in.
func member(t *testing.T, w *world) *site {
	t.Helper()
	w.account(t, "thuy")
	w.accounts[0].Revision = 1
	s := newSite(t, w, "", "vi")
	s.take(s.post("/sign-in", url.Values{"name": {"thuy"}, "password": {passphrase}}))
	return s
}

// again is another browser of the same person on the same board.
func (s *site) again() *site {
	b := &site{t: s.t, server: s.server, handler: s.handler}
	b.take(b.post("/sign-in", url.Values{"name": {"thuy"}, "password": {passphrase}}))
	return b
}

func flood(more ...string) url.Values {
	f := url.Values{"what": {"lu-quet"}, "title": {"Lũ"}, "reason": {"Nước dâng nhanh"}, "text": {"Bà con lên cao."}, "language": {"vi"}, "do": {"raise"}}
	for i := 0; i < len(more); i += 2 {
		f.Set(more[i], more[i+1])
	}
	return f
}

// The first PIN is chosen with an emergency and delays nothing; from then on it is asked
// for, once in a while, and what was typed beside a wrong one stays.
func TestEmergencyAsksForThePIN(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := member(t, w)
		if p := s.get("/emergency"); !strings.Contains(p.body, `name="newpin"`) || strings.Contains(p.body, `name="pin"`) {
			t.Errorf("before the first: %s", p.text)
		}
		if p := s.post("/emergency", flood("newpin", "1234")); p.location != "/emergency?told=pin-not-kept" || len(w.raised) != 1 || w.accounts[0].PIN != "" {
			t.Fatalf("with a bad first PIN: to %q, %d raised: %s", p.location, len(w.raised), p.text)
		}
		if p := s.post("/emergency", flood("newpin", "7351", "title", "Lũ lần hai")); p.location != "/emergency?told=pin-kept" || len(w.raised) != 2 || w.accounts[0].PIN == "" {
			t.Fatalf("with the first PIN: to %q, %d raised", p.location, len(w.raised))
		}
		if p := s.post("/emergency", flood("title", "Lũ lần ba")); p.location != "/emergency" || len(w.raised) != 3 {
			t.Errorf("right after: to %q", p.location)
		}
		time.Sleep(10 * time.Minute)
		w.now = w.now.Add(10 * time.Minute)
		wrong := s.post("/emergency", flood("pin", "7352", "title", "Lũ lớn"))
		if wrong.status != http.StatusForbidden || len(w.raised) != 3 || !strings.Contains(wrong.text, "Mã PIN hoặc mật khẩu chưa đúng") || wrong.fields(t).Get("title") != "Lũ lớn" {
			t.Fatalf("a wrong PIN: %d, %d raised: %s", wrong.status, len(w.raised), wrong.text)
		}
		wrong.checkForm(t, "vi")
		if p := s.post("/emergency", flood()); p.status != http.StatusForbidden || !strings.Contains(p.text, "Cần mã PIN") {
			t.Errorf("without one: %d", p.status)
		}
		sure := s.post("/emergency", flood("do", "ask"))
		if sure.status != http.StatusOK || !strings.Contains(sure.body, `name="pin"`) {
			t.Errorf("the second step asks for no PIN: %s", sure.text)
		}
		if p := s.post("/emergency", flood("pin", "7351")); p.status != http.StatusSeeOther || len(w.raised) != 4 {
			t.Errorf("the right PIN: %d: %s", p.status, p.text)
		}
		if p := s.post("/emergency/stop", nil); p.status != http.StatusSeeOther || w.lowered != 1 {
			t.Errorf("stopping asks for nothing: %d", p.status)
		}
	})
}

// The lock grows, is the person's alone, and the password goes around it; it works with
// the database gone.
func TestPINLockAndTheWayAround(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := member(t, w)
		if p := s.post("/account/pin", url.Values{"newpin": {"7351"}}); p.location != "/account?told=pin-kept" {
			t.Fatalf("to %q: %s", p.location, p.text)
		}
		thief := s.again()
		w.broken = errDisk
		for range 5 {
			if p := thief.post("/emergency", flood("pin", "1111")); p.status != http.StatusForbidden || len(w.raised) > 0 {
				t.Fatalf("status %d", p.status)
			}
		}
		time.Sleep(29 * time.Second)
		if p := thief.post("/emergency", flood("pin", "7351")); !strings.Contains(p.text, "PIN khóa thêm 1 phút") || len(w.raised) > 0 {
			t.Fatalf("locked: %d: %s", p.status, p.text)
		}
		owner := s
		time.Sleep(10 * time.Minute)
		for range 2 {
			thief.post("/emergency", flood("pin", "1111"))
		}
		if p := owner.post("/emergency", flood("password", passphrase)); p.status != http.StatusSeeOther || len(w.raised) != 1 {
			t.Errorf("the password instead, without the database: %d: %s", p.status, p.text)
		}
		synctest.Wait()
		w.mu.Lock()
		defer w.mu.Unlock()
		locks := 0
		for _, c := range w.changes {
			if c.Kind == "sign-ins" && c.Deed == "pin-locked" && c.Actor.Name == "thuy" {
				locks++
			}
		}
		if locks == 0 {
			t.Error("the history tells nothing of the lock")
		}
	})
}

// The live page asks first, and the line itself refuses whoever comes around the page.
func TestLiveAsksForThePIN(t *testing.T) {
	w := newWorld(t)
	s := member(t, w)
	s.post("/account/pin", url.Values{"newpin": {"7351"}})
	b := s.again()
	p := b.get("/live")
	p.checkForm(t, "vi")
	if !strings.Contains(p.text, "Nhập mã PIN") || strings.Contains(p.body, "data-microphone") {
		t.Fatalf("the page: %s", p.text)
	}
	if p := b.post("/pin", url.Values{"pin": {"9999"}}); p.status != http.StatusForbidden || !strings.Contains(p.text, "chưa đúng") {
		t.Errorf("a wrong one: %d", p.status)
	}
	if p := b.post("/pin", url.Values{"pin": {"7351"}}); p.location != "/live" {
		t.Errorf("the right one: to %q", p.location)
	}
	if p := b.get("/live"); strings.Contains(p.text, "Nhập mã PIN") {
		t.Errorf("asked again: %s", p.text)
	}
}

// A PIN is changed with the one before or with the password, and otherwise not.
func TestPINIsChanged(t *testing.T) {
	w := newWorld(t)
	s := member(t, w)
	s.post("/account/pin", url.Values{"newpin": {"7351"}})
	first := w.accounts[0].PIN
	for _, f := range []url.Values{{"newpin": {"2580"}}, {"newpin": {"2580"}, "pin": {"1111"}}, {"newpin": {"2580"}, "password": {"sai rồi sai"}}, {"newpin": {"12"}, "pin": {"7351"}}} {
		if p := s.post("/account/pin", f); p.status != http.StatusUnprocessableEntity || w.accounts[0].PIN != first {
			t.Errorf("%v: status %d: %s", f, p.status, p.text)
		}
	}
	if p := s.post("/account/pin", url.Values{"newpin": {"2580"}, "password": {passphrase}}); p.location != "/account?told=pin-kept" || w.accounts[0].PIN == first {
		t.Errorf("with the password: to %q", p.location)
	}
}

var endForm = regexp.MustCompile(`action="(/account/sign-ins/[0-9a-f]{32}/end)"`)

// Whoever is signed in sees where, in words, and ends one or all of the others.
func TestSignInsAreListedAndEnded(t *testing.T) {
	w := newWorld(t)
	s := member(t, w)
	b, c := s.again(), s.again()
	p := s.get("/account")
	p.checkForm(t, "vi")
	ends := endForm.FindAllStringSubmatch(p.body, -1)
	if len(ends) != 2 || !strings.Contains(p.text, "máy này") || !strings.Contains(p.text, "Từ nơi khác (192.0.2.1)") {
		t.Fatalf("%d others: %s", len(ends), p.text)
	}
	for _, cookie := range append(b.cookies, c.cookies...) {
		if strings.Contains(p.body, cookie.Value) {
			t.Error("the page tells the secret of a sign-in")
		}
	}
	s.post(ends[0][1], nil)
	in := 0
	for _, o := range []*site{b, c} {
		if o.get("/").status == http.StatusOK {
			in++
		}
	}
	if in != 1 || s.get("/").status != http.StatusOK {
		t.Errorf("%d others are in", in)
	}
	out := s.post("/account/sign-ins/end", nil)
	s.take(out)
	if out.location != "/account?told=sign-ins-ended" || b.get("/").status == http.StatusOK || c.get("/").status == http.StatusOK {
		t.Errorf("ended: to %q", out.location)
	}
	s.cookies = s.cookies[len(s.cookies)-1:]
	if s.get("/").status != http.StatusOK {
		t.Error("this one is out as well")
	}
}

// A new password signs the others out and asks for the one before.
func TestPasswordIsChanged(t *testing.T) {
	w := newWorld(t)
	s := member(t, w)
	b := s.again()
	if p := s.post("/account/password", url.Values{"before": {"sai rồi sai rồi"}, "password": {"con suối sau nhà"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Mật khẩu đang dùng chưa đúng") {
		t.Errorf("a wrong one: %d: %s", p.status, p.text)
	}
	if p := s.post("/account/password", url.Values{"before": {passphrase}, "password": {"con suối sau nhà"}}); p.location != "/account?told=password-changed" {
		t.Fatalf("to %q: %s", p.location, p.text)
	}
	if b.get("/").status == http.StatusOK {
		t.Error("the other browser is still in")
	}
}

// What somebody did is told to administrators, without anything secret: neither what was
// typed for a password nor a name that nobody has.
func TestAuditTellsOfSignInsAndNoSecrets(t *testing.T) {
	w := newWorld(t)
	s := member(t, w)
	s.post("/sign-in", url.Values{"name": {"thuy"}, "password": {"mật khẩu gõ nhầm"}})
	s.post("/sign-in", url.Values{"name": {"lộ mật khẩu vào ô tên"}, "password": {"x"}})
	w.role, w.everywhere = people.Admin, true
	admin := newSite(t, w, people.Admin, "vi")
	var p page
	for range 100 { // what is noted is noted behind the answer
		if p = admin.get("/audit"); strings.Count(p.text, "nhập sai mật khẩu") == 2 && strings.Contains(p.text, "thuy đăng nhập") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.checkForm(t, "vi")
	for _, want := range []string{"thuy đăng nhập", "thuy nhập sai mật khẩu", "Một tên không có trong danh sách nhập sai mật khẩu", "192.0.2.1"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("no %q: %s", want, p.text)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.changes {
		for _, f := range c.Fields {
			if s, _ := f.After.(string); strings.Contains(s, "mật khẩu") || strings.Contains(c.Actor.Name, "mật khẩu") {
				t.Errorf("told: %+v", c)
			}
		}
	}
}

// A token is made, shown to its maker alone, and revoked.
func TestTokensPage(t *testing.T) {
	w := newWorld(t)
	w.everywhere = true
	s := newSite(t, w, people.Admin, "vi")
	if p := s.post("/tokens", url.Values{"name": {""}, "role": {"viewer"}, "village": {"un-ta"}, "days": {"30"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Chưa điền") {
		t.Errorf("without a name: %d: %s", p.status, p.text)
	}
	if p := s.post("/tokens", url.Values{"name": {"Còi xã"}, "role": {"cadre"}, "village": {"un-ta"}, "days": {"30"}, "emergency": {"1"}}); p.location != "/tokens?told=token-made" {
		t.Fatalf("to %q: %s", p.location, p.text)
	}
	p := s.get("/tokens")
	p.checkForm(t, "vi")
	shown := regexp.MustCompile(`value="(loa_[^"]+)"`).FindStringSubmatch(p.body)
	k := w.calendars.keys[0]
	if shown == nil || people.HashSecret(shown[1]) != k.Hash || !k.Emergency || k.Expires.IsZero() || !strings.Contains(p.text, "được gọi khẩn cấp") {
		t.Fatalf("%+v: %s", k, p.text)
	}
	for _, want := range []string{"Của một chương trình, không của ai riêng.", "truongthon làm thứ Hai 23/11.", "Chưa dùng lần nào."} {
		if !strings.Contains(p.text, want) {
			t.Errorf("no %q: %s", want, p.text)
		}
	}
	if p := s.post("/tokens/"+k.ID+"/revoke", nil); p.location != "/tokens?told=token-revoked" || w.calendars.keys[0].Revoked.IsZero() {
		t.Errorf("revoked: to %q", p.location)
	}
	if p := s.get("/tokens"); strings.Contains(p.body, shown[1]) || !strings.Contains(p.text, "Đã thu hồi") {
		t.Errorf("after it: %s", p.text)
	}
}
