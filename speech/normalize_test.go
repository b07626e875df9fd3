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
