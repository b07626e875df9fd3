package vi

// Reading is a text as a voice will read it, with what was changed and what could
// not be read.
type Reading struct {
	Text    string   // NFC, one space between words, newlines between paragraphs
	Changes []Change // in order of appearance
	Unknown []string // words spelled letter by letter for want of a reading
}

// Change is one span that is read otherwise than written, for the author to check
// before anything is saved.
type Change struct {
	Written string // "UBND", cleaned
	Read    string // "ủy ban nhân dân"
	At      int    // byte offset of Read in Reading.Text
	From    int    // byte offset in the text as it was given
	To      int    // behind its last byte there
	Doubt   Doubt  // what the author should look at; empty: nothing
}

// Doubt is a code for why a reading may be wrong. The panel words it.
type Doubt string

// The doubts.
const (
	Spelled   Doubt = "spelled"   // spelled letter by letter for want of anything better
	Ambiguous Doubt = "ambiguous" // 3/4 may be a date or a fraction, III a number or a name
	Unusual   Doubt = "unusual"   // 31/2 and 25:70 are no date and no time: perhaps mistyped
)
