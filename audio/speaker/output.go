package speaker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"loalang/audio"
)

// Config is what an Output is made of.
type Config struct {
	// Command runs the child: a program and its arguments that end in RunChild or
	// Main, as {"/proc/self/exe", "speaker"}. "--device" and Device are appended.
	Command []string
	// Device is what ParseDevice understands.
	Device string
	// Siren is the built-in siren, a 48 kHz s16 mono WAV; nil: there is none, and
	// alarms must bring their own. It is duplicated.
	Siren *os.File
	// Routing is zero for BothChannels.
	Routing Routing
	// Buffer is how much sound the card shall hold, LeastBuffer to 1 s; 0: 6 ms at
	// real-time priority, 60 ms without. It grows when the card runs dry.
	Buffer time.Duration
	// Lessons is what was learned of cards before, by their labels. With Buffer 0 and
	// at real-time priority the card holds that much from the beginning.
	Lessons map[string]Lesson
	// Learned is told all Lessons when one has changed, from a goroutine of its own;
	// it may block. nil: nobody keeps them.
	Learned func(map[string]Lesson)
	// Calibration is added to the instant at which a frame is taken to leave the
	// card: the delay of a converter that was measured.
	Calibration time.Duration
	// Log takes one line for each child that starts or ends.
	Log *slog.Logger
}

// Output is one card and channel set, as the rest of the house sees it. It
// supervises the child process that holds the card: a child that dies, errs or
// stops reading is replaced, and what is still due is cued again. While there
// is no card a child without one keeps cues, events and listen-in going; State
// says that nothing is heard.
//
// Every cue that Cue accepted ends in exactly one Ended event. All methods may
// be called from any goroutine, before Run and after it too; none of them waits
// for the card.
type Output struct {
	cfg    Config
	launch func(argv []string, say func(pid int, line string)) (*process, error)
	choice DeviceChoice
	siren  *os.File
	events *mailbox
	ears   *ears

	goroutines sync.WaitGroup // of sessions

	mu      sync.Mutex
	ledger  *ledger
	active  *session // takes cues; nil between children
	state   audio.OutputState
	buffer  time.Duration     // asked of the next child; 0: its own choice
	lessons map[string]lesson // by the card's label
	volume  *audio.Decibels   // of the programme; nil: nobody has turned it
	opened  bool              // a child has held the device
	chosen  *Card             // the card that the default was; nil: none was
	dry     dryness
	ended   bool

	telling sync.Mutex // held while Learned is told

	faults, words complaint // what was told already, by us and by children
}

// NewOutput checks the configuration. Nothing runs before Run.
func NewOutput(cfg Config) (*Output, error) {
	choice, err := ParseDevice(cfg.Device)
	if err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	if len(cfg.Command) == 0 || cfg.Log == nil {
		return nil, errors.New("output: it needs a command and a log")
	}
	if cfg.Routing == (Routing{}) {
		cfg.Routing = BothChannels()
	}
	if err := cfg.Routing.check(); err != nil {
		return nil, fmt.Errorf("output: %w", err)
	}
	if cfg.Buffer != 0 && cfg.Buffer < LeastBuffer || cfg.Buffer > time.Second {
		return nil, fmt.Errorf("output: a buffer of %v; %v to 1s are possible, or 0 for the usual one", cfg.Buffer, LeastBuffer)
	}
	o := &Output{cfg: cfg, launch: startProcess, choice: choice, ledger: newLedger(), buffer: cfg.Buffer, events: newMailbox()}
	o.takeLessons(cfg.Lessons, audio.Monotonic())
	o.ears = newEars(o.turnTap)
	o.state.Fault = "the output has not started yet"
	if cfg.Siren != nil {
		if o.siren, err = duplicate(cfg.Siren); err != nil {
			return nil, fmt.Errorf("siren: %w", err)
		}
	}
	return o, nil
}

// Run keeps a child on the device until ctx ends; then it lets the child fade
// out, ends what was cued as Lost, closes Events and returns nil. It may be
// called once.
func (o *Output) Run(ctx context.Context) error {
	go o.events.run() // ended by finish
	defer o.finish()
	k := keeper{o: o}
	k.run(ctx)
	return nil
}

// takeCharge makes s the child that takes cues, and hands it what is still due,
// unless it has ended already.
func (o *Output) takeCharge(s *session) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s.lost {
		return
	}
	now := audio.Monotonic()
	if old := o.active; old != nil {
		o.letGo(old, now, "the sound card is back")
	}
	o.active, o.dry = s, dryness{}
	s.inCharge.Store(true)
	o.state.ChildPID, o.state.RealTime, o.state.Latency = s.pid, s.up.RealTime, s.up.Latency
	o.state.Underruns, o.state.ChildRSS, o.state.Levels = 0, 0, silence()
	if !s.standIn {
		o.opened = true
		if o.choice.Kind == DefaultCard && s.up.Is != nil {
			o.chosen = s.up.Is
		}
		o.state.Up, o.state.Device, o.state.Audible = true, s.up.Device, o.choice.Audible()
		o.state.Fault, o.state.Trouble, o.state.Weak = o.weaker(s.up), "", o.lacks(s.up)
		o.state.Buffer, o.state.Learned = s.up.Buffer, o.grown(s.up)
		o.events.put(audio.Event{Kind: audio.DeviceUp, At: now, Device: s.up.Device, Detail: o.state.Fault})
		o.faults.well()
		o.words.well()
		o.cfg.Log.Info("the output is open", "device", s.up.Device, "pid", s.pid, "realtime", s.up.RealTime,
			"latency", s.up.Latency, "buffer", s.up.Buffer, "weaker", o.state.Fault)
	}
	o.publish(o.ledger.overdue(now, "no child held the device at its instant"))
	o.publish(o.ledger.expire(now))
	if o.ears.listening() {
		s.tell(&message{Listen: new(true)})
	}
	if o.volume != nil { // before anything sounds
		s.tell(&message{Volume: o.volume})
	}
	for _, e := range o.ledger.alarms {
		s.tell(raiseMessage(e))
	}
	for _, e := range o.ledger.cues {
		s.tell(cueMessage(e.cue))
	}
}

func silence() audio.Levels { return audio.Levels{RMS: -120, Peak: -120} }

// lose takes the charge from a child that ended. It is called from its reader,
// behind its last event.
func (o *Output) lose(s *session) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s.lost = true
	if o.active != s {
		return
	}
	why := s.why().Error()
	o.letGo(s, audio.Monotonic(), why)
	if s.standIn {
		return
	}
	o.events.put(audio.Event{
		Kind: audio.DeviceDown, At: audio.Monotonic(), Device: o.state.Device, Cause: audio.Lost, Detail: why,
	})
	o.state.Up, o.state.Device, o.state.Audible = false, "", false
	o.state.Fault, o.state.Trouble = why, audio.Broken
	o.state.Weak, o.state.Buffer, o.state.Learned = nil, 0, false
}

// letGo ends what s was playing. Its caller holds o.mu.
func (o *Output) letGo(s *session, now audio.Instant, why string) {
	o.active = nil
	s.inCharge.Store(false)
	at := min(now, audio.Instant(s.lastRead.Load()))
	o.publish(o.ledger.cut(loss{at: at, detail: why, lead: s.lead(), unheard: s.standIn}))
	o.state.Levels, o.state.ChildPID = silence(), 0
}

// failed says what is wrong, for people, until a child is back.
func (o *Output) failed(why error, pause time.Duration) {
	o.mu.Lock()
	o.state.Restarts++
	o.mu.Unlock()
	o.unheard(absent{Sentence: why.Error(), Trouble: audio.Broken}, pause)
}

// unheard says why nothing is heard now.
func (o *Output) unheard(why absent, pause time.Duration) {
	o.mu.Lock()
	o.state.Fault, o.state.Trouble = "nothing will be heard: "+why.Sentence, why.Trouble
	if o.active == nil { // else a stand-in plays what is due, and tells of it
		now := audio.Monotonic()
		o.publish(o.ledger.overdue(now, o.state.Fault))
		o.publish(o.ledger.expire(now))
	}
	o.mu.Unlock()
	level := o.faults.level(why.Sentence, slog.LevelError)
	o.cfg.Log.Log(context.Background(), level, "the output is down", "device", o.choice.String(), "err", why.Sentence, "pause", pause)
}

// happened takes in an event of a child. Only the one in charge is heard.
func (o *Output) happened(s *session, ev audio.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.active != s || !o.ledger.note(ev) {
		return
	}
	if s.standIn && ev.Kind == audio.Ended && ev.Detail == "" {
		ev.Detail = "there was no sound card: nobody heard it"
	}
	o.events.put(ev)
}

// heard takes in a heartbeat. The error says why the child must end.
func (o *Output) heard(s *session, st status) error {
	s.lastRead.Store(int64(max(st.LastRead, audio.Instant(s.lastRead.Load()))))
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.active != s {
		return nil
	}
	o.ledger.hear(st.Sounding)
	o.state.Levels, o.state.Underruns = st.Levels, st.Underruns
	if st.RSS > 0 {
		o.state.ChildRSS, o.state.RealTime = st.RSS, st.RealTime
	}
	o.notePriority(s, st)
	if o.state.Fault == s.trouble && s.trouble != st.Trouble {
		o.state.Fault, o.state.Weak = o.weaker(s.up), o.lacks(s.up) // it is over
	}
	if s.trouble = st.Trouble; s.trouble != "" {
		o.state.Fault = s.trouble
	}
	if st.Dropped > 0 {
		// Who stopped this process lost count of what sounded: begin anew.
		return errors.New("events of the speaker process were lost")
	}
	return o.adjust(s, st, audio.Monotonic())
}

// publish hands events to the caller of Events.
func (o *Output) publish(events []audio.Event) {
	for _, ev := range events {
		o.events.put(ev)
	}
}

// finish ends what is left when Run does.
func (o *Output) finish() {
	o.goroutines.Wait()
	o.mu.Lock()
	now := audio.Monotonic()
	o.ended = true
	for _, e := range o.ledger.cues {
		o.events.put(lost(e.cue.ID, now, "the output has ended"))
	}
	o.ledger.close()
	closeFile(o.siren)
	o.state = audio.OutputState{Fault: "the output has ended", Levels: silence(), Restarts: o.state.Restarts}
	o.mu.Unlock()
	o.ears.close()
	o.events.close()
}

// Events delivers every event to the one caller; it closes when Run has ended.
// Events wait for a caller that is slow.
func (o *Output) Events() <-chan audio.Event { return o.events.out }

// State is the Output at a glance.
func (o *Output) State() audio.OutputState {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.state
}

// Listen taps the sound that leaves the mixer: 48 kHz s16 mono little-endian PCM
// from now on, until ctx ends or the reader is closed. A reader that falls 2 s
// behind loses the oldest. ErrEnded after the end of Run.
func (o *Output) Listen(ctx context.Context) (io.ReadCloser, error) { return o.ears.open(ctx) }

// turnTap tells the child whether anybody listens, as it is now: of two who come and go
// at once either may be the later one here.
func (o *Output) turnTap() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.active != nil {
		o.active.tell(&message{Listen: new(o.ears.listening())})
	}
}
