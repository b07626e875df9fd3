package vi_test

import "testing"

func TestClockTimes(t *testing.T) {
	readings(t, [][2]string{
		{"1h", "một giờ"},
		{"01h", "một giờ"},
		{"0h", "không giờ"},
		{"24h", "hai mươi tư giờ"},
		{"19H", "mười chín giờ"},
		{"7h30", "bảy giờ ba mươi phút"},
		{"7h5", "bảy giờ năm phút"},
		{"07h05", "bảy giờ năm phút"},
		{"7h30'", "bảy giờ ba mươi phút"},
		{"7h30p", "bảy giờ ba mươi phút"},
		{"7h30 phút", "bảy giờ ba mươi phút"},
		{"7h 30", "bảy giờ ba mươi phút"},
		{"7 h 30", "bảy giờ ba mươi phút"},
		{"14h00", "mười bốn giờ"},
		{"0h01", "không giờ một phút"},
		{"14g30", "mười bốn giờ ba mươi phút"},
		{"09g05", "chín giờ năm phút"},
		{"17g ngày mai", "mười bảy giờ ngày mai"},
		{"trước 17g", "trước mười bảy giờ"},
		{"08g", "tám giờ"},
		{"8g", "tám gam"},
		{"7g45 phút", "bảy giờ bốn mươi lăm phút"},
		{"8:00", "tám giờ"},
		{"8:03", "tám giờ ba phút"},
		{"00:30", "không giờ ba mươi phút"},
		{"23:59", "hai mươi ba giờ năm mươi chín phút"},
		{"07:00h", "bảy giờ"},
		{"6:10:05", "sáu giờ mười phút năm giây"},
		{"10:05:00", "mười giờ năm phút"},
		{"10:00:05", "mười giờ năm giây"},
		{"12:00:00", "mười hai giờ không phút không giây"},
		{"1:30:00", "một giờ ba mươi phút"},
		{"7 giờ 05 sáng", "bảy giờ năm phút sáng"},
		{"14 giờ 30", "mười bốn giờ ba mươi phút"},
		{"7 giờ 5 phút", "bảy giờ năm phút"},
		{"2 giờ 15 phút 10 giây", "hai giờ mười lăm phút mười giây"},
		{"8:00 AM", "tám giờ sáng"},
		{"2:30 PM", "hai giờ ba mươi phút chiều"},
		{"7:00 p.m.", "bảy giờ tối"},
		{"2h kém 15", "hai giờ kém mười lăm"},
		{"12h trưa", "mười hai giờ trưa"},
	})
}

func TestDurations(t *testing.T) {
	readings(t, [][2]string{
		{"1p", "một phút"},
		{"3p", "ba phút"},
		{"30s", "ba mươi giây"},
		{"8p45s", "tám phút bốn mươi lăm giây"},
		{"01p01s", "một phút một giây"},
		{"05p00s", "năm phút"},
		{"10p30", "mười phút ba mươi giây"},
		{"8'45\"", "tám phút bốn mươi lăm giây"},
		{"30'", "ba mươi phút"},
		{"1h30p15s", "một giờ ba mươi phút mười lăm giây"},
		{"1h2p3s", "một giờ hai phút ba giây"},
		{"2h15m", "hai giờ mười lăm phút"},
		{"1h30'20\"", "một giờ ba mươi phút hai mươi giây"},
		{"48h", "bốn mươi tám giờ"},
		{"1,5 giờ", "một phẩy năm giờ"},
		{"24/24h", "hai mươi tư trên hai mươi tư giờ"},
		{"15-20 phút", "mười lăm đến hai mươi phút"},
		{"30s-45s", "ba mươi giây đến bốn mươi lăm giây"},
		{"30'-45'", "ba mươi phút đến bốn mươi lăm phút"},
		{"10'/lượt", "mười phút trên lượt"},
	})
}

func TestTimeRanges(t *testing.T) {
	readings(t, [][2]string{
		{"7h-9h", "bảy giờ đến chín giờ"},
		{"7-9h", "bảy đến chín giờ"},
		{"7h30-11h", "bảy giờ ba mươi phút đến mười một giờ"},
		{"7h30 - 11h00", "bảy giờ ba mươi phút đến mười một giờ"},
		{"từ 7 - 11h30", "từ bảy đến mười một giờ ba mươi phút"},
		{"7:00-9:00", "bảy giờ đến chín giờ"},
		{"07:00 - 09:30", "bảy giờ đến chín giờ ba mươi phút"},
		{"8-10 giờ", "tám đến mười giờ"},
		{"từ 8h ngày 20/11 đến 17h ngày 22/11/2026", "từ tám giờ ngày hai mươi tháng mười một đến mười bảy giờ ngày hai mươi hai tháng mười một năm hai nghìn không trăm hai mươi sáu"},
	})
}
