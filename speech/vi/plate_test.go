package vi_test

import "testing"

func TestPlates(t *testing.T) {
	readings(t, [][2]string{
		{"24A-123.45", "hai mươi tư a, một hai ba, bốn năm"},
		{"24A-12345", "hai mươi tư a, một hai ba, bốn năm"},
		{"24-B1 234.56", "hai mươi tư bê một, hai ba bốn, năm sáu"},
		{"24B1-234.56", "hai mươi tư bê một, hai ba bốn, năm sáu"},
		{"29C1-12345", "hai mươi chín xê một, một hai ba, bốn năm"},
		{"24LD-012.34", "hai mươi tư lờ dê, không một hai, ba bốn"},
		{"xe 24A 12345", "xe hai mươi tư a, một hai ba, bốn năm"},
		{"xe 29-C1 1234", "xe hai mươi chín xê một, một hai ba bốn"},
		{"biển 24A12345", "biển hai mươi tư a, một hai ba, bốn năm"},
		{"24H-000.12", "hai mươi tư hát, không không không, một hai"},
		{"lớp 12A1", "lớp mười hai A một"},
		{"nhà 24A", "nhà hai mươi tư A"},
	})
}

func TestHousesAndRoads(t *testing.T) {
	readings(t, [][2]string{
		{"số 12/3 đường Trần Phú", "số mười hai trên ba đường Trần Phú"},
		{"ngõ 45/6", "ngõ bốn mươi lăm trên sáu"},
		{"số nhà 45/6/7", "số nhà bốn mươi lăm trên sáu trên bảy"},
		{"số nhà 12A", "số nhà mười hai A"},
		{"lô B12", "lô bê mười hai"},
		{"tổ 3", "tổ ba"},
		{"QL4D", "Quốc lộ bốn dê"},
		{"QL32C", "Quốc lộ ba mươi hai xê"},
		{"ĐT155", "Đường tỉnh một năm năm"},
		{"Km98+500", "Ki lô mét chín mươi tám cộng năm trăm"},
		{"km 12+300", "ki lô mét mười hai cộng ba trăm"},
		{"Km12 + 300", "Ki lô mét mười hai cộng ba trăm"},
		{"từ Km 5+200 đến Km 7+850", "từ ki lô mét năm cộng hai trăm đến ki lô mét bảy cộng tám trăm năm mươi"},
		{"đoạn Km98-Km105", "đoạn ki lô mét chín mươi tám đến ki lô mét một trăm linh năm"},
	})
}

func TestCoordinates(t *testing.T) {
	readings(t, [][2]string{
		{"20°21'30\"N", "hai mươi độ hai mươi mốt phút ba mươi giây bắc"},
		{"22°29'15\"B", "hai mươi hai độ hai mươi chín phút mười lăm giây bắc"},
		{"103°58'Đ", "một trăm linh ba độ năm mươi tám phút đông"},
		{"21.5°N", "hai mươi mốt chấm năm độ bắc"},
		{"tọa độ (-2.5;0)", "tọa độ, âm hai chấm năm; không"},
		{"tâm bão ở 20,5°N-107,2°E", "tâm bão ở hai mươi phẩy năm độ vĩ bắc, một trăm linh bảy phẩy hai độ kinh đông"},
	})
}

func TestNumbersOfDocuments(t *testing.T) {
	readings(t, [][2]string{
		{"CV 123", "Công văn một trăm hai mươi ba"},
		{"CV số 123", "Công văn số một trăm hai mươi ba"},
		{"123/CV-UBND", "một trăm hai mươi ba công văn ủy ban nhân dân"},
		{"123/QĐ-UBND", "một trăm hai mươi ba quyết định ủy ban nhân dân"},
		{"05/TB-UBND", "không năm thông báo ủy ban nhân dân"},
		{"168/2024/NĐ-CP", "một trăm sáu mươi tám năm hai nghìn không trăm hai mươi tư nghị định chính phủ"},
		{"12/2025/QĐ-UBND", "mười hai năm hai nghìn không trăm hai mươi lăm quyết định ủy ban nhân dân"},
		{"05-NQ/TU", "không năm nghị quyết tỉnh ủy"},
		{"27-CT/TW", "hai mươi bảy chỉ thị trung ương"},
		{"123-QĐ/TU", "một trăm hai mươi ba quyết định tỉnh ủy"},
		{"1719/QĐ-TTg", "một nghìn bảy trăm mười chín quyết định thủ tướng"},
	})
}

func TestLevels(t *testing.T) {
	readings(t, [][2]string{
		{"bão số 3", "bão số ba"},
		{"gió cấp 8-9, giật cấp 11", "gió cấp tám đến chín, giật cấp mười một"},
		{"gió cấp 10-11 (89-117km/h)", "gió cấp mười đến mười một, tám mươi chín đến một trăm mười bảy ki lô mét trên giờ"},
		{"báo động 3", "báo động ba"},
		{"cấp 3", "cấp ba"},
		{"18+", "mười tám cộng"},
		{"+5%", "cộng năm phần trăm"},
		{"98+500", "chín mươi tám cộng năm trăm"},
		{"60+ tuổi", "sáu mươi cộng tuổi"},
	})
}
