package vi

import "strings"

// longestAddress is how many tokens of an e-mail or web address are looked at.
const longestAddress = 80

// address reads e-mail and web addresses: a còng, chấm, gạch. Of the schemes
// https is left out, since every browser puts it there by itself; any other is
// said, since without it one comes somewhere else.
func (ts tokens) address(i int) (reading, bool) {
	before := ts.at(i - 1)
	if !ts.at(i).gap && (before.kind == word || before.kind == digits || !before.gap && before.text != ":" && ts.inAddress(i-1)) {
		return reading{}, false // within what was looked at from its beginning
	}
	end, mail, host := ts.addressEnd(i)
	web := ts.stuck(i+1, ":") && ts.stuck(i+2, "/") && ts.stuck(i+3, "/")
	if end-i < 3 || !web && (!host || mail > 1) {
		return reading{}, false
	}
	var said []string
	from := i
	if web {
		if scheme := ts.lower(i); scheme != "https" {
			said = append(said, schemeName(scheme))
		}
		from += 4
	}
	for n := from; n < end; n++ {
		if s := ts.addressPart(n); s != "" {
			said = append(said, s)
		}
	}
	return reading{n: end - i, text: strings.Join(said, " ")}, len(said) > 0
}

// addressEnd is the token behind the address that begins at token i, how many @
// it has, and whether there is a host in it.
func (ts tokens) addressEnd(i int) (end, mail int, host bool) {
	for end = i; end < len(ts) && end < i+longestAddress && (end == i || !ts.at(end).gap) && ts.inAddress(end); end++ {
		switch {
		case ts.is(end, "@"):
			mail++
		case ts.is(end, ".") && topDomain(ts.lower(end+1)) && !ts.at(end+1).gap && ts.at(end-1).kind != mark:
			host = true
		case end == i+1 && ts.shortLink(i):
			host = true
		}
	}
	for end > i && strings.Contains(".:-/?&=_%+", ts.at(end-1).text) {
		end-- // the sentence's own mark
	}
	return end, mail, host
}

func (ts tokens) inAddress(i int) bool {
	t := ts.at(i)
	if t.kind != mark {
		return t.kind != newline
	}
	switch t.text {
	case "@", ".", "-", "_", "/", ":", "?", "&", "=", "%", "+", "#", "~":
		return true
	}
	return false
}

// shortLink says whether a word, a point, the letters of a country and a path stand
// from token i on: bit.ly/abc.
func (ts tokens) shortLink(i int) bool {
	country := ts.at(i + 2)
	return len(ts.at(i).text) > 1 && ts.at(i).kind == word && ts.stuck(i+1, ".") && !country.gap && len(country.text) == 2 && country.text == plain(country.text) && country.kind == word &&
		ts.stuck(i+3, "/") && !ts.at(i+4).gap && ts.at(i+4).kind != mark
}

func topDomain(s string) bool {
	switch s {
	case "vn", "com", "net", "org", "edu", "gov", "info", "io", "me", "app", "ai", "dev", "biz", "xyz", "asia", "online", "site", "us", "uk", "eu", "tv":
		return true
	}
	return false
}

// schemeName is how the scheme of an address is said.
func schemeName(scheme string) string {
	if name := looselyAbbreviated(scheme); name != "" {
		return name
	}
	return hostName(scheme)
}

// addressPart reads token i of an address.
func (ts tokens) addressPart(i int) string {
	t := ts.at(i)
	switch {
	case t.kind == digits:
		return digitByDigit(t.text)
	case t.kind == mark:
		return addressMark(t.text)
	case ts.is(i-1, "=") && len(t.text) == 2:
		return letterByLetter(t.text) // lang=vi: a code
	case capitals(t.text) && abbreviated(t.text) != "" && !syllable(t.text):
		return abbreviated(t.text)
	}
	return hostName(strings.ToLower(t.text))
}

// addressMark names a mark in an address or in the path of a file.
func addressMark(s string) string {
	switch s {
	case "@":
		return "a còng"
	case ".":
		return "chấm"
	case "-":
		return "gạch ngang"
	case "_":
		return "gạch dưới"
	case "/", "\\":
		return "gạch"
	case ":":
		return "hai chấm"
	case "?":
		return "hỏi"
	case "&":
		return "và"
	case "=":
		return "bằng"
	case "%":
		return "phần trăm"
	case "+":
		return "cộng"
	case "#":
		return "thăng"
	case "~":
		return "ngã"
	}
	return ""
}

// hostName reads a part of an address in small letters: as the words that are
// known to be in it, as it stands when it can be spoken, else by its letters. A
// letter alone is left to the voice.
func hostName(w string) string {
	if name := hostWords(w); name != "" {
		return name
	}
	if voiceSpells(w) || len([]rune(w)) == 1 || strings.ContainsAny(plain(w), "aăâeêioôơuưy") {
		return w
	}
	if s, ok := spell(w); ok {
		return s
	}
	return w
}

// hostWords reads a part of an address that is made of words of the table alone:
// dichvucong, ubndcocsan; "" for others.
func hostWords(w string) string {
	if len(w) > 40 {
		return ""
	}
	hosts := readAbbreviations().hosts
	if name := hosts[w]; name != "" {
		return name
	}
	said := make([]string, len(w)+1) // what stands before a byte, if it is words
	for end := 2; end <= len(w); end++ {
		for start := 0; start < end-1 && said[end] == ""; start++ {
			if name := hosts[w[start:end]]; name != "" && (start == 0 || said[start] != "") {
				said[end] = strings.TrimSpace(said[start] + " " + name)
			}
		}
	}
	return said[len(w)]
}

// path reads the path of a file, C:\Users\a.log, where nothing is left out.
func (ts tokens) path(i int) (reading, bool) {
	if len(ts[i].text) != 1 || !ts.stuck(i+1, ":") || !ts.stuck(i+2, "\\") || !ts.at(i).gap && ts.at(i-1).kind != mark {
		return reading{}, false
	}
	end := i + 1
	for end < len(ts) && end < i+longestAddress && !ts.at(end).gap && (ts.is(end, "\\") || ts.inAddress(end)) {
		end++
	}
	for end > i && strings.Contains(".:-?&", ts.at(end-1).text) {
		end--
	}
	said := []string{strings.ToLower(ts[i].text)}
	for n := i + 1; n < end; n++ {
		if s := ts.addressPart(n); s != "" {
			said = append(said, s)
		}
	}
	return reading{n: end - i, text: strings.Join(said, " ")}, true
}

// hexGroups reads the address of a machine, 2001:0db8:85a3::7334 or
// 00:1A:2B:3C:4D:5E, digit by digit and letter by letter. Four groups at least, and
// one of them with a letter or five: 1:2:3 is something else.
func (ts tokens) hexGroups(i int) (reading, bool) {
	if !ts.at(i).gap && ts.at(i-1).kind != mark {
		return reading{}, false
	}
	var said []string
	groups, letters, end := 0, false, i
	for j := i; groups < 9; {
		group := j
		for ; j < len(ts) && (j == group || !ts.at(j).gap) && hex(ts.at(j)); j++ {
			letters = letters || ts.at(j).kind == word
			said = append(said, hexDigits(ts.at(j).text))
		}
		if j > group {
			end = j
			groups++
		} else if !ts.is(j-1, ":") || j-1 == i {
			break
		}
		if !ts.stuck(j, ":") || ts.at(j+1).gap {
			break
		}
		said = append(said, "hai chấm")
		j++
	}
	if groups < 4 || !letters && groups < 5 {
		return reading{}, false
	}
	return reading{n: end - i, text: strings.Join(said, " ")}, true
}

// hex says whether a token is made of at most four hexadecimal digits.
func hex(t *token) bool {
	return len(t.text) <= 4 && t.kind != newline && t.kind != mark && strings.Trim(strings.ToLower(t.text), "0123456789abcdef") == ""
}

// hexDigits reads hexadecimal digits one by one. A letter alone is named by the
// voice.
func hexDigits(s string) string {
	names := make([]string, len(s))
	for i := range len(s) {
		if names[i] = strings.ToLower(s[i : i+1]); s[i] <= '9' {
			names[i] = digitName(s[i])
		}
	}
	return strings.Join(names, " ")
}
