package web

import (
	"context"
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
	"loalang/scheduler"
)

// slotsView is the page of all slots.
type slotsView struct {
	Rows []slotRow
}

// slotRow is one slot in a line or two.
type slotRow struct {
	ID, Name, Sub string
	Notes         []string
	Clashes       []string // with which slots it overlaps
	Room          stateView
}

// slotView is the form of one slot.
type slotView struct {
	ID, Name, Start, Length, Limit string
	Revision                       int64
	Days                           []choiceView
	Openings, Closings             []choiceView
	Seasons                        []seasonRow
	DaysOff                        []dayOffRow
	Relays                         []string
	Faults                         map[string]string
	Room                           *stateView // what it holds for notices
	Clashes                        []string   // with which slots it overlaps
}

// seasonRow is one season, or room for another; days as people write them, 15/11.
type seasonRow struct {
	Number          int // from 1
	From, To, Start string
	Fault           string
}

// dayOffRow is one day, or room for another.
type dayOffRow struct {
	Number      int
	Date, Start string
	Fault       string
}

// How many rows a form has, and how many of them are empty.
const (
	seasonsMost = 6
	daysOffMost = 400 // as many as a slot may have: a form must give back all that it was given
	daysOffRoom = 2
	newSlot     = "new"
)

func (p *panel) registerSlots(r *gin.Engine) {
	r.GET("/slots", p.allow(people.Arrange, p.showSlots))
	r.GET("/slots/:id", p.allow(people.Arrange, p.editSlot))
	r.POST("/slots/:id", p.allow(people.Arrange, p.saveSlot))
	r.POST("/slots/:id/remove", p.allow(people.Arrange, p.removeSlot))
	r.POST("/moved/seen", p.allow(people.Write, p.seeMoved))
}

func (p *panel) showSlots(v *visit) {
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	var w slotsView
	book, err := p.s.cfg.AsRun.Book(v.ctx(), v.village.Key, v.now)
	if err != nil {
		p.fail(v, err)
		return
	}
	for _, sl := range slots {
		row := slotRow{ID: sl.ID, Name: v.slotName(sl), Sub: upper(v.weekdays(sl.Days)) + ", " + v.span(sl.Length)}
		if sl.Limit > 0 {
			row.Notes = append(row.Notes, v.word("slots.limited", v.span(sl.Limit)))
		}
		for _, x := range sl.Seasons {
			row.Notes = append(row.Notes, v.word("slots.in-season", monthDayText(x.From), monthDayText(x.To), x.Start.String()))
		}
		today := v.civilOf(v.now)
		for _, x := range sl.DaysOff {
			if civil(x.Date) < civil(today) {
				continue
			}
			if x.Off {
				row.Notes = append(row.Notes, v.word("slots.off-on", v.dateOf(x.Date)))
			} else {
				row.Notes = append(row.Notes, v.word("slots.moved-on", v.dateOf(x.Date), x.Start.String()))
			}
		}
		room, err := p.s.slotRoomIn(v.ctx(), v.now, book, sl)
		if err != nil {
			p.fail(v, err)
			return
		}
		row.Room = v.roomView(room)
		row.Clashes, _ = v.clashesOf(sl, slots, v.now)
		w.Rows = append(w.Rows, row)
	}
	p.show(v, "slots", view{Title: v.word("slots.title"), Tab: "more", Data: w})
}

func monthDayText(d scheduler.MonthDay) string { return fmt.Sprintf("%d/%d", d.Day, int(d.Month)) }

// roomView says what a slot holds, as a warning when that is nothing.
func (v *visit) roomView(r scheduler.SlotRoom) stateView {
	if r.Cause != "" {
		return stateView{Class: "wait", Icon: "nhac", Text: v.roomWords(r)}
	}
	return stateView{Class: "ok", Icon: "tot", Text: v.roomWords(r)}
}

// editSlot shows the form of one slot as the database has it, or an empty one.
func (p *panel) editSlot(v *visit) {
	sl, ok := p.slotOf(v)
	if !ok {
		return
	}
	p.showSlot(v, http.StatusOK, v.slotTyped(sl), sl)
}

// slotOf is the slot of the address; a new one has no revision. False: the answer was
// given.
func (p *panel) slotOf(v *visit) (scheduler.Slot, bool) {
	if v.c.Param("id") == newSlot {
		return scheduler.Slot{Owned: p.owned(v, p.s.cfg.NewID()), Start: 17 * 60, Length: 30 * time.Minute}, true
	}
	sl, err := p.s.slot(v.ctx(), v.village.Key, v.c.Param("id"))
	if err != nil {
		p.fail(v, err)
		return sl, false
	}
	return sl, true
}

// slotTyped is a slot as people would have typed it.
func (v *visit) slotTyped(sl scheduler.Slot) *form {
	f := emptyForm()
	minutes := func(d time.Duration) string {
		return strings.Replace(strconv.FormatFloat(math.Round(d.Minutes()*100)/100, 'f', -1, 64), ".", ",", 1)
	}
	f.Set("name", sl.Name)
	f.Set("start", sl.Start.String())
	f.Set("length", minutes(sl.Length))
	if sl.Limit > 0 {
		f.Set("limit", minutes(sl.Limit))
	}
	f.Set("opening", sl.Opening)
	f.Set("closing", sl.Closing)
	f.Set("revision", strconv.FormatInt(sl.Revision, 10))
	for _, d := range weekFromMonday() {
		if sl.Days.Has(d) {
			f.Add("day", weekdayCode(d))
		}
	}
	for i, x := range sl.Seasons {
		n := strconv.Itoa(i + 1)
		f.Set("season_from_"+n, monthDayText(x.From))
		f.Set("season_to_"+n, monthDayText(x.To))
		f.Set("season_start_"+n, x.Start.String())
	}
	for i, x := range sl.DaysOff {
		n := strconv.Itoa(i + 1)
		f.Set("off_date_"+n, civil(x.Date))
		if !x.Off {
			f.Set("off_start_"+n, x.Start.String())
		}
	}
	return f
}

// showSlot draws the form.
func (p *panel) showSlot(v *visit, status int, f *form, sl scheduler.Slot) {
	w := slotView{
		ID: v.c.Param("id"), Name: f.Get("name"), Start: f.Get("start"), Length: f.Get("length"), Limit: f.Get("limit"), Faults: f.faults,
		Openings: p.sounds(v, f.Get("opening")), Closings: p.sounds(v, f.Get("closing")),
	}
	w.Revision, _ = strconv.ParseInt(f.Get("revision"), 10, 64) //nolint:errcheck // it was read before, or is none
	for _, d := range weekFromMonday() {
		code := weekdayCode(d)
		w.Days = append(w.Days, choiceView{Value: code, Name: v.word("weekday.short-" + code), Checked: slices.Contains(f.Values["day"], code)})
	}
	seasons, days := f.rows("season_from_", seasonsMost), f.rows("off_date_", daysOffMost)
	for i := 1; i <= min(seasons+1, seasonsMost); i++ {
		n := strconv.Itoa(i)
		w.Seasons = append(w.Seasons, seasonRow{i, f.Get("season_from_" + n), f.Get("season_to_" + n), f.Get("season_start_" + n), f.faults["season_"+n]})
	}
	for i := 1; i <= min(days+daysOffRoom, daysOffMost); i++ {
		n := strconv.Itoa(i)
		w.DaysOff = append(w.DaysOff, dayOffRow{i, f.Get("off_date_" + n), f.Get("off_start_" + n), f.faults["off_"+n]})
	}
	for _, r := range sl.Relays {
		w.Relays = append(w.Relays, v.word("slots.relayed-at", fixedTime(sl.Start, r.Offset), v.span(r.Length)))
	}
	w.Room, w.Clashes = p.roomOf(v, f, sl), p.clashesOf(v, f, sl)
	title := v.word("slots.edit")
	if w.ID == newSlot {
		title = v.word("slots.add")
	}
	p.render(v, status, "slot", view{Title: title, Tab: "more", Data: w})
}

// roomOf says what a slot as it was typed holds; nil: nothing is known of it.
func (p *panel) roomOf(v *visit, f *form, sl scheduler.Slot) *stateView {
	if len(f.faults) > 0 || sl.Validate() != nil {
		return nil
	}
	room, err := p.s.slotRoom(v.ctx(), sl)
	if err != nil {
		p.s.cfg.Logger.Error("what a slot holds could not be found out", "slot", sl.ID, "err", err)
		return nil
	}
	said := v.roomView(room)
	return &said
}

// clashesOf words with which slots a slot overlaps as it was typed.
func (p *panel) clashesOf(v *visit, f *form, sl scheduler.Slot) []string {
	if len(f.faults) > 0 || sl.Validate() != nil {
		return nil
	}
	slots, err := p.s.cfg.Places.Slots(v.ctx(), sl.Village)
	if err != nil {
		p.s.cfg.Logger.Error("what a slot overlaps could not be found out", "slot", sl.ID, "err", err)
		return nil
	}
	said, _ := v.clashesOf(sl, slots, v.now)
	return said
}

// rows is the number of the last row that was filled in.
func (f *form) rows(field string, most int) int {
	for i := most; i > 0; i-- {
		if f.Get(field+strconv.Itoa(i)) != "" {
			return i
		}
	}
	return 0
}

// fixedTime is the time of day of a fixed position: "17:10".
func fixedTime(start scheduler.TimeOfDay, offset time.Duration) string {
	at := time.Date(2000, 1, 1, 0, int(start), 0, 0, time.UTC).Add(offset)
	if at.Second() != 0 {
		return at.Format(time.TimeOnly)
	}
	return at.Format("15:04")
}

// saveSlot keeps a slot, or shows first what that would make of the plan.
func (p *panel) saveSlot(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	old, ok := p.slotOf(v)
	if !ok {
		return
	}
	sl := v.readSlot(f, old)
	if sl.Revision, err = strconv.ParseInt(f.Get("revision"), 10, 64); err != nil {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	if len(f.faults) > 0 {
		p.showSlot(v, http.StatusUnprocessableEntity, f, sl)
		return
	}
	save := func(ctx context.Context) error { _, err := p.s.saveSlot(ctx, sl, old.Start); return err }
	if f.goesBack() {
		p.showSlot(v, http.StatusOK, f, sl)
		return
	}
	v.beside = p.roomOf(v, f, sl)
	look := f.Get("preview") != "" && f.Get(seenAnswer) != "save"
	ask := p.weighed
	if look {
		ask = p.sure
	}
	switch {
	case !ask(v, f, save):
		return
	case !look:
		err = save(v.ctx())
	default: // its faults say why there is nothing to look at
		if _, err = p.s.checkSlot(v.ctx(), sl, old.Start); err == nil {
			p.problem(v, http.StatusServiceUnavailable, "problem.unavailable")
			return
		}
	}
	p.slotSaved(v, f, sl, err)
}

// slotSaved answers a form by what became of it.
func (p *panel) slotSaved(v *visit, f *form, sl scheduler.Slot, err error) {
	var faults scheduler.Invalid
	switch {
	case errors.As(err, &faults):
		for _, fault := range faults {
			field, _, _ := strings.Cut(fault.Field, "[")
			f.fault(field, faultWords(v.lang, fault))
		}
		p.showSlot(v, http.StatusUnprocessableEntity, f, sl)
	case errors.Is(err, scheduler.ErrRevision):
		p.problem(v, http.StatusConflict, "problem.conflict")
	case err != nil:
		p.fail(v, err)
	default:
		v.goTo("/slots", "slot-saved")
	}
}

func (p *panel) removeSlot(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	sl, err := p.s.slot(v.ctx(), v.village.Key, v.c.Param("id"))
	remove := func(ctx context.Context) error { return p.s.removeSlot(ctx, sl) }
	switch {
	case err != nil:
	case f.goesBack():
		v.goTo("/slots", "")
		return
	case !p.weighedTo(v, f, "slots.remove", remove):
		return
	default:
		err = remove(v.ctx())
	}
	if err != nil && !isMissing(err) { // removed before: as wished
		p.fail(v, err)
		return
	}
	v.took(p, "slots", sl.ID)
	v.goTo("/slots", "slot-removed")
}
