package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"syscall"
	"time"

	"loalang/audio/speaker"
	"loalang/hardware"
	"loalang/health"
	"loalang/recordings"
	"loalang/store"
	"loalang/web"
)

// askPatience is how long a running serve may take to say how it is.
const askPatience = 5 * time.Second

// boardFindings is how the board is, by what a running serve has measured, else by what
// this command measures. Both are judged by health.Judge.
func (p program) boardFindings(ctx context.Context, s settings, in tongue) []finding {
	c := p.clock(s)
	r, err := p.askServe(ctx, s)
	if err != nil {
		m := p.measureAlone(ctx, s, c)
		m.Program = &health.ProgramState{Stopped: errors.Is(err, errNoServe), Silent: !errors.Is(err, errNoServe)}
		r = health.Judge(m, s.Limits)
	}
	findings := make([]finding, 0, len(r.Findings))
	for _, f := range r.Findings {
		w := web.HealthWords(f, r.At.In(time.Local), string(in))
		said := finding{Name: w.Part, OK: !f.Bad(), Level: f.Level, Code: f.Code, Found: w.Said, Advice: w.Advice}
		switch f.Part {
		case health.Card:
			said.Found += "; " + knownCards(in)
		case health.Clock:
			said.Found += "; " + web.ClockWords(c.State(), c.Now(), string(in))
		case health.Amplifier, health.Zones, health.Bypass, health.Button, health.Light:
			said.Found += s.wired(f.Part, in)
		}
		findings = append(findings, said)
	}
	return findings
}

// errNoServe says that no serve uses the data folder.
var errNoServe = errors.New("no serve runs")

// askServe asks the serve that uses the data folder how it is.
func (p program) askServe(ctx context.Context, s settings) (r health.Report, err error) {
	is, address, err := runningAnywhere(folder(s.Data))
	if err != nil {
		return r, fmt.Errorf("look for a serve: %w", err)
	}
	gone := !is && folder(s.Data).gone() // one that runs there all the same holds a lock that cannot be opened
	if gone {
		is, address = true, "http://"+nearby(s.Listen)
	}
	if !is {
		return r, errNoServe
	}
	if address == "" {
		return r, errors.New("ask serve: it does not say where it answers")
	}
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/metrics/health", nil)
	if err != nil {
		return r, fmt.Errorf("ask serve: %w", err)
	}
	if s.MetricsToken != "" {
		ask.Header.Set("Authorization", "Bearer "+s.MetricsToken)
	}
	resp, err := (&http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}).Do(ask)
	if gone && errors.Is(err, syscall.ECONNREFUSED) {
		return r, errNoServe
	}
	if err != nil {
		return r, fmt.Errorf("ask serve: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	if resp.StatusCode != http.StatusOK {
		return r, fmt.Errorf("ask serve: it answers %s", resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		return r, fmt.Errorf("ask serve: %w", err)
	}
	if len(r.Findings) == 0 {
		return r, errors.New("ask serve: it has not measured yet")
	}
	return r, nil
}

// measureAlone measures what can be measured without a serve. Nothing is switched,
// opened for playing or written.
func (p program) measureAlone(ctx context.Context, s settings, c *hardware.Clock) health.Measurement {
	state := c.State()
	b := &board{settings: s, clock: c}
	alone := &senses{b: b, probe: p.peekingProbe(s)}
	m := health.Measurement{
		Monitor: monitorAlone(ctx, s),
		At:      c.Now(), Amplifier: ampAlone(s, hardware.GPIO{}), Card: cardAlone(s),
		Clock:  &health.ClockState{Trust: string(state.Trust), Ahead: state.Ahead > 0, Age: state.Age, Never: state.Vouched.IsZero()},
		Memory: alone.probe.Memory(), Link: alone.probe.Link(),
	}
	if !folder(s.Data).inhabited() {
		b.settings.Data = existing(s.Data)
	}
	alone.machine(&m, state.Trusted(), 0)
	if m.Wear = alone.probe.Wear(b.settings.Data); m.Wear == nil {
		m.Wear = alone.probe.Smart(ctx, b.settings.Data)
	}
	p.dataAlone(ctx, s, &m)
	p.handsAlone(s, hardware.GPIO{}, &m)
	return m
}

func cardAlone(s settings) *health.CardState {
	choice, err := speaker.ParseDevice(s.Device)
	if err != nil {
		return &health.CardState{Audible: true, Device: s.Device, Trouble: "absent"}
	}
	c := &health.CardState{Audible: choice.Audible(), Device: s.Device}
	if !c.Audible {
		return c
	}
	label, err := speaker.Look(choice)
	switch {
	case errors.Is(err, speaker.ErrBusy):
		c.Trouble = "held"
	case err != nil:
		c.Trouble = "absent"
	default:
		c.Up, c.Device = true, label
	}
	return c
}

// dataAlone looks the database through, and reads of it what was due and what is.
func (p program) dataAlone(ctx context.Context, s settings, m *health.Measurement) {
	if !folder(s.Data).inhabited() {
		m.Database = &health.DatabaseState{None: true}
		return
	}
	if folder(s.Data).gone() {
		m.Database = &health.DatabaseState{Damaged: true, Gone: true}
		return
	}
	m.Database, m.Backup = &health.DatabaseState{}, backupHealth(s, m.At)
	if m.Backup != nil && s.Backup && findStick(s.BackupSticks, s.Data) == "" {
		probe := health.NewProbe()
		m.Backup.Loose, m.Backup.Bare = probe.Loose(), bareStick(probe, s.BackupSticks, s.Data)
	}
	if list, err := recordings.BlemishesIn(folder(s.Data).recordings(), p.quietLog()); err == nil {
		m.Recordings = recordingsHealth(recordings.LossOf(list), nil)
	}
	db, err := openLooking(ctx, s, p.clock(s).Now, p.quietLog())
	if err == nil {
		defer func() { _ = db.Close() }() // it was only read
		err = db.Integrity(ctx)
	}
	if errors.Is(err, errNotBegun) { // what its tables hold this program cannot read yet
		if err = store.PeekForDamage(ctx, storeConfig(s, p.clock(s).Now, p.quietLog())); err == nil {
			return
		}
	}
	if err != nil {
		m.Database.Newer, m.Database.Behind = errors.Is(err, store.ErrNewer), errors.Is(err, store.ErrBehind)
		m.Database.Damaged, m.Database.Fault = errors.Is(err, store.ErrCorrupt) || errors.Is(err, store.ErrNotDatabase), sentence(err)
		return
	}
	if rows, err := db.AsRuns(ctx, s.Village, m.At.Add(-24*time.Hour), m.At); err == nil {
		m.Aired = airedOf(rows)
	}
	if plan, err := db.Published(ctx, s.Village); err == nil {
		m.Plan = planOf(plan, m.At)
	}
}

// existing is a folder that is there: where the data are not yet, the one in which they
// would be made by default.
func existing(dir string) string {
	if _, err := os.Stat(dir); err != nil {
		return "."
	}
	return dir
}
