package speech

import "maps"

// LexiconEntries lets tests look at every entry.
func LexiconEntries() map[string]string { return maps.Clone(readLexicon()) }
