package playout

import (
	"log/slog"
	"sync"
	"time"

	"loalang/audio"
)

// TalkStage is how far somebody who speaks live has come.
type TalkStage string

// The stages, in their order; Muted and OnTheAir may alternate.
const (
	TalkWaiting  TalkStage = "waiting" // for the output, the amplifier
	TalkChime    TalkStage = "chime"   // the chime sounds
	TalkOnTheAir TalkStage = "live"    // it sounds; whether the village hears it OnAir.Faults tells
	TalkMuted    TalkStage = "muted"   // an emergency has the output
	TalkEnded    TalkStage = "ended"
)

// Causes of the end of a live voice, beside those of audio.Cause and
// scheduler.Reason: they are written to the as-run, and web words them.
const (
	EndSpeaker = "speaker"    // by the button
	EndSilence = "silence"    // nobody spoke
	EndLink    = "link"       // nothing came from the microphone
	EndLimit   = "limit"      // the time was over
	EndPacket  = "bad-packet" // what came was none of a microphone
	EndUnsaid  = "unsaid"     // it was over before a word of it was heard
	EndRight   = "signed-out" // the speaker may not any more
)

// Taped says whether what airs is taken down.
type Taped string

// The values of Taped.
const (
	TapedNot  Taped = ""     // nothing aired yet
	TapedYes  Taped = "yes"  // it is
	TapedFull Taped = "full" // it is not: the disk is full
	TapedFail Taped = "fail" // it is not: the disk does not take it
)

// TalkState is a live voice at a glance.
type TalkState struct {
	Stage  TalkStage
	Cause  string        // of TalkEnded
	Levels audio.Levels  // of the newest tenth of a second, as the board makes it
	Left   time.Duration // until the limit
	// Extendable says whether Extend would give more time.
	Extendable bool
	Silence    time.Duration // since the last word, while on the air
	Taped      Taped
	Lost, Late int64 // packets that never came, that came too late
}

const (
	// talkTick is how often a talk is looked after.
	talkTick = 50 * time.Millisecond
	// talkFarewell is how long the air may take to end a talk that it was asked to
	// end: then the next one may speak, whatever keeps the air.
	talkFarewell = 15 * time.Second
)

// Talk is somebody who speaks live. Its methods may be called from any goroutine
// and do not block.
type Talk struct {
	studio  *Studio
	speech  Speech
	mic     *microphone
	session LiveSession
	tape    *taper
	done    chan struct{}

	mu       sync.Mutex
	stage    TalkStage
	cause    string        // why it was asked to end; empty: it was not
	until    audio.Instant // its limit
	extended bool
	aired    bool          // it was on the air, from when on its limit counts
	asked    audio.Instant // when the session was asked to end; zero: it was not
}

// Hear takes the next packet of the microphone.
func (t *Talk) Hear(p LivePacket) { t.mic.hear(p, t.studio.cfg.Mono()) }

// End ends the talk, for a reason such as EndSpeaker; the first one stays.
func (t *Talk) End(cause string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cause == "" {
		t.cause = cause
	}
}

// Occurrence is the ID of its as-run row, by which Air.OnAir is known to be it.
func (t *Talk) Occurrence() string { return t.session.ID() }

// Extend gives the speaker the limit once more, one time. It says whether it did.
func (t *Talk) Extend() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.extended || t.stage == TalkEnded {
		return false
	}
	t.extended = true
	t.until = t.until.Add(t.studio.cfg.Limit)
	return true
}

// Done is closed when the talk has ended.
func (t *Talk) Done() <-chan struct{} { return t.done }

// State is the talk at this instant.
func (t *Talk) State() TalkState {
	now := t.studio.cfg.Mono()
	mic := t.mic.state()
	t.mu.Lock()
	defer t.mu.Unlock()
	s := TalkState{
		Stage: t.stage, Levels: mic.levels, Left: max(0, t.until.Sub(now)), Extendable: !t.extended,
		Lost: mic.lost, Late: mic.late + mic.unread,
	}
	if t.stage == TalkEnded {
		s.Cause, s.Left, s.Extendable = t.cause, 0, false
	}
	if t.stage == TalkOnTheAir {
		s.Silence = max(0, now.Sub(mic.spoke))
	}
	if t.tape != nil {
		s.Taped = t.tape.state()
	}
	return s
}

// ends follows Live.Ends: before it is on the air nothing of its limit is spent.
func (t *Talk) ends() audio.Instant {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.aired {
		return t.until
	}
	return max(t.until, t.studio.cfg.Mono().Add(t.studio.cfg.Limit))
}

// run looks after the talk until the air says that it has ended.
func (t *Talk) run() {
	defer close(t.done)
	tick := time.NewTicker(talkTick)
	defer tick.Stop()
	changes := t.session.Changes()
	for {
		select {
		case c, open := <-changes:
			if !open {
				t.over("")
				return
			}
			t.change(c)
			if c.Stage == TalkEnded {
				t.over(c.Cause)
				return
			}
		case <-tick.C:
			if t.tend() {
				t.studio.cfg.Log.Error("a live voice does not end, the next one may begin", "by", t.speech.By)
				t.over("")
				return
			}
		}
	}
}

// change follows what the air tells.
func (t *Talk) change(c LiveChange) {
	t.mu.Lock()
	was := t.stage
	if c.Stage != TalkEnded {
		t.stage = c.Stage
	}
	t.mu.Unlock()
	now := t.studio.cfg.Mono()
	switch {
	case c.Stage == TalkOnTheAir && was != TalkOnTheAir:
		t.mic.spokeNow(now)
		t.mu.Lock()
		if !t.aired {
			t.aired = true
			t.until = now.Add(t.studio.cfg.Limit) // what came before was not theirs
			if t.extended {
				t.until = t.until.Add(t.studio.cfg.Limit)
			}
		}
		t.mu.Unlock()
		t.mic.record(t.startTape().take)
	case c.Stage != TalkOnTheAir && was == TalkOnTheAir:
		t.mic.record(nil)
	}
}

// startTape begins to take down what airs.
func (t *Talk) startTape() *taper {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tape == nil {
		t.tape = t.studio.newTaper(t.session.ID(), t.speech)
	}
	return t.tape
}

// tend ends what should end by itself. It says whether that was asked for long ago.
func (t *Talk) tend() (overdue bool) {
	now, mic := t.studio.cfg.Mono(), t.mic.state()
	t.mu.Lock()
	switch {
	case t.cause != "":
	case now.Sub(mic.heard) >= t.studio.cfg.LinkPatience:
		t.cause = EndLink
	case now >= t.until:
		t.cause = EndLimit
	case t.stage == TalkOnTheAir && now.Sub(mic.spoke) >= t.studio.cfg.Silence:
		t.cause = EndSilence
	}
	end := t.cause != "" && t.asked == 0
	if end {
		t.asked = now
	}
	cause, asked := t.cause, t.asked
	t.mu.Unlock()
	if end {
		t.session.End(cause)
	}
	return asked != 0 && now.Sub(asked) > talkFarewell
}

// taper is what takes the talk down; nil before it is on the air.
func (t *Talk) taper() *taper {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.tape
}

// over closes what the talk holds.
func (t *Talk) over(cause string) {
	t.mic.record(nil)
	if err := t.mic.Close(); err != nil {
		t.studio.cfg.Log.Warn("the microphone could not be closed", "err", err)
	}
	t.mu.Lock()
	if t.cause == "" {
		t.cause = cause
	}
	if t.tape != nil {
		t.tape.end()
	}
	t.stage = TalkEnded
	why := t.cause
	t.mu.Unlock()
	t.studio.ended(t)
	mic := t.mic.state()
	t.studio.cfg.Log.Info("somebody has spoken live", slog.String("by", t.speech.By), slog.String("ended", why),
		slog.Int64("lost", mic.lost), slog.Int64("late", mic.late), slog.Int64("unread", mic.unread), slog.Int64("early", mic.early))
}
