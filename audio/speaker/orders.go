package speaker

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"loalang/audio"
)

// obey does what the parent says until it closes its end.
func (c *child) obey() error {
	for {
		m, err := c.link.receive()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case m.Cue != nil:
			c.cues.add(*m.Cue, m.files[0])
		case m.Stop != nil:
			c.stop(m.Stop.IDs)
		case m.Raise != nil:
			c.raise(*m.Raise, m.files)
		case m.Lower != nil:
			c.lower(*m.Lower)
		case m.Listen != nil:
			c.tap.on.Store(*m.Listen)
		case m.Volume != nil:
			c.desk.Turn(*m.Volume)
		case m.Leave:
			c.stop(nil)
			c.desk.Hush()
			for _, id := range c.raised() {
				c.lower(id)
			}
			time.Sleep(fadeOut + c.latency())
			return nil
		default:
			return errors.Join(fmt.Errorf("%w: it is none for a child", ErrMessage), closeAll(m.files))
		}
	}
}

// shortestFade is where sound begins in the middle of a file.
const shortestFade = 5 * time.Millisecond

// deskCue is q without its sound.
func deskCue(q cue) audio.DeskCue {
	if q.From > 0 {
		q.FadeIn = max(q.FadeIn, shortestFade)
	}
	return audio.DeskCue{
		ID: q.ID, At: q.At, After: q.After, Gap: q.Gap, Gain: q.Gain, Replaces: q.Replaces,
		Cross: q.Cross, FadeIn: q.FadeIn, FadeOut: q.FadeOut, Bed: q.Bed, Stream: q.Stream, Spoken: q.Spoken,
	}
}

func (c *child) refuse(id string, err error) {
	c.event(audio.Event{Kind: audio.Ended, ID: id, At: audio.Monotonic(), Cause: audio.Unread, Detail: err.Error()})
}

// wish is the newest raise of an alarm.
type wish struct {
	number int   // counts raises here
	turn   int64 // the parent's own count
}

// raise makes an alarm sound. Its files are read beside the path of messages;
// the siren does not wait for them, nor does a Lower.
func (c *child) raise(r raise, files []*os.File) {
	c.alarms.Lock()
	defer c.alarms.Unlock()
	c.raises++
	want := wish{c.raises, r.Turn}
	c.wanted[r.ID] = want
	if len(files) == 0 {
		c.sound(r, nil)
		return
	}
	if _, begun := c.begun[r.ID]; !begun && r.Cycle[0].Siren {
		first := r // what follows goes on behind it, and is counted from there
		first.Cycle, first.Rest, first.Repeat = r.Cycle[:1], 0, 0
		c.sound(first, nil)
	}
	go func() {
		clips, err := c.load(r.ID, want, files)
		c.alarms.Lock()
		defer c.alarms.Unlock()
		if c.wanted[r.ID] != want { // lowered meanwhile, or raised anew
			if _, wanted := c.wanted[r.ID]; !wanted {
				delete(c.held, r.ID)
			}
			return
		}
		if err != nil {
			c.refuseAlarm(r, err)
			return
		}
		c.sound(r, clips)
	}()
}

// refuseAlarm ends an alarm that cannot be read, unless its siren sounds: that
// goes on without the rest.
func (c *child) refuseAlarm(r raise, err error) {
	if r.Cycle[0].Siren {
		alone := r
		alone.Cycle, alone.Rest = r.Cycle[:1], 0
		c.bereave(r.ID, err)
		c.sound(alone, nil)
		return
	}
	c.off(r.ID, r.Turn, audio.Unread, err.Error())
}

// off ends an alarm that the Desk does not have, or not any more: what it has of an
// earlier raise goes as well. Its caller holds c.alarms.
func (c *child) off(id string, turn int64, cause audio.Cause, detail string) {
	delete(c.wanted, id)
	c.event(audio.Event{Kind: audio.AlarmOff, ID: id, At: audio.Monotonic(), Cause: cause, Detail: detail, Turn: turn})
	c.desk.Lower(id)
}

// sound raises r with the clips of its parts that are not the siren. Its caller
// holds c.alarms.
func (c *child) sound(r raise, clips []audio.Clip) {
	a := audio.DeskAlarm{ID: r.ID, Repeat: r.Repeat, Until: r.Until, Gain: r.Gain, Rest: r.Rest, Turn: r.Turn}
	for _, part := range r.Cycle {
		clip := c.siren
		if !part.Siren {
			clip, clips = clips[0], clips[1:]
		}
		a.Cycle = append(a.Cycle, audio.DeskAlarmPart{Clip: clip, Gap: part.Gap, Name: part.Name})
	}
	if err := c.desk.Raise(a); err != nil {
		c.off(r.ID, r.Turn, audio.Unread, err.Error())
		return
	}
	c.begun[r.ID] = r.Turn
}

// lower ends an alarm. Of one whose words are still being read the Desk has
// nothing, and tells nothing.
func (c *child) lower(id string) {
	c.alarms.Lock()
	defer c.alarms.Unlock()
	want, wanted := c.wanted[id]
	if _, begun := c.begun[id]; wanted && !begun {
		c.off(id, want.turn, audio.Stopped, "")
		return
	}
	delete(c.wanted, id)
	c.desk.Lower(id)
}

func (c *child) raised() []string {
	c.alarms.Lock()
	defer c.alarms.Unlock()
	var ids []string
	for id := range c.wanted {
		ids = append(ids, id)
	}
	return ids
}

// readClips reads and closes files.
func readClips(files []*os.File) ([]audio.Clip, error) {
	var clips []audio.Clip
	var all []error
	for _, f := range files {
		clip, err := readClip(f)
		clips = append(clips, clip)
		all = append(all, err, f.Close())
	}
	return clips, errors.Join(all...)
}
