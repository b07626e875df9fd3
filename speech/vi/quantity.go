package vi

import "strings"

// quantity reads a number with what belongs to it: sign, magnitude, currency,
// unit and per what.
func (ts tokens) quantity(i int) (reading, bool) {
	var said []string
	j := i
	if ts.is(j, "-") {
		if !ts.minus(j) {
			return reading{}, false
		}
		said = append(said, "âm")
		j++
		if f, ok := ts.fraction(j); ok {
			return reading{n: 1 + f.n, text: "âm " + f.text, numeric: true, doubt: f.doubt}, true
		}
	}
	before := currencyBefore(ts.at(j).text)
	if before != "" {
		if j++; ts.at(j).gap {
			return reading{}, false
		}
	} else if c, ok := ts.cents(j); ok {
		said = append(said, c.text)
		return reading{n: j - i + c.n, text: strings.Join(said, " "), numeric: true}, true
	}
	amount, n := ts.figure(j, before != "")
	if n == 0 {
		return reading{}, false
	}
	r := reading{numeric: true, doubt: ts.bareKey(j, n)}
	said = append(said, amount)
	text, m := ts.belongings(j+n, before)
	r.n, r.text = j-i+n+m, strings.Join(said, " ")+text
	return r, true
}

// belongings reads what follows an amount: magnitude, currency or unit, per what.
// before is the currency that stood in front.
func (ts tokens) belongings(j int, before string) (string, int) {
	text, from := "", j
	dong, foreign := before == "đồng", before != ""
	if name, n := ts.magnitude(j); n > 0 {
		text, j = " "+name, j+n
		dong = before == ""
	}
	if before != "" {
		text += " " + before
	} else if name, n := ts.currency(j); n > 0 {
		dong, foreign = name == "đồng", true
		text, j = text+" "+name, j+n
	} else if name, n := ts.unit(j); n > 0 {
		text, j, dong = text+" "+name, j+n, false
	}
	if text == "" {
		return "", 0
	}
	per, n := ts.perChain(j, dong, foreign)
	text, j = text+per, j+n
	next := ts.at(j + 1)
	if ts.stuck(j, "/") && isoCurrency(next.text) {
		return text + " một " + currencyName(next.text), j + 2 - from // 25.450 VND/USD
	}
	if ts.stuck(j, "/") && !next.gap && (next.kind == digits || next.kind == word && len(next.text) > 1 && next.text == strings.ToLower(next.text)) {
		// 20ml/16 lít, 3 USD/thùng: what follows is read by itself
		if dong && next.kind == word {
			text += " một"
		} else {
			text += " trên"
		}
		j++
	}
	return text, j - from
}

// figure reads an amount, or a number in powers of ten. Behind a currency the
// last nought of the coins is not said: €3,50.
func (ts tokens) figure(i int, money bool) (string, int) {
	amount, n := ts.amount(i)
	if n == 0 {
		return "", 0
	}
	if commas := ts.groups(i+1, ","); money && len(commas) == 1 && n == 3 && thousands(ts.at(i).text, commas) {
		return numeral(ts.at(i).text + commas[0]), n // $2,500
	}
	if power, m := ts.scientific(i + n); m > 0 {
		return amount + power, n + m
	}
	if coins := ts.at(i + n - 1).text; money && n > 1 && len(coins) == 2 && coins[1] == '0' {
		amount = strings.TrimSuffix(amount, " không")
		if coins == "00" {
			whole, _, _ := strings.Cut(amount, " phẩy")
			amount, _, _ = strings.Cut(whole, " chấm")
		}
	}
	return amount, n
}

// bareKey doubts a long row of digits that nothing says to be an amount: a number
// of ten digits may be a telephone number that lost its nought.
func (ts tokens) bareKey(i, n int) Doubt {
	next := ts.at(i + 1)
	if n == 1 && len(ts.at(i).text) >= 9 && !strings.HasSuffix(ts.at(i).text, "000") && next.kind != word && currencySign(next.text) == "" {
		return Ambiguous
	}
	return ""
}

// plus reads the sign of 98+500, of a level and what is above it, of a sum, and
// of 18+.
func (ts tokens) plus(i int) (reading, bool) {
	if !ts.is(i, "+") {
		return reading{}, false
	}
	before := ts.at(i - 1).kind
	added := ts.number(i+1) && (before == digits || before == word && ts.at(i).gap && ts.at(i+1).gap)
	added = added || before != digits && (ts.at(i).gap || ts.is(i-1, "(")) && ts.stuckNumber(i+1) // +5%
	older := before == digits && !ts.at(i).gap && ts.at(i+1).gap
	return reading{n: 1, text: "cộng"}, added || older
}

// minus says whether the dash at token i makes the number behind it negative.
func (ts tokens) minus(i int) bool {
	if !ts.stuckNumber(i + 1) {
		return false
	}
	before := ts.at(i - 1)
	if before.kind == mark {
		return !ts.dash(i-1) || ts.at(i).gap && ts.number(i-2) // -5 - -2
	}
	return ts.at(i).gap && before.kind != digits
}
