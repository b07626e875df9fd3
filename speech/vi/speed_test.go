package vi_test

import (
	"strings"
	"testing"

	"loalang/speech/vi"
)

// adminText is a page as a commune writes it.
const adminText = `UBND XÃ CỐC SAN
THÔNG BÁO
Về việc tổ chức Ngày hội Đại đoàn kết toàn dân tộc ở khu dân cư năm 2026

Căn cứ Quyết định số 123/QĐ-UBND ngày 05/11/2026 của Ủy ban nhân dân xã Cốc San, Ban công tác Mặt trận thôn Ún Tà kính mời toàn thể bà con trong thôn đến dự Ngày hội Đại đoàn kết toàn dân tộc.
Thời gian: từ 7h30 đến 11h ngày 18/11/2026 (thứ Tư). Địa điểm: nhà văn hóa thôn.
Kính đề nghị mỗi hộ gia đình cử ít nhất một người đại diện đến dự đúng giờ, ăn mặc gọn gàng, giữ gìn trật tự và vệ sinh chung. Bà con nào có tiết mục văn nghệ xin đăng ký với chị Hoa, chi hội trưởng phụ nữ, SĐT 0912 345 678, trước ngày 15/11.
Nhân dịp này, Trạm Y tế xã tổ chức khám sức khỏe, cấp thuốc miễn phí cho người cao tuổi, trẻ em dưới 6 tuổi và các gia đình chính sách; khi đi nhớ mang theo thẻ BHYT và CCCD.
Thôn nhắc bà con giữ gìn vệ sinh đường làng ngõ xóm, không thả rông trâu bò, không đốt rơm rạ gần rừng, cảnh giác với cháy nổ trong mùa hanh khô và trộm cắp dịp cuối năm.
Rất mong bà con sắp xếp công việc đến dự đông đủ để ngày hội thành công tốt đẹp. Xin trân trọng cảm ơn.
`

// numberText has hardly anything but what is to be rewritten.
const numberText = "Giá 1.250.000đ, 19,5 km², 38°C, từ 4-6 triệu, 7h30-11h, 31/12/2026, quý III/2026, 0912 345 678, 123/QĐ-UBND, 51,4%, 20kg/sào, 15/19 tiêu chí, TP.HCM, QL4D.\n"

// BenchmarkText is what the figures are told of; bytes are those of the written
// text.
func BenchmarkText(b *testing.B) {
	village := lexicon("Ún Tà=Ủn Tà", "TDP=tổ dân phố", "NVH=nhà văn hóa", "QL4D=quốc lộ bốn đê", "nhà=căn nhà")
	for _, c := range []struct {
		name, text string
		words      *vi.Lexicon
	}{{"Admin", adminText, nil}, {"AdminWithLexicon", adminText, village}, {"Numbers", numberText, nil}} {
		text := strings.Repeat(c.text, 1+50_000/len(c.text))
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				vi.Normalize(text, c.words)
			}
		})
	}
}

// Texts of 100 KB, the ordinary one and those made to be slow: the time for each
// byte must not grow with the length.
func BenchmarkNormalize(b *testing.B) {
	for name, piece := range map[string]string{
		"Notice":   "UBND xã mời bà con họp lúc 19h ngày 24/11/2026, SĐT 0912 345 678, phạt 4-6 triệu đồng.\n",
		"Digits":   "1",
		"Points":   "1.",
		"Strokes":  "1/1/",
		"Dashes":   "1-",
		"Address":  "a.",
		"At":       "a@",
		"Capitals": "XKZ ",
		"OneWord":  "X",
		"Dots":     ".",
		"Brackets": "[",
		"Rounds":   "(",
	} {
		for _, size := range []int{10_000, 100_000} {
			text := strings.Repeat(piece, size/len(piece))
			b.Run(name+"/"+map[int]string{10_000: "10KB", 100_000: "100KB"}[size], func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					vi.Normalize(text, nil)
				}
			})
		}
	}
}

func TestDoubtIsShownWithWhatIsDoubtful(t *testing.T) {
	s := vi.Normalize("UBND mời XKZ.", nil)
	want := map[string]vi.Doubt{"UBND": "", "XKZ": vi.Spelled}
	for _, c := range s.Changes {
		if d, ok := want[c.Written]; !ok || d != c.Doubt {
			t.Errorf("%q is doubted as %q, want %q", c.Written, c.Doubt, d)
		}
	}
	if len(s.Changes) != len(want) {
		t.Errorf("changes = %+v, want %d", s.Changes, len(want))
	}
}
