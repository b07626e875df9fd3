package vi

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letterName is the name of a Latin letter when Vietnamese initials are spelled,
// "" for others. Tone and length marks count for nothing.
func letterName(r rune) string {
	switch r = unicode.ToLower(r); r {
	case 'đ':
		return "đê"
	case 'ă', 'â', 'ê', 'ô', 'ơ', 'ư':
		return string(r)
	}
	base := []rune(norm.NFD.String(string(r)))[0]
	if base < 'a' || base > 'z' {
		return ""
	}
	return [...]string{
		"a", "bê", "xê", "dê", "e", "ép", "gờ", "hát", "i", "gi", "ca", "lờ", "mờ", "nờ", "o", "pê",
		"quy", "rờ", "ét", "tê", "u", "vê", "vê kép", "ích", "y", "dét",
	}[base-'a']
}

// spell reads a word letter by letter; false when a letter has no name here.
func spell(w string) (string, bool) {
	var names []string
	for _, r := range norm.NFC.String(w) {
		name := letterName(r)
		if name == "" {
			return "", false
		}
		names = append(names, name)
	}
	return strings.Join(names, " "), len(names) > 0
}

// capitals says whether every letter of w is a capital.
func capitals(w string) bool {
	for _, r := range w {
		if unicode.IsLetter(r) && !unicode.IsUpper(r) {
			return false
		}
	}
	return true
}

// plain is w in small letters without tones, with its vowels kept apart: ấ is â.
func plain(w string) string {
	isPlain := true
	for _, c := range []byte(w) {
		isPlain = isPlain && c >= 'a' && c <= 'z'
	}
	if isPlain {
		return w
	}
	var b strings.Builder
	b.Grow(len(w))
	for _, r := range w {
		r = unicode.ToLower(r)
		if v, ok := vowel(r); ok {
			r = v.plain
		}
		b.WriteRune(r)
	}
	return b.String()
}

// syllable says whether w can be one Vietnamese syllable: onset, vowels, coda.
// It decides whether capitals are a heading's word or initials to spell. The
// structure is that of Vietnamese spelling; tones are not looked at.
func syllable(w string) bool {
	w = plain(w)
	rest := strings.TrimPrefix(w, onset(w))
	vowels := rest
	for _, coda := range []string{"ng", "nh", "ch", "c", "m", "n", "p", "t"} {
		if v, ok := strings.CutSuffix(rest, coda); ok {
			vowels = v
			break
		}
	}
	return nucleus(vowels)
}

// onset is the longest beginning of a plain word that may begin a syllable.
func onset(w string) string {
	for _, o := range []string{
		"ngh", "ng", "nh", "ch", "gh", "gi", "kh", "ph", "qu", "th", "tr",
		"b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x",
	} {
		if rest, ok := strings.CutPrefix(w, o); ok && rest != "" && nucleusBegins(rest) {
			return o
		}
	}
	return ""
}

func nucleusBegins(rest string) bool {
	return strings.ContainsRune("aăâeêioôơuưy", []rune(rest)[0])
}

// nucleus says whether v is a row of vowels that Vietnamese has.
func nucleus(v string) bool {
	switch v {
	case "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y",
		"ai", "ao", "au", "ay", "âu", "ây", "eo", "êu", "ia", "iê", "iu", "iêu", "oa", "oă", "oe", "oi", "ôi", "ơi", "oo",
		"ua", "uâ", "uê", "ui", "uô", "uơ", "uy", "ưa", "ưi", "ươ", "ưu", "yê", "oai", "oao", "oay", "oeo", "uây", "uôi", "uya", "uyê", "uyu",
		"ươi", "ươu", "yêu":
		return true
	}
	return false
}

// pronounceable says whether a word of at least four letters falls into
// syllables that each have an onset, the first excepted: OCOP, SAPA.
func pronounceable(w string) bool {
	letters := []rune(plain(w))
	if len(letters) < 4 || len(letters) > 12 {
		return false
	}
	whole := make([]bool, len(letters)+1)
	whole[0] = true
	for end := 1; end <= len(letters); end++ {
		for start := max(0, end-7); start < end && !whole[end]; start++ {
			part := string(letters[start:end])
			whole[end] = whole[start] && syllable(part) && (start == 0 || onset(part) != "")
		}
	}
	return whole[len(letters)]
}
