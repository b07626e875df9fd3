package vi

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Vietnamese has two ways of placing the tone mark on oa, oe and uy when no
// consonant follows: hòa and hoà, thủy and thuỷ. Texts are brought to the older
// one (hòa, khỏe, thủy), which the Constitution and the laws are printed in ("Tòa
// án", "Ủy ban nhân dân"), keyboards type by default and the lexicons here use;
// Decision 240/QĐ of 1984, which prescribes the newer one for schoolbooks, is
// followed by few papers of a commune. A voice says both alike. The mark of qu-
// and gi- stands on the vowel behind in either (quý, già), and where there is but
// one right place (hoàn, tiền) a mark that slipped is put there.

// toned is a vowel taken apart: the letter without its tone, and which of the five
// tones it has; 0: none.
type toned struct {
	plain rune
	tone  uint8
}

// tonedVowels is every vowel with a tone, by rows of a letter and its five tones.
var tonedVowels = strings.Fields("aàáảãạ ăằắẳẵặ âầấẩẫậ eèéẻẽẹ êềếểễệ iìíỉĩị oòóỏõọ ôồốổỗộ ơờớởỡợ uùúủũụ ưừứửữự yỳýỷỹỵ " +
	"AÀÁẢÃẠ ĂẰẮẲẴẶ ÂẦẤẨẪẬ EÈÉẺẼẸ ÊỀẾỂỄỆ IÌÍỈĨỊ OÒÓỎÕỌ ÔỒỐỔỖỘ ƠỜỚỞỠỢ UÙÚỦŨỤ ƯỪỨỬỮỰ YỲÝỶỸỴ")

// vowels takes vowels apart and puts them together again.
var vowels = func() (v struct {
	apart [lastVowel + 1]toned
	with  map[toned]rune
},
) {
	v.with = map[toned]rune{}
	for _, row := range tonedVowels {
		letters := []rune(row)
		for tone, r := range letters {
			v.apart[r] = toned{letters[0], uint8(tone)}
			v.with[v.apart[r]] = r
		}
	}
	return v
}()

// lastVowel is the last vowel of Unicode that Vietnamese has.
const lastVowel = 'ỹ'

// vowel takes r apart; false when it is no vowel.
func vowel(r rune) (toned, bool) {
	if uint32(r) > lastVowel {
		return toned{}, false
	}
	v := vowels.apart[r]
	return v, v.plain != 0
}

// oldStyle is a word with its tone mark where the older style has it. What is no
// Vietnamese syllable stays: Chloé.
func oldStyle(w string) string {
	if len(w) > longestSyllable {
		return w
	}
	for at, r := range w {
		if r < utf8.RuneSelf {
			continue
		}
		if v, ok := vowel(r); ok && v.tone > 0 {
			return moved(w, at, r, v)
		}
	}
	return w
}

// longestSyllable is the bytes of the longest one, nghiêng with a tone, and some.
const longestSyllable = 16

// moved is w with the tone of v, which is r at byte at, on the vowel before or
// behind it if that is its place.
func moved(w string, at int, r rune, v toned) string {
	before, size := utf8.DecodeLastRuneInString(w[:at])
	rest := w[at+utf8.RuneLen(r):]
	next, nextSize := utf8.DecodeRuneInString(rest)
	onset := unicode.ToLower(before)
	var out string
	switch behind, ok := vowel(next); {
	case rest == "" && pairs(before, v.plain) && !endsWithQ(w[:at-size]):
		out = w[:at-size] + string(vowels.with[toned{before, v.tone}]) + string(v.plain)
	case !ok || behind.tone > 0:
		return w
	case hatted(next), len(rest) > nextSize && pairs(v.plain, next), unicode.ToLower(v.plain) == 'u' && onset == 'q', unicode.ToLower(v.plain) == 'i' && onset == 'g' && at == size:
		out = w[:at] + string(v.plain) + string(vowels.with[toned{next, v.tone}]) + rest[nextSize:]
	default:
		return w
	}
	if !syllable(out) {
		return w
	}
	return out
}

// pairs says whether two vowels are one of those whose mark has two places.
func pairs(first, second rune) bool {
	first, second = unicode.ToLower(first), unicode.ToLower(second)
	return first == 'o' && (second == 'a' || second == 'e') || first == 'u' && second == 'y'
}

// hatted says whether r is a vowel that takes the mark wherever it stands.
func hatted(r rune) bool {
	switch unicode.ToLower(r) {
	case 'ă', 'â', 'ê', 'ô', 'ơ', 'ư':
		return true
	}
	return false
}

func endsWithQ(s string) bool { return strings.HasSuffix(s, "q") || strings.HasSuffix(s, "Q") }
