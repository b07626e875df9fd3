package web

import (
	"encoding/binary"
	"math"
	"strings"
	"time"

	"github.com/coder/websocket"

	"loalang/playout"
)

// liveOrder is what a caller says beside the sound, as JSON in a text message.
type liveOrder struct {
	Type  string `json:"type" enum:"start,extend,end" doc:"start: the first message. extend: once more time. end: over."`
	Chime *bool  `json:"chime,omitempty" doc:"Of start: the village's chime sounds first; true when left out."`
}

// liveState is what the board says, as JSON in a text message, ten times a
// second.
type liveState struct {
	Type       string    `json:"type" enum:"state"`
	Stage      string    `json:"stage" enum:"waiting,chime,live,muted,ended"`
	Detail     string    `json:"detail" doc:"The stage as a sentence, or what trouble is and what to do."`
	Trouble    string    `json:"trouble,omitempty" enum:"device,amplifier,resting,bypass,unheard,other-sound,zone,rest-zone" doc:"Nobody hears it, whatever the stage is: no sound card, the amplifier is off, it must stay off for a moment still, it is on its own microphone, the monitor input hears nothing or something else. zone, rest-zone: of some loudspeakers only. Absent while nothing is known to be wrong."`
	Cause      string    `json:"cause,omitempty" doc:"Of ended: why."`
	Level      levelJSON `json:"level" doc:"Of the voice as the board airs it."`
	Left       float64   `json:"left" doc:"Seconds until it ends by itself."`
	Extendable bool      `json:"extendable" doc:"The order extend would give more time."`
	Silence    float64   `json:"silence" doc:"Seconds since the last word."`
	Taped      string    `json:"taped,omitempty" enum:"yes,full,fail" doc:"Whether it is taken down for the library."`
	Lost       int64     `json:"lost" doc:"Packets that never came."`
	Late       int64     `json:"late" doc:"Packets that came too late to be heard."`
}

func (l *liveLine) state(t playout.TalkState) liveState {
	s := liveState{
		Type: "state", Stage: string(t.Stage), Detail: word(l.k.lang, "live-stage."+string(t.Stage)), Cause: t.Cause,
		Level: levelJSON{decibels(t.Levels.RMS), decibels(t.Levels.Peak)}, Left: t.Left.Seconds(), Extendable: t.Extendable, Silence: t.Silence.Seconds(),
		Taped: string(t.Taped), Lost: t.Lost, Late: t.Late,
	}
	if faults := l.faults(t.Stage); len(faults) > 0 {
		s.Trouble = faults[0].Code
		if said := (phrase{lang: l.k.lang}).liveTroubles(faults); faults[0].Zone == "" {
			s.Detail = said
		} else {
			s.Detail += " " + said // it is heard elsewhere, and the stage holds there
		}
	}
	if t.Stage == playout.TalkEnded {
		s.Detail = word(l.k.lang, "live-stage.ended", phrase{lang: l.k.lang}.cause(t.Cause))
	}
	return s
}

// faults are why the village, or some of it, does not hear who speaks; none while nothing is
// known to be wrong, or an emergency sounds, of which the stage tells. A card that is gone
// takes a voice off the air, and the stage alone would not say why.
func (l *liveLine) faults(stage playout.TalkStage) []playout.EmergencyFault {
	air := l.s.cfg.Air.Air()
	sounds := stage == playout.TalkChime || stage == playout.TalkOnTheAir
	switch on := air.OnAir; {
	case stage == playout.TalkEnded || len(air.Emergencies) > 0:
	case !air.Output.Up:
		return []playout.EmergencyFault{{Code: playout.TroubleDevice}}
	case sounds && on != nil && on.Occurrence.ID == l.talk.Occurrence():
		return on.Faults
	}
	return nil
}

// liveTroubles says why nobody, or not everybody, hears who speaks, and what to do.
func (p phrase) liveTroubles(faults []playout.EmergencyFault) string {
	var said []string
	for _, f := range faults {
		rests := int(math.Ceil(f.Rests.Seconds()))
		if f.Zone == "" {
			said = append(said, p.word("live-trouble."+f.Code, rests))
		} else {
			said = append(said, p.word("live-trouble."+f.Code, f.Zone, rests))
		}
	}
	return strings.Join(said, " ")
}

// liveHead is the size of what stands before the frames of a packet: its number
// (uint32), and when its first frame was captured in microseconds of the sender's
// clock (uint64), both little-endian.
const liveHead = 12

// packetOf reads a binary message: liveHead bytes, and playout.LiveFrames frames of
// s16 little-endian.
func packetOf(kind websocket.MessageType, raw []byte) (p playout.LivePacket, ok bool) {
	if kind != websocket.MessageBinary || len(raw) != liveHead+2*playout.LiveFrames {
		return p, false
	}
	p.Seq = binary.LittleEndian.Uint32(raw)
	p.Captured = time.Duration(binary.LittleEndian.Uint64(raw[4:])%(1<<52)) * time.Microsecond
	p.Frames = make([]int16, playout.LiveFrames)
	for i := range p.Frames {
		p.Frames[i] = int16(binary.LittleEndian.Uint16(raw[liveHead+2*i:]))
	}
	return p, true
}
