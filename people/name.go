package people

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NameLength is the greatest length of an account's or a token's name, in
// characters.
const NameLength = 64

// CleanName is a name as it is kept: composed (NFC), without spaces around it
// and with single spaces inside.
func CleanName(name string) string {
	return strings.Join(strings.Fields(norm.NFC.String(name)), " ")
}

// FoldName is the form in which names are compared: phones type Vietnamese
// letters composed or decomposed, and begin a name with a capital or not.
func FoldName(name string) string {
	return norm.NFC.String(strings.ToLower(CleanName(name)))
}

// CheckName looks at a name that CleanName has cleaned. The error is Invalid
// with the field "name".
func CheckName(name string) error { return join(nameFaults(name)) }

func nameFaults(name string) []Fault {
	fault := func(code, limit string) []Fault { return []Fault{{Field: "name", Code: code, Limit: limit}} }
	switch {
	case name == "":
		return fault(FaultRequired, "")
	case utf8.RuneCountInString(name) > NameLength:
		return fault(FaultTooLong, strconv.Itoa(NameLength))
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unseen):
		return fault(FaultControl, "")
	case !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		return fault(FaultNoWords, "")
	}
	return nil
}

// unseen finds characters by which two names would look alike.
func unseen(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
