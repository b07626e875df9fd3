package playout_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio"
	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
)

// liveAir is the ladder's side of a live voice, moved by hand.
type liveAir struct {
	refuse  error
	live    playout.Live
	changes chan playout.LiveChange
	pipe    *os.File
	ended   string
	endedAt time.Time
	stuck   bool // it never ends
}

func (a *liveAir) GoLive(_ context.Context, l playout.Live) (playout.LiveSession, error) {
	if a.refuse != nil {
		return nil, a.refuse
	}
	a.live, a.changes = l, make(chan playout.LiveChange, 8)
	return a, nil
}

func (a *liveAir) ID() string                         { return "live/1" }
func (a *liveAir) Changes() <-chan playout.LiveChange { return a.changes }

// End ends it at once, as the ladder does when nothing sounds any more.
func (a *liveAir) End(cause string) {
	a.ended, a.endedAt = cause, time.Now()
	if a.stuck {
		return
	}
	a.changes <- playout.LiveChange{Stage: playout.TalkEnded, Cause: cause}
}

// to moves the voice to a stage; the pipe is opened when the chime is cued.
func (a *liveAir) to(t *testing.T, s playout.TalkStage) {
	t.Helper()
	if s == playout.TalkChime {
		f, err := a.live.Feed.Open()
		if err != nil {
			t.Fatal(err)
		}
		if err := unix.SetNonblock(int(f.Fd()), true); err != nil {
			t.Fatal(err)
		}
		a.pipe = f
	}
	a.changes <- playout.LiveChange{Stage: s}
	synctest.Wait()
}

// heard is what the pipe holds.
func (a *liveAir) heard(t *testing.T) []byte {
	t.Helper()
	var all []byte
	buf := make([]byte, 65536)
	for {
		n, err := unix.Read(int(a.pipe.Fd()), buf)
		if n <= 0 || err != nil {
			return all
		}
		all = append(all, buf[:n]...)
	}
}

// tapes is a library whose import is not that of ffmpeg.
type tapes struct {
	*recordings.Library
	dir  string
	mu   sync.Mutex
	full error
	kept map[string][]byte // sound by occurrence
}

type noIndex struct{}

func (noIndex) SaveRecording(context.Context, recordings.Recording) error { return nil }
func (noIndex) Recording(context.Context, string) (recordings.Recording, error) {
	return recordings.Recording{}, recordings.ErrNotFound
}

func (noIndex) RemoveRecording(context.Context, string, time.Time) (recordings.Recording, error) {
	return recordings.Recording{}, recordings.ErrNotFound
}

func (p *tapes) NewTape(n recordings.TapeNote) (*recordings.Tape, error) {
	if p.full != nil {
		return nil, p.full
	}
	return p.Library.NewTape(n)
}

func (p *tapes) KeepTape(_ context.Context, n recordings.TapeNote, named func(recordings.Recording) error) error {
	dir := filepath.Join(p.dir, "aired")
	raw, err := os.ReadFile(filepath.Join(dir, n.ID+".wav"))
	if err != nil {
		return err
	}
	if err := named(recordings.Recording{ID: "rec of " + n.Occurrence, Title: n.About.Title}); err != nil {
		return err
	}
	p.mu.Lock()
	p.kept[n.About.Title] = raw[44:]
	p.mu.Unlock()
	return errors.Join(os.Remove(filepath.Join(dir, n.ID+".wav")), os.Remove(filepath.Join(dir, n.ID+".json")))
}

// names is the as-run; a row takes a name once it is there.
type names struct {
	mu    sync.Mutex
	there bool
	named map[string]string
}

func (n *names) NameRecording(_ context.Context, occurrence string, part scheduler.PartKind, recording string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.there {
		return fmt.Errorf("no row: %w", fs.ErrNotExist)
	}
	n.named[occurrence+" "+string(part)] = recording
	return nil
}

// room is a Studio with everything around it faked, in a synctest bubble.
type room struct {
	t      *testing.T
	studio *playout.Studio
	air    *liveAir
	tapes  *tapes
	names  *names
	seq    uint32
	sound  []byte // what the card took
	beats  atomic.Int64
}

func newRoom(t *testing.T) *room {
	t.Helper()
	dir := t.TempDir()
	lib, err := recordings.Open(recordings.Config{Dir: dir, Index: noIndex{}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	r := &room{
		t: t, air: &liveAir{}, tapes: &tapes{Library: lib, dir: dir, kept: map[string][]byte{}},
		names: &names{there: true, named: map[string]string{}},
	}
	ids := 0
	start := time.Now()
	r.studio = playout.NewStudio(playout.StudioConfig{
		Village: "un-ta", Air: r.air, Tapes: r.tapes, Names: r.names, Chime: "chuông", Now: time.Now,
		Mono:  func() audio.Instant { return audio.Instant(time.Since(start) + time.Hour) },
		NewID: func() string { ids++; return fmt.Sprintf("tape-%d", ids) }, Beat: func() { r.beats.Add(1) }, Log: slog.New(slog.DiscardHandler),
	})
	return r
}

// run keeps tapes until the test ends.
func (r *room) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.studio.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	}
}

func (r *room) speak() *playout.Talk {
	r.t.Helper()
	talk, err := r.studio.Speak(context.Background(), playout.Speech{By: "Hoa", Title: "Trực tiếp, Hoa", Chime: true})
	if err != nil {
		r.t.Fatal(err)
	}
	return talk
}

// send sends so much of a tone, or of silence, at the pace of a microphone.
func (r *room) send(talk *playout.Talk, d time.Duration, amplitude float64) {
	for range d / (20 * time.Millisecond) {
		p := playout.LivePacket{Seq: r.seq, Captured: time.Duration(r.seq) * 20 * time.Millisecond, Frames: make([]int16, playout.LiveFrames)}
		for i := range p.Frames {
			p.Frames[i] = int16(amplitude * 32767 * math.Sin(2*math.Pi*500*float64(i)/playout.LiveRate))
		}
		r.seq++
		talk.Hear(p)
		time.Sleep(20 * time.Millisecond)
		if r.air.pipe != nil {
			r.sound = append(r.sound, r.air.heard(r.t)...)
		}
	}
	synctest.Wait()
}

// onAir brings a talk to the village's ears.
func (r *room) onAir() *playout.Talk {
	r.t.Helper()
	talk := r.speak()
	r.air.to(r.t, playout.TalkChime)
	r.send(talk, time.Second, 0)
	r.air.to(r.t, playout.TalkOnTheAir)
	return talk
}

func (r *room) want(talk *playout.Talk, stage playout.TalkStage, cause string) {
	r.t.Helper()
	if s := talk.State(); s.Stage != stage || s.Cause != cause {
		r.t.Errorf("it is %q because of %q, want %q, %q", s.Stage, s.Cause, stage, cause)
	}
}

func loudest(raw []byte) float64 {
	var top int16
	frames := make([]int16, len(raw)/2)
	_ = binary.Read(bytes.NewReader(raw), binary.LittleEndian, frames)
	for _, v := range frames {
		top = max(top, v)
	}
	return float64(top) / 32767
}

func TestTalk(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRoom(t)
		defer r.run()()
		talk := r.speak()
		r.want(talk, playout.TalkWaiting, "")
		if r.air.live.By != "Hoa" || r.air.live.Chime != "chuông" || r.air.live.Title != "Trực tiếp, Hoa" {
			t.Errorf("the air was asked for %+v", r.air.live)
		}
		r.air.to(t, playout.TalkChime)
		r.want(talk, playout.TalkChime, "")
		r.send(talk, time.Second, 0)
		r.air.to(t, playout.TalkOnTheAir)
		r.want(talk, playout.TalkOnTheAir, "")
		before := len(r.sound)
		r.send(talk, 2*time.Second, 0.3)
		heard := r.sound[before:]
		if s := talk.State(); s.Levels.RMS < -30 || s.Taped != playout.TapedYes || s.Left < 4*time.Minute+57*time.Second || s.Left > 4*time.Minute+59*time.Second {
			t.Errorf("the page would show %+v", s)
		}
		if n := len(heard); n < 96000*2-2000 || n > 96000*2+2000 {
			t.Errorf("2 s are %d bytes in the pipe", n)
		}
		if top := loudest(heard); top < 0.1 || top > 0.85 {
			t.Errorf("the loudest frame is %v", top)
		}
		if before < 96000-2000 || before > 96000 {
			t.Errorf("of the second before there were %d bytes", before)
		}
		talk.End(playout.EndSpeaker)
		<-talk.Done()
		r.want(talk, playout.TalkEnded, playout.EndSpeaker)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if got := r.names.named["live/1 live"]; got != "rec of live/1" {
			t.Errorf("the as-run names %q", got)
		}
		tape := r.tapes.kept["Trực tiếp, Hoa"]
		if !bytes.HasSuffix(tape, heard) || len(tape)-len(heard) > 2*9600 {
			t.Errorf("on the tape are %d bytes, %d aired and 200 ms waited for the card", len(tape), len(heard))
		}
		if by, somebody := r.studio.Speaking(); somebody {
			t.Errorf("%s still has the studio", by)
		}
	})
}

func TestTalkEndsByItself(t *testing.T) {
	cases := []struct {
		name, cause string
		speak       func(r *room, talk *playout.Talk)
		after       time.Duration // of the going on air
	}{
		{"after silence", playout.EndSilence, func(r *room, talk *playout.Talk) {
			r.send(talk, 5*time.Second, 0.3)
			r.send(talk, 30*time.Second, 0)
		}, 25 * time.Second},
		{"never a word", playout.EndSilence, func(r *room, talk *playout.Talk) { r.send(talk, 30*time.Second, 0) }, 20 * time.Second},
		{"the link is lost", playout.EndLink, func(r *room, talk *playout.Talk) {
			r.send(talk, 5*time.Second, 0.3)
			time.Sleep(10 * time.Second)
		}, 8 * time.Second},
		{"the time is over", playout.EndLimit, func(r *room, talk *playout.Talk) { r.send(talk, 6*time.Minute, 0.3) }, 5 * time.Minute},
		{"the time is over twice", playout.EndLimit, func(r *room, talk *playout.Talk) {
			r.send(talk, 4*time.Minute, 0.3)
			if !talk.Extend() || talk.Extend() {
				r.t.Error("it is to be given more time once")
			}
			r.send(talk, 7*time.Minute, 0.3)
		}, 10 * time.Minute},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newRoom(t)
				defer r.run()()
				talk := r.onAir()
				began := time.Now()
				c.speak(r, talk)
				<-talk.Done()
				r.want(talk, playout.TalkEnded, c.cause)
				if d := r.air.endedAt.Sub(began); d < c.after-20*time.Millisecond || d > c.after+600*time.Millisecond {
					t.Errorf("it ended after %v, want %v", d, c.after)
				}
			})
		})
	}
}

// Whoever waits for an emergency to end is not silent, and is on the tape only
// where the village heard them.
func TestTalkUnderAnEmergency(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRoom(t)
		defer r.run()()
		talk := r.onAir()
		r.send(talk, time.Second, 0.3)
		r.air.to(t, playout.TalkMuted)
		r.want(talk, playout.TalkMuted, "")
		r.send(talk, 30*time.Second, 0)
		r.want(talk, playout.TalkMuted, "")
		r.air.to(t, playout.TalkOnTheAir)
		r.send(talk, 2*time.Second, 0.3)
		r.want(talk, playout.TalkOnTheAir, "")
		talk.End(playout.EndSpeaker)
		<-talk.Done()
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if n := len(r.tapes.kept["Trực tiếp, Hoa"]) / 96000; n != 3 {
			t.Errorf("%d whole seconds are on the tape, want 3", n)
		}
	})
}

func TestOneSpeaksAtATime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRoom(t)
		defer r.run()()
		talk := r.onAir()
		_, err := r.studio.Speak(t.Context(), playout.Speech{By: "Páo"})
		var busy playout.SpeakingError
		if !errors.As(err, &busy) || busy.By != "Hoa" {
			t.Errorf("the second is told %v", err)
		}
		talk.End(playout.EndSpeaker)
		<-talk.Done()
		r.air.refuse = errors.New("the output is gone")
		if _, err := r.studio.Speak(t.Context(), playout.Speech{By: "Páo"}); !errors.Is(err, r.air.refuse) {
			t.Errorf("got %v", err)
		}
		r.air.refuse = nil
		again := r.speak()
		again.End(playout.EndSpeaker)
		<-again.Done()
	})
}

func TestTalkOnAFullDisk(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRoom(t)
		r.tapes.full = fmt.Errorf("begin: %w", recordings.ErrDiskFull)
		defer r.run()()
		talk := r.onAir()
		r.send(talk, 2*time.Second, 0.3)
		if s := talk.State(); s.Stage != playout.TalkOnTheAir || s.Taped != playout.TapedFull {
			t.Errorf("the page would show %+v", s)
		}
		talk.End(playout.EndSpeaker)
		<-talk.Done()
	})
}

// What a power cut left is taken in at the next start, as soon as the as-run has
// closed its row.
func TestStudioTakesInWhatWasLeft(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRoom(t)
		r.names.there = false
		tape, err := r.tapes.NewTape(recordings.TapeNote{ID: "old", Occurrence: "live/0", About: recordings.About{Title: "Hôm qua"}, Began: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		if err := tape.Write(make([]int16, 48000)); err != nil {
			t.Fatal(err)
		}
		defer tape.Close()
		defer r.run()()
		time.Sleep(time.Second)
		r.names.mu.Lock()
		r.names.there = true
		r.names.mu.Unlock()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if got := r.names.named["live/0 live"]; got != "rec of live/0" {
			t.Errorf("the as-run names %q", got)
		}
	})
}

// What takes in what was said live says at once that it has begun, and then comes round each minute.
func TestTheStudioComesRound(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRoom(t)
		defer r.run()()
		synctest.Wait()
		if n := r.beats.Load(); n != 1 {
			t.Errorf("as it begins: %d", n)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := r.beats.Load(); n < 60 {
			t.Errorf("in an hour it came round %d times", n)
		}
	})
}

// A process that goes down ends the voice with its cause, and the tape is whole.
func TestStudioGoesDown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRoom(t)
		stop := r.run()
		talk := r.onAir()
		r.send(talk, time.Second, 0.3)
		stop()
		<-talk.Done()
		r.want(talk, playout.TalkEnded, scheduler.ReasonRestart)
		if notes, err := r.tapes.Tapes(); err != nil || len(notes) != 1 {
			t.Errorf("for the next start there wait %v, %v", notes, err)
		}
	})
}

// Whatever keeps the air from ending a voice, it keeps nobody else from speaking
// for ever.
func TestTalkThatTheAirDoesNotEnd(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRoom(t)
		defer r.run()()
		r.air.stuck = true
		talk := r.onAir()
		talk.End(playout.EndSpeaker)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		r.want(talk, playout.TalkEnded, playout.EndSpeaker)
		if by, somebody := r.studio.Speaking(); somebody {
			t.Errorf("%s still has the studio", by)
		}
	})
}
