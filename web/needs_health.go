package web

import (
	"loalang/health"
	"loalang/pulse"
)

// Health is how the board is, as it was measured last. *health.Watch is one. Its methods
// return at once, from memory: they answer while the database does not.
type Health interface {
	Report() health.Report
	Measured() health.Measurement
	History() health.History
}

// Loops says how long ago each loop of the program came round. *pulse.Registry is one.
type Loops interface {
	Ages() []pulse.Age
}
