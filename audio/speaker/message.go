package speaker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"loalang/audio"
)

const (
	// protocolVersion changes whenever a message changes its meaning.
	protocolVersion = 7
	// maxMessage bounds one message, in bytes.
	maxMessage = 32 << 10
	// maxFiles bounds the descriptors that travel with one message.
	maxFiles = 64
	// maxID bounds the ID of a cue or alarm, in bytes.
	maxID = 256
	// maxLessons bounds what a child is told of cards.
	maxLessons = 16
	// maxParts bounds the cycle of an alarm.
	maxParts = 32
)

// message is one packet between parent and child. Exactly one of its pointers is
// set, or one of its words is.
type message struct {
	// Downward.
	Hello  *hello  `json:"hello,omitempty"` // first, in both directions
	Cue    *cue    `json:"cue,omitempty"`
	Stop   *stop   `json:"stop,omitempty"`
	Raise  *raise  `json:"raise,omitempty"`
	Lower  *string `json:"lower,omitempty"` // ID of an alarm
	Listen *bool   `json:"listen,omitempty"`
	// Volume of the programme, in dB.
	Volume *audio.Decibels `json:"volume,omitempty"`
	Leave  bool            `json:"leave,omitempty"` // fade out and end

	// Upward.
	Absent *absent      `json:"absent,omitempty"` // again and again, until Up
	Up     *up          `json:"up,omitempty"`
	Event  *audio.Event `json:"event,omitempty"`
	Status *status      `json:"status,omitempty"`
	Fault  *fault       `json:"fault,omitempty"` // last

	// files travel as descriptors, in the order of the fields that count them.
	files []*os.File
}

// hello opens the conversation. Downward it brings the tap's pipe and, when
// Siren is true, the built-in siren.
type hello struct {
	Version int           `json:"version"`
	Device  string        `json:"device,omitempty"`
	Buffer  time.Duration `json:"buffer,omitempty"` // 0: the child's own choice
	// Learned is what cards needed at real-time priority, by label.
	Learned map[string]time.Duration `json:"learned,omitempty"`
	Routing Routing                  `json:"routing,omitzero"`
	Siren   bool                     `json:"siren,omitempty"`
	Resume  bool                     `json:"resume,omitempty"` // a child had the device before: a file goes on
	Was     *Card                    `json:"was,omitempty"`    // the card of the last child, when the default was asked for

	Calibration time.Duration `json:"calibration,omitempty"`
}

// cue is an audio.Cue without its file.
type cue struct {
	ID       string         `json:"id"`
	At       audio.Instant  `json:"at,omitempty"`
	After    string         `json:"after,omitempty"`
	Gap      time.Duration  `json:"gap,omitempty"`
	Gain     audio.Decibels `json:"gain,omitempty"`
	Replaces string         `json:"replaces,omitempty"`
	From     audio.Frames   `json:"from,omitempty"`
	Cross    time.Duration  `json:"cross,omitempty"`
	FadeIn   time.Duration  `json:"fade_in,omitempty"`
	FadeOut  time.Duration  `json:"fade_out,omitempty"`
	Bed      *audio.Duck    `json:"bed,omitempty"`
	Stream   *audio.Stream  `json:"stream,omitempty"`
	Spoken   bool           `json:"spoken,omitempty"`
}

// stop ends cues; none named: all.
type stop struct {
	IDs []string `json:"ids,omitempty"`
}

// raise is an audio.Alarm without its files.
type raise struct {
	ID     string         `json:"id"`
	Cycle  []raisePart    `json:"cycle"`
	Repeat int            `json:"repeat,omitempty"`
	Until  audio.Instant  `json:"until,omitempty"`
	Gain   audio.Decibels `json:"gain,omitempty"`
	Rest   time.Duration  `json:"rest,omitempty"`
	// Turn numbers the raises of an Output; events of the alarm echo it.
	Turn int64 `json:"turn,omitempty"`
}

// raisePart brings a file unless it is the built-in siren.
type raisePart struct {
	Siren bool          `json:"siren,omitempty"`
	Gap   time.Duration `json:"gap,omitempty"`
	Name  string        `json:"name,omitempty"` // echoed in PartOn
}

// absent says why the device cannot be opened yet. The child goes on looking for
// it; silence for openPatience means that it hangs.
type absent struct {
	Sentence string        `json:"sentence"`
	Trouble  audio.Trouble `json:"trouble,omitempty"`
}

// up says that the device is open and takes sound.
type up struct {
	Device   string           `json:"device"`
	Latency  time.Duration    `json:"latency"`
	Period   time.Duration    `json:"period"` // 0: no card
	Buffer   time.Duration    `json:"buffer"` // that the card really has; 0: no card
	RealTime bool             `json:"realtime"`
	Weaker   string           `json:"weaker,omitempty"` // than asked, one sentence
	Lacks    []audio.Weakness `json:"lacks,omitempty"`  // the same as codes
	Is       *Card            `json:"is,omitempty"`     // the card that is open, where it is known
}

// status is the heartbeat, ten times a second.
type status struct {
	LastRead  audio.Instant `json:"read"` // when the device last took frames
	Frames    audio.Frames  `json:"frames"`
	Levels    audio.Levels  `json:"levels"`
	Underruns int64         `json:"underruns,omitempty"`
	RealTime  bool          `json:"realtime,omitempty"`
	RSS       int64         `json:"rss,omitempty"`     // bytes
	Dropped   int64         `json:"dropped,omitempty"` // events the parent did not read in time
	Trouble   string        `json:"trouble,omitempty"` // of the device, which goes on all the same
	Unheard   int64         `json:"unheard,omitempty"` // tap chunks nobody read in time
	// Sounding is what audio.Desk.Sounding yields.
	Sounding []sounding `json:"sounding,omitempty"`
}

// sounding is a cue that sounds, and how much of it has surely left the card.
type sounding struct {
	ID     string       `json:"id"`
	Frames audio.Frames `json:"frames"`
}

// fault says why the child ends.
type fault struct {
	Sentence string `json:"sentence"`
}

// filesWanted is the number of descriptors that belong to m.
func (m *message) filesWanted() int {
	switch {
	case m.Hello != nil && m.Hello.Siren:
		return 2
	case m.Hello != nil && m.Hello.Device != "":
		return 1
	case m.Cue != nil:
		return 1
	case m.Raise != nil:
		n := 0
		for _, part := range m.Raise.Cycle {
			if !part.Siren {
				n++
			}
		}
		return n
	}
	return 0
}

// encode writes m without its files.
func (m *message) encode() ([]byte, error) {
	raw, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	if len(raw) > maxMessage {
		return nil, fmt.Errorf("%w: %d bytes are more than %d", ErrMessage, len(raw), maxMessage)
	}
	return raw, nil
}

// decodeMessage reads one packet, without its files. Anything that is not
// exactly one well-formed message is ErrMessage.
func decodeMessage(raw []byte) (*message, error) {
	if len(raw) > maxMessage {
		return nil, fmt.Errorf("%w: %d bytes are more than %d", ErrMessage, len(raw), maxMessage)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	m := new(message)
	if err := decoder.Decode(m); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	if decoder.More() {
		return nil, fmt.Errorf("%w: there is more behind it", ErrMessage)
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

// check refuses messages that say nothing, two things, or too much.
func (m *message) check() error {
	said := 0
	for _, field := range []bool{
		m.Hello != nil, m.Cue != nil, m.Stop != nil, m.Raise != nil, m.Lower != nil, m.Listen != nil, m.Volume != nil, m.Leave,
		m.Absent != nil, m.Up != nil, m.Event != nil, m.Status != nil, m.Fault != nil,
	} {
		if field {
			said++
		}
	}
	switch {
	case said != 1:
		return fmt.Errorf("%w: it says %d things instead of one", ErrMessage, said)
	case m.Cue != nil:
		return checkCue(*m.Cue)
	case m.Raise != nil:
		return checkRaise(*m.Raise)
	}
	return nil
}

func checkCue(c cue) error {
	if err := checkID(c.ID); err != nil {
		return err
	}
	if len(c.After) > maxID || len(c.Replaces) > maxID {
		return fmt.Errorf("%w %q: an ID has at most %d bytes", ErrCue, c.ID, maxID)
	}
	if c.After == "" && c.At <= 0 {
		return fmt.Errorf("%w %q: it needs an instant, or a cue to follow", ErrCue, c.ID)
	}
	if c.After == c.ID || c.Replaces == c.ID {
		return fmt.Errorf("%w %q: it cannot follow or replace itself", ErrCue, c.ID)
	}
	if c.Gap < 0 || c.Gap > maxGap {
		return fmt.Errorf("%w %q: a gap of %v; 0 to %v is possible", ErrCue, c.ID, c.Gap, maxGap)
	}
	if err := checkShape(c); err != nil {
		return err
	}
	return checkGain(c.ID, c.Gain)
}

const (
	// maxFade bounds a fade: longer is a mistake.
	maxFade = time.Minute
	// maxHeld bounds what is held of a stream.
	maxHeld = 2 * time.Second
)

// checkShape refuses fades, beds and streams that make no sense.
func checkShape(c cue) error {
	for _, fade := range []time.Duration{c.Cross, c.FadeIn, c.FadeOut} {
		if fade < 0 || fade > maxFade {
			return fmt.Errorf("%w %q: a fade of %v; 0 to %v is possible", ErrCue, c.ID, fade, maxFade)
		}
	}
	switch {
	case c.Cross > 0 && (c.After == "" || c.Gap > 0):
		return fmt.Errorf("%w %q: it can fade across only from a cue that it follows without a gap", ErrCue, c.ID)
	case c.From < 0:
		return fmt.Errorf("%w %q: it cannot begin %d frames before its file", ErrCue, c.ID, -c.From)
	case c.Bed != nil && c.Stream != nil, c.Stream != nil && c.From > 0:
		return fmt.Errorf("%w %q: a stream is no bed and has no place to begin from", ErrCue, c.ID)
	case c.Stream != nil && (c.Stream.Buffer <= 0 || c.Stream.Buffer > maxHeld):
		return fmt.Errorf("%w %q: of a stream more than 0 and at most %v are held, not %v", ErrCue, c.ID, maxHeld, c.Stream.Buffer)
	case c.Bed != nil && (c.Bed.Attack < 0 || c.Bed.Attack > maxFade || c.Bed.Release < 0 || c.Bed.Release > maxFade ||
		!(c.Bed.Depth <= 0 && c.Bed.Depth >= -120)):
		return fmt.Errorf("%w %q: a bed goes down within 0 to %v by 0 to 120 dB", ErrCue, c.ID, maxFade)
	}
	return nil
}

func checkRaise(r raise) error {
	if err := checkID(r.ID); err != nil {
		return err
	}
	if len(r.Cycle) == 0 || len(r.Cycle) > maxParts {
		return fmt.Errorf("%w %q: a cycle has 1 to %d parts, not %d", ErrCue, r.ID, maxParts, len(r.Cycle))
	}
	for _, part := range r.Cycle {
		if part.Gap < 0 || part.Gap > maxGap {
			return fmt.Errorf("%w %q: a gap of %v; 0 to %v is possible", ErrCue, r.ID, part.Gap, maxGap)
		}
		if len(part.Name) > maxID {
			return fmt.Errorf("%w %q: the name of a part has at most %d bytes", ErrCue, r.ID, maxID)
		}
	}
	if r.Repeat < 0 {
		return fmt.Errorf("%w %q: it cannot be repeated %d times", ErrCue, r.ID, r.Repeat)
	}
	if r.Rest < 0 || r.Rest > maxRest {
		return fmt.Errorf("%w %q: a rest of %v between its cycles; 0 to %v is possible", ErrCue, r.ID, r.Rest, maxRest)
	}
	return checkGain(r.ID, r.Gain)
}

// maxRest bounds the silence between two cycles: an alarm is not silent for longer.
const maxRest = time.Minute

// maxGap bounds the silence before a part: longer is a mistake.
const maxGap = time.Hour

func checkID(id string) error {
	if id == "" || len(id) > maxID {
		return fmt.Errorf("%w: its ID has %d bytes; 1 to %d are possible", ErrCue, len(id), maxID)
	}
	return nil
}

// checkGain also refuses NaN.
func checkGain(id string, gain audio.Decibels) error {
	if gain >= -120 && gain <= 24 {
		return nil
	}
	return fmt.Errorf("%w %q: a gain of %v dB; -120 to 24 is possible", ErrCue, id, float64(gain))
}
