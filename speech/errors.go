package speech

import "errors"

var (
	// ErrNoEngine says that the engine's program is not installed.
	ErrNoEngine = errors.New("speech engine not installed")
	// ErrNoVoice says that no voice speaks the language asked for.
	ErrNoVoice = errors.New("no voice for this language")
	// ErrNoWords says that the text holds nothing to speak.
	ErrNoWords = errors.New("nothing to speak")
	// ErrTooLong says that the text would sound longer than an engine allows.
	ErrTooLong = errors.New("text is too long to speak")
)
