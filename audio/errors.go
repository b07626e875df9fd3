package audio

import "errors"

// The faults that callers tell apart. Each arrives wrapped in a sentence that
// says what to do.
var (
	// ErrNotWAV means that the bytes are no RIFF WAVE file at all.
	ErrNotWAV = errors.New("not a WAV file")
	// ErrDamagedWAV means a WAV whose chunk table cannot be trusted.
	ErrDamagedWAV = errors.New("damaged WAV file")
	// ErrWAVFormat means a sound WAV in a format that is not read here.
	ErrWAVFormat = errors.New("unsupported WAV format")

	// ErrNotPipe means that what should bring a stream is no pipe.
	ErrNotPipe = errors.New("not a pipe")

	// ErrBadCue means a cue that makes no sense: no ID, no source, a negative length.
	ErrBadCue = errors.New("bad cue")
	// ErrDuplicateCue means that a cue with this ID has not ended yet.
	ErrDuplicateCue = errors.New("cue exists already")
	// ErrUnknownCue means that After names no cue that the Desk remembers.
	ErrUnknownCue = errors.New("unknown cue")
	// ErrDeskFull means that too many cues or alarms are waiting or sounding.
	ErrDeskFull = errors.New("desk is full")
	// ErrDeskClosed means that Desk.Run has ended.
	ErrDeskClosed = errors.New("desk is closed")
	// ErrBadAlarm means an alarm without an ID or without any sound in its cycle.
	ErrBadAlarm = errors.New("bad alarm")
)
