package casetest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Canon makes two readings equal that a listener would call the same: linh and
// lẻ, nghìn and ngàn, tư and bốn after mươi, "không trăm" behind nghìn or not,
// minutes said or not, the place of the tone mark, capitals and punctuation. Its
// rules are those of the published comparison of normalisers, one for one.
func Canon(s string) string {
	s = cases.Lower(language.Und).String(norm.NFC.String(s))
	s = strings.NewReplacer("<en>", "", "</en>", "").Replace(s)
	words := strings.FieldsFunc(s, func(r rune) bool { return !letter(r) })
	for i, w := range words {
		words[i] = oldStyle(w)
	}
	for _, swap := range swaps {
		words = replace(words, swap)
	}
	s = shortMinutes.ReplaceAllString(strings.Join(words, " "), "${1}${2}")
	words = dayUnsaid(minutesOf(strings.Fields(s)))
	return strings.Join(words, " ")
}

// letter says whether r is part of a word: a letter, a number of any kind or the
// low line.
func letter(r rune) bool { return r == '_' || unicode.In(r, unicode.L, unicode.N) }

// tones are the syllables without a last consonant whose tone mark has two places.
var tones = map[string]string{
	"oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa", "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe",
	"oẹ": "ọe", "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}

// oldStyle puts the tone mark of a last oa, oe or uy on its first vowel. Behind q
// and g it stays.
func oldStyle(w string) string {
	_, last := utf8.DecodeLastRuneInString(w)
	_, first := utf8.DecodeLastRuneInString(w[:len(w)-last])
	cut := len(w) - last - first
	to, ok := tones[w[cut:]]
	if !ok || cut > 0 && (w[cut-1] == 'q' || w[cut-1] == 'g') {
		return w
	}
	return w[:cut] + to
}

// swap is a row of words that means the same as another. The first of them may be
// the end of a longer one when loose.
type swap struct {
	from, to []string
	loose    bool
}

var swaps = func() []swap {
	var all []swap
	for _, s := range [][2]string{
		{"lẻ", "linh"},
		{"ngàn", "nghìn"},
		{"tỉ", "tỷ"},
		{"kỉ", "kỷ"},
		{"xen ti mét", "xăng ti mét"},
		{"héc", "hẹc"},
		{"ghi ga", "gi ga"},
		{"độ c", "độ xê"},
		{"*mươi tư", "mươi bốn"},
		{"nghìn|triệu|tỷ không trăm", ""},
		{"giờ không phút", "giờ"},
		{"phút không giây", "phút"},
	} {
		from, loose := strings.CutPrefix(s[0], "*")
		first, rest, _ := strings.Cut(from, " ")
		for _, f := range strings.Split(first, "|") {
			to := strings.Fields(s[1])
			if len(to) == 0 {
				to = []string{f}
			}
			all = append(all, swap{append([]string{f}, strings.Fields(rest)...), to, loose})
		}
	}
	return all
}()

// replace makes one swap wherever it stands, from the left, without looking again
// at what it put there.
func replace(words []string, s swap) []string {
	out := make([]string, 0, len(words))
	for i := 0; i < len(words); {
		head, ok := s.stands(words[i:])
		if !ok {
			out = append(out, words[i])
			i++
			continue
		}
		out = append(out, head+s.to[0])
		out = append(out, s.to[1:]...)
		i += len(s.from)
	}
	return out
}

// stands says whether the swap's words begin words, and what stands before a loose
// one in the same word.
func (s swap) stands(words []string) (string, bool) {
	if len(words) < len(s.from) || !slices.Equal(words[1:len(s.from)], s.from[1:]) {
		return "", false
	}
	head, ok := strings.CutSuffix(words[0], s.from[0])
	return head, ok && (head == "" || s.loose)
}

// shortMinutes finds the word for minutes behind an hour, which may be left out.
var shortMinutes = regexp.MustCompile(`(giờ (?:không )?(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|mươi|lăm|mốt|tư| )+?) phút( |$)`)

// minutesOf drops the nought of "giờ không năm".
func minutesOf(words []string) []string {
	out := make([]string, 0, len(words))
	for i, w := range words {
		if w == "không" && i > 0 && words[i-1] == "giờ" && i+1 < len(words) && oneToNine(words[i+1]) {
			continue
		}
		out = append(out, w)
	}
	return out
}

func oneToNine(w string) bool {
	switch w {
	case "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín":
		return true
	}
	return false
}

// dayUnsaid drops the word for day at the head of a date.
func dayUnsaid(words []string) []string {
	if len(words) < 3 || words[0] != "ngày" {
		return words
	}
	if slices.ContainsFunc(words[2:], func(w string) bool { return strings.HasPrefix(w, "tháng") }) {
		return words[1:]
	}
	return words
}
