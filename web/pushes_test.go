package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/push"
	"loalang/scheduler"
	"loalang/web"
)

// post is a push service, and what a board keeps of it.
type post struct {
	mu      sync.Mutex
	pushes  []people.Push
	told    []people.PushTold
	letters []string // "endpoint title | body | path"
	tries   int
	fault   error
}

func (p *post) Pushes(context.Context) ([]people.Push, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.pushes), nil
}

func (p *post) SavePush(_ context.Context, one people.Push) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pushes = append(slices.DeleteFunc(p.pushes, func(o people.Push) bool { return o.ID == one.ID }), one)
	return nil
}

func (p *post) DropPush(_ context.Context, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := len(p.pushes)
	p.pushes = slices.DeleteFunc(p.pushes, func(o people.Push) bool { return o.ID == id })
	if len(p.pushes) == before {
		return fs.ErrNotExist
	}
	return nil
}

func (p *post) PushTold(context.Context) ([]people.PushTold, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.told), nil
}

func (p *post) TellPush(_ context.Context, t people.PushTold, _ time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, t)
	return nil
}

func (p *post) Public() string { return "BKEY" }

func (p *post) Send(_ context.Context, to push.Subscription, m push.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tries++
	if p.fault != nil {
		return p.fault
	}
	var l struct{ Title, Body, Path string }
	if err := json.Unmarshal(m.Text, &l); err != nil {
		return err
	}
	p.letters = append(p.letters, fmt.Sprintf("%s %s | %s | %s", to.Endpoint, l.Title, l.Body, l.Path))
	return nil
}

func (p *post) sent() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.letters, "\n")
}

func (p *post) use(c *web.Config) { c.Pushes, c.PushDiary, c.Pusher = p, p, p }

// A point on the curve, and a secret.
const subscription = `{"endpoint":"https://push.example/%s","expirationTime":null,"keys":{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"}}`

// pushed is a browser in which a cadre is signed in and is told something.
func pushed(t *testing.T, w *world, p *post) *site {
	t.Helper()
	w.account(t, "thuy")
	w.accounts[0].Revision = 1
	s := newSite(t, w, "", "vi", p.use, func(c *web.Config) {
		c.Now = func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }
	})
	s.take(s.post("/sign-in", url.Values{"name": {"thuy"}, "password": {passphrase}}))
	if got := s.json("POST", "/api/v1/account/pushes", fmt.Sprintf(subscription, "thuy")); got.status != http.StatusCreated {
		t.Fatalf("subscribing: %d: %s", got.status, got.body)
	}
	return s
}

// The author hears once what became of a notice, in words, also when the line was down at
// first; nobody else does, and a restart tells nothing again.
func TestAuthorIsToldWhatBecame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := newWorld(t), &post{fault: errors.New("no line")}
		w.fill()
		s := pushed(t, w, p)
		d := w.notices[meetingID]
		d.Announcement.CreatedBy = "thuy"
		w.notices[meetingID] = d
		row := func(id string, outcome playout.Outcome, by string) playout.AsRun {
			return playout.AsRun{Owned: scheduler.Owned{ID: id, Village: "un-ta", Updated: w.now}, Occurrence: id, Announcement: meetingID, Title: meeting, Due: w.at(23, 16, 20), Outcome: outcome, By: by}
		}
		old := row("o0", playout.Played, "")
		old.Updated = w.at(23, 9, 0)
		w.runs = []playout.AsRun{old, row("o1", playout.Played, ""), row("o2", playout.StoppedBy, "thuy"), row("o3", "", ""), row("o4", playout.Withdrawn, "")}
		missed := row("o5", playout.Missed, "")
		missed.Cause = scheduler.ReasonRestart
		w.runs = append(w.runs, missed)
		run := func(d time.Duration) {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- s.server.PushNews(ctx) }()
			for range int(d / (20 * time.Second)) {
				time.Sleep(20 * time.Second)
				w.mu.Lock()
				w.now = w.now.Add(20 * time.Second)
				w.mu.Unlock()
			}
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		run(10 * time.Minute)
		if p.tries < 3 || p.tries > 12 || len(p.told) > 0 {
			t.Errorf("without a line: %d tries, %d told", p.tries, len(p.told))
		}
		p.mu.Lock()
		p.fault = nil
		p.mu.Unlock()
		run(time.Minute)
		run(time.Minute) // another start
		want := []string{
			"https://push.example/thuy Đã phát: " + meeting + " | 16:20 hôm nay, thứ Hai 23/11. Đã phát đủ. | /announcements/" + meetingID,
			"https://push.example/thuy Không phát trọn vẹn: " + meeting + " | 16:20 hôm nay, thứ Hai 23/11. Lỡ. ",
		}
		if len(p.letters) != 2 || !strings.HasPrefix(p.letters[0], want[0]) || !strings.HasPrefix(p.letters[1], want[1]) {
			t.Errorf("told:\n%s", p.sent())
		}
	})
}

// Whoever may approve hears that something waits, its author does not; a browser that is
// gone is forgotten.
func TestApproverIsToldWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := newWorld(t), &post{}
		w.fill()
		s := pushed(t, w, p)
		w.accounts[0].Role = people.Officer
		w.village.Approvals.TwoPeople = true
		for id, d := range w.notices {
			d.Announcement.Approval = scheduler.Approval{}
			if d.Announcement.CreatedBy = "thuy"; id == meetingID {
				d.Announcement.CreatedBy = "hoa"
				d.Announcement.Approval = scheduler.Approval{State: scheduler.Submitted, At: w.now}
			}
			w.notices[id] = d
		}
		w.runs = nil
		s.server.Reread(t.Context())
		run := func() {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			if err := s.server.PushNews(ctx); err != nil {
				t.Error(err)
			}
		}
		run()
		if got := p.sent(); strings.Count(got, "Chờ duyệt: "+meeting+" | hoa gửi, Thôn Ún Tà.") != 1 || !strings.Contains(got, "/approvals/"+meetingID) {
			t.Errorf("told:\n%s", got)
		}
		p.told, p.fault = nil, push.ErrGone
		run()
		if len(p.pushes) != 0 {
			t.Error("a browser that is gone is kept")
		}
	})
}

// One browser is taken off the list; another password or "sign out everywhere" ends them
// all; programs and strangers have none.
func TestPushesAreOnesOwn(t *testing.T) {
	w, p := newWorld(t), &post{}
	s := pushed(t, w, p)
	for name, body := range map[string]string{"a printer": strings.Replace(fmt.Sprintf(subscription, "x"), "https", "http", 1), "a broken key": strings.Replace(fmt.Sprintf(subscription, "x"), "BCVx", "AAAA", 1)} {
		if got := s.json("POST", "/api/v1/account/pushes", body); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `"no-push"`) {
			t.Errorf("%s: %d: %s", name, got.status, got.body)
		}
	}
	for i := range 12 {
		s.json("POST", "/api/v1/account/pushes", fmt.Sprintf(subscription, fmt.Sprint("more", i)))
	}
	if len(p.pushes) != 10 {
		t.Errorf("%d browsers of one person", len(p.pushes))
	}
	p.pushes = p.pushes[:1]
	id := p.pushes[0].ID
	page := s.get("/account/news")
	page.checkForm(t, "vi")
	if !strings.Contains(page.body, `data-key="BKEY"`) || !strings.Contains(page.body, "/account/news/"+id+"/remove") || strings.Contains(page.body, "push.example") {
		t.Errorf("the page: %s", page.text)
	}
	if got := s.post("/account/news/"+id+"/trial", nil); got.location != "/account/news?told=push-tried" || !strings.Contains(p.sent(), "Báo thử") {
		t.Errorf("trial: to %q", got.location)
	}
	if p.fault = errors.New("no line"); s.post("/account/news/"+id+"/trial", nil).location != "/account/news?refused=push-failed" {
		t.Error("a trial without a line is told as done")
	}
	w.accounts = append(w.accounts, people.Account{ID: "other", Name: "lan", Role: people.Officer, Password: w.accounts[0].Password})
	s.server.Reread(t.Context())
	other := &site{t: t, server: s.server, handler: s.handler}
	other.take(other.post("/sign-in", url.Values{"name": {"lan"}, "password": {passphrase}}))
	if other.json("DELETE", "/api/v1/account/pushes/"+id, ""); len(p.pushes) != 1 || strings.Contains(other.get("/account/news").body, id) {
		t.Error("somebody else's browser")
	}
	s.post("/account/sign-ins/end", nil)
	if s = s.again(); strings.Contains(s.get("/account/news").body, id) {
		t.Error("told after every sign-in was ended")
	}
	s.json("POST", "/api/v1/account/pushes", fmt.Sprintf(subscription, "anew"))
	p.pushes = p.pushes[len(p.pushes)-1:]
	if got := s.post("/account/news/"+p.pushes[0].ID+"/remove", nil); got.location != "/account/news?told=push-removed" || len(p.pushes) != 0 {
		t.Errorf("removed: to %q, %d left", got.location, len(p.pushes))
	}
	if got := newSite(t, newWorld(t), people.Cadre, "vi", p.use).json("POST", "/api/v1/account/pushes", fmt.Sprintf(subscription, "x")); got.status != http.StatusForbidden {
		t.Errorf("a program: %d", got.status)
	}
}
