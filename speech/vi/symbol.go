package vi

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// pause turns the mark at token i, for which there is no reading, into a pause
// or into nothing.
func (ts tokens) pause(out *renderer, i int) {
	switch t := ts[i]; t.text {
	case ".", "…":
		switch {
		case (ts.is(i-1, ".") || ts.is(i-1, "…")) && !out.unmarked(): // the first of a row decided
		case t.text == "." && !ts.is(i+1, ".") && !ts.is(i+1, "…"):
			out.mark('.')
		default:
			out.mark(ts.ellipsis(i))
		}
	case ",", ";", ":", "!", "?":
		out.mark(t.text[0])
	case "-", "~":
		// Between words that touch it a dash joins: VH-TT.
		if t.gap || ts.at(i+1).gap {
			out.mark(',')
		}
	case "*", "+":
		if t.gap && ts.at(i+1).gap {
			out.mark(',')
		}
	case "/":
		if ts.number(i+1) && ts.at(i-1).kind == digits {
			out.mark(',')
		}
	case "(", ")", "[", "]", "{", "}", "|", "•", "·", "→", "⇒", "►", "▶", "●", "■", "◆", "✓", "✔":
		out.mark(',')
	}
}

// ellipsis is the end of a sentence when a capital or nothing follows.
func (ts tokens) ellipsis(i int) byte {
	for ts.is(i, ".") || ts.is(i, "…") {
		i++
	}
	next := ts.at(i)
	first, _ := utf8.DecodeRuneInString(next.text)
	if next.kind == word && unicode.IsLower(first) || next.kind == digits {
		return ','
	}
	return '.'
}

// symbol reads a sign that stands for a word.
func (ts tokens) symbol(i int) (reading, bool) {
	if part := fractionSign(ts.at(i).text); part != "" && ts.number(i-1) {
		return reading{n: 1, text: "và " + part}, true // 2½
	}
	if text := signName(ts.at(i).text); text != "" {
		return reading{n: 1, text: text}, true
	}
	number := ts.number(i+1) || ts.is(i+1, "-") && ts.stuckNumber(i+2)
	text, n := "", 1
	switch ts.at(i).text {
	case "(":
		return ts.finding(i)
	case "=":
		text = when(ts.at(i+1).kind != mark && ts.at(i+1).kind != newline && !ts.is(i-1, "="), "bằng")
	case ">":
		text = when(number, "lớn hơn")
	case "<":
		text = when(number, "nhỏ hơn")
	case "~":
		text = when(number, "khoảng")
	case "#":
		return ts.hash(i)
	case "'":
		text = when(ts.prime(i), "phẩy")
	case "+":
		text = when(!ts.at(i).gap && ts.at(i-1).kind == word && (ts.at(i+1).gap || ts.at(i+1).kind == mark), "cộng") // A+
	case "*":
		if text = when(ts.star(i) || ts.starred(i), "sao"); ts.number(i-1) && ts.number(i+1) {
			text = "nhân"
		}
	case "^":
		if text, n = when(!ts.at(i).gap && ts.at(i-1).kind != mark, "mũ"), 1; ts.stuck(i+1, "-") && ts.stuckNumber(i+2) {
			text, n = "mũ trừ", 2
		}
	case "/":
		return ts.per(i)
	}
	return reading{n: n, text: text}, text != ""
}

// finding reads the sign in brackets that a test ends with: test nhanh (+).
func (ts tokens) finding(i int) (reading, bool) {
	if !ts.stuck(i+2, ")") || ts.at(i+1).gap || !ts.before(i, 8, "test", "nghiệm", "nhanh") {
		return reading{}, false
	}
	switch ts.at(i + 1).text {
	case "+":
		return reading{n: 3, text: "dương tính"}, true
	case "-":
		return reading{n: 3, text: "âm tính"}, true
	}
	return reading{}, false
}

// signName names a sign that means one thing wherever it stands.
func signName(s string) string {
	switch s {
	case "&":
		return "và"
	case "@":
		return "a còng"
	case "±":
		return "cộng trừ"
	case "≥":
		return "lớn hơn hoặc bằng"
	case "≤":
		return "nhỏ hơn hoặc bằng"
	case "≠":
		return "khác"
	case "≈":
		return "khoảng"
	case "÷":
		return "chia"
	case "√":
		return "căn"
	case "∞":
		return "vô cùng"
	case "№":
		return "số"
	case "%":
		return "phần trăm"
	}
	return fractionSign(s)
}

// fractionSign names a fraction that is one character.
func fractionSign(s string) string {
	switch s {
	case "½":
		return "một phần hai"
	case "⅓":
		return "một phần ba"
	case "⅔":
		return "hai phần ba"
	case "¼":
		return "một phần tư"
	case "¾":
		return "ba phần tư"
	case "⅛":
		return "một phần tám"
	}
	return ""
}

// hash reads #1 as its sign and number. Before a word it marks a topic, and is
// not said; the words that were put together are put apart again: #NgàyHội.
func (ts tokens) hash(i int) (reading, bool) {
	next := ts.at(i + 1)
	switch {
	case next.gap:
		return reading{}, false
	case next.kind == digits:
		return reading{n: 1, text: "thăng"}, true
	case next.kind != word || capitals(next.text):
		return reading{}, false
	}
	var b strings.Builder
	small := false
	for _, r := range next.text {
		if small && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		small = unicode.IsLower(r)
		b.WriteRune(r)
	}
	return reading{n: 2, text: b.String()}, true
}

// prime says whether the mark at token i belongs to the letter before it, A', and
// ends no quotation.
func (ts tokens) prime(i int) bool {
	before := ts.at(i - 1)
	return !ts.at(i).gap && before.kind == word && len(before.text) == 1 && capitals(before.text) && !ts.is(i-2, "'") && ts.at(i+1).kind != mark && ts.at(i+1).gap
}

// star says whether the mark at token i stands in a line of a programme, SELECT *
// FROM, where it is said. Elsewhere it begins a line or points to a note.
func (ts tokens) star(i int) bool {
	return ts.at(i).gap && ts.at(i+1).gap && ts.command(i-1) && ts.command(i+1)
}

// starred says whether the mark at token i tells how good something is: OCOP 4*.
func (ts tokens) starred(i int) bool {
	stars, ok := ts.small(i-1, 1)
	return ok && stars > 0 && stars < 6 && !ts.at(i).gap && ts.before(i-1, 10, "ocop", "sao", "khách", "hạng", "đạt", "chuẩn")
}

// command says whether token i is an English word in capitals.
func (ts tokens) command(i int) bool {
	w := ts.at(i).text
	return ts.at(i).kind == word && len(w) > 3 && capitals(w) && english(w) && !syllable(w) && abbreviated(w) == ""
}

// times reads the x between two numbers.
func (ts tokens) times(i int) (reading, bool) {
	if !ts.is(i, "x") && !ts.is(i, "X") && !ts.is(i, "×") {
		return reading{}, false
	}
	named := ts.at(i).gap && ts.at(i+1).gap && ts.at(i+1).kind == word && ts.number(i+2) // 3m x dài 5m
	if !ts.number(i+1) && !named {
		return reading{}, false
	}
	before := ts.at(i - 1)
	counted := before.kind == digits || before.kind == word && (ts.number(i-2) || ts.is(i-2, "/")) || before.text == "²" || before.text == "%" ||
		ts.is(i, "x") && ts.at(i).gap && ts.stuckNumber(i+1) && before.kind == word && len([]rune(before.text)) > 1 // Toán x2
	return reading{n: 1, text: "nhân"}, counted
}
