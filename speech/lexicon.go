package speech

import (
	_ "embed" // of the lexicon
	"strings"
	"sync"
)

//go:embed lexicon/vi.tsv
var lexiconVI string

// readLexicon reads the embedded lexicon once; nobody writes to it afterwards.
var readLexicon = sync.OnceValue(func() map[string]string {
	entries := make(map[string]string, strings.Count(lexiconVI, "\n"))
	for line := range strings.Lines(lexiconVI) {
		written, read, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if ok && !strings.HasPrefix(line, "#") {
			entries[written] = read
		}
	}
	return entries
})

// lexicon is how an abbreviation is read; "" when it is unknown.
func lexicon(written string) string { return readLexicon()[written] }
