package vi_test

import "testing"

func TestMoney(t *testing.T) {
	readings(t, [][2]string{
		{"10đ", "mười đồng"},
		{"10₫", "mười đồng"},
		{"500 đ", "năm trăm đồng"},
		{"50.000đ", "năm mươi nghìn đồng"},
		{"50,000đ", "năm mươi nghìn đồng"},
		{"1 250 000 đ", "một triệu hai trăm năm mươi nghìn đồng"},
		{"1.250.000 VNĐ", "một triệu hai trăm năm mươi nghìn đồng"},
		{"10,5 đồng", "mười phẩy năm đồng"},
		{"10$", "mười đô la"},
		{"1000$", "một nghìn đô la"},
		{"10 usd", "mười đô la"},
		{"5 USD", "năm u s d"},
		{"10 triệu USD", "mười triệu u s d"},
		{"$50", "năm mươi u s d"},
		{"$1,299.99", "một nghìn hai trăm chín mươi chín phẩy chín chín u s d"},
		{"$2,500", "hai nghìn năm trăm u s d"},
		{"€3,50", "ba phẩy năm euro"},
		{"10€", "mười euro"},
		{"10£", "mười bảng Anh"},
		{"10₹", "mười rupee"},
		{"10¥", "mười yên"},
		{"10₩", "mười won"},
		{"0,01$", "một xu"},
		{"0,05$", "năm xu"},
		{"1,25$", "một đô la hai mươi lăm xu"},
		{"10,25$", "mười đô la hai mươi lăm xu"},
		{"1,5$", "một đô la năm mươi xu"},
		{"0,5$", "năm mươi xu"},
		{"10k", "mười nghìn"},
		{"10k VND", "mười nghìn đồng"},
		{"50K", "năm mươi nghìn"},
		{"100tr", "một trăm triệu"},
		{"2,5tr", "hai phẩy năm triệu"},
		{"1tr5", "một triệu rưỡi"},
		{"1tr2", "một triệu hai"},
		{"1tr250", "một triệu hai trăm năm mươi"},
		{"2tr500k", "hai triệu năm trăm nghìn"},
		{"25.450 VND/USD", "hai mươi lăm nghìn bốn trăm năm mươi đồng một u s d"},
		{"1t", "một tỷ"},
		{"1t5", "một tỷ rưỡi"},
		{"5tỷ", "năm tỷ"},
		{"3.2M", "ba chấm hai triệu"},
		{"$5M", "năm triệu u s d"},
		{"25-30 nghìn đồng", "hai mươi lăm đến ba mươi nghìn đồng"},
		{"-10$", "âm mười đô la"},
		{"tỷ giá USD/VND", "tỷ giá u s d trên v n d"},
	})
}

// What costs đồng is told by ones; foreign money only by a symbol.
func TestPrices(t *testing.T) {
	readings(t, [][2]string{
		{"100₫/kg", "một trăm đồng một ki lô gam"},
		{"30đ/TB", "ba mươi đồng một tê ra bai"},
		{"65.000đ/kg", "sáu mươi lăm nghìn đồng một ki lô gam"},
		{"1.984 đồng/kWh", "một nghìn chín trăm tám mươi tư đồng một ki lô oát giờ"},
		{"20.000đ/hộ", "hai mươi nghìn đồng một hộ"},
		{"60 triệu đồng/nhà", "sáu mươi triệu đồng một nhà"},
		{"3tr/tháng", "ba triệu một tháng"},
		{"350k/người/ngày", "ba trăm năm mươi nghìn một người một ngày"},
		{"5 nghìn/con", "năm nghìn một con"},
		{"5 triệu đồng/hộ/năm", "năm triệu đồng một hộ một năm"},
		{"1.500.000đ/tháng x 3 tháng", "một triệu năm trăm nghìn đồng một tháng nhân ba tháng"},
		{"10$/giờ", "mười đô la trên giờ"},
		{"10£/kg", "mười bảng Anh một ki lô gam"},
		{"3.46 USD/gallon", "ba chấm bốn sáu u s d trên gallon"},
	})
}
