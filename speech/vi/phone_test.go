package vi_test

import "testing"

func TestTelephones(t *testing.T) {
	readings(t, [][2]string{
		{"0912345678", "không chín một hai, ba bốn năm, sáu bảy tám"},
		{"0912 345 678", "không chín một hai, ba bốn năm, sáu bảy tám"},
		{"0912.345.678", "không chín một hai, ba bốn năm, sáu bảy tám"},
		{"0912-345-678", "không chín một hai, ba bốn năm, sáu bảy tám"},
		{"091 234 5678", "không chín một, hai ba bốn, năm sáu bảy tám"},
		{"0214 3 820 115", "không hai một bốn, ba, tám hai không, một một năm"},
		{"0214.3820.115", "không hai một bốn, ba tám hai không, một một năm"},
		{"024 3942 1234", "không hai bốn, ba chín bốn hai, một hai ba bốn"},
		{"02143820115", "không hai một bốn, ba tám hai không, một một năm"},
		{"(0214) 3820115", "không hai một bốn, ba tám hai không một một năm"},
		{"(0214) 3.820.115", "không hai một bốn, ba, tám hai không, một một năm"},
		{"+84 912 345 678", "cộng tám bốn, chín một hai, ba bốn năm, sáu bảy tám"},
		{"+84912345678", "cộng tám bốn, chín một hai, ba bốn năm, sáu bảy tám"},
		{"(+84) 912 345 678", "cộng tám bốn, chín một hai, ba bốn năm, sáu bảy tám"},
		{"84912345678", "tám bốn, chín một hai, ba bốn năm, sáu bảy tám"},
		{"0912345678/0987654321", "không chín một hai, ba bốn năm, sáu bảy tám, không chín tám bảy, sáu năm bốn, ba hai một"},
		{"0912 345 678 - 0987 654 321", "không chín một hai, ba bốn năm, sáu bảy tám, không chín tám bảy, sáu năm bốn, ba hai một"},
		{"1900 1234", "một chín không không, một hai ba bốn"},
		{"1900.1234", "một chín không không, một hai ba bốn"},
		{"19001234", "một chín không không, một hai ba bốn"},
		{"1800.1091", "một tám không không, một không chín một"},
		{"1900 54 54 15", "một chín không không, năm bốn, năm bốn, một năm"},
		{"1900545415", "một chín không không, năm bốn năm, bốn một năm"},
		{"giai đoạn 1900-1954", "giai đoạn một nghìn chín trăm đến một nghìn chín trăm năm mươi tư"},
		{"1800 hộ", "một nghìn tám trăm hộ"},
		{"tổng đài 1022", "tổng đài một không hai hai"},
		{"soạn tin gửi 156", "soạn tin gửi một năm sáu"},
		{"gửi 500 hộ", "gửi năm trăm hộ"},
		{"gọi 500 người", "gọi năm trăm người"},
		{"số máy lẻ 105", "số máy lẻ một không năm"},
	})
}

func TestEmergencyNumbers(t *testing.T) {
	readings(t, [][2]string{
		{"gọi 113", "gọi một một ba"},
		{"Gọi 113, 114 hoặc 115", "Gọi một một ba, một một bốn hoặc một một năm"},
		{"gọi 113/114", "gọi một một ba, một một bốn"},
		{"Cảnh sát 113, cứu hỏa 114, cấp cứu 115", "Cảnh sát một một ba, cứu hỏa một một bốn, cấp cứu một một năm"},
		{"Tổng đài 111", "Tổng đài một một một"},
		{"tổng đài quốc gia bảo vệ trẻ em 111", "tổng đài quốc gia bảo vệ trẻ em một một một"},
		{"Gọi ngay 114 khi có cháy", "Gọi ngay một một bốn khi có cháy"},
		{"có 113 hộ nghèo", "có một trăm mười ba hộ nghèo"},
		{"113", "một trăm mười ba"},
	})
}

func TestKeyNumbers(t *testing.T) {
	readings(t, [][2]string{
		{"CCCD 010203004567", "Căn cước công dân không một không, hai không ba, không không bốn, năm sáu bảy"},
		{"số CCCD: 010 203 004 567", "số căn cước công dân: không một không, hai không ba, không không bốn, năm sáu bảy"},
		{"STK 8800 2051 23456", "Số tài khoản tám tám không không, hai không năm một, hai ba bốn năm sáu"},
		{"STK: 8800205123456", "Số tài khoản: tám tám không không, hai không năm, một hai ba, bốn năm sáu"},
		{"mã số thuế 5300123456", "mã số thuế năm ba không không, một hai ba, bốn năm sáu"},
		{"mã bưu chính 31000", "mã bưu chính ba một, không không không"},
		{"mã khách hàng PA05010012345", "mã khách hàng pê a, không năm, không một không, không một hai, ba bốn năm"},
		{"BHYT DN4100123456789", "Bảo hiểm y tế dê nờ, bốn một không không, một hai ba, bốn năm sáu, bảy tám chín"},
		{"mã hồ sơ 000.00.12.H38-261125-0001", "mã hồ sơ không không không, không không, một hai, hát, ba tám, hai sáu một, một hai năm, không không không một"},
		{"số báo danh 012345", "số báo danh không một hai, ba bốn năm"},
		{"số thẻ 123456789012", "số thẻ một hai ba, bốn năm sáu, bảy tám chín, không một hai"},
		{"số 1234567890", "số một hai ba bốn, năm sáu bảy, tám chín không"},
	})
}
