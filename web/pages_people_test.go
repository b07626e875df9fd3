package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"loalang/people"
)

// peopled is a site whose visitor administers every village.
func peopled(t *testing.T) (*world, *site) {
	t.Helper()
	w := newWorld(t)
	w.everywhere = true
	w.accounts = []people.Account{
		{ID: "0193c000-0000-7000-8000-0000000000a1", Name: "Nông Thị Hoa", Role: people.Admin, Revision: 1, Created: w.now},
		{ID: personID, Name: "Vàng Thị Mỷ", Role: people.Recorder, Village: "un-ta", Revision: 1, Created: w.now, PIN: "x"},
	}
	return w, newSite(t, w, people.Admin, "vi")
}

var joinLink = regexp.MustCompile(`value="(http://example\.com(/join\?t=[^"]+))"`)

// An invitation is made, handed over by link and code, taken once, and gone.
func TestInviteAndJoin(t *testing.T) {
	w, s := peopled(t)
	form := s.get("/invitations/new")
	form.checkForm(t, "vi")
	f := form.fields(t)
	f.Set("name", "bí thư đoàn")
	f.Set("village", "un-ta")
	f.Set("days", "3")
	f.Set("role", "recorder")
	made := s.post("/invitations/new", f)
	if made.status != http.StatusSeeOther || len(w.invited) != 1 {
		t.Fatalf("status %d: %s", made.status, made.text)
	}
	shown := s.get(made.location)
	shown.checkForm(t, "vi")
	link := joinLink.FindStringSubmatch(shown.body)
	if link == nil || !strings.Contains(shown.body, `class="qr"`) || !strings.Contains(shown.text, "Chỉ dùng được một lần") {
		t.Fatalf("no link or code: %s", shown.text)
	}
	if strings.Contains(s.get("/people").body, link[2]) || strings.Contains(w.invited[0].Hash, link[2]) {
		t.Error("the secret is shown elsewhere, or kept")
	}

	b := newSite(t, w, "", "vi") // another browser, and a board that was restarted
	page := b.get(link[2])
	page.checkForm(t, "vi")
	if page.status != http.StatusOK || !strings.Contains(page.text, "truongthon mời bạn làm: Người thu âm. Nơi làm: Thôn Ún Tà.") || page.header.Get("Referrer-Policy") != "no-referrer" {
		t.Fatalf("status %d, %q: %s", page.status, page.header.Get("Referrer-Policy"), page.text)
	}
	g := page.fields(t)
	g.Set("name", "  vàng thị mỷ ")
	g.Set("password", passphrase)
	if p := b.post("/join", g); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Tên này đã có người dùng") || p.fields(t).Get("name") != "  vàng thị mỷ " {
		t.Errorf("a name that is taken: %d %s", p.status, p.text)
	}
	g.Set("name", "Lù A Páo")
	g.Set("password", "matkhau123")
	if p := b.post("/join", g); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "ai cũng đoán ra") {
		t.Errorf("the first guess of everybody: %d %s", p.status, p.text)
	}
	g.Set("password", passphrase)
	in := b.post("/join", g)
	if in.status != http.StatusSeeOther || in.location != "/?told=joined" {
		t.Fatalf("joined: %d to %q: %s", in.status, in.location, in.text)
	}
	b.take(in)
	if p := b.get("/"); !strings.Contains(p.text, "Lù A Páo, Người thu âm") {
		t.Errorf("not signed in: %s", p.text)
	}
	w.mu.Lock()
	for _, c := range w.changes {
		if c.Kind == "sign-ins" && c.Actor.Name != "Lù A Páo" {
			t.Errorf("the history says that %q came in", c.Actor.Name)
		}
	}
	w.mu.Unlock()
	a := w.accounts[2]
	if a.Role != people.Recorder || a.Village != "un-ta" || a.Password == "" {
		t.Errorf("became %+v", a)
	}
	g.Set("name", "Người khác")
	for _, p := range []page2{{"looked at again", b.get(link[2])}, {"sent again", b.post("/join", g)}, {"guessed", b.get("/join?t=" + people.NewSecret())}} {
		if p.status != http.StatusNotFound || !strings.Contains(p.text, "đã dùng rồi") || len(w.accounts) != 3 {
			t.Errorf("%s: status %d: %s", p.name, p.status, p.text)
		}
	}
	if p := s.get(made.location); !strings.Contains(p.text, "Lù A Páo đã dùng lời mời này") || joinLink.MatchString(p.body) {
		t.Errorf("used, but: %s", p.text)
	}
}

type page2 struct {
	name string
	page
}

// What is taken back or over admits nobody, and says so.
func TestInvitationTakenBackOrOver(t *testing.T) {
	w, s := peopled(t)
	made := s.post("/invitations/new", url.Values{"role": {"cadre"}, "village": {"un-ta"}, "days": {"1"}})
	link := joinLink.FindStringSubmatch(s.get(made.location).body)[2]
	w.now = w.now.Add(24 * time.Hour)
	if p := s.get(link); p.status != http.StatusNotFound {
		t.Errorf("over: status %d", p.status)
	}
	w.now = w.now.Add(-24 * time.Hour)
	if p := s.get(link); p.status != http.StatusOK {
		t.Errorf("not yet over: status %d", p.status)
	}
	if p := s.post(made.location+"/revoke", nil); p.location != "/people?told=invitation-revoked" {
		t.Fatalf("taken back: to %q", p.location)
	}
	if p := s.get(link); p.status != http.StatusNotFound {
		t.Errorf("taken back: status %d", p.status)
	}
}

// Only whoever made an invitation sees its link: another administrator cannot become
// somebody else by it.
func TestOnlyTheMakerSeesTheLink(t *testing.T) {
	w, s := peopled(t)
	made := s.post("/invitations/new", url.Values{"role": {"admin"}, "village": {""}, "days": {"3"}})
	w.account(t, "Hà")
	w.accounts[2].Role, w.accounts[2].Village = people.Admin, ""
	b := &site{t: t, server: s.server, handler: s.handler}
	b.take(b.post("/sign-in", url.Values{"name": {"Hà"}, "password": {passphrase}}))
	if p := b.get(made.location); p.status != http.StatusOK || joinLink.MatchString(p.body) || !strings.Contains(p.text, "chỉ hiện cho người đã làm ra") {
		t.Errorf("status %d: %s", p.status, p.text)
	}
}

func TestPersonIsChangedDisabledAndLetInAgain(t *testing.T) {
	w, s := peopled(t)
	list := s.get("/people")
	list.checkForm(t, "vi")
	if !strings.Contains(list.text, "Vàng Thị Mỷ Người thu âm, Thôn Ún Tà") || !strings.Contains(list.text, "Nông Thị Hoa Quản trị, Mọi thôn") {
		t.Errorf("the list: %s", list.text)
	}
	one := s.get("/people/" + personID)
	one.checkForm(t, "vi")
	f := one.fields(t)
	f.Set("village", "un-ta")
	f.Set("role", "cadre")
	if p := s.post("/people/"+personID, f); p.location != "/people/"+personID+"?told=person-saved" || w.accounts[1].Role != people.Cadre {
		t.Fatalf("to %q: %s", p.location, p.text)
	}
	if p := s.post("/people/"+personID, f); p.status != http.StatusConflict {
		t.Errorf("a form of before: status %d", p.status)
	}
	do := func(what, told string) people.Account {
		t.Helper()
		if p := s.post("/people/"+personID+"/do", url.Values{"do": {what}}); p.location != "/people/"+personID+"?told="+told {
			t.Errorf("%s: to %q: %s", what, p.location, p.text)
		}
		return w.accounts[1]
	}
	if a := do("sign-out", "person-signed-out"); a.Signouts != 1 || !a.Active() {
		t.Errorf("signed out: %+v", a)
	}
	if a := do("pin", "person-pin"); a.PIN != "" {
		t.Errorf("the PIN is still %q", a.PIN)
	}
	if a := do("off", "person-off"); a.Active() || a.Signouts != 2 {
		t.Errorf("disabled: %+v", a)
	}
	if p := s.get("/people/" + personID); !strings.Contains(p.text, "Đã khóa từ") || !strings.Contains(p.text, "Mở khóa") {
		t.Errorf("disabled: %s", p.text)
	}
	if a := do("on", "person-on"); !a.Active() {
		t.Errorf("enabled: %+v", a)
	}
}

func TestTheLastAdminStays(t *testing.T) {
	w, s := peopled(t)
	path := "/people/" + w.accounts[0].ID
	f := s.get(path).fields(t)
	f.Set("village", "")
	f.Set("role", "viewer")
	for _, p := range []page{s.post(path, f), s.post(path+"/do", url.Values{"do": {"off"}})} {
		if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "người quản trị cuối cùng") || !w.accounts[0].Active() || w.accounts[0].Role != people.Admin {
			t.Errorf("status %d: %s", p.status, p.text)
		}
	}
}

// The link for a new password signs everything else out and keeps the name.
func TestANewPasswordByLink(t *testing.T) {
	w, s := peopled(t)
	w.account(t, "Thủy")
	id := w.accounts[2].ID
	w.accounts[2].Revision = 1
	b := &site{t: t, server: s.server, handler: s.handler}
	b.take(b.post("/sign-in", url.Values{"name": {"Thủy"}, "password": {passphrase}}))
	made := s.post("/people/"+id+"/do", url.Values{"do": {"password"}})
	link := joinLink.FindStringSubmatch(s.get(made.location).body)
	if link == nil {
		t.Fatalf("no link at %q", made.location)
	}
	c := newSite(t, w, "", "vi")
	f := c.get(link[2]).fields(t)
	f.Set("name", "Người khác")
	f.Set("password", "con suối sau nhà")
	if p := c.post("/join", f); p.status != http.StatusSeeOther || w.accounts[2].Name != "Thủy" || w.accounts[2].Role != people.Cadre {
		t.Fatalf("status %d, %+v: %s", p.status, w.accounts[2], p.text)
	}
	s.server.Reread(t.Context())
	if p := b.get("/"); p.status != http.StatusSeeOther {
		t.Errorf("the old sign-in: status %d", p.status)
	}
}

// A link for a new password opens no account that may more by now than when it was made:
// whoever made it has seen it.
func TestALinkOpensNoMoreThanItDid(t *testing.T) {
	w, s := peopled(t)
	w.account(t, "Thủy")
	w.accounts[2].Revision = 1
	made := s.post("/people/"+w.accounts[2].ID+"/do", url.Values{"do": {"password"}})
	link := joinLink.FindStringSubmatch(s.get(made.location).body)
	if link == nil {
		t.Fatalf("no link at %q", made.location)
	}
	c := newSite(t, w, "", "vi")
	f := c.get(link[2]).fields(t)
	f.Set("password", "con suối sau nhà")
	w.accounts[2].Role, w.accounts[2].Village = people.Admin, ""
	before := w.accounts[2].Password
	if p := c.post("/join", f); p.status != http.StatusNotFound || w.accounts[2].Password != before {
		t.Errorf("an administrator's account is opened: %d: %s", p.status, p.text)
	}
}

// An administrator's phone that was left on a table took its own PIN away, or gave itself a
// new password, which takes the PIN's place, and was asked for neither.
func TestOnesOwnPINIsNotTakenAway(t *testing.T) {
	w, s := peopled(t)
	w.account(t, "Thủy")
	me := &w.accounts[2]
	me.Role, me.Village, me.Revision, me.PIN = people.Admin, "", 1, "x"
	b := &site{t: t, server: s.server, handler: s.handler}
	b.take(b.post("/sign-in", url.Values{"name": {"Thủy"}, "password": {passphrase}}))
	before := *me
	for _, do := range []string{"pin", "password"} {
		if p := b.post("/people/"+me.ID+"/do", url.Values{"do": {do}}); p.status != http.StatusUnprocessableEntity && p.status != http.StatusForbidden {
			t.Errorf("%s: %d to %q", do, p.status, p.location)
		}
	}
	for _, body := range []string{`{"reset_pin":true}`, `{"password":"con suối sau nhà"}`} {
		if p := b.json("PATCH", "/api/v1/accounts/"+me.ID, body); p.status != http.StatusForbidden {
			t.Errorf("%s: %d: %s", body, p.status, p.body)
		}
	}
	if p := b.json("POST", "/api/v1/invitations", `{"account":"`+me.ID+`"}`); p.status != http.StatusForbidden || len(w.invited) != 0 {
		t.Errorf("a link: %d: %s", p.status, p.body)
	}
	if *me != before {
		t.Errorf("changed: %+v", *me)
	}
	page := b.get("/people/" + me.ID)
	page.checkForm(t, "vi")
	if strings.Contains(page.body, `value="pin"`) || strings.Contains(page.body, `value="password"`) || !strings.Contains(page.text, "Đổi PIN, mật khẩu của tôi") {
		t.Errorf("it is offered: %s", page.text)
	}
	if p := b.post("/people/"+personID+"/do", url.Values{"do": {"pin"}}); p.status != http.StatusSeeOther || w.accounts[1].PIN != "" {
		t.Errorf("somebody else's: %d: %s", p.status, p.text)
	}
}

// A program that may raise no emergency made a token that may.
func TestAProgramGivesItselfNoEmergency(t *testing.T) {
	h := newHouse(t)
	body := `{"name":"còi","role":"cadre","village":"un-ta","emergency":true}`
	h.call("admin", "POST", "/api/v1/tokens", body).want(http.StatusForbidden)
	h.call("admin", "POST", "/api/v1/tokens", strings.Replace(body, "true", "false", 1)).want(http.StatusCreated)
}

// Whoever administers one village sees and makes nobody of another.
func TestAnAdminOfOneVillage(t *testing.T) {
	w, _ := peopled(t)
	w.everywhere = false
	s := newSite(t, w, people.Admin, "vi")
	if p := s.get("/people"); strings.Contains(p.text, "Nông Thị Hoa") || !strings.Contains(p.text, "Vàng Thị Mỷ") {
		t.Errorf("the list: %s", p.text)
	}
	if p := s.get("/people/" + w.accounts[0].ID); p.status != http.StatusNotFound {
		t.Errorf("an admin of every village: status %d", p.status)
	}
	if p := s.post("/invitations/new", url.Values{"role": {"admin"}, "village": {""}, "days": {"3"}}); p.status != http.StatusUnprocessableEntity || len(w.invited) != 0 {
		t.Errorf("an invitation to every village: status %d: %s", p.status, p.text)
	}
	if p := s.post("/people/"+personID, url.Values{"role": {"admin"}, "village": {""}, "revision": {"1"}}); p.status != http.StatusUnprocessableEntity || w.accounts[1].Village != "un-ta" {
		t.Errorf("moved into every village: status %d: %s", p.status, p.text)
	}
}

func TestAccountsAreForAdministrators(t *testing.T) {
	for _, role := range []people.Role{people.Officer, people.Cadre, people.Recorder, people.Viewer} {
		s := newSite(t, newWorld(t), role, "vi")
		for _, path := range []string{"/people", "/people/" + personID, "/invitations/new", "/invitations/" + invitedID} {
			if p := s.get(path); p.status != http.StatusForbidden {
				t.Errorf("%s at %s: status %d", role, path, p.status)
			}
		}
	}
}

// Who signs in with the account of another village learns why nothing opens.
func TestAnotherVillagesAccountLearnsWhy(t *testing.T) {
	w := newWorld(t)
	w.account(t, "Sùng A Chu")
	w.accounts[0].Village = "toong-gianh"
	s := newSite(t, w, "", "vi")
	s.take(s.post("/sign-in", url.Values{"name": {"Sùng A Chu"}, "password": {passphrase}}))
	p := s.get("/")
	if p.status != http.StatusForbidden || !strings.Contains(p.text, "Tài khoản Sùng A Chu làm việc ở Thôn") || !strings.Contains(p.text, "Đăng xuất") {
		t.Errorf("status %d: %s", p.status, p.text)
	}
}
