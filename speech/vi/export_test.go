package vi

import "maps"

// Abbreviations lets tests look at every entry.
func Abbreviations() map[string]string { return maps.Clone(readAbbreviations().anywhere) }

// OldStyle lets tests look at single words.
func OldStyle(w string) string { return oldStyle(w) }
