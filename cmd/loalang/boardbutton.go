package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"loalang/hardware"
	"loalang/health"
	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
	"loalang/web"
)

const (
	// choicesEvery is how often what another process chose is looked for.
	choicesEvery = 2 * time.Second
	// placePatience is how long the database may take for the village's rules.
	placePatience = 5 * time.Second
	// soundGrace is how long after it was raised an emergency may be silent before the
	// status LED calls that a fault: one without a siren waits ten seconds for its words.
	soundGrace = 15 * time.Second
	// deafGrace is how long a calibrated monitor input may give nothing before the status LED
	// calls that a fault: a card that comes back by itself calls nobody.
	deafGrace = 10 * time.Minute
)

// kept is the village as it was last known: who has no database asks it.
type kept struct {
	mu sync.Mutex
	v  scheduler.Village
}

func (k *kept) get() scheduler.Village {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.v
}

func (k *kept) put(v scheduler.Village) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.v = v
}

// openButton prepares the panic button and the status LED, as far as they are wired.
func (b *board) openButton(ctx context.Context) {
	s := b.settings.Button
	b.choices = openChoices(folder(b.settings.Data).choices(), b.clock.Now, b.log)
	b.place.put(b.village)
	w := web.ButtonWords()
	b.panic = playout.NewPanicButton(playout.PanicConfig{
		Origin: b.db.Node(), Alarms: b.player, Air: b.player.Air, Texts: b.db, Action: func() playout.ButtonAction { return b.choices.all().Button.action() },
		Place: b.place.get, Zones: b.settings.Amp.zoneNames(), Words: w,
		Now: b.clock.Now, Mono: monotonic, NewID: newID, Beat: b.pulse.Loop("button", loopPatience), Log: b.log,
	})
	if err := b.panic.Learn(ctx); err != nil {
		b.log.Error("the button sounds the siren alone until the prepared messages can be read", "err", err)
	}
	b.loudness = playout.NewLoudness(playout.LoudnessConfig{
		Turn: b.output.Turn, Fader: b.fader, Place: b.place.get, Watch: b.player.Watch, Now: b.clock.Now, Log: b.log,
	})
	if s.fitted() {
		b.button = hardware.NewButton(hardware.ButtonConfig{
			Open: s.open, Hold: s.Hold, Long: s.Long, Pressed: b.panic.Pressed, Beat: b.pulse.Loop("pin", loopPatience), Mono: monotonic, Now: b.clock.Now, Log: b.log,
		})
	}
	if s.lit() {
		b.led = hardware.NewLED(hardware.LEDConfig{Open: s.openLED, Log: b.log})
	}
}

// runButton adds the parts that read the button and light the LED.
func (b *board) runButton() []func(context.Context) error {
	parts := []func(context.Context) error{b.panic.Run, b.tendPlace, b.loudness.Run}
	if b.button != nil {
		parts = append(parts, b.button.Run)
	}
	if b.led != nil {
		parts = append(parts, b.led.Run, b.light)
	}
	return parts
}

// tendPlace keeps in memory what is needed without the database, until ctx ends.
func (b *board) tendPlace(ctx context.Context) error {
	tick := time.NewTicker(choicesEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-b.replaced:
			b.rereadPlace(ctx)
			b.panic.Changed()
			b.loudness.Changed()
		case <-tick.C:
			if b.choices.reread() {
				b.loudness.Changed()
			}
		}
	}
}

// rereadPlace takes over the village as the database has it, if it answers.
func (b *board) rereadPlace(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, placePatience)
	defer cancel()
	v, err := b.db.Village(ctx, b.village.Key)
	if err != nil {
		b.log.Warn("the village's rules hold as they were known", "err", err)
		return
	}
	b.place.put(v)
}

// light has the LED show how the board is, until ctx ends.
func (b *board) light(ctx context.Context) error {
	for air := range b.player.Watch(ctx) {
		b.led.Show(b.shown(air))
	}
	return nil
}

// shown is the gravest of what there is to tell.
func (b *board) shown(air playout.Air) hardware.LEDState { return ledState(air, b.broken(air)) }

// ledState is what the LED shows of the air on a board that needs a technician, or not.
// That an emergency sounds it says of nothing else: who sees it goes and listens no more.
func ledState(air playout.Air, broken bool) hardware.LEDState {
	switch {
	case slices.ContainsFunc(air.Emergencies, func(e playout.ActiveEmergency) bool { return e.Sounding }):
		return hardware.LEDEmergency
	case !air.Output.Up:
		return hardware.LEDNoCard
	case broken || slices.ContainsFunc(air.Emergencies, func(e playout.ActiveEmergency) bool { return unheard(e, air.At) }):
		return hardware.LEDFault
	case !air.Clock.Trusted():
		return hardware.LEDClock
	case air.OnAir != nil, air.Drill != nil && !air.Drill.Silent:
		return hardware.LEDPlaying
	}
	return hardware.LEDReady
}

// unheard says whether an emergency that does not sound should: what keeps it is known, or
// it has had its time to begin. An amplifier that must stay off for a moment still is not broken.
func unheard(e playout.ActiveEmergency, now time.Time) bool {
	rests := slices.ContainsFunc(e.Faults, func(f playout.EmergencyFault) bool { return f.Rests > 0 })
	broken := slices.ContainsFunc(e.Faults, func(f playout.EmergencyFault) bool { return f.Rests == 0 })
	return !e.Sounding && (broken || !rests && now.Sub(e.Raised).Abs() > soundGrace)
}

// lasting is since when something has been so. Its methods may be called from any goroutine.
type lasting struct {
	mu    sync.Mutex
	is    bool
	since time.Duration // CLOCK_MONOTONIC
}

// note takes in whether it is so, and says for how long it has been.
func (l *lasting) note(is bool, now time.Duration) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if is && !l.is {
		l.since = now
	}
	if l.is = is; !is {
		return 0
	}
	return now - l.since
}

// deaf says whether a monitor input that was calibrated gives nothing, or nothing that counts:
// what airs is not measured, and nobody may notice. One that never was calibrated is not yet
// in use; one of which nobody knows may be.
func deaf(s *playout.MonitorState) bool {
	if s == nil || s.Gate == (proof.Gate{}) && s.Void == "" && !s.Unread {
		return false
	}
	return s.Void != "" || s.Unread || !s.Up && s.Trouble != ""
}

// broken says whether something needs a technician. That the time is not known, or not believed,
// the status LED says in its own way: anybody can tell the board the time.
func (b *board) broken(air playout.Air) bool {
	monitor := b.deaf.note(deaf(b.monitorState()), monotonic()) > deafGrace
	button := b.button != nil && (b.button.State().Fault != "" || b.button.State().Stuck)
	return button || monitor || silentNow(air) || air.Lost != nil || air.Amp.Fault != "" && !air.Amp.Optional || b.db.Damaged() ||
		b.health.Report().LevelBut(health.ClockUnknown, health.ClockAhead) == health.Fault
}
