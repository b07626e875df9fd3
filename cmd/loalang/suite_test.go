package main_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
)

// look is one look at a page: a line of web/testdata/pages.txt.
type look struct {
	route, address string
	words          []string
}

func (l look) has(word string) bool { return slices.Contains(l.words, word) }

// budget is how many bytes the first load of the page may take on the wire.
func (l look) budget(t testing.TB) float64 {
	t.Helper()
	kb := 30.0
	for _, word := range l.words {
		if of, ok := strings.CutPrefix(word, "kb="); ok {
			if _, err := fmt.Sscan(of, &kb); err != nil {
				t.Fatalf("%s: %s: %v", l.route, word, err)
			}
		}
	}
	return kb * 1024
}

// status is what the page answers: 200 unless its line says another.
func (l look) status() int {
	for _, word := range l.words {
		var status int
		if n, _ := fmt.Sscanf(word, "status=%d", &status); n == 1 {
			return status
		}
	}
	return http.StatusOK
}

// looks reads web/testdata/pages.txt, which a test of web holds against the router.
func looks(t testing.TB) []look {
	t.Helper()
	raw, err := os.ReadFile("../../web/testdata/pages.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []look
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		if strings.HasPrefix(line, "#") || len(fields) < 2 || fields[1] == "-" {
			continue
		}
		all = append(all, look{fields[0], fields[1], fields[2:]})
	}
	return all
}

// scene is a board as the browser finds it, with tabs of somebody who is signed in and of
// nobody; a tab is taken out while it is used.
type scene struct {
	d              *daemon
	places         places
	signed, nobody chan *onlooker
}

// newScene opens tabs on a board and signs somebody in.
func (b *browser) newScene(d *daemon, where places, signIn func(*browser)) *scene {
	b.t.Helper()
	s := &scene{d: d, places: where, signed: make(chan *onlooker, 2), nobody: make(chan *onlooker, 2)}
	first := b.onlooker(false)
	signIn(first.browser)
	s.signed <- first
	s.signed <- b.onlooker(false)
	for range cap(s.nobody) {
		s.nobody <- b.onlooker(true)
	}
	return s
}

// walk takes every look that was chosen; what names the scene in the pictures.
func (s *scene) walk(t *testing.T, what string, languages []string, chosen func(look) bool) {
	t.Helper()
	t.Run(what, func(t *testing.T) {
		for _, l := range looks(t) {
			if !chosen(l) {
				continue
			}
			t.Run(strings.TrimPrefix(l.address, "/"), func(t *testing.T) {
				t.Parallel()
				tabs := s.signed
				if l.has("nobody") || l.has("fresh") {
					tabs = s.nobody
				}
				o := <-tabs
				defer func() { tabs <- o }()
				o.t = t
				for _, lang := range languages {
					shot := picture{state: what != ""}
					if lang == "vi" {
						shot.name = cmp.Or(strings.Trim(l.address, "/"), "today") + what
					}
					o.inspect(t, l, withLanguage(t, s.d.url+s.places.fill(t, l.address), lang), shot)
				}
			})
		}
	})
}

// Every page of the panel, in both languages, by day and by night, on a phone and on a
// desk: axe finds nothing, nothing is wider than the screen or too small to press or to
// read, nothing is asked of a foreign host, and the first load is light.
func TestEveryPage(t *testing.T) {
	need(t, sound)
	axeFile(t)
	b := newBrowser(t)
	both := []string{"vi", "en"}
	d := serve(t, t.TempDir(), "null", quick...).admit()
	s := b.newScene(d, settled(t, d), func(tab *browser) {
		tab.open(d.url + "/sign-in")
		tab.signIn("/")
	})
	s.walk(t, "", both, func(l look) bool { return !l.has("fresh") })
	s.sounding(t)
	s.alarmed(t)
}

// A fresh board: every page says what to do first, and holds to the same rules.
func TestEveryEmptyPage(t *testing.T) {
	need(t, sound)
	axeFile(t)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...)
	setup, err := url.Parse(d.setup)
	if err != nil {
		t.Fatal(err)
	}
	where := places{"setup": setup.Query().Get("t")}
	before := b.newScene(d, where, func(*browser) {})
	before.walk(t, "-empty", []string{"vi", "en"}, func(l look) bool { return l.has("fresh") })
	s := b.newScene(d, where, func(tab *browser) { tab.signUp(d.setup) })
	s.walk(t, "-empty", []string{"vi"}, func(l look) bool { return l.has("empty") })
}

// sounding looks at the pages while a notice is on the air.
func (s *scene) sounding(t *testing.T) {
	t.Helper()
	s.d.call(http.MethodPut, "/villages/un-ta/rules", object{}, http.StatusOK) // at night too
	s.d.call(http.MethodPost, "/announcements/"+s.places["long"]+"/schedules", object{"kind": "now"}, http.StatusCreated)
	s.d.until("it is on the air", func() bool {
		return strings.Contains(fmt.Sprint(s.d.call(http.MethodGet, "/air", nil, http.StatusOK)), s.places["long"])
	})
	s.walk(t, "-on-air", []string{"vi"}, func(l look) bool { return l.has("air") })
	s.d.call(http.MethodDelete, "/air", nil, http.StatusNoContent)
}

// alarmed looks at the pages while an emergency sounds.
func (s *scene) alarmed(t *testing.T) {
	t.Helper()
	s.d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét, sạt lở đất", "reason": "Nước suối đang lên nhanh", "text": "Bà con rời ngay khỏi bờ suối, chân đồi."}, http.StatusCreated)
	s.walk(t, "-alarm", []string{"vi"}, func(l look) bool { return l.has("alarm") })
	s.d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
}

func withLanguage(t testing.TB, address, lang string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("lang", lang)
	u.RawQuery = q.Encode()
	return u.String()
}
