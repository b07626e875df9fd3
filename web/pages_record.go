package web

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
)

// recordView is the page on which a person records an announcement in one
// language.
type recordView struct {
	ID, Title  string
	Code       string // of the language
	Name       string // of the language, inside a sentence
	Class      string // empty: an ordinary one
	Due        string // until when it is wanted, worded; empty: nobody said
	Late       bool
	Wording    string // names the words that are on the page
	Paragraphs []string
	Spoken     []string // the same as a newsreader says it
	Syllables  int      // of Spoken
	Rooms      []roomView
	Voice      tellView
	Take       uploadView
	CutFrom    string
	CutTo      string
	Next       *nextView
	Me         string // whose takes are kept on the phone
	Bytes      int    // of the largest file
	Also       string // who else sent a recording meanwhile
}

// roomView is what one slot still holds.
type roomView struct {
	Text    string
	Name    string // of the slot on that day
	Seconds int
}

// tellView is how far the language is.
type tellView struct {
	State     stateView
	Recording string
	Length    time.Duration
	Warnings  []string
	Fault     string
	Pending   bool
	Changed   bool   // the text is another than was read
	Trim      string // where what was sent may be trimmed anew; empty: nowhere
}

// nextView is what else waits for a reader.
type nextView struct{ Path, Title, Sub string }

// roomHorizon is how far ahead slots are looked at for the room they have.
const roomHorizon = 7 * 24 * time.Hour

func (p *panel) registerRecord(r *gin.Engine) {
	r.GET("/announcements/:id/record/:language", p.allow(people.Upload, p.record))
	r.POST("/announcements/:id/record/:language", p.allow(people.Upload, p.sendRecord))
	r.GET("/recordings/:id/trim", p.allow(people.Upload, p.trim))
	r.POST("/recordings/:id/trim", p.allow(people.Upload, p.sendTrim))
}

func (p *panel) record(v *visit) {
	d, ok := p.recordable(v)
	if ok {
		p.showRecord(v, http.StatusOK, d, emptyForm())
	}
}

// recordable reads the announcement of the address, which must not be withdrawn,
// and checks its language; the visit is to its village from here on. False: the
// answer was given.
func (p *panel) recordable(v *visit) (scheduler.Dossier, bool) {
	d, ok := p.dossier(v)
	if !ok || !p.moveTo(v, d.Announcement.Village) {
		return d, false
	}
	switch {
	case !v.may(people.Upload):
		p.problem(v, http.StatusForbidden, "problem.forbidden")
		return d, false
	case !slices.Contains(v.village.Tongues(), v.c.Param("language")):
		p.problem(v, http.StatusNotFound, "problem.not-found")
		return d, false
	case !d.Announcement.Withdrawn.IsZero():
		p.problem(v, http.StatusConflict, "problem.withdrawn")
		return d, false
	}
	return d, true
}

// moveTo makes a visit one to another village. False: the answer was given.
func (p *panel) moveTo(v *visit, village string) bool {
	if village == v.village.Key {
		return true
	}
	place, err := p.s.cfg.Places.Village(v.ctx(), village)
	var loc *time.Location
	if err == nil {
		loc, err = place.Location()
	}
	if err != nil {
		p.fail(v, err)
		return false
	}
	v.village, v.loc = place, loc
	return true
}

func (p *panel) showRecord(v *visit, status int, d scheduler.Dossier, f *form) {
	lang, a := v.c.Param("language"), d.Announcement
	r := renditionIn(d, lang)
	spoken := p.s.cfg.Speaker.Normalize(scheduler.Vietnamese, a.Text).Text
	w := recordView{
		ID: a.ID, Title: a.Title, Code: lang, Name: v.lower(v.language(lang)), Wording: scheduler.Wording(a.Text),
		Paragraphs: paragraphs(a.Text), Spoken: paragraphs(spoken), Syllables: len(strings.Fields(spoken)),
		Rooms: p.rooms(v, d, lang), Take: uploadView{Code: lang, Fault: f.faults["file_"+lang]},
		CutFrom: f.Get("cut_from"), CutTo: f.Get("cut_to"), Me: v.me.ID, Bytes: uploadBytes,
	}
	if a.Class != scheduler.ClassNormal {
		w.Class = v.word("class." + string(a.Class))
	}
	if due := r.Assignment.Due; r.State == scheduler.Assigned && !due.IsZero() {
		w.Due, w.Late = v.at(due, v.now), r.Overdue(v.now)
	}
	w.Voice = p.tell(v, r, w.Rooms)
	if w.Voice.Recording != "" {
		w.Next = p.nextToRecord(v, a.ID, lang)
	}
	p.render(v, status, "record", view{Title: v.word("record.title", w.Name), Tab: "record", Style: "record.css", Script: "record.js", Data: w})
}

// renditionIn is an announcement's rendition in a language; a missing one where
// there is none.
func renditionIn(d scheduler.Dossier, lang string) scheduler.Rendition {
	i := slices.IndexFunc(d.Renditions, func(r scheduler.Rendition) bool { return r.Language == lang })
	if i < 0 {
		return scheduler.Rendition{Announcement: d.Announcement.ID, Language: lang, State: scheduler.Missing}
	}
	return d.Renditions[i]
}

// rooms are what the next slots still hold of the language.
func (p *panel) rooms(v *visit, d scheduler.Dossier, lang string) []roomView {
	book, err := p.s.cfg.AsRun.Book(v.ctx(), v.village.Key, v.now)
	var rooms []scheduler.Room
	if err == nil {
		rooms, err = scheduler.RoomFor(v.now, roomHorizon, book, d.Announcement.ID, lang)
	}
	if err != nil {
		p.s.cfg.Logger.Error("room in the slots could not be found", "announcement", d.Announcement.ID, "err", err)
		return nil
	}
	var views []roomView
	for _, r := range rooms {
		name := v.at(r.Start, v.now)
		if i := slices.IndexFunc(book.Slots, func(s scheduler.Slot) bool { return s.ID == r.Slot }); i >= 0 {
			name = v.word("record.slot", v.lower(v.slotNameOn(book.Slots[i], r.Start)), v.day(r.Start, v.now))
		}
		text := v.word("record.room", upper(name), v.minutes(r.Left))
		if r.Left == 0 {
			text = v.word("record.room-none", upper(name))
		}
		views = append(views, roomView{Text: text, Name: name, Seconds: int(r.Left / time.Second)})
	}
	return views
}

// minutes is a length to the second, as a person would say it: "2 phút 5 giây".
func (p phrase) minutes(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return p.word("span.seconds", s)
	case s%60 == 0:
		return p.word("span.minutes", s/60)
	}
	return p.word("span.minutes-seconds", s/60, s%60)
}

// tell is how far a rendition is, with everything that somebody should know of
// its recording.
func (p *panel) tell(v *visit, r scheduler.Rendition, rooms []roomView) tellView {
	t := tellView{State: v.renditionState(r), Length: r.Length, Changed: r.State == scheduler.Outdated}
	t.Pending = r.Fault == "" && (r.State == scheduler.Spoken || r.State == scheduler.Recorded)
	if r.Fault != "" {
		t.Fault = v.word("rendition-fault." + r.Fault)
	}
	if r.Recording == "" || r.State == scheduler.Spoken {
		return t
	}
	t.Recording = r.Recording
	rec, err := p.s.cfg.Shelf.Recording(v.ctx(), r.Recording)
	if err != nil {
		return t // the state says what there is
	}
	t.Length, t.Warnings = rec.Length, v.warnings(rec)
	if rec.Kind == recordings.Take {
		t.Trim = "/recordings/" + rec.ID + "/trim?for=" + r.Announcement + "&language=" + r.Language
		t.Warnings = append(t.Warnings, v.tooLong(rec.Length, rooms)...)
	}
	return t
}

// warningsOf are what is to be known of the recording behind a language, also that
// a slot has no room for it; none where it cannot be read.
func (p *panel) warningsOf(v *visit, d scheduler.Dossier, r scheduler.Rendition) []string {
	if r.Recording == "" {
		return nil
	}
	rec, err := p.s.cfg.Shelf.Recording(v.ctx(), r.Recording)
	if err != nil {
		return nil
	}
	ws := v.warnings(rec)
	if rec.Kind == recordings.Take && len(d.Schedules) > 0 && d.Announcement.Withdrawn.IsZero() {
		ws = append(ws, v.tooLong(rec.Length, p.rooms(v, d, r.Language))...)
	}
	return ws
}

// tooLong says of each slot that a voice is longer than it has room for.
func (p phrase) tooLong(d time.Duration, rooms []roomView) []string {
	var ws []string
	for _, r := range rooms {
		if over := d - time.Duration(r.Seconds)*time.Second; over > 0 {
			ws = append(ws, p.word("record.too-long", p.minutes(max(over, time.Second)), r.Name))
		}
	}
	return ws
}

// nextToRecord is what else waits for a reader: first what this one was asked
// for, by when it is due, then what nobody was asked for. Nil: nothing is known
// to wait.
func (p *panel) nextToRecord(v *visit, announcement, lang string) *nextView {
	c, err := p.s.coverage(v.ctx(), v.village, v.now, time.Time{})
	if err != nil {
		p.s.cfg.Logger.Error("what waits for a reader could not be listed", "err", err)
		return nil
	}
	type waiting struct {
		r     scheduler.Rendition
		title string
		asked bool // this very reader was
	}
	var all []waiting
	for _, row := range c.Rows {
		for _, r := range row.Cells {
			asked := r.State == scheduler.Assigned && r.Assignment.Account == v.me.ID
			free := r.State == scheduler.Missing && !r.Waived || r.State == scheduler.Outdated || r.State == scheduler.Assigned && r.Assignment.Account == ""
			if (asked || free) && (r.Announcement != announcement || r.Language != lang) {
				all = append(all, waiting{r, row.Announcement.Title, asked})
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(x, y waiting) int { // else what airs next comes first
		switch {
		case x.asked != y.asked && x.asked:
			return -1
		case x.asked != y.asked:
			return 1
		case x.asked:
			return x.r.Assignment.Due.Compare(y.r.Assignment.Due)
		}
		return 0
	})
	first := all[0]
	n := &nextView{Path: recordPath(first.r.Announcement, first.r.Language), Title: first.title, Sub: v.language(first.r.Language)}
	if due := first.r.Assignment.Due; first.r.State == scheduler.Assigned && !due.IsZero() {
		n.Sub = v.word("record.due", v.lower(n.Sub), v.at(due, v.now))
	}
	return n
}

// byModule marks a form that the page's module sends, which wants a piece of the
// page for an answer.
const byModule = "module"

// sendRecord takes the recording in and puts it behind the language.
func (p *panel) sendRecord(v *visit) {
	if _, ok := p.recordable(v); !ok {
		return
	}
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	d, ok := p.recordable(v)
	if !ok { // it may have been withdrawn while the file came
		return
	}
	lang := v.c.Param("language")
	take := p.takeOf(v, f, lang)
	if take == nil {
		f.fault("file_"+lang, v.word("new.take-missing"))
		p.refuseRecord(v, http.StatusUnprocessableEntity, d, f)
		return
	}
	also := p.meanwhile(v, f, renditionIn(d, lang).Recording, take.ID)
	if r := renditionIn(d, lang); r.Recording != take.ID || r.State != scheduler.Recorded && r.State != scheduler.Ready {
		if d, err = p.s.putTake(v.ctx(), d.Announcement.ID, lang, take.ID, f.Get("wording")); err != nil {
			p.fail(v, err)
			return
		}
	} // else a phone repeated itself on a bad line
	if f.Get("by") != byModule {
		v.goTo(v.c.Request.URL.Path, "take")
		return
	}
	rooms := p.rooms(v, d, lang)
	w := recordView{ID: d.Announcement.ID, Code: lang, Also: also, Rooms: rooms, Voice: p.tell(v, renditionIn(d, lang), rooms), Next: p.nextToRecord(v, d.Announcement.ID, lang)}
	p.send(v, http.StatusOK, fragment{"told", w})
}

// meanwhile is who sent the recording that mine takes the place of, when the
// sender had not seen it; empty: nobody did, or the sender.
func (p *panel) meanwhile(v *visit, f *form, there, mine string) string {
	if there == "" || there == mine || !f.Has("seen") || f.Get("seen") == there {
		return ""
	}
	return p.s.otherTake(v.ctx(), v.me, there, mine)
}

func (p *panel) refuseRecord(v *visit, status int, d scheduler.Dossier, f *form) {
	if f.Get("by") != byModule {
		p.showRecord(v, status, d, f)
		return
	}
	p.send(v, status, fragment{"fault", f.faults["file_"+v.c.Param("language")]})
}

// errTrim is the fault of fields that say where a recording is to be cut.
var errTrim = errors.New("the trim cannot be read")

// trimOf reads where a person wants a recording cut, in seconds: "cut_from" and
// "cut_to", which may be left out.
func trimOf(get func(string) string) (recordings.Trim, error) {
	from, err := secondsOf(get("cut_from"))
	if err != nil {
		return recordings.Trim{}, err
	}
	to, err := secondsOf(get("cut_to"))
	return recordings.Trim{From: from, To: to}, err
}

// secondsOf reads "2.35" or "2,35"; nothing is 0.
func secondsOf(s string) (time.Duration, error) {
	s = strings.Replace(strings.TrimSpace(s), ",", ".", 1)
	if s == "" {
		return 0, nil
	}
	const most = 24 * 3600
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(n) || n < 0 || n > most {
		return 0, fmt.Errorf("%q: %w", s, errTrim)
	}
	return time.Duration(n * float64(time.Second)), nil
}
