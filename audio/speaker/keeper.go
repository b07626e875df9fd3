package speaker

import (
	"context"
	"slices"
	"time"

	"loalang/audio"
)

const (
	// standInAfter is how long a device may be absent before a stand-in plays, and
	// standInLate how long a child may take to say so or to open it: starting a
	// stand-in costs more than a short wait.
	standInAfter = 100 * time.Millisecond
	standInLate  = time.Second
	// keepEvery is how often the keeper looks whether such a time is over.
	keepEvery = 50 * time.Millisecond
	// diePatience bounds the wait for a killed child to let go of its card. When it
	// hangs in its driver for longer, the next child finds the card busy, says so,
	// and waits for it.
	diePatience = 20 * time.Millisecond
	// mostHung is how many children may hang like that. Each keeps its locked memory and
	// a task of the service for good: with one more at each attempt the board would end.
	mostHung = 4
	// hungEvery is how often it is looked whether one of so many has ended.
	hungEvery = 500 * time.Millisecond
)

// manyHang is told, once, when no more children are started.
const manyHang = "the speaker processes hang in the driver of the sound card and cannot be ended; unplug the card, or start the board anew"

// keeper keeps a child on the device of an Output, and a stand-in in charge while
// there is none. It belongs to the goroutine of Run.
type keeper struct {
	o       *Output
	pauses  backoff       // between children on the device
	hung    []*session    // given up on the device, and not known to have ended
	standIn *session      // nil: none
	ready   bool          // the stand-in took charge
	rests   backoff       // between stand-ins
	restful audio.Instant // no stand-in starts before
}

// run ends with ctx.
func (k *keeper) run(ctx context.Context) {
	defer k.dismiss()
	for ctx.Err() == nil {
		if k.crowded(ctx); ctx.Err() != nil {
			return
		}
		held, waited, err := k.turn(ctx)
		if ctx.Err() != nil {
			return
		}
		now := audio.Monotonic()
		pause := k.pauses.next(now, held, waited)
		k.o.failed(err, pause)
		if pause > 0 { // else at once: most losses are over in an instant
			k.await(ctx, nil, now, now.Add(pause))
		}
	}
}

// crowded lets time pass, and a stand-in play, while so many children hang that another
// would be one too many.
func (k *keeper) crowded(ctx context.Context) {
	for told := false; ctx.Err() == nil; told = true {
		k.hung = slices.DeleteFunc(k.hung, (*session).gone)
		if len(k.hung) < mostHung {
			return
		}
		if !told {
			k.o.unheard(absent{Sentence: manyHang, Trouble: audio.Broken}, 0)
		}
		now := audio.Monotonic()
		k.await(ctx, nil, now, now.Add(hungEvery))
	}
}

// turn is the life of one child on the device: for how long it held that, how
// long it had to wait for it before, and why it ended.
func (k *keeper) turn(ctx context.Context) (held, waited time.Duration, err error) {
	s, err := k.o.begin(k.o.assign())
	if err != nil {
		return 0, 0, err
	}
	defer func() { k.hung = append(k.hung, s) }()
	waited = k.await(ctx, s, audio.Monotonic().Add(standInLate), 0)
	if s.opening() {
		s.end(ctx.Err()) // of one that has ended already it changes nothing
		<-s.done
		return 0, waited, s.why()
	}
	return k.hold(ctx, s), waited, s.why()
}

// assign is what the next child on the device is started for.
func (o *Output) assign() assignment {
	o.mu.Lock()
	defer o.mu.Unlock()
	return assignment{device: o.choice.String(), buffer: o.buffer, learned: o.buffers(), resume: o.opened, was: o.chosen}
}

// await lets time pass until s has opened its device or ended, or, with s nil,
// until the instant end. From due on a stand-in plays; sooner when s says that its
// device is absent. It says for how long that was.
func (k *keeper) await(ctx context.Context, s *session, due, end audio.Instant) (waited time.Duration) {
	var opened, done <-chan struct{}
	var reasons <-chan absent
	if s != nil {
		opened, done, reasons = s.opened, s.done, s.absent
	}
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	var since audio.Instant
	defer func() {
		if since != 0 {
			waited = audio.Monotonic().Sub(since)
		}
	}()
	for {
		now := audio.Monotonic()
		if s == nil && now >= end {
			return waited
		}
		if now >= due {
			k.send(now)
		}
		standsIn, gone := k.watched()
		select {
		case <-ctx.Done():
			return waited
		case <-done:
			return waited
		case <-opened:
			return waited
		case why := <-reasons:
			if since == 0 {
				since, due = now, min(due, now.Add(standInAfter))
			}
			k.o.unheard(why, 0)
		case <-standsIn:
			k.o.takeCharge(k.standIn)
			k.ready = true
		case <-gone:
			k.mourn(now)
		case <-tick.C:
		}
	}
}

// hold puts s in charge until it ends or ctx does, and says for how long that
// was. The stand-in leaves.
func (k *keeper) hold(ctx context.Context, s *session) time.Duration {
	began := audio.Monotonic()
	k.o.takeCharge(s)
	k.dismiss()
	select {
	case <-s.done:
	case <-ctx.Done():
		s.leave()
	}
	held := max(audio.Monotonic().Sub(began), 1)
	patience := diePatience
	if k.o.choice.Kind == File { // nothing keeps two from writing it
		patience = leavePatience
	}
	select {
	case <-s.exited:
	case <-time.After(patience):
	}
	return held
}

// send starts a stand-in, unless there is one.
func (k *keeper) send(now audio.Instant) {
	if k.standIn != nil || now < k.restful {
		return
	}
	s, err := k.o.begin(assignment{device: string(Null), standIn: true})
	if err != nil {
		k.o.cfg.Log.Error("not even a stand-in for the sound card starts", "err", err)
		k.rest(now, 0)
		return
	}
	k.standIn, k.ready = s, false
}

// watched are the channels that tell when the stand-in can take charge, and when
// it has ended; nil when neither is to be waited for.
func (k *keeper) watched() (standsIn, gone <-chan struct{}) {
	if k.standIn == nil {
		return nil, nil
	}
	if !k.ready {
		standsIn = k.standIn.opened
	}
	return standsIn, k.standIn.done
}

// mourn notes that the stand-in ended by itself.
func (k *keeper) mourn(now audio.Instant) {
	k.o.cfg.Log.Error("the stand-in for the sound card ended", "err", k.standIn.why())
	k.rest(now, now.Sub(k.standIn.began))
	k.standIn = nil
}

func (k *keeper) rest(now audio.Instant, held time.Duration) {
	k.restful = now.Add(k.rests.next(now, held, 0))
}

// dismiss lets the stand-in leave; nobody waits for it.
func (k *keeper) dismiss() {
	if k.standIn != nil {
		k.o.goroutines.Go(k.standIn.leave)
		k.standIn = nil
	}
}
