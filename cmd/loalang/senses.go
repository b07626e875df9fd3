package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"loalang/audio/speaker"
	"loalang/hardware"
	"loalang/health"
	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
)

const (
	// answerPatience is how long a measurement waits for the database.
	answerPatience = 2 * time.Second
	// airedEvery is how often the as-run and the plan are read for it.
	airedEvery = time.Minute
	// wearEvery is how often a disk is asked how worn it is.
	wearEvery = 6 * time.Hour
	// wearAgain is how soon one is asked again that told nothing: what is asked with rights
	// comes later than the first look.
	wearAgain = 10 * time.Minute
	// diskPatience is how long a disk may take to tell its SMART.
	diskPatience = 30 * time.Second
	// lookThroughEvery is how often the whole database is looked through for damage.
	lookThroughEvery = 24 * time.Hour
	// installedData is the data folder of the package: elsewhere somebody tries the program
	// out, and may well do so in memory.
	installedData = "/var/lib/loalang"
)

// senses measure a running board. Only the Watch's goroutine uses them, but for checked and
// tendSupply.
type senses struct {
	b     *board
	probe *health.Probe

	asking  atomic.Bool // the database has not answered yet
	checked atomic.Int64

	read    time.Time // when aired and plan were
	aired   *health.AiredState
	plan    *health.PlanState
	weighed time.Time
	wear    atomic.Pointer[float64]
	linked  time.Duration // on CLOCK_MONOTONIC, when the link was last up
	stick   stickSense

	mu sync.Mutex // aired and plan, which come when they come
}

// openHealth prepares the watch over the board's health.
func (b *board) openHealth() {
	probe := b.newProbe()
	b.senses = &senses{b: b, probe: probe, linked: monotonic(), stick: stickSense{probe: probe}}
	b.health = health.NewWatch(health.WatchConfig{
		Measure: b.senses.measure, Limits: b.settings.Limits, Book: b.db, Lamp: lamp{b}, Beat: b.pulse.Loop("health", healthPatience), Now: b.clock.Now, Mono: monotonic, Log: b.log,
	})
}

// measure asks everything that a finding is made of. For how long something is so is asked of
// CLOCK_MONOTONIC: the board's time steps by hours once somebody vouches for it.
func (s *senses) measure(ctx context.Context) health.Measurement {
	b, now, mono := s.b, s.b.clock.Now(), monotonic()
	air := b.player.Air()
	m := health.Measurement{
		At: now, Program: &health.ProgramState{Hanging: b.pulse.Late()},
		Amplifier:  b.amp.health(air.Amp, mono),
		Clock:      &health.ClockState{Trust: string(air.Clock.Trust), Ahead: air.Clock.Ahead > 0, Age: air.Clock.Age, Never: air.Clock.Vouched.IsZero()},
		Card:       s.card(air, mono),
		Monitor:    monitorOf(b.monitorState()),
		Database:   s.database(ctx),
		Backup:     s.stick.sense(backupHealth(b.settings, now), b.settings, mono),
		Recordings: recordingsHealth(b.library.Lost()),
		Link:       s.link(mono),
		Memory:     s.probe.Memory(os.Getpid()),
	}
	s.machine(&m, air.Clock.Trusted(), os.Getpid())
	m.Wear, m.Button, m.Light = s.worn(now), b.buttonHealth(), b.lightHealth()
	if m.Database.Fault == "" && now.Sub(s.read).Abs() >= airedEvery {
		s.read = now
		if err := s.ask(ctx, func(ctx context.Context) error { return s.readAired(ctx, now) }); err != nil {
			s.unread()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m.Aired, m.Plan = losing(s.aired, air, mono), s.plan
	return m
}

// losing is what became of the last day, with what is being lost at mono of CLOCK_MONOTONIC:
// that is told also where nothing of the day is known. a is not changed.
func losing(a *health.AiredState, air playout.Air, mono time.Duration) *health.AiredState {
	var l health.Losing
	switch {
	case silentNow(air): // first: what is not sent cannot be heard
		l = health.Losing{Title: air.DeadAir.Title, For: max(0, mono-time.Duration(air.DeadAir.Began)), Dead: true}
	case air.Lost != nil:
		l = health.Losing{Title: air.Lost.Title, For: max(0, mono-time.Duration(air.Lost.Began))}
	default:
		return a
	}
	with := health.AiredState{}
	if a != nil {
		with = *a
	}
	with.Losing = &l
	return &with
}

// silentNow says whether what is on the air is silent though it should be heard. The alarm of
// dead air is shown until a voice is heard again, which may be the next day.
func silentNow(air playout.Air) bool {
	return air.DeadAir != nil && air.OnAir != nil && air.OnAir.Occurrence.ID == air.DeadAir.Occurrence
}

// monitorOf is the monitor input as it is judged.
func monitorOf(m *playout.MonitorState) *health.MonitorState {
	if m == nil {
		return &health.MonitorState{None: true}
	}
	return &health.MonitorState{Up: m.Up || m.Trouble == "", Adjusted: m.Gate != (proof.Gate{}), Void: m.Void != "", Unread: m.Unread, Trouble: string(m.Trouble), Fault: m.Fault}
}

// health is what is switched, as it is judged at mono of CLOCK_MONOTONIC.
func (a *amplifier) health(all hardware.AmpState, mono time.Duration) *health.AmplifierState {
	switched := func(s hardware.AmpState) health.SwitchState {
		return health.SwitchState{Keyed: s.Keyed, For: mono - s.Turned, Trouble: string(s.Trouble), Fault: s.Fault}
	}
	h := &health.AmplifierState{SwitchState: health.SwitchState{Keyed: all.Keyed, For: mono - all.Turned}, Simulated: all.Simulated, Optional: all.Optional}
	if a.main != nil { // else the faults that all has are those of its zones
		h.SwitchState = switched(a.main.State())
	}
	for _, z := range all.Zones {
		h.Zones = append(h.Zones, health.ZoneState{Name: z.Name, SwitchState: switched(z.AmpState)})
	}
	if in := all.Bypass; a.bypass != nil {
		h.Bypass = &health.BypassState{On: in.On, For: mono - in.Turned, Fault: in.Fault}
	}
	return h
}

// lamp is the status LED, which shows more than health.
type lamp struct{ b *board }

// ShowHealth implements health.Lamp.
func (l lamp) ShowHealth(health.Level) {
	if l.b.led != nil {
		l.b.led.Show(l.b.shown(l.b.player.Air()))
	}
}

// buttonHealth is the panic button as it is judged; nil where there is none.
func (b *board) buttonHealth() *health.ButtonState {
	if b.button == nil {
		return nil
	}
	s := b.button.State()
	return &health.ButtonState{Stuck: s.Stuck, Nothing: b.choices.all().Button.idle(), Unread: b.choices.unread(), Fault: s.Fault}
}

// lightHealth is the status LED as it is judged; nil where there is none.
func (b *board) lightHealth() *health.LightState {
	if b.led == nil {
		return nil
	}
	return &health.LightState{Fault: b.led.Look().Fault}
}

// machine measures what needs no running board: a process's descriptors, the disk, the
// temperature, the supply, the clock with a battery.
func (s *senses) machine(m *health.Measurement, trusted bool, pid int) {
	data := s.b.settings.Data
	m.Temperature, m.Power, m.Disk = s.probe.Temperature(), s.probe.Power(monotonic()), s.probe.Disk(data)
	m.Disk.InMemory = m.Disk.InMemory && filepath.Clean(data) == installedData
	m.Disk.Unmounted = m.Disk.Unmounted || s.b.settings.Missing
	m.RTC, m.Descriptors = s.probe.RTC(hardware.BatteryRTC(s.probe.Sys), m.At, trusted), s.probe.Descriptors(pid)
}

// worn is how worn the disk of the data is, as it was known last: it is found out at once
// where the kernel tells, and later where the disk must be asked.
func (s *senses) worn(now time.Time) *float64 {
	data := s.b.settings.Data
	known, every := s.wear.Load(), wearEvery
	if known == nil {
		every = wearAgain
	}
	if !s.weighed.IsZero() && now.Sub(s.weighed).Abs() < every {
		return known
	}
	s.weighed = now
	if used := s.probe.Wear(data); used != nil {
		s.wear.Store(used)
		return used
	}
	go func() { // a disk that fails may take its time, and must keep nobody waiting
		ctx, cancel := context.WithTimeout(context.Background(), diskPatience)
		defer cancel()
		s.wear.Store(s.probe.Smart(ctx, data))
	}()
	return s.wear.Load()
}

func (s *senses) card(air playout.Air, mono time.Duration) *health.CardState {
	choice, err := speaker.ParseDevice(s.b.settings.Device)
	c := &health.CardState{
		Audible: err == nil && choice.Audible(), Device: s.b.settings.Device, Up: air.Output.Up && air.Output.Audible,
		Trouble: string(air.Output.Trouble), Weak: air.Output.Fault,
	}
	if air.Output.Device != "" {
		c.Device = air.Output.Device
	}
	if c.Audible && c.Up {
		c.Control = s.b.deafControl()
		c.Moving = s.probe.Moving(air.Output.ChildPID, mono)
	}
	return c
}

// database asks whether it answers, and never twice at a time: a driver that hangs does
// not hear of its context.
func (s *senses) database(ctx context.Context) *health.DatabaseState {
	d := &health.DatabaseState{Damaged: s.b.db.Damaged(), Newer: s.b.db.Newer(), Behind: s.b.db.Behind(), Gone: s.b.db.Gone()}
	if at := s.checked.Load(); at > 0 {
		d.Checked = time.Unix(at, 0)
	}
	if d.Damaged {
		return d
	}
	if err := s.ask(ctx, s.b.db.Ping); err != nil {
		d.Fault = sentence(err)
	}
	return d
}

// errUnanswered is what a question gets while the one before is under way.
var errUnanswered = errors.New("the database does not answer")

// ask waits for an answer as long as answerPatience.
func (s *senses) ask(ctx context.Context, question func(context.Context) error) error {
	if !s.asking.CompareAndSwap(false, true) {
		return errUnanswered
	}
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	answered := make(chan error, 1)
	go func() {
		defer cancel()
		err := question(ctx)
		s.asking.Store(false)
		answered <- err
	}()
	select {
	case err := <-answered:
		return err
	case <-ctx.Done():
		return errUnanswered
	}
}

// link is the way out, and since when there is none, at mono of CLOCK_MONOTONIC.
func (s *senses) link(mono time.Duration) *health.LinkState {
	l := s.probe.Link()
	switch {
	case l == nil:
	case l.Up:
		s.linked = mono
	default:
		l.Gone = mono - s.linked
	}
	return l
}

// readAired reads what became of the last day, and what the plan has.
func (s *senses) readAired(ctx context.Context, now time.Time) error {
	rows, err := s.b.db.AsRuns(ctx, s.b.settings.Village, now.Add(-24*time.Hour), now)
	if err != nil {
		return err
	}
	plan, err := s.b.db.Published(ctx, s.b.settings.Village)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aired, s.plan = airedOf(rows), planOf(plan, now)
	if choice, err := speaker.ParseDevice(s.b.settings.Device); err != nil || !choice.Audible() {
		s.aired.Unheard, s.aired.Mute = false, false // nobody hears such a device, and the card's finding says so
	}
	return nil
}

// unread forgets what was read before: it is not known to be so still.
func (s *senses) unread() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aired, s.plan = nil, nil
}

// airedOf sums up a day of the as-run, without drills and without what still goes on. Whether
// the loudspeakers are silent the last row says that the monitor input could measure: a jingle
// that is too short for it does not mend an amplifier.
func airedOf(rows []playout.AsRun) *health.AiredState {
	a := &health.AiredState{}
	var measured playout.AsRun
	for _, r := range rows {
		if r.Outcome == "" || r.Kind == scheduler.DrillKind {
			continue
		}
		a.Due++
		if r.Outcome == playout.Missed || r.Outcome == playout.Cut {
			a.Missed++
		}
		if len(r.Airings) > 0 && r.Due.After(a.Last) {
			a.Last, a.Title = r.Due, r.Title
			a.Mute = r.Heard == playout.HeardSilent && r.Cause != playout.TroubleBypass // by the board itself, if no monitor input says more
		}
		if measuredAs(r) != playout.NotMeasured && r.Due.After(measured.Due) {
			measured = r
		}
	}
	if as := measuredAs(measured); as == playout.HeardSilent || as == playout.HeardWrong {
		a.Unheard, a.UnheardTitle = true, measured.Title
	}
	return a
}

// measuredAs is what the monitor input heard of a row; NotMeasured: nothing is known, also
// where the board itself knows that it gave silence, or that somebody spoke instead.
func measuredAs(r playout.AsRun) playout.Heard {
	as := r.Heard
	if as == playout.HeardSilent && r.Proof == nil {
		return playout.NotMeasured // no amplifier is to blame: it was sent as silence
	}
	if as == playout.HeardSilent {
		as = playout.Heard(r.Proof.Verdict)
	}
	if len(r.Airings) == 0 || as == "" || r.Cause == playout.TroubleBypass {
		return playout.NotMeasured // with the amplifier on its own microphone something else is heard
	}
	return as
}

// planOf sums up a plan from now on.
func planOf(plan scheduler.Plan, now time.Time) *health.PlanState {
	p := &health.PlanState{Made: plan.Made}
	for _, o := range plan.Occurrences {
		if !o.Due.After(now) {
			continue
		}
		if p.Count++; p.Count == 1 || o.Due.Before(p.Next) {
			p.Next = o.Due
		}
	}
	return p
}

// lookThrough reads the whole database once a day while nothing airs, until ctx ends; it
// returns nil then. What it finds the store knows by itself.
func (b *board) lookThrough(ctx context.Context) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	last := b.clock.Now() // a start looks by itself
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if b.db.Damaged() || b.clock.Now().Sub(last).Abs() < lookThroughEvery || !b.idle(ctx) {
			continue
		}
		if err := b.db.Integrity(ctx); err != nil && ctx.Err() == nil {
			b.log.LogAttrs(ctx, slog.LevelWarn, "the database was looked through", slog.Any("err", err))
		}
		last = b.clock.Now()
		b.senses.checked.Store(last.Unix())
	}
}
