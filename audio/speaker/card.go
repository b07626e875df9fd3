package speaker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ebitengine/oto/v3"

	"loalang/audio"
)

const (
	// realTimeBuffer is the card's buffer, two periods, at real-time priority, to
	// begin with: ADR 13.
	realTimeBuffer = 6 * time.Millisecond
	// LeastBuffer is the smallest buffer that can be asked of a card.
	LeastBuffer = 2 * time.Millisecond
	// plainBuffer is the buffer without it: measured, ordinary scheduling
	// delays reach 30 ms under load.
	plainBuffer = 60 * time.Millisecond
	// fade is the length of every fade of the Desk, 5 ms.
	fade = audio.Frames(audio.Rate) / 200
	// ceiling is the peak of what leaves the Desk, −1 dBFS.
	ceiling = 0.8912509
	// errorCheck is how often the card's error is looked for: oto tells nobody.
	errorCheck = 20 * time.Millisecond
)

// card is a sound card through oto. A process can open one, once: oto's context
// lives as long as the process.
type card struct {
	choice      DeviceChoice
	buffer      time.Duration            // wished for
	learned     map[string]time.Duration // more than that, by label
	routing     Routing
	calibration time.Duration
	root        string // "/", where /proc is
	given       string // the ALSA_CONFIG_PATH of the environment
	was         *Card  // that was the default before; nil: none was
	// absent is told why the card cannot be opened yet, with each look for it; nil:
	// it is looked for once. It must not block.
	absent func(why error)
	there  chan<- struct{} // closed when the card is there; may be nil

	shown string // text of the configuration that alsa-lib was made to read
	sight string // what the kernel said of its cards when alsa-lib read it
	looks int

	aimed target // what is open; set before the first pull
	label string // likewise
	ring  ring   // likewise
}

// Name is what is open once sound is being pulled, before that the choice.
func (c *card) Name() string {
	if c.label != "" {
		return c.label
	}
	return c.choice.String()
}

// Audible is true: cards are heard.
func (c *card) Audible() bool { return true }

// Run opens the card and plays d until ctx ends, which is no error, or the card
// fails. It may be called once in a process. After ctx ends, oto goes on
// playing silence until the process ends.
func (c *card) Run(ctx context.Context, d *audio.Desk) error {
	octx, err := c.open(ctx)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	p := &programme{
		desk: d, routing: c.routing, clock: newFrameClock(c.ring, c.calibration),
		mono: make([]float32, c.ring.Period),
	}
	player := octx.NewPlayer(p)
	p.player = player
	player.SetBufferSize(int(c.ring.Period) * frameBytes)
	player.Play()
	defer player.Pause()
	a := &alarm{octx: octx, programme: p, mono: make([]float32, c.ring.Period)}
	tick := time.NewTicker(errorCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.AlarmSignal():
			a.start()
		case <-tick.C:
			if err := errors.Join(octx.Err(), p.fault()); err != nil {
				return fmt.Errorf("play on %s: %w", c.label, err)
			}
		}
	}
}

// open waits for the card, makes alsa-lib see that one only, and lets oto open it.
func (c *card) open(ctx context.Context) (*oto.Context, error) {
	f, err := c.find(ctx)
	if err != nil {
		return nil, err
	}
	if c.there != nil {
		close(c.there)
	}
	t, asked := f.target, f.rehearsal
	c.ring = asked.Ring
	octx, ready, err := oto.NewContext(&oto.NewContextOptions{
		SampleRate: int(audio.Rate), ChannelCount: Channels, Format: oto.FormatFloat32LE, BufferSize: f.buffer,
	})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", t.Label, err)
	}
	select {
	case <-ready:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := octx.Err(); err != nil {
		return nil, fmt.Errorf("open %s: %w", t.Label, err)
	}
	if err := c.verify(asked, f.cards); err != nil {
		return nil, err
	}
	c.aimed, c.label = t, t.Label
	return octx, nil
}

// explain turns the error of opening into a sentence with a remedy.
func (c *card) explain(err error, t target, asked rehearsal) error {
	card, device := t.Card, t.Device
	if card < 0 && asked.Card >= 0 {
		card, device = asked.Card, asked.Device
	}
	switch {
	case errors.Is(err, syscall.EBUSY):
		return fmt.Errorf("%w: %s is held by %s; stop that", ErrBusy, t.Label, holder(c.root, card, device))
	case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO):
		return fmt.Errorf("%w: %s is not there; plug it in, or choose another with --device: %w", ErrNoCard, t.Label, err)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return fmt.Errorf("open %s: %w; the user that runs loalang must be in the group audio", t.Label, err)
	}
	return fmt.Errorf("open %s: %w", t.Label, err)
}

// holder names who has a playback device open. Of a PCM that is no kernel card
// (-1) nobody knows which cards it uses: then it is whoever holds any, if only
// one does.
func holder(root string, card, device int) string {
	if h, held := HolderOf(root, card, device); held {
		return h.String()
	}
	const unknown = "another program"
	cards, err := ListCards(root)
	if card >= 0 || err != nil {
		return unknown
	}
	var name string
	for _, c := range cards {
		h, held := HolderOf(root, c.Index, c.Device)
		if held && name != "" && name != h.String() {
			return unknown
		}
		if held {
			name = h.String()
		}
	}
	return cmp.Or(name, unknown)
}

// verify makes sure that oto opened what was rehearsed, and learns from the
// kernel at what period it runs.
func (c *card) verify(asked rehearsal, cards []Card) error {
	for _, open := range opened(c.root, cards) {
		if open.Index == asked.Card && open.Device == asked.Device {
			continue
		}
		return fmt.Errorf("%w: %s (%s)", ErrWrongCard, open.Name(), open.Long)
	}
	if r, known := ringOf(c.root, asked.Card, asked.Device); known && r.Period == c.ring.Period {
		c.ring = r
	}
	return nil
}

// latency is the time from reading a frame to hearing it.
func (c *card) latency() time.Duration {
	return audio.Rate.D(c.ring.Period+c.ring.Buffer) + c.calibration
}

// voice is what is asked of a player of oto's.
type voice interface {
	SetVolume(volume float64)
	BufferedSize() int // bytes
}

// programme is the always-on player: oto reads one period whenever the card has
// played one. Read runs on a goroutine of oto's; the rest may be called from any.
type programme struct {
	desk    *audio.Desk
	routing Routing
	clock   *frameClock
	mono    []float32
	player  voice

	turns atomic.Int64     // one for the beginning of a read, one for its end
	first atomic.Int64     // first frame of the newest read
	read  atomic.Int64     // the frame behind its last
	peaks [2]atomic.Uint32 // float32 bits: of the newest read, and of the one before

	mu  sync.Mutex
	err error
}

// Read is the path to the card: no disk, no allocation, no waiting.
func (p *programme) Read(dst []byte) (int, error) {
	now := audio.Monotonic()
	p.turns.Add(1)
	defer p.turns.Add(1)
	n := min(len(dst)/frameBytes, len(p.mono))
	r, err := p.clock.read(now, audio.Frames(n))
	if err != nil {
		p.fail(err)
		// Nobody hears this any more. A card that takes everything at once would keep the
		// cores from those who have to say so, until the kernel ends this process.
		time.Sleep(errorCheck)
	}
	p.first.Store(int64(r.First))
	if r.RanDry {
		p.desk.Underrun(now)
	}
	p.desk.Anchor(r.First, r.Leaves)
	p.desk.PullProgramme(p.mono[:n])
	p.peaks[1].Store(p.peaks[0].Swap(math.Float32bits(peak(p.mono[:n]))))
	p.routing.spread(dst, p.mono[:n])
	p.read.Store(int64(r.First) + int64(n))
	return n * frameBytes, nil
}

// loud is the peak of what oto mixes next, or a little more.
func (p *programme) loud() float32 {
	return max(math.Float32frombits(p.peaks[0].Load()), math.Float32frombits(p.peaks[1].Load()))
}

func peak(mono []float32) float32 {
	top := float32(0)
	for _, v := range mono {
		top = max(top, v, -v)
	}
	return min(top, ceiling)
}

func (p *programme) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
	}
}

func (p *programme) fault() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// mixed is the device frame that oto mixes next. It is sure of it while oto's
// buffer holds a period, or one is being read into that.
func (p *programme) mixed() (next audio.Frames, sure bool) {
	for {
		turn := p.turns.Load()
		buffered := p.player.BufferedSize() > 0
		first, read := p.first.Load(), p.read.Load()
		if turn != p.turns.Load() {
			continue // a read began or ended meanwhile
		}
		if buffered || turn%2 == 1 {
			return audio.Frames(first), true
		}
		return audio.Frames(read), false // mixed, or read and not yet in the buffer
	}
}

// hush mutes the programme from the next period that oto mixes on. oto ramps a
// volume within one period, and keeps it. The fade of the Desk is 5 ms long: in a
// shorter period the volume comes down as far as that fade does, and the Desk
// fades out what it is asked for afterwards.
func (p *programme) hush() {
	p.player.SetVolume(max(0, 1-float64(len(p.mono))/float64(fade)))
}

// open gives the programme its volume back, within the next period.
func (p *programme) open() { p.player.SetVolume(1) }

// mixes is the device frame beside which a player sounds that starts now.
func (p *programme) mixes() audio.Frames {
	for range 20 {
		if next, sure := p.mixed(); sure {
			return next
		}
		time.Sleep(50 * time.Microsecond) // the refill is under way
	}
	next, _ := p.mixed()
	return next
}
