package vi_test

import "testing"

func TestMail(t *testing.T) {
	readings(t, [][2]string{
		{"gửi thu@laocai.gov.vn.", "gửi thu a còng Lào Cai chấm gov chấm vê nờ."},
		{"hoa.sung@gmail.com, nhé", "hoa chấm sung a còng gmail chấm com, nhé"},
		{"abc_def@yahoo.com.vn", "abc gạch dưới def a còng yahoo chấm com chấm vê nờ"},
		{"a-b+c@example-domain.org", "a gạch ngang b cộng c a còng example gạch ngang domain chấm o rờ gờ"},
		{"ubndcocsan@laocai.gov.vn", "u bê nờ dê Cốc San a còng Lào Cai chấm gov chấm vê nờ"},
		{"hoa2026@gmail.com", "hoa hai không hai sáu a còng gmail chấm com"},
		{"@ là a còng", "a còng là a còng"},
	})
}

func TestWeb(t *testing.T) {
	readings(t, [][2]string{
		{"dichvucong.gov.vn", "dịch vụ công chấm gov chấm vê nờ"},
		{"https://dichvucong.gov.vn.", "dịch vụ công chấm gov chấm vê nờ."},
		{"dichvucongquocgia.vn", "dịch vụ công quốc gia chấm vê nờ"},
		{"xem www.google.com!", "xem www chấm google chấm com!"},
		{"http://example.com/tin", "http example chấm com gạch tin"},
		{"ftp://example.org/a.zip", "f t p example chấm o rờ gờ gạch a chấm zip"},
		{"http://127.0.0.1:5000/health", "http một hai bảy chấm không chấm không chấm một hai chấm năm không không không gạch health"},
		{"http://localhost:8080/v2?lang=vi#top", "http localhost hai chấm tám không tám không gạch v hai hỏi lang bằng v i thăng top"},
		{"zalo.me/123", "zalo chấm me gạch một hai ba"},
		{"facebook.com/xacocsan", "facebook chấm com gạch xã Cốc San"},
		{"diễn đàn TED.com", "diễn đàn t e d chấm com"},
		{"trên VTV.vn", "trên vê tê vê chấm vê nờ"},
		{"họp.mời", "họp. mời"},
		{"Hết.Mời bà con", "Hết. Mời bà con"},
	})
}

func TestPathsAndMachines(t *testing.T) {
	readings(t, [][2]string{
		{`C:\Users\dev\a_2026-03-11.log.`, "c hai chấm gạch users gạch dev gạch a gạch dưới hai không hai sáu gạch ngang không ba gạch ngang một một chấm log."},
		{`tệp D:\loa\tin.mp3`, "tệp d hai chấm gạch loa gạch tin chấm mờ pê ba"},
		{"2001:0db8:85a3:0000:0000:8a2e:0370:7334", "hai không không một hai chấm không d b tám hai chấm tám năm a ba hai chấm không không không không hai chấm không không không không hai chấm tám a hai e hai chấm không ba bảy không hai chấm bảy ba ba bốn"},
		{"00:1A:2B:3C:4D:5E", "không không hai chấm một a hai chấm hai b hai chấm ba c hai chấm bốn d hai chấm năm e"},
		{"IPv6", "I p v sáu"},
		{"ISO 9001:2015", "I s o chín nghìn không trăm linh một hai chấm hai nghìn không trăm mười lăm"},
		{"TCVN 5687:2010", "Tiêu chuẩn Việt Nam năm nghìn sáu trăm tám mươi bảy hai chấm hai nghìn không trăm mười"},
		{"a:b", "a: b"},
	})
}
