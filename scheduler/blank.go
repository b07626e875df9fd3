package scheduler

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// BlankKind is what is to be filled into a blank of a Template.
type BlankKind string

// The kinds, in the order in which people are told of them.
const (
	BlankDate   BlankKind = "date"
	BlankTime   BlankKind = "time"
	BlankPlace  BlankKind = "place"
	BlankMoney  BlankKind = "money"
	BlankNumber BlankKind = "number"
	BlankPhone  BlankKind = "phone"
	BlankText   BlankKind = "text"
)

// blankWord is a word that names a kind.
type blankWord struct {
	word string
	kind BlankKind
}

// blankWords are the kinds as a cadre writes them before the colon.
var blankWords = []blankWord{
	{"ngày", BlankDate},
	{"giờ", BlankTime},
	{"nơi", BlankPlace},
	{"tiền", BlankMoney},
	{"số", BlankNumber},
	{"điện thoại", BlankPhone},
	{"chữ", BlankText},
}

// BlankWords are the words that name a kind in a template, "ngày" first.
func BlankWords() []string {
	var words []string
	for _, w := range blankWords {
		words = append(words, w.word)
	}
	return words
}

// KindOf is the kind that a word names, BlankText when none.
func KindOf(word string) BlankKind {
	for _, w := range blankWords {
		if w.word == word {
			return w.kind
		}
	}
	return BlankText
}

// Word is the kind as it is written in a template: "ngày".
func (k BlankKind) Word() string {
	for _, w := range blankWords {
		if w.kind == k {
			return w.word
		}
	}
	return ""
}

// Blank is a place in a template that is to be filled in: "[giờ: giờ họp]", or
// "[việc cần bàn]" for one of plain text. What stands behind the colon is its
// label: all blanks of a label are one, however often it stands in the text, and
// once its kind was said it may be left out.
type Blank struct {
	Kind  BlankKind
	Label string
}

// String is the blank as it is written in a template.
func (b Blank) String() string {
	if b.Kind == BlankText {
		return "[" + b.Label + "]"
	}
	return "[" + b.Kind.Word() + ": " + b.Label + "]"
}

// Bounds of blanks.
const (
	MaxBlanks = 20 // different ones in a template
	MaxLabel  = 60 // characters of a label
)

// Codes of Fault that only blanks have. Limit has the words in question.
const (
	FaultBlank       = "blank"        // of a notice: it is not filled in
	FaultBlankEmpty  = "blank-empty"  // a bracket without a label
	FaultBlankKind   = "blank-kind"   // the word before the colon names no kind
	FaultBlankLabel  = "blank-label"  // the label is too long
	FaultBlankNested = "blank-nested" // a bracket within a bracket
	FaultBlankOpen   = "blank-open"   // a bracket that is not closed on its line
	FaultBlankStray  = "blank-stray"  // a bracket that was never opened
	FaultBlankTwice  = "blank-twice"  // a label of two kinds
	FaultBlankMany   = "blank-many"   // more than MaxBlanks
)

// bracket is one blank where it stands.
type bracket struct {
	Blank
	typed    bool // its kind stands before the label
	from, to int  // bytes of the text
}

// brackets finds the blanks of a text. Of what is no blank it tells the first
// fault, and goes on behind it.
func brackets(text string) (found []bracket, fault Fault) {
	wrong := func(code, limit string) {
		if fault.Code == "" {
			fault = Fault{Code: code, Limit: limit}
		}
	}
	open := -1
	for i, r := range text {
		switch {
		case r == '[' && open >= 0:
			wrong(FaultBlankNested, excerpt(text[open:]))
			open = i
		case r == '[':
			open = i
		case r == ']' && open < 0:
			wrong(FaultBlankStray, excerpt(text[strings.LastIndexByte(text[:i], '\n')+1:i+1]))
		case r == ']':
			b, code, limit := readBlank(text[open+1 : i])
			if code == "" {
				b.from, b.to = open, i+1
				found = append(found, b)
			} else {
				wrong(code, limit)
			}
			open = -1
		case r == '\n' && open >= 0:
			wrong(FaultBlankOpen, excerpt(text[open:i]))
			open = -1
		}
	}
	if open >= 0 {
		wrong(FaultBlankOpen, excerpt(text[open:]))
	}
	return found, fault
}

// readBlank reads what stands between two brackets.
func readBlank(inside string) (b bracket, code, limit string) {
	word, label, typed := strings.Cut(inside, ":")
	if !typed {
		word, label = BlankText.Word(), inside
	}
	word, label = strings.ToLower(spaced(word)), spaced(label)
	i := slices.IndexFunc(blankWords, func(w blankWord) bool { return w.word == word })
	switch {
	case i < 0:
		return b, FaultBlankKind, excerpt(word)
	case !strings.ContainsFunc(label, unicode.IsLetter):
		return b, FaultBlankEmpty, excerpt("[" + inside + "]")
	case utf8.RuneCountInString(label) > MaxLabel:
		return b, FaultBlankLabel, strconv.Itoa(MaxLabel)
	}
	return bracket{Blank: Blank{blankWords[i].kind, label}, typed: typed}, "", ""
}

// spaced is text with single spaces and none around.
func spaced(text string) string { return strings.Join(strings.Fields(text), " ") }

// excerpt is the beginning of a text that a fault tells of.
func excerpt(text string) string {
	text = spaced(text)
	if runes := []rune(text); len(runes) > 30 {
		return string(runes[:29]) + "…"
	}
	return text
}

// Blanks lists the blanks of texts in the order in which they first stand there;
// texts are those of one template, after Clean. The faults name no Field.
func Blanks(texts ...string) ([]Blank, []Fault) {
	var list []Blank
	var wrong []Fault
	typed := map[string]bool{}
	for _, text := range texts {
		found, fault := brackets(text)
		if fault.Code != "" {
			wrong = append(wrong, fault)
		}
		for _, b := range found {
			i := slices.IndexFunc(list, func(o Blank) bool { return o.Label == b.Label })
			switch {
			case i < 0:
				list = append(list, b.Blank)
			case b.typed && typed[b.Label] && list[i].Kind != b.Kind:
				wrong = append(wrong, Fault{Code: FaultBlankTwice, Limit: b.Label})
			case b.typed:
				list[i].Kind = b.Kind
			}
			typed[b.Label] = typed[b.Label] || b.typed
		}
	}
	if len(list) > MaxBlanks {
		wrong = append(wrong, Fault{Code: FaultBlankMany, Limit: strconv.Itoa(MaxBlanks)})
	}
	return list, wrong
}

// Fill puts what is written for blanks, by label, into a text. A blank for which
// nothing is written stays as it stands.
func Fill(text string, written map[string]string) string {
	found, _ := brackets(text)
	var b strings.Builder
	last := 0
	for _, one := range found {
		if w := written[one.Label]; w != "" {
			b.WriteString(text[last:one.from])
			b.WriteString(w)
			last = one.to
			if strings.HasSuffix(w, ".") && strings.HasPrefix(text[last:], ".") { // "UBND TP." at the end of a sentence
				last++
			}
		}
	}
	return b.String() + text[last:]
}

// leftBlank is what an unfilled blank looks like in a notice, written by whatever
// hand.
var leftBlank = regexp.MustCompile(`\[[^\[\]\n]*\pL[^\[\]\n]*\]`)

// Unfilled lists what still looks like a blank in a text, each once, as it stands.
func Unfilled(text string) []string {
	var left []string
	for _, b := range leftBlank.FindAllString(text, -1) {
		if !slices.Contains(left, b) {
			left = append(left, b)
		}
	}
	return left
}

// unfilled refuses a text with blanks of a kind: nobody means to have those read
// aloud. Other brackets may be the author's own.
func (f *faults) unfilled(field, text string) {
	found, _ := brackets(text)
	var left []string
	for _, b := range found {
		if b.typed && !slices.Contains(left, text[b.from:b.to]) {
			left = append(left, text[b.from:b.to])
		}
	}
	if len(left) > 0 {
		f.add(field, FaultBlank, strings.Join(left[:min(len(left), MaxBlanks)], ", "))
	}
}
