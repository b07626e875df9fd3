package playout_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"loalang/audio"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/speech"
)

// sirenLength is that of the fake's siren.
const sirenLength = 10 * time.Second

// alarmBus plays alarms in turn on synctest's clock, cycle by cycle, as the
// Alarm bus of a card does. output.mu guards it.
type alarmBus struct {
	alarms  []*busAlarm // in the order they were raised
	current *busAlarm
	last    *busAlarm // whose turn it was last
	timer   *time.Timer
}

type busAlarm struct {
	spec    audio.Alarm
	playing []audio.AlarmPart
	rest    time.Duration   // behind playing
	lengths []time.Duration // of spec's parts
	cycles  int
	fresh   bool // spec is new: its cycles are counted from here
	part    int
	began   bool
	partAt  audio.Instant // of the part that sounds; zero in a gap
	played  time.Duration
	until   *time.Timer
}

// Raise begins an alarm or gives the one with its ID a new cycle.
func (o *output) Raise(a audio.Alarm) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse != nil {
		return o.refuse
	}
	if !(a.Gain >= -120 && a.Gain <= 24) {
		return fmt.Errorf("a gain of %v dB", a.Gain) // as an output does
	}
	o.raised = append(o.raised, a)
	lengths, err := lengthsOf(a)
	if err != nil {
		return err
	}
	al := o.bus.find(a.ID)
	if al == nil {
		al = &busAlarm{}
		o.bus.alarms = append(o.bus.alarms, al)
	} else {
		al.until.Stop()
	}
	al.spec, al.lengths, al.fresh = a, lengths, true
	al.until = time.AfterFunc(a.Until.Sub(o.now()), func() { o.off(a.ID, audio.Expired) })
	if o.bus.current == nil && !o.down.Load() {
		o.freeze()
		o.bus.turn(o, al)
	}
	return nil
}

func lengthsOf(a audio.Alarm) ([]time.Duration, error) {
	var lengths []time.Duration
	for _, p := range a.Cycle {
		if p.File == nil {
			lengths = append(lengths, sirenLength)
			continue
		}
		info, err := p.File.Stat()
		if err != nil {
			return nil, err
		}
		lengths = append(lengths, audio.Rate.D(audio.Frames((info.Size()-44)/2)))
	}
	return lengths, nil
}

func (b *alarmBus) find(id string) *busAlarm {
	for _, al := range b.alarms {
		if al.spec.ID == id {
			return al
		}
	}
	return nil
}

// turn begins a cycle.
func (b *alarmBus) turn(o *output, al *busAlarm) {
	b.current, b.last = al, al
	if al.fresh {
		al.fresh, al.cycles = false, 0
	}
	al.playing, al.rest, al.part = al.spec.Cycle, al.spec.Rest, -1
	if !al.began {
		al.began = true
		o.events <- audio.Event{Kind: audio.AlarmOn, ID: al.spec.ID, At: o.now()}
	}
	b.next(o)
}

// next goes on to the next part, its gap first.
func (b *alarmBus) next(o *output) {
	al := b.current
	al.part++
	if al.part == len(al.playing) {
		al.cycles++
		if al.spec.Repeat > 0 && !al.fresh && al.cycles >= al.spec.Repeat {
			o.offLocked(al.spec.ID, audio.Completed)
			return
		}
		i := slices.Index(b.alarms, al)
		follows := b.alarms[(i+1)%len(b.alarms)]
		if follows == al && al.rest > 0 {
			b.timer = time.AfterFunc(al.rest, func() {
				o.mu.Lock()
				defer o.mu.Unlock()
				if b.current == al {
					b.turn(o, al)
				}
			})
			return
		}
		b.turn(o, follows)
		return
	}
	if gap := al.playing[al.part].Gap; gap > 0 {
		b.timer = time.AfterFunc(gap, func() { o.mu.Lock(); defer o.mu.Unlock(); b.part(o, al) })
		return
	}
	b.part(o, al)
}

func (b *alarmBus) part(o *output, al *busAlarm) {
	if b.current != al {
		return
	}
	length := al.lengths[al.part]
	al.partAt = o.now()
	o.events <- audio.Event{Kind: audio.PartOn, ID: al.spec.ID, Part: al.playing[al.part].Name, At: al.partAt, Frames: audio.Rate.N(length)}
	b.timer = time.AfterFunc(length, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if b.current == al && al.partAt != 0 {
			al.played += o.now().Sub(al.partAt)
			al.partAt = 0
			b.next(o)
		}
	})
}

// lose takes the card away: what sounded is lost and waits for the next.
func (b *alarmBus) lose(o *output) {
	for _, al := range b.alarms {
		if al.began {
			o.events <- audio.Event{Kind: audio.AlarmOff, ID: al.spec.ID, At: o.now(), Cause: audio.Lost}
		}
		al.began, al.partAt = false, 0
	}
	if b.current != nil {
		o.events <- audio.Event{Kind: audio.Unsilenced, At: o.now(), Cause: audio.Lost}
	}
	b.current = nil
}

// resume goes on when the card is back.
func (b *alarmBus) resume(o *output) {
	if len(b.alarms) > 0 && b.current == nil {
		o.freeze()
		b.turn(o, b.alarms[0])
	}
}

// standIn plays what waits without a card.
func (o *output) standIn() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.bus.resume(o)
}

func (o *output) off(id string, c audio.Cause) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.offLocked(id, c)
}

func (o *output) offLocked(id string, c audio.Cause) {
	b := &o.bus
	al := b.find(id)
	if al == nil || c == audio.Expired && o.now() < al.spec.Until {
		return
	}
	if al.partAt != 0 {
		al.played += o.now().Sub(al.partAt)
	}
	al.until.Stop()
	i := slices.Index(b.alarms, al)
	b.alarms = slices.Delete(b.alarms, i, i+1)
	o.events <- audio.Event{Kind: audio.AlarmOff, ID: id, At: o.now(), Frames: audio.Rate.N(al.played), Cause: c}
	if b.current != al {
		return
	}
	b.timer.Stop()
	b.current = nil
	if len(b.alarms) > 0 {
		b.turn(o, b.alarms[i%len(b.alarms)])
		return
	}
	o.thaw()
}

// Lower ends an alarm at once.
func (o *output) Lower(id string) error {
	if o.slow != nil {
		o.slow(id)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lowered = append(o.lowered, id)
	if o.deaf {
		return nil
	}
	o.offLocked(id, audio.Stopped)
	return nil
}

// freeze stops the programme under an alarm.
func (o *output) freeze() {
	for _, k := range o.cues {
		if k.live && !k.done {
			for _, t := range k.timers {
				t.Stop()
			}
			k.played += audio.Rate.N(o.now().Sub(k.at))
		}
	}
	o.events <- audio.Event{Kind: audio.Silenced, At: o.now()}
}

// thaw lets the programme go on.
func (o *output) thaw() {
	o.events <- audio.Event{Kind: audio.Unsilenced, At: o.now()}
	for _, id := range o.order { // each behind what it follows
		k := o.cues[id]
		if k.live && !k.done {
			k.at = o.now()
			k.end = k.at.Add(audio.Rate.D(k.frames - k.played))
			k.timers = []*time.Timer{time.AfterFunc(k.end.Sub(o.now()), func() { o.finish(k, audio.Completed) })}
			continue
		}
		if before := o.cues[k.After]; !k.done && before != nil { // the chain shifts
			for _, t := range k.timers {
				t.Stop()
			}
			k.at = before.end.Add(k.Gap)
			k.end = k.at.Add(audio.Rate.D(k.frames))
			o.arm(k)
		}
	}
}

// voicer speaks Vietnamese, into memory and into the library.
type voicer struct {
	mu       sync.Mutex
	lib      *library
	speaks   []string // languages; nil: vi
	fail     error    // of everything
	disk     error    // of what needs the library
	memory   error    // of what needs none
	took     time.Duration
	shelving time.Duration // of the library, beside took
	muted    string        // language that is not spoken
	asked    []string      // languages spoken aloud
	imported int
}

func (v *voicer) Spoken(_ context.Context, language, text string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	speaks := v.speaks
	if speaks == nil {
		speaks = []string{"vi"}
	}
	if !slices.Contains(speaks, language) {
		return "", speech.ErrNoVoice
	}
	return text, nil
}

func (v *voicer) Aloud(ctx context.Context, language, _ string) (*os.File, error) {
	time.Sleep(v.took)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked = append(v.asked, language)
	if v.fail != nil {
		return nil, v.fail
	}
	if v.memory != nil {
		return nil, v.memory
	}
	if language == v.muted {
		return nil, errMuted
	}
	return os.Open(v.lib.path("message"))
}

func (v *voicer) Voice(_ context.Context, language, _, _ string) (recordings.Recording, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if language == v.muted {
		return recordings.Recording{}, errMuted
	}
	v.mu.Unlock()
	time.Sleep(v.took + v.shelving)
	v.mu.Lock()
	if v.fail != nil {
		return recordings.Recording{}, v.fail
	}
	if v.disk != nil {
		return recordings.Recording{}, v.disk
	}
	v.imported++
	return recordings.Recording{ID: "message"}, nil
}

var errMuted = errors.New("the voice is gone")

// mute keeps a language from being spoken; the library says so at once.
func (v *voicer) mute(language string, muted bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.muted = ""
	if muted {
		v.muted = language
	}
}

// breaks makes an error appear or go.
func (v *voicer) breaks(which *error, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	*which = err
}

// place is the village in the database.
type place struct {
	mu        sync.Mutex
	languages []string
	allowed   []scheduler.Window
	fail      error
}

func (p *place) Village(context.Context, string) (scheduler.Village, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return scheduler.Village{Key: "un-ta", Languages: p.languages, Allowed: p.allowed}, p.fail
}

// allows lets sound in the first minutes of each day only; 0: always.
func (p *place) allows(minutes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = []scheduler.Window{{To: scheduler.TimeOfDay(minutes)}}
	if minutes == 0 {
		p.allowed = nil
	}
}

func (p *place) speaks(languages ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.languages = languages
}
