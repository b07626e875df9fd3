// Package speech turns text into sound: normalising per language, Voice, and
// the Engine seam with its adapters. Package speech/enginetest holds the suite
// that every Engine passes.
//
// It must not know the library, the plan or the panel. Engines run as
// subprocesses that end with the call; nothing here keeps a goroutine.
//
// Vietnamese is normalised in four steps, each in files of its own: clean makes
// the text harmless, tokenize cuts it, recognisers (one file for each class:
// date, time, phone, document, quantity, unit, roman, abbreviation, address)
// say how the tokens from somewhere on are read, and the renderer puts readings,
// words and pauses together. lexicon/vi.tsv is for people who know the words
// better than the program.
package speech
