package vi

// person reads titles and kinds of people: ông B (SN 1975), TS Lan, quý KH.
func (ts tokens) person(i int) string {
	behind := ts.lower(i + 1)
	named := ts.at(i+1).gap && ts.named(i+1)
	switch ts.at(i).text {
	case "SN", "sn", "Sn":
		if _, birthday := ts.fullDate(i + 1); birthday {
			return "sinh"
		}
		if ts.at(i+1).gap && ts.number(i+1) && !ts.isYear(i+1) {
			return "số nhà"
		}
		return when(ts.at(i+1).gap && ts.isYear(i+1) || ts.is(i+1, ":"), "sinh năm")
	case "TS":
		return when(named || ts.severalOf(i), "tiến sĩ")
	case "BS":
		return when(!ts.joint(i-1) && !ts.joint(i+1) && !ts.stuckNumber(i+1) && !ts.stuck(i+1, "."), "bác sĩ")
	case "KS":
		return when(named || ts.severalOf(i), "kỹ sư")
	case "GS":
		return when(named, "giáo sư")
	case "LS":
		if ts.after(i, "binh", "mẹ", "mộ", "đình", "trang", "con", "vợ", "tb") || ts.is(i-2, "TB") {
			return "liệt sĩ"
		}
		return when(named, "luật sư")
	case "CC", "VC":
		listed := ts.is(i-1, ",") && (ts.is(i-2, "CB") || ts.is(i-2, "CC"))
		return when(listed, map[string]string{"CC": "công chức", "VC": "viên chức"}[ts.at(i).text])
	case "NS":
		return when(ts.at(i+1).gap && ts.isYear(i+1), "năm sinh")
	case "KH":
		return when(customer(behind) || ts.after(i, "mã", "quý", "các", "mỗi", "những", "hộ", "của", "nhiều") && !ts.numbered(i), "khách hàng")
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

// customer says whether w, in small letters, stands behind KH when a customer is
// meant and no plan: KH sử dụng điện, KH thông cảm.
func customer(w string) bool {
	switch w {
	case "sử", "thông", "vui", "chú", "lưu", "liên", "nộp", "dùng", "thanh", "được", "bị", "tại", "đến", "mua":
		return true
	}
	return false
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
	case "CB":
		return when(ts.after(i, "thư", "sinh hoạt", "các", "họp", "đảng viên") && !ts.is(i+1, ","), "chi bộ")
	case "BCH":
		return when(ts.is(i+1, "QS"), "ban chỉ huy")
	case "BCT":
		return when(ts.is(i+1, "MT") || ts.is(i+1, "MTTQ"), "ban công tác")
	case "CĐ":
		if ts.after(i, "ban") {
			return "chỉ đạo"
		}
		return when(ts.after(i, "số", "tập", "cộng", "hoạt", "đồng"), "cộng đồng")
	case "CP":
		if ts.after(i, "cty", "ty", "tmcp") {
			return "cổ phần"
		}
		return when(ts.after(i, "của", "tướng", "phòng", "do"), "chính phủ")
	case "PC":
		return when(ts.named(i+1) && ts.at(i+1).gap, "công ty điện lực")
	case "LĐ":
		return when(ts.body(i+1) || behind == "đảng" || behind == "phòng" || behind == "xã", "lãnh đạo")
	case "GĐ":
		if ts.isYear(i+1) || romanValue(ts.at(i+1).text) > 0 || ts.number(i+1) && len(ts.at(i+1).text) == 1 && !ts.family(i+2) {
			return "giai đoạn"
		}
		switch behind {
		case "nhà", "ca", "cty", "công", "ttyt", "bv", "bệnh", "sở", "trung", "htx", "tt", "điện", "ngân", "chi":
			return "giám đốc"
		}
	case "HĐ":
		switch behind {
		case "nvqs", "thẩm", "xét", "tư", "bầu", "thi", "nghĩa", "giáo", "kỷ", "tuyển", "quản", "đánh", "nghiệm", "khám":
			return "hội đồng"
		}
		return when(ts.after(i, "các", "mọi") && behind != "lao", "hoạt động")
	}
	return ""
}

// family says whether what a family has stands at token i: GĐ 5 người, GĐ 3 khẩu.
func (ts tokens) family(i int) bool {
	switch ts.lower(i) {
	case "người", "khẩu", "con", "cháu", "em", "thế", "hộ", "nhân", "miệng":
		return true
	}
	return false
}

// sunday reads CN: what is joined is no Sunday, a bank and the like have branches.
func (ts tokens) sunday(i int) string {
	switch {
	case ts.joint(i-1) && ts.number(i-2) && ts.is(i-3, "T"):
		return "chủ nhật" // T7-CN
	case ts.joint(i-1) || ts.joint(i+1):
		return ""
	case ts.named(i+1) && ts.at(i+1).gap && ts.bank(i):
		return "chi nhánh"
	case ts.after(i, "khu", "cụm", "ngành"):
		return "công nghiệp"
	}
	switch ts.lower(i + 1) {
	case "may", "kỹ", "lái", "xây":
		return "công nhân"
	case "hóa", "nặng", "nhẹ", "chế", "khai", "hỗ", "điện":
		return "công nghiệp"
	}
	if ts.headcount(i-1) || ts.after(i, "tuyển", "cần") {
		return "công nhân"
	}
	return "chủ nhật"
}

// headcount says whether a bare number stands at token i, of which one counts
// people: 50 CN; and no day or hour, thứ 7 CN, 6/12 CN, 8h30 CN.
func (ts tokens) headcount(i int) bool {
	before := ts.at(i - 1)
	return ts.number(i) && ts.at(i+1).gap && ts.at(i).gap && before.kind == word && !ts.after(i, "thứ", "ngày", "h", "g", "giờ", "mùng", "lúc")
}

// officeTitle says whether w is an office that one may be second in.
func officeTitle(w string) bool {
	switch w {
	case "chủ", "giám", "trưởng", "bí", "hiệu", "tổng", "viện", "chánh":
		return true
	}
	return false
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
