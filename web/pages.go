package web

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// panel is the pages: templates in both languages, and their assets.
type panel struct {
	s      *Server
	assets *assets
	sets   map[string]*template.Template // by language
}

// view is what the layout shows around a page.
type view struct {
	Title    string
	Place    string               // "Thôn Ún Tà"
	Tab      string               // which tab is the current one
	Path     string               // where a switch of language comes back to
	Help     string               // where help is for this page
	Script   string               // the page's own module; empty: none
	Style    string               // the page's own style sheet; empty: none
	Told     string               // what was just done, a sentence
	Alarm    *scheduler.Emergency // the newest that is active; nil: none is
	Undo     int64                // entry of the history that can be undone; 0: none
	Refused  string               // what could not be done, a sentence
	Trouble  string               // what is wrong with the board, a sentence
	Ailing   string               // that parts of the board are broken, a sentence; empty: none is, or it is not for the visitor
	Clock    clockView
	Waiting  int  // how many announcements wait for the visitor's approval
	Approves bool // the village asks for approval, and the visitor may give it
	Village  scheduler.Village
	Me       people.Principal
	SignedIn bool
	Data     any
}

// May says whether the page should offer an action.
func (v view) May(action string) bool {
	return v.SignedIn && v.Me.May(people.Action(action), v.Village.Key)
}

// visit is one request for a page by somebody who may have it.
type visit struct {
	c       *gin.Context
	me      people.Principal
	village scheduler.Village
	now     time.Time
	undone  int64      // entry of the history that the visitor has just made and may undo; 0: none
	planned string     // names what a save made of the plan, for goTo
	beside  *stateView // what a person should know beside the difference in the plan
	deed    string     // what the button of the page that shows a difference does; empty: it saves
	phrase
}

func (v *visit) ctx() context.Context { return v.c.Request.Context() }

// may says whether the visitor may do an action in the village.
func (v *visit) may(a people.Action) bool { return v.me.May(a, v.village.Key) }

// registerPages adds every page to r. What it needs is embedded, so a fault is
// a programmer's and panics.
func (s *Server) registerPages(r *gin.Engine) {
	p, err := newPanel(s)
	if err != nil {
		panic(err)
	}
	r.Use(p.boundForm)
	r.GET(assetRoot+":name", p.assets.serve)
	r.GET("/"+workerFile, p.serveWorker)
	r.POST("/language", p.switchLanguage)
	r.NoRoute(p.noRoute)
	r.NoMethod(p.noMethod)

	p.registerSignIn(r)
	p.registerPeople(r)
	p.registerAccount(r)
	p.registerAudit(r)
	p.registerTokens(r)
	p.registerHelp(r)
	p.registerStart(r)
	p.registerPushes(r)
	p.registerPasskeys(r)
	p.registerToday(r)
	p.registerVolume(r)
	p.registerAgain(r)
	p.registerBulletin(r)
	p.registerNotices(r)
	p.registerRecord(r)
	p.registerRecordings(r)
	p.registerMicrophone(r)
	p.registerPlan(r)
	p.registerCalendars(r)
	p.registerReport(r)
	p.registerApprovals(r)
	p.registerHistory(r)
	p.registerUndo(r)
	p.registerPlaceRules(r)
	p.registerExceptions(r)
	p.registerDrills(r)
	p.registerMonitor(r)
	p.registerSound(r)
	p.registerReadings(r)
	p.registerCoverage(r)
	p.registerLanguages(r)
	p.registerRelays(r)
	p.registerSlots(r)
	p.registerLexicon(r)
	p.registerTemplates(r)
	p.registerVoices(r)
	p.registerEmergency(r)
	p.registerSettings(r)
	p.registerRetention(r)
	p.registerHealth(r)
	p.registerBackups(r)
	p.registerBundles(r)
	r.GET("/live", p.allow(people.Live, p.live))
}

func newPanel(s *Server) (*panel, error) {
	e, err := embeddedPages()
	if err != nil {
		return nil, err
	}
	return &panel{s: s, assets: e.assets, sets: e.sets}, nil
}

// embedded is what every panel shows, whatever board it is of.
type embedded struct {
	assets *assets
	sets   map[string]*template.Template // by language
}

// embeddedPages reads what is embedded once in the life of the program: it never
// changes, and parsing it takes a tenth of a second.
var embeddedPages = sync.OnceValues(func() (embedded, error) {
	as, err := loadAssets()
	if err != nil {
		return embedded{}, err
	}
	sets, err := parsePages(as)
	return embedded{as, sets}, err
})

// allow wraps a page for people who are signed in and may do an action; others
// are sent to sign in, or told that they may not.
func (p *panel) allow(a people.Action, page func(v *visit)) gin.HandlerFunc {
	return func(c *gin.Context) {
		me, ok := p.s.principal(c)
		if !ok {
			p.toSignIn(c)
			return
		}
		v := p.visit(c, me)
		if !v.may(a) {
			p.forbid(v)
			return
		}
		page(v)
	}
}

// toSignIn asks a visitor to sign in and leads back afterwards. Whoever sent a
// form is told that nothing came of it.
func (p *panel) toSignIn(c *gin.Context) {
	q := url.Values{}
	next := c.Request.URL.RequestURI()
	if !reads(c.Request) {
		next = cmp.Or(p.s.cameFrom(c.Request), pageOf(c.Request.URL.Path))
		q.Set("refused", "signed-out")
	}
	if next != "/" {
		q.Set("next", next)
	}
	to := "/sign-in"
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	c.Redirect(http.StatusSeeOther, to)
}

func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// pageOf is the page on which the form stands that is sent to path.
func pageOf(path string) string {
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	second, _, _ := strings.Cut(rest, "/")
	switch {
	case first == "words" && second != "" && second != "import":
		return "/words/" + second
	case first == "announcements" && strings.Contains(rest, "/record/"), first == "recordings" && strings.HasSuffix(rest, "/trim"):
		return path
	case first == "templates" && second != "" && second != "example":
		return "/templates/" + second
	case first == "announcements" && (second == "preview" || second == "blanks"):
		return "/announcements/new"
	case first == "approvals" && second != "":
		return path
	case first == "announcements" && second != "":
		return "/announcements/" + second
	case first == "account" && (second == "news" || second == "passkeys"):
		return "/account/" + second
	case first == "start":
		return "/start"
	case first == "pin":
		return "/live"
	case first == "people" && second != "":
		return "/people/" + second
	case first == "invitations" && second != "":
		return "/invitations/" + second
	case first == "account", first == "again", first == "backups", first == "bundles", first == "retention", first == "tokens", first == "calendars", first == "emergency", first == "people", first == "plan", first == "rules", first == "languages", first == "recordings", first == "stations", first == "templates", first == "relays", first == "voices", first == "words":
		return "/" + first
	case first == "takes":
		return "/recordings"
	}
	return "/"
}

func (p *panel) visit(c *gin.Context, me people.Principal) *visit {
	village, _ := p.s.place.village(c.Request.Context(), placePatience)
	loc, err := village.Location()
	if err != nil {
		loc = time.UTC
	}
	return &visit{c: c, me: me, village: village, now: p.s.cfg.Now(), phrase: phrase{lang: p.s.language(c), loc: loc}}
}

// show renders a page with status 200.
func (p *panel) show(v *visit, page string, w view) { p.render(v, http.StatusOK, page, w) }

// render fills the layout around a page and sends it, compressed when the
// browser takes that.
func (p *panel) render(v *visit, status int, page string, w view) {
	w.Village, w.Me, w.SignedIn = v.village, v.me, v.me.ID != ""
	w.Help = helpLink(v.c.FullPath())
	w.Place = v.word("place.village", v.village.Name)
	switch {
	case w.Path != "": // the page knows better
	case reads(v.c.Request):
		w.Path = v.c.Request.URL.RequestURI()
	default:
		w.Path = v.c.Request.URL.Path
	}
	w.Waiting, w.Approves = p.waitingCount(v), w.SignedIn && v.village.Approvals.On() && v.may(people.Approve)
	if code := "told." + v.c.Query("told"); hasWord(code) {
		w.Told = v.word(code)
		if said := p.s.planned.find(v.me.ID, v.c.Query("planned")); said != "" {
			w.Told += " " + said
		}
	}
	w.Undo = p.undoOffer(v)
	if e := p.s.cfg.Air.Air().Emergency; e != nil && w.SignedIn && w.Tab != "emergency" && w.Tab != "today" {
		w.Alarm = e
	}
	if code := "refused." + v.c.Query("refused"); w.Refused == "" && hasWord(code) {
		w.Refused = v.word(code)
	}
	if p.s.cfg.Damaged() {
		w.Trouble = v.word("trouble." + p.s.damage())
	} else if w.SignedIn {
		w.Trouble = p.dataTrouble(v)
	}
	if w.SignedIn && w.Tab != "emergency" && w.Tab != "record" && w.Tab != "live" && page != "health" {
		w.Ailing = p.ailing(v)
	}
	w.Clock = p.clockView(v, w.Path)
	p.send(v, status, fragment{pageTemplate(page), w})
}

// withQuery is the path with one parameter set; told and refused of before it go.
func withQuery(path, name, value string) string {
	u, err := url.Parse(path)
	if err != nil {
		return "/"
	}
	q := u.Query()
	q.Del("told")
	q.Del("refused")
	q.Del("planned")
	q.Del("undo")
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.RequestURI()
}

// goTo answers a POST with a redirect and says there what was done.
func (v *visit) goTo(path, told string) {
	q := url.Values{}
	if told != "" {
		q.Set("told", told)
	}
	if v.planned != "" {
		q.Set("planned", v.planned)
	}
	if v.undone > 0 {
		q.Set("undo", strconv.FormatInt(v.undone, 10))
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	v.c.Redirect(http.StatusSeeOther, path)
}

// switchLanguage remembers the language for a year and goes back.
func (p *panel) switchLanguage(c *gin.Context) {
	lang := vietnamese
	if c.PostForm("lang") == english {
		lang = english
	}
	http.SetCookie(c.Writer, &http.Cookie{
		Name: "lang", Value: lang, Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	c.Redirect(http.StatusSeeOther, localPath(c.PostForm("back")))
}

// localPath lets a form send people only to pages of this panel.
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		return "/"
	}
	return u.RequestURI()
}
