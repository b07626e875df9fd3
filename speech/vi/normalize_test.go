package vi_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"loalang/speech/vi"
)

// readings run one class of cases, each written → read.
func readings(t *testing.T, cases [][2]string) {
	t.Helper()
	for _, c := range cases {
		t.Run(c[0], func(t *testing.T) {
			got := vi.Normalize(c[0], nil)
			if got.Text != c[1] {
				t.Errorf("read %q, want %q", got.Text, c[1])
			}
			sound(t, c[0], got)
		})
	}
}

// sound checks what holds of every result, whatever was written.
func sound(t *testing.T, written string, s vi.Reading) {
	t.Helper()
	soundWith(t, written, s, nil)
}

// soundWith is sound for what was read with a village's lexicon.
func soundWith(t *testing.T, written string, s vi.Reading, lexicon *vi.Lexicon) {
	t.Helper()
	if !utf8.ValidString(s.Text) || !norm.NFC.IsNormalString(s.Text) {
		t.Errorf("%q is read %q, which is not NFC", written, s.Text)
	}
	if read := vi.OrdinaryRead(written); read != nil {
		t.Errorf("ordinary words would be read %q in %q", read, written)
	}
	inPlace(t, written, s)
	linesUp(t, written, s)
	unspeakable := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(" \n,:;.!?", r)
	}
	if strings.ContainsFunc(s.Text, unspeakable) || strings.Contains(s.Text, "  ") || strings.Contains(s.Text, "\n\n") {
		t.Errorf("%q is read %q, which a voice cannot read plainly", written, s.Text)
	}
	if s.Text != strings.TrimFunc(s.Text, unicode.IsSpace) {
		t.Errorf("%q is read %q, with space around", written, s.Text)
	}
	if again := vi.Normalize(s.Text, lexicon); again.Text != s.Text {
		t.Errorf("%q is read %q, and that again %q", written, s.Text, again.Text)
	}
}

func TestNumbers(t *testing.T) {
	readings(t, [][2]string{
		{"0", "không"},
		{"5", "năm"},
		{"10", "mười"},
		{"14", "mười bốn"},
		{"15", "mười lăm"},
		{"20", "hai mươi"},
		{"21", "hai mươi mốt"},
		{"24", "hai mươi tư"},
		{"25", "hai mươi lăm"},
		{"105", "một trăm linh năm"},
		{"110", "một trăm mười"},
		{"115", "một trăm mười lăm"},
		{"141", "một trăm bốn mươi mốt"},
		{"1000", "một nghìn"},
		{"1015", "một nghìn không trăm mười lăm"},
		{"2026", "hai nghìn không trăm hai mươi sáu"},
		{"50.000", "năm mươi nghìn"},
		{"1.250.000", "một triệu hai trăm năm mươi nghìn"},
		{"1,250,000", "một triệu hai trăm năm mươi nghìn"},
		{"1.005", "một nghìn không trăm linh năm"},
		{"2000000005", "hai tỷ không trăm linh năm"},
		{"1000000000000", "một nghìn tỷ"},
		{"1000000000000000000", "một tỷ tỷ"},
		{"19,5", "mười chín phẩy năm"},
		{"0,05", "không phẩy không năm"},
		{"1.299,5", "một nghìn hai trăm chín mươi chín phẩy năm"},
		{"1.5", "một chấm năm"},
		{"-2", "âm hai"},
		{"giảm -2,5%", "giảm âm hai phẩy năm phần trăm"},
		{"51,4%", "năm mươi mốt phẩy bốn phần trăm"},
		{"1/2", "một phần hai"},
		{"3/4", "ba phần tư"},
		{"5 1/2", "năm và một phần hai"},
		{"2/3 số hộ", "hai phần ba số hộ"},
		{"105/120 hộ", "một trăm linh năm trên một trăm hai mươi hộ"},
		{"05 hộ", "năm hộ"},
		{"Đề án 06 và", "Đề án không sáu và"},
		{"thôn 1,2,3", "thôn một, hai, ba"},
		{"thứ 1, thứ 2, thứ 4", "thứ nhất, thứ hai, thứ tư"},
		{"٢٠٢٦, 𝟚𝟘𝟚𝟞", "hai nghìn không trăm hai mươi sáu, hai nghìn không trăm hai mươi sáu"},
		{"２０２６", "hai nghìn không trăm hai mươi sáu"},
		{"123456789012345678901", "một hai ba, bốn năm sáu, bảy tám chín, không một hai, ba bốn năm, sáu bảy tám, chín không một"},
	})
}

func TestDates(t *testing.T) {
	readings(t, [][2]string{
		{"ngày 31/12/2026", "ngày ba mươi mốt tháng mười hai năm hai nghìn không trăm hai mươi sáu"},
		{"31-12-2026", "ngày ba mươi mốt tháng mười hai năm hai nghìn không trăm hai mươi sáu"},
		{"31.12.2026.", "ngày ba mươi mốt tháng mười hai năm hai nghìn không trăm hai mươi sáu."},
		{"2026-11-23", "ngày hai mươi ba tháng mười một năm hai nghìn không trăm hai mươi sáu"},
		{"5/4/26", "ngày năm tháng tư năm hai mươi sáu"},
		{"ngày 05 tháng 04 năm 2027", "ngày năm tháng tư năm hai nghìn không trăm hai mươi bảy"},
		{"Quốc khánh 2/9", "Quốc khánh ngày hai tháng chín"},
		{"chiều 1/6", "chiều ngày một tháng sáu"},
		{"thứ Hai, 7/12", "thứ Hai, ngày bảy tháng mười hai"},
		{"Chủ nhật (6/12)", "Chủ nhật, ngày sáu tháng mười hai"},
		{"20/11", "ngày hai mươi tháng mười một"},
		{"nghỉ lễ 30/4 - 1/5", "nghỉ lễ ngày ba mươi tháng tư đến ngày một tháng năm"},
		{"từ ngày 20/11 đến 5/12", "từ ngày hai mươi tháng mười một đến ngày năm tháng mười hai"},
		{"từ 20-25/11/2026", "từ ngày hai mươi đến hai mươi lăm tháng mười một năm hai nghìn không trăm hai mươi sáu"},
		{"ngày 4-6/11", "ngày bốn đến sáu tháng mười một"},
		{"11/2026", "tháng mười một năm hai nghìn không trăm hai mươi sáu"},
		{"tháng 11/2026", "tháng mười một năm hai nghìn không trăm hai mươi sáu"},
		{"tháng 10-12/2026", "tháng mười đến tháng mười hai năm hai nghìn không trăm hai mươi sáu"},
		{"quý 4/2026", "quý bốn năm hai nghìn không trăm hai mươi sáu"},
		{"tháng 4", "tháng tư"},
		{"năm học 2026-2027", "năm học hai nghìn không trăm hai mươi sáu đến hai nghìn không trăm hai mươi bảy"},
		{"T2-T6", "Thứ hai đến thứ sáu"},
		{"T12/2026", "Tháng mười hai năm hai nghìn không trăm hai mươi sáu"},
		{"thứ 2 - thứ 6", "thứ hai đến thứ sáu"},
		{"32/13/2026", "ba mươi hai trên mười ba, hai nghìn không trăm hai mươi sáu"},
	})
}

func TestTimes(t *testing.T) {
	readings(t, [][2]string{
		{"7h30", "bảy giờ ba mươi phút"},
		{"7h30'", "bảy giờ ba mươi phút"},
		{"07h00", "bảy giờ"},
		{"19H", "mười chín giờ"},
		{"lúc 17g", "lúc mười bảy giờ"},
		{"17g ngày mai", "mười bảy giờ ngày mai"},
		{"17g15", "mười bảy giờ mười lăm phút"},
		{"100g", "một trăm gam"},
		{"07:00", "bảy giờ"},
		{"5:20:35", "năm giờ hai mươi phút ba mươi lăm giây"},
		{"7h30-11h", "bảy giờ ba mươi phút đến mười một giờ"},
		{"07:00 - 09:30", "bảy giờ đến chín giờ ba mươi phút"},
		{"7 giờ 05 sáng", "bảy giờ năm phút sáng"},
		{"24/24h", "hai mươi tư trên hai mươi tư giờ"},
		{"48h", "bốn mươi tám giờ"},
		{"8p45s", "tám phút bốn mươi lăm giây"},
		{"họp 30' nữa", "họp ba mươi phút nữa"},
		{"25:70", "hai mươi lăm: bảy mươi"},
	})
}

func TestAmountsOfThings(t *testing.T) {
	readings(t, [][2]string{
		{"50.000đ", "năm mươi nghìn đồng"},
		{"1.250.000 VNĐ", "một triệu hai trăm năm mươi nghìn đồng"},
		{"100tr", "một trăm triệu"},
		{"1tr5", "một triệu rưỡi"},
		{"50k", "năm mươi nghìn"},
		{"5 triệu đồng/hộ/năm", "năm triệu đồng một hộ một năm"},
		{"$20", "hai mươi u s d"},
		{"20$", "hai mươi đô la"},
		{"3 đ/c", "ba đồng chí"},
		{"10km", "mười ki lô mét"},
		{"19,5 km²", "mười chín phẩy năm ki lô mét vuông"},
		{"100m2", "một trăm mét vuông"},
		{"20m3", "hai mươi mét khối"},
		{"20kg/sào", "hai mươi ki lô gam trên sào"},
		{"0,5ml x 2 lần/ngày", "không phẩy năm mi li lít nhân hai lần trên ngày"},
		{"38°C", "ba mươi tám độ xê"},
		{"-2°C", "âm hai độ xê"},
		{"15-18°C", "mười lăm đến mười tám độ xê"},
		{"60km/h", "sáu mươi ki lô mét trên giờ"},
		{"1.250/1.300 hộ", "một nghìn hai trăm năm mươi trên một nghìn ba trăm hộ"},
		{"25ml/bình, 2 bình/sào", "hai mươi lăm mi li lít trên bình, hai bình trên sào"},
		{"3 độ C", "ba độ xê"},
		{"120/80 mmHg", "một trăm hai mươi trên tám mươi mi li mét thủy ngân"},
		{"2 ha", "hai héc ta"},
		{"từ 4-6 triệu", "từ bốn đến sáu triệu"},
		{"gió cấp 6 - 7", "gió cấp sáu đến bảy"},
		{"3kg-6kg", "ba ki lô gam đến sáu ki lô gam"},
		{"tỷ số 2-1", "tỷ số hai một"},
		{"Điều 5 - Điều 7", "Điều năm đến điều bảy"},
		{"> 18 tuổi", "lớn hơn mười tám tuổi"},
		{"~20 người", "khoảng hai mươi người"},
	})
}

func TestNumbersThatAreNames(t *testing.T) {
	readings(t, [][2]string{
		{"0912345678", "không chín một hai, ba bốn năm, sáu bảy tám"},
		{"0912 345 678", "không chín một hai, ba bốn năm, sáu bảy tám"},
		{"0214.3820.115", "không hai một bốn, ba tám hai không, một một năm"},
		{"(0214) 3820115", "không hai một bốn, ba tám hai không một một năm"},
		{"+84 912 345 678", "cộng tám bốn, chín một hai, ba bốn năm, sáu bảy tám"},
		{"1900 1234", "một chín không không, một hai ba bốn"},
		{"SĐT: 113", "Số điện thoại: một một ba"},
		{"gọi 115 ngay", "gọi một một năm ngay"},
		{"CCCD 012345678901", "Căn cước công dân không một hai, ba bốn năm, sáu bảy tám, chín không một"},
		{"số 39/2020/TT-BTTTT", "số ba mươi chín năm hai nghìn không trăm hai mươi thông tư bộ thông tin và truyền thông"},
		{"123/QĐ-UBND", "một trăm hai mươi ba quyết định ủy ban nhân dân"},
		{"05/TB-UBND", "không năm thông báo ủy ban nhân dân"},
		{"15/2020/NĐ-CP", "mười lăm năm hai nghìn không trăm hai mươi nghị định chính phủ"},
		{"khóa XXI", "khóa hai mươi mốt"},
		{"lần thứ III", "lần thứ ba"},
		{"quý IV", "quý bốn"},
		{"lần thứ I", "lần thứ nhất"},
		{"I. Nội dung", "Một. Nội dung"},
		{"khoản vi", "khoản sáu"},
		{"điểm d khoản 1 Điều 5", "điểm dê khoản một Điều năm"},
		{"QL4D", "Quốc lộ bốn dê"},
		{"H5N1", "Hát năm nờ một"},
		{"Covid-19", "Cô vít mười chín"},
	})
}

func TestAbbreviations(t *testing.T) {
	readings(t, [][2]string{
		{"UBND xã", "Ủy ban nhân dân xã"},
		{"của UBND xã", "của ủy ban nhân dân xã"},
		{"TP.HCM", "Thành phố Hồ Chí Minh"},
		{"về TP. Lào Cai", "về thành phố Lào Cai"},
		{"Sở NN&PTNT", "Sở nông nghiệp và phát triển nông thôn"},
		{"v/v họp", "về việc họp"},
		{"lợn, gà, v.v...", "lợn, gà, vân vân."},
		{"cài VNeID", "cài vi en i đi"},
		{"THÔNG BÁO TIÊM VẮC XIN XÃ CỐC SAN", "THÔNG BÁO TIÊM VẮC XIN XÃ CỐC SAN"},
		{"CA SĨ", "CA SĨ"},
		{"trình CA xã", "trình công an xã"},
		{"UBND XÃ CỐC SAN", "Ủy ban nhân dân XÃ CỐC SAN"},
		{"dân tộc HMÔNG", "dân tộc HMÔNG"},
		{"ông Nguyễn Văn A", "ông Nguyễn Văn A"},
		{"ông Trần B", "ông Trần bê"},
		{"mã XKZ", "mã ích ca dét"},
	})
}

func TestAddresses(t *testing.T) {
	readings(t, [][2]string{
		{"thu@laocai.gov.vn.", "thu a còng Lào Cai chấm gov chấm vê nờ."},
		{"xem https://cocsan.gov.vn/tin-moi, nhé", "xem Cốc San chấm gov chấm vê nờ gạch tin gạch ngang moi, nhé"},
		{"họp.mời", "họp. mời"},
	})
}

func TestPunctuation(t *testing.T) {
	readings(t, [][2]string{
		{"", ""},
		{" \t\n ", ""},
		{"...", ""},
		{"?!,;:", ""},
		{"bà con… chú ý", "bà con, chú ý"},
		{"bà con… Chú ý", "bà con. Chú ý"},
		{"hết...", "hết."},
		{"mời (cả nhà) họp!!!", "mời, cả nhà, họp!"},
		{"Thật à?!", "Thật à?"},
		{"- một\n- hai", "một\nhai"},
		{"• 1 con 🐖\n• 2 con 🐓", "một con\nhai con"},
		{"một,\n\n\nhai", "một\nhai"},
		{"[[a]] b", "a, b"},
		{"[[[a]]]", "a"},
		{"a\x00b\u200ba\u202en", "a ban"},
		{"ca\u0301 nu\u031b\u0301\u01a1ng", "cá nướng"},
		{"“mời” ‘họp’", "mời họp"},
		{"thôn – bản", "thôn, bản"},
		{"ông/bà", "ông bà"},
		{"<b>họp</b>", "b họp b"},
		{"A & B", "A và bê"},
	})
}

// What notices of a commune hold, and what was read wrongly in them.
func TestWhatItsNeighboursMakeOfIt(t *testing.T) {
	readings(t, [][2]string{
		{"sáng CN 22/11", "sáng chủ nhật ngày hai mươi hai tháng mười một"},
		{"số TK 3700205123456 - NHNN&PTNT (Agribank) CN Lào Cai", "số tài khoản ba bảy không không, hai không năm, một hai ba, bốn năm sáu, ngân hàng nông nghiệp và phát triển nông thôn, Agribank, chi nhánh Lào Cai"},
		{"bí thư chi bộ 9/9 thôn", "bí thư chi bộ chín trên chín thôn"},
		{"đạt 7/9 thôn", "đạt bảy trên chín thôn"},
		{"đạt 15/19 tiêu chí", "đạt mười lăm trên mười chín tiêu chí"},
		{"2/3 số hộ", "hai phần ba số hộ"},
		{"sáng 9/9 thôn Ún Tà khai giảng", "sáng ngày chín tháng chín thôn Ún Tà khai giảng"},
		{"ngày 9/9 thôn nghỉ", "ngày chín tháng chín thôn nghỉ"},
		{"20/11 xã họp", "ngày hai mươi tháng mười một xã họp"},
		{"Phó CT UBND xã", "Phó chủ tịch ủy ban nhân dân xã"},
		{"PCT HĐND", "Phó chủ tịch hội đồng nhân dân"},
		{"Phó BT chi bộ", "Phó bí thư chi bộ"},
		{"ông B (SN 1975)", "ông bê, sinh năm một nghìn chín trăm bảy mươi lăm"},
		{"PTDTBT TH Cốc San", "Phổ thông dân tộc bán trú tiểu học Cốc San"},
		{"ĐT155", "Đường tỉnh một năm năm"},
		{"Gọi 113, 114, 115 hoặc 111", "Gọi một một ba, một một bốn, một một năm hoặc một một một"},
		{"có 113, 114 hộ", "có một trăm mười ba, một trăm mười bốn hộ"},
		{"50-100mm/24h", "năm mươi đến một trăm mi li mét trên hai mươi tư giờ"},
		{"20ml/16 lít nước", "hai mươi mi li lít trên mười sáu lít nước"},
		{"1.200 m3/s", "một nghìn hai trăm mét khối trên giây"},
		{"120 kg NPK/sào", "một trăm hai mươi ki lô gam nờ pê ca trên sào"},
		{"mức BĐ3 + 0,5m", "mức báo động ba cộng không phẩy năm mét"},
		{"Km 98+500", "Ki lô mét chín mươi tám cộng năm trăm"},
		{"quý III/2026", "quý ba năm hai nghìn không trăm hai mươi sáu"},
		{"gió mùa ĐB", "gió mùa đông bắc"},
		{"các ĐB dự họp", "các đại biểu dự họp"},
		{"45/50 phiếu", "bốn mươi lăm trên năm mươi phiếu"},
		{"đạt 10/12 thôn", "đạt mười trên mười hai thôn"},
		{"11/12 phiếu", "mười một trên mười hai phiếu"},
		{"họp 10/12", "họp ngày mười tháng mười hai"},
		{"3/4 số hộ", "ba phần tư số hộ"},
		{"50.000 đ/HS/tháng", "năm mươi nghìn đồng một học sinh một tháng"},
		{"40kg gạo/khẩu/vụ", "bốn mươi ki lô gam gạo trên khẩu trên vụ"},
		{"trực 24/7", "trực hai mươi tư trên bảy"},
		{"họp 24/7", "họp ngày hai mươi tư tháng bảy"},
		{"05/CĐ-UBND", "không năm công điện ủy ban nhân dân"},
		{"trường MN Hoa Ban", "trường mầm non Hoa Ban"},
		{"LH: chị Hoa", "Liên hệ: chị Hoa"},
		{"QK 2/9", "Quốc khánh ngày hai tháng chín"},
	})
}

func TestUnknownIsReported(t *testing.T) {
	s := vi.Normalize("Mang XKZ và QWR đến, rồi XKZ. UBND.", nil)
	if want := []string{"XKZ", "QWR"}; !slices.Equal(s.Unknown, want) {
		t.Errorf("unknown = %q, want %q", s.Unknown, want)
	}
}

func TestChangesShowWhatWasWritten(t *testing.T) {
	s := vi.Normalize("UBND xã mời họp lúc 19h ngày 24/11/2026,\ntừ 4-6 người.", nil)
	want := []vi.Change{
		{Written: "UBND", Read: "Ủy ban nhân dân", At: 0, From: 0, To: 4},
		{Written: "19h", Read: "mười chín giờ", At: 41, From: 26, To: 29},
		{Written: "24/11/2026", Read: "hai mươi tư tháng mười một năm hai nghìn không trăm hai mươi sáu", At: 67, From: 36, To: 46},
		{Written: "4-6", Read: "bốn đến sáu", At: 153, From: 53, To: 56},
	}
	if !slices.Equal(s.Changes, want) {
		t.Errorf("changes = %+v\nin %q, want %+v", s.Changes, s.Text, want)
	}
}

// A text of one mark over and over must not keep the panel busy: in time that
// grows with the square, these take minutes.
func TestNormalizeIsNotSlowedDownByMarks(t *testing.T) {
	for _, piece := range []string{"(", "\"", ":", "-(", "(:", "( -", "1(", "+", "$(", "~-", "/", "'", "№"} {
		done := make(chan struct{})
		go func() {
			vi.Normalize(strings.Repeat(piece, 400_000/len(piece)), nil)
			close(done)
		}()
		select {
		case <-done:
		case <-time.After(30 * time.Second):
			t.Errorf("400 KB of %q are not read within 30 s", piece)
			<-done
		}
	}
}
