// Package yardstick is a bench: it spoils clean speech as villages do, in ten
// ways, and measures how intelligible and how loud something is, so that tests and
// the benchmark judge an import by other means than the import's own. Sound is
// mono float64 with full scale at ±1; the same seed gives the same sound.
package yardstick
