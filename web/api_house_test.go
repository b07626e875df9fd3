package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/web"
)

// register is everyone, as the database has them.
type register struct {
	mu       sync.Mutex
	accounts []people.Account
	tokens   []people.Token
	err      error
	hang     chan struct{} // not nil: every reading waits for its close
	reads    int
}

func (r *register) AllAccounts(context.Context) ([]people.Account, error) {
	r.mu.Lock()
	hang := r.hang
	r.reads++
	r.mu.Unlock()
	if hang != nil {
		<-hang // as a driver that waits for a lock: it does not hear of the context
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.accounts), r.err
}

func (r *register) AllTokens(context.Context) ([]people.Token, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.tokens), r.err
}

func (r *register) change(f func(r *register)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(r)
}

// add makes a token and returns its secret.
func (r *register) add(t people.Token) string {
	secret := people.NewSecret()
	t.Hash = people.HashSecret(secret)
	if t.ID == "" {
		t.ID = "t-" + secret[4:12]
	}
	r.change(func(r *register) { r.tokens = append(r.tokens, t) })
	return secret
}

// house is a board with its API, in memory.
type house struct {
	t      testing.TB
	w      *world
	people *register
	cfg    web.Config
	http   http.Handler
	server *web.Server
	as     map[string]string // secret by role; "cadre+" has the emergency right
	told   *bytes.Buffer     // the log
	mu     sync.Mutex
}

// Write takes in the log.
func (h *house) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.told.Write(p)
}

func (h *house) log() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.told.String()
}

// newHouse opens a board; change alters its configuration first.
func newHouse(t testing.TB, change ...func(c *web.Config)) *house {
	t.Helper()
	w := newWorld(t)
	h := &house{t: t, w: w, people: &register{}, as: map[string]string{}, told: &bytes.Buffer{}}
	for _, role := range people.Roles() {
		h.as[string(role)] = h.people.add(people.Token{Name: "máy " + string(role), Role: role})
	}
	h.as["cadre+"] = h.people.add(people.Token{Name: "còi", Role: people.Cadre, Emergency: true})
	h.as["elsewhere"] = h.people.add(people.Token{Name: "xa", Role: people.Admin, Village: "toong-gianh", Emergency: true})
	h.as["near"] = h.people.add(people.Token{Name: "gần", Role: people.Viewer, Village: "un-ta"})
	h.cfg = web.Config{
		Announcements: w, Schedules: w, Places: w, Readings: w, Arrange: w, Stations: w, Approvals: w, Exceptions: w, Drills: w, MonitorBook: w, Monitor: earpiece{w}, Knobs: knobs{w}, VoiceBook: w, Prompter: w, AsRun: w, Tellings: w, Interchange: w, Keys: h.people, Chronicle: w, Shelf: w, Holdings: w, Labels: w, Bin: w, Keeping: w, Caretaker: w, Accounts: w, Roster: h.people, Setup: w,
		Sessions: memstore.NewWithCleanupInterval(0), Database: w, Damaged: w.isDamaged, Upkeep: w, BackupFiles: w, Courier: w, Partners: w, Air: w, Alarm: w, Withdraw: w, Listen: w, Importer: w, Trimmer: w, Speaker: w, Words: w, Reader: w, Clock: w,
		Diary: w, Graves: w, Authors: w, Texts: w,
		Invites: w, Invited: w,
		Village: "un-ta", Origin: "board-1", Version: "1.2.3", Logger: slog.New(slog.NewTextHandler(h, nil)),
		Now: func() time.Time { return w.now }, NewID: w.NewID, Changed: func() { w.mu.Lock(); w.changed++; w.mu.Unlock() },
	}
	for _, f := range change {
		f(&h.cfg)
	}
	s, err := web.New(h.cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.http, h.server = s.Handler(), s
	return h
}

// answer is what came back.
type answer struct {
	t      testing.TB
	Status int
	Header http.Header
	Body   []byte
}

// ask is a call that is about to be made.
type ask struct {
	as, method, path, body string
	header                 map[string]string
}

// call makes a call of the API and holds the answer against the description.
func (h *house) call(as, method, path, body string) answer {
	h.t.Helper()
	return h.do(ask{as: as, method: method, path: path, body: body})
}

func (h *house) do(a ask) answer {
	h.t.Helper()
	r := httptest.NewRequest(a.method, a.path, strings.NewReader(a.body))
	if a.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if secret := h.as[a.as]; secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	for k, v := range a.header {
		r.Header.Set(k, v)
	}
	return h.send(r)
}

func (h *house) send(r *http.Request) answer {
	h.t.Helper()
	rec := httptest.NewRecorder()
	h.http.ServeHTTP(rec, r)
	result := answer{h.t, rec.Code, rec.Header(), rec.Body.Bytes()}
	if strings.HasPrefix(r.URL.Path, "/api/v1/") && !strings.Contains(r.URL.Path, "openapi") && described(r, rec) {
		conforms(h.t, r, result)
	}
	return result
}

// described leaves out what the description cannot speak of: addresses and
// methods that do not exist, and bodies that are no text.
func described(r *http.Request, rec *httptest.ResponseRecorder) bool {
	return rec.Code != http.StatusMethodNotAllowed && rec.Code != http.StatusNotModified && r.URL.Path != "/api/v1/nowhere" && r.Method != http.MethodHead &&
		!strings.HasPrefix(rec.Header().Get("Content-Type"), "audio/") && !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/")
}

// description is the API's own, read once: building a validator takes a while.
var description = sync.OnceValues(func() (validator.Validator, error) {
	raw, err := describe()
	if err != nil {
		return nil, err
	}
	doc, err := libopenapi.NewDocument(raw)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(doc)
	return v, errors.Join(errs...)
})

// describe reads /openapi.json of a board.
func describe() ([]byte, error) {
	w := &world{village: scheduler.Village{Key: "un-ta", Zone: "UTC"}}
	s, err := web.New(web.Config{
		Announcements: w, Schedules: w, Places: w, Readings: w, Arrange: w, Stations: w, Approvals: w, Exceptions: w, Drills: w, MonitorBook: w, Monitor: earpiece{w}, Knobs: knobs{w}, VoiceBook: w, Prompter: w, AsRun: w, Tellings: w, Interchange: w, Keys: &register{}, Chronicle: w, Shelf: w, Holdings: w, Labels: w, Bin: w, Keeping: w, Caretaker: w, Accounts: w, Roster: &register{}, Setup: w,
		Sessions: memstore.NewWithCleanupInterval(0), Database: w, Damaged: w.isDamaged, Upkeep: w, BackupFiles: w, Courier: w, Partners: w, Air: w, Alarm: w, Withdraw: w, Listen: w, Importer: w, Trimmer: w, Speaker: w, Words: w, Reader: w, Clock: w,
		Diary: w, Graves: w, Authors: w, Texts: w,
		Invites: w, Invited: w,
		Village: "un-ta", Version: "1.2.3", Logger: slog.New(slog.DiscardHandler), Now: time.Now, NewID: w.NewID,
	})
	if err != nil {
		return nil, err
	}
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/api/v1/openapi.json", nil))
	return rec.Body.Bytes(), nil
}

// conforms holds an answer against the description.
func conforms(t testing.TB, r *http.Request, a answer) {
	t.Helper()
	v, err := description()
	if err != nil {
		t.Fatal(err)
	}
	response := &http.Response{StatusCode: a.Status, Header: a.Header, Body: io.NopCloser(bytes.NewReader(a.Body)), Request: r}
	if ok, faults := v.ValidateHttpResponse(r, response); !ok {
		for _, f := range faults {
			t.Errorf("%s %s answers %d against its description: %s: %s %v", r.Method, r.URL.Path, a.Status, f.Message, f.Reason, f.SchemaValidationErrors)
		}
		t.Logf("%s", a.Body)
	}
}

// want fails unless the status is the one.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("status %d, want %d: %s", a.Status, status, a.Body)
	}
	return a
}

// into decodes the body.
func (a answer) into(v any) {
	a.t.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		a.t.Fatalf("%v in %s", err, a.Body)
	}
}

// problem decodes a problem and checks what all have.
func (a answer) problem() web.Problem {
	a.t.Helper()
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Fatalf("content type %q: %s", got, a.Body)
	}
	var p web.Problem
	a.into(&p)
	if p.Status != a.Status || p.Title != http.StatusText(a.Status) || p.Code == "" || p.Detail == "" || strings.HasPrefix(p.Detail, "problem.") {
		a.t.Errorf("problem %+v with status %d", p, a.Status)
	}
	for _, f := range p.Errors {
		if f.Field == "" || f.Code == "" || f.Detail == "" || strings.HasPrefix(f.Detail, "fault.") || strings.HasPrefix(f.Detail, "refused.") {
			a.t.Errorf("fault %+v", f)
		}
	}
	return p
}

// faults lists "field code" of a problem.
func (a answer) faults() string {
	a.t.Helper()
	var all []string
	for _, f := range a.problem().Errors {
		all = append(all, f.Field+" "+f.Code)
	}
	return strings.Join(all, ", ")
}

// fill puts an announcement, a recording, a plan and an as-run into the world.
func (h *house) fill() {
	w := h.w
	due := w.at(23, 17, 0)
	w.exceptions = []scheduler.Exception{{
		Owned: scheduler.Owned{ID: exceptionID, Village: "un-ta", Revision: 1}, From: w.now, To: w.now.Add(time.Hour),
		Rules: []scheduler.Lift{scheduler.LiftHours}, Reason: "lễ hội của thôn", RequestedBy: "một người khác",
	}}
	w.drills = []scheduler.Drill{{
		Owned: scheduler.Owned{ID: drillID, Village: "un-ta", Revision: 1}, Title: "Thử loa", Silent: true, At: w.now.Add(time.Hour), Before: "Sắp thử loa.", After: "Đã thử xong.", Siren: scheduler.SirenCycle,
	}}
	w.accounts = []people.Account{{ID: personID, Name: "Vàng Thị Mỷ", Role: people.Recorder, Village: "un-ta", Revision: 1, Created: w.now}}
	w.invited = []people.Invitation{{ID: invitedID, For: "Páo", Role: people.Cadre, Village: "un-ta", Hash: "h", By: "Hoa", Created: w.now, Expires: w.now.Add(time.Hour), Revision: 1}}
	w.stations = []scheduler.Station{{Owned: scheduler.Owned{ID: stationID, Village: "un-ta", Revision: 1}, Name: "VOV1", URL: "https://vov.example/"}}
	w.notices[noticeID] = scheduler.Dossier{
		Announcement: scheduler.Announcement{
			Owned: scheduler.Owned{ID: noticeID, Village: "un-ta", Revision: 1, Created: w.now}, Title: "Họp thôn", Text: "Mời bà con họp.",
			Class: scheduler.ClassNormal, CreatedBy: "Hoa",
		},
		Renditions: []scheduler.Rendition{
			{Owned: scheduler.Owned{ID: "r1", Village: "un-ta", Revision: 1}, Announcement: noticeID, Language: "vi", State: scheduler.Ready, Recording: soundID, Length: 9 * time.Second},
		},
		Schedules: []scheduler.Schedule{{
			Owned: scheduler.Owned{ID: scheduleID, Village: "un-ta", Revision: 1, Created: w.now}, Announcement: noticeID, Kind: scheduler.Slots,
			Slots: []string{w.slots[1].ID}, Days: 1<<time.Monday | 1<<time.Friday, From: scheduler.Date{Year: 2026, Month: 11, Day: 23},
			Misfire: scheduler.Misfire{Policy: scheduler.Coalesce, Grace: time.Hour}, CreatedBy: "Hoa",
		}},
	}
	w.order = append(w.order, noticeID)
	w.changes = append(w.changes, people.Change{
		ID: 7, At: w.now, Actor: people.Actor{Name: "Hoa", Kind: "account", Way: "panel"}, Village: "un-ta", Kind: "announcements", Record: noticeID, Deed: people.Altered, Fields: []people.FieldChange{{Name: "issuer", Before: "Trưởng thôn", After: ""}},
	})
	w.teach(wordID, "HTX", "hợp tác xã")
	w.templates = append(w.templates, scheduler.Template{
		Owned: scheduler.Owned{ID: "0193a000-0000-7000-8000-0000000ca701", Village: "un-ta", Revision: 1}, Key: "cat-nuoc",
		Topic: scheduler.TopicUtilities, Class: scheduler.ClassNormal, Name: "Cắt nước", Title: "Cắt nước", Text: "Cắt nước từ [giờ: giờ cắt nước].", By: "Hoa",
	})
	o := scheduler.Occurrence{
		ID: "occ-1", Kind: scheduler.Notice, Village: "un-ta", Announcement: noticeID, Schedule: scheduleID, Slot: w.slots[1].ID, Title: "Họp thôn",
		Class: scheduler.ClassNormal, Nominal: due, Due: due.Add(6 * time.Second), Length: 12 * time.Second,
		Parts:   []scheduler.Part{{Kind: scheduler.PartChime, Recording: soundID, Length: 3 * time.Second}, {Kind: scheduler.PartVoice, Recording: soundID, Language: "vi", Length: 9 * time.Second, Pause: time.Second}},
		Reasons: []scheduler.Reason{{Code: scheduler.ReasonDelayed, By: 6 * time.Second, Occurrence: "occ-0"}},
	}
	w.plan = scheduler.Plan{
		Village: "un-ta", Zone: "Asia/Ho_Chi_Minh", Made: w.now, From: w.now, To: w.now.AddDate(0, 0, 7), Occurrences: []scheduler.Occurrence{o},
		Omissions: []scheduler.Omission{{
			Occurrence: scheduler.Occurrence{ID: "occ-2", Kind: scheduler.Notice, Title: "Tiêm phòng", Nominal: due},
			Reason:     scheduler.Reason{Code: scheduler.ReasonOutsideHours, Until: due.Add(12 * time.Hour)},
		}},
	}
	past := w.at(23, 5, 30)
	w.runs = []playout.AsRun{{
		Occurrence: "occ-past", Kind: scheduler.Notice, Announcement: noticeID, Schedule: scheduleID, Slot: w.slots[0].ID, Title: "-1+1 Họp thôn",
		Class: scheduler.ClassNormal, Nominal: past, Due: past, Planned: 12 * time.Second, Claimed: past.Add(-2 * time.Second),
		Outcome: playout.Cut, Cause: "lost", Heard: playout.NotMeasured, Lateness: 80 * time.Microsecond,
		Airings: []playout.Airing{{ID: "a1", Part: scheduler.PartVoice, Recording: soundID, Language: "vi", Started: past, Frames: 96000, Cause: "lost", Level: -21.37}},
	}}
	w.shelf = append(w.shelf, takeOf(soundID, "un-ta"), takeOf(foreignID, "toong-gianh"))
	w.bin = append(w.bin, takeOf(soundID, "un-ta")) // the same: what is removed is asked for by itself
}
