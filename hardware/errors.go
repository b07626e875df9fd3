package hardware

import "errors"

var (
	// ErrClosed says that the amplifier was closed and stays off.
	ErrClosed = errors.New("amplifier closed")
	// ErrResting says that the amplifier must stay off for a moment.
	ErrResting = errors.New("amplifier resting")
	// ErrNoLine says that no GPIO line has the name or number asked for.
	ErrNoLine = errors.New("no such GPIO line")
	// ErrBackwards says that the time told lies before what was last seen.
	ErrBackwards = errors.New("told time lies before what was seen: check the phone's clock")
	// ErrAhead says that the time told lies decades ahead.
	ErrAhead = errors.New("told time lies decades ahead: check the phone's clock")
)
