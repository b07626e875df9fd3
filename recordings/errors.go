package recordings

import (
	"errors"
	"fmt"
)

var (
	// ErrNotFound says that the library has no such recording.
	ErrNotFound = errors.New("no such recording")
	// ErrDamaged says that a recording's master on the disk is not what was stored.
	ErrDamaged = errors.New("the recording is damaged on the disk: send its file again, and have the card or disk looked at")
	// ErrForeign says that the lock does not let ffmpeg into the library's folder.
	ErrForeign = errors.New("the data folder belongs to another user: run this as the user that owns it, sudo -u OWNER loalang …")
	// ErrDiskFull says that an import would eat the margin from which playing
	// and logging go on. Nothing was stored.
	ErrDiskFull = errors.New("the disk is full: delete recordings that are no longer needed, or put in a larger card, then send the file again")
	// ErrNoFFmpeg says that the program that opens sound files is missing.
	ErrNoFFmpeg = errors.New("ffmpeg is missing: install it (apt install ffmpeg), then send the file again")
	// ErrKilled says that ffmpeg was ended from outside time and again, as by a kernel that
	// is short of memory. It says nothing of the file, of which nothing was stored.
	ErrKilled = errors.New("the program that opens sound files was ended from outside: the machine may be short of memory; send the file again later")
	// ErrNoSandbox says that no lock was to be had for ffmpeg. It is never run
	// without one.
	ErrNoSandbox = errors.New("sound files cannot be opened safely on this machine: install bubblewrap (apt install bubblewrap), or use a kernel with Landlock (5.13 or newer)")
)

// Refusal is the code of a reason for which a file is not taken in. The codes
// are stable: the panel words them in the reader's language.
type Refusal string

// The refusals.
const (
	Empty        Refusal = "empty"         // zero bytes
	TooLarge     Refusal = "too-large"     // more bytes than Limits.Bytes
	TooLong      Refusal = "too-long"      // lasts longer than Limits.Length
	TooShort     Refusal = "too-short"     // shorter than 0.2 s
	NotAudio     Refusal = "not-audio"     // the content is none of the known sound formats
	Truncated    Refusal = "truncated"     // cut off so that nothing can be opened
	Broken       Refusal = "broken"        // of a known format, but damaged
	Channels     Refusal = "channels"      // more channels than a recording can have
	NoSound      Refusal = "no-sound"      // silent, or a video without a sound track
	BadTrim      Refusal = "trim"          // the piece to be kept is shorter than 0.2 s, or beyond the sound
	UnknownCodec Refusal = "unknown-codec" // a known container with sound of a kind that is not opened
)

// Refused is the error of a file that is not taken in. Nothing of it is kept.
// Error gives one sentence that says what to do.
type Refused struct {
	Code   Refusal
	Detail string // what was found, for the log; may be empty
}

// Error is the sentence for people, with the detail in brackets behind it.
func (r Refused) Error() string {
	s := r.Code.sentence()
	if r.Detail != "" {
		s += " (" + r.Detail + ")"
	}
	return s
}

func (r Refusal) sentence() string {
	switch r {
	case Empty:
		return "the file is empty: record it again, or choose another file"
	case TooLarge:
		return "the file is too large: save it as m4a or mp3, or cut it into parts"
	case TooLong:
		return "the recording is too long: cut it into parts and send each one"
	case TooShort:
		return "the recording is shorter than 0.2 seconds: record it again"
	case NotAudio:
		return "the file is not a sound recording: send an m4a, mp3, ogg, webm, wav, flac, amr or aac file"
	case Truncated:
		return "the file is cut off and cannot be opened: send it again from where it was recorded"
	case Broken:
		return "the file is damaged and cannot be opened: send it again, or record it again"
	case Channels:
		return "the recording has too many channels: save it as mono or stereo"
	case NoSound:
		return "the file holds no sound: check the microphone and record it again"
	case BadTrim:
		return "less than 0.2 seconds would be left of the recording: keep a longer piece of it"
	case UnknownCodec:
		return "the sound inside the file is of a kind that cannot be opened: save it as m4a (AAC), mp3 or wav"
	}
	return "the file is refused: " + string(r)
}

func refuse(code Refusal, format string, args ...any) error {
	return Refused{Code: code, Detail: fmt.Sprintf(format, args...)}
}
