package playout_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

// soakBoard is a board that runs for weeks: a real Planner and a real Player over
// what is kept, in memory, of book and as-run. A crash ends both.
type soakBoard struct {
	t     *testing.T
	stage *stage
	place *time.Location
	began time.Time // local midnight before the first day
	clock sleeper   // right, unless somebody sets it
	steps chan time.Duration
	wake  func() // what the clock is like when it is back from a crash; nil: as before it

	mu       sync.Mutex
	book     scheduler.Book
	plan     scheduler.Plan
	promised map[string]scheduler.Occurrence // whatever was published as airing, until it was checked

	planner *scheduler.Planner
	end     context.CancelFunc
	ended   chan struct{}
}

// newSoakBoard opens the house in the village of the book.
func newSoakBoard(t *testing.T) *soakBoard {
	b := &soakBoard{t: t, promised: map[string]scheduler.Occurrence{}}
	b.place = time.FixedZone("ICT", 7*3600)
	b.steps = make(chan time.Duration, 16)
	b.stage = newStage(t, b.configure)
	now := time.Now().In(b.place)
	b.began = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, b.place)
	lib := b.stage.lib
	for _, r := range soakRecordings {
		var sound []span
		if !strings.HasPrefix(r.id, "silent") {
			sound = []span{{0, r.length}}
		}
		lib.record(t, r.id, r.length, sound...)
	}
	b.book = soakBook(b.began)
	b.powerOn()
	return b
}

func (b *soakBoard) configure(s *stage, cfg *playout.PlayerConfig) {
	cfg.Output = &silentOutput{s.out}
	cfg.Fallback = func() string { return "jingle" }
	cfg.Languages = []string{"vi", "pcc"}
	cfg.Stations = tuner{}
	cfg.Released = func() {
		if b.planner != nil {
			b.planner.Changed()
		}
	}
	cfg.Now, cfg.Clock, cfg.Slept = b.clock.now, b.clock.state, b.clock.hasSlept
}

// powerOn starts the Planner on the stage.
func (b *soakBoard) powerOn() {
	ctx, cancel := context.WithCancel(context.Background())
	b.end, b.ended = cancel, make(chan struct{})
	b.planner = scheduler.NewPlanner(scheduler.PlannerConfig{
		Ledger: b, Stage: b.stage.player, Village: "un-ta", Horizon: 2 * 24 * time.Hour, Lead: settle + 7*time.Second,
		Now: b.clock.now, Trusted: func() bool { return b.clock.state().Trusted() }, Steps: b.steps, Slept: b.clock.hasSlept,
		Log: slog.New(slog.DiscardHandler),
	})
	planner, ended := b.planner, b.ended
	go func() {
		defer close(ended)
		if err := planner.Run(ctx); err != nil {
			b.t.Error(err)
		}
	}()
}

func (b *soakBoard) powerOff() {
	b.end()
	<-b.ended
}

// crash ends Planner and Player as a killed process does, and starts them again a
// while later; a power cut takes the memory too.
func (b *soakBoard) crash(away time.Duration, power bool) {
	b.powerOff()
	old := b.stage
	spool := b.t.TempDir()
	if _, err := os.Stat(old.spool); err == nil {
		if err := os.CopyFS(spool, os.DirFS(old.spool)); err != nil {
			b.t.Fatal(err)
		}
	}
	old.alarms.mu.Lock()
	alarms := &emergencies{all: maps.Clone(old.alarms.all)}
	old.alarms.mu.Unlock()
	b.stage = old.crash(away, b.configure, func(s *stage, cfg *playout.PlayerConfig) {
		s.spool, s.alarms = spool, alarms
		cfg.Spool, cfg.Emergencies = []string{spool}, alarms
		cfg.Released = func() { b.planner.Changed() }
		if b.wake != nil {
			b.wake()
		}
		if power {
			for _, name := range []string{"onair.json", "onair.pulse"} {
				_ = os.Remove(filepath.Join(s.memory, name)) // it need not be there
			}
		}
	})
	for _, dir := range []string{old.memory, old.spool} {
		if err := os.RemoveAll(dir); err != nil {
			b.t.Error(err)
		}
	}
	*old = stage{t: old.t} // its end was arranged for in a Cleanup, which would keep it
	b.powerOn()
}

// edit changes the book as a person would.
func (b *soakBoard) edit(change func(*scheduler.Book)) {
	b.mu.Lock()
	change(&b.book)
	b.mu.Unlock()
	b.planner.Changed()
}

// Book is what the store reads.
func (b *soakBoard) Book(_ context.Context, _ string, now time.Time) (scheduler.Book, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	book := b.book
	book.Schedules, book.Announcements = slices.Clone(book.Schedules), slices.Clone(book.Announcements)
	book.Renditions = slices.Clone(book.Renditions)
	journal := b.stage.book
	journal.mu.Lock()
	defer journal.mu.Unlock()
	for _, row := range journal.rows {
		if !row.Deleted.IsZero() || row.Outcome != "" && row.Due.Before(now.Add(-49*time.Hour)) {
			continue
		}
		p := scheduler.Past{
			Occurrence: row.Occurrence, Due: row.Due, End: row.Due, Schedule: row.Schedule, Slot: row.Slot, Nominal: row.Nominal, Cause: row.Cause,
		}
		first, last := row.Span()
		switch {
		case row.Outcome == "" && !first.IsZero():
			p.End = first.Add(row.Planned)
		case row.Outcome == "":
			p.End = row.Due.Add(row.Planned)
		case !last.IsZero():
			p.End = scheduler.PastEnd(row.Due, last, aired(row), now)
		}
		p.Over, p.Ahead = row.Outcome != "", row.Ahead(now)
		book.Past = append(book.Past, p)
	}
	return book, nil
}

// aired is how long a row sounded.
func aired(row playout.AsRun) (long time.Duration) {
	for _, a := range row.Airings {
		if a.Part != scheduler.PartBed && !a.Ended.IsZero() {
			long += a.Ended.Sub(a.Started)
		}
	}
	return long
}

// Publish remembers what was promised.
func (b *soakBoard) Publish(_ context.Context, p scheduler.Plan) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.plan = p
	for _, o := range p.Occurrences {
		if o.Due.Before(b.clock.now().Add(6 * time.Hour)) {
			b.promised[o.ID] = o
		}
	}
	return nil
}

// Published reads it again.
func (b *soakBoard) Published(context.Context, string) (scheduler.Plan, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.plan, nil
}

// silentOutput tells of dead air where a recording is silent, as the mixer does.
type silentOutput struct{ *output }

func (o *silentOutput) Cue(c audio.Cue) error {
	if err := o.output.Cue(c); err != nil || !c.Spoken || !strings.HasPrefix(filepath.Base(c.File.Name()), "silent") {
		return err
	}
	o.mu.Lock()
	k := o.cues[c.ID]
	o.mu.Unlock()
	var listen func()
	listen = func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		switch {
		case k.done:
		case !k.live || o.frozen() || o.now().Sub(k.at) < 2*time.Second:
			time.AfterFunc(200*time.Millisecond, listen)
		default:
			o.events <- audio.Event{Kind: audio.DeadAir, ID: c.ID, At: k.at}
		}
	}
	time.AfterFunc(k.at.Add(2*time.Second).Sub(o.now()), listen)
	return nil
}

// prune lets the fake forget what has ended: it would be the leak otherwise.
func (o *output) prune() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, k := range o.cues {
		if k.done {
			delete(o.cues, id)
		}
	}
	o.order = slices.DeleteFunc(o.order, func(id string) bool { return o.cues[id] == nil })
	o.raised = nil
}

type soakRecording struct {
	id       string
	language string
	length   time.Duration
}

var soakRecordings = []soakRecording{
	{"chime", "", time.Second},
	{"opening", "", 3 * time.Second},
	{"closing", "", 3 * time.Second},
	{"jingle", "", 2 * time.Second},
	{"vi-short", "vi", 8 * time.Second},
	{"vi-long", "vi", 40 * time.Second},
	{"pcc-short", "pcc", 9 * time.Second},
	{"pcc-long", "pcc", 35 * time.Second},
	{"silent-vi", "vi", 20 * time.Second},
	{"message", "", 4 * time.Second},
}

// soakSlot is how long the two slots of a day are.
const soakSlot = 20 * time.Minute

func soakLength(id string) time.Duration {
	for _, r := range soakRecordings {
		if r.id == id {
			return r.length
		}
	}
	panic("no recording " + id)
}

// soakBook is a village with two slots a day and four notices in them.
func soakBook(began time.Time) scheduler.Book {
	owned := func(id string) scheduler.Owned {
		return scheduler.Owned{ID: id, Village: "un-ta", Created: began.UTC(), Updated: began.UTC()}
	}
	b := scheduler.Book{
		Village: scheduler.Village{
			Key: "un-ta", Name: "Ún Tà", Zone: "Asia/Ho_Chi_Minh", Languages: []string{"vi", "pcc"},
			Allowed: []scheduler.Window{{From: 5 * 60, To: 21 * 60}},
		},
		Slots: []scheduler.Slot{
			{Owned: owned("morning"), Name: "Buổi sáng", Start: 5*60 + 30, Length: soakSlot, Opening: "opening", Closing: "closing"},
			{Owned: owned("evening"), Name: "Buổi chiều", Start: 17 * 60, Length: soakSlot, Opening: "opening", Closing: "closing"},
		},
		Frame: scheduler.Frame{
			Chime: scheduler.Sound{Recording: "chime", Length: time.Second}, Pause: 500 * time.Millisecond, Gap: time.Second,
			Sounds: map[string]time.Duration{"opening": 3 * time.Second, "closing": 3 * time.Second},
		},
	}
	rules := []scheduler.Resumption{"", scheduler.Restart, scheduler.Drop, scheduler.Resume}
	for i, rule := range rules {
		id := fmt.Sprintf("notice-%d", i)
		addNotice(&b, id, scheduler.ClassNormal, began, "vi-long", "pcc-short")
		b.Schedules = append(b.Schedules, scheduler.Schedule{
			Owned: owned("slots-" + id), Announcement: id, Kind: scheduler.Slots, Slots: []string{"morning", "evening"}, Interrupted: rule,
		})
	}
	return b
}

// addNotice adds an announcement with its renditions, all ready.
func addNotice(b *scheduler.Book, id string, class scheduler.Class, now time.Time, recordings ...string) {
	owned := scheduler.Owned{ID: id, Village: "un-ta", Created: now.UTC(), Updated: now.UTC()}
	b.Announcements = append(b.Announcements, scheduler.Announcement{Owned: owned, Title: id, Class: class})
	for _, r := range soakRecordings {
		if slices.Contains(recordings, r.id) {
			b.Renditions = append(b.Renditions, scheduler.Rendition{
				Owned: owned, Announcement: id, Language: r.language, State: scheduler.Ready, Recording: r.id, Length: r.length,
			})
		}
	}
	slices.SortFunc(b.Renditions, func(x, y scheduler.Rendition) int { // as the store reads them
		return cmp.Or(cmp.Compare(x.Announcement, y.Announcement), cmp.Compare(x.Language, y.Language))
	})
}
