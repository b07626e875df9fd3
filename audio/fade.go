package audio

import "math"

// quarterSteps is the resolution of the quarter wave; between its points it is
// a line, at most 3·10⁻⁷ off.
const quarterSteps = 1024

// quarter is a quarter of a sine, from 0 to 1.
var quarter = func() (q [quarterSteps + 1]float32) {
	for i := range q {
		q[i] = float32(math.Sin(float64(i) / quarterSteps * math.Pi / 2))
	}
	return q
}()

// swell is the gain of an equal-power fade-in of n frames at its frame k. The
// squares of swell(k, n) and swell(n−1−k, n) add up to 1: two unrelated sounds
// that fade across keep their power. What a table and lines give depends
// neither on the blocks in which it is asked for nor on the processor.
func swell(k, n Frames) float32 {
	x := (float32(k) + 0.5) / float32(n) * quarterSteps
	i := min(int(x), quarterSteps-1)
	return quarter[i] + float32((quarter[i+1]-quarter[i])*(x-float32(i)))
}

// rise is a fade-in of n frames over x, of which x[0] is frame at.
func rise(x []float32, at, n Frames) {
	for i := range x[:max(0, min(Frames(len(x)), n-at))] {
		x[i] *= swell(at+Frames(i), n)
	}
}

// fall is a fade-out over the last n frames before an end; left is how many
// frames there are from x[0] to it.
func fall(x []float32, left, n Frames) {
	for i := min(max(0, left-n), Frames(len(x))); i < Frames(len(x)); i++ {
		x[i] *= swell(max(0, left-1-i), n)
	}
}

// shape is the fades of a cue. It belongs to the goroutine that pulls the
// programme.
type shape struct {
	cross   Frames // that it may begin before the end of its predecessor
	fadeIn  Frames
	fadeOut Frames

	in      Frames // of the fade at its beginning, known when that is
	ending  Frames // of the fade at an end: fadeOut, or what fits behind in
	out     Frames // of the fade at its own end; 0: none has been decided on
	wish    Frames // what a follower that crosses over wants out to be
	cutFade Frames // of the fade before cut; 0: none
	thirst  Frames // frames of a fade that sound which came too late has yet to make up for
}

// begin decides on the fade at the beginning of a cue of the given length;
// forever or more: not known. crossed is how long its predecessor sounds on.
func (s *shape) begin(length, crossed Frames) {
	s.in = s.fadeIn
	switch {
	case crossed > 0:
		s.in = crossed
	case s.in+s.fadeOut > length: // both give way, in proportion
		s.in = Frames(float64(s.in) / float64(s.in+s.fadeOut) * float64(length))
	}
	s.ending = min(s.fadeOut, length-s.in)
}

// crossing is how long c shall sound together with its predecessor a: as long
// as it wants, clipped to what both have, and to what is left of a at the device
// frame earliest. Where that is less than the shortest fade, they join instead.
func (c *deskCue) crossing(a *deskCue, earliest Frames) Frames {
	x := min(c.cross, a.end()-max(earliest, a.start+a.in))
	if f := c.sound.Load(); f != nil {
		x = min(x, f.length())
	}
	if x < fade {
		return 0
	}
	return x
}

// planEnd decides on the fade at the end of c, once that begins in the block
// [head, head+n).
func (c *deskCue) planEnd(head, n Frames) {
	f := c.sound.Load()
	if f == nil || !c.fixed || c.out > 0 || f.length() >= forever {
		return
	}
	want := c.ending
	if c.wish > 0 {
		want = c.wish
	}
	if f.broken() != "" { // its last frame is not its end
		want = max(want, fade)
	}
	end := c.start + f.length()
	if c.cutFade > 0 && c.cut <= end {
		return // it ends sooner, with that fade
	}
	if want > 0 && end-want < head+n {
		c.out = max(0, min(want, end-max(head, c.start)))
	}
}

// fadeAway ends c with a fade from the device frame on, unless it ends sooner
// or is fading to its end already.
func (c *deskCue) fadeAway(from Frames, cause Cause) {
	left := c.end() - from
	n := max(c.ending, fade)
	if c.hush.Load() {
		n = fade
		if at := c.cut - from; c.cutFade > n && at > n && at <= c.cutFade { // it goes on from where it has come to
			c.gain *= swell(at-1, c.cutFade)
			c.cutFade, left = 0, at
		}
	}
	if c.cutFade > 0 || left <= fade || n >= left && c.out >= left {
		return
	}
	n = min(n, left)
	c.cut, c.cutFade, c.cause = from+n, n, cause
}

// unfade takes back what a cue that was to replace c did, when that one has
// not begun after all by the device frame.
func (c *deskCue) unfade(by Frames) {
	if c.cause == Replaced && c.cutFade > 0 && c.cut-c.cutFade >= by && !c.ended.Load() {
		c.cut, c.cutFade, c.cause = forever, 0, ""
	}
}

// quench fades x, the frames from pos on, out before what has not been read in
// time, and in behind it.
func (c *deskCue) quench(x []float32, pos Frames, f *feed) {
	left := f.ready(pos)
	if c.live != nil || c.thirst == 0 && left >= Frames(len(x))+fade {
		return
	}
	for i := range x {
		c.thirst = max(c.thirst-1, fade-(left-Frames(i)), 0)
		x[i] *= float32(fade-c.thirst) / float32(fade)
	}
}

// sculpt applies the fades of c to x, its frames from pos on.
func (c *deskCue) sculpt(x []float32, pos Frames, f *feed) {
	c.quench(x, pos, f)
	if pos < c.in {
		rise(x, pos, c.in)
	}
	if c.out > 0 {
		fall(x, f.length()-pos, c.out)
	}
	if c.cutFade > 0 {
		fall(x, c.cut-c.start-pos, c.cutFade)
	}
}
