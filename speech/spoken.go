package speech

// Spoken is text as a voice will read it, with what was changed and what could
// not be read.
type Spoken struct {
	Text    string   // NFC, one space between words, newlines between paragraphs
	Changes []Change // in order of appearance
	Unknown []string // words spelled letter by letter for want of a reading
}

// Change is one replacement, for the author to check before anything is saved.
type Change struct {
	Written string // "UBND"
	Read    string // "ủy ban nhân dân"
	At      int    // byte offset of Read in Spoken.Text
}
