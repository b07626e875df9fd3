package vi_test

import "testing"

func TestWholeDates(t *testing.T) {
	readings(t, [][2]string{
		{"ngày 15/01/2024", "ngày mười lăm tháng một năm hai nghìn không trăm hai mươi tư"},
		{"15/01/2024", "ngày mười lăm tháng một năm hai nghìn không trăm hai mươi tư"},
		{"25-03-1975", "ngày hai mươi lăm tháng ba năm một nghìn chín trăm bảy mươi lăm"},
		{"10.05.2000", "ngày mười tháng năm năm hai nghìn"},
		{"2024-01-15", "ngày mười lăm tháng một năm hai nghìn không trăm hai mươi tư"},
		{"2026/11/23", "ngày hai mươi ba tháng mười một năm hai nghìn không trăm hai mươi sáu"},
		{"20 / 11 / 2026", "ngày hai mươi tháng mười một năm hai nghìn không trăm hai mươi sáu"},
		{"ngày 20/11-2026", "ngày hai mươi tháng mười một năm hai nghìn không trăm hai mươi sáu"},
		{"5/4/26", "ngày năm tháng tư năm hai mươi sáu"},
		{"ngày 12 tháng 5 năm 2025", "ngày mười hai tháng năm năm hai nghìn không trăm hai mươi lăm"},
		{"tháng 1 2024", "tháng một năm hai nghìn không trăm hai mươi tư"},
		{"tháng 04/1969", "tháng tư năm một nghìn chín trăm sáu mươi chín"},
		{"tháng 11-2026", "tháng mười một năm hai nghìn không trăm hai mươi sáu"},
		{"tháng 5.2026", "tháng năm năm hai nghìn không trăm hai mươi sáu"},
		{"02/2025", "tháng hai năm hai nghìn không trăm hai mươi lăm"},
		{"5-2026", "tháng năm năm hai nghìn không trăm hai mươi sáu"},
		{"hạn cuối: 31-12-2026", "hạn cuối: ngày ba mươi mốt tháng mười hai năm hai nghìn không trăm hai mươi sáu"},
	})
}

func TestDaysAndMonths(t *testing.T) {
	readings(t, [][2]string{
		{"20/11", "ngày hai mươi tháng mười một"},
		{"8/3", "ngày tám tháng ba"},
		{"02/09", "ngày hai tháng chín"},
		{"10/12", "ngày mười tháng mười hai"},
		{"ngày 5/12", "ngày năm tháng mười hai"},
		{"ngày 2-9", "ngày hai tháng chín"},
		{"từ ngày 10-12", "từ ngày mười đến mười hai"},
		{"ngày 20-11", "ngày hai mươi tháng mười một"},
		{"ngày 20.11", "ngày hai mươi tháng mười một"},
		{"Quốc khánh 2-9", "Quốc khánh ngày hai tháng chín"},
		{"sáng 5/12", "sáng ngày năm tháng mười hai"},
		{"8h 5/12", "tám giờ ngày năm tháng mười hai"},
		{"8h00 5/12", "tám giờ ngày năm tháng mười hai"},
		{"14h CN 29/11", "mười bốn giờ chủ nhật ngày hai mươi chín tháng mười một"},
		{"thứ 7 5/12", "thứ bảy ngày năm tháng mười hai"},
		{"T7 5/12", "Thứ bảy ngày năm tháng mười hai"},
		{"(5/12)", "ngày năm tháng mười hai"},
		{"từ 1/12 đến 15/12", "từ ngày một tháng mười hai đến ngày mười lăm tháng mười hai"},
		{"trước 5/12", "trước ngày năm tháng mười hai"},
		{"hết 5/12", "hết ngày năm tháng mười hai"},
		{"Lịch cắt điện: 5/12 (thôn 1), 6/12 (thôn 2).", "Lịch cắt điện: ngày năm tháng mười hai, thôn một, ngày sáu tháng mười hai, thôn hai."},
		{"trước 31-12", "trước ngày ba mươi mốt tháng mười hai"},
		{"đường 30/4", "đường ba mươi tháng tư"},
		{"phố 2/9", "phố hai tháng chín"},
		{"đạt 5/12", "đạt năm phần mười hai"},
	})
}

func TestDateRanges(t *testing.T) {
	readings(t, [][2]string{
		{"từ 20-25/11/2026", "từ ngày hai mươi đến hai mươi lăm tháng mười một năm hai nghìn không trăm hai mươi sáu"},
		{"ngày 4-6/11", "ngày bốn đến sáu tháng mười một"},
		{"ngày 20-24 tháng 11", "ngày hai mươi đến hai mươi tư tháng mười một"},
		{"ngày 20 và 21/11", "ngày hai mươi và hai mươi mốt tháng mười một"},
		{"các ngày 20, 21, 22/11", "các ngày hai mươi, hai mươi mốt, hai mươi hai tháng mười một"},
		{"ngày 20 đến 25/11", "ngày hai mươi đến hai mươi lăm tháng mười một"},
		{"từ ngày 20/11 đến 5/12", "từ ngày hai mươi tháng mười một đến ngày năm tháng mười hai"},
		{"20/11-22/11", "ngày hai mươi tháng mười một đến ngày hai mươi hai tháng mười một"},
		{"30/4-3/5/2026", "ngày ba mươi tháng tư đến ngày ba tháng năm năm hai nghìn không trăm hai mươi sáu"},
		{"1/12 - 15/12", "ngày một tháng mười hai đến ngày mười lăm tháng mười hai"},
		{"25/11/2026 - 30/11/2026", "ngày hai mươi lăm tháng mười một năm hai nghìn không trăm hai mươi sáu đến ngày ba mươi tháng mười một năm hai nghìn không trăm hai mươi sáu"},
		{"10-12/2026", "tháng mười đến tháng mười hai năm hai nghìn không trăm hai mươi sáu"},
		{"tháng 1-3", "tháng một đến ba"},
		{"quý 1-2/2026", "quý một đến quý hai năm hai nghìn không trăm hai mươi sáu"},
		{"ngày 1,2,3/12", "ngày một, hai, ba tháng mười hai"},
		{"ngày 24-25-26/12", "ngày hai mươi tư, hai mươi lăm, hai mươi sáu tháng mười hai"},
		{"ngày 5/12 - 7/12 và 9/12", "ngày năm tháng mười hai đến ngày bảy tháng mười hai và ngày chín tháng mười hai"},
		{"1-3/12", "ngày một đến ba tháng mười hai"},
		{"chiếm 1-3/12 diện tích", "chiếm một đến ba phần mười hai diện tích"},
		{"7h00 sáng - 11h00 trưa", "bảy giờ sáng đến mười một giờ trưa"},
		{"từ ngày 20/11 - ngày 25/11", "từ ngày hai mươi tháng mười một đến ngày hai mươi lăm tháng mười một"},
		{"tháng 5/2026 - tháng 10/2026", "tháng năm năm hai nghìn không trăm hai mươi sáu đến tháng mười năm hai nghìn không trăm hai mươi sáu"},
	})
}

func TestYearsAndQuarters(t *testing.T) {
	readings(t, [][2]string{
		{"quý 1/2024", "quý một năm hai nghìn không trăm hai mươi tư"},
		{"Q1/2026", "Quý một năm hai nghìn không trăm hai mươi sáu"},
		{"quý 4 năm 2026", "quý bốn năm hai nghìn không trăm hai mươi sáu"},
		{"năm học 2026-2027", "năm học hai nghìn không trăm hai mươi sáu đến hai nghìn không trăm hai mươi bảy"},
		{"năm học 2026/2027", "năm học hai nghìn không trăm hai mươi sáu đến hai nghìn không trăm hai mươi bảy"},
		{"giai đoạn 2021 - 2025", "giai đoạn hai nghìn không trăm hai mươi mốt đến hai nghìn không trăm hai mươi lăm"},
		{"nhiệm kỳ 2025-2030", "nhiệm kỳ hai nghìn không trăm hai mươi lăm đến hai nghìn không trăm ba mươi"},
		{"T12/2026", "Tháng mười hai năm hai nghìn không trăm hai mươi sáu"},
		{"từ T1 đến T3", "từ tháng một đến tháng ba"},
		{"T3 năm 2027", "Tháng ba năm hai nghìn không trăm hai mươi bảy"},
		{"T2, T4, T6", "Thứ hai, thứ tư, thứ sáu"},
		{"T2-T6", "Thứ hai đến thứ sáu"},
		{"đợt 2/2026", "đợt hai năm hai nghìn không trăm hai mươi sáu"},
		{"số 5/2026", "số năm năm hai nghìn không trăm hai mươi sáu"},
		{"Thông tư 12/2025", "Thông tư mười hai năm hai nghìn không trăm hai mươi lăm"},
		{"Luật 15/2023", "Luật mười lăm năm hai nghìn không trăm hai mươi ba"},
	})
}

func TestLunarDays(t *testing.T) {
	readings(t, [][2]string{
		{"rằm tháng 7", "rằm tháng bảy"},
		{"15/7 âm lịch", "ngày mười lăm tháng bảy âm lịch"},
		{"ngày 15/1 âm lịch", "ngày mười lăm tháng giêng âm lịch"},
		{"23/12 âm lịch", "ngày hai mươi ba tháng chạp âm lịch"},
		{"mùng 10/3", "mùng mười tháng ba"},
		{"10/3 ÂL", "ngày mười tháng ba âm lịch"},
		{"mùng 1-3 Tết", "mùng một tháng ba Tết"},
		{"29 tháng Chạp", "hai mươi chín tháng Chạp"},
	})
}
