package vi_test

import "testing"

// A part of a whole is "phần"; so many out of so many is "trên".
func TestFractions(t *testing.T) {
	readings(t, [][2]string{
		{"1/2", "một phần hai"},
		{"1/3", "một phần ba"},
		{"1/4", "một phần tư"},
		{"3/4", "ba phần tư"},
		{"4/9", "bốn phần chín"},
		{"9/10", "chín phần mười"},
		{"1/100", "một phần một trăm"},
		{"1/1000", "một phần một nghìn"},
		{"99/100", "chín mươi chín phần một trăm"},
		{"13/20", "mười ba phần hai mươi"},
		{"23/45", "hai mươi ba phần bốn mươi lăm"},
		{"5 1/2", "năm và một phần hai"},
		{"1 3/4", "một và ba phần tư"},
		{"2½", "hai và một phần hai"},
		{"¾ diện tích", "ba phần tư diện tích"},
		{"-3/4", "âm ba phần tư"},
		{"1/2kg", "một phần hai ki lô gam"},
		{"3/4m", "ba phần tư mét"},
		{"1/3l", "một phần ba lít"},
		{"1/2 giờ", "một phần hai giờ"},
		{"1/2 bát cơm", "một phần hai bát cơm"},
		{"2/3 số hộ", "hai phần ba số hộ"},
		{"2/3 dân số", "hai phần ba dân số"},
		{"2/3 đại biểu", "hai phần ba đại biểu"},
		{"3/4 quãng đường", "ba phần tư quãng đường"},
		{"3/5 hộ", "ba phần năm hộ"},
		{"1/2 viên x 2 lần", "một phần hai viên nhân hai lần"},
		{"105/120 hộ", "một trăm linh năm trên một trăm hai mươi hộ"},
		{"1.250/1.300 hộ", "một nghìn hai trăm năm mươi trên một nghìn ba trăm hộ"},
		{"45/50 phiếu", "bốn mươi lăm trên năm mươi phiếu"},
		{"7/9 thôn", "bảy trên chín thôn"},
		{"15/19 tiêu chí", "mười lăm trên mười chín tiêu chí"},
		{"xếp thứ 2/10", "xếp thứ hai trên mười"},
		{"800 hộ/1.279 hộ", "tám trăm hộ trên một nghìn hai trăm bảy mươi chín hộ"},
		{"10/10 thôn", "mười trên mười thôn"},
		{"7/7 ngày", "bảy trên bảy ngày"},
		{"95/100 điểm", "chín mươi lăm trên một trăm điểm"},
		{"được 8,5/10 điểm", "được tám phẩy năm trên mười điểm"},
		{"100/2", "một trăm trên hai"},
		{"01/13", "không một trên mười ba"},
		{"Huyết áp 140/90.", "Huyết áp một trăm bốn mươi trên chín mươi."},
		{"120/80 mmHg", "một trăm hai mươi trên tám mươi mi li mét thủy ngân"},
		{"sĩ số 35/36", "sĩ số ba mươi lăm trên ba mươi sáu"},
	})
}

func TestRatios(t *testing.T) {
	readings(t, [][2]string{
		{"tỷ lệ 1:500", "tỷ lệ một trên năm trăm"},
		{"tỷ lệ 1:10", "tỷ lệ một trên mười"},
		{"Pha tỷ lệ 1:100.", "Pha tỷ lệ một trên một trăm."},
		{"tỷ lệ 1/10.000", "tỷ lệ một trên mười nghìn"},
		{"khung hình 16:9", "khung hình mười sáu trên chín"},
		{"mã ISO 9001:2015", "mã i s o chín nghìn không trăm linh một hai chấm hai nghìn không trăm mười lăm"},
	})
}
