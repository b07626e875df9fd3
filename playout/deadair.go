package playout

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

const (
	// CauseSilent is the cause of a part that was given up since nothing of it was
	// to be heard, and of a row to which that happened.
	CauseSilent = "silent"
	// longestPause is how long a speaker may be silent: with that much, of which the
	// recording shows the end, nothing is given up.
	longestPause = 5 * time.Second
	// pauseSlack is how late after such a pause the sound may be back.
	pauseSlack = 500 * time.Millisecond
	// quiet is what a recording must exceed to count as sound, −60 dBFS, in a
	// window of 10 ms, as audio.DeadAir has it.
	quiet       = 1e-3
	quietWindow = 480
	// deadAfter is the least silence that the output tells of, and startSlack how
	// much of a file may be taken for its beginning, short of how exactly it is known
	// where a silence began.
	deadAfter  = 1800 * time.Millisecond
	startSlack = 300 * time.Millisecond
)

// wentSilent looks at a part that sounds and is not to be heard. What the
// recording says is a pause, or silence at its end, is no fault.
func (p *Player) wentSilent(ev audio.Event) {
	it, pt := p.partOf(ev.ID)
	if it == nil || pt.ended {
		return
	}
	pt.silent = ev.At
	if pt.file == nil || pt.Kind != scheduler.PartVoice {
		p.deadAir(it, pt) // what is made as it airs has a fallback of its own
		return
	}
	cue, file := pt.cue, pt.file
	at := pt.done + pt.told + max(0, audio.Rate.N(ev.At.Sub(pt.started)))
	p.side.Go(func() {
		pause, err := pauseIn(file, at)
		if err != nil {
			p.cfg.Log.Error("a silent recording could not be looked at", "occurrence", it.occ.ID, "err", err)
		}
		p.do(func() { p.judgeSilence(it, cue, ev.At, pause) })
	})
}

// judgeSilence gives a silent part up, now or when its pause has passed without
// sound.
func (p *Player) judgeSilence(it *item, cue string, since audio.Instant, pause time.Duration) {
	if back := since.Add(pause + pauseSlack); pause > 0 && back > p.cfg.Mono() {
		p.cfg.Log.Info("a recording pauses", "occurrence", it.occ.ID, "pause", pause)
		time.AfterFunc(back.Sub(p.cfg.Mono()), func() {
			p.do(func() { p.giveUp(it, cue, since) })
		})
		return
	}
	p.giveUp(it, cue, since)
}

// deadAir raises the alarm and marks the row.
func (p *Player) deadAir(it *item, pt *part) {
	pt.mute = true
	it.row.Heard = it.heard()
	p.book.record(it.row)
	p.alarmSilence(&DeadAir{Occurrence: it.occ.ID, Title: it.occ.Title, Language: pt.Language, Since: p.wall(pt.silent), Began: pt.silent})
	p.cfg.Log.Error("dead air: nothing is heard though a voice is due", "occurrence", it.occ.ID, "part", pt.Kind, "language", pt.Language, "since", p.wall(pt.silent))
}

// giveUp stops a part that is still silent; what is behind it goes on when the
// output says that it ended.
func (p *Player) giveUp(it *item, cue string, since audio.Instant) {
	found, pt := p.partOf(cue)
	if found != it || pt.ended || pt.silent != since || it.endAs != "" {
		return
	}
	p.deadAir(it, pt)
	pt.passed = CauseSilent
	p.silence(it)
}

// soundsAgain ends the alarm.
func (p *Player) soundsAgain(ev audio.Event) {
	it, pt := p.partOf(ev.ID)
	if it == nil || pt.passed != "" {
		return
	}
	pt.silent = 0
	if pt.mute {
		p.heardAgain(it, pt)
	}
}

// heardAgain ends the alarm, and what the row says of it.
func (p *Player) heardAgain(it *item, pt *part) {
	pt.silent, pt.mute = 0, false
	it.row.Heard = it.heard()
	p.book.record(it.row)
	p.alarmSilence(nil)
	p.cfg.Log.Info("it is heard again", "occurrence", it.occ.ID)
}

// heardOut ends the alarm when a voice was heard to its end, be it a station's.
func (p *Player) heardOut(pt *part) {
	voice := pt.Kind == scheduler.PartVoice && pt.cause == audio.Completed || streamed(pt.Part) && pt.airing >= 0 && pt.cause != audio.Lost
	if voice && !pt.mute && !pt.unheard {
		p.alarmSilence(nil)
	}
}

// alarmSilence shows, or ends showing, that something is silent.
func (p *Player) alarmSilence(d *DeadAir) {
	p.mu.Lock()
	same := d == nil && p.dead == nil
	if d != nil {
		p.deadAirs++
	}
	p.dead = d
	p.mu.Unlock()
	if !same {
		p.changed()
	}
}

// pauseIn is how long a file pauses from a frame on at which it began to be
// silent: until its next sound, or until its end when that is near. It is 0 when
// that is no pause: it takes longer than longestPause, or nothing was to be heard
// where the file has sound, or none of it was heard from its beginning on.
func pauseIn(f *os.File, from audio.Frames) (time.Duration, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, fmt.Errorf("look at a silent file: %w", err)
	}
	wav, err := audio.ScanWAV(f, info.Size())
	if err != nil {
		return 0, fmt.Errorf("look at a silent file: %w", err)
	}
	from = min(from, wav.Frames)
	rest := wav.Frames - from
	raw := make([]byte, 2*min(rest, audio.Rate.N(longestPause)))
	if _, err := f.ReadAt(raw, wav.Data+2*int64(from)); err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("look at a silent file: %w", err)
	}
	switch sound := firstSound(raw); {
	case sound < 0 && 2*rest == audio.Frames(len(raw)) && from > audio.Rate.N(startSlack):
		return max(audio.Rate.D(rest), 1), nil
	case sound >= audio.Rate.N(deadAfter):
		return audio.Rate.D(sound), nil
	}
	return 0, nil
}

// firstSound is the frame with which the first window of s16 mono begins that is
// no silence; -1 when there is none.
func firstSound(raw []byte) audio.Frames {
	for at := 0; at+2*quietWindow <= len(raw); at += 2 * quietWindow {
		var power float64
		for i := at; i < at+2*quietWindow; i += 2 {
			v := float64(int16(uint16(raw[i])|uint16(raw[i+1])<<8)) / 32768
			power += v * v
		}
		if power >= quiet*quiet*quietWindow {
			return audio.Frames(at / 2)
		}
	}
	return -1
}
