// Package level is the arithmetic of loudness: the K-weighting and the meter of
// ITU-R BS.1770, a true-peak meter, a look-ahead limiter, the resampler from
// master to play copy, and what a live voice needs: a Doubler and a Rider.
//
// It is pure: it knows no files, no formats and no clock, starts no goroutine,
// and gives the same output for the same input on every run. Sound is mono,
// as float32 frames with full scale at ±1. No type here may be used from two
// goroutines at once.
package level
