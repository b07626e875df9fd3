package web_test

import (
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
	"loalang/speech"
)

// answersOf are things that cadres fill in, and what is to be heard of each.
var answersOf = map[scheduler.BlankKind][][2]string{
	scheduler.BlankDate: {
		{"2026-11-30", "thứ Hai, ngày ba mươi tháng mười một năm hai nghìn không trăm hai mươi sáu"},
		{"1/1/2027", "thứ Sáu, ngày một tháng một năm hai nghìn không trăm hai mươi bảy"},
		{"24/4", "thứ Bảy, ngày hai mươi tư tháng tư năm hai nghìn không trăm hai mươi bảy"},
		{"29-11-2026", "Chủ nhật, ngày hai mươi chín tháng mười một năm hai nghìn không trăm hai mươi sáu"},
	},
	scheduler.BlankTime: {
		{"19:30", "mười chín giờ ba mươi phút"}, {"7h", "bảy giờ"}, {"7h05", "bảy giờ năm phút"}, {"5 giờ chiều", "mười bảy giờ"}, {"00:15", "không giờ mười lăm phút"},
	},
	scheduler.BlankPlace: {
		{"nhà văn hóa thôn", "nhà văn hóa thôn"}, {"nhà ông Vàng Văn Páo", "nhà ông Vàng Văn Páo"}, {"hội trường UBND xã", "hội trường Ủy ban nhân dân xã"}, {"thôn Ún Tà, Tòng Chú", "thôn Ún Tà, Tòng Chú"},
	},
	scheduler.BlankMoney: {
		{"50000", "năm mươi nghìn đồng"}, {"50 nghìn", "năm mươi nghìn đồng"}, {"1,2 triệu", "một triệu hai trăm nghìn đồng"}, {"12.500 đ", "mười hai nghìn năm trăm đồng"},
	},
	scheduler.BlankNumber: {
		{"8", "tám"}, {"12", "mười hai"}, {"1.200", "một nghìn hai trăm"}, {"150", "một trăm năm mươi"}, {"8-9", "tám đến chín"}, {"-2", "âm hai"},
	},
	scheduler.BlankPhone: {
		{"0912345678", "không chín một hai ba bốn năm sáu bảy tám"}, {"02143840123", "không hai một bốn ba tám bốn không một hai ba"}, {"19001234", "một chín không không một hai ba bốn"}, {"114", "một một bốn"},
	},
	scheduler.BlankText: {
		{"thu quỹ, làm đường bê tông", "thu quỹ, làm đường bê tông"}, {"cấp IV", "cấp bốn"}, {"lớp 5A Trường Tiểu học Cốc San", "lớp năm a Trường Tiểu học Cốc San"}, {"trẻ từ 6 tháng đến dưới 5 tuổi", "trẻ từ sáu tháng đến dưới năm tuổi"},
	},
}

// lettersOf is a text as it is heard: words alone.
func lettersOf(s string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \n.,;:!?()", r) }), " "))
}

// TestTemplatesAreReadRight fills every template with every kind of answer and has
// the normaliser read it: nothing is unknown or doubtful, and each answer is heard
// as it should be.
func TestTemplatesAreReadRight(t *testing.T) {
	now := newWorld(t).now
	place := scheduler.Village{Name: "Ún Tà", Commune: "Cốc San"}
	for _, tpl := range scheduler.BuiltIn() {
		tpl = tpl.For(place)
		for round := range 6 {
			written, heard := map[string]string{}, map[string]string{}
			for i, b := range tpl.Blanks() {
				of := answersOf[b.Kind]
				one := of[(round+i)%len(of)]
				a, fault := b.Write(one[0], now)
				if fault.Code != "" || a.Hint != "" {
					t.Fatalf("%s %s: %q is answered by %+v, %+v", tpl.Key, b, one[0], a, fault)
				}
				written[b.Label], heard[b.Label] = a.Written, one[1]
			}
			for _, text := range []string{tpl.Title, tpl.Text} {
				filled := scheduler.Fill(text, written)
				if left := scheduler.Unfilled(filled); len(left) > 0 {
					t.Errorf("%s: %v is left", tpl.Key, left)
				}
				read := speech.Normalize("vi", filled, nil)
				if len(read.Unknown) > 0 {
					t.Errorf("%s: unknown %v", tpl.Key, read.Unknown)
				}
				for _, c := range read.Changes {
					if c.Doubt != "" {
						t.Errorf("%s: %q is read %q with a doubt: %s", tpl.Key, c.Written, c.Read, c.Doubt)
					}
				}
				if strings.ContainsAny(read.Text, "0123456789[]") {
					t.Errorf("%s: figures are left in %q", tpl.Key, read.Text)
				}
				want := lettersOf(speech.Normalize("vi", scheduler.Fill(text, heard), nil).Text)
				if got := lettersOf(read.Text); got != want {
					t.Errorf("%s:\n%s\nis to be heard as\n%s", tpl.Key, got, want)
				}
			}
		}
	}
}

// TestAnswersAreHeard holds each answer by itself to what is heard of it.
func TestAnswersAreHeard(t *testing.T) {
	now := time.Date(2026, 11, 23, 16, 21, 0, 0, newWorld(t).now.Location())
	for kind, list := range answersOf {
		for _, one := range list {
			a, fault := scheduler.Blank{Kind: kind, Label: "x"}.Write(one[0], now)
			if fault.Code != "" {
				t.Errorf("%s %q: %+v", kind, one[0], fault)
			}
			frame, said := "Xin ghi nhận %.", "xin ghi nhận "
			if kind == scheduler.BlankPhone {
				frame, said = "Xin gọi số %.", "xin gọi số "
			}
			read := speech.Normalize("vi", strings.Replace(frame, "%", a.Written, 1), nil)
			if got := lettersOf(read.Text); got != said+lettersOf(one[1]) {
				t.Errorf("%s %q, written %q, is heard as %q, want %q", kind, one[0], a.Written, got, one[1])
			}
		}
	}
}
