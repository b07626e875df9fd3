package web

import (
	"encoding/binary"
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
	Detail     string    `json:"detail" doc:"The stage as a sentence."`
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
	if t.Stage == playout.TalkEnded {
		s.Detail = word(l.k.lang, "live-stage.ended", phrase{lang: l.k.lang}.cause(t.Cause))
	}
	return s
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
