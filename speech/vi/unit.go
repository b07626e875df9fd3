package vi

import "strings"

// unit reads a currency or unit of measure behind a number and says how many
// tokens it has.
func (ts tokens) unit(i int) (string, int) {
	t := ts.at(i)
	switch {
	case t.text == "%":
		return "phần trăm", 1
	case t.text == "‰":
		return "phần nghìn", 1
	case t.text == "°" || t.text == "℃":
		return ts.degrees(i)
	case t.text == "'" && !t.gap && ts.at(i+1).gap:
		return "phút", 1
	case currencySign(t.text) != "":
		return currencySign(t.text), 1
	case t.kind != word:
		return "", 0
	}
	if name := currencyName(t.text); name != "" {
		if ts.is(i+1, "/") && ts.lower(i+2) == "c" { // 3 đ/c: comrades, not money
			return "", 0
		}
		return name, 1
	}
	name := unitName(t.text)
	if name == "" || t.gap && len(t.text) == 1 && !strings.Contains("mgl", t.text) {
		return "", 0
	}
	power, n := ts.power(i + 1)
	return name + power, 1 + n
}

// degrees reads °C, ° C and °.
func (ts tokens) degrees(i int) (string, int) {
	if ts.is(i, "℃") {
		return "độ xê", 1
	}
	switch ts.at(i + 1).text {
	case "C", "c":
		return "độ xê", 2
	case "F", "f":
		return "độ ép", 2
	}
	return "độ", 1
}

// power reads the 2 of km², m2 and the 3 of m3.
func (ts tokens) power(i int) (string, int) {
	switch t := ts.at(i); {
	case t.gap:
	case t.text == "²", t.text == "2":
		return " vuông", 1
	case t.text == "³", t.text == "3":
		return " khối", 1
	}
	return "", 0
}

// perUnit reads what stands behind a stroke: a unit of measure, or a word of time
// or count.
func (ts tokens) perUnit(i int) (string, int) {
	if ts.at(i).kind != word {
		return "", 0
	}
	if name := unitName(ts.at(i).text); name != "" {
		power, n := ts.power(i + 1)
		return name + power, 1 + n
	}
	switch w := ts.lower(i); w {
	case "hs":
		return "học sinh", 1
	case "sv":
		return "sinh viên", 1
	case "ngày", "đêm", "tuần", "tháng", "quý", "năm", "giờ", "phút", "giây", "lần", "lượt", "vụ", "người", "hộ", "khẩu", "suất", "sào",
		"công", "mẫu", "con", "cây", "bao", "cái", "chiếc", "bộ", "lít", "tấn", "tạ", "yến", "cân", "buổi", "học", "trẻ", "cháu", "em", "đợt", "chuyến", "bình", "chai", "gói", "thùng", "đầu", "gốc", "thôn", "xã":
		return w, 1
	}
	return "", 0
}

// currencySign names a sign that may stand before or behind an amount.
func currencySign(s string) string {
	switch s {
	case "₫":
		return "đồng"
	case "$":
		return "đô la"
	case "€":
		return "ơ rô"
	case "£":
		return "bảng Anh"
	case "¥":
		return "yên"
	case "₹":
		return "ru pi"
	}
	return ""
}

// currencyName names letters that mean money behind an amount.
func currencyName(s string) string {
	switch s {
	case "đ", "Đ", "VNĐ", "VND", "vnđ", "vnd", "Vnđ", "đồng":
		return "đồng"
	case "USD", "usd":
		return "đô la"
	case "EUR", "eur":
		return "ơ rô"
	}
	return ""
}

// unitName names a unit of measure; "" for others. Case counts where it must:
// MB and mb are one, m and M are not.
func unitName(s string) string {
	switch s {
	case "m":
		return "mét"
	case "g", "gr":
		return "gam"
	case "l", "L":
		return "lít"
	case "h":
		return "giờ"
	case "p", "ph":
		return "phút"
	case "s":
		return "giây"
	case "V":
		return "vôn"
	case "W":
		return "oát"
	case "mV":
		return "mi li vôn"
	case "mW":
		return "mi li oát"
	}
	if len(s) < 2 {
		return ""
	}
	return longUnitName(strings.ToLower(s))
}

// longUnitName names units of two and more letters, in small letters.
func longUnitName(s string) string {
	switch s {
	case "km":
		return "ki lô mét"
	case "dm":
		return "đề xi mét"
	case "cm":
		return "xăng ti mét"
	case "mm":
		return "mi li mét"
	case "kg":
		return "ki lô gam"
	case "mg":
		return "mi li gam"
	case "mcg":
		return "mi crô gam"
	case "ml":
		return "mi li lít"
	case "cc":
		return "xê xê"
	case "ha":
		return "héc ta"
	case "min":
		return "phút"
	case "ms":
		return "mi li giây"
	case "kv":
		return "ki lô vôn"
	case "kw":
		return "ki lô oát"
	case "mw":
		return "mê ga oát"
	case "kwh":
		return "ki lô oát giờ"
	case "hz":
		return "hẹc"
	case "khz":
		return "ki lô hẹc"
	case "mhz":
		return "mê ga hẹc"
	case "ghz":
		return "gi ga hẹc"
	}
	return dataUnitName(s)
}

// dataUnitName names units of data, pressure and the like, in small letters.
func dataUnitName(s string) string {
	switch s {
	case "kb":
		return "ki lô bai"
	case "mb":
		return "mê ga bai"
	case "gb":
		return "gi ga bai"
	case "tb":
		return "tê ra bai"
	case "mbps":
		return "mê ga bít trên giây"
	case "gbps":
		return "gi ga bít trên giây"
	case "mmhg":
		return "mi li mét thủy ngân"
	case "kcal":
		return "ki lô ca lo"
	case "cal":
		return "ca lo"
	case "atm":
		return "át mốt phe"
	case "hp":
		return "mã lực"
	}
	return ""
}
