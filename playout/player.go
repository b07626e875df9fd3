package playout

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/proof"
	"loalang/recordings"
	"loalang/scheduler"
)

const (
	// tendEvery is how often active emergencies are looked after, and the guard of the
	// amplifier is restarted for what sounds.
	tendEvery = 10 * time.Second
	// leavePatience is how long the output may take to say what became of an
	// emergency as the process goes down.
	leavePatience = time.Second
)

// Voicer speaks a text. *Producer is one.
type Voicer interface {
	Voice(ctx context.Context, language, voice, spoken string) (recordings.Recording, error)
	// Aloud speaks into a file in memory, levelled like everything that airs; it
	// needs neither the database nor the disk. The caller closes the file.
	Aloud(ctx context.Context, language, spoken string) (*os.File, error)
	// Spoken is text as a voice of language reads it; speech.ErrNoVoice when no
	// voice speaks the language.
	Spoken(ctx context.Context, language, text string) (string, error)
}

// PlayerConfig is what a Player works with. Every field is required unless it
// says otherwise.
type PlayerConfig struct {
	Village   string   // key of the village that hears this output
	Origin    string   // the node that owns the rows written here
	Languages []string // of the village, as they were known at the start
	Zones     []Zone   // switched apart, and keyed together with Amp; empty: Amp powers everything
	Output    Output
	Siren     Siren
	Amp       Amp // nil: each of the Zones has all it needs
	// Bypass says whether the amplifier is on its own microphone. It may be nil.
	Bypass      func() hardware.BypassState
	Library     Library
	Journal     Journal
	Emergencies Emergencies
	Places      Places
	Voicer      Voicer
	Stations    Stations // nil: nothing is relayed
	Witness     Witness  // nil: there is no monitor input, and nothing is measured
	MonitorZone string   // one of Zones, which the Witness hears; empty: it hears them all
	// Segue is the silence between two occurrences that run into one another, 0 to
	// 10 s; 0: they join to the frame.
	Segue time.Duration
	// Crossfade lets such two fade into one another for that long, 0 to 5 s, when
	// there is no Segue.
	Crossfade time.Duration
	// Duck is how a bed gives way to voices; zero: audio.DefaultDuck. BedFade is how
	// long it fades out behind the last word; 0: 2 s.
	Duck    audio.Duck
	BedFade time.Duration
	// Spool lists folders for what the journal cannot take, tried in order: on
	// the data disk, and in memory for when that disk is full.
	Spool []string
	// Memory is a folder on a file system in memory, and Boot names this boot of the
	// machine: what is on the air is noted there, so that it goes on after a crash of
	// this process. Empty: it does not.
	Memory, Boot string
	// Restarted says that an earlier run of this program has been there since the
	// board was switched on: what it left open was not left by the power.
	Restarted bool
	// Settled is called once what earlier runs left open has its outcome. It may be
	// nil.
	Settled func()
	// Fallback names the recording that sounds when nothing else of an occurrence
	// would be heard; empty: nothing does. It must not block. It may be nil.
	Fallback func() string
	// Released is called when what an earlier run claimed may air after all: the
	// plan should be made again. It must return at once. It may be nil.
	Released func()
	// Seen is called when the as-run was written to: the clock should note durably
	// that it is now. It may block on the disk and is never called twice at a time.
	// It may be nil.
	Seen  func()
	Clock func() hardware.ClockState
	// Callers tries who may raise an emergency, from memory; nil: drills do not ask.
	Callers func() Callers
	// Button is what would keep a press of the panic button from raising what it is set to
	// raise, as PanicButton.Tried has it; nil: there is none.
	Button func() string
	// Slept is how long the machine was suspended so far, while Mono stood still. It
	// may be nil: then it never sleeps.
	Slept func() time.Duration
	// Beat is called each time the loop of Run comes round, at least every ten seconds;
	// nil: nobody watches it. It must return at once.
	Beat  func()
	Now   func() time.Time     // wall clock
	Mono  func() audio.Instant // audio.Monotonic
	NewID func() string        // UUIDv7
	Log   *slog.Logger
}

// Player airs what the scheduler hands over and what a person raises at once.
// Run owns one goroutine, in which everything about scheduled occurrences
// happens; the exported methods may be called from any goroutine.
type Player struct {
	cfg   PlayerConfig
	power *mains
	book  *logbook
	vault *vault
	inbox chan func()
	done  chan struct{}
	side  sync.WaitGroup // claims and messages under way

	noting   atomic.Bool   // cfg.Seen is running
	switched chan struct{} // the loop is to look who hears what sounds

	// Owned by the loop.
	items map[string]*item     // by occurrence
	cues  map[string]*item     // by cue
	seen  map[string]time.Time // occurrences handed over, until a day after Due

	expected time.Time     // what the plan has not handed over yet is due next; zero: nothing is
	ear      *time.Timer   // has the loop look again; nil: it never did
	hearing  bool          // it is set
	gapUntil audio.Instant // until when gapHolder has the amplifier on; zero: it has not

	bookmark *bookmark
	closing  map[string]AsRun // ended, and on their way to the journal
	crashed  map[string]AsRun // emergencies and drills that a crash interrupted; only read once Run has begun

	calibrating sync.Mutex
	proving     sync.Mutex                   // guards what follows
	unproved    map[string]unproved          // rows that ended, by occurrence
	samples     map[string]chan proof.Result // of a calibration

	revoked map[string]audio.Instant // announcements and schedules taken back lately, and when

	ending map[string]audio.Instant // cues that were taken back and have not ended, and when

	arranging bool // places are being found: whoever wants that sets rearrange
	rearrange bool
	starved   bool // something waits for room in the output

	seenClock clockSight
	misdated  []misdated // ended since the clock was last set

	silenced audio.Instant // since when an alarm silences the programme; zero: it does not
	silencer front         // the newest alarm then

	rules   *scheduler.Village // as last read after an edit; nil: what the plan says holds
	reading sync.Mutex         // one reader of the rules at a time, outside the loop

	mu        sync.Mutex
	onAir     *OnAir
	alarms    []*alarm
	ended     *scheduler.Emergency // the last that ended
	concluded []AsRun              // of emergencies and drills, until the loop marks them
	change    chan struct{}        // closed and replaced at each change

	drilling  *drill           // the one that is prepared or sounds; nil: none
	languages []string         // of the village, as they were last known
	up        bool             // the output holds its device; what a stand-in plays is heard by nobody
	dead      *DeadAir         // what is silent though it should be heard; nil: nothing is
	deadAirs  int64            // how often that began
	lost      map[string]*Lost // what is sent and not heard, by occurrence; none is changed
	losses    int64            // how often that began
	leaving   bool             // the process goes down: what sounds is stopped, not ended
}

// NewPlayer prepares a Player; nothing sounds before Run.
func NewPlayer(cfg PlayerConfig) *Player {
	p := &Player{
		cfg:      cfg,
		book:     newLogbook(cfg),
		vault:    newVault(cfg),
		inbox:    make(chan func(), 256),
		done:     make(chan struct{}),
		switched: make(chan struct{}, 1),
		items:    map[string]*item{},
		cues:     map[string]*item{},
		ending:   map[string]audio.Instant{},
		seen:     map[string]time.Time{},
		revoked:  map[string]audio.Instant{},
		change:   make(chan struct{}),

		bookmark: newBookmark(cfg), closing: map[string]AsRun{}, crashed: map[string]AsRun{},
		languages: cfg.Languages, unproved: map[string]unproved{}, samples: map[string]chan proof.Result{}, lost: map[string]*Lost{},
	}
	if p.cfg.Witness == nil {
		p.cfg.Witness = noWitness{}
	}
	if p.cfg.Slept == nil {
		p.cfg.Slept = func() time.Duration { return 0 }
	}
	if p.cfg.Beat == nil {
		p.cfg.Beat = func() {}
	}
	p.seenClock = p.sight()
	p.power = newMains(cfg, p.powered)
	p.power.moved = p.heardElsewhere
	p.book.saw = p.seenNow
	return p
}

// Run airs until ctx ends; it then switches the amplifier off and writes what
// the as-run still lacks. It returns nil when ctx ended and an error when the
// Output ended by itself.
func (p *Player) Run(ctx context.Context) error {
	defer p.side.Wait()
	ctx, end := context.WithCancel(ctx)
	defer end() // also when the loop panics: what runs beside it must not keep the process from ending
	bookCtx, closeBook := context.WithCancel(context.WithoutCancel(ctx))
	var writing sync.WaitGroup
	writing.Go(func() { p.book.run(bookCtx) })
	defer writing.Wait()
	defer closeBook()
	defer close(p.done)
	defer p.power.off() // deferred last, runs first: no path leaves the amplifier live

	p.afterRestart(ctx)
	key := time.NewTimer(time.Hour)
	defer key.Stop()
	tend := time.NewTicker(tendEvery)
	defer tend.Stop()
	pulse := time.NewTimer(time.Hour)
	defer pulse.Stop()
	sounds, still := false, false // still: but for the time nothing has changed since the last mark
	for {
		p.cfg.Beat()
		if sounds = still && p.goesOn() || p.mark(); sounds {
			pulse.Reset(pulseEvery)
		}
		still = false
		p.listenAgain()
		key.Reset(min(p.nextKey(), p.nextMark(), p.nextSight()))
		select {
		case <-ctx.Done():
			p.leave()
			return nil
		case f := <-p.inbox:
			p.minded()
			f()
		case ev, alive := <-p.cfg.Output.Events():
			p.minded()
			if !alive {
				p.leave()
				return errors.New("the output ended")
			}
			p.event(ctx, ev)
		case <-key.C:
			p.minded()
			p.markDue()
			p.keyDue()
		case <-pulse.C: // for mark
			still = !p.minded() && sounds
		case <-p.switched:
			p.minded()
			p.listenAll()
		case <-tend.C:
			p.minded()
			p.tendAlarms()
			p.renewItems()
			p.renewDrill()
		}
	}
}

// seenNow lets the clock note that it is now, behind what asks for it.
func (p *Player) seenNow() {
	if p.cfg.Seen == nil || !p.noting.CompareAndSwap(false, true) {
		return
	}
	p.side.Go(func() {
		defer p.noting.Store(false)
		p.cfg.Seen()
	})
}

// do runs f on the loop; it says false when the loop has ended.
func (p *Player) do(f func()) bool {
	select {
	case <-p.done:
		return false
	case p.inbox <- f:
		return true
	}
}

// Play takes over an occurrence. It returns at once; the same ID plays once.
func (p *Player) Play(o scheduler.Occurrence) {
	if o.Drill != nil {
		p.do(func() { p.takeDrill(o) })
		return
	}
	p.do(func() { p.take(o) })
}

// Omit writes down that an occurrence will not air, and why. Scheduler reasons
// decide the outcome.
func (p *Player) Omit(o scheduler.Occurrence, r scheduler.Reason) {
	p.do(func() {
		p.omit(o, r)
	})
}

func (p *Player) omit(o scheduler.Occurrence, r scheduler.Reason) {
	if _, taken := p.seen[o.ID]; taken {
		return
	}
	p.seen[o.ID] = o.Due
	row := p.newRow(o)
	row.Outcome, row.Cause = omitted(r), r.Code
	if r.Limit != "" {
		row.Rules = append(row.Rules, scheduler.Reason{Code: r.Limit, By: r.By, Count: r.Count})
	}
	p.side.Go(func() {
		// Claimed, not recorded: what an earlier run wrote of it stands.
		if err := p.book.claim(context.Background(), row); err != nil && !errors.Is(err, ErrClaimed) {
			p.cfg.Log.Error("an omission could not be written down", "occurrence", o.ID, "err", err)
		}
	})
}

// wall turns a monotonic instant into wall time as the clock says now.
func (p *Player) wall(at audio.Instant) time.Time {
	now, mono := p.clocks()
	return now.Add(at.Sub(mono)).UTC()
}

// instant turns a wall time into a monotonic instant as the clock says now.
func (p *Player) instant(t time.Time) audio.Instant {
	now, mono := p.clocks()
	return mono.Add(t.Sub(now))
}

// leave ends every item as the process goes down: what sounds is cut, what is
// about to in this instant is missed; all else may air in the next run.
func (p *Player) leave() {
	p.mu.Lock()
	p.leaving = true
	p.mu.Unlock()
	p.leaveDrill()
	for _, it := range p.items { // first: the end of one keys the amplifier for the next
		if !it.row.untouched() && p.silentSoFar(it) {
			it.row.Keyed = time.Time{}
			p.book.record(it.row)
		}
		if it.row.untouched() {
			p.putBack(it)
		}
	}
	for _, it := range p.items {
		p.abandon(it, scheduler.ReasonRestart)
	}
	p.leaveAlarms(p.cfg.Output.Events())
	p.bookmark.told(p.bookmark.clear()) // in order: nothing was interrupted
}

// isLeaving says whether the process goes down.
func (p *Player) isLeaving() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.leaving
}

// changed tells watchers that Air differs.
func (p *Player) changed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.change)
	p.change = make(chan struct{})
}
