package speech

import "loalang/speech/vi"

// Spoken is text as a voice will read it, with what was changed and what could
// not be read, in whatever language.
type Spoken = vi.Reading

// Change is one span of a Spoken that is read otherwise than written.
type Change = vi.Change

// Stretch is a part of a line of a Spoken, as written and as read.
type Stretch = vi.Stretch

// Doubt is why a Change may be wrong, a code that web words.
type Doubt = vi.Doubt

// Lexicon is what one village reads in its own way in one language.
type Lexicon = vi.Lexicon

// Entry is one word or phrase of a Lexicon.
type Entry = vi.Entry

// ErrNothingWritten is what Check of an Entry says of one that no text can hold.
var ErrNothingWritten = vi.ErrNothingWritten

// NewLexicon makes a Lexicon. Of two entries for the same words the later counts;
// those that do not pass Check are left out.
func NewLexicon(entries []Entry) *Lexicon { return vi.NewLexicon(entries) }

// Normalize turns written text into what a voice shall read. Vietnamese is read by
// package vi; in other languages only words are read, and the text is made harmless. Its result is
// stable: normalising Text again changes nothing. It never fails, runs in linear
// time, and may be called from any goroutine. language is ISO 639; words may be
// nil.
func Normalize(language, text string, words *Lexicon) Spoken {
	if language != "vi" {
		return words.Replace(text)
	}
	return vi.Normalize(text, words)
}
