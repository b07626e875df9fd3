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

// What is read otherwise is shown with its place, as in Vietnamese.
func TestOtherLanguagesTellWhatTheyChanged(t *testing.T) {
	words := speech.NewLexicon([]speech.Entry{{Written: "TDP", Spoken: "tee dee pee"}, {Written: "km", Spoken: "kilometres"}})
	given := " [[x]]  TDP\u00a05\r\n\r\nis 7 km. "
	s := speech.Normalize("en", given, words)
	if want := "x tee dee pee 5\nis 7 kilometres."; s.Text != want {
		t.Fatalf("%q, want %q", s.Text, want)
	}
	want := []string{"TDP=tee dee pee", "km=kilometres"}
	for i, c := range s.Changes {
		if i >= len(want) || given[c.From:c.To]+"="+c.Read != want[i] || c.Written != given[c.From:c.To] || s.Text[c.At:c.At+len(c.Read)] != c.Read {
			t.Errorf("change %d is %+v, want %v", i, c, want)
		}
	}
	if len(s.Changes) != len(want) {
		t.Errorf("%d changes, want %v", len(s.Changes), want)
	}
}

// What is spoken for one entry may begin another: that is read at once.
func TestOtherLanguagesAreStable(t *testing.T) {
	for _, entries := range [][]speech.Entry{
		{{Written: "A", Spoken: "b c"}, {Written: "b c d", Spoken: "why"}},
		{{Written: "A", Spoken: "b A"}, {Written: "b", Spoken: "A"}, {Written: "A d", Spoken: "b A d d"}},
	} {
		words := speech.NewLexicon(entries)
		once := speech.Normalize("en", "x A d, A", words).Text
		if again := speech.Normalize("en", once, words).Text; again != once {
			t.Errorf("%v: read %q, and again %q", entries, once, again)
		}
	}
	words := speech.NewLexicon([]speech.Entry{{Written: "A", Spoken: "b c"}, {Written: "b c d", Spoken: "why"}})
	if got := speech.Normalize("en", "x A d.", words); got.Text != "x why." || len(got.Changes) != 1 || got.Changes[0].Written != "A d" {
		t.Errorf("read %+v", got)
	}
}

// What was made harmless once stays as it is.
func FuzzTidy(f *testing.F) {
	for _, seed := range []string{"Meet at 7:30,\r\n 21\u00a0people [[x]]\x07 ", "[[[a]]]", "\u0300e\u0323", "e[[\u0323", "[]][a]", "a [[ b"} {
		f.Add(seed)
	}
	words := speech.NewLexicon([]speech.Entry{{Written: "TDP", Spoken: "tee dee pee"}, {Written: "a", Spoken: "b c"}, {Written: "b c d", Spoken: "TDP"}})
	f.Fuzz(func(t *testing.T, text string) {
		for _, words := range []*speech.Lexicon{nil, words} {
			once := speech.Normalize("en", text, words)
			if again := speech.Normalize("en", once.Text, words).Text; again != once.Text {
				t.Errorf("cleaned %q, and again %q", once.Text, again)
			}
			for _, c := range once.Changes {
				if text[c.From:c.To] != c.Written || once.Text[c.At:c.At+len(c.Read)] != c.Read {
					t.Errorf("%+v does not lie in %q and %q", c, text, once.Text)
				}
			}
		}
	})
}
