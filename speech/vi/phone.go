package vi

import "strings"

// phone reads telephone, account and identity numbers digit by digit, in groups
// with a pause between.
func (ts tokens) phone(i int) (reading, bool) {
	start, said, end := i, "", 0
	switch {
	case ts.is(i, "+") && ts.stuckNumber(i+1) && strings.HasPrefix(ts.at(i+1).text, "84"):
		start, said = i+1, "cộng "
	case ts.is(i, "(") && ts.stuck(i+1, "+") && ts.stuck(i+2, "84") && ts.stuck(i+3, ")") && ts.number(i+4):
		rows, n := ts.phoneRows(i+4, true)
		return reading{n: 4 + n, text: "cộng tám bốn, " + digitGroups(rows)}, n > 0
	case ts.is(i, "(") && ts.stuckNumber(i+1) && ts.stuck(i+2, ")") && ts.number(i+3) && ts.at(i + 1).text[0] == '0':
		start = i + 1
	}
	if stuck := ts.at(i-1).kind == word && !ts.at(i).gap; !ts.number(start) || stuck && !ts.is(i-1, "ĐT") {
		return reading{}, false
	}
	rows, n := ts.phoneRows(start, said != "")
	if n == 0 {
		rows, n = ts.key(start)
	}
	if n == 0 {
		rows, n = ts.shortPhone(start)
	}
	if n == 0 {
		return reading{}, false
	}
	end = start + n
	return reading{n: end - i, text: said + digitGroups(rows)}, true
}

// phoneRows collects groups of digits behind points, dashes, spaces and the
// bracket of an area code until they are a telephone number.
func (ts tokens) phoneRows(i int, abroad bool) ([]string, int) {
	first := ts.at(i).text
	if strings.HasPrefix(first, "1800") || strings.HasPrefix(first, "1900") {
		return ts.hotline(i)
	}
	if len(first) == 11 && strings.HasPrefix(first, "84") && strings.IndexByte("35789", first[2]) >= 0 {
		return []string{"84", first[2:5], first[5:8], first[8:]}, 1
	}
	if !abroad && (first[0] != '0' || len(first) < 2) {
		return nil, 0
	}
	most := 10
	if abroad {
		most = 11
	}
	rows, sum, j := []string{first}, len(first), i+1
	for sum < most && len(rows) < 6 {
		next := j
		if mark := ts.at(j).text; mark == "." || mark == "-" || mark == ")" {
			next++
		}
		row := ts.at(next).text
		if !ts.number(next) || len(row) > 8 || sum+len(row) > 12 {
			break
		}
		rows, sum, j = append(rows, row), sum+len(row), next+1
	}
	switch {
	case abroad && sum >= 8 && sum <= 12, first[0] == '0' && (sum == 10 || sum == 11) && dialled(rows):
	default:
		return nil, 0
	}
	if len(rows) == 1 {
		rows = dialGroups(first)
	}
	return rows, j - i
}

// dialGroups cuts a number without gaps: the area, then fours and threes.
func dialGroups(row string) []string {
	switch {
	case len(row) != 11 || row[:2] != "02":
		return groupDigits(row)
	case row[2] == '4' || row[2] == '8': // Hanoi, Ho Chi Minh City
		return []string{row[:3], row[3:7], row[7:]}
	}
	return []string{row[:4], row[4:8], row[8:]}
}

// dialled says whether rows that begin with a nought are cut as a telephone number
// may be: an area or network first, no lone digit but behind an area.
func dialled(rows []string) bool {
	first := len(rows[0])
	return first >= 3 || first == 2 && rows[0] == "02" && len(rows) > 2
}

// hotline collects the groups of a number that begins with 1800 or 1900 and has
// eight or ten digits: 1900 1234, 1800.1091, 1900 54 54 15. Years are none.
func (ts tokens) hotline(i int) ([]string, int) {
	rows, sum, j := []string{ts.at(i).text}, len(ts.at(i).text), i+1
	best := 0
	if sum == 8 || sum == 10 {
		best = 1
	}
	for sum < 10 && best != 1 {
		next := j
		if mark := ts.at(j).text; mark == "." || mark == "-" {
			next++
		}
		row := ts.at(next).text
		if !ts.number(next) || len(row) < 2 || sum+len(row) > 10 || len(ts.at(i).text) == 4 && next == i+2 && ts.dash(i+1) && ts.isYear(next) && row >= ts.at(i).text {
			break
		}
		rows, sum, j = append(rows, row), sum+len(row), next+1
		if sum == 8 || sum == 10 {
			best = len(rows)
		}
	}
	switch {
	case best == 0, best > 1 && len(rows[0]) == 4 && ts.after(i, "năm", "từ", "đến"), ts.measured(j) && best == len(rows), ts.dash(i - 1):
		return nil, 0
	case best == 1:
		return groupDigits(rows[0]), 1
	case best < len(rows): // 1900 1234 and something else
		j--
	}
	return rows[:best], j - i
}

// key reads a number that only identifies: behind what announces an account, a
// card or a code; also in groups, 8800 2051 23456.
func (ts tokens) key(i int) ([]string, int) {
	row := ts.at(i).text
	if len(row) > 40 || ts.stuck(i+1, "/") || ts.stuck(i+1, ",") && ts.stuckNumber(i+2) {
		return nil, 0
	}
	least := ts.keyLength(i)
	if least == 0 {
		return nil, 0
	}
	rows, sum, j := []string{row}, len(row), i+1
	for len(rows) < 8 {
		next := j
		if m := ts.at(j); (m.text == "." || m.text == "-") && !m.gap {
			next++
		}
		if n := ts.at(next); n.kind != digits || len(n.text) < 2 || len(n.text) > 12 || next > j && n.gap {
			break
		}
		rows, sum, j = append(rows, ts.at(next).text), sum+len(ts.at(next).text), next+1
	}
	if sum < least || (len(rows) == 1 || thousands(row, rows[1:])) && ts.measured(j) {
		return nil, 0
	}
	if len(rows) == 1 {
		rows = groupDigits(row)
	}
	return rows, j - i
}

// keyLength is the least digits of a number that identifies by what announces it
// before token i; 0: nothing does.
func (ts tokens) keyLength(i int) int {
	switch {
	case ts.after(i, "cccd", "cmnd", "cmt", "cmtnd", "stk", "tk", "mst", "imei", "otp", "pin", "serial", "seri", "iban", "bhxh", "bhyt", "gplx", "danh"):
		return 4
	case ts.after(i, "tài khoản", "số khoản", "mã thuế", "số thuế", "công dân", "nhân dân", "minh thư", "hộ chiếu", "xã hội", "y tế", "mã số", "khách hàng", "mã hồ", "hồ sơ", "xác nhận", "xác thực", "công tơ", "mật khẩu", "mk", "pass", "password", "truy cập", "mã vạch", "đăng ký", "bưu chính"):
		return 5
	case ts.after(i, "khoản", "thuế"):
		return 5
	case ts.after(i, "mã"):
		return 4
	case ts.after(i, "thẻ", "sinh viên", "học sinh", "báo danh", "sbd") && (ts.before(i, 3, "số", "mã") || ts.is(i-1, "SBD")):
		return 5
	case ts.before(i, 4, "mã"), ts.serial(i - 1):
		return 6
	case ts.after(i, "số"):
		return 9
	case ts.after(i, "là") && ts.before(i, 7, "mã", "stk", "cccd", "khoản", "định danh"):
		return 6
	}
	return 0
}

// serial says whether token i is the letters of a form or a series before its
// number: giấy chứng nhận số BH 123456.
func (ts tokens) serial(i int) bool {
	t := ts.at(i)
	return t.kind == word && len(t.text) <= 3 && capitals(t.text) && ts.after(i, "số", "seri", "sê ri", "series", "hành")
}

// shortPhone reads what stands behind a word that announces a telephone: 113,
// 1022, 18001091, an extension.
func (ts tokens) shortPhone(i int) ([]string, int) {
	row := ts.at(i).text
	if ts.stuck(i+1, ".") && ts.stuckNumber(i+2) || ts.stuck(i+1, ",") && ts.stuckNumber(i+2) || ts.stuck(i+1, "/") && !emergencyNumber(row) || len(row) > 40 {
		return nil, 0
	}
	switch {
	case ts.after(i, "sđt", "đt", "thoại", "hotline", "fax", "đài", "nóng", "zalo", "đầu số", "số máy", "máy lẻ", "số lẻ", "ext", "nhánh", "viber", "tel", "phone") && (len(row) >= 3 || ts.after(i, "lẻ", "ext", "nhánh")),
		ts.after(i, "gửi", "tới", "gọi") && len(row) >= 3 && len(row) <= 5 && ts.messaged(i),
		emergencyNumber(row) && ts.called(i):
		return groupDigits(row), 1
	}
	return nil, 0
}

// messaged says whether a message or a call goes to the number at token i, which
// no thing follows.
func (ts tokens) messaged(i int) bool {
	if next := ts.at(i + 1); next.kind == word && ts.countedWord(i+1) || ts.at(i).text[0] == '0' {
		return false
	}
	return ts.after(i, "gọi") || ts.before(i, 12, "nhắn", "tin", "sms", "soạn", "pháp")
}

// countedWord says whether the word at token i is something that one counts.
func (ts tokens) countedWord(i int) bool {
	switch ts.lower(i) {
	case "để", "khi", "nếu", "ngay", "và", "hoặc", "hay", "của", "cho", "được", "là", "trong", "hỗ", "miễn", "báo", "tới", "đến", "gặp", "nhờ", "từ", "vào", "trước", "bất", "mỗi":
		return false
	}
	return ts.at(i).kind == word
}

// called says whether the short number at token i is called, or stands in a list
// of such: gọi 113, 114 hoặc 115.
func (ts tokens) called(i int) bool {
	if ts.service(i) {
		return true
	}
	if kind := ts.at(i - 2).text; ts.is(i+1, "ngày") || ts.is(i-1, "số") && (isDocumentKind(kind) || documentCode(kind) != "" || ts.after(i-1, "văn", "định", "báo", "hoạch", "thư", "trình", "nhà", "lô", "thửa", "thị")) {
		return false // QĐ số 115 ngày 14/9
	}
	for range 5 {
		if ts.after(i, "số", "gọi") {
			return true
		}
		switch ts.lower(i - 1) {
		case ",", "/", "-", "và", "hoặc", "hay":
		default:
			return ts.service(i)
		}
		if i -= 2; !emergencyNumber(ts.at(i).text) {
			return false
		}
	}
	return false
}

// service says whether the service itself is named before the short number, or a
// call is spoken of and nothing counted follows: Cảnh sát 113, cấp cứu (115).
func (ts tokens) service(i int) bool {
	if next := ts.at(i + 1); next.kind == word && ts.countedWord(i+1) || next.text == "%" {
		return false
	}
	if ts.after(i, "cảnh sát", "cấp cứu", "cứu hỏa", "cứu hoả", "cứu thương", "phản ứng", "chữa cháy", "pccc", "cứu nạn", "bấm", "trẻ em", "công an", "lực lượng", "tổng đài", "báo") {
		return true
	}
	return ts.before(i, 9, "gọi", "điện", "đt", "sđt", "đài", "hotline", "liên", "dây")
}

// emergencyNumber says whether row is one of the country's short numbers.
func emergencyNumber(row string) bool {
	switch row {
	case "111", "112", "113", "114", "115":
		return true
	}
	return false
}
