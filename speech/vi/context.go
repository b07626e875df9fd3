package vi

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// inContext reads abbreviations that mean what their neighbours make of them: CT
// is a chairman before a committee and a directive before a number.
func (ts tokens) inContext(i int) (reading, bool) {
	w := ts.at(i).text
	if len(w) > 6 || !unicode.IsUpper(firstRune(w)) && !strings.Contains("sn tk hs tp tx mk lh", w) {
		return reading{}, false
	}
	for _, meaning := range [...]func(tokens, int) string{tokens.person, tokens.office, tokens.paper, tokens.school, tokens.place, tokens.matter, tokens.subject} {
		if text := meaning(ts, i); text != "" {
			return reading{n: 1, text: text}, true
		}
	}
	return reading{}, false
}

// labelled reads what stands before a colon or a number with a mark of its own:
// Đ/c: thôn 3, K/g: UBND, ĐT.152, QL 4D.
func (ts tokens) labelled(i int) (reading, bool) {
	w := ts.at(i).text
	switch {
	case (w == "Đ" || w == "đ") && ts.stuck(i+1, "/") && ts.lower(i+2) == "c" && ts.is(i+3, ":"):
		return reading{n: 3, text: "địa chỉ"}, true
	case (w == "Đ" || w == "đ") && ts.stuck(i+1, ".") && !ts.at(i+2).gap && ts.lower(i+2) == "c" && ts.is(i+3, ":"):
		return reading{n: 3, text: "địa chỉ"}, true
	case w == "B" && ts.stuckNumber(i+1) && ts.small3(i+1) && ts.is(i+2, ":") && ts.at(i-1).kind != word:
		return reading{n: 1, text: "bước"}, true // B1: mở VNeID; B2: …
	case (w == "Kg" || w == "KG") && ts.is(i+1, ":") && ts.at(i-1).kind == newline:
		return reading{n: 1, text: "kính gửi"}, true
	}
	if w == "Tr" && ts.stuck(i+1, ".") && heads(ts.lower(i+2)) {
		return reading{n: 2, text: "trưởng"}, true // Tr.thôn
	}
	if w == "T" && ts.stuck(i+1, ".") && ts.at(i+2).gap && ts.named(i+2) && ts.is(i-1, ",") && ts.before(i, 9, "tp", "p", "h", "x", "xã", "phường", "huyện", "thành") {
		return reading{n: 2, text: "tỉnh"}, true // TP. Lào Cai, T. Lào Cai
	}
	if w == "P" && ts.stuck(i+1, ".") && ts.number(i+2) && len(ts.at(i+2).text) > 2 {
		return reading{n: 2, text: "phòng"}, true // P.102
	}
	if w == "P" && ts.stuck(i+1, ".") && officeTitle(ts.lower(i+2)) {
		return reading{n: 2, text: "phó"}, true // P. Giám đốc
	}
	name := roadName(w)
	if name == "" {
		return reading{}, false
	}
	if ts.stuck(i+1, ".") && ts.number(i+2) && len(ts.at(i+2).text) < 4 {
		return reading{n: 2, text: name}, true
	}
	return reading{n: 1, text: name}, w != "ĐT" && w != "ĐH" && ts.number(i+1)
}

// heads says whether w, in small letters, has somebody at its head.
func heads(w string) bool {
	switch w {
	case "thôn", "bản", "xóm", "ban", "trạm", "khu", "phòng", "tdp":
		return true
	}
	return false
}

// roadName names a road by the letters before its number.
func roadName(w string) string {
	switch w {
	case "QL":
		return "quốc lộ"
	case "ĐT":
		return "đường tỉnh"
	case "ĐH":
		return "đường huyện"
	case "TL":
		return "tỉnh lộ"
	case "HL":
		return "hương lộ"
	}
	return ""
}

// when is text under a condition.
func when(condition bool, text string) string {
	if condition {
		return text
	}
	return ""
}

// place reads P, Q, H, X, TT and roads.
func (ts tokens) place(i int) string {
	named := ts.at(i+1).gap && ts.named(i+1)
	apart := ts.is(i-1, ",") || ts.is(i-1, "-")
	switch ts.at(i).text {
	case "P":
		return when(named && apart, "phường")
	case "Q":
		return when(named && apart, "quận")
	case "H":
		return when(named && apart, "huyện")
	case "X":
		return when(named && apart, "xã")
	case "TT":
		return ts.centre(i)
	case "TX", "tx", "Tx":
		return when(named || ts.after(i, "các"), "thị xã")
	case "tp":
		return when(named, "thành phố")
	case "ĐB", "TB", "ĐN", "TN", "TTB", "TTN", "ĐĐB", "ĐĐN", "BTB", "BĐB", "NTN", "NĐN":
		if ts.is(i, "ĐB") && ts.after(i, "giải", "loại", "hàng") {
			return "đặc biệt"
		}
		return when(ts.after(i, "gió", "mùa", "hướng", "phía"), compass(ts.at(i).text))
	case "ĐT":
		return when(ts.stuckNumber(i+1) && len(ts.at(i+1).text) == 3, "đường tỉnh")
	}
	return ""
}

// centre reads TT: truyền thanh behind a station, trung tâm before what one is for, thị trấn before a name,
// thông tư before a number.
func (ts tokens) centre(i int) string {
	if ts.joint(i+1) || ts.joint(i-1) {
		return ""
	}
	if ts.after(i, "đài", "trạm", "loa") {
		return "truyền thanh"
	}
	if w := ts.lower(i + 1); ts.at(i-1).kind == newline && (w == "thôn" || w == "họ" || w == "tên" || w == "hộ" || w == "nội") {
		return "số thứ tự" // the head of a list
	}
	switch ts.lower(i + 1) {
	case "y", "văn", "giáo", "phục", "dạy", "kiểm", "chính", "học", "hành", "dịch", "khuyến", "hội", "thương", "huấn", "bảo", "ứng", "điều",
		"vh", "vhtt", "vhxh", "gdtx", "gdnn", "htcđ", "pvhcc", "hcc", "ksbt", "dvnn", "dvc", "thể", "truyền":
		return "trung tâm"
	}
	switch {
	case ts.is(i+1, "ĐU") || ts.is(i+1, "HĐND") || ts.is(i+1, "UBMTTQ") || ts.is(i+1, "HU") || ts.is(i+1, "TU") || ts.lower(i+1) == "đảng" || ts.lower(i+1) == "huyện":
		return "thường trực"
	case ts.numbered(i) || ts.number(i+1) && ts.at(i+1).gap:
		return "thông tư"
	case ts.named(i+1) && ts.at(i+1).gap:
		return "thị trấn"
	}
	return when(ts.after(i, "vị", "tủ", "mất", "gây", "giữ", "an ninh"), "trật tự")
}

// matter reads what is spoken of: phi NN, điểm TB, bệnh THT, CA 1.
func (ts tokens) matter(i int) string {
	switch ts.at(i).text {
	case "NN":
		if ts.lower(i+1) == "hỗ" || ts.lower(i+1) == "cấp" || ts.after(i, "của", "do") {
			return "nhà nước"
		}
		return when(ts.after(i, "phi", "ngành", "sở", "bộ", "phòng", "đất", "htx", "vật tư"), "nông nghiệp")
	case "TB":
		return when(ts.after(i, "điểm", "mức", "loại", "bình", "học lực"), "trung bình")
	case "THT":
		listed := ts.is(i-1, ",") || ts.is(i-1, "và") || ts.joint(i-1)
		return when(ts.after(i, "bệnh", "phòng", "tiêm", "xin", "vacxin", "chống") || listed && disease(ts.at(i-2).text), "tụ huyết trùng")
	case "KT":
		return when(ts.after(i, "phòng", "phát triển", "ngành", "ban"), "kinh tế")
	case "TC":
		return when(ts.number(i+1) && !ts.numbered(i), "tiêu chí")
	case "MC":
		return when(ts.after(i, "xóa"), "mù chữ")
	case "ĐK":
		return when(ts.after(i, "dân", "khối"), "đoàn kết")
	case "QT":
		return when(ts.after(i, "ngày", "phòng khám", "giải", "hội nghị") || ts.lower(i+1) == "phòng" || ts.lower(i+1) == "phụ" || ts.lower(i+1) == "lao", "quốc tế")
	case "QL":
		return "quản lý"
	case "MT":
		if ts.is(i-1, "BCT") || ts.is(i-1, "UB") || ts.after(i, "công tác") {
			return "mặt trận"
		}
		return when(ts.after(i, "vệ sinh", "tài nguyên"), "môi trường")
	case "CA":
		return when(ts.number(i+1) && ts.at(i+1).gap && ts.small3(i+1), "ca")
	case "BĐ":
		if ts.after(i, "tờ", "trích lục") {
			return "bản đồ"
		}
		return when(ts.named(i+1) && ts.at(i+1).gap, "bưu điện")
	}
	return ""
}

// subject reads what else is spoken of: HA 140/90, ngày TL Đảng, BHXH TN.
func (ts tokens) subject(i int) string {
	switch ts.at(i).text {
	case "THA":
		return when(ts.after(i, "khám", "lọc", "bệnh", "mắc", "trị", "thuốc") || ts.is(i+2, "ĐTĐ") || ts.is(i-2, "ĐTĐ"), "tăng huyết áp")
	case "TL":
		anniversary := ts.after(i, "ngày", "lễ", "năm", "niệm") || ts.after(i, "mừng")
		return when(anniversary && !ts.number(i+1), "thành lập")
	case "KK":
		return when(ts.after(i, "giải", "quà"), "khuyến khích")
	case "LS":
		_, n := ts.amount(i + 1)
		return when(n > 0 && ts.is(i+1+n, "%"), "lãi suất")
	case "CK":
		return when(ts.after(i, "so", "với"), "cùng kỳ")
	case "KĐ":
		return when(ts.after(i, "giá"), "khởi điểm")
	case "TN":
		if ts.is(i+1, "THPT") || ts.is(i+1, "THCS") || ts.is(i+1, "ĐH") || ts.after(i, "thi", "đỗ", "xét") {
			return "tốt nghiệp"
		}
		return when(ts.is(i-1, "BHXH") || ts.is(i-1, "BHYT") || ts.after(i, "xã hội", "y tế"), "tự nguyện")
	case "AL", "DL":
		return when(ts.is(i+1, ":") && ts.isDay(i+2) || ts.number(i-1) && ts.is(i-2, "/"), map[string]string{"AL": "âm lịch", "DL": "dương lịch"}[ts.at(i).text])
	case "DO", "FO":
		return when(ts.after(i, "dầu"), map[string]string{"DO": "dê o", "FO": "ép o"}[ts.at(i).text])
	case "HA":
		return when(ts.number(i+1) && ts.stuck(i+2, "/") && ts.number(i+3) || ts.after(i, "đo"), "huyết áp")
	case "MBA":
		return when(ts.number(i+1) || ts.after(i, "thay", "trạm", "lắp", "sửa", "dưỡng", "thế"), "máy biến áp")
	case "TQ":
		return when(ts.joint(i-1) && ts.is(i-2, "VN") || ts.joint(i+1) && ts.is(i+2, "VN"), "Trung Quốc")
	}
	return ""
}

// disease says whether s is an illness of cattle and poultry by its letters.
func disease(s string) bool {
	switch s {
	case "LMLM", "DTLCP", "VDNC", "CGC", "ASF":
		return true
	}
	return false
}

// small3 says whether token i is a number below a thousand.
func (ts tokens) small3(i int) bool {
	_, ok := ts.small(i, 3)
	return ok
}

// compass is a direction by its initials.
func compass(initials string) string {
	half := map[rune]string{'Đ': "đông", 'T': "tây", 'B': "bắc", 'N': "nam"}
	var said []string
	for _, letter := range initials {
		said = append(said, half[letter])
	}
	return strings.Join(said, " ")
}

// named says whether token i begins as a name does.
func (ts tokens) named(i int) bool { return named(ts.at(i)) }

// named says whether t begins as a name does: a capital, then small letters.
func named(t *token) bool {
	if t.kind != word {
		return false
	}
	first, n := utf8.DecodeRuneInString(t.text)
	second, _ := utf8.DecodeRuneInString(t.text[n:])
	return unicode.IsUpper(first) && unicode.IsLower(second)
}
