package vi

import "unicode"

// inContext reads abbreviations that mean what their neighbours make of them: CT
// is a chairman before a committee and nothing that is known elsewhere.
func (ts tokens) inContext(i int) (reading, bool) {
	read, ok := ts.meaning(i)
	return reading{n: 1, text: read}, ok
}

func (ts tokens) meaning(i int) (string, bool) {
	next := ts.at(i + 1)
	behind := ts.lower(i + 1)
	switch ts.at(i).text {
	case "SN":
		return "sinh năm", next.gap && ts.isYear(i+1)
	case "TK":
		return "tài khoản", next.text == ":" || next.kind == digits && len(next.text) > 4
	case "CT", "PCT":
		chairman := ts.after(i, "phó") || ts.body(i+1)
		if ts.is(i, "PCT") {
			return "phó chủ tịch", chairman
		}
		return "chủ tịch", chairman
	case "BT", "PBT":
		secretary := ts.after(i, "phó") || behind == "đảng" || behind == "chi" || behind == "đoàn"
		if ts.is(i, "PBT") {
			return "phó bí thư", secretary
		}
		return "bí thư", secretary
	case "CN":
		return "chi nhánh", next.gap && named(next) && ts.bank(i)
	case "TH":
		return "tiểu học", ts.after(i, "trường", "ptdtbt") || ts.stuck(i+1, "&") && ts.is(i+2, "THCS")
	case "MN":
		return "mầm non", ts.after(i, "trường")
	case "NN":
		return "nông nghiệp", ts.after(i, "phi")
	case "LH":
		return "liên hệ", next.text == ":" || next.kind == digits
	case "ĐB", "TB", "ĐN", "TN":
		return compass(ts.at(i).text), ts.after(i, "gió", "mùa", "hướng", "phía")
	case "ĐT":
		return "đường tỉnh", ts.stuckNumber(i+1) && len(next.text) == 3
	}
	return "", false
}

// compass is a direction by its initials.
func compass(initials string) string {
	half := map[rune]string{'Đ': "đông", 'T': "tây", 'B': "bắc", 'N': "nam"}
	letters := []rune(initials)
	return half[letters[0]] + " " + half[letters[1]]
}

// body says whether token i is a body that has a chairman.
func (ts tokens) body(i int) bool {
	switch ts.at(i).text {
	case "UBND", "HĐND", "MTTQ", "UBMTTQ", "Hội", "hội", "HND", "HPN", "LHPN", "CCB", "HCCB":
		return true
	}
	return false
}

// bank says whether a bank is named shortly before token i.
func (ts tokens) bank(i int) bool {
	for j := i - 1; j > i-8 && ts.at(j).kind != newline && !ts.is(j, "."); j-- {
		switch ts.lower(j) {
		case "bank", "agribank", "vietinbank", "vietcombank", "bidv", "ngân", "ptnt", "nhcsxh", "csxh", "nhnn", "vnpt", "viettel":
			return true
		}
	}
	return false
}

// named says whether t begins as a name does: a capital, then small letters.
func named(t *token) bool {
	letters := []rune(t.text)
	return t.kind == word && len(letters) > 1 && unicode.IsUpper(letters[0]) && unicode.IsLower(letters[1])
}
