package playout

import (
	"slices"
	"time"

	"loalang/audio"
)

const (
	// LiveRate is the rate of the frames of a LivePacket, frames a second.
	LiveRate = 24000
	// LiveFrames is how many frames each LivePacket holds, 20 ms.
	LiveFrames = LiveRate / 50
	// liveLength is how long that is.
	liveLength = time.Second / 50
)

const (
	// reorderDepth is how many later packets may be here before one that is not is
	// given up: 120 ms, within the buffer.
	reorderDepth = 6
	// restartAfter is how far the numbers may jump before the sender is taken to
	// have begun anew: 5 s.
	restartAfter = 250
	// liveFade is how many frames a piece of sound is faded over where its
	// neighbour is missing, 5 ms.
	liveFade = LiveRate / 200
	// pathMemory is how many packets the shortest way of a packet is remembered
	// for: longer than a link may be silent before it is lost, 4 s.
	pathMemory = 200
	// pathSteady is how many late packets in a row, all as late, show that the way
	// itself has become longer: 0.3 s.
	pathSteady = 15
)

// LivePacket is 20 ms of what a microphone heard.
type LivePacket struct {
	Seq      uint32        // +1 for each packet; it may begin and wrap anywhere
	Captured time.Duration // of its first frame, on the sender's own steady clock
	Frames   []int16       // LiveFrames of them, mono, LiveRate
}

// sequencer puts packets in order and fills what is missing: a packet that is
// lost becomes silence of its length; one that comes so late that the card has
// had to do without is left out, and so the delay never grows. Both joins are
// faded. One goroutine uses it.
type sequencer struct {
	buffer time.Duration // how late is too late
	begun  bool
	next   uint32
	held   map[uint32][]int16
	path   path
	tail   []int16 // the last liveFade frames that were given
	broken bool    // what comes next does not follow what was given

	lost, late int64 // packets
}

// take takes a packet that came at an instant, and gives what is now in order.
func (q *sequencer) take(p LivePacket, at audio.Instant, give func([]int16)) {
	ahead := int32(p.Seq - q.next)
	switch {
	case !q.begun, ahead > restartAfter, ahead < -restartAfter:
		q.broken = q.begun
		q.begun, q.next, q.held, ahead = true, p.Seq, map[uint32][]int16{}, 0
	case ahead < 0:
		q.late++ // its place was given away, or it came twice
		return
	}
	if q.path.late(time.Duration(at)-p.Captured, q.buffer) {
		q.late++
		q.broken = true
		q.next = p.Seq + 1 // what stood before it is later still
		q.drain(give)
		return
	}
	q.held[p.Seq] = p.Frames
	if ahead > 0 && len(q.held) >= reorderDepth {
		q.fill(give)
	}
	q.drain(give)
}

// fill gives silence up to the next packet that is held, of a long gap no more
// than the buffer: the card has been silent meanwhile.
func (q *sequencer) fill(give func([]int16)) {
	for n := time.Duration(0); q.held[q.next] == nil; n += liveLength {
		if n < q.buffer {
			q.miss(give)
			continue
		}
		q.lost++
		q.next++
	}
}

// drain gives what is held and follows.
func (q *sequencer) drain(give func([]int16)) {
	for frames := q.held[q.next]; frames != nil; frames = q.held[q.next] {
		delete(q.held, q.next)
		q.next++
		if q.broken {
			q.close(liveFade, give)
			frames = slices.Clone(frames)
			for i := range liveFade {
				frames[i] = int16(int(frames[i]) * i / liveFade)
			}
			q.broken = false
		}
		q.tail = append(q.tail[:0], frames[len(frames)-liveFade:]...)
		give(frames)
	}
	for seq := range q.held {
		if int32(seq-q.next) < 0 {
			delete(q.held, seq)
		}
	}
}

// miss gives silence in the place of a packet that is lost.
func (q *sequencer) miss(give func([]int16)) {
	q.lost++
	q.next++
	if q.tail == nil { // nothing sounded before
		give(make([]int16, LiveFrames))
		return
	}
	q.close(LiveFrames, give)
	q.broken = true
}

// close gives n frames that go on from the last one and fade: what sounded last,
// backwards. After a close there is silence.
func (q *sequencer) close(n int, give func([]int16)) {
	if len(q.tail) < liveFade {
		if n == LiveFrames {
			give(make([]int16, n))
		}
		return
	}
	frames := make([]int16, n)
	for i := range liveFade {
		frames[i] = int16(int(q.tail[liveFade-1-i]) * (liveFade - i) / liveFade)
	}
	q.tail = q.tail[:0]
	give(frames)
}

// path knows how long packets take, but for a constant: the difference of two
// clocks, which may drift.
type path struct {
	ways   [pathMemory]time.Duration // ring
	known  int
	steady int           // late packets in a row
	first  time.Duration // way of the first of them
}

// late says whether a packet with this way came later than the quickest by more
// than buffer. A way that has become longer for good is the new measure.
func (p *path) late(way, buffer time.Duration) bool {
	p.ways[p.known%pathMemory] = way
	p.known++
	quickest := slices.Min(p.ways[:min(p.known, pathMemory)])
	if way-quickest <= buffer {
		p.steady = 0
		return false
	}
	if p.steady == 0 || (way-p.first).Abs() > buffer/4 {
		p.steady, p.first = 0, way
	}
	if p.steady++; p.steady < pathSteady {
		return true
	}
	*p = path{}
	p.ways[0], p.known = way, 1
	return false
}
