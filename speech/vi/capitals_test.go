package vi_test

import (
	"testing"

	"loalang/speech/vi"
)

func TestWordsInCapitalsAreWords(t *testing.T) {
	readings(t, [][2]string{
		{"THÔNG BÁO KHẨN", "THÔNG BÁO KHẨN"},
		{"THONG BAO KHAN", "THONG BAO KHAN"},
		{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"},
		{"BÁO CÁO CA BỆNH", "BÁO CÁO CA BỆNH"},
		{"KHÔNG ĐỐT RƠM RẠ", "KHÔNG ĐỐT RƠM RẠ"},
		{"PCCC LÀ TRÁCH NHIỆM", "Phòng cháy chữa cháy LÀ TRÁCH NHIỆM"},
		{"AI LÀ NGƯỜI", "AI LÀ NGƯỜI"},
		{"camera AI", "camera a i"},
		{"SA PA", "SA PA"},
		{"HAPPY NEW YEAR", "HAPPY NEW YEAR"},
		{"SALE OFF", "SALE OFF"},
		{"bia SAIGON", "bia SAIGON"},
	})
}

func TestLettersAlone(t *testing.T) {
	readings(t, [][2]string{
		{"ông Nguyễn Văn A", "ông Nguyễn Văn A"},
		{"anh Trần Văn B.", "anh Trần Văn bê."},
		{"chị M., 30 tuổi", "chị mờ, ba mươi tuổi"},
		{"bà Vàng Thị X", "bà Vàng Thị ích"},
		{"ông Nguyễn V.A. nói", "ông Nguyễn vê a nói"},
		{"ông A.B.C", "ông a bê xê"},
		{"lớp 5A, 5B, 5C", "lớp năm A, năm bê, năm xê"},
		{"lớp 10A1", "lớp mười A một"},
		{"nhóm B", "nhóm bê"},
		{"bảng C", "bảng xê"},
		{"khối A, B, C", "khối A, bê, xê"},
		{"vitamin B12", "vitamin bê mười hai"},
		{"vitamin C", "vitamin xê"},
		{"viêm gan B", "viêm gan bê"},
		{"hepatitis B", "hepatitis bê"},
		{"cúm A/H5N1", "cúm A hát năm nờ một"},
		{"giấy A4", "giấy A bốn"},
		{"điểm a khoản 2", "điểm a khoản hai"},
		{"điểm b khoản 1", "điểm bê khoản một"},
		{"điểm đ khoản 3", "điểm đê khoản ba"},
		{"sừng chữ U", "sừng chữ U"},
		{"L là tên riêng", "Lờ là tên riêng"},
		{"A. Phần chung", "A. Phần chung"},
		{"B. Phần riêng", "Bê. Phần riêng"},
		{"loại A+", "loại A cộng"},
		{"A' là điểm", "A phẩy là điểm"},
		{"nhóm 'A' họp", "nhóm A họp"},
		{"4G, 5G", "bốn gờ, năm gờ"},
	})
}

func TestSpelledAndReported(t *testing.T) {
	for _, c := range []struct {
		written, spoken string
		unknown         bool
	}{
		{"mã XKZ", "mã ích ca dét", true},
		{"tổ KTQX", "tổ ca tê quy ích", true},
		{"kỳ đkvt", "kỳ đê ca vê tê", true},
		{"nhóm AB", "nhóm a bê", true},
		{"giá 14:30 pst", "giá mười bốn giờ ba mươi phút pst", false},
		{"kênh VTV1", "kênh vê tê vê một", false},
		{"loa FM", "loa f m", false},
		{"dùng API, SQL", "dùng a p i, s q l", false},
	} {
		got := vi.Normalize(c.written, nil)
		if got.Text != c.spoken || len(got.Unknown) > 0 != c.unknown {
			t.Errorf("%q is read %q, unknown %q; want %q, unknown %v", c.written, got.Text, got.Unknown, c.spoken, c.unknown)
		}
		for _, change := range got.Changes {
			if spelled := change.Doubt == vi.Spelled; spelled && !c.unknown {
				t.Errorf("%q has the doubt %q for %q", c.written, change.Doubt, change.Read)
			}
		}
		sound(t, c.written, got)
	}
}

// What only its commonest meaning was taken of is to be looked at.
func TestSeveralMeaningsAreDoubted(t *testing.T) {
	for written, doubt := range map[string]vi.Doubt{
		"các ĐB dự":     vi.Ambiguous,
		"ký HĐ thuê":    vi.Ambiguous,
		"HĐ NVQS":       "",
		"UBND xã":       "",
		"gió mùa ĐB về": "",
	} {
		got := vi.Normalize(written, nil)
		if len(got.Changes) != 1 && doubt != "" || got.Changes[0].Doubt != doubt {
			t.Errorf("%q has the changes %+v, want the doubt %q", written, got.Changes, doubt)
		}
	}
}

func TestEnglishWords(t *testing.T) {
	for _, w := range []string{"select", "from", "where", "rest", "happy", "year", "internet", "facebook", "street", "strength", "backup", "windows", "online", "update", "check", "google"} {
		if !vi.English(w) {
			t.Errorf("%q can be English", w)
		}
	}
	for _, w := range []string{"ubnd", "pccc", "bhyt", "cccd", "thpt", "json", "ptdt", "html", "bidv", "vnpt", "sđt", "", "dtlcp", "atgt", "xyzzx"} {
		if vi.English(w) {
			t.Errorf("%q can be no English", w)
		}
	}
	readings(t, [][2]string{
		{"Hello everyone, welcome to Sa Pa!", "Hello everyone, welcome to Sa Pa!"},
		{"tải app trên Google Play", "tải app trên Google Play"},
		{"livestream trên YouTube, TikTok", "livestream trên YouTube, TikTok"},
		{"check-in online", "check in online"},
		{"dùng iPhone, MobiFone, VinaPhone", "dùng iPhone, MobiFone, VinaPhone"},
		{"SELECT * FROM users WHERE id=1", "SELECT sao FROM users WHERE id bằng một"},
	})
}
