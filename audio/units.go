package audio

import (
	"math"
	"time"
)

// SampleRate is frames per second.
type SampleRate int

// Rate is the one rate of programme sound.
const Rate SampleRate = 48000

// Frames counts frames: all channels at one instant are one frame.
type Frames int64

// D is how long n frames last, rounded down to a nanosecond.
func (r SampleRate) D(n Frames) time.Duration {
	whole, rest := int64(n)/int64(r), int64(n)%int64(r)
	return time.Duration(whole)*time.Second + time.Duration(rest*int64(time.Second)/int64(r))
}

// N is the number of frames nearest to d.
func (r SampleRate) N(d time.Duration) Frames {
	whole, rest := int64(d/time.Second), int64(d%time.Second)
	return Frames(whole*int64(r) + (rest*int64(r)+int64(time.Second)/2)/int64(time.Second))
}

// Decibels is a gain or a level; 0 is unity or full scale.
type Decibels float64

// Factor is the amplitude factor of d.
func (d Decibels) Factor() float32 { return float32(math.Pow(10, float64(d)/20)) }

// Instant is a reading of CLOCK_MONOTONIC in nanoseconds. It never steps, and
// every process of one boot agrees on it. Zero means "not set".
type Instant int64

// Add moves i by d.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d) }

// Sub is the span from j to i.
func (i Instant) Sub(j Instant) time.Duration { return time.Duration(i - j) }
