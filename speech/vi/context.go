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
	if (w == "Đ" || w == "đ") && ts.stuck(i+1, "/") && ts.lower(i+2) == "c" && ts.is(i+3, ":") {
		return reading{n: 3, text: "địa chỉ"}, true // Đ/c: thôn 3
	}
	if len(w) > 6 || !unicode.IsUpper(firstRune(w)) && !strings.Contains("sn tk hs", w) {
		return reading{}, false
	}
	for _, meaning := range [...]func(tokens, int) string{tokens.person, tokens.office, tokens.paper, tokens.school, tokens.place, tokens.matter} {
		if text := meaning(ts, i); text != "" {
			return reading{n: 1, text: text}, true
		}
	}
	return reading{}, false
}

// when is text under a condition.
func when(condition bool, text string) string {
	if condition {
		return text
	}
	return ""
}

// person reads titles and kinds of people: ông B (SN 1975), TS Lan, quý KH.
func (ts tokens) person(i int) string {
	behind := ts.lower(i + 1)
	named := ts.at(i+1).gap && ts.named(i+1)
	switch ts.at(i).text {
	case "SN", "sn", "Sn":
		if ts.at(i+1).gap && ts.number(i+1) && !ts.isYear(i+1) {
			return "số nhà"
		}
		return when(ts.at(i+1).gap && ts.isYear(i+1) || ts.is(i+1, ":"), "sinh năm")
	case "TS":
		return when(named || ts.severalOf(i), "tiến sĩ")
	case "BS":
		return when(!ts.joint(i-1) && !ts.joint(i+1) && !ts.stuckNumber(i+1), "bác sĩ")
	case "KS":
		return when(named || ts.severalOf(i), "kỹ sư")
	case "GS":
		return when(named, "giáo sư")
	case "LS":
		if ts.after(i, "binh", "mẹ", "mộ", "đình", "trang", "con", "vợ", "tb") || ts.is(i-2, "TB") {
			return "liệt sĩ"
		}
		return when(named, "luật sư")
	case "KH":
		return when(ts.after(i, "quý", "các", "mỗi", "những", "hộ", "của", "nhiều") && !ts.numbered(i), "khách hàng")
	case "HT":
		return when(behind == "trường" || ts.after(i, "phó", "cô", "thầy"), "hiệu trưởng")
	case "NV":
		return when(ts.stuckNumber(i+1), "nguyện vọng")
	case "ND":
		if ts.after(i, "hội") {
			return "nông dân"
		}
		return when(!ts.numbered(i) && !ts.joint(i+1) && !ts.joint(i-1), "nhân dân")
	case "TN":
		return when(ts.after(i, "đoàn", "hội", "đoàn viên"), "thanh niên")
	case "ĐB":
		return when(behind == "dtts" || ts.after(i, "bào"), "đồng bào")
	}
	return ""
}

// severalOf says whether a number or "các" stands before token i: 2 KS.
func (ts tokens) severalOf(i int) bool {
	return ts.number(i-1) && ts.at(i).gap || ts.after(i, "các", "những")
}

// office reads who leads and what is led: PCT HĐND, Phó BT chi bộ, CN Lào Cai.
func (ts tokens) office(i int) string {
	behind := ts.lower(i + 1)
	switch w := ts.at(i).text; w {
	case "CT", "PCT":
		chairman := ts.after(i, "phó", "đ/c", "ông", "bà") || ts.body(i+1) || ts.is(i+1, "xã") || ts.is(i+1, "tỉnh") || ts.is(i+1, "huyện")
		if w == "PCT" {
			return "phó chủ tịch"
		}
		return when(chairman && !ts.numbered(i), "chủ tịch")
	case "BT", "PBT":
		secretary := ts.after(i, "phó") || behind == "đảng" || behind == "chi" || behind == "đoàn" || behind == "huyện" || behind == "tỉnh"
		if w == "PBT" {
			return "phó bí thư"
		}
		switch {
		case ts.after(i, "đường", "sân", "mặt", "đổ"):
			return "bê tông"
		case secretary:
			return "bí thư"
		}
		return when(ts.after(i, "động", "vẫn", "khỏe", "khoẻ", "lại", "việc", "học", "đi"), "bình thường")
	case "CN":
		return ts.sunday(i)
	case "PC":
		return when(ts.named(i+1) && ts.at(i+1).gap, "công ty điện lực")
	case "P":
		return when(ts.is(i+1, ".") && officeTitle(ts.lower(i+2)), "phó")
	case "HĐ":
		switch behind {
		case "nvqs", "thẩm", "xét", "tư", "bầu", "thi", "nghĩa", "giáo", "kỷ", "tuyển", "quản", "đánh", "nghiệm", "khám":
			return "hội đồng"
		}
		return when(ts.after(i, "các", "mọi") && behind != "lao", "hoạt động")
	}
	return ""
}

// sunday reads CN: what is joined is no Sunday, a bank and the like have branches.
func (ts tokens) sunday(i int) string {
	switch {
	case ts.joint(i-1) || ts.joint(i+1):
		return ""
	case ts.named(i+1) && ts.at(i+1).gap && ts.bank(i):
		return "chi nhánh"
	case ts.after(i, "khu", "cụm", "ngành"):
		return "công nghiệp"
	}
	return "chủ nhật"
}

// officeTitle says whether w is an office that one may be second in.
func officeTitle(w string) bool {
	switch w {
	case "chủ", "giám", "trưởng", "bí", "hiệu", "tổng", "viện", "chánh":
		return true
	}
	return false
}

// paper reads what is written on papers: TK 3700…, nộp HS, LH: chị Hoa.
func (ts tokens) paper(i int) string {
	next := ts.at(i + 1)
	switch ts.at(i).text {
	case "TK", "tk", "Tk":
		if romanValue(next.text) > 0 {
			return "thế kỷ"
		}
		return when(next.text == ":" || next.kind == digits && len(next.text) > 4 || ts.after(i, "số"), "tài khoản")
	case "HS", "hs":
		return when(ts.after(i, "nộp", "bộ", "phần", "nhận", "trả", "lập", "làm", "giải quyết", "thiếu", "đủ"), "hồ sơ")
	case "LH", "Lh":
		return when(next.text == ":" || next.kind == digits || ts.lower(i+1) == "sđt" || ts.lower(i+1) == "số", "liên hệ")
	case "ĐC", "Đc":
		return when(next.text == ":", "địa chỉ")
	case "VT":
		return when(ts.after(i, "lưu") || ts.is(i-1, ":") && ts.lower(i-2) == "lưu", "văn thư")
	case "BC":
		return when(ts.after(i, "gửi", "nộp", "có", "theo", "trình", "tổng hợp"), "báo cáo")
	case "BB":
		return when(ts.after(i, "lập", "ký", "theo", "có"), "biên bản")
	case "TB":
		return when(next.text == ":" || ts.after(i, "ra", "theo", "gửi", "có"), "thông báo")
	case "CT":
		return ts.directive(i)
	}
	return ""
}

// directive reads CT before a number: CT 135 is a programme, CT 05 a directive,
// CT05 a motorway.
func (ts tokens) directive(i int) string {
	switch {
	case ts.stuckNumber(i + 1):
		return "cao tốc"
	case ts.is(i+1, "135") || ts.is(i+1, "MTQG") || ts.after(i, "các"):
		return "chương trình"
	}
	return when(ts.number(i+1), "chỉ thị")
}

// numbered says whether the number of a document follows: 05/…, số 05.
func (ts tokens) numbered(i int) bool {
	return ts.is(i+1, "số") && ts.number(i+2) || ts.number(i+1) && (ts.stuck(i+2, "/") || ts.stuck(i+2, "-"))
}

// school reads what stands in the names of schools: trường TH, ĐH Y, ĐH chi bộ.
func (ts tokens) school(i int) string {
	behind := ts.lower(i + 1)
	switch ts.at(i).text {
	case "TH":
		joined := ts.joint(i+1) && (ts.is(i+2, "THCS") || ts.is(i+2, "MN")) || ts.joint(i-1) && ts.is(i-2, "MN")
		return when(joined || ts.after(i, "trường", "ptdtbt", "cấp", "bậc", "mn"), "tiểu học")
	case "MN":
		if ts.after(i, "dtts", "núi") || ts.is(i-1, "&") && ts.is(i-2, "DTTS") {
			return "miền núi"
		}
		return when(ts.after(i, "trường", "lớp", "bậc", "cấp", "mg"), "mầm non")
	case "MG":
		return when(ts.after(i, "trường", "lớp", "mn"), "mẫu giáo")
	case "ĐH":
		switch behind {
		case "đảng", "chi", "đoàn", "đại", "hội", "điểm", "lần", "công", "mttq", "cháu":
			return "đại hội"
		}
	case "PH":
		return when(ts.after(i, "các", "quý", "họp", "hội"), "phụ huynh")
	case "Tr":
		switch {
		case !ts.stuck(i+1, "."):
			return ""
		case ts.named(i + 2):
			return "trường"
		}
		return when(ts.number(i+2), "trang")
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
	case "ĐB", "TB", "ĐN", "TN":
		return when(ts.after(i, "gió", "mùa", "hướng", "phía"), compass(ts.at(i).text))
	case "ĐT":
		return when(ts.stuckNumber(i+1) && len(ts.at(i+1).text) == 3, "đường tỉnh")
	}
	return ""
}

// centre reads TT: trung tâm before what one is for, thị trấn before a name,
// thông tư before a number.
func (ts tokens) centre(i int) string {
	if ts.joint(i+1) || ts.joint(i-1) {
		return ""
	}
	switch ts.lower(i + 1) {
	case "y", "văn", "giáo", "phục", "dạy", "kiểm", "chính", "học", "hành", "dịch", "khuyến", "hội", "thương", "huấn", "bảo", "ứng", "điều",
		"vh", "vhtt", "gdtx", "gdnn", "htcđ", "pvhcc", "hcc", "ksbt", "dvnn", "dvc", "thể", "truyền":
		return "trung tâm"
	}
	switch {
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
		return when(ts.after(i, "phi", "ngành", "sở", "bộ", "phòng", "đất", "htx", "vật tư"), "nông nghiệp")
	case "TB":
		return when(ts.after(i, "điểm", "mức", "loại", "bình", "học lực"), "trung bình")
	case "THT":
		return when(ts.after(i, "bệnh", "phòng", "tiêm", "vắc xin", "vacxin", "chống"), "tụ huyết trùng")
	case "KT":
		return when(ts.after(i, "phòng", "phát triển", "ngành", "ban"), "kinh tế")
	case "MT":
		return when(ts.after(i, "vệ sinh", "sinh", "trường", "tài nguyên"), "môi trường")
	case "CA":
		return when(ts.number(i+1) && ts.at(i+1).gap && ts.small3(i+1), "ca")
	case "BĐ":
		return when(ts.named(i+1) && ts.at(i+1).gap, "bưu điện")
	}
	return ""
}

// small3 says whether token i is a number below a thousand.
func (ts tokens) small3(i int) bool {
	_, ok := ts.small(i, 3)
	return ok
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
	case "UBND", "HĐND", "MTTQ", "UBMTTQ", "UBMT", "Hội", "hội", "HND", "HPN", "LHPN", "CCB", "HCCB", "HLHPN", "CTĐ", "nước", "CĐ":
		return true
	}
	return false
}

// bank says whether a bank is named shortly before token i.
func (ts tokens) bank(i int) bool {
	for j := i - 1; j > i-8 && ts.at(j).kind != newline && !ts.is(j, "."); j-- {
		switch ts.lower(j) {
		case "bank", "agribank", "vietinbank", "vietcombank", "bidv", "ngân", "ptnt", "nhcsxh", "csxh", "nhnn", "vnpt", "viettel", "công", "cty", "evn", "bảo":
			return true
		}
	}
	return false
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
