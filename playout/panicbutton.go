package playout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"loalang/hardware"
	"loalang/scheduler"
)

// ButtonWords are what is written of a press, in the village's language.
type ButtonWords struct {
	By     string // who raised it: "nút khẩn cấp"
	Title  string // of the siren alone
	Reason string
	Clear  string // title of the all-clear
	// ClearText is what it says in a village.
	ClearText func(village string) string
}

// Alarms is what a panic button has to do with. *Player is one.
type Alarms interface {
	// Raise makes an emergency sound at once.
	Raise(ctx context.Context, e scheduler.Emergency) error
	// Renew gives one that sounds another end; ErrNoEmergency when it is over.
	Renew(ctx context.Context, id string, expires time.Time, by string) (scheduler.Emergency, error)
	// End ends one emergency that was raised; ErrNoEmergency when it is over.
	End(ctx context.Context, id, by string) error
}

// Prepared reads the messages that a village has prepared. *store.Store is one; it does so
// without its database.
type Prepared interface {
	Templates(ctx context.Context, village string) (scheduler.Templates, error)
}

// PanicConfig is what a PanicButton works with. Every field is required.
type PanicConfig struct {
	Origin string
	Alarms Alarms
	Air    func() Air // what sounds now
	Texts  Prepared
	Action func() ButtonAction // as it is set now; from memory
	Place  func() scheduler.Village
	Zones  []string // that the board has
	Words  ButtonWords
	Now    func() time.Time
	Mono   func() time.Duration // CLOCK_MONOTONIC
	NewID  func() string        // UUIDv7
	// Beat is called each time the loop of Run comes round, at least every ten seconds.
	Beat func()
	Log  *slog.Logger
}

const (
	// panicTextsEvery is how often the prepared messages are read again without a reason.
	panicTextsEvery = time.Minute
	// panicTextsPatience is how long the database may take for that.
	panicTextsPatience = 5 * time.Second
	// panicQueue is how many presses may wait while the disk makes one durable.
	panicQueue = 16
	// panicBeat is how often the loop of Run comes round though nobody presses.
	panicBeat = 10 * time.Second
)

// PanicButton makes an emergency of a press. It asks neither panel nor database nor disk
// before the siren is on its way: what it may need lies in memory.
//
// A first press raises; while what it raised sounds a further one gives it its full life
// again, for whoever presses needs help still, but held for long it ends it, as ButtonSecond
// says. The press that raised never ends, so that a button that is stuck keeps its siren, and
// renews nothing.
type PanicButton struct {
	cfg     PanicConfig
	presses chan hardware.Press
	changed chan struct{}

	raisedBy int // number of the press that raised last; of the goroutine of Run

	mu    sync.Mutex
	texts scheduler.Templates
}

// NewPanicButton prepares a PanicButton; presses wait until Run.
func NewPanicButton(cfg PanicConfig) *PanicButton {
	return &PanicButton{cfg: cfg, presses: make(chan hardware.Press, panicQueue), changed: make(chan struct{}, 1)}
}

// Pressed takes in a press. It does not block; of more than a person can do the last are
// dropped.
func (b *PanicButton) Pressed(p hardware.Press) {
	select {
	case b.presses <- p:
	default:
		b.cfg.Log.Error("a press of the button was one too many", "press", p.Number)
	}
}

// Changed says that the prepared messages may be others. It does not block.
func (b *PanicButton) Changed() {
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// Learn reads the prepared messages; those that are known stay when it fails.
func (b *PanicButton) Learn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, panicTextsPatience)
	defer cancel()
	all, err := b.cfg.Texts.Templates(ctx, b.cfg.Place().Key)
	if err != nil {
		return fmt.Errorf("read the prepared messages: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.texts = all.Of(scheduler.ClassEmergency)
	return nil
}

// Run does what presses ask for until ctx ends; it returns nil.
func (b *PanicButton) Run(ctx context.Context) error {
	var learning sync.WaitGroup
	learning.Go(func() { b.learnOn(ctx) })
	defer learning.Wait()
	round := time.NewTicker(panicBeat)
	defer round.Stop()
	for {
		b.cfg.Beat()
		select {
		case <-ctx.Done():
			return nil
		case p := <-b.presses:
			b.press(ctx, p)
		case <-round.C:
		}
	}
}

// learnOn keeps the messages in memory as they are.
func (b *PanicButton) learnOn(ctx context.Context) {
	tick := time.NewTicker(panicTextsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.changed:
		case <-tick.C:
		}
		if err := b.Learn(ctx); err != nil && ctx.Err() == nil {
			b.cfg.Log.Warn("the button says what it knew", "err", err)
		}
	}
}

// press does what one press asks for.
func (b *PanicButton) press(ctx context.Context, p hardware.Press) {
	action, mine := b.cfg.Action(), b.sounding()
	switch {
	case p.Long && p.Number != b.raisedBy:
		b.second(ctx, action, mine)
	case p.Long:
	case action.Deed == ButtonNothing:
		b.cfg.Log.Warn("the button was pressed and is set to do nothing", "press", p.Number)
	case len(mine) > 0:
		b.again(ctx, action, p, mine)
	default:
		b.raisedBy = p.Number
		b.raise(ctx, action, p)
	}
}

// again gives what the button raised its full life from a further press on. An end that
// people have set later stays. What is over by then is raised anew.
func (b *PanicButton) again(ctx context.Context, action ButtonAction, p hardware.Press, mine []ActiveEmergency) {
	until := b.pressed(p).Add(action.life())
	over := 0
	for _, e := range mine {
		if !e.Expires.Before(until) {
			b.cfg.Log.Info("the button was pressed again, and its emergency lasts longer", "emergency", e.ID, "press", p.Number)
			continue
		}
		switch _, err := b.cfg.Alarms.Renew(ctx, e.ID, until, b.cfg.Words.By); {
		case err == nil:
			b.cfg.Log.Warn("the button was pressed again: its emergency goes on", "emergency", e.ID, "press", p.Number, "until", until)
		case errors.Is(err, ErrNoEmergency):
			over++
		default:
			b.cfg.Log.Error("the button could not renew its emergency", "emergency", e.ID, "press", p.Number, "err", err)
		}
	}
	if over == len(mine) {
		b.raisedBy = p.Number
		b.raise(ctx, action, p)
	}
}

// pressed is when a button went down, by the board's time.
func (b *PanicButton) pressed(p hardware.Press) time.Time {
	return b.cfg.Now().Add(p.At - b.cfg.Mono()).UTC()
}

// sounding are the emergencies that the button raised, in this run or an earlier one.
func (b *PanicButton) sounding() (mine []ActiveEmergency) {
	for _, e := range b.cfg.Air().Emergencies {
		if e.RaisedBy == b.cfg.Words.By && !e.AllClear {
			mine = append(mine, e)
		}
	}
	return mine
}

// raise makes the emergency of a press sound.
func (b *PanicButton) raise(ctx context.Context, action ButtonAction, p hardware.Press) {
	e := b.emergency(action, b.pressed(p))
	if err := b.cfg.Alarms.Raise(ctx, e); err != nil {
		b.cfg.Log.Error("the button could not raise an emergency", "press", p.Number, "err", err)
		return
	}
	b.cfg.Log.Warn("the button raised an emergency", "emergency", e.ID, "press", p.Number, "pressed", e.Raised, "message", action.Message)
}

// emergency is what a press at an instant raises. It is refused for nothing: what is
// wrong with it is left out.
func (b *PanicButton) emergency(action ButtonAction, at time.Time) scheduler.Emergency {
	place, w := b.cfg.Place(), b.cfg.Words
	siren := scheduler.Emergency{
		Owned: scheduler.Owned{ID: b.cfg.NewID(), Village: place.Key, Origin: b.cfg.Origin, Created: at, Updated: at},
		Title: w.Title, Reason: w.Reason, Source: w.By, RaisedBy: w.By, Zones: b.zones(action.Zones), Raised: at, Expires: at.Add(action.life()),
	}
	e := siren
	if action.Deed == ButtonMessage {
		b.mu.Lock()
		t, known := b.texts.Find(action.Message)
		b.mu.Unlock()
		if known {
			t = t.For(place)
			e.Title, e.Text, e.Messages, e.Repeat, e.NoSiren = t.Title, t.Text, t.Prepared.Messages, t.Prepared.Repeat, t.Prepared.NoSiren
			if len(action.Zones) == 0 {
				e.Zones = b.zones(t.Prepared.Zones)
			}
		} else {
			b.cfg.Log.Error("the message of the button is not known: the siren sounds alone", "message", action.Message)
		}
	}
	e, repaired := e.Settle(b.cfg.Now(), place.Languages, b.cfg.Zones)
	for _, f := range repaired {
		b.cfg.Log.Warn("the emergency of the button was repaired", "field", f.Field, "code", f.Code, "what", f.Limit)
	}
	if err := e.Validate(b.cfg.Now()); err != nil {
		b.cfg.Log.Error("the message of the button is not fit: the siren sounds alone", "err", err)
		e, _ = siren.Settle(b.cfg.Now(), nil, b.cfg.Zones)
	}
	return e
}

// second does what a long second press asks for: it ends what the button raised, and
// nothing that people have raised beside it.
func (b *PanicButton) second(ctx context.Context, action ButtonAction, mine []ActiveEmergency) {
	if action.Second != SecondStop && action.Second != SecondAllClear || len(mine) == 0 {
		return
	}
	alone := !slices.ContainsFunc(b.cfg.Air().Emergencies, func(e ActiveEmergency) bool { return e.RaisedBy != b.cfg.Words.By })
	if action.Second == SecondAllClear && alone {
		if err := b.cfg.Alarms.Raise(ctx, b.allClear(mine)); err == nil {
			b.cfg.Log.Warn("the button said the all-clear")
			return
		}
	}
	for _, e := range mine {
		if err := b.cfg.Alarms.End(ctx, e.ID, b.cfg.Words.By); err != nil && !errors.Is(err, ErrNoEmergency) {
			b.cfg.Log.Error("the button could not end its emergency", "emergency", e.ID, "err", err)
			continue
		}
		b.cfg.Log.Warn("the button ended its emergency", "emergency", e.ID)
	}
}

// allClear goes where and in what languages the newest of them was heard.
func (b *PanicButton) allClear(mine []ActiveEmergency) scheduler.Emergency {
	place, w, now, last := b.cfg.Place(), b.cfg.Words, b.cfg.Now().UTC(), mine[len(mine)-1]
	e := scheduler.Emergency{
		Owned:    scheduler.Owned{ID: b.cfg.NewID(), Village: place.Key, Origin: b.cfg.Origin, Created: now, Updated: now},
		AllClear: true, Title: w.Clear, Reason: w.Reason, Source: w.By, RaisedBy: w.By, Text: w.ClearText(place.Name),
		Languages: last.Languages, Zones: last.Zones, Raised: now, Expires: now.Add(scheduler.AllClearLife),
	}
	e, _ = e.Settle(now, place.Languages, b.cfg.Zones)
	return e
}

// zones are those that were chosen, or all while the board has one of them no more: not
// one of two places is warned.
func (b *PanicButton) zones(chosen []string) []string {
	if gone := (scheduler.Prepared{Zones: chosen}).ZonesGone(b.cfg.Zones); len(gone) > 0 {
		b.cfg.Log.Error("the button is for loudspeakers that are gone: it sounds from all", "zones", gone)
		return nil
	}
	return chosen
}
