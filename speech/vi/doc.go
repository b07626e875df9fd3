// Package vi reads Vietnamese text as a newsreader of the North would: what is
// written in digits, signs and capitals becomes words.
//
// It is pure: no clock, no file but what is embedded, no goroutine; everything may
// be called from any goroutine. A text goes through these steps, each in files of
// its own: clean makes it harmless and keeps a trail back to the text as it was
// given; tokenize cuts it and brings words to one tone-mark style; recognisers (one
// file for each class: date, time, phone, document, quantity, unit, roman,
// abbreviation, address) say how the tokens from somewhere on are read, and with
// what doubt; the renderer puts readings, words and pauses together, piece by
// piece. What was read is read again until nothing changes, and the passes are
// joined, so that every Change lies in the text as it was given.
// abbreviations.tsv is for people who know the words better than the program; a
// Lexicon holds what one village says otherwise; of villages, pages and voices
// themselves the package knows nothing.
package vi
