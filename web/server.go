package web

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"loalang/people"
)

// Config is everything that the panel and the API need. Fields without a note
// are required.
type Config struct {
	Announcements Announcements
	Schedules     Schedules
	Places        Places
	Readings      Readings
	Arrange       Arranger
	Stations      Stations
	Approvals     Approvals
	Diary         Diary
	Graves        Graves
	Authors       Authors
	Exceptions    Exceptions
	Drills        Drills    // nil: the emergency path is not tested by schedule
	Bulletins     Bulletins // nil: no village has a public board
	VoiceBook     VoiceBook
	AsRun         Log
	Tellings      Tellings
	Interchange   Interchange
	Keys          Keys
	Chronicle     Chronicle
	Shelf         Shelf
	Holdings      Holdings
	Labels        Labels
	Bin           Bin
	Keeping       Keeping
	Caretaker     Caretaker
	Accounts      Accounts
	Roster        Roster
	Setup         Setup
	Invites       Invites
	Invited       Invited
	Pushes        Pushes      // nil: nobody is told anything
	PushDiary     PushDiary   // of Pushes
	Pusher        Pusher      // of Pushes; nil: nobody is told anything
	Passkeys      PasskeyBook // nil: nobody signs in by a key
	PasskeyDoor   PasskeyDoor // of Passkeys
	Sessions      scs.Store   // scs.CtxStore is used when it is one
	Database      Pinger

	Air         Airer
	Alarm       Alarmer
	Withdraw    Withdrawer
	Listen      Listener    // nil: there is nothing to listen in to
	Upkeep      Upkeep      // nil: nothing is known of the board's data, and nothing is backed up
	BackupFiles BackupFiles // of Upkeep
	Courier     Courier     // nil: no bundles are carried from board to board
	Partners    Partners    // of Courier
	Spool       Spool       // nil: nothing is kept beside the database
	Loudness    Loudness    // nil: how loud it is cannot be changed
	Studio      Studio      // nil: nobody can speak live
	Tuner       Tuner       // nil: stations cannot be tried
	Monitor     Monitor     // nil: nothing listens to the loudspeakers
	Knobs       Knobs       // nil: this board has nothing that is pressed, lit or turned
	// MonitorBook keeps what Monitor hears.
	MonitorBook MonitorBook
	Importer    Importer
	Archive     Archive // nil: a sound cannot be heard as it came
	Trimmer     Trimmer // nil: what is in the library cannot be trimmed
	Uploads     Uploads // nil: files come in one piece only
	Landing     Landing // of Uploads
	LandingBeat func()  // called each time LandUploads goes round; nil: nobody watches it
	Slim        Slim    // nil: the public board has no sound
	Trust       Trust   // nil: nobody vouches for https
	Speaker     Speaker
	Words       Words
	Texts       Templates
	Reader      Reader
	Prompter    Prompter
	Clock       Teller
	Health      Health // nil: the board is not measured
	Loops       Loops  // nil: nobody watches the loops of the program

	// PublicKey is from what the public board makes its names of notices and sounds:
	// at least 16 random bytes, the same at every start. Empty: of this start alone.
	PublicKey []byte

	Village string // key of the village whose loudspeakers this board drives
	// SecurePort is where the panel is reached by https; 0: nowhere.
	SecurePort int
	Origin     string // the node that owns what is made here
	Version    string // of the program, for the API's description and /healthz
	// Zones names the loudspeakers that are switched together; nil: all are one
	// zone without a name.
	Zones []string

	Logger *slog.Logger
	Now    func() time.Time // what the board believes the time to be
	NewID  func() string    // UUIDv7
	// Changed is called after every edit that may alter the plan or leave work
	// for the producer. It must return at once. Nil: nobody is told.
	Changed func()

	// Damaged says at once whether the database was found to be damaged; every
	// page then says so, and /readyz. Nil: it never is.
	Damaged func() bool
	// Newer says at once whether it is Damaged only because a newer version has
	// written it. Nil: it never is.
	Newer func() bool
	// Behind says at once whether it is Damaged only because its tables are those of
	// an older version, and could not be brought up to date. Nil: it never is.
	Behind func() bool
	// Gone says at once whether it is Damaged only because its disk gives nothing back
	// any more. Nil: it never is.
	Gone func() bool

	// MetricsToken is a bearer token that may read /metrics from anywhere.
	// Empty: only this machine may.
	MetricsToken string
	// Registry takes the panel's metrics in and is what /metrics shows; nil: one
	// of its own.
	Registry *prometheus.Registry
}

// check reports every field that is missing.
func (c Config) check() error {
	var missing []string
	for name, there := range map[string]bool{
		"Announcements": c.Announcements != nil, "Schedules": c.Schedules != nil, "Places": c.Places != nil, "Readings": c.Readings != nil, "Arrange": c.Arrange != nil, "Stations": c.Stations != nil, "Approvals": c.Approvals != nil, "Exceptions": c.Exceptions != nil,
		"AsRun": c.AsRun != nil, "Tellings": c.Tellings != nil, "Interchange": c.Interchange != nil, "Keys": c.Keys != nil, "Chronicle": c.Chronicle != nil, "Shelf": c.Shelf != nil, "Holdings": c.Holdings != nil, "Labels": c.Labels != nil, "Bin": c.Bin != nil, "Keeping": c.Keeping != nil, "Caretaker": c.Caretaker != nil, "Accounts": c.Accounts != nil, "Roster": c.Roster != nil,
		"Setup": c.Setup != nil, "Sessions": c.Sessions != nil, "Database": c.Database != nil, "Air": c.Air != nil,
		"Alarm": c.Alarm != nil, "Withdraw": c.Withdraw != nil, "Importer": c.Importer != nil, "Speaker": c.Speaker != nil, "Prompter": c.Prompter != nil, "VoiceBook": c.VoiceBook != nil, "Words": c.Words != nil, "Reader": c.Reader != nil, "Clock": c.Clock != nil,
		"Invites": c.Invites != nil, "Invited": c.Invited != nil,
		"Diary": c.Diary != nil, "Graves": c.Graves != nil, "Authors": c.Authors != nil, "Texts": c.Texts != nil,
		"Village": c.Village != "", "Logger": c.Logger != nil, "Now": c.Now != nil, "NewID": c.NewID != nil,
	} {
		if !there {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("web: configuration without %s", strings.Join(missing, ", "))
	}
	return nil
}

// Server is the panel, the API and the watching points. New makes one; its
// methods may be called from any goroutine.
type Server struct {
	cfg       Config
	passwords *people.Passwords
	roster    *roster
	limits    *limits
	plain     *scs.SessionManager // cookies for http
	secure    *scs.SessionManager // the same sessions, cookies for https only
	kept      *keptSessions
	once      *shownOnce
	pins      *people.PINs
	uses      *tokenUses
	asked     *asked
	place     *placeMemory
	alarms    *alarmTexts
	raising   *singleflight.Group // emergencies of forms, on their way to the air
	pressed   *presses            // those that reached it of late
	imports   *imports
	landings  *landings
	calendars *calendarDrop
	planned   *planned
	ways      *wayMemory
	bulletin  *bulletins
	meters    *meters
	handler   http.Handler
	pages     [][]string // that can be looked at: their paths in pieces

	ceremonies *ceremonies
}

// New makes a Server. The error is a field of c that is missing, or a metric
// that c.Registry has already.
func New(c Config) (*Server, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Changed == nil {
		c.Changed = func() {}
	}
	if c.Damaged == nil {
		c.Damaged = func() bool { return false }
	}
	if c.Newer == nil {
		c.Newer = func() bool { return false }
	}
	if c.Behind == nil {
		c.Behind = func() bool { return false }
	}
	if c.Gone == nil {
		c.Gone = func() bool { return false }
	}
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	c.rehearsable()
	s := &Server{cfg: c, passwords: people.NewPasswords(), pins: people.NewPINs(), uses: newTokenUses(), asked: newAsked(), limits: newLimits(), imports: &imports{}, calendars: &calendarDrop{}, ways: newWayMemory(), planned: &planned{newID: c.NewID, all: newLRU[string, plannedSentence](plannedKept)}}
	s.roster, s.once = newRoster(c.Roster, c.Logger), newShownOnce()
	s.landings, s.ceremonies = newLandings(), newCeremonies()
	s.bulletin = newBulletins(s)
	s.place = &placeMemory{key: c.Village, places: c.Places, now: c.Now}
	s.raising, s.pressed = &singleflight.Group{}, newPresses()
	s.alarms = &alarmTexts{village: c.Village, texts: c.Texts, now: c.Now}
	s.kept = newKeptSessions(c.Sessions, c.Logger)
	s.plain, s.secure = newSessions(s.kept, false), newSessions(s.kept, true)
	var err error
	if s.meters, err = newMeters(s); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s.handler = s.outside(s.routes())
	return s, nil
}

// Handler serves everything. Streams (/api/v1/air/events, /api/v1/air/listen)
// end with their request, so a server that shuts down must cancel those through
// http.Server.BaseContext.
func (s *Server) Handler() http.Handler { return s.handler }

// routes is the inside: every page and every route of the API.
func (s *Server) routes() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.RedirectTrailingSlash = false
	_ = r.SetTrustedProxies(nil) // fails only for an address that cannot be parsed
	r.Use(s.meters.time, s.recover, s.slowBody, s.unknownRoute)
	s.registerHealth(r)
	s.registerFeed(r)
	s.registerAPI(r)
	s.registerPages(r)
	s.keepPages(r)
	answerHead(r)
	return r
}

// answerHead lets HEAD be asked wherever GET may: by probes, caches and people
// who look with curl. The server sends the headers alone.
func answerHead(r *gin.Engine) {
	routes := r.Routes()
	for _, route := range routes {
		has := func(method string) bool {
			return slices.ContainsFunc(routes, func(o gin.RouteInfo) bool { return o.Path == route.Path && o.Method == method })
		}
		if route.Method == http.MethodGet && !has(http.MethodHead) {
			r.HEAD(route.Path, route.HandlerFunc)
		}
	}
}

// outside wraps what must be decided before a route is looked for: headers,
// foreign origins, sign-ins.
func (s *Server) outside(inside http.Handler) http.Handler {
	plain, secure := s.plain.LoadAndSave(inside), s.secure.LoadAndSave(inside)
	byTransport := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil {
			secure.ServeHTTP(w, r)
			return
		}
		plain.ServeHTTP(w, r)
	})
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(s.foreign))
	checked := crossOrigin.Handler(byTransport)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("Permissions-Policy", "microphone=(self), camera=(), geolocation=()")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		if name, ok := strings.CutPrefix(r.URL.Path, bulletinSounds); ok { // past everything that wraps w: the kernel sends the file
			s.bulletin.serveSound(w, r, name)
			return
		}
		checked.ServeHTTP(w, r)
	})
}

// foreign answers a form or script of another site that would act in the name
// of whoever is signed in here.
func (s *Server) foreign(w http.ResponseWriter, r *http.Request) {
	lang := apiLanguage(r, false)
	if !isAPI(r) {
		lang = pageLanguage(r)
	}
	s.problem(lang, http.StatusForbidden, "cross-origin").write(w)
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// unknownRoute answers for addresses of the API that do not exist; those of the
// panel have a page.
func (s *Server) unknownRoute(c *gin.Context) {
	if c.FullPath() != "" || !isAPI(c.Request) {
		return
	}
	if c.Writer.Status() == http.StatusMethodNotAllowed {
		s.abort(c, s.problem(s.spoken(c), http.StatusMethodNotAllowed, "method"))
		return
	}
	s.abort(c, s.problem(s.spoken(c), http.StatusNotFound, "not-found"))
}

// recover keeps one broken request from being more than that.
func (s *Server) recover(c *gin.Context) {
	defer func() {
		fault := recover()
		if fault == nil {
			return
		}
		if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(fault)
		}
		s.cfg.Logger.Error("request broke", "path", c.Request.URL.Path, "fault", fmt.Sprint(fault), "stack", string(debug.Stack()))
		if c.Writer.Written() {
			c.Abort()
			return
		}
		s.abort(c, s.problem(s.spoken(c), http.StatusInternalServerError, "internal"))
	}()
	c.Next()
}

// language is the language of the panel for this browser: "vi" unless it was
// switched, whatever Accept-Language says.
func (s *Server) language(c *gin.Context) string { return pageLanguage(c.Request) }

func pageLanguage(r *http.Request) string {
	if lang := r.URL.Query().Get("lang"); lang == vietnamese || lang == english {
		return lang
	}
	if cookie, err := r.Cookie("lang"); err == nil && cookie.Value == english {
		return english
	}
	return vietnamese
}

// apiLanguage is the language of the API's sentences: English, unless "lang" or
// Accept-Language asks for Vietnamese; people who are signed in by a browser
// read what the panel's language is.
func apiLanguage(r *http.Request, signedIn bool) string {
	if lang := r.URL.Query().Get("lang"); lang == vietnamese || lang == english {
		return lang
	}
	if signedIn {
		return pageLanguage(r)
	}
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(r.Header.Get("Accept-Language"))), vietnamese) {
		return vietnamese
	}
	return english
}

// spoken is the language in which to answer a request.
func (s *Server) spoken(c *gin.Context) string {
	if !isAPI(c.Request) {
		return s.language(c)
	}
	who, ok := s.principal(c)
	return apiLanguage(c.Request, ok && !who.Token)
}

// sameText compares secrets in a time that does not tell where they differ.
func sameText(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
