package vi_test

import "testing"

// A unit is a prefix and what it multiplies, in the case that its symbol has, or sloppily.
func TestUnits(t *testing.T) {
	readings(t, [][2]string{
		{"204m", "hai trăm linh bốn mét"},
		{"5km", "năm ki lô mét"},
		{"5 KM", "năm ki lô mét"},
		{"3dm", "ba đề xi mét"},
		{"175cm", "một trăm bảy mươi lăm xăng ti mét"},
		{"7mm", "bảy mi li mét"},
		{"2µm", "hai mi crô mét"},
		{"8nm", "tám na nô mét"},
		{"9hm", "chín héc tô mét"},
		{"1ha", "một héc ta"},
		{"12kg", "mười hai ki lô gam"},
		{"5Kg", "năm ki lô gam"},
		{"10KG", "mười ki lô gam"},
		{"100g", "một trăm gam"},
		{"50gr", "năm mươi gam"},
		{"500mg", "năm trăm mi li gam"},
		{"5mcg", "năm mi crô gam"},
		{"3μg", "ba mi crô gam"},
		{"5L", "năm lít"},
		{"500ml", "năm trăm mi li lít"},
		{"500ML", "năm trăm mi li lít"},
		{"6dl", "sáu đề xi lít"},
		{"7cl", "bảy xăng ti lít"},
		{"9hl", "chín héc tô lít"},
		{"10cc", "mười xê xê"},
		{"10s", "mười giây"},
		{"42ms", "bốn mươi hai mi li giây"},
		{"500mV", "năm trăm mi li vôn"},
		{"220V", "hai trăm hai mươi vôn"},
		{"22kV", "hai mươi hai ki lô vôn"},
		{"500mA", "năm trăm mi li am pe"},
		{"2000mAh", "hai nghìn mi li am pe giờ"},
		{"5W", "năm oát"},
		{"1000kw", "một nghìn ki lô oát"},
		{"7MW", "bảy mê ga oát"},
		{"8GW", "tám gi ga oát"},
		{"9kWh", "chín ki lô oát giờ"},
		{"10MWh", "mười mê ga oát giờ"},
		{"250kVA", "hai trăm năm mươi ki lô vôn am pe"},
		{"10kWp", "mười ki lô oát đỉnh"},
		{"5Ω", "năm ôm"},
		{"3kΩ", "ba ki lô ôm"},
		{"100J", "một trăm jun"},
		{"5kJ", "năm ki lô jun"},
		{"6kPa", "sáu ki lô pát can"},
		{"8hPa", "tám héc tô pát can"},
		{"7MPa", "bảy mê ga pát can"},
		{"3kN", "ba ki lô niu tơn"},
		{"10Hz", "mười hẹc"},
		{"100Mhz", "một trăm mê ga hẹc"},
		{"2.4GHz", "hai chấm bốn gi ga hẹc"},
		{"50dB", "năm mươi đề xi ben"},
		{"2bar", "hai ba"},
		{"3atm", "ba át mốt phe"},
		{"120mmHg", "một trăm hai mươi mi li mét thủy ngân"},
		{"7kcal", "bảy ki lô ca lo"},
		{"5ppm", "năm phần triệu"},
		{"500IU", "năm trăm đơn vị quốc tế"},
		{"10 mmol/l", "mười mi li mol trên lít"},
		{"64kb", "sáu mươi tư ki lô bai"},
		{"2gb", "hai gi ga bai"},
		{"5Mbps", "năm mê ga bít trên giây"},
		{"1Gbps", "một gi ga bít trên giây"},
		{"128GB", "một trăm hai mươi tám gigabyte"},
		{"60fps", "sáu mươi khung hình trên giây"},
		{"100rpm", "một trăm vòng trên phút"},
		{"1,5HP", "một phẩy năm mã lực"},
		{"máy 16CV", "máy mười sáu mã lực"},
		{"7in", "bảy inch"},
		{"màn hình 32 inch", "màn hình ba mươi hai inch"},
		{"màn hình 32\"", "màn hình ba mươi hai inch"},
		{"10lb", "mười pound"},
		{"20mi", "hai mươi dặm"},
		{"3mph", "ba dặm trên giờ"},
	})
}

func TestPowersOfUnits(t *testing.T) {
	readings(t, [][2]string{
		{"100m2", "một trăm mét vuông"},
		{"100m²", "một trăm mét vuông"},
		{"1,5m2", "một phẩy năm mét vuông"},
		{"1km2", "một ki lô mét vuông"},
		{"3cm²", "ba xăng ti mét vuông"},
		{"6dm3", "sáu đề xi mét khối"},
		{"20m3", "hai mươi mét khối"},
		{"9,8m/s2", "chín phẩy tám mét trên giây bình phương"},
		{"5g/cm3", "năm gam trên xăng ti mét khối"},
	})
}

func TestDegrees(t *testing.T) {
	readings(t, [][2]string{
		{"38°C", "ba mươi tám độ xê"},
		{"38 °C", "ba mươi tám độ xê"},
		{"38oC", "ba mươi tám độ xê"},
		{"38⁰C", "ba mươi tám độ xê"},
		{"100°f", "một trăm độ f"},
		{"98,6°F", "chín mươi tám phẩy sáu độ f"},
		{"-2°C", "âm hai độ xê"},
		{"25 độ C", "hai mươi lăm độ xê"},
		{"45°", "bốn mươi lăm độ"},
		{"15-18°C", "mười lăm đến mười tám độ xê"},
		{"30°C ± 2°C", "ba mươi độ xê cộng trừ hai độ xê"},
		{"35-37 độ", "ba mươi lăm đến ba mươi bảy độ"},
	})
}

func TestPerWhat(t *testing.T) {
	readings(t, [][2]string{
		{"60km/h", "sáu mươi ki lô mét trên giờ"},
		{"80 km/giờ", "tám mươi ki lô mét trên giờ"},
		{"5m/s", "năm mét trên giây"},
		{"1.250m3/s", "một nghìn hai trăm năm mươi mét khối trên giây"},
		{"200mg/ml", "hai trăm mi li gam trên mi li lít"},
		{"10mg/dl", "mười mi li gam trên đề xi lít"},
		{"5mg/kg/ngày", "năm mi li gam trên ki lô gam trên ngày"},
		{"20kg/sào", "hai mươi ki lô gam trên sào"},
		{"55 tạ/ha", "năm mươi lăm tạ trên héc ta"},
		{"100 người/km²", "một trăm người trên ki lô mét vuông"},
		{"35-40 khóm/m2", "ba mươi lăm đến bốn mươi khóm trên mét vuông"},
		{"3 ca/ngày", "ba ca trên ngày"},
		{"2 viên/lần, 3 lần/ngày", "hai viên một lần, ba lần trên ngày"},
		{"6 tháng/lần", "sáu tháng một lần"},
		{"15kg gạo/người/tháng", "mười lăm ki lô gam gạo trên người trên tháng"},
		{"300mm/24h", "ba trăm mi li mét trên hai mươi tư giờ"},
		{"Bón 10-12kg/360m2.", "Bón mười đến mười hai ki lô gam trên ba trăm sáu mươi mét vuông."},
		{"8 lít/100km", "tám lít trên một trăm ki lô mét"},
		{"1 lần/6 tháng", "một lần trên sáu tháng"},
		{"30.000đ/xe/lượt", "ba mươi nghìn đồng một xe một lượt"},
		{"5mm/h", "năm mi li mét trên giờ"},
		{"0,65%/tháng", "không phẩy sáu năm phần trăm trên tháng"},
		{"5 thôn/bản", "năm thôn bản"},
		{"30 học sinh/lớp", "ba mươi học sinh trên lớp"},
	})
}

func TestUnitsWithoutDigits(t *testing.T) {
	readings(t, [][2]string{
		{"một kg", "một ki lô gam"},
		{"nửa km", "nửa ki lô mét"},
		{"nghìn m3", "nghìn mét khối"},
		{"mỗi kWh", "mỗi ki lô oát giờ"},
		{"giá theo kg", "giá theo ki lô gam"},
	})
}

func TestLettersThatAreNoUnits(t *testing.T) {
	readings(t, [][2]string{
		{"lớp 5A", "lớp năm A"},
		{"lớp 12A1", "lớp mười hai A một"},
		{"số nhà 12A", "số nhà mười hai A"},
		{"5G", "năm gờ"},
		{"6in1", "sáu in một"},
		{"3 đ/c", "ba đồng chí"},
		{"xe 5T", "xe năm tấn"},
		{"xe tải 3,5 t", "xe tải ba phẩy năm tấn"},
	})
}

func TestMeasuresOfRooms(t *testing.T) {
	readings(t, [][2]string{
		{"2x3m", "hai nhân ba mét"},
		{"phòng 4m x 5m = 20m2", "phòng bốn mét nhân năm mét bằng hai mươi mét vuông"},
		{"rộng 3,5m x dài 1.200m", "rộng ba phẩy năm mét nhân dài một nghìn hai trăm mét"},
		{"ảnh 3x4", "ảnh ba nhân bốn"},
		{"4 x 6 cm", "bốn nhân sáu xăng ti mét"},
		{"cao 1m65", "cao một mét sáu mươi lăm"},
		{"cầu dao 10A", "cầu dao mười am pe"},
	})
}
