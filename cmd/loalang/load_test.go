package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

// visitor is somebody at the panel: signed in by a password, with an address and a
// cookie of their own and today's page open, whose stream goes on.
type visitor struct {
	url     string
	client  http.Client
	rand    *rand.Rand
	writes  bool
	pages   []string
	notices []string
	sum     *tally

	given [2]string // a schedule of theirs: its notice and its ID; empty when there is none
}

// tally is what all visitors saw together.
type tally struct {
	mu            sync.Mutex
	reads, writes []float64 // ms, each until its last byte was there
	events        int       // pieces of streams
	conflicts     int       // answers that somebody else was quicker
	faults        map[string]int
	worst         map[string]float64 // ms by what was asked
}

func (s *tally) took(what string, write bool, ms float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.worst[what] < ms {
		s.worst[what] = ms
	}
	if write {
		s.writes = append(s.writes, ms)
		return
	}
	s.reads = append(s.reads, ms)
}

func (s *tally) fault(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[what]++
}

func (s *tally) conflict() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conflicts++
}

// newVisitor makes an account and signs it in, from an address of the loopback that
// nobody else has: the limits of an address are not what is measured.
func (d *daemon) newVisitor(n int, role string, sum *tally) *visitor {
	d.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(n+1))}}
	v := &visitor{
		url: d.url, rand: rand.New(rand.NewPCG(uint64(n), 1)), writes: role != "viewer", sum: sum,
		client: http.Client{
			Jar: jar, Transport: &http.Transport{DialContext: from.DialContext, DisableCompression: true, MaxIdleConnsPerHost: 4},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	d.t.Cleanup(v.client.CloseIdleConnections)
	name := fmt.Sprintf("Người dùng %d", n+1)
	d.call(http.MethodPost, "/accounts", object{"name": name, "password": password, "role": role}, http.StatusCreated)
	resp, err := v.client.PostForm(d.url+"/sign-in", url.Values{"name": {name}, "password": {password}})
	if err != nil {
		d.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		d.t.Fatalf("%s signs in: %d\n%s", name, resp.StatusCode, d.log)
	}
	return v
}

// live visits until ctx ends: a page or a deed, then as long a pause as think says.
func (v *visitor) live(ctx context.Context, think func(*rand.Rand) time.Duration) {
	var streams sync.WaitGroup
	streams.Go(func() { v.watch(ctx) })
	defer streams.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(think(v.rand)):
		}
		if v.writes && v.rand.IntN(8) == 0 {
			v.act(ctx)
			continue
		}
		v.read(ctx, v.pages[v.rand.IntN(len(v.pages))])
	}
}

// watch keeps today's stream open, as every open page does.
func (v *visitor) watch(ctx context.Context) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.url+"/api/v1/air/events", nil)
	if err != nil {
		v.sum.fault(err.Error())
		return
	}
	resp, err := v.client.Do(req)
	if err != nil {
		if ctx.Err() == nil {
			v.sum.fault("stream: " + err.Error())
		}
		return
	}
	defer resp.Body.Close()
	piece := make([]byte, 4096)
	for {
		n, err := resp.Body.Read(piece)
		v.sum.mu.Lock()
		v.sum.events += bytes.Count(piece[:n], []byte("event:"))
		v.sum.mu.Unlock()
		if err != nil {
			if ctx.Err() == nil {
				v.sum.fault("stream: " + err.Error())
			}
			return
		}
	}
}

func (v *visitor) read(ctx context.Context, page string) {
	v.ask(ctx, http.MethodGet, page, "", "")
}

// act does one of what people do that changes something or has to be worked out, and
// opens the page to which that leads.
func (v *visitor) act(ctx context.Context) {
	form := func(path string, values url.Values) {
		_, then := v.ask(ctx, http.MethodPost, path, "application/x-www-form-urlencoded", values.Encode())
		if then != "" {
			v.read(ctx, then)
		}
	}
	one := said[v.rand.IntN(len(said))]
	switch n := v.rand.IntN(10); {
	case n < 4:
		form("/announcements/preview", url.Values{"part": {"words"}, "text": {one[2]}})
	case n < 5:
		form("/announcements/new", url.Values{
			"key": {uuid.NewString()}, "step": {"send"}, "title": {one[0]}, "text": {one[2]}, "topic": {one[1]},
			"language": {"vi"}, "how_vi": {"voice"}, "when": {"later"},
		})
	case n < 6:
		written := "Khe " + strings.Map(func(r rune) rune { return 'a' + (r % 26) }, uuid.NewString()[:8])
		form("/words/new", url.Values{"language": {"vi"}, "written": {written}, "spoken": {"khe thử"}})
	default:
		v.plan(ctx)
	}
}

// plan gives a notice a time of some coming day, or takes back what they gave before:
// both are rehearsed and change the plan.
func (v *visitor) plan(ctx context.Context) {
	if v.given[1] != "" {
		v.ask(ctx, http.MethodDelete, "/api/v1/announcements/"+v.given[0]+"/schedules/"+v.given[1], "", "")
		v.given = [2]string{}
		return
	}
	id := v.notices[v.rand.IntN(len(v.notices))]
	at := time.Now().AddDate(0, 0, 2+v.rand.IntN(7)).Truncate(24 * time.Hour).Add(time.Duration(v.rand.IntN(10*60)) * time.Minute) // 07:00 to 17:00 there
	raw, err := json.Marshal(object{"kind": "once", "at": at})
	if err != nil {
		v.sum.fault(err.Error())
		return
	}
	answer, _ := v.ask(ctx, http.MethodPost, "/api/v1/announcements/"+id+"/schedules", "application/json", string(raw))
	var made struct{ ID string }
	if json.Unmarshal(answer, &made) == nil && made.ID != "" {
		v.given = [2]string{id, made.ID}
	}
}

// ask makes one request and counts it: how long it took until all of the answer was
// there, and whether it was one that a person expects.
func (v *visitor) ask(ctx context.Context, method, path, kind, body string) (answer []byte, then string) {
	req, err := http.NewRequest(method, v.url+path, strings.NewReader(body)) // what began is ended: a deed must not be half known
	if err != nil {
		v.sum.fault(err.Error())
		return nil, ""
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if strings.HasPrefix(path, "/api/") {
		req.Header.Del("Accept-Encoding")
	}
	what, _, _ := strings.Cut(method+" "+path, "?")
	began := time.Now()
	resp, err := v.client.Do(req)
	if err == nil {
		defer resp.Body.Close()
		answer, err = io.ReadAll(resp.Body)
	}
	if err != nil {
		v.sum.fault(what + ": " + err.Error())
		return nil, ""
	}
	v.sum.took(what, method != http.MethodGet, float64(time.Since(began).Microseconds())/1000)
	if resp.StatusCode == http.StatusConflict { // somebody else was quicker with the same notice
		v.sum.conflict()
		return nil, ""
	}
	if resp.StatusCode >= http.StatusBadRequest {
		v.sum.fault(fmt.Sprintf("%s: %d", what, resp.StatusCode))
		return nil, ""
	}
	if ctx.Err() != nil {
		return answer, ""
	}
	return answer, resp.Header.Get("Location")
}

// forWriters are the main pages that somebody who only looks may not open.
var forWriters = regexp.MustCompile(`^/(emergency|again|approvals|announcements/new|announcements/.*/record/)`)

// crowd signs so many visitors in: one in five only looks, the others write too.
func (d *daemon) crowd(t testing.TB, size int, where places) ([]*visitor, *tally) {
	t.Helper()
	sum := &tally{faults: map[string]int{}, worst: map[string]float64{}}
	var pages []string
	for _, l := range looks(t) {
		if l.has("main") && !l.has("nobody") && l.status() == http.StatusOK {
			pages = append(pages, where.fill(t, l.address))
		}
	}
	pages = append(pages, "/", "/", "/plan?day="+where["tomorrow"], "/bang-tin")
	var notices []string
	for _, a := range d.call(http.MethodGet, "/announcements?limit=20", nil, http.StatusOK)["announcements"].([]any) {
		a := object(a.(map[string]any))
		if a["withdrawn"] == nil && a["id"] != where["waiting"] && a["id"] != where["returned"] {
			notices = append(notices, a["id"].(string))
		}
	}
	var all []*visitor
	for n := range size {
		role := []string{"cadre", "cadre", "officer", "cadre", "viewer"}[n%5]
		v := d.newVisitor(n, role, sum)
		v.pages, v.notices = pages, notices
		if !v.writes {
			v.pages = slices.DeleteFunc(slices.Clone(pages), func(page string) bool { return forWriters.MatchString(page) })
		}
		all = append(all, v)
	}
	return all, sum
}
