package web_test

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/net/html"

	"loalang/people"
	"loalang/scheduler"
	"loalang/web"
)

// stateAddress is where a page is that pageGates has no address for, or another.
var stateAddress = map[string]string{
	"/plan/move":          "/plan/move?occurrence=o-none",
	"/join":               "/join?t=" + secret,
	"/setup":              "/setup?t=" + secret,
	"/bang-tin/ngay/:day": "/bang-tin/ngay/2026-11-22",
}

// stateRoom is a board and whoever looks at its pages: an administrator and nobody, in
// both languages. The board, the pushes and https are there too.
type stateRoom struct {
	w     *world
	sites map[bool]map[string]*site // of nobody or not, by language
}

// lostPost is what a board keeps of push services, in a database that fails with the rest.
type lostPost struct {
	*post
	w *world
}

func (p lostPost) Pushes(ctx context.Context) ([]people.Push, error) {
	all, err := p.post.Pushes(ctx)
	return all, cmp.Or(err, p.w.down())
}

func openStates(t *testing.T, w *world) stateRoom {
	t.Helper()
	c := gather(t)
	w.village.Publicity.Board = scheduler.BoardOn
	r := stateRoom{w: w, sites: map[bool]map[string]*site{true: {}, false: {}}}
	b := &boardTold{w: w, dir: t.TempDir(), made: map[string]int{}}
	for _, nobody := range []bool{true, false} {
		for _, lang := range []string{"vi", "en"} {
			s := newSite(t, w, people.Admin, lang, func(cfg *web.Config) {
				cfg.Sessions = &sittings{data: c.sittings}
				cfg.Roster = &register{accounts: slices.Clone(c.register.accounts)}
				cfg.Bulletins, cfg.Slim, cfg.PublicKey = b, b, []byte("0123456789abcdef")
				p := &post{}
				cfg.Pushes, cfg.PushDiary, cfg.Pusher = lostPost{p, w}, p, p
			})
			s.bearer = ""
			if !nobody {
				s.cookies = append(s.cookies, &http.Cookie{Name: "loalang", Value: c.cookies["admin of all"]})
			}
			s.get("/help") // the village is known before anything fails
			r.sites[nobody][lang] = s
		}
	}
	return r
}

// fullStates is a board with everything on it.
func fullStates(t *testing.T) stateRoom {
	t.Helper()
	h := newHouse(t)
	h.fill()
	for i := range h.w.shelf {
		h.w.shelf[i].Created = h.w.now
	}
	for i := range h.w.exceptions {
		h.w.exceptions[i].Created = h.w.now
	}
	return openStates(t, h.w)
}

// statePage is one page that is looked at when there is nothing, and when nothing works.
type statePage struct {
	route, address string
	nobody         bool
	says           []string // words of which it says one on an empty board; "=" before what it says by itself
}

// statePages reads testdata/states.txt and holds it against the pages that the browser
// looks at.
func statePages(t *testing.T) (all []statePage) {
	t.Helper()
	says := map[string][]string{}
	for _, f := range fieldsOf(t, "testdata/states.txt") {
		says[f[0]] = f[1:]
	}
	addresses := map[string]string{}
	for _, g := range pageGates() {
		if method, route, _ := strings.Cut(g.route, " "); method == http.MethodGet {
			addresses[route] = g.place()
		}
	}
	seen := map[string]bool{}
	for _, f := range fieldsOf(t, "testdata/pages.txt") {
		if f[1] == "-" || seen[f[0]] {
			continue
		}
		seen[f[0]] = true
		p := statePage{route: f[0], address: addresses[f[0]], says: says[f[0]]}
		if other, there := stateAddress[f[0]]; there {
			p.address = other
		}
		p.nobody = slices.Contains(f, "nobody") || slices.Contains(f, "fresh")
		if len(p.says) == 0 {
			t.Errorf("nobody knows what %s says on an empty board: give it a line in web/testdata/states.txt", p.route)
		}
		delete(says, f[0])
		all = append(all, p)
	}
	there := web.Pages(newHouse(t).server)
	for route, codes := range says {
		if !slices.Contains(there, route) {
			t.Errorf("testdata/states.txt has %s, which is no page any more", route)
			continue
		}
		all = append(all, statePage{route: route, address: cmp.Or(addresses[route], concrete(route)), says: codes})
	}
	return all
}

func fieldsOf(t *testing.T, file string) (lines [][]string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); len(f) > 1 && !strings.HasPrefix(line, "#") {
			lines = append(lines, f)
		}
	}
	return lines
}

// faultOfMachine is what no page may show: what programs say to programs.
var faultOfMachine = regexp.MustCompile(`(?i)SQLITE|unseen words|structure needs cleaning|no space left|no such file|file does not exist|not found: |sql:|<nil>|%!|\bEOF\b|0001-01-01|1/1/1\b|map\[|runtime error|invalid memory`)

// whole checks that an answer is a whole page with a way on; it returns what a person
// reads in it.
func (p page) whole(t *testing.T, lang string) string {
	t.Helper()
	p.checkForm(t, lang)
	if found := faultOfMachine.FindString(p.text); found != "" {
		t.Errorf("%s: it says %q, which is for programs: %s", lang, found, p.text)
	}
	if !strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
		t.Errorf("%s: it is %s", lang, p.header.Get("Content-Type"))
	}
	text, heading, on := "", "", 0
	nodes(t, p.body, func(n *html.Node) {
		inMain, inHeading := false, n.Data == "h1"
		for a := range n.Ancestors() {
			switch {
			case a.Data == "footer", a.Data == "form" && attr(a, "action") == "/clock", a.Data == "noscript":
				return
			case a.Data == "main":
				inMain = true
			case a.Data == "h1":
				inHeading = true
			}
		}
		switch {
		case !inMain:
		case n.Type == html.TextNode && inHeading:
			heading += strings.TrimSpace(n.Data)
		case n.Type == html.TextNode:
			text += " " + n.Data
		case n.Data == "a" && has(n, "href"), n.Data == "button":
			on++
		}
	})
	text = strings.Join(strings.Fields(text), " ")
	if strings.Contains(p.body, `<main class="framed">`) {
		return text // a piece of the public board, within its page
	}
	if heading == "" {
		t.Errorf("%s: it has no heading: %s", lang, p.text)
	}
	if on == 0 {
		t.Errorf("%s: nothing leads on from it: %s", lang, p.text)
	}
	return text
}

// says tells whether a text has a sentence of the catalog in it, whatever stands for what
// the sentence leaves open.
func says(text, lang, code string) bool {
	sentence, literal := strings.CutPrefix(code, "=")
	if !literal {
		sentence = web.Catalog(lang)[code]
	}
	if sentence == "" {
		return false
	}
	for _, piece := range regexp.MustCompile(`\{\d\}`).Split(strings.Join(strings.Fields(sentence), " "), -1) {
		_, rest, found := strings.Cut(text, strings.TrimSpace(piece))
		if !found {
			return false
		}
		text = rest
	}
	return true
}

// Every page of a board on which there is nothing yet says what it is for or what to do
// first, and leads on.
func TestEveryPageOfAnEmptyBoard(t *testing.T) {
	room := openStates(t, newWorld(t))
	for _, p := range statePages(t) {
		t.Run(p.route, func(t *testing.T) {
			for lang, s := range room.sites[p.nobody] {
				got := s.get(p.address)
				if missing := strings.ContainsAny(p.route, ":") || strings.Contains(p.address, "?"); got.status != http.StatusOK && (got.status != http.StatusNotFound || !missing) {
					t.Errorf("%s: status %d", lang, got.status)
				}
				text := got.whole(t, lang)
				if !slices.ContainsFunc(p.says, func(code string) bool { return says(text, lang, code) }) {
					t.Errorf("%s: it says none of %v: %s", lang, p.says, text)
				}
			}
		})
	}
}

// stateProblems are what a page may say is wrong.
var stateProblems = []string{"problem.unavailable", "problem.database-damaged", "problem.disk-full", "trouble.database-damaged", "bulletin.partial", "bulletin.unread-so"}

// aliveWithoutStore are the pages that show nothing of what the database has, or what is
// kept beside it; a browser that can make no passkey is told so without it.
var aliveWithoutStore = []string{"/", "/about", "/account", "/account/passkeys", "/backups", "/bundles", "/button", "/sound", "/bang-tin/now", "/bang-tin/to-dan", "/emergency", "/health", "/help", "/help/:area", "/live", "/microphone", "/settings", "/sign-in", "/templates/new"}

// Every page of a board whose database does not answer, is damaged, or has no room says
// what is wrong in words, and leads on.
func TestEveryPageWithoutADatabase(t *testing.T) {
	for name, err := range map[string]error{"busy": errLost, "damaged": syscall.EUCLEAN, "full": syscall.ENOSPC} {
		room := fullStates(t)
		room.w.broken = err
		for _, p := range statePages(t) {
			t.Run(name+p.route, func(t *testing.T) {
				for lang, s := range room.sites[p.nobody] {
					got := s.get(p.address)
					text := got.whole(t, lang)
					told := slices.ContainsFunc(stateProblems, func(code string) bool { return says(text, lang, code) })
					failed := got.status == http.StatusServiceUnavailable || got.status == http.StatusInsufficientStorage
					if !failed && got.status != http.StatusOK || !told && (failed || !slices.Contains(aliveWithoutStore, p.route)) {
						t.Errorf("%s: status %d, and it does not say what is wrong: %s", lang, got.status, text)
					}
				}
			})
		}
	}
}

// Whichever answer of the database is lost, a page is whole: it does without what it did
// not learn, or it says what is wrong.
func TestEveryPageLosesAnyOneAnswer(t *testing.T) {
	room := fullStates(t)
	for _, p := range statePages(t) {
		t.Run(p.route, func(t *testing.T) {
			s := room.sites[p.nobody]["vi"]
			room.w.reads.Store(0)
			room.w.lost = 0
			sound := s.get(p.address)
			sound.whole(t, "vi")
			for n := range room.w.reads.Load() {
				room.w.lost = n + 1
				room.w.reads.Store(0)
				got := s.get(p.address)
				if got.status != sound.status && got.status != http.StatusServiceUnavailable {
					t.Errorf("answer %d lost: status %d", n+1, got.status)
				}
				text := got.whole(t, "vi")
				if got.status == http.StatusServiceUnavailable && !says(text, "vi", "problem.unavailable") {
					t.Errorf("answer %d lost: it does not say what is wrong: %s", n+1, text)
				}
			}
		})
	}
}

// A board that started without its database does not tell villagers that the village has
// no public board: nobody knows.
func TestTheBoardIsNotCalledClosedBeforeItWasRead(t *testing.T) {
	w, b := openBoard(t)
	w.broken = errLost
	s := b.site(t, "", "vi")
	if p := s.get("/bang-tin"); p.status != http.StatusServiceUnavailable || !strings.Contains(p.text, "thử lại sau ít phút") || strings.Contains(p.text, "chưa mở bảng tin") {
		t.Errorf("status %d: %s", p.status, p.text)
	}
	w.broken = nil
	if p := s.get("/bang-tin"); p.status != http.StatusOK {
		t.Errorf("status %d: %s", p.status, p.text)
	}
}
