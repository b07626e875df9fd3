package vi_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"loalang/speech/vi"
)

// abbreviationEntry is one line of the table.
type abbreviationEntry struct {
	line                   int
	written, spoken, where string
}

func abbreviationEntries(t *testing.T) []abbreviationEntry {
	t.Helper()
	var entries []abbreviationEntry
	for n, line := range vi.AbbreviationLines() {
		if strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(line, "\t")
		if len(columns) < 2 || len(columns) > 3 || columns[0] == "" || columns[1] == "" {
			t.Errorf("line %d %q is not written, spoken and perhaps where", n+1, line)
			continue
		}
		e := abbreviationEntry{line: n + 1, written: columns[0], spoken: columns[1]}
		if len(columns) == 3 {
			e.where = columns[2]
		}
		switch e.where {
		case "", "code", "part", "host":
		default:
			t.Errorf("line %d says %q, which is no place", n+1, e.where)
		}
		entries = append(entries, e)
	}
	return entries
}

// Every entry stands once, is words alone, and is found where it says.
func TestAbbreviationsAreSoundAndReached(t *testing.T) {
	seen := map[[2]string]int{}
	for _, e := range abbreviationEntries(t) {
		if n := seen[[2]string{e.written, e.where}]; n > 0 {
			t.Errorf("line %d has %q, as line %d has", e.line, e.written, n)
		}
		seen[[2]string{e.written, e.where}] = e.line
		if norm.NFC.String(e.written+e.spoken) != e.written+e.spoken {
			t.Errorf("line %d is not NFC", e.line)
		}
		sound(t, e.spoken, vi.Normalize(e.spoken, nil))
		if got := vi.Normalize(e.spoken, nil).Text; !strings.EqualFold(got, e.spoken) {
			t.Errorf("line %d: %q is itself read %q", e.line, e.spoken, got)
		}
		text := placed(e)
		if got := vi.Normalize(text, nil).Text; !strings.Contains(got, e.spoken) {
			t.Errorf("line %d: %q is read %q, want %q in it", e.line, text, got, e.spoken)
		}
	}
	if len(seen) < 900 {
		t.Errorf("%d entries, the table had more", len(seen))
	}
}

// placed is a text with the entry where it is to be found.
func placed(e abbreviationEntry) string {
	switch {
	case e.where == "code":
		return "số 05/" + e.written + "-UBND"
	case e.where == "part":
		return "ban " + e.written + "-DL"
	case e.where == "host":
		return "xem a." + e.written + ".vn"
	case strings.HasSuffix(e.written, "."):
		return "x " + e.written + " Lào" // a title stands before what it is the title of
	}
	return "x " + e.written + " và"
}

// What is found in small letters anyway needs no line of its own.
func TestAbbreviationsHaveNoIdleVariants(t *testing.T) {
	entries := abbreviationEntries(t)
	known := map[string]abbreviationEntry{}
	for _, e := range entries {
		if e.where == "" {
			known[e.written] = e
		}
	}
	for _, e := range entries {
		upper := known[strings.ToUpper(e.written)]
		if e.where != "" || upper.written == "" || upper.written == e.written || upper.spoken != e.spoken || len([]rune(e.written)) < 3 || strings.ContainsAny(e.written, "./-&") {
			continue
		}
		if looseWithout(e.written) {
			t.Errorf("line %d: %q is found by line %d already", e.line, e.written, upper.line)
		}
	}
}

// looseWithout says whether small letters of w are no word, so that they are looked
// up as capitals.
func looseWithout(w string) bool {
	low := strings.ToLower(w)
	return !vi.English(low) && !vi.Syllable(low)
}

// Every group says where its readings come from, or that they are a choice.
func TestAbbreviationsHaveSources(t *testing.T) {
	group, entries, source := "", 0, false
	check := func() {
		if entries > 40 && !source {
			t.Errorf("the group %q of %d entries names no source", group, entries)
		}
	}
	comment := false
	for _, line := range vi.AbbreviationLines() {
		if !strings.HasPrefix(line, "#") {
			entries, comment = entries+1, false
			continue
		}
		if !comment {
			check()
			group, entries, source = line, 0, false
		}
		comment = true
		source = source || strings.Contains(line, "Source") || strings.Contains(line, "choice")
	}
	check()
}

func TestAbbreviationsOfThePapers(t *testing.T) {
	readings(t, [][2]string{
		{"Căn cứ NQ của HĐND xã", "Căn cứ nghị quyết của hội đồng nhân dân xã"},
		{"Thực hiện KH số 25/KH-UBND", "Thực hiện kế hoạch số hai mươi lăm kế hoạch ủy ban nhân dân"},
		{"số: /TB-UBND", "số: thông báo ủy ban nhân dân"},
		{"TB số 05 của xã", "Thông báo số không năm của xã"},
		{"CT số 05-CT/TW", "Chỉ thị số không năm chỉ thị trung ương"},
		{"NQ số 20-NQ/TW", "Nghị quyết số hai mươi nghị quyết trung ương"},
		{"Hướng dẫn 36-HD/VPTW", "Hướng dẫn ba mươi sáu hướng dẫn văn phòng trung ương"},
		{"Chỉ thị 13-CT/TU", "Chỉ thị mười ba chỉ thị tỉnh ủy"},
		{"KL số 21-KL/TW", "Kết luận số hai mươi mốt kết luận trung ương"},
		{"QĐ 22-QĐ/TW", "Quyết định hai mươi hai quyết định trung ương"},
		{"Luật số 31/2024/QH15", "Luật số ba mươi mốt năm hai nghìn không trăm hai mươi tư quốc hội khóa mười lăm"},
		{"TT 05/2021/TT-BYT", "Thông tư không năm năm hai nghìn không trăm hai mươi mốt thông tư bộ y tế"},
		{"12/HD-BTC", "mười hai hướng dẫn bộ tài chính"},
		{"77/QĐ-TTg", "bảy mươi bảy quyết định thủ tướng"},
		{"15/KH-BCĐ", "mười lăm kế hoạch ban chỉ đạo"},
		{"08/BB-HĐND", "không tám biên bản hội đồng nhân dân"},
		{"12/GM-UBND", "mười hai giấy mời ủy ban nhân dân"},
		{"09/TTr-UBND", "không chín tờ trình ủy ban nhân dân"},
		{"3/CĐ-TTg", "ba công điện thủ tướng"},
		{"7/QyĐ-ĐU", "bảy quy định đảng ủy"},
		{"10/CTr-ĐU", "mười chương trình đảng ủy"},
		{"21/TT-BNNMT", "hai mươi mốt thông tư bộ nông nghiệp và môi trường"},
		{"04/TT-BGDĐT", "không bốn thông tư bộ giáo dục và đào tạo"},
		{"39/TT-BKHCN", "ba mươi chín thông tư bộ khoa học và công nghệ"},
		{"05/TTLT-BYT-BTC", "không năm thông tư liên tịch bộ y tế bộ tài chính"},
		{"QĐ-UBND", "Quyết định ủy ban nhân dân"},
		{"QD-UBND", "Quyết định ủy ban nhân dân"},
		{"TM. ỦY BAN NHÂN DÂN", "Thay mặt ỦY BAN NHÂN DÂN"},
		{"KT. CHỦ TỊCH", "Ký thay CHỦ TỊCH"},
		{"TL. CHỦ TỊCH", "Thừa lệnh CHỦ TỊCH"},
		{"TUQ. CHỦ TỊCH", "Thừa ủy quyền CHỦ TỊCH"},
		{"- Lưu: VT.", "Lưu: văn thư."},
		{"V/v tổng vệ sinh", "Về việc tổng vệ sinh"},
		{"v/v họp dân", "về việc họp dân"},
		{"K/g: đ/c Chủ tịch", "Kính gửi: đồng chí Chủ tịch"},
		{"Kg: UBND xã", "Kính gửi: ủy ban nhân dân xã"},
		{"gồm 5 kg: gạo", "gồm năm ki lô gam: gạo"},
	})
}

func TestAbbreviationsInAHurry(t *testing.T) {
	readings(t, [][2]string{
		{"của ubnd xã", "của ủy ban nhân dân xã"},
		{"Ubnd xã", "Ủy ban nhân dân xã"},
		{"các htx, hđnd", "các hợp tác xã, hội đồng nhân dân"},
		{"họp HDND", "họp hội đồng nhân dân"},
		{"SDT của trưởng thôn", "Số điện thoại của trưởng thôn"},
		{"số cccd", "số căn cước công dân"},
		{"thẻ bhyt", "thẻ bảo hiểm y tế"},
		{"hs khối thcs", "học sinh khối trung học cơ sở"},
		{"tdp số 3", "tổ dân phố số ba"},
		{"U.B.N.D xã", "Ủy ban nhân dân xã"},
		{"T.Ư Đảng", "Trung ương Đảng"},
		{"bà con ko đốt rơm", "bà con không đốt rơm"},
		{"ai đc hỗ trợ", "ai được hỗ trợ"},
		{"ca sĩ hát", "ca sĩ hát"},
		{"bà ban mai", "bà ban mai"},
		{"the best who", "the best who"},
	})
}

func TestAbbreviationsJoined(t *testing.T) {
	readings(t, [][2]string{
		{"phát triển KT-XH", "phát triển kinh tế xã hội"},
		{"giữ QP-AN", "giữ quốc phòng, an ninh"},
		{"Sở NN&MT", "Sở nông nghiệp và môi trường"},
		{"Phòng VH-XH", "Phòng văn hóa xã hội"},
		{"Sở KH&CN", "Sở khoa học và công nghệ"},
		{"Sở GD&ĐT", "Sở giáo dục và đào tạo"},
		{"Bộ VH,TT&DL", "Bộ văn hóa, thể thao và du lịch"},
		{"Sở LĐ-TB&XH", "Sở lao động, thương binh và xã hội"},
		{"ban XD-GT", "ban xây dựng giao thông"},
		{"ban NN-TL", "ban nông nghiệp thủy lợi"},
		{"khối VH&TT", "khối văn hóa và thể thao"},
		{"PCCC&CNCH", "Phòng cháy chữa cháy và cứu nạn, cứu hộ"},
		{"BCĐ PCTT-TKCN", "Ban chỉ đạo phòng chống thiên tai, tìm kiếm cứu nạn"},
		{"vùng DTTS&MN", "vùng dân tộc thiểu số và miền núi"},
		{"HIV/AIDS", "Hát i vê, ết"},
		{"UBND-HĐND", "Ủy ban nhân dân hội đồng nhân dân"},
		{"tổ TK&VV", "tổ tiết kiệm và vay vốn"},
		{"Chi cục CN&TY", "Chi cục chăn nuôi và thú y"},
		{"Trung tâm GDNN-GDTX", "Trung tâm giáo dục nghề nghiệp, giáo dục thường xuyên"},
		{"cụm CN-TTCN", "cụm công nghiệp, tiểu thủ công nghiệp"},
	})
}
