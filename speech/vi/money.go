package vi

import "strings"

// currency reads the currency behind an amount and says how many tokens it has.
func (ts tokens) currency(i int) (string, int) {
	t := ts.at(i)
	if (t.text == "đ" || t.text == "Đ") && ts.marks(i) {
		return "điểm", 1
	}
	if name := currencySign(t.text); name != "" {
		return name, 1
	}
	if t.kind != word {
		return "", 0
	}
	name := currencyName(t.text)
	if name == "" || ts.is(i+1, "/") && ts.lower(i+2) == "c" { // 3 đ/c: comrades, not money
		return "", 0
	}
	return name, 1
}

// marks says whether the đ at token i counts the marks of a pupil, of which there
// are parts and at most thirty: Toán 9,25đ, Anh 10đ.
func (ts tokens) marks(i int) bool {
	n := i - 1
	if ts.stuck(n-1, ",") && ts.stuckNumber(n) && len(ts.at(n).text) < 3 {
		n -= 2
	}
	v, ok := ts.small(n, 2)
	return ok && v <= 30 && ts.before(n, 3, "toán", "văn", "anh", "lý", "lí", "hóa", "sinh", "sử", "địa", "môn", "điểm", "đạt", "tổng", "tin", "được")
}

// cents reads 0,01$, 0,5$ and 1,25$ as one counts coins: một xu, năm mươi xu, một đô
// la hai mươi lăm xu. Only money that has coins, and at most two digits of them.
func (ts tokens) cents(i int) (reading, bool) {
	if !ts.number(i) || !ts.stuck(i+1, ",") || !ts.stuckNumber(i+2) || len(ts.at(i+2).text) > 2 {
		return reading{}, false
	}
	switch ts.at(i + 3).text {
	case "$", "€", "£", "usd", "eur":
	default:
		return reading{}, false
	}
	name, n := ts.currency(i + 3)
	whole, coins := ts.at(i).text, ts.at(i+2).text
	if len(coins) == 1 {
		coins += "0"
	}
	var said []string
	if strings.Trim(whole, "0") != "" || coins == "00" {
		said = append(said, numeral(whole), name)
	}
	if coins != "00" {
		said = append(said, numeral(coins), "xu")
	}
	per, m := ts.perChain(i+3+n, false, true)
	return reading{n: 3 + n + m, text: strings.Join(said, " ") + per, numeric: true}, true
}

// currencyPair reads USD/VND, the rate of one money in another.
func (ts tokens) currencyPair(i int) (reading, bool) {
	if !ts.stuck(i+1, "/") || !isoCurrency(ts.at(i).text) || ts.at(i+2).gap || !isoCurrency(ts.at(i+2).text) {
		return reading{}, false
	}
	return reading{n: 3, text: letterByLetter(ts.at(i).text) + " trên " + letterByLetter(ts.at(i+2).text)}, true
}

// letterByLetter leaves the naming of the letters to the voice, which spells a
// letter that stands alone.
func letterByLetter(code string) string {
	return strings.Join(strings.Split(strings.ToLower(code), ""), " ")
}

func isoCurrency(s string) bool {
	switch s {
	case "VND", "USD", "EUR", "GBP", "JPY", "CNY", "KRW", "THB", "LAK", "AUD", "CAD", "SGD", "CHF", "HKD", "RUB", "INR":
		return true
	}
	return false
}

// currencySign names a sign that may stand before or behind an amount.
func currencySign(s string) string {
	switch s {
	case "₫":
		return "đồng"
	case "$":
		return "đô la"
	case "€":
		return "euro"
	case "£":
		return "bảng Anh"
	case "¥":
		return "yên"
	case "₹":
		return "rupee"
	case "₩":
		return "won"
	case "฿":
		return "bạt"
	case "₽":
		return "rúp"
	case "₭":
		return "kíp"
	}
	return ""
}

// currencyBefore names a sign that stands before an amount, as it does in papers
// that write codes: $50 is fifty USD. Behind it, as Vietnamese is spoken, it is đô la.
func currencyBefore(s string) string {
	if s == "$" {
		return "u s d"
	}
	return currencySign(s)
}

// currencyName names letters that mean money behind an amount.
func currencyName(s string) string {
	switch s {
	case "đ", "Đ", "VNĐ", "VND", "vnđ", "vnd", "Vnđ", "Vnd", "đồng":
		return "đồng"
	case "USD":
		return "u s d"
	case "usd", "Usd":
		return "đô la"
	case "EUR", "eur", "Euro":
		return "euro"
	case "GBP", "gbp":
		return "bảng Anh"
	case "JPY", "jpy":
		return "yên Nhật"
	case "CNY", "cny", "RMB", "NDT":
		return "nhân dân tệ"
	case "KRW", "krw":
		return "won"
	case "THB", "thb":
		return "bạt"
	case "LAK":
		return "kíp Lào"
	case "AUD":
		return "đô la Úc"
	case "CAD":
		return "đô la Canada"
	case "SGD":
		return "đô la Singapore"
	case "HKD":
		return "đô la Hồng Kông"
	case "CHF":
		return "phrăng Thụy Sĩ"
	case "RUB":
		return "rúp"
	case "INR":
		return "rupee"
	}
	return ""
}

// magnitude reads what multiplies a number behind it: 50k, 100tr, 1tr5, 2t, 3,2M.
func (ts tokens) magnitude(i int) (string, int) {
	if ts.at(i).gap && (!ts.is(i, "tr") && !ts.is(i, "trđ") || ts.is(i+1, ".")) {
		return "", 0
	}
	name := ""
	switch ts.at(i).text {
	case "k", "K":
		name = "nghìn"
	case "tr", "Tr", "TR", "triệu":
		name = "triệu"
	case "trđ", "trd":
		return "triệu đồng", 1
	case "t":
		if name, n := ts.oddUnit(i); n > 0 {
			return name, n
		}
		name = "tỷ"
	case "tỷ", "tỉ", "Tỷ":
		name = "tỷ"
	case "M":
		if !ts.pointed(i-1) && currencySign(ts.at(i-2).text) == "" {
			return "", 0
		}
		return "triệu", 1
	default:
		return "", 0
	}
	if !ts.stuckNumber(i+1) || len(ts.at(i+1).text) > 3 {
		return name, 1
	}
	if half := ts.at(i + 1).text; half == "5" && !ts.stuck(i+2, "k") {
		return name + " rưỡi", 2
	}
	if name == "triệu" && (ts.stuck(i+2, "k") || ts.stuck(i+2, "K")) {
		return name + " " + numeral(ts.at(i+1).text) + " nghìn", 3 // 2tr500k
	}
	return name + " " + numeral(ts.at(i+1).text), 2
}

// age says whether the t or T at token i, behind a small number, counts the years
// of someone: cháu bé 3t, nữ 18-30t, hưởng thọ 93t.
func (ts tokens) age(i int) bool {
	v, ok := ts.small(i-1, 3)
	return ok && v < 130 && !ts.at(i).gap && (!ts.is(i-2, ",") || ts.at(i-1).gap) &&
		ts.before(i-1, 6, "bé", "cháu", "cụ", "trẻ", "thọ", "dương", "ông", "bà", "anh", "chị", "nam", "nữ", "đủ", "tuổi") &&
		!ts.before(i-1, 6, "tiền", "vốn", "xe", "tải", "giá")
}

// pointed says whether the number that ends at token i has an English point.
func (ts tokens) pointed(i int) bool {
	return ts.stuckNumber(i) && ts.stuck(i-1, ".") && len(ts.at(i).text) < 3
}
