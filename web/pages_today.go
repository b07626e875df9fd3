package web

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/hardware"
	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// todayView is the first page.
type todayView struct {
	Key                  string // what sounds; the page's module reloads when it changes
	Day                  int
	Date, Weekday, Month string
	Lunar                lunarView
	Emergency            *scheduler.Emergency
	Lost                 *stateView // what is being sent is not heard; nil: it is, or nobody listens
	OnAir                *onAirView
	Meter                string // percent
	Next                 string
	Volume               *volumeView // nil: it is not for the visitor to turn
	Health               []stateView
	Waiting              string
	Again                *againOffer // nil: yesterday's slots aired nothing
	Ribbon               ribbonView
	Rows                 []dayRow
	RestDay              string       // its date
	Drill                *drillNotice // nil: none sounds, and none is due today
	Rest                 string       // that the day has more lines, which its page shows; empty: all are here
	Concerns             concernsView
}

// onAirView is the occurrence for which the amplifier is on.
type onAirView struct {
	Occurrence string
	Title      string
	Line       string // what of it sounds
	State      stateView
	Yields     bool // to an emergency: nothing of it is heard, and when it goes on is not known
	Left       string
	Ends       string // RFC 3339 with milliseconds
}

func (p *panel) registerToday(r *gin.Engine) {
	r.GET("/", p.front)
	r.POST("/air/stop", p.allow(people.Plan, p.stopAir))
	r.POST("/clock", p.allow(people.Plan, p.tellClock))
}

func (p *panel) today(v *visit) {
	air := p.s.cfg.Air.Air()
	book, err := p.dayBook(v, v.now)
	w := view{Title: v.word("nav.today"), Tab: "today", Script: "home.js"}
	if err != nil && !isDamage(err) { // of damage every page tells
		p.s.cfg.Logger.Error("the day could not be read", "err", err)
		w.Refused = v.word("problem.unavailable")
	}
	book.doing = doingOf(air, v.now)
	t := p.todayView(v, air, book)
	t.Concerns = v.concernsOf(p.moved(v, ""), p.wanting(v))
	w.Data = t
	if v.c.Query("part") == "live" {
		w.Village, w.Me, w.SignedIn, w.Clock = v.village, v.me, true, p.clockView(v, "/")
		p.send(v, http.StatusOK, fragment{"live", w})
		return
	}
	p.show(v, "today", w)
}

// dayBook reads what is known of the day of t. What could be read is in it
// also when there is an error.
func (p *panel) dayBook(v *visit, t time.Time) (dayBook, error) {
	b := dayBook{phrase: v.phrase, now: v.now, day: t, village: v.village}
	from, to := b.bounds()
	var errs [3]error
	b.runs, errs[0] = p.s.cfg.AsRun.AsRuns(v.ctx(), v.village.Key, from, to)
	b.plan, errs[1] = p.s.cfg.AsRun.Published(v.ctx(), v.village.Key)
	b.slots, errs[2] = p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	return b, errors.Join(errs[:]...)
}

func (p *panel) todayView(v *visit, air playout.Air, b dayBook) todayView {
	local := v.now.In(v.loc)
	t := todayView{
		Key: airKey(air), Day: local.Day(), Date: v.date(v.now), Weekday: upper(v.weekday(local.Weekday())), Month: v.month(v.now), Lunar: v.lunar(v.now),
		Emergency: air.Emergency, OnAir: v.onAir(air), Meter: meterPercent(air),
		Next: v.next(b), Health: slices.Concat(v.health(air), p.monitorHealth(v), p.voiceHealth(v), p.dataHealth(v)),
		Waiting: v.word("do.record-sub"),
		Ribbon:  b.ribbon(), Rows: b.rows(),
	}
	t.Drill = v.drillNotice(air, b)
	if air.Lost != nil {
		t.Lost = new(v.lostState(air.Lost))
	}
	if p.s.cfg.Loudness != nil && v.may(people.Plan) {
		t.Volume = new(v.volume())
	}
	if v.may(people.Plan) {
		t.Again = p.againOffer(v, b.slots)
	}
	t.Rows, t.Rest = b.aroundNow(t.Rows)
	t.RestDay = local.Format(time.DateOnly)
	if v.lang == english {
		t.Weekday = local.Weekday().String()
	}
	return t
}

// airKey changes when the page should be drawn anew: another occurrence or
// part, an emergency, the state of the board. The page's module makes the same
// of the API's event.
func airKey(a playout.Air) string {
	j := airOf(a, vietnamese)
	dead := ""
	if j.DeadAir != nil {
		dead = j.DeadAir.Occurrence
	}
	key := []string{
		emergencyKey(a), "", "", "", "", dead, strconv.FormatBool(j.Up), strconv.FormatBool(j.Audible), j.Trouble, strconv.FormatBool(j.Fault != ""), strings.Join(j.Weak, "+"),
		strconv.FormatBool(j.Amp.Keyed), j.Amp.Fault, j.Amp.Bypass, j.Clock.Trust,
	}
	if j.Drill != nil {
		key = append(key, "drill "+j.Drill.Occurrence)
	}
	if j.Lost != nil {
		key = append(key, "lost "+j.Lost.Occurrence+" "+j.Lost.Heard)
	}
	if on := j.OnAir; on != nil {
		key[1], key[2], key[3], key[4] = on.Occurrence, j.State, on.Part, on.Language
	}
	return strings.Join(key, "/")
}

// emergencyKey changes with the emergencies only: their page must not move under
// a finger that is about to stop them.
func emergencyKey(a playout.Air) string {
	ids := make([]string, len(a.Emergencies))
	for i, e := range a.Emergencies {
		ids[i] = e.ID
	}
	return strings.Join(ids, "+")
}

// meterPercent draws −60 dBFS as nothing and 0 dBFS as full.
func meterPercent(a playout.Air) string {
	level := float64(a.Output.Levels.RMS)
	if !a.Output.Up {
		level = -120
	}
	return strconv.Itoa(int(math.Round(min(max((level+60)/60, 0), 1) * 100)))
}

func (v *visit) onAir(a playout.Air) *onAirView {
	if a.OnAir == nil {
		return nil
	}
	o := a.OnAir
	line := v.word("air.everywhere")
	switch {
	case o.Language != "":
		line = v.language(o.Language) + ", " + line
	case o.Part != "":
		line = v.word("part."+string(o.Part)) + ", " + line
	}
	state := stateView{Icon: "loa", Text: v.word("air.playing")}
	switch {
	case a.Emergency != nil:
		state = stateView{Icon: "cho", Text: v.word("air.yielding")}
	case o.Started.IsZero():
		state.Text = v.word("air.settling")
	}
	left := max(o.Ends.Sub(v.now), 0)
	return &onAirView{
		Occurrence: o.Occurrence.ID, Title: o.Occurrence.Title, Line: upper(line), State: state, Yields: a.Emergency != nil,
		Left: length(left), Ends: o.Ends.UTC().Format("2006-01-02T15:04:05.000Z"),
	}
}

// next says what the village hears next.
func (v *visit) next(b dayBook) string {
	for _, o := range b.plan.Occurrences {
		if o.Due.After(v.now) && !framing(o.Kind) {
			return v.word("air.next", v.at(o.Due, v.now), o.Title)
		}
	}
	if v.may(people.Write) {
		return v.word("air.nothing-next") + " " + v.word("air.begin", v.word("do.write"))
	}
	return v.word("air.nothing-next")
}

// health is the board in three short sentences: clock, sound, amplifier.
func (v *visit) health(a playout.Air) []stateView {
	return []stateView{v.clockState(a), v.soundState(a), v.ampState(a)}
}

// monitorHealth is a sentence about the monitor input, where there is one and it does
// not do its work.
func (p *panel) monitorHealth(v *visit) []stateView {
	m := p.s.monitorState()
	if m == nil {
		return nil
	}
	if line := v.monitorLine(m); line.Class != "ok" {
		return []stateView{line}
	}
	return nil
}

// voiceHealth is a sentence for each voice that does not speak.
func (p *panel) voiceHealth(v *visit) (states []stateView) {
	for _, t := range p.s.cfg.Prompter.Troubles() {
		states = append(states, stateView{"wait", "loa", v.troubleOf(t, v.now)})
	}
	return states
}

func (v *visit) clockState(a playout.Air) stateView {
	s := stateView{Class: "ok", Icon: "gio", Text: v.word("clock." + string(a.Clock.Trust))}
	if !a.Clock.Trusted() {
		s.Class, s.Text = "bad", v.word("clock.unknown-so")
	}
	return s
}

func (v *visit) soundState(a playout.Air) stateView {
	switch {
	case !a.Output.Up && a.Output.Trouble != "":
		return stateView{"bad", "song", v.word("trouble." + string(a.Output.Trouble))}
	case !a.Output.Up:
		return stateView{"bad", "song", v.word("sound.down")}
	case a.DeadAir != nil:
		return stateView{"bad", "song", v.word("sound.dead", a.DeadAir.Title, v.clock(a.DeadAir.Since))}
	case a.Lost != nil:
		return v.lostState(a.Lost)
	case !a.Output.Audible:
		return stateView{"wait", "song", v.word("sound.inaudible")}
	case len(a.Output.Weak) > 0:
		var all []string
		for _, w := range a.Output.Weak {
			all = append(all, v.word("sound.weak."+string(w)))
		}
		return stateView{"wait", "song", strings.Join(all, ". ")}
	case a.Output.Fault != "":
		return stateView{"wait", "song", v.word("sound.weak")}
	}
	return stateView{"ok", "song", v.word("sound.good")}
}

func (v *visit) ampState(a playout.Air) stateView {
	switch {
	case a.Amp.Bypass.On:
		return stateView{"bad", "amli", v.word("amp.bypass")}
	case a.Amp.Fault != "":
		return stateView{"bad", "amli", v.ampFault(a.Amp)}
	case a.Amp.Bypass.Fault != "":
		return stateView{"wait", "amli", v.word("amp.bypass-unknown")}
	case a.Amp.Simulated && a.Amp.Keyed:
		return stateView{"wait", "amli", v.word("amp.simulated-on")}
	case a.Amp.Simulated:
		return stateView{"wait", "amli", v.word("amp.simulated")}
	case a.Amp.Keyed:
		return stateView{"ok", "amli", v.word("amp.on")}
	}
	return stateView{"ok", "amli", v.word("amp.off")}
}

// ampFault says what is wrong with the amplifier, or with a zone, and what to do.
func (p phrase) ampFault(a hardware.AmpState) string {
	if a.Trouble == hardware.NoTrouble {
		return p.word("amp.fault", a.Fault)
	}
	said := p.word("amp-trouble."+string(a.Trouble), a.Fault)
	for _, z := range a.Zones {
		if z.Fault != "" && z.Trouble == a.Trouble && strings.HasPrefix(a.Fault, z.Name+": ") {
			return p.word("amp.zone-fault", z.Name, p.word("amp-trouble."+string(a.Trouble), z.Fault))
		}
	}
	return said
}

// zoneStates are the zones, each with what is wrong with it.
func (v *visit) zoneStates(a hardware.AmpState) []stateView {
	var all []stateView
	for _, z := range a.Zones {
		s := stateView{"ok", "amli", v.word("amp.zone-off", z.Name)}
		switch {
		case z.Fault != "":
			s = stateView{"bad", "amli", v.word("amp.zone-fault", z.Name, v.ampFault(z.AmpState))}
		case z.Keyed:
			s.Text = v.word("amp.zone-on", z.Name)
		}
		all = append(all, s)
	}
	return all
}

func (p *panel) stopAir(v *visit) {
	err := p.s.cfg.Air.Stop(v.ctx(), v.c.PostForm("occurrence"), v.me.Name)
	if errors.Is(err, playout.ErrNotOnAir) {
		v.goTo("/", "air-over")
		return
	}
	if err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/", "stopped")
}

// tellClock takes a person's word for the time. The phone's module sends its
// exact instant in "at"; without it the civil fields count.
func (p *panel) tellClock(v *visit) {
	at, err := time.Parse(time.RFC3339, v.c.PostForm("at"))
	if err != nil {
		at, err = v.civilTime(v.c.PostForm("date"), v.c.PostForm("time"))
	}
	back, refused := localPath(v.c.PostForm("back")), "clock"
	if err == nil {
		if refused, err = p.s.believe(v.ctx(), at, v.me.Name); err != nil {
			p.s.cfg.Logger.Error("the time could not be set", "err", err)
			refused = "clock"
		}
	}
	if refused != "" {
		v.c.Redirect(http.StatusSeeOther, withQuery(back, "refused", refused))
		return
	}
	v.c.Redirect(http.StatusSeeOther, withQuery(back, "told", "clock"))
}

// civilTime reads what date and time inputs write, in the village's zone.
func (v *visit) civilTime(date, clock string) (time.Time, error) {
	layout := "2006-01-02 15:04"
	if len(clock) > len("15:04") {
		layout = "2006-01-02 15:04:05"
	}
	return time.ParseInLocation(layout, date+" "+clock, v.loc)
}
