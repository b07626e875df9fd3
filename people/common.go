package people

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed common.txt
var commonText string

// commonPasswords are what guessers try first, folded as bare does, sorted.
var commonPasswords = sync.OnceValue(func() []string {
	list := strings.Fields(commonText)
	slices.Sort(list)
	return list
})

// common says whether a password is among the first that anybody would guess: known
// from leaks, one character over and over, or a row of the keyboard's digits.
func common(password string) bool {
	b := bare(password)
	_, found := slices.BinarySearch(commonPasswords(), b)
	return found || run([]rune(b))
}

// bare is a text in small letters without Vietnamese marks, spaces and punctuation.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'đ':
			return 'd'
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		}
		return -1
	}, norm.NFD.String(strings.ToLower(s)))
}

// run says whether characters are all the same, or count up or down by one.
func run(s []rune) bool {
	if len(s) < 2 {
		return len(s) == 1
	}
	step := s[1] - s[0]
	if step < -1 || step > 1 {
		return false
	}
	for i := 2; i < len(s); i++ {
		if next := s[i] - s[i-1]; next != step && (step != 1 || s[i-1] != '9' || s[i] != '0') {
			return false
		}
	}
	return true
}
