package web

import (
	"context"
	"errors"
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

// relaysView is the page of what slots relay.
type relaysView struct {
	Slots    []relaySlotView
	Stations bool // there is one to choose
}

// relaySlotView is the form of one slot.
type relaySlotView struct {
	ID, Name string
	Revision int64
	Rows     []relayRow
	Fault    string
}

// relayRow is one relay, or room for another.
type relayRow struct {
	Key                         string // makes its fields' names unique on the page
	Number                      int    // from 1
	At, Length, Patience        string
	Stations, Sounds, Fallbacks []choiceView
	Keeps                       bool
}

// relayRoom is how many empty rows stand below those that are there, relayMost how
// many a form may have.
const (
	relayRoom = 1
	relayMost = 12
)

func (p *panel) registerRelays(r *gin.Engine) {
	r.GET("/relays", p.allow(people.Arrange, func(v *visit) { p.showRelays(v, http.StatusOK, "", nil) }))
	r.POST("/relays/:id", p.allow(people.Arrange, p.saveRelays))
	r.GET("/stations", p.allow(people.Administer, func(v *visit) { p.showStations(v, http.StatusOK, stationsView{}) }))
	r.POST("/stations", p.allow(people.Administer, p.saveStation))
	r.POST("/stations/:id/remove", p.allow(people.Administer, p.removeStation))
	r.POST("/stations/:id/try", p.allow(people.Administer, p.tryStation))
}

// showRelays draws every slot; that of the ID wrong as it was just typed.
func (p *panel) showRelays(v *visit, status int, wrong string, f *form) {
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	stations, err := p.s.cfg.Stations.Stations(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	w := relaysView{Stations: len(stations) > 0 || len(p.fixedSounds(v, "")) > 0}
	for _, sl := range slots {
		s := relaySlotView{ID: sl.ID, Name: v.slotName(sl), Revision: sl.Revision}
		typed := relaysAsTyped(sl)
		if sl.ID == wrong {
			typed, s.Fault = f.relays(), f.faults["relays"]
		}
		for range min(relayRoom, relayMost-len(typed)) {
			typed = append(typed, typedRelay{})
		}
		for i, t := range typed {
			s.Rows = append(s.Rows, relayRow{
				Key: sl.ID + "-" + strconv.Itoa(i+1), Number: i + 1, At: t.at, Length: t.length, Patience: t.patience, Keeps: t.keeps,
				Stations: stationChoices(stations, t.station), Sounds: p.fixedSounds(v, t.station), Fallbacks: p.sounds(v, t.fallback),
			})
		}
		w.Slots = append(w.Slots, s)
	}
	p.render(v, status, "relays", view{Title: v.word("relays.title"), Tab: "more", Data: w})
}

// typedRelay is a row as people write it: a time of day, minutes, and seconds of
// patience. A recording stands in the place of a station behind soundMark.
type typedRelay struct {
	station, at, length, fallback, patience string
	keeps                                   bool
}

// soundMark tells recordings from stations in the list of what may sound at a fixed
// time.
const soundMark = "sound:"

// fixedSounds are the recordings that may sound at a fixed time.
func (p *panel) fixedSounds(v *visit, chosen string) []choiceView {
	chosen, there := strings.CutPrefix(chosen, soundMark)
	if !there {
		chosen = ""
	}
	all := p.sounds(v, chosen)
	for i := range all {
		all[i].Value = soundMark + all[i].Value
	}
	return all
}

// offsetOf is how long after the start of a slot a time of day lies; false when it
// cannot be read.
func offsetOf(start scheduler.TimeOfDay, at string) (time.Duration, bool) {
	t, err := time.Parse("15:04", clockTime(at))
	if err != nil {
		if t, err = time.Parse(time.TimeOnly, at); err != nil {
			return 0, false
		}
	}
	day := 24 * time.Hour
	of := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
	return (of - time.Duration(start)*time.Minute + day) % day, true
}

func relaysAsTyped(sl scheduler.Slot) []typedRelay {
	number := func(x float64) string { return strconv.FormatFloat(math.Round(x*1000)/1000, 'f', -1, 64) } // to 60 ms
	var out []typedRelay
	for _, r := range sl.Relays {
		t := typedRelay{r.Station, fixedTime(sl.Start, r.Offset), number(r.Length.Minutes()), r.Fallback, "", r.Keeps}
		if r.Recording != "" {
			t.station, t.length = soundMark+r.Recording, ""
		}
		if r.Patience > 0 {
			t.patience = number(r.Patience.Seconds())
		}
		out = append(out, t)
	}
	return out
}

// relays are the rows of the form that name a station.
func (f *form) relays() []typedRelay {
	var out []typedRelay
	for i := range relayMost {
		n := "_" + strconv.Itoa(i+1)
		if f.Get("station"+n) != "" {
			out = append(out, typedRelay{f.Get("station" + n), f.Get("at" + n), f.Get("length" + n), f.Get("fallback" + n), f.Get("patience" + n), f.Get("keeps"+n) != ""})
		}
	}
	return out
}

// read makes a relay of a row; false: a number or the time cannot be read.
func (t typedRelay) read(start scheduler.TimeOfDay) (scheduler.SlotRelay, bool) {
	r := scheduler.SlotRelay{Station: t.station, Fallback: t.fallback, Keeps: t.keeps}
	if sound, is := strings.CutPrefix(t.station, soundMark); is {
		r = scheduler.SlotRelay{Recording: sound, Keeps: t.keeps}
		t.length, t.patience = "", ""
	}
	var ok bool
	r.Offset, ok = offsetOf(start, t.at)
	for _, n := range []struct {
		text string
		unit time.Duration
		into *time.Duration
	}{{t.length, time.Minute, &r.Length}, {t.patience, time.Second, &r.Patience}} {
		text := strings.ReplaceAll(strings.TrimSpace(n.text), ",", ".")
		if text == "" {
			continue
		}
		x, err := strconv.ParseFloat(text, 64)
		ok = ok && err == nil && x >= 0 && x < 10000
		*n.into = time.Duration(math.Round(x*n.unit.Seconds()*10)) * 100 * time.Millisecond
	}
	return r, ok
}

func stationChoices(stations []scheduler.Station, chosen string) []choiceView {
	var out []choiceView
	for _, st := range stations {
		out = append(out, choiceView{Value: st.ID, Name: st.Name, Checked: st.ID == chosen})
	}
	return out
}

// sounds are the recordings that may stand under or in for something; one that
// was chosen is among them whatever became of it.
func (p *panel) sounds(v *visit, chosen string) []choiceView {
	rs, err := p.s.cfg.Shelf.Recordings(v.ctx(), v.village.Key, "", 200)
	if err != nil {
		return nil // the question can be answered without: it is then what it was
	}
	var out []choiceView
	for _, r := range rs {
		out = append(out, choiceView{Value: r.ID, Name: r.Title, Checked: r.ID == chosen})
	}
	if chosen != "" && !slices.ContainsFunc(out, func(c choiceView) bool { return c.Checked }) {
		out = append(out, choiceView{Value: chosen, Name: chosen, Checked: true})
	}
	return out
}

// saveRelays takes all rows of one slot at once.
func (p *panel) saveRelays(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	i := slices.IndexFunc(slots, func(sl scheduler.Slot) bool { return sl.ID == v.c.Param("id") })
	revision, err := strconv.ParseInt(f.Get("revision"), 10, 64)
	if i < 0 || err != nil {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	var relays []scheduler.SlotRelay
	for _, t := range f.relays() {
		r, ok := t.read(slots[i].Start)
		if !ok {
			f.fault("relays", v.word("fault.syntax"))
		}
		relays = append(relays, r)
	}
	save := func(ctx context.Context) error { return p.s.saveRelays(ctx, slots[i], revision, relays) }
	switch {
	case len(f.faults) > 0:
	case f.goesBack():
		p.showRelays(v, http.StatusOK, slots[i].ID, f)
		return
	case !p.weighed(v, f, save):
		return
	default:
		err = save(v.ctx())
	}
	var faults scheduler.Invalid
	switch {
	case errors.As(err, &faults):
		v.faults(f, faults, "relays")
		fallthrough
	case len(f.faults) > 0:
		p.showRelays(v, http.StatusUnprocessableEntity, slots[i].ID, f)
	case errors.Is(err, scheduler.ErrRevision):
		p.problem(v, http.StatusConflict, "problem.conflict")
	case err != nil:
		p.fail(v, err)
	default:
		v.goTo("/relays", "relays-saved")
	}
}
