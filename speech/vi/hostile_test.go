package vi_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"loalang/speech/vi"
)

// What people paste, and what nobody should: each has a clear result, soon.
func TestHostileTexts(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"right to left":        {"xã \u202eUBND\u202c \u200fhọp\u200e", "xã ủy ban nhân dân họp"},
		"Arabic":               {"مرحبا ٣", "مرحبا ba"},
		"emoji":                {"Họp 🎉🎉 lúc 7h 👨‍👩‍👧 nhé 🇻🇳", "Họp lúc bảy giờ nhé"},
		"emoji alone":          {"🎉👍🏽", ""},
		"keycaps":              {"1️⃣ họp", "một họp"},
		"control characters":   {"a\x00\x07\x1bb\x7f họp\x9f", "a b họp"},
		"mixed normal forms":   {"ho\u0323\u0302p hộp ho\u0302\u0323p", "hộp hộp hộp"},
		"towers of marks":      {"a" + strings.Repeat("\u0301", 100) + "b", "á" + strings.Repeat("\u0301", 7) + "b"},
		"marks without ground": {"\u0301\u0301 họp \u0323", "họp"},
		"invalid UTF-8":        {"họ\xffp \xc3\x28 họp", "họ p, họp"},
		"byte order mark":      {"\ufeffUBND", "Ủy ban nhân dân"},
		"soft hyphens":         {"thông\u00adbáo", "thôngbáo"},
		"full width":           {"ＵＢＮＤ：７ｈ", "Ủy ban nhân dân: bảy giờ"},
		"letters of fashion":   {"𝗨𝗕𝗡𝗗 𝐱𝐚\u0303 𝟕𝐡", "Ủy ban nhân dân xã bảy giờ"},
		"ligatures":            {"ﬁ ½ ² ™", "ﬁ một phần hai"},
		"only marks":           {strings.Repeat("?!…,;:.-–—", 1000), ""},
		"only spaces":          {strings.Repeat(" \u00a0\u3000\t\n", 1000), ""},
		"tags of language":     {"họp\U000e0001\U000e0065", "họp"},
		"private use":          {"họp \ue000\uf8ff", "họp"},
		"espeak phonemes":      {"[[hEl@U]]", "hEl a còng U"},
		"markup":               {"<speak>họp</speak>&amp;", "speak họp speak và amp;"},
	} {
		t.Run(name, func(t *testing.T) {
			got := vi.Normalize(c.text, nil)
			if got.Text != c.want {
				t.Errorf("%q is read %q, want %q", c.text, got.Text, c.want)
			}
			sound(t, c.text, got)
		})
	}
}

// Long texts are read whole, in time that grows with their length alone.
func TestLongTexts(t *testing.T) {
	for name, c := range map[string]struct{ text, first, last string }{
		"100 KB":               {strings.Repeat("UBND xã họp lúc 19h. ", 5000) + "Hết.", "Ủy ban nhân dân xã họp lúc mười chín giờ.", "giờ. Hết."},
		"one word":             {strings.Repeat("ơ", 10_000), "ơơơ", "ơơơ"},
		"one word in capitals": {strings.Repeat("XKZ", 4000), "", ""},
		"one number":           {strings.Repeat("7", 10_000), "bảy bảy", "bảy bảy"},
		"one line of marks":    {strings.Repeat("(", 100_000) + "họp", "họp", "họp"},
		"one decomposed word":  {strings.Repeat("o\u031b\u0301", 10_000), "ớớớ", "ớớớ"},
		"spaces":               {"a" + strings.Repeat(" ", 100_000) + "họp", "a họp", "a họp"},
		"one address":          {strings.Repeat("a.", 50_000) + "vn", "", ""},
		"lines":                {strings.Repeat("họp\r\n", 20_000), "họp\nhọp", "họp\nhọp"},
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan vi.Reading, 1)
			go func() { done <- vi.Normalize(c.text, nil) }()
			select {
			case got := <-done:
				if !strings.HasPrefix(got.Text, c.first) || !strings.HasSuffix(got.Text, c.last) || got.Text == "" || !utf8.ValidString(got.Text) {
					t.Errorf("read %.60q … %q, want %q … %q", got.Text, got.Text[max(0, len(got.Text)-60):], c.first, c.last)
				}
				sound(t, c.text, got)
			case <-time.After(30 * time.Second):
				t.Error("not read within 30 s")
				<-done
			}
		})
	}
}
