package playout

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio"
	"loalang/audio/level"
)

// livePeak is the true peak that a live voice keeps under, −1.5 dBTP as what the
// library holds.
const livePeak = 0.841

// liveAhead is how many packets more may have come than were spoken, 2 s: nobody
// speaks faster than the time goes, and what is sent so would fill the disk.
const liveAhead = 100

// microphone is the Feed of somebody who speaks live: packets in, the house's
// sound out. Its methods may be called from any goroutine and do not block.
type microphone struct {
	mu      sync.Mutex
	seq     sequencer
	voice   *voiceChain
	pipe    int // writing end; −1: nobody reads
	changes chan FeedChange
	closed  bool

	meter     audio.Meter
	began     audio.Instant
	taken     int64         // packets
	early     int64         // packets that were more than can have been spoken
	heard     audio.Instant // of the newest packet
	spoke     audio.Instant // of the newest packet with a voice in it
	unread    int64         // packets that the pipe had no room for
	recent    []int16       // what was written to the pipe and has not sounded yet, about
	lag       int           // frames that recent holds at most
	recorder  func([]int16) // takes what airs; nil: nothing airs
	converted []int16
	raw       []byte
}

// newMicrophone makes one whose sound is held for buffer before it leaves the
// card.
func newMicrophone(buffer time.Duration, now audio.Instant) *microphone {
	return &microphone{
		seq: sequencer{buffer: buffer}, voice: newVoiceChain(), pipe: -1,
		changes: make(chan FeedChange, 1), began: now, heard: now, spoke: now, lag: int(audio.Rate.N(buffer)),
	}
}

// Open follows Feed.
func (m *microphone) Open() (*os.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, os.ErrClosed
	}
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return nil, fmt.Errorf("open a pipe for the microphone: %w", err)
	}
	if err := unix.SetNonblock(ends[1], true); err != nil {
		_ = unix.Close(ends[0])
		_ = unix.Close(ends[1])
		return nil, fmt.Errorf("open a pipe for the microphone: %w", err)
	}
	m.hangUp()
	m.pipe = ends[1]
	m.recent = m.recent[:0]
	return os.NewFile(uintptr(ends[0]), "microphone"), nil
}

// Changes follows Feed: a microphone gives one thing only.
func (m *microphone) Changes() <-chan FeedChange { return m.changes }

// Close follows Feed.
func (m *microphone) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil
	}
	m.closed = true
	m.hangUp()
	close(m.changes)
	return nil
}

// hangUp ends the pipe. m.mu is held.
func (m *microphone) hangUp() {
	if m.pipe >= 0 {
		_ = unix.Close(m.pipe) // it was only written to
		m.pipe = -1
	}
}

// hear takes a packet.
func (m *microphone) hear(p LivePacket, now audio.Instant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	m.heard = now
	if m.taken-liveAhead > int64(now.Sub(m.began)/liveLength) {
		m.early++
		return
	}
	m.taken++
	m.seq.take(p, now, func(frames []int16) {
		sound, voiced := m.voice.process(frames)
		m.meter.Write(sound)
		if voiced {
			m.spoke = now
		}
		m.give(sound)
	})
}

// give sends sound to whoever reads. m.mu is held.
func (m *microphone) give(sound []float32) {
	if m.pipe < 0 {
		return
	}
	m.converted, m.raw = m.converted[:0], m.raw[:0]
	for _, v := range sound {
		s := int16(math.Round(float64(min(max(v, -1), 1)) * math.MaxInt16))
		m.converted = append(m.converted, s)
		m.raw = binary.LittleEndian.AppendUint16(m.raw, uint16(s))
	}
	for rest := m.raw; len(rest) > 0; {
		// Up to PIPE_BUF a pipe takes all or nothing (pipe(7)): no frame is torn.
		piece := rest[:min(len(rest), 4096)]
		n, err := unix.Write(m.pipe, piece)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EAGAIN):
			m.unread++ // the card stands still; what it cannot take is too old when it can
			return
		case err != nil || n != len(piece):
			m.hangUp() // nobody reads any more
			return
		}
		rest = rest[len(piece):]
	}
	if m.recorder != nil {
		m.recorder(m.converted)
		return
	}
	m.recent = append(m.recent, m.converted...)
	if over := len(m.recent) - m.lag; over > 0 {
		m.recent = append(m.recent[:0], m.recent[over:]...)
	}
}

// record lets to take all that airs from now on, what waits for the card first;
// nil ends that.
func (m *microphone) record(to func([]int16)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if to != nil && m.recorder == nil && len(m.recent) > 0 {
		to(m.recent)
		m.recent = m.recent[:0]
	}
	m.recorder = to
}

// spokeNow starts the clock of silence anew.
func (m *microphone) spokeNow(now audio.Instant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.spoke = now
}

// micState is a microphone at a glance.
type micState struct {
	levels             audio.Levels
	heard, spoke       audio.Instant
	lost, late, unread int64
	early              int64
}

func (m *microphone) state() micState {
	m.mu.Lock()
	defer m.mu.Unlock()
	return micState{m.meter.Levels(), m.heard, m.spoke, m.seq.lost, m.seq.late, m.unread, m.early}
}

// voiceChain makes what a microphone gives fit for the air: 48 kHz, the band of
// horn speakers (high-pass 180 Hz twice, low-pass 7.5 kHz), the gate, the house
// level and its peak. It holds sound back by some 46 ms, most of it so that the soft
// beginning of a word is not cut by the gate.
type voiceChain struct {
	doubler *level.Doubler
	high    [2]*level.Biquad
	low     *level.Biquad
	gate    *audio.Gate
	rider   *level.Rider
	limiter *level.Limiter
	in, mid []float32
	out     []float32
}

func newVoiceChain() *voiceChain {
	rate := int(audio.Rate)
	gate := audio.SpeechGate
	gate.Ahead = 40 * time.Millisecond
	return &voiceChain{
		doubler: level.NewDoubler(),
		high:    [2]*level.Biquad{level.HighPass(rate, 180), level.HighPass(rate, 180)},
		low:     level.LowPass(rate, 7500),
		gate:    audio.NewGate(gate),
		rider:   level.NewRider(level.House),
		limiter: level.NewLimiter(rate, 1, livePeak),
	}
}

// process is the sound of the next frames, valid until the next call, and whether
// there is a voice in it.
func (c *voiceChain) process(frames []int16) (sound []float32, voiced bool) {
	c.in = c.in[:0]
	for _, v := range frames {
		c.in = append(c.in, float32(v)/32768)
	}
	c.mid = c.doubler.Process(c.mid[:0], c.in)
	for i, v := range c.mid {
		c.mid[i] = float32(c.low.Step(c.high[1].Step(c.high[0].Step(float64(v)))))
	}
	c.gate.Process(c.mid)
	c.rider.Process(c.mid)
	c.out = c.limiter.Process(c.out[:0], c.mid)
	return c.out, c.gate.Opened()
}

var _ Feed = (*microphone)(nil)
