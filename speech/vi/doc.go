// Package vi reads Vietnamese text as a newsreader of the North would: what is
// written in digits, signs and capitals becomes words.
//
// It is pure: no clock, no file but what is embedded, no goroutine. A text goes
// through four steps, each in files of its own: clean makes it harmless, tokenize
// cuts it, recognisers (one file for each class: date, time, phone, document,
// quantity, unit, roman, abbreviation, address) say how the tokens from somewhere
// on are read, and the renderer puts readings, words and pauses together.
// abbreviations.tsv is for people who know the words better than the program; a
// Lexicon holds what one village says otherwise.
package vi
