package vi

import "strings"

// longestAddress is how many tokens of an e-mail or web address are looked at.
const longestAddress = 80

// address reads e-mail and web addresses: a còng, chấm, gạch chéo.
func (ts tokens) address(i int) (reading, bool) {
	if !ts.at(i).gap && (ts.at(i-1).kind == word || ts.at(i-1).kind == digits) {
		return reading{}, false
	}
	end, at, host := i, 0, false
	for end < len(ts) && end < i+longestAddress && (end == i || !ts.at(end).gap) && ts.inAddress(end) {
		switch {
		case ts.is(end, "@"):
			at++
		case ts.is(end, ".") && topDomain(ts.lower(end+1)) && !ts.at(end+1).gap && ts.at(end-1).kind != mark:
			host = true
		}
		end++
	}
	for end > i && strings.Contains(".:-/?&=_%+", ts.at(end-1).text) {
		end-- // the sentence's own mark
	}
	web := ts.is(i+1, ":") && ts.stuck(i+2, "/") && ts.stuck(i+3, "/")
	if end-i < 3 || !web && (!host || at > 1) {
		return reading{}, false
	}
	from := i
	if web {
		from += 4 // nobody says the scheme
	}
	var said []string
	for n := from; n < end; n++ {
		if s := addressPart(ts.at(n)); s != "" {
			said = append(said, s)
		}
	}
	return reading{n: end - i, text: strings.Join(said, " ")}, len(said) > 0
}

func (ts tokens) inAddress(i int) bool {
	t := ts.at(i)
	return t.kind == word || t.kind == digits || t.kind == mark && strings.Contains("@.-_/:?&=%+#", t.text)
}

func topDomain(s string) bool {
	switch s {
	case "vn", "com", "net", "org", "edu", "gov", "info", "io", "me", "app":
		return true
	}
	return false
}

// addressPart reads one token of an address. What has no vowel is spelled.
func addressPart(t *token) string {
	switch t.text {
	case "@":
		return "a còng"
	case ".":
		return "chấm"
	case "-":
		return "gạch ngang"
	case "_":
		return "gạch dưới"
	case "/":
		return "gạch chéo"
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
	}
	if t.kind == digits {
		return digitByDigit(t.text)
	}
	w := strings.ToLower(t.text)
	if !strings.ContainsAny(plain(w), "aăâeêioôơuưy") {
		if s, ok := spell(w); ok {
			return s
		}
	}
	return w
}
