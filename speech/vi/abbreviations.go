package vi

import (
	_ "embed" // of the abbreviations
	"strings"
	"sync"
)

//go:embed abbreviations.tsv
var abbreviationsTSV string

// abbreviationTable is the embedded table, ready to be looked up.
type abbreviationTable struct {
	anywhere map[string]string
	codes    map[string]string // in the number of a document
	parts    map[string]string // joined to another
	hosts    map[string]string // in an address
	loose    map[string]string // in small letters, or without the stroke of Đ
	tokens   map[string]int    // by its first token, how many the longest entry has
}

// readAbbreviations reads the table once; nobody writes to it afterwards.
var readAbbreviations = sync.OnceValue(func() *abbreviationTable {
	size := strings.Count(abbreviationsTSV, "\n")
	t := &abbreviationTable{
		anywhere: make(map[string]string, size),
		codes:    map[string]string{},
		parts:    map[string]string{},
		hosts:    map[string]string{},
		loose:    make(map[string]string, size),
		tokens:   make(map[string]int, size),
	}
	for line := range strings.Lines(abbreviationsTSV) {
		columns := append(strings.Split(strings.TrimSuffix(line, "\n"), "\t"), "", "")
		if written := columns[0]; written != "" && !strings.HasPrefix(written, "#") {
			t.add(written, columns[1], columns[2])
		}
	}
	for written := range t.anywhere {
		t.addLoose(written)
	}
	return t
})

func (t *abbreviationTable) add(written, spoken, where string) {
	switch where {
	case "code":
		t.codes[written] = spoken
	case "part":
		t.parts[written] = spoken
	case "host":
		t.hosts[written] = spoken
	default:
		t.anywhere[written] = spoken
		ts := tokenize(written)
		t.tokens[ts[0].text] = max(t.tokens[ts[0].text], len(ts))
	}
}

// addLoose lets an entry of three letters and more be found as it is typed in a
// hurry: ubnd, Ubnd, HDND, sdt. Small letters that make a word are that word.
func (t *abbreviationTable) addLoose(written string) {
	spoken := t.anywhere[written]
	if len([]rune(written)) < 3 || len(tokenize(written)) > 1 || strings.EqualFold(written, spoken) {
		return
	}
	bare := strings.NewReplacer("Đ", "D", "Ư", "U").Replace(written)
	for _, form := range []string{strings.ToLower(written), strings.ToLower(bare)} {
		exact := strings.ToLower(written) == form
		if _, taken := t.loose[form]; (exact || !taken) && !syllable(form) && !english(form) && !voiceSpells(form) {
			t.loose[form] = spoken
		}
	}
}

// abbreviated is how an abbreviation is read; "" when it is unknown.
func abbreviated(written string) string { return readAbbreviations().anywhere[written] }

// looselyAbbreviated is how one is read that is not written as it should be.
func looselyAbbreviated(written string) string {
	return readAbbreviations().loose[strings.ToLower(written)]
}

// documentCode is what a code means in the number of a document, where it may
// mean something else than in a sentence.
func documentCode(code string) string { return readAbbreviations().codes[code] }
