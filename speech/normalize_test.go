package speech_test

import (
	"testing"

	"loalang/speech"
)

// Other languages are only made harmless: their engines read numbers, or people do.
func TestOtherLanguagesAreOnlyCleaned(t *testing.T) {
	for _, language := range []string{"en", "pcc", "mww", "tyz", "ium"} {
		s := speech.Normalize(language, " Meet at 7:30,\r\n\r\n 21\u00a0people [[x]]\x07 ", nil)
		if want := "Meet at 7:30,\n21 people x"; s.Text != want || len(s.Changes) > 0 {
			t.Errorf("%s: %q, want %q", language, s.Text, want)
		}
	}
}

// Languages without rules read the village's words, and nothing else.
func TestOtherLanguagesReadTheirWords(t *testing.T) {
	words := speech.NewLexicon([]speech.Entry{{Written: "TDP", Spoken: "tee dee pee"}, {Written: "Ún Tà", Spoken: "oon tah"}, {Written: "km", Spoken: "kilometres"}})
	for text, want := range map[string]string{
		"Ún  Tà village, TDP 5, 7 km.": "Oon tah village, tee dee pee 5, 7 kilometres.",
		"TDPX is none. km\nTDP":        "TDPX is none. kilometres\nTee dee pee",
		"Nothing of it":                "Nothing of it",
		"":                             "",
	} {
		got := speech.Normalize("en", text, words).Text
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if again := speech.Normalize("en", got, words).Text; again != got {
			t.Errorf("%q, and again %q", got, again)
		}
	}
	if got := speech.Normalize("en", "TDP", nil).Text; got != "TDP" {
		t.Errorf("without words: %q", got)
	}
}

// What was made harmless once stays as it is.
func FuzzTidy(f *testing.F) {
	for _, seed := range []string{"Meet at 7:30,\r\n 21\u00a0people [[x]]\x07 ", "[[[a]]]", "\u0300e\u0323"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := speech.Normalize("en", text, nil).Text
		if again := speech.Normalize("en", once, nil).Text; again != once {
			t.Errorf("cleaned %q, and again %q", once, again)
		}
	})
}
