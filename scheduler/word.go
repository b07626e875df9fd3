package scheduler

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Word is one entry of a village's reading dictionary: something that texts write
// in one way and a voice of one language shall say in another, such as a place, a
// name or an abbreviation of the village.
type Word struct {
	Owned
	Language string // ISO 639 of the texts and of the voice, "vi"
	Written  string // as it stands in texts, "TDP"; NFC, one or several words
	Spoken   string // how it sounds, in words, "tổ dân phố"
	Note     string // for people: why, who said so; may be empty
	By       string // name of the account or token that wrote it last
}

// Bounds of a Word, in characters, and of a village's dictionary.
const (
	MaxWritten      = 60
	MaxSpoken       = 200
	MaxNote         = 200
	MaxWrittenWords = 8    // more is a sentence: it belongs into the announcement
	MaxWords        = 5000 // living ones of one village
)

// Codes of Fault that only words have.
const (
	FaultSentence = "whole-sentence" // Written is one, not a word or a name
	FaultDigits   = "digits"         // Spoken has figures: they are to be written out
	FaultSigns    = "no-letters"     // Spoken has something that is no letter and no pause
	FaultItself   = "reads-itself"   // Spoken is Written, or has Written in it
	FaultCycle    = "cycle"          // words that lead to each other; Limit names the way
	FaultTwice    = "twice"          // another word of the language is written the same
	FaultMany     = "too-many"       // the dictionary is full
)

// CleanWord is a word as it is kept: NFC, single spaces, nothing around, and in what
// is written and said no character that nobody sees, which text pasted from a page
// or a chat brings along.
func CleanWord(w Word) Word {
	w.Written, w.Spoken = strings.Map(seen, w.Written), strings.Map(seen, w.Spoken)
	for _, text := range []*string{&w.Written, &w.Spoken, &w.Note} {
		*text = strings.Join(strings.FieldsFunc(Clean(*text), func(r rune) bool {
			return unicode.IsSpace(r) && r != '\u2028' && r != '\u2029'
		}), " ")
	}
	return w
}

// seen drops the characters that show nothing and change no sound: those that join
// or part letters, soft hyphens, the looks of a sign. What turns the writing round
// stays, for Validate to refuse.
func seen(r rune) rune {
	if (unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)) && !unicode.Is(unicode.Bidi_Control, r) {
		return -1
	}
	return r
}

// writing is what two ways to write the same word have in common: "Hoà" and "Hòa",
// wide letters and narrow ones, one dash and another. A voice reads them alike, so
// a dictionary has one of them.
func writing(language, written string) string {
	var b, tones strings.Builder
	b.WriteString(language + " ")
	for _, r := range norm.NFD.String(written) {
		switch {
		case strings.ContainsRune(toneMarks, r):
			tones.WriteRune(r)
			continue
		case !unicode.IsLetter(r) && !unicode.IsMark(r):
			b.WriteString(tones.String())
			tones.Reset()
		}
		switch {
		case r >= '！' && r <= '～': // as wide as Chinese
			r += '!' - '！'
		case unicode.Is(unicode.Pd, r), r == '−':
			r = '-'
		case strings.ContainsRune("‘’‚′´", r):
			r = '\''
		}
		b.WriteRune(r)
	}
	return b.String() + tones.String()
}

// toneMarks are the five tones of Vietnamese.
const toneMarks = "\u0300\u0301\u0303\u0309\u0323"

// sentenceEnd is what stands at the end of a sentence and in no abbreviation.
var sentenceEnd = regexp.MustCompile(`[!?…;]|\.\s`)

// Validate checks a word by itself, after CleanWord. How it goes with the others
// of its dictionary is for Words.Check. The error is an Invalid, or nil.
func (w Word) Validate() error {
	var f faults
	if !languageCode.MatchString(w.Language) {
		f.add("language", FaultUnknown, w.Language)
	}
	f.text(field{name: "written", text: w.Written, limit: MaxWritten, required: true, words: true})
	if len(f) == 0 && (len(strings.Fields(w.Written)) > MaxWrittenWords || sentenceEnd.MatchString(w.Written)) {
		f.add("written", FaultSentence, strconv.Itoa(MaxWrittenWords))
	}
	before := len(f)
	f.text(field{name: "spoken", text: w.Spoken, limit: MaxSpoken, required: true})
	if len(f) == before {
		f.spoken(w)
	}
	f.text(field{name: "note", text: w.Note, limit: MaxNote})
	return f.err()
}

// spoken checks what a voice is to say: words alone, which need no reading.
func (f *faults) spoken(w Word) {
	switch {
	case strings.ContainsFunc(w.Spoken, unicode.IsNumber):
		f.add("spoken", FaultDigits, "")
	case strings.ContainsFunc(w.Spoken, func(r rune) bool { return !sayable(r) }), !strings.ContainsFunc(w.Spoken, unicode.IsLetter):
		f.add("spoken", FaultSigns, "")
	case contains(writing("", fold(w.Spoken)), strings.TrimPrefix(writing("", fold(w.Written)), " ")):
		f.add("spoken", FaultItself, "")
	}
}

// sayable says whether a character may stand in a spoken form.
func sayable(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || strings.ContainsRune(" ,.-'’", r)
}

// fold is text without the difference of capitals.
func fold(s string) string { return strings.ToLower(s) }

// In says whether w stands in a text as a word of its own, written with the same
// capitals and marks; text is NFC.
func (w Word) In(text string) bool { return contains(text, w.Written) }

// MayBeIn says whether w may be read in the text of a Skeleton: something like it
// stands there, whatever its capitals, marks and spaces.
func (w Word) MayBeIn(s Skeleton) bool { return s.Has(SkeletonOf(w.Written)) }

// Skeleton is a text by which words are looked for quickly: its letters and
// figures without capitals, marks and signs, a space before and behind every word.
type Skeleton string

// Has says whether the words of another stand in s in a row.
func (s Skeleton) Has(part Skeleton) bool { return strings.Contains(string(s), string(part)) }

// SkeletonOf makes one.
func SkeletonOf(text string) Skeleton {
	var b strings.Builder
	b.WriteByte(' ')
	last := ' '
	for _, r := range norm.NFD.String(strings.ToLower(text)) {
		switch {
		case unicode.IsMark(r):
			continue
		case r == 'đ':
			r = 'd'
		case !unicode.IsLetter(r) && !unicode.IsNumber(r):
			r = ' '
		}
		if last != ' ' && r != ' ' && unicode.IsLetter(last) != unicode.IsLetter(r) { // 15kg
			b.WriteByte(' ')
		}
		if r != ' ' || last != ' ' {
			b.WriteRune(r)
		}
		last = r
	}
	if last != ' ' {
		b.WriteByte(' ')
	}
	return Skeleton(b.String())
}

// contains says whether part stands in text with nothing before and behind it that
// would make it a part of another word.
func contains(text, part string) bool {
	if part == "" {
		return false
	}
	for from := 0; ; {
		i := strings.Index(text[from:], part)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		behind, _ := utf8.DecodeRuneInString(text[i+len(part):])
		first, n := utf8.DecodeRuneInString(part)
		last, _ := utf8.DecodeLastRuneInString(part)
		if !joins(before, first) && !joins(last, behind) {
			return true
		}
		from = i + n
	}
}

// joins says whether two neighbours are of one word or of one number.
func joins(a, b rune) bool {
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }
	return letter(a) && letter(b) || unicode.IsDigit(a) && unicode.IsDigit(b)
}
