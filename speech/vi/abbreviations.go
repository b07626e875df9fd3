package vi

import (
	_ "embed" // of the abbreviations
	"strings"
	"sync"
)

//go:embed abbreviations.tsv
var abbreviationsTSV string

// readAbbreviations reads the embedded table once; nobody writes to it afterwards.
var readAbbreviations = sync.OnceValue(func() map[string]string {
	entries := make(map[string]string, strings.Count(abbreviationsTSV, "\n"))
	for line := range strings.Lines(abbreviationsTSV) {
		written, read, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if ok && !strings.HasPrefix(line, "#") {
			entries[written] = read
		}
	}
	return entries
})

// abbreviated is how an abbreviation is read; "" when it is unknown.
func abbreviated(written string) string { return readAbbreviations()[written] }
