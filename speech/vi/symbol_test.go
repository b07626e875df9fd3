package vi_test

import "testing"

func TestSigns(t *testing.T) {
	readings(t, [][2]string{
		{"A & B", "A và bê"},
		{"A = B", "A bằng bê"},
		{"30°C ± 2°C", "ba mươi độ xê cộng trừ hai độ xê"},
		{"≥ 18 tuổi", "lớn hơn hoặc bằng mười tám tuổi"},
		{"≤ 5%", "nhỏ hơn hoặc bằng năm phần trăm"},
		{"> 3", "lớn hơn ba"},
		{"< 3", "nhỏ hơn ba"},
		{"≠ 0", "khác không"},
		{"≈ 5 m", "khoảng năm mét"},
		{"~20 người", "khoảng hai mươi người"},
		{"5*3", "năm nhân ba"},
		{"2 × 3", "hai nhân ba"},
		{"2 + 3 = 5", "hai cộng ba bằng năm"},
		{"№ 5", "số năm"},
		{"½ kg", "một phần hai ki lô gam"},
		{"⅔ số hộ", "hai phần ba số hộ"},
		{"#1", "thăng một"},
		{"#NgàyHội vui", "Ngày Hội vui"},
		{"#lào_cai", "lào cai"},
		{"mol^-1", "mol mũ trừ một"},
		{"42ms / request", "bốn mươi hai mi li giây trên request"},
		{"ông/bà và/hoặc con", "ông bà và hoặc con"},
		{"nam/nữ", "nam nữ"},
		{"3 ca/ngày", "ba ca trên ngày"},
		{"6 tháng/lần", "sáu tháng một lần"},
		{"tỷ giá USD/VND", "tỷ giá u s d trên v n d"},
	})
}

func TestMarksBecomePauses(t *testing.T) {
	readings(t, [][2]string{
		{"(họp) [gấp] {nay}", "họp, gấp, nay"},
		{"“mời” 'họp' «nay»", "mời họp nay"},
		{"sáng; chiều", "sáng; chiều"},
		{"sáng – chiều", "sáng, chiều"},
		{"sáng -> chiều", "sáng, chiều"},
		{"sáng → chiều", "sáng, chiều"},
		{"* Lưu ý: họp", "Lưu ý: họp"},
		{"+ Hộ nghèo: 5", "Hộ nghèo: năm"},
		{"- Hộ khá: 7", "Hộ khá: bảy"},
		{"• một\n▪ hai\n● ba", "một\nhai\nba"},
		{"Ghi chú (*) sau", "Ghi chú, sau"},
		{"gồm: * CCCD * BHYT", "gồm: căn cước công dân, bảo hiểm y tế"},
		{"🎉 Chúc mừng 🎉 năm mới 🎊", "Chúc mừng năm mới"},
		{"❤️ yêu 👨‍👩‍👧 nhà", "yêu nhà"},
		{"★★★ Tin vui ★★★", "Tin vui"},
		{"=====\nTin\n-----", "Tin"},
		{"họ_tên", "họ tên"},
		{"xin mời!!! họp???", "xin mời! họp?"},
		{"v.v...", "vân vân."},
	})
}
