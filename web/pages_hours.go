package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
	"loalang/speech"
)

// hoursView is the page of the hours in which a village allows sound.
type hoursView struct {
	Rows     []hoursRow
	Revision int64
	Fault    string // of the whole
}

// hoursRow is one stretch of the day, or room for another.
type hoursRow struct {
	Number   int // from 1
	From, To string
	Days     []choiceView
	Fault    string
}

// hoursRoom is how many empty rows stand below those that are there; hoursMost
// is how many there may be at all.
const (
	hoursRoom = 2
	hoursMost = 20
)

func (p *panel) registerHours(r *gin.Engine) {
	r.GET("/hours", p.allow(people.Arrange, p.hours))
	r.POST("/hours", p.allow(people.Arrange, p.saveHours))
}

// hours shows the rules as the database has them, not as they are remembered.
func (p *panel) hours(v *visit) {
	place, err := p.s.cfg.Places.Village(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	w := hoursView{Revision: place.Revision}
	for _, win := range place.Allowed {
		to := win.To.String()
		if to == midnight {
			to = "00:00" // a browser's field knows no 24:00
		}
		w.Rows = append(w.Rows, v.hoursRow(win.From.String(), to, win.Days.Has))
	}
	p.showHours(v, http.StatusOK, w)
}

// midnight is the end of the day.
const midnight = "24:00"

func (v *visit) hoursRow(from, to string, has func(d time.Weekday) bool) hoursRow {
	row := hoursRow{From: from, To: to}
	for _, d := range weekFromMonday() {
		code := weekdayCode(d)
		row.Days = append(row.Days, choiceView{Value: code, Name: v.word("weekday.short-" + code), Checked: has(d)})
	}
	return row
}

func (p *panel) showHours(v *visit, status int, w hoursView) {
	for range min(hoursRoom, hoursMost-len(w.Rows)) {
		w.Rows = append(w.Rows, v.hoursRow("", "", func(time.Weekday) bool { return true }))
	}
	for i := range w.Rows {
		w.Rows[i].Number = i + 1
	}
	p.render(v, status, "hours", view{Title: v.word("hours.title"), Tab: "plan", Data: w})
}

// saveHours takes all rows at once; one without times is none.
func (p *panel) saveHours(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	revision, err := strconv.ParseInt(f.Get("revision"), 10, 64)
	if err != nil {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	w := hoursView{Revision: revision}
	windows, wrong := v.hoursOf(f, &w)
	save := func(ctx context.Context) error {
		_, err := p.s.arrange(ctx, v.village.Key, revision, func(place *scheduler.Village) { place.Allowed = windows })
		return err
	}
	switch {
	case wrong:
	case f.goesBack():
		p.showHours(v, http.StatusOK, w)
		return
	case !p.weighed(v, f, save):
		return
	default:
		err = save(v.ctx())
	}
	switch {
	case wrong:
		p.showHours(v, http.StatusUnprocessableEntity, w)
	case err == nil:
		v.goTo("/hours", "hours")
	case errors.Is(err, scheduler.ErrRevision):
		p.problem(v, http.StatusConflict, "problem.conflict")
	default:
		p.fail(v, err)
	}
}

// hoursOf reads the rows; true: one of them is wrong, and says so.
func (v *visit) hoursOf(f *form, w *hoursView) (windows []scheduler.Window, wrong bool) {
	for i := 1; i <= hoursMost; i++ {
		n := strconv.Itoa(i)
		from, to, days := f.Get("from_"+n), f.Get("to_"+n), f.Values["day_"+n]
		if from == "" && to == "" {
			continue
		}
		row := v.hoursRow(from, to, func(d time.Weekday) bool { return slices.Contains(days, weekdayCode(d)) })
		if to == "00:00" {
			to = midnight
		}
		win, faults := readWindow(windowJSON{from, to, days})
		if len(days) == 0 {
			faults = append(faults, scheduler.Fault{Code: scheduler.FaultRequired})
		}
		if len(faults) > 0 {
			wrong, row.Fault = true, faultWords(v.lang, faults[0])
		}
		w.Rows, windows = append(w.Rows, row), append(windows, win)
	}
	return windows, wrong
}

// readWindow reads a stretch of the day from what people and programs write. No
// day is every day.
func readWindow(j windowJSON) (scheduler.Window, scheduler.Invalid) {
	var w scheduler.Window
	var faults scheduler.Invalid
	for _, t := range []struct {
		field, text string
		into        *scheduler.TimeOfDay
	}{{"from", j.From, &w.From}, {"to", j.To, &w.To}} {
		var ok bool
		if *t.into, ok = timeOfDay(t.text); !ok {
			faults = append(faults, scheduler.Fault{Field: t.field, Code: "date"})
		}
	}
	for i, name := range j.Days {
		d := slices.IndexFunc(weekFromMonday(), func(d time.Weekday) bool { return weekdayCode(d) == strings.ToLower(name) })
		if d < 0 {
			faults = append(faults, fieldFault("days", i, "", scheduler.FaultUnknown, ""))
			continue
		}
		w.Days |= 1 << weekFromMonday()[d]
	}
	if len(faults) == 0 && w.From >= w.To {
		faults = append(faults, scheduler.Fault{Field: "to", Code: scheduler.FaultOrder})
	}
	return w, faults
}

// timeOfDay reads "05:30" and "24:00".
func timeOfDay(text string) (scheduler.TimeOfDay, bool) {
	h, m, ok := strings.Cut(clockTime(text), ":")
	hour, errH := strconv.Atoi(h)
	minute, errM := strconv.Atoi(m)
	t := scheduler.TimeOfDay(60*hour + minute)
	return t, ok && errH == nil && errM == nil && t.String() == clockTime(text) && t <= 24*60
}

// arrange changes the rules of a village, if its revision is still the one that
// was read (0: whatever it is). The errors are scheduler.Invalid,
// scheduler.ErrRevision and those of the store.
func (s *Server) arrange(ctx context.Context, key string, revision int64, change func(v *scheduler.Village)) (scheduler.Village, error) {
	place, err := s.cfg.Places.Village(ctx, key)
	if err != nil {
		return place, fmt.Errorf("read village: %w", err)
	}
	if revision != 0 && revision != place.Revision {
		return place, scheduler.ErrRevision
	}
	before := place.Tongues()
	change(&place)
	if err := knownLanguages(place, before); err != nil {
		return place, err
	}
	if err := place.Validate(); err != nil {
		return place, err
	}
	if err := s.cfg.Arrange.SaveVillage(ctx, place); err != nil {
		return place, err
	}
	s.place.forget()
	s.tellChange(ctx)
	if added := place.Added(before); len(added) > 0 {
		s.speakMissing(ctx, place, added)
	}
	return s.cfg.Places.Village(ctx, key)
}

// knownLanguages refuses a language that is new to the village and that this
// program does not know: nobody could say its name.
func knownLanguages(place scheduler.Village, before []string) error {
	codes := knownCodes()
	for _, language := range place.Languages {
		if !slices.Contains(before, language) && !slices.Contains(codes, language) {
			return scheduler.Invalid{{Field: "languages", Code: scheduler.FaultUnknown, Limit: strings.Join(codes, ", ")}}
		}
	}
	return nil
}

// knownCodes are the languages that this program knows, by code.
func knownCodes() []string {
	var codes []string
	for _, l := range speech.Languages() {
		codes = append(codes, l.Code)
	}
	return codes
}

// typedSeconds reads a length that people wrote in seconds, with a point or a comma;
// nothing is none.
func typedSeconds(text string) (time.Duration, bool) {
	text = strings.Replace(strings.TrimSpace(text), ",", ".", 1)
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n <= 1000) {
		return 0, false
	}
	return time.Duration(n * float64(time.Second)).Round(time.Millisecond), true
}
