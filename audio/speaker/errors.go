package speaker

import "errors"

// Sentinel errors, to be told apart with errors.Is.
var (
	// ErrDevice: a device argument that names no device.
	ErrDevice = errors.New("unusable device name")
	// ErrNoCard: there is no sound card to play on, or no way to choose one.
	ErrNoCard = errors.New("no sound card to play on")
	// ErrBusy: another process holds the card.
	ErrBusy = errors.New("the sound card is in use")
	// ErrVersion: parent and child are different builds.
	ErrVersion = errors.New("the speaker process is another build")
	// ErrNotChild: the child's entry point was called without a parent.
	ErrNotChild = errors.New("not started by loalang serve")
	// ErrMessage: bytes that are no message of the protocol.
	ErrMessage = errors.New("not a message of the speaker protocol")
	// ErrCue: a cue or alarm that cannot be taken as it stands.
	ErrCue = errors.New("unusable cue")
	// ErrEnded: the Output has ended.
	ErrEnded = errors.New("the output has ended")
	// ErrRate: the card does not take 48,000 frames a second.
	ErrRate = errors.New("the sound card keeps wrong time")
	// ErrWrongCard: another device was opened than the one asked for.
	ErrWrongCard = errors.New("another sound card was opened than the one asked for")
)
