package playout_test

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

const (
	// mixLatency is from pulling a frame to its leaving the card.
	mixLatency = 20 * time.Millisecond
	// mixFade is the longest fade that a change makes, 5 ms, and a frame.
	mixFade = 241
	// alarmLevel is what the alarm's samples hold.
	alarmLevel = 28000
)

// mixer is an Output whose sound is mixed by the real Desk on synctest's clock,
// and kept.
type mixer struct {
	start  time.Time
	desk   *audio.Desk
	events chan audio.Event

	mu    sync.Mutex
	sound []int16 // what left the card, from start + mixLatency on
}

func newMixer() *mixer {
	return &mixer{start: time.Now(), events: make(chan audio.Event, 4096)}
}

// run mixes until ctx ends, 10 ms at a time.
func (m *mixer) run(ctx context.Context, wait *sync.WaitGroup) {
	m.desk = audio.NewDesk(audio.DeskOptions{Event: func(e audio.Event) { m.events <- e }})
	m.desk.Anchor(0, m.now().Add(mixLatency))
	wait.Go(func() { _ = m.desk.Run(ctx) })
	wait.Go(func() {
		var block [480]float32
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			m.desk.Pull(block[:])
			m.mu.Lock()
			for _, v := range block {
				m.sound = append(m.sound, int16(math.Round(float64(v)*32768)))
			}
			m.mu.Unlock()
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

func (m *mixer) now() audio.Instant { return audio.Instant(time.Since(m.start)) + 1 }

func (m *mixer) Events() <-chan audio.Event { return m.events }

func (m *mixer) State() audio.OutputState {
	return audio.OutputState{Device: "mixer", Up: true, Latency: mixLatency}
}

func (m *mixer) Stop(ids ...string) error {
	m.desk.Stop(ids...)
	return nil
}

func (m *mixer) Lower(id string) error {
	m.desk.Lower(id)
	return nil
}

func (m *mixer) Raise(a audio.Alarm) error {
	level := slices.Repeat([]int16{alarmLevel}, 48000)
	return m.desk.Raise(audio.DeskAlarm{ID: a.ID, Until: a.Until, Cycle: []audio.DeskAlarmPart{{Clip: audio.NewClip(level), Name: "siren"}}})
}

// Cue opens the file anew, as a child does that gets its descriptor.
func (m *mixer) Cue(c audio.Cue) error {
	f, err := os.Open(c.File.Name())
	if err != nil {
		return err
	}
	source, err := audio.OpenSource(f)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	source.From(c.From)
	cue := audio.DeskCue{
		ID: c.ID, Source: source, Frames: source.Frames(), At: c.At, After: c.After, Gap: c.Gap, Replaces: c.Replaces,
		Cross: c.Cross, FadeIn: c.FadeIn, FadeOut: c.FadeOut, Spoken: c.Spoken,
	}
	if c.From > 0 {
		cue.FadeIn = 5 * time.Millisecond
	}
	return m.desk.Cue(cue)
}

// sample is what the frames of a recording hold: each recording and each 10 ms of
// it another value.
func sample(recording int, frame int64) int16 { return int16(600*(recording+1) + int(frame/480)) }

// encode makes a recording that tells itself from every other, and each place in
// it from every other.
func (l *library) encode(t *testing.T, id string, recording int, length time.Duration) {
	t.Helper()
	l.record(t, id, length)
	raw, err := os.ReadFile(l.path(id))
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(audio.Rate.N(length)) {
		binary.LittleEndian.PutUint16(raw[44+2*i:], uint16(sample(recording, i)))
	}
	if err := os.WriteFile(l.path(id), raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// arrival is one thing that comes to the ladder.
type arrival struct {
	at    time.Duration // it is handed over; due 2.5 s later unless it is immediate
	rung  playout.Rung
	voice time.Duration
	rule  scheduler.Resumption
	skip  bool          // it may not be late
	now   bool          // it is to sound at once
	stop  time.Duration // after at; 0: nobody stops it
}

const handedAhead = 2500 * time.Millisecond

func (a arrival) id(i int) string { return fmt.Sprintf("n%02d", i) }

func (a arrival) due() time.Duration {
	if a.now {
		return a.at
	}
	return a.at + handedAhead
}

// scene is what happens in one run.
type scene struct {
	arrivals    []arrival
	emergencies [][2]time.Duration // when, how long
}

func drawScene(t *rapid.T) scene {
	ms := func(name string, from, to int) time.Duration {
		return time.Duration(rapid.IntRange(from/20, to/20).Draw(t, name)) * 20 * time.Millisecond
	}
	var s scene
	for range rapid.IntRange(1, 8).Draw(t, "items") {
		a := arrival{
			at: ms("at", 1000, 12000), voice: ms("voice", 600, 4000),
			rung: rapid.SampledFrom([]playout.Rung{playout.RungScheduled, playout.RungScheduled, playout.RungPriority}).Draw(t, "rung"),
			rule: rapid.SampledFrom([]scheduler.Resumption{"", scheduler.Restart, scheduler.Drop}).Draw(t, "rule"),
			skip: rapid.Bool().Draw(t, "skip"), now: rapid.Bool().Draw(t, "now"),
		}
		if rapid.IntRange(0, 5).Draw(t, "stopped") == 5 {
			a.stop = ms("stop", 0, 8000)
		}
		s.arrivals = append(s.arrivals, a)
	}
	for range rapid.IntRange(0, 2).Draw(t, "emergencies") {
		s.emergencies = append(s.emergencies, [2]time.Duration{ms("raised", 1000, 15000), ms("for", 500, 6000)})
	}
	return s
}

// act plays a scene and returns the rows, in the order of arrivals, and the sound.
func (sc scene) act(t *testing.T) (rows []playout.AsRun, alarms []playout.AsRun, start time.Time, sound []int16) {
	m := newMixer()
	s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
		cfg.Output, cfg.Siren, cfg.Mono = m, m, m.now
		var running sync.WaitGroup
		ctx, end := context.WithCancel(t.Context())
		m.run(ctx, &running)
		t.Cleanup(func() { end(); running.Wait() })
		m.events <- audio.Event{Kind: audio.DeviceUp, Device: "mixer"}
	})
	type step struct {
		at time.Duration
		do func()
	}
	var steps []step
	for i, a := range sc.arrivals {
		id := a.id(i)
		o := scheduler.Occurrence{
			ID: id, Kind: scheduler.Notice, Village: "un-ta", Title: id, Class: scheduler.ClassNormal, Interrupted: a.rule, Immediate: a.now,
			Nominal: m.start.Add(a.due()), Due: m.start.Add(a.due()), Length: 500*time.Millisecond + a.voice,
			Parts: []scheduler.Part{
				{Kind: scheduler.PartChime, Recording: "chime-" + id, Length: 300 * time.Millisecond},
				{Kind: scheduler.PartVoice, Recording: "voice-" + id, Language: "vi", Length: a.voice, Pause: 200 * time.Millisecond},
			},
			Misfire: scheduler.Misfire{Policy: scheduler.PlayLate, Grace: time.Minute},
		}
		if a.rung == playout.RungPriority {
			o.Class = scheduler.ClassPriority
		}
		if a.skip {
			o.Misfire = scheduler.Misfire{Policy: scheduler.Skip}
		}
		s.lib.encode(t, "chime-"+id, 2*i, 300*time.Millisecond)
		s.lib.encode(t, "voice-"+id, 2*i+1, a.voice)
		steps = append(steps, step{a.at, func() { s.player.Play(o) }})
		if a.stop > 0 {
			steps = append(steps, step{a.at + a.stop, func() { _ = s.player.Stop(t.Context(), id, "x") }}) // it may not sound
		}
	}
	for i, e := range sc.emergencies {
		steps = append(steps, step{e[0], func() { s.raise(s.emergency(fmt.Sprint("e", i), e[1])) }})
	}
	slices.SortStableFunc(steps, func(a, b step) int { return int(a.at - b.at) })
	for _, st := range steps {
		time.Sleep(time.Until(m.start.Add(st.at)))
		synctest.Wait()
		st.do()
	}
	time.Sleep(time.Until(m.start.Add(80 * time.Second)))
	synctest.Wait()
	for i, a := range sc.arrivals {
		row, _ := s.book.row(a.id(i))
		rows = append(rows, row)
	}
	for i := range sc.emergencies {
		row, _ := s.book.row("emergency:" + fmt.Sprint("e", i))
		alarms = append(alarms, row)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return rows, alarms, m.start, slices.Clone(m.sound)
}

// TestLadderAsItSounds plays random arrivals through the real mixer, and looks at
// the samples: what the as-run says is what sounds, and nothing else does.
func TestLadderAsItSounds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sc := drawScene(rt)
		var faults []string
		synctest.Test(t, func(t *testing.T) {
			rows, alarms, start, sound := sc.act(t)
			faults = sc.judge(rows, alarms, start, sound)
		})
		for _, f := range faults {
			rt.Error(f)
		}
	})
}

// heardSpan is an airing in frames of the sound.
type heardSpan struct {
	item     int // -1: an alarm
	from, to int64
}

// judge is every fault of a run.
func (sc scene) judge(rows, alarms []playout.AsRun, start time.Time, sound []int16) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	frame := func(at time.Time) int64 {
		return int64(audio.Rate.N(at.Sub(start) + 1 - mixLatency))
	}
	taken := make([]bool, len(sound)) // something may sound there, or fades
	mark := func(from, to int64) {
		for i := max(0, from-mixFade); i < min(to+mixFade, int64(len(taken))); i++ {
			taken[i] = true
		}
	}
	var all []heardSpan
	for _, row := range alarms {
		for _, a := range row.Airings {
			all = append(all, heardSpan{-1, frame(a.Started), frame(a.Ended)})
			mark(frame(a.Started), frame(a.Ended))
		}
	}
	for i, row := range rows {
		if row.Outcome == "" || row.Cause == "" {
			fault("%s ended as %q with cause %q", sc.arrivals[i].id(i), row.Outcome, row.Cause)
		}
		done := [2]int64{}
		for _, a := range row.Airings {
			k := 0
			if a.Part == scheduler.PartVoice {
				k = 1
			}
			if sc.arrivals[i].rule == scheduler.Restart && k == 0 && done[0] > 0 {
				done = [2]int64{} // whatever became of it in the end
			}
			from, to := frame(a.Started), frame(a.Ended)
			all = append(all, heardSpan{i, from, to})
			mark(from, to)
			for f := from + mixFade; f < to-mixFade; f++ {
				if want := sample(2*i+k, done[k]+f-from); sound[f] != want {
					fault("%s %s, frame %d of %d: sample %d, want %d", row.Occurrence, a.Part, f-from, to-from, sound[f], want)
					break
				}
			}
			if d := to - from - a.Frames; d < -1 || d > 1 {
				fault("%s %s lasted %d frames and tells of %d", row.Occurrence, a.Part, to-from, a.Frames)
			}
			done[k] += a.Frames
		}
		length := int64(audio.Rate.N(sc.arrivals[i].voice))
		if row.Outcome == playout.Played && done[1] != length {
			fault("%s was played with %d of %d frames", row.Occurrence, done[1], length)
		}
	}
	for i, v := range sound {
		if v != 0 && !taken[i] {
			fault("sample %d at %s, of which the as-run knows nothing", v, audio.Rate.D(audio.Frames(i)))
			break
		}
	}
	return append(faults, sc.judgeOrder(rows, all, frame, start)...)
}

// judgeOrder finds what had the output out of its turn, and silence while
// something waited.
func (sc scene) judgeOrder(rows []playout.AsRun, all []heardSpan, frame func(time.Time) int64, start time.Time) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	// What is replaced in its first frame is but its fade, and goes before what replaces it.
	slices.SortFunc(all, func(a, b heardSpan) int { return cmp.Or(int(a.from-b.from), int(a.to-b.to)) })
	for i := 1; i < len(all); i++ {
		if all[i].from < all[i-1].to-mixFade && all[i].item+all[i-1].item > -2 { // emergencies take turns
			fault("two sound at %s: %v, %v", audio.Rate.D(audio.Frames(all[i].from)), all[i-1], all[i])
		}
	}
	// A cue is on its way for a moment; a person's stop and an alarm's end are told
	// 100 ms later.
	const lead = 48000 * 6 / 10
	for i, row := range rows {
		if len(row.Airings) == 0 {
			continue
		}
		due, began := frame(start.Add(sc.arrivals[i].due())), frame(row.Airings[0].Started)
		for _, s := range all {
			if s.item >= 0 && s.item != i && sc.arrivals[s.item].rung < sc.arrivals[i].rung && s.to > due+lead && s.from < began && s.from < s.to-lead && s.to-max(s.from, due) > lead {
				if sc.fits(i, audio.Rate.D(audio.Frames(max(due, s.from)+lead)), rows, start) {
					fault("%s waited from %s to %s under %s", row.Occurrence, audio.Rate.D(audio.Frames(due)), audio.Rate.D(audio.Frames(began)), sc.arrivals[s.item].id(s.item))
				}
			}
		}
		for j, other := range rows {
			a, b := sc.arrivals[i], sc.arrivals[j]
			if a.rung == b.rung && !a.now && !b.now && a.due() < b.due() && len(other.Airings) > 0 && other.Airings[0].Started.Before(row.Airings[0].Started) {
				fault("%s, due at %s, overtook %s, due at %s", other.Occurrence, b.due(), row.Occurrence, a.due())
			}
		}
		// Silence: the amplifier settles, and a higher one that comes soon is waited for.
		quiet := due
		for _, s := range all {
			if s.from >= began {
				break
			}
			if s.from > quiet+int64(audio.Rate.N(settle+handedAhead))+lead {
				fault("silence from %s while %s was due", audio.Rate.D(audio.Frames(quiet)), row.Occurrence)
			}
			quiet = max(quiet, s.to)
		}
		if began > quiet+int64(audio.Rate.N(settle+handedAhead))+lead {
			fault("silence from %s to %s, when %s began at last", audio.Rate.D(audio.Frames(quiet)), audio.Rate.D(audio.Frames(began)), row.Occurrence)
		}
	}
	return faults
}
