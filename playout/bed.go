package playout

import (
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// defaultBedFade is how long a bed fades out behind the last word.
const defaultBedFade = 2 * time.Second

// bedFade is how long a bed takes to go.
func (p *Player) bedFade() time.Duration {
	if p.cfg.BedFade > 0 {
		return p.cfg.BedFade
	}
	return defaultBedFade
}

// lastVoice is the index of the last part that speaks; −1 when none does.
func (it *item) lastVoice() int {
	for i := len(it.parts) - 1; i >= 0; i-- {
		if k := it.parts[i].Kind; k == scheduler.PartVoice || k == scheduler.PartFallback {
			return i
		}
	}
	return -1
}

// hasBed says whether a try that begins with the given part lies on music.
func (it *item) hasBed(from int) bool { return it.bed != nil && it.lastVoice() >= from }

// bedTail is how long the bed is to be heard behind the last part.
func (it *item) bedTail() time.Duration {
	if !it.hasBed(it.from) {
		return 0
	}
	tail := it.bedFade
	for i := it.lastVoice() + 1; i < len(it.parts); i++ {
		tail -= it.parts[i].Pause + it.parts[i].left()
	}
	return max(0, tail)
}

// all are the parts of the item, and its bed.
func (it *item) all() []*part {
	all := make([]*part, 0, len(it.parts)+1)
	for i := range it.parts {
		all = append(all, &it.parts[i])
	}
	if it.bed != nil {
		all = append(all, it.bed)
	}
	return all
}

// cueBed lets the music of an item begin with first, or when a chime has ended. An
// item is played whether its bed is or not.
func (p *Player) cueBed(it *item, first audio.Cue) {
	if !it.hasBed(it.from) || it.parts[it.from].ended {
		return
	}
	pt := it.bed
	it.bedGoes = false
	pt.begin(it.occ.ID + "#bed." + first.ID)
	duck := p.cfg.Duck
	c := audio.Cue{
		ID: pt.cue, File: pt.file, From: pt.done, At: first.At, After: first.After, Gap: first.Gap, Cross: first.Cross,
		FadeIn: 500 * time.Millisecond, FadeOut: p.bedFade(), Bed: &duck,
	}
	if it.parts[it.from].Kind == scheduler.PartChime {
		c.At, c.After, c.Gap, c.Cross = 0, first.ID, 0, 0
	}
	p.cues[pt.cue] = it
	if err := p.cfg.Output.Cue(c); err != nil {
		p.cfg.Log.Error("an occurrence airs without its bed", "occurrence", it.occ.ID, "err", err)
		pt.ended, pt.cause = true, audio.Lost
		delete(p.cues, pt.cue)
	}
}

// fadeBed lets the music go when the last word was said. It says whether it is
// still to be waited for.
func (p *Player) fadeBed(it *item) bool {
	if it.bed == nil || it.bed.cue == "" || it.bed.ended {
		return false
	}
	if last := it.lastVoice(); last >= 0 && !it.parts[last].ended {
		return true
	}
	if !it.bedGoes {
		it.bedGoes = true
		if err := p.cfg.Output.Stop(it.bed.cue); err != nil {
			p.cfg.Log.Error("a bed could not be stopped", "occurrence", it.occ.ID, "err", err)
		}
	}
	return true
}

// bedEnded takes in the end of a bed's try.
func (p *Player) bedEnded(it *item) {
	pt := it.bed
	if length := audio.Rate.N(pt.Length); length > 0 {
		pt.done %= length
	}
	if pt.cause != audio.Stopped && pt.cause != audio.Lost && pt.cause != audio.Replaced {
		p.cfg.Log.Error("a bed ended by itself", "occurrence", it.occ.ID, "cause", pt.cause)
	}
}

// leaveBed closes what the as-run knows of a bed that is stopped with the item it
// lies under; its fade is not counted.
func (p *Player) leaveBed(it *item) {
	pt := it.bed
	if pt == nil || pt.cue == "" || pt.ended {
		return
	}
	p.ending[pt.cue] = p.cfg.Mono()
	if pt.started != 0 {
		now := p.cfg.Mono()
		frames := max(0, audio.Rate.N(now.Sub(pt.started)))
		p.closeAiring(it, pt, now, frames, audio.Stopped)
	}
	if length := audio.Rate.N(pt.Length); length > 0 {
		pt.done = (pt.done + pt.told) % length
	}
	delete(p.cues, pt.cue)
	pt.cue, pt.ended = "", true
}
