package web

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"loalang/hardware"
	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// soundView is the page about the amplifier and how loud the board is.
type soundView struct {
	States   []stateView // amplifier, zones, LED, volume
	Loudness string
	Fixed    bool
	None     bool // no card has a control
	Unlisted bool // not all could be asked
	Controls []controlView
	Changed  string // who chose it, and when
	mixerForm
}

// mixerForm is what is filled in of the form about the volume control.
type mixerForm struct {
	Chosen   string // CARD:CONTROL; empty: digitally
	Usual    string // dB, as it was typed
	Wrong    string // with them
	Unchosen string // why there is no choice to keep
}

// controlView is a volume control that may be chosen.
type controlView struct {
	Value, Name, Note string
	Checked, Deaf     bool
}

// panicView is the page about the panic button.
type panicView struct {
	State    stateView
	About    string // how it is held
	Deeds    []choiceView
	Messages []choiceView
	Seconds  []choiceView
	Zones    []choiceView
	Life     string // minutes
	Faults   map[string]string
	PIN      pinView
	Changed  string
}

func (p *panel) registerSound(r *gin.Engine) {
	if p.s.cfg.Knobs == nil {
		return
	}
	r.GET("/sound", p.allow(people.Arrange, p.sound))
	r.POST("/sound", p.allow(people.Arrange, p.saveMixer))
	r.GET("/button", p.allow(people.Alarm, p.button))
	r.POST("/button", p.allow(people.Alarm, p.saveButton))
}

func (p *panel) sound(v *visit) {
	k := p.s.cfg.Knobs.Knobs(v.ctx(), true)
	usual := k.Mixer.Usual
	if k.Mixer.Card == "" {
		usual = 0
	}
	p.showSound(v, http.StatusOK, k, mixerForm{Chosen: mixerValue(k.Mixer.Card, k.Mixer.Control), Usual: strconv.FormatFloat(usual, 'f', -1, 64)})
}

// mixerValue names a control in a form.
func mixerValue(card, control string) string {
	if card == "" {
		return ""
	}
	return card + ":" + control
}

func (p *panel) showSound(v *visit, status int, k KnobsState, f mixerForm) {
	air := p.s.cfg.Air.Air()
	if k.Fault != "" { // people are told what to do
		p.s.cfg.Logger.Warn("volume controls could not be listed", "err", k.Fault)
	}
	w := soundView{Fixed: k.Fixed, Unlisted: k.Fault != "", mixerForm: f, Controls: v.controlViews(k, f.Chosen)}
	w.None = len(w.Controls) == 0
	w.States = slices.Concat(v.ampStates(air), []stateView{v.ledState(k.LED), v.faderState(k)})
	w.Loudness = v.word("volume.usual")
	if k.Loudness.Wanted != 0 {
		w.Loudness = v.word("volume.is", signed(k.Loudness.Wanted))
	}
	if k.Mixer.By != "" {
		w.Changed = v.word("sound.changed", k.Mixer.By, v.at(k.Mixer.At, v.now))
	}
	p.render(v, status, "sound", view{Title: v.word("settings.sound"), Tab: "more", Path: "/sound", Data: w})
}

// controlViews are the controls that may be chosen: those that are there, and one that was
// chosen and is not, for a form without it would give up the choice.
func (v *visit) controlViews(k KnobsState, chosen string) (list []controlView) {
	for _, c := range k.Controls {
		value := mixerValue(c.Card.ID, c.Control.Name)
		one := controlView{Value: value, Name: c.Control.Name + " – " + c.Card.Name, Checked: value == chosen}
		if math.IsNaN(c.Control.Level) {
			one.Deaf = !one.Checked // what is disabled is not sent
			one.Note = v.word("sound.deaf")
		} else {
			one.Note = v.word("sound.level", c.Control.Percent, v.number(c.Control.Level))
		}
		if c.Control.Muted {
			one.Note += " · " + v.word("sound.muted")
		}
		list = append(list, one)
	}
	for _, value := range slices.Compact([]string{mixerValue(k.Mixer.Card, k.Mixer.Control), chosen}) {
		if value != "" && !k.lists(value) {
			card, control, _ := strings.Cut(value, ":")
			list = append(list, controlView{Value: value, Name: control + " – " + card, Note: v.word("sound.gone"), Checked: value == chosen})
		}
	}
	return list
}

// lists says whether a control of a form is there.
func (k KnobsState) lists(value string) bool {
	return slices.ContainsFunc(k.Controls, func(c CardControl) bool { return mixerValue(c.Card.ID, c.Control.Name) == value })
}

// ampStates are the amplifier and its zones as the page about the machine has them.
func (v *visit) ampStates(air playout.Air) []stateView {
	return append([]stateView{v.ampState(air)}, v.zoneStates(air.Amp)...)
}

// ledState says what the status LED shows.
func (v *visit) ledState(l hardware.LEDLook) stateView {
	switch {
	case !l.Fitted:
		return stateView{"", "may", v.word("sound.no-led")}
	case l.Fault != "":
		return stateView{"bad", "lo", v.word("sound.led-fault")}
	}
	return stateView{"ok", "tot", v.word("sound.led", v.word("led."+string(l.State)))}
}

// faderState says by what the programme is made louder and softer.
func (v *visit) faderState(k KnobsState) stateView {
	switch {
	case k.Mixer.Card == "":
		return stateView{"ok", "loa", v.word("sound.digital")}
	case k.Loudness.Fault != "":
		return stateView{"bad", "lo", v.word("sound.fader-fault")}
	}
	return stateView{"ok", "tot", v.word("sound.fader", k.Mixer.Control, v.number(k.Loudness.Level))}
}

// saveMixer tries the control that was chosen and keeps it.
func (p *panel) saveMixer(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	k := p.s.cfg.Knobs.Knobs(v.ctx(), false)
	if k.Fixed {
		v.goTo("/sound", "")
		return
	}
	typed := mixerForm{Chosen: f.Get("control"), Usual: strings.TrimSpace(f.Get("usual"))}
	if !f.Has("control") { // nothing was checked, which is not to say that none is wanted
		typed.Chosen, typed.Unchosen = mixerValue(k.Mixer.Card, k.Mixer.Control), v.word("sound.unchosen")
		p.showSound(v, http.StatusUnprocessableEntity, p.s.cfg.Knobs.Knobs(v.ctx(), true), typed)
		return
	}
	var c MixerChoice
	if typed.Chosen != "" {
		c.Card, c.Control, _ = strings.Cut(typed.Chosen, ":")
		c.Usual, err = strconv.ParseFloat(strings.NewReplacer("−", "-", ",", ".", "dB", "", " ", "").Replace(typed.Usual), 64)
		if err != nil || !(c.Usual >= leastUsual && c.Usual <= mostUsual) {
			typed.Wrong = v.word("sound.usual-range")
			p.showSound(v, http.StatusUnprocessableEntity, p.s.cfg.Knobs.Knobs(v.ctx(), true), typed)
			return
		}
	}
	err = p.s.keepMixer(v.ctx(), c, v.me.Name)
	switch {
	case err == nil:
		v.goTo("/sound", "mixer")
	case errors.Is(err, hardware.ErrNoControl), errors.Is(err, hardware.ErrNoMixer):
		k = p.s.cfg.Knobs.Knobs(v.ctx(), true)
		if k.Fault == "" && !k.lists(typed.Chosen) { // which says more than that it was not turned
			typed.Unchosen = v.word("sound.gone-kept")
		} else {
			typed.Wrong = v.word("fault.mixer-mute")
		}
		p.showSound(v, http.StatusUnprocessableEntity, k, typed)
	case errors.Is(err, hardware.ErrMixerHung):
		typed.Wrong = v.word("fault.mixer-hung")
		p.showSound(v, http.StatusConflict, k, typed)
	default:
		p.fail(v, err)
	}
}

// leastUsual and mostUsual bound what a control may show, in dB.
const leastUsual, mostUsual = -60, 30

func (p *panel) button(v *visit) {
	k := p.s.cfg.Knobs.Knobs(v.ctx(), false)
	f := emptyForm()
	f.Set("deed", string(k.Action.Deed))
	f.Set("message", k.Action.Message)
	f.Set("second", string(k.Action.Second))
	f.Values["zone"] = k.Action.Zones
	life := k.Action.Life
	if life == 0 {
		life = scheduler.DefaultEmergencyLife
	}
	f.Set("life", strconv.FormatFloat(life.Minutes(), 'f', -1, 64))
	p.showButton(v, http.StatusOK, k, f)
}

func (p *panel) showButton(v *visit, status int, k KnobsState, f *form) {
	w := panicView{State: v.buttonState(k), Life: f.Get("life"), Faults: f.faults, PIN: p.pinView(v, f)}
	w.About = v.presses(k)
	for _, d := range playout.ButtonDeeds() {
		w.Deeds = append(w.Deeds, choiceView{Value: string(d), Name: v.word("button.deed-" + string(d)), Checked: f.Get("deed") == string(d)})
	}
	for _, s := range playout.ButtonSeconds() {
		w.Seconds = append(w.Seconds, choiceView{Value: string(s), Name: v.word("button.second-" + string(s)), Checked: f.Get("second") == string(s)})
	}
	for _, t := range p.s.alarms.list(v.ctx(), alarmPatience) {
		w.Messages = append(w.Messages, choiceView{Value: t.Code(), Name: t.Name, Checked: f.Get("message") == t.Code()})
	}
	for _, zone := range p.s.cfg.Zones {
		w.Zones = append(w.Zones, choiceView{Value: zone, Name: zone, Checked: slices.Contains(f.Values["zone"], zone)})
	}
	if k.By != "" {
		w.Changed = v.word("sound.changed", k.By, v.at(k.At, v.now))
	}
	p.render(v, status, "button", view{Title: v.word("settings.button"), Tab: "more", Path: "/button", Data: w})
}

// presses says what pressing the button does as it is set, where that is anything.
func (v *visit) presses(k KnobsState) string {
	if k.Action.Deed == playout.ButtonNothing {
		return "" // its state says so
	}
	said := v.word("button.at-once")
	if k.Hold > 0 {
		said = v.word("button.hold", v.shortly(k.Hold.Seconds()))
	}
	switch {
	case k.Long <= 0:
	case k.Action.Second == playout.SecondStop:
		said += " " + v.word("button.long", v.shortly(k.Long.Seconds()))
	case k.Action.Second == playout.SecondAllClear:
		said += " " + v.word("button.long-all-clear", v.shortly(k.Long.Seconds()))
	}
	return said
}

// shortly writes a number without decimals that it has not.
func (p phrase) shortly(n float64) string {
	if n == math.Trunc(n) {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return p.number(n)
}

// buttonState says how the panic button stands.
func (v *visit) buttonState(k KnobsState) stateView {
	switch b := k.Button; {
	case !b.Fitted:
		return stateView{"", "may", v.word("button.none")}
	case b.Fault != "":
		return stateView{"bad", "lo", v.word("button.fault")}
	case b.Stuck:
		return stateView{"bad", "lo", v.word("button.stuck")}
	case k.Action.Deed == playout.ButtonNothing:
		return stateView{"wait", "lo", v.word("button.nothing")}
	case b.Last.IsZero():
		return stateView{"ok", "tot", v.word("button.ready")}
	}
	return stateView{"ok", "tot", v.word("button.last", v.at(k.Button.Last, v.now))}
}

// saveButton keeps what the button does.
func (p *panel) saveButton(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	k := p.s.cfg.Knobs.Knobs(v.ctx(), false)
	life, ok := typedMinutes(f.Get("life"))
	if !ok {
		f.fault("life", v.word("button.life-range"))
		p.showButton(v, http.StatusUnprocessableEntity, k, f)
		return
	}
	a, err := p.s.checkedButton(v.ctx(), ButtonForm{f.Get("deed"), f.Get("message"), f.Values["zone"], life.Seconds(), f.Get("second")})
	var wrong scheduler.Invalid
	switch {
	case errors.As(err, &wrong):
		v.faults(f, wrong, "deed")
		p.showButton(v, http.StatusUnprocessableEntity, k, f)
		return
	case err != nil:
		p.fail(v, err)
		return
	}
	if !p.pinned(v, f, buttonDiffers(k.Action, a)) {
		p.showButton(v, http.StatusForbidden, k, f)
		return
	}
	if err := p.s.keepButton(v.ctx(), k.Action, a, v.me.Name); err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/button", "button")
}
