package speaker

import (
	"context"
	"log/slog"
	"os"
	"time"

	"loalang/audio"
)

// What the tests of this package see of its inside.

type (
	FrameClock = frameClock
	Reading    = reading
	Ring       = ring
	Backoff    = backoff
	Dryness    = dryness
	Ledger     = ledger
	Message    = message
	Link       = link
	Target     = target
	Ears       = ears
	Mailbox    = mailbox

	Hello     = hello
	CueWords  = cue
	RaiseWord = raise
	RaisePart = raisePart
	StopWords = stop
	Status    = status
	Up        = up
	Fault     = fault
)

const (
	ProtocolVersion = protocolVersion
	MaxMessage      = maxMessage
	MaxID           = maxID
	Noticed         = noticed
)

var (
	ErrFull       = errFull
	NewFrameClock = newFrameClock
	NewLedger     = newLedger
	DecodeMessage = decodeMessage
	CheckVersion  = checkVersion
	StallLimit    = stallLimit
	Larger        = larger
	Moved         = moved
	Pair          = pair
	NewLink       = newLink
	NewEars       = newEars
	NewMailbox    = newMailbox
	RingOf        = ringOf
	Duplicate     = duplicate
	HolderName    = holder
)

func (c *frameClock) Read(now audio.Instant, n audio.Frames) (reading, error) { return c.read(now, n) }
func (c *frameClock) Latency() time.Duration                                  { return c.latency() }

// Aim and ChooseDefault are what happens before any card was chosen.
func Aim(choice DeviceChoice, given string, cards []Card) (target, error) {
	return aim(choice, given, cards, nil)
}

func ChooseDefault(cards []Card) (Card, error)         { return chooseDefault(cards, nil) }
func ChooseAgain(was Card, cards []Card) (Card, error) { return chooseDefault(cards, &was) }

func (b *backoff) Next(now audio.Instant, held, waited time.Duration) time.Duration {
	return b.next(now, held, waited)
}

func (d *dryness) Note(now audio.Instant, count int64) { d.note(now, count) }
func (d *dryness) Larger(now audio.Instant, buffer time.Duration, idle, asked bool) bool {
	return d.larger(now, buffer, idle, asked)
}

func (l *ledger) Admit(c *audio.Cue) error                              { return l.admit(c) }
func (l *ledger) Add(c audio.Cue)                                       { l.add(c) }
func (l *ledger) Note(ev audio.Event) bool                              { return l.note(ev) }
func (l *ledger) Hear(id string, n audio.Frames)                        { l.hear([]sounding{{id, n}}) }
func (l *ledger) Overdue(now audio.Instant, d string) []audio.Event     { return l.overdue(now, d) }
func (l *ledger) Stopped(now audio.Instant, ids []string) []audio.Event { return l.stopped(now, ids) }
func (l *ledger) RaiseAlarm(a audio.Alarm)                              { l.raise(a) }
func (l *ledger) Lowered(id string)                                     { l.lowered(id) }
func (l *ledger) Expire(now audio.Instant) []audio.Event                { return l.expire(now) }
func (l *ledger) Idle(now audio.Instant) bool                           { return l.idle(now) }
func (l *ledger) Silent() bool                                          { return l.silent() }
func (l *ledger) Close()                                                { l.close() }

// Cut is a loss of a child that had counted everything.
func (l *ledger) Cut(at audio.Instant, detail string) []audio.Event {
	return l.cut(loss{at: at, detail: detail, lead: audio.Rate.N(time.Hour)})
}

// CutBy is a loss of a child whose count is lead frames behind, or of a stand-in.
func (l *ledger) CutBy(at audio.Instant, lead audio.Frames, unheard bool) []audio.Event {
	return l.cut(loss{at: at, lead: lead, unheard: unheard})
}

// Waiting are the cues a new child is told of.
func (l *ledger) Waiting() []audio.Cue {
	var all []audio.Cue
	for _, e := range l.cues {
		all = append(all, e.cue)
	}
	return all
}

// Raised are the IDs of the alarms a new child is told of.
func (l *ledger) Raised() []string {
	var all []string
	for _, e := range l.alarms {
		all = append(all, e.alarm.ID)
	}
	return all
}

func (m *message) Encode() ([]byte, error)     { return m.encode() }
func (m *message) Files() []*os.File           { return m.files }
func (m *message) With(f ...*os.File) *message { m.files = f; return m }

func (l *link) Send(m *message) error      { return l.send(m) }
func (l *link) Receive() (*message, error) { return l.receive() }
func (l *link) Close() error               { return l.close() }
func (l *link) File() *os.File             { return l.file }

func (e *ears) Hear(pcm []byte)                         { e.hear(pcm) }
func (e *ears) Listening() bool                         { return e.listening() }
func (e *ears) Close()                                  { e.close() }
func (e *ears) Follow(pipe *os.File, heard func() bool) { e.follow(pipe, heard) }
func (m *mailbox) Put(ev audio.Event)                   { m.put(ev) }
func (m *mailbox) Run()                                 { m.run() }
func (m *mailbox) Close()                               { m.close() }
func (m *mailbox) Out() <-chan audio.Event              { return m.out }
func (r Routing) Check() error                          { return r.check() }
func (r Routing) Spread(dst []byte, mono []float32)     { r.spread(dst, mono) }
func (e *ears) Open(ctx context.Context) (*ear, error)  { return e.open(ctx) }

// NewCard is the card of a child, for the suite of devices.
func NewCard(buffer time.Duration) audio.Device {
	return &card{choice: DeviceChoice{Kind: DefaultCard}, buffer: buffer, routing: BothChannels(), root: "/", given: os.Getenv(configVariable)}
}

// Complaint is what keeps a board without a card from filling its log.
type Complaint = complaint

func (c *complaint) Level(words string, loud slog.Level) slog.Level { return c.level(words, loud) }
func (c *complaint) Well()                                          { c.well() }

// Reader is what oto reads the programme from, without oto.
type Reader struct{ *programme }

// NewReader reads a desk as a card with such a ring does.
func NewReader(d *audio.Desk, r Ring) Reader {
	return Reader{&programme{
		desk: d, routing: BothChannels(), clock: newFrameClock(r, 0), mono: make([]float32, r.Period), player: mute{},
	}}
}

// Read is not judged by its rate: it is called as fast as can be.
func (r Reader) Read(dst []byte) (int, error) {
	r.clock.rate = rateCheck{}
	return r.programme.Read(dst)
}

// Siren is what oto reads an alarm over that programme from.
func (r Reader) Siren() interface{ Read(dst []byte) (int, error) } {
	a := &alarm{programme: r.programme, mono: make([]float32, len(r.mono))}
	a.running = &siren{alarm: a}
	return a.running
}

// mute is a player that always holds a period.
type mute struct{}

func (mute) SetVolume(float64) {}
func (mute) BufferedSize() int { return 1 }

// Vigil is the watch over a child that said nothing since read, nor was looked for
// since it began then.
type Vigil struct {
	v vigil
	s *session
}

// NewVigil watches a child that holds its device, or one that is still opening it.
func NewVigil(u *Up, read audio.Instant) *Vigil {
	s := &session{opened: make(chan struct{}), began: read}
	if u != nil {
		s.up = *u
		close(s.opened)
	}
	s.lastRead.Store(int64(read))
	return &Vigil{s: s}
}

// Read is a heartbeat that tells of a read.
func (v *Vigil) Read(at audio.Instant) { v.s.lastRead.Store(int64(at)) }

// Look is one look.
func (v *Vigil) Look(now audio.Instant) error { return v.v.look(v.s, now) }

// Talk keeps a child that says much from filling the log.
type Talk struct{ t talk }

func NewTalk(say func(string)) *Talk                { return &Talk{talk{say: say}} }
func (t *Talk) Line(now audio.Instant, line string) { t.t.line(now, line) }
func (t *Talk) Rest()                               { t.t.rest() }

// Slow is a source that is read through the gate.
type Slow interface {
	audio.Source
	Close() error
}

// NewGate makes sources be read one at a time.
func NewGate() func(Slow) audio.Source {
	g := newGate()
	return func(s Slow) audio.Source { return g.slow(s) }
}
