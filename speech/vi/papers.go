package vi

import "strings"

// paper reads what is written on papers: TK 3700…, nộp HS, LH: chị Hoa.
func (ts tokens) paper(i int) string {
	next := ts.at(i + 1)
	switch ts.at(i).text {
	case "TK", "tk", "Tk":
		if romanValue(next.text) > 0 {
			return "thế kỷ"
		}
		if ts.before(i, 6, "khoảnh", "rừng", "lô") && ts.number(i+1) {
			return "tiểu khu"
		}
		return when(next.text == ":" || next.kind == digits && len(next.text) > 3 || ts.after(i, "số"), "tài khoản")
	case "CQ", "DĐ", "NR":
		phone := map[string]string{"CQ": "cơ quan", "DĐ": "di động", "NR": "nhà riêng"}[ts.at(i).text]
		return when(next.text == ":" || next.kind == digits && len(next.text) > 3, phone)
	case "HS", "hs":
		return when(ts.after(i, "nộp", "bộ", "phần", "nhận", "trả", "lập", "làm", "giải quyết", "thiếu", "đủ"), "hồ sơ")
	case "LH", "Lh", "lh":
		return when(!ts.joint(i-1) && !ts.joint(i+1) && !ts.stuckNumber(i+1), "liên hệ")
	case "mk":
		return when(next.text == ":" || ts.after(i, "wifi", "đổi", "quên"), "mật khẩu")
	case "KQ":
		return when(ts.after(i, "trả", "nhận", "xem", "báo", "có", "biết") || ts.outcome(i+1), "kết quả")
	case "DT":
		return when(next.text == ":" || ts.after(i, "tổng") || ts.before(i, 8, "thửa") || ts.area(i+1), "diện tích")
	case "ĐC", "Đc":
		return when(next.text == ":", "địa chỉ")
	case "VT":
		return when(ts.after(i, "lưu") || ts.is(i-1, ":") && ts.lower(i-2) == "lưu", "văn thư")
	case "BC":
		return when(ts.after(i, "gửi", "nộp", "có", "theo", "trình", "tổng hợp"), "báo cáo")
	case "BB":
		return when(ts.after(i, "lập", "ký", "theo", "có"), "biên bản")
	case "SL", "ĐG", "KL":
		column := map[string]string{"SL": "số lượng", "ĐG": "đơn giá", "KL": "khối lượng"}[ts.at(i).text]
		return when(next.text == ":", column)
	case "TB":
		return when(next.text == ":" || ts.at(i-1).kind == newline && next.gap && next.kind == word || ts.after(i, "ra", "theo", "gửi", "có"), "thông báo")
	case "CT":
		return ts.directive(i)
	case "ĐT":
		if ts.after(i, "hlv", "cầu thủ") || ts.is(i+1, "U") || ts.lower(i+1) == "việt" || ts.lower(i+1) == "bóng" || ts.lower(i+1) == "nữ" {
			return "đội tuyển"
		}
		return when(ts.at(i+1).kind == word && !ts.number(i+2) && ts.before(i, 4, "sổ", "thẻ", "cổng", "chữ") || ts.after(i, "án", "đơn", "danh", "thẻ", "sổ", "dịch", "thư"), "điện tử")
	case "TĐ":
		return when(next.kind == digits && len(next.text) > 3, "tổng đài")
	}
	return ""
}

// outcome says whether what has a result stands at token i: KQ bầu cử, KQ thi.
func (ts tokens) outcome(i int) bool {
	switch ts.lower(i) {
	case "bầu", "thi", "xét", "học", "khám", "kiểm", "tiêm", "rà", "bình", "giải", "thực", "cuối", "vòng", "trận":
		return true
	}
	return false
}

// area says whether a number of square metres or hectares stands at token i.
func (ts tokens) area(i int) bool {
	_, n := ts.amount(i)
	name, _ := ts.unit(i + n)
	return n > 0 && (strings.HasSuffix(name, "vuông") || name == "héc ta" || name == "hẹc ta")
}

// directive reads CT before a number: CT 135 is a programme, CT 05 a directive,
// CT05 a motorway.
func (ts tokens) directive(i int) string {
	switch {
	case ts.stuckNumber(i + 1):
		return when(ts.after(i, "đường", "tuyến", "trên", "theo") || ts.before(i, 9, "tốc"), "cao tốc")
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
		if ts.after(i, "đã", "đang", "sẽ", "để", "được") {
			return "thực hiện"
		}
		return when(ts.amongSchools(i) || ts.after(i, "trường", "ptdtbt", "cấp", "bậc", "mn", "khối") || ts.named(i+1) && syllable(ts.at(i+1).text), "tiểu học")
	case "HK":
		return when(romanValue(ts.at(i+1).text) > 0 && ts.at(i+1).gap, "học kỳ")
	case "MN":
		if ts.after(i, "dtts", "núi") || ts.is(i-1, "&") && ts.is(i-2, "DTTS") {
			return "miền núi"
		}
		return when(ts.amongSchools(i) || ts.after(i, "trường", "lớp", "bậc", "cấp", "mg"), "mầm non")
	case "MG":
		return when(ts.amongSchools(i) || ts.after(i, "trường", "lớp"), "mẫu giáo")
	case "HN":
		return when(ts.is(i+1, "TW") || ts.lower(i+1) == "lần", "hội nghị")
	case "ĐH":
		if romanValue(ts.at(i+1).text) > 0 {
			return "đại hội"
		}
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

// amongSchools says whether another kind of school stands beside token i: MN, TH,
// THCS.
func (ts tokens) amongSchools(i int) bool {
	for _, n := range [...]int{i - 2, i + 2} {
		switch mark := ts.at((i + n) / 2).text; mark {
		case ",", "-", "&", "+", "/", "và":
		default:
			continue
		}
		switch ts.at(n).text {
		case "MN", "TH", "THCS", "THPT", "MG", "PTDTBT", "GDTX":
			return true
		}
	}
	return false
}
