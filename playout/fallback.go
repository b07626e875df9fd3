package playout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// opened are the files of parts, nil for those that could not be opened, and what
// sounds instead when none of them speaks.
type opened struct {
	files []*os.File
	spans []time.Duration // of the files, where the plan does not say
	spare *part
	bed   *os.File // nil: none, or it cannot be read
	feed  Feed     // of a relay
}

func (o opened) close() {
	for _, f := range o.files {
		if f != nil {
			_ = f.Close() // read only
		}
	}
	if o.spare != nil {
		_ = o.spare.file.Close() // read only
	}
	if o.bed != nil {
		_ = o.bed.Close() // read only
	}
	if o.feed != nil {
		_ = o.feed.Close() // nobody has heard of it
	}
}

// open opens every part that can be, and the fallback when no voice is among
// them. The error says that nothing of it is worth airing; then none stays open.
func (p *Player) open(of scheduler.Occurrence, parts []scheduler.Part) (opened, error) {
	o := opened{files: make([]*os.File, len(parts)), spans: make([]time.Duration, len(parts))}
	var errs []error
	wanted, speaks := false, false
	for i, sp := range parts {
		if streamed(sp) {
			continue
		}
		f, err := p.cfg.Library.PlayCopy(context.Background(), sp.Recording)
		if err != nil {
			errs = append(errs, fmt.Errorf("open %s %s: %w", sp.Kind, sp.Recording, err))
		}
		if o.files[i] = f; f != nil && sp.Length == 0 {
			frames, err := framesOf(f)
			errs = append(errs, err)
			o.spans[i] = audio.Rate.D(frames)
		}
		wanted = wanted || sp.Kind == scheduler.PartVoice
		speaks = speaks || sp.Kind == scheduler.PartVoice && f != nil
	}
	if wanted && !speaks {
		spare, err := p.openFallback()
		if errs = append(errs, err); err == nil {
			o.spare, speaks = spare, true
		}
	}
	if of.Relay != nil {
		feed, err := p.tuneIn(of)
		if err != nil {
			return opened{}, err
		}
		o.feed = feed
	}
	sounds := of.Kind == KindLive || o.feed != nil || slices.ContainsFunc(o.files, func(f *os.File) bool { return f != nil })
	if wanted && !speaks || !sounds && o.spare == nil {
		o.close()
		return opened{}, errors.Join(append(errs, errors.New("nothing of it can be heard"))...)
	}
	o.bed = p.openBed(of)
	if err := errors.Join(errs...); err != nil {
		p.cfg.Log.Error("a part of an occurrence cannot be read and is left out", "err", err)
	}
	return o, nil
}

// errNoFallback says that nothing is to sound instead.
var errNoFallback = errors.New("no fallback recording is chosen")

// openFallback opens what sounds instead of what cannot be heard.
func (p *Player) openFallback() (*part, error) {
	id := ""
	if p.cfg.Fallback != nil {
		id = p.cfg.Fallback()
	}
	if id == "" {
		return nil, errNoFallback
	}
	f, err := p.cfg.Library.PlayCopy(context.Background(), id)
	if err != nil {
		return nil, fmt.Errorf("open fallback %s: %w", id, err)
	}
	frames, err := framesOf(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open fallback %s: %w", id, err), f.Close())
	}
	return &part{
		Part: scheduler.Part{Kind: scheduler.PartFallback, Recording: id, Length: audio.Rate.D(frames)},
		file: f, airing: -1,
	}, nil
}

func framesOf(f *os.File) (audio.Frames, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	wav, err := audio.ScanWAV(f, info.Size())
	return wav.Frames, err
}

// adopt gives the parts from one on their files. What has none is left out, and
// what stands in for it takes the place of the first voice.
func (p *Player) adopt(it *item, from int, o opened) {
	kept := it.parts[:from:from]
	for i, pt := range it.parts[from:] {
		pt.Length = cmp.Or(pt.Length, o.spans[i])
		if pt.file = o.files[i]; pt.file != nil || streamed(pt.Part) {
			kept = append(kept, pt)
			continue
		}
		p.blame(it, string(audio.Unread))
		it.lacking = it.lacking || pt.Kind == scheduler.PartVoice
		if o.spare != nil && pt.Kind == scheduler.PartVoice {
			o.spare.Pause = pt.Pause
			kept = append(kept, *o.spare)
			o.spare = nil
		}
	}
	it.parts = kept
	if o.bed != nil {
		it.bed, it.bedFade = &part{Part: *it.occ.Bed, file: o.bed, done: it.bedFrom, airing: -1}, p.bedFade()
		it.bed.Kind = scheduler.PartBed
	}
	p.attach(it, o.feed)
}

// openBed opens the music under an occurrence: it airs without, when that cannot
// be read.
func (p *Player) openBed(o scheduler.Occurrence) *os.File {
	if o.Bed == nil {
		return nil
	}
	f, err := p.cfg.Library.PlayCopy(context.Background(), o.Bed.Recording)
	if err != nil {
		p.cfg.Log.Error("an occurrence airs without its bed", "occurrence", o.ID, "err", err)
		return nil
	}
	return f
}

// over says whether nothing more is to come of a part that ended.
func (pt *part) over() bool { return pt.passed != "" && pt.ended && pt.cause == "" }

// givenUp says whether what is behind a part that ended goes on without it.
func (pt *part) givenUp() bool { return pt.passed != "" || pt.cause == audio.Unread }

// missing is why a voice of the item was not heard as it was meant, a cause; empty:
// all were.
func (it *item) missing() string {
	for _, pt := range it.parts {
		if pt.passed != "" && pt.Kind == scheduler.PartVoice {
			return pt.passed
		}
	}
	if it.lacking {
		return string(audio.Unread)
	}
	return ""
}

// complete ends an item of which nothing more is to come. One of whose voices one
// was silent is cut, whatever delayed it.
func (p *Player) complete(it *item) {
	switch cause := it.missing(); {
	case cause == "":
		p.finish(it, Played, it.playedCause())
	case len(it.row.Airings) == 0:
		p.finish(it, Missed, cause)
	default:
		p.finish(it, Cut, cause)
	}
}

// passOver goes on behind a part that is silent or cannot be read. When nothing
// else of the item would be heard, the fallback takes its place.
func (p *Player) passOver(it *item, broken int) {
	pt := &it.parts[broken]
	if pt.passed == "" {
		pt.passed = string(audio.Unread)
	}
	p.takeBack(it) // parts behind the broken one wait for nothing
	p.blame(it, pt.passed)
	p.cfg.Log.Error("a part is given up, what is behind it goes on", "occurrence", it.occ.ID, "part", pt.Kind, "language", pt.Language, "cause", pt.passed)
	pt.cause = "" // over
	it.ready = false
	voice := pt.Kind == scheduler.PartVoice
	if !voice || it.speaks() {
		p.goBehind(it, broken, nil)
		return
	}
	p.side.Go(func() {
		spare, err := p.openFallback()
		if err != nil {
			p.cfg.Log.Error("nothing sounds instead of what is silent", "occurrence", it.occ.ID, "err", err)
		}
		if !p.do(func() { p.goBehind(it, broken, spare) }) && spare != nil {
			_ = spare.file.Close() // read only
		}
	})
}

// speaks says whether a voice of the item was heard, or is still to come.
func (it *item) speaks() bool {
	return slices.ContainsFunc(it.parts, func(pt part) bool {
		return (pt.Kind == scheduler.PartVoice || pt.Kind == scheduler.PartFallback) && pt.passed == ""
	})
}

// goBehind cues what is left of an item behind a part that was passed over, with
// what takes its place, if anything does.
func (p *Player) goBehind(it *item, broken int, spare *part) {
	gone := p.items[it.occ.ID] != it
	if spare != nil && !gone {
		spare.Pause = it.parts[broken].Pause
		it.parts = slices.Insert(it.parts, broken+1, *spare)
	}
	switch {
	case gone:
		if spare != nil {
			_ = spare.file.Close() // read only
		}
	case broken+1 == len(it.parts) || spare == nil && !it.speaks():
		p.complete(it)
	default:
		it.latest = max(it.latest, p.cfg.Mono().Add(p.grace(it)))
		it.from, it.want, it.ready = broken+1, p.cfg.Mono(), true
		p.arrange()
	}
}
