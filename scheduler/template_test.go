package scheduler_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

// wanted are the subjects that a village must find, by key.
var wanted = []string{
	"cat-dien", "hop-thon", "tiem-chung", "bao", "mua-lu", "chay-rung", "nghia-vu-quan-su", "truong-hoc", "tiem-gia-suc", "thue-phi", "vneid", "vssid", //nolint:misspell // Vietnamese
	"so-suc-khoe", "dich-vu-cong", "tet", "y-te", "trong-trot",
}

func TestBuiltInTemplates(t *testing.T) {
	all := scheduler.BuiltIn()
	for _, key := range wanted {
		if _, ok := all.Find(key); !ok {
			t.Errorf("there is no template %s", key)
		}
	}
	names := map[string]bool{}
	for _, one := range all {
		if err := one.Validate(); err != nil {
			t.Errorf("%s: %v", one.Key, err)
		}
		if one.English == "" || names[one.Name] || one.Revision != 0 || one.Code() != one.Key {
			t.Errorf("%s: %+v", one.Key, one)
		}
		names[one.Name] = true
		if strings.Contains(one.Text, "  ") || !strings.HasSuffix(one.Text, ".") {
			t.Errorf("%s is not written well: %q", one.Key, one.Text)
		}
	}
}

// TestBuiltInTemplatesSayWhatTheLawSays holds what an officer would be asked about:
// each was once written otherwise.
func TestBuiltInTemplatesSayWhatTheLawSays(t *testing.T) {
	all := scheduler.BuiltIn()
	for key, tt := range map[string]struct{ says, not string }{
		"dang-ky-nghia-vu": {"thẻ căn cước hoặc giấy khai sinh", "thẻ căn cước và giấy khai sinh"}, // one of them is enough
		"nghia-vu-quan-su": {"lệnh gọi khám", "giấy gọi"},                                          // as the paper is called
		"tiem-chung":       {"từ 39 độ trở lên", "trên 39 độ"},                                     //nolint:misspell // Vietnamese; the bound itself counts
		"thue-phi":         {"kênh nộp tiền chính thức", "chỉ nộp tiền cho người có trách nhiệm thu, không"},
		"tiem-gia-suc":     {"Ủy ban nhân dân xã [xã] tổ chức", "\nXã [xã]"}, //nolint:misspell // Vietnamese
		"chi-tra":          {"Ủy ban nhân dân xã [xã] chi trả", "\nXã [xã]"},
		"tet":              {"không thả đèn trời", ""},
		"vneid":            {"nhận hồ sơ làm thẻ căn cước", ""},
		"dich-benh":        {"như sau: [việc bà con cần làm].", "như sau.\n"},
	} {
		one, _ := all.Find(key)
		if text := "\n" + one.Text; !strings.Contains(text, tt.says) || tt.not != "" && strings.Contains(text, tt.not) {
			t.Errorf("%s: want %q, not %q: %s", key, tt.says, tt.not, one.Text)
		}
	}
	for _, one := range all {
		if !strings.Contains(one.Text, "ảm ơn") {
			t.Errorf("%s thanks nobody", one.Key)
		}
	}
}

// TestForecastsAreNumbers: a wind is "cấp 8-9" in every forecast, a frost is "-2".
func TestForecastsAreNumbers(t *testing.T) {
	for value, want := range map[string]string{
		"8-9": "8 đến 9", "100 – 200": "100 đến 200", "8 đến 9": "8 đến 9", "1.000-1.500": "1.000 đến 1.500", "1,5-2": "1,5 đến 2",
		"-2": "âm 2", "−2": "âm 2", "âm 2": "âm 2", "0": "0", "-0": "0",
		"9-8": "", "8-8": "", "8-": "", "--2": "", "8-9-10": "", "-3-2": "", "âm": "", "tám": "",
	} {
		a, fault := scheduler.Blank{Kind: scheduler.BlankNumber, Label: "x"}.Write(value, time.Date(2026, 11, 23, 16, 21, 0, 0, time.UTC))
		if a.Written != want || (fault.Code == "") != (want != "") {
			t.Errorf("%q: %+v, %+v, want %q", value, a, fault, want)
		}
	}
}

// TestPlaceIsNotCalledTwice: a village may be named "Thôn 3", or be no thôn at all.
func TestPlaceIsNotCalledTwice(t *testing.T) {
	one := scheduler.Template{Title: "Thôn [thôn]", Text: "Bà con thôn [thôn], Trạm y tế xã [xã]. [thôn]"}
	for _, tt := range []struct{ village, commune, title, text string }{
		{"Ún Tà", "Cốc San", "Thôn Ún Tà", "Bà con thôn Ún Tà, Trạm y tế xã Cốc San. Ún Tà"},
		{"Thôn 3", "xã Cốc San", "Thôn 3", "Bà con thôn 3, Trạm y tế xã Cốc San. Thôn 3"},
		{"Tổ dân phố 5", "Phường Cam Đường", "Tổ dân phố 5", "Bà con tổ dân phố 5, Trạm y tế phường Cam Đường. Tổ dân phố 5"},
		{"Tổng Gia", "Khuổi Nọi", "Thôn Tổng Gia", "Bà con thôn Tổng Gia, Trạm y tế xã Khuổi Nọi. Tổng Gia"},
		{"Bản Nậm Cang", "Bản Hồ", "Bản Nậm Cang", "Bà con bản Nậm Cang, Trạm y tế xã Bản Hồ. Bản Nậm Cang"},
		{"", "", "Thôn [thôn]", "Bà con thôn [thôn], Trạm y tế xã [xã]. [thôn]"},
	} {
		got := one.For(scheduler.Village{Name: tt.village, Commune: tt.commune})
		if got.Title != tt.title || got.Text != tt.text {
			t.Errorf("%q, %q: %q, %q", tt.village, tt.commune, got.Title, got.Text)
		}
	}
}

func TestBlanks(t *testing.T) {
	b := func(kind scheduler.BlankKind, label string) scheduler.Blank {
		return scheduler.Blank{Kind: kind, Label: label}
	}
	tests := []struct {
		name  string
		texts []string
		want  []scheduler.Blank
	}{
		{"OK", []string{"Họp [ngày: ngày họp]", "Lúc [giờ: giờ họp] tại [nơi: nơi họp], bàn [việc cần bàn]."}, []scheduler.Blank{
			b("date", "ngày họp"), b("time", "giờ họp"), b("place", "nơi họp"), b("text", "việc cần bàn"),
		}},
		{"every kind", []string{"[tiền: a] [số: b] [điện thoại: c] [chữ: d]"}, []scheduler.Blank{b("money", "a"), b("number", "b"), b("phone", "c"), b("text", "d")}},
		{"twice is one", []string{"[giờ: giờ họp]", "[giờ: giờ họp], [giờ họp]"}, []scheduler.Blank{b("time", "giờ họp")}},
		{"the kind may come later", []string{"[giờ họp], [giờ: giờ họp]"}, []scheduler.Blank{b("time", "giờ họp")}},
		{"as cadres type", []string{"[ Giờ :  giờ  họp ] [ĐIỆN THOẠI:x]"}, []scheduler.Blank{b("time", "giờ họp"), b("phone", "x")}},
		{"none", []string{"Không có gì."}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, wrong := scheduler.Blanks(tt.texts...)
			if !slices.Equal(got, tt.want) || len(wrong) > 0 {
				t.Errorf("%v, %v", got, wrong)
			}
		})
	}
}

func TestFill(t *testing.T) {
	text := "Lúc [giờ: giờ họp] ([giờ họp]), tại [nơi: nơi]. [khác]"
	if got := scheduler.Fill(text, map[string]string{"giờ họp": "7 giờ", "nơi": "UBND TP.", "lạ": "x"}); got != "Lúc 7 giờ (7 giờ), tại UBND TP. [khác]" {
		t.Errorf("%q", got)
	}
	if got := scheduler.Unfilled("[1] [giờ: a] [b] [b] [ ] []"); !slices.Equal(got, []string{"[giờ: a]", "[b]"}) {
		t.Errorf("%q", got)
	}
}

func TestAnswers(t *testing.T) {
	zone := time.FixedZone("", 7*3600)
	now := time.Date(2026, 11, 23, 16, 21, 0, 0, zone) // a Monday
	tests := []struct {
		kind           scheduler.BlankKind
		value          string
		written, extra string // extra: code of the hint, or of the fault
	}{
		{"date", "2026-11-30", "thứ Hai, ngày 30/11/2026", ""},
		{"date", "29/11", "Chủ nhật, ngày 29/11/2026", ""},
		{"date", "ngày 29 tháng 11 năm 2026", "Chủ nhật, ngày 29/11/2026", ""},
		{"date", "23/11", "thứ Hai, ngày 23/11/2026", ""}, // today
		{"date", "22/11", "thứ Hai, ngày 22/11/2027", ""}, // the next
		{"date", "22.11.2026", "Chủ nhật, ngày 22/11/2026", "past"},
		{"date", "29/2/2027", "", "answer-date"},
		{"date", "0/0", "", "answer-date"},
		{"date", "mai", "", "answer-date"},
		{"date", "1/1/9999", "", "too-far"},
		{"time", "07:30", "7 giờ 30", ""},
		{"time", "7h30", "7 giờ 30", ""},
		{"time", "7g", "7 giờ", ""},
		{"time", "19 giờ 05 phút", "19 giờ 05", ""},
		{"time", "5 giờ rưỡi chiều", "17 giờ 30", ""},
		{"time", "7h tối", "19 giờ", ""},
		{"time", "1 giờ trưa", "13 giờ", ""},
		{"time", "24:00", "", "answer-time"},
		{"time", "7h60", "", "answer-time"},
		{"time", "sáng mai", "", "answer-time"},
		{"money", "50000", "50.000 đồng", ""},
		{"money", "50.000", "50.000 đồng", ""},
		{"money", "50,000đ", "50.000 đồng", ""},
		{"money", "50 nghìn", "50.000 đồng", ""},
		{"money", "50k", "50.000 đồng", ""},
		{"money", "1,2 triệu", "1.200.000 đồng", ""},
		{"money", "1.5 tr", "1.500.000 đồng", ""},
		{"money", "2 tỷ đồng", "2.000.000.000 đồng", ""},
		{"money", "50", "50 đồng", "small"},
		{"money", "0", "", "answer-money"},
		{"money", "-5000", "", "answer-money"},
		{"money", "0,5 đồng", "", "answer-money"},
		{"money", "nhiều", "", "answer-money"},
		{"money", "5.00.000", "", "answer-money"},
		{"number", "8", "8", ""},
		{"number", "1200", "1.200", ""},
		{"number", "2,5", "2,5", ""},
		{"number", "8-10", "8 đến 10", ""},
		{"phone", "0912.345.678", "0912 345 678", ""},
		{"phone", "+84 912 345 678", "0912 345 678", ""},
		{"phone", "0214 3 840 123", "0214 384 0123", ""},
		{"phone", "(024) 3826 1234", "024 3826 1234", ""},
		{"phone", "1800 599 920", "1800 599 920", ""},
		{"phone", "114", "114", ""},
		{"phone", "12345", "", "answer-phone"},
		{"phone", "0123456789", "", "answer-phone"}, // gone since 2018
		{"place", " nhà  văn hóa. ", "nhà văn hóa", ""},
		{"text", "…", "", "no-words"},
		{"text", "[x]", "", "answer-brackets"},
		{"text", "a\x01b", "", "control-characters"},
		{"text", "a\u202eb", "", "control-characters"},
		{"text", strings.Repeat("a", 301), "", "too-long"},
		{"text", "  ", "", ""},
	}
	for _, tt := range tests {
		a, fault := scheduler.Blank{Kind: tt.kind, Label: "x"}.Write(tt.value, now)
		if a.Written != tt.written || a.Hint+fault.Code != tt.extra {
			t.Errorf("%s %q: %+v, %+v, want %q %s", tt.kind, tt.value, a, fault, tt.written, tt.extra)
		}
	}
}

func TestTemplatesOfAVillage(t *testing.T) {
	all := scheduler.BuiltIn()
	copied := scheduler.Template{Owned: scheduler.Owned{ID: "1", Revision: 3}, Key: "bao", Topic: scheduler.TopicDanger, Name: "Bão"}
	own := scheduler.Template{Owned: scheduler.Owned{ID: "2", Revision: 1}, Topic: scheduler.TopicOther, Name: "Của thôn"}
	both := all.Beside(scheduler.Templates{copied, own})
	if len(both) != len(all)+1 {
		t.Fatalf("%d templates", len(both))
	}
	if got, _ := both.Find("bao"); got.Revision != 3 {
		t.Errorf("%+v", got)
	}
	if got := both.ByUse(map[string]int{"2": 3, "tet": 5})[:2]; got[0].Key != "tet" || got[1].ID != "2" {
		t.Errorf("first %s, then %s", got[0].Code(), got[1].Code())
	}
	if _, ok := both.Find(""); ok {
		t.Error("nothing is found by no code")
	}
	for i := range scheduler.MaxTemplates {
		both = append(both, scheduler.Template{Owned: scheduler.Owned{ID: "n" + strings.Repeat("i", i), Revision: 1}, Name: strings.Repeat("i", i+1)})
	}
	if err := both.Check(scheduler.Template{Name: "Một mẫu nữa"}); err == nil || !strings.Contains(err.Error(), scheduler.FaultTemplateMany) {
		t.Errorf("more than enough: %v", err)
	}
}

// FuzzBlanks holds what the pages rely on, whatever is typed.
func FuzzBlanks(f *testing.F) {
	for _, s := range []string{"[giờ: giờ họp]", "[[", "]", "[:]", "[giờ:\n]", "[a][a][giờ: a]", "[\xff: x]"} {
		f.Add(s, s)
	}
	now := time.Date(2026, 11, 23, 16, 21, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text, value string) {
		text = scheduler.Clean(text)
		blanks, wrong := scheduler.Blanks(text)
		if scheduler.Fill(text, nil) != text {
			t.Error("nothing filled in changes the text")
		}
		written := map[string]string{}
		for _, b := range blanks {
			again, bad := scheduler.Blanks(b.String())
			if len(bad) > 0 || len(again) != 1 || again[0] != b {
				t.Fatalf("%q is read back as %v, %v", b, again, bad)
			}
			a, fault := b.Write(value, now)
			if a.Written != "" && (fault.Code != "" || strings.ContainsAny(a.Written, "[]\n")) {
				t.Fatalf("%q into %q: %+v, %+v", value, b, a, fault)
			}
			written[b.Label] = "điền"
		}
		if left, _ := scheduler.Blanks(scheduler.Fill(text, written)); len(left) > 0 && len(wrong) == 0 {
			t.Errorf("%q leaves %v", text, left)
		}
	})
}
