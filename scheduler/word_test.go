package scheduler_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"loalang/scheduler"
)

// entry is a word of the village.
func entry(id, written, spoken string) scheduler.Word {
	return scheduler.Word{Owned: scheduler.Owned{ID: id, Village: "un-ta"}, Language: "vi", Written: written, Spoken: spoken}
}

// codes are the faults of err as "field code".
func codes(t *testing.T, err error) string {
	t.Helper()
	var invalid scheduler.Invalid
	if err != nil && !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	var list []string
	for _, f := range invalid {
		list = append(list, f.Field+" "+f.Code)
	}
	return strings.Join(list, ", ")
}

func TestValidateWord(t *testing.T) {
	tests := []struct {
		name, written, spoken string
		want                  string
	}{
		{"OK", "TDP", "tổ dân phố", ""},
		{"a name with marks of its own", "Ún Tà", "Ún Ta", ""},
		{"figures in what is written", "QL4D", "quốc lộ bốn đê", ""},
		{"a dot inside", "TP.HCM", "thành phố Hồ Chí Minh", ""},
		{"pauses", "HTX", "hợp tác xã, gọi tắt", ""},
		{"empty", "", "", "written required, spoken required"},
		{"10,000 letters", strings.Repeat("a", 10_000), "a b", "written too-long"},
		{"10,000 letters to say", "TDP", strings.Repeat("a", 10_000), "spoken too-long"},
		{"control characters", "T\x07P", "tổ\x00", "written control-characters, spoken control-characters"},
		{"right to left", "T\u202eDP", "tổ\u200f dân phố", "written control-characters, spoken control-characters"},
		{"no UTF-8", "T\xff", "tê", "written control-characters"},
		{"signs alone", "***", "sao", "written no-words"},
		{"a sentence", "Kính mời bà con. Đến họp", "kính mời", "written whole-sentence"},
		{"many words", "một hai ba bốn năm sáu bảy tám chín", "mười", "written whole-sentence"},
		{"a question", "Ai đó?", "ai", "written whole-sentence"},
		{"figures to say", "A15", "a 15", "spoken digits"},
		{"other figures", "A15", "a ²", "spoken digits"},
		{"signs to say", "A&B", "a & bê", "spoken no-letters"},
		{"phonemes", "AB", "[[a]]", "spoken no-letters"},
		{"only pauses", "AB", ".,.", "spoken no-letters"},
		{"itself", "Giáy", "Giáy", "spoken reads-itself"},
		{"itself in small letters", "GIÁY", "giáy", "spoken reads-itself"},
		{"itself with the tone mark elsewhere", "Hoà Bình", "hòa bình", "spoken reads-itself"},
		{"itself within", "Ún Tà", "thôn Ún Tà", "spoken reads-itself"},
		{"OK a part of another word", "an", "bản làng", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := codes(t, entry("1", tt.written, tt.spoken).Validate()); got != tt.want {
				t.Errorf("faults %q, want %q", got, tt.want)
			}
		})
	}
	w := entry("1", "TDP", "tổ dân phố")
	w.Language, w.Note = "Việt", strings.Repeat("x", 201)
	if got := codes(t, w.Validate()); got != "language unknown, note too-long" {
		t.Errorf("faults %q", got)
	}
}

func TestCleanWord(t *testing.T) {
	w := scheduler.CleanWord(entry("1", "  U\u0301n \u00a0 Ta\u0300\r\n", "\tún   ta "))
	if w.Written != "Ún Tà" || w.Spoken != "ún ta" {
		t.Errorf("%q → %q", w.Written, w.Spoken)
	}
}

// A word pasted from a page or a chat brings characters that nobody sees; kept,
// they made a second word of the same writing that nobody could tell from the first.
func TestWordLosesWhatNobodySees(t *testing.T) {
	w := scheduler.CleanWord(entry("1", "\ufeffT\u200bD\u00adP\u2060", "tổ\u200d dân\ufe0f phố"))
	if w.Written != "TDP" || w.Spoken != "tổ dân phố" {
		t.Errorf("%+q → %+q", w.Written, w.Spoken)
	}
	if w := scheduler.CleanWord(entry("1", "T\u202eP", "tê")); w.Written != "T\u202eP" {
		t.Errorf("%+q: what turns the writing round is refused, not hidden", w.Written)
	}
}

// "Hoà" and "Hòa" are one word to the voice: with both in the dictionary, one of
// them counted and nobody knew which.
func TestWordOfTwoToneStylesIsOne(t *testing.T) {
	ws := scheduler.Words{entry("1", "Hoà Bình", "thôn một"), entry("2", "KM-5", "cây số năm"), entry("3", "Thuỷ", "cô giáo")}
	for i := range ws {
		ws[i].Revision = 1
	}
	for _, again := range []string{"Hòa Bình", "Hoà Bình", "KM–5", "ＫＭ-5", "Thủy"} {
		if got := codes(t, ws.Check(entry("9", again, "x"))); got != "written twice" {
			t.Errorf("%q: %q", again, got)
		}
	}
	for _, other := range []string{"Hoa Bình", "Hoá Bình", "HÒA BÌNH", "Hòa Bịnh", "KM5"} {
		if got := codes(t, ws.Check(entry("9", other, "x"))); got != "" {
			t.Errorf("%q: %q", other, got)
		}
	}
	if w, ok := ws.Written("vi", "Hòa Bình"); !ok || w.ID != "1" {
		t.Errorf("%+v %v", w, ok)
	}
	rows, err := scheduler.ReadWords([]byte("Hòa Bình,thôn hai\nHoà Bình,thôn ba\nThủy,cô giáo\n"), "vi")
	if err != nil {
		t.Fatal(err)
	}
	in, err := ws.Import(rows)
	if err != nil || in.Added != 0 || in.Changed != 1 || in.Same != 1 || len(in.Bad) != 1 || in.Bad[0].Faults[0].Code != scheduler.FaultSameRow {
		t.Errorf("%+v, %v", in, err)
	}
}

func TestCheckWord(t *testing.T) {
	ws := scheduler.Words{
		entry("1", "TDP", "tổ dân phố"), entry("2", "NVH", "nhà vê hát"), entry("3", "nhà vê hát", "nhà văn hóa"), entry("4", "nhà văn hóa", "nhà sinh hoạt"),
	}
	english := entry("9", "TDP", "tee dee pee")
	english.Language = "en"
	tests := []struct {
		name string
		w    scheduler.Word
		want string
		way  string
	}{
		{"OK", entry("5", "UBMT", "ủy ban mặt trận"), "", ""},
		{"OK another language", english, "", ""},
		{"OK other capitals", entry("5", "tdp", "tổ dân phố"), "", ""},
		{"OK itself changed", entry("1", "TDP", "tổ"), "", ""},
		{"there already", entry("5", "TDP", "tổ"), "written twice", "tổ dân phố"},
		{"a chain is no circle", entry("5", "hội trường", "nvh mới"), "", ""},
		{"two in a circle", entry("5", "tổ dân phố", "tdp"), "spoken cycle", "tổ dân phố → TDP → tổ dân phố"},
		{"four in a circle", entry("5", "nhà sinh hoạt", "Nvh"), "spoken cycle", "nhà sinh hoạt → NVH → nhà vê hát → nhà văn hóa → nhà sinh hoạt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := ws.Check(tt.w)
			if got := codes(t, err); got != tt.want {
				t.Errorf("faults %q, want %q", got, tt.want)
			}
			var faults scheduler.Invalid
			if errors.As(err, &faults) && faults[0].Limit != tt.way {
				t.Errorf("way %q, want %q", faults[0].Limit, tt.way)
			}
		})
	}
	for _, silent := range []struct {
		w, o scheduler.Word
		want bool
	}{
		{ws[1], ws[2], true}, // NVH says what the next one writes
		{ws[2], ws[1], false},
		{ws[0], ws[0], false},
		{entry("5", "TB", "thông báo hoả tốc"), entry("6", "Thông báo hỏa tốc", "x"), true},
		{english, entry("6", "tee dee pee", "x"), false},
	} {
		if got := silent.w.Silences(silent.o); got != silent.want {
			t.Errorf("%q silences %q: %v", silent.w.Spoken, silent.o.Written, got)
		}
	}
	index := ws.Index()
	if got := index.Cased(entry("5", "tdp", "x")); len(got) != 1 || got[0].ID != "1" {
		t.Errorf("written alike: %+v", got)
	}
	if got := index.Within(entry("5", "hội", "ở nhà văn hóa, tdp")); len(got) != 2 {
		t.Errorf("within: %+v", got)
	}
	var full scheduler.Words
	for i := range scheduler.MaxWords {
		full = append(full, entry(strconv.Itoa(i), "A"+strconv.Itoa(i), "a"))
	}
	if got := codes(t, full.Check(entry("new", "B", "bê"))); got != "written too-many" {
		t.Errorf("full: %q", got)
	}
	if got := codes(t, full.Check(entry("7", "A7", "a bảy"))); got != "" {
		t.Errorf("a change in a full one: %q", got)
	}
}

func TestWordsWith(t *testing.T) {
	ws := scheduler.Words{entry("1", "A", "a"), entry("2", "B", "bê")}
	gone := entry("1", "A", "a")
	gone.Deleted = gone.Deleted.AddDate(2026, 0, 0)
	got := ws.With(gone, entry("2", "B", "bờ"), entry("3", "C", "xê"))
	if len(got) != 2 || got[0].Spoken != "bờ" || got[1].ID != "3" || len(ws) != 2 || ws[1].Spoken != "bê" {
		t.Errorf("%+v, was %+v", got, ws)
	}
}

func TestWordInText(t *testing.T) {
	tests := []struct {
		written, text string
		in, maybe     bool
	}{
		{"Ún Tà", "Thôn Ún Tà kính mời.", true, true},
		{"Ún Tà", "Ún Tà", true, true},
		{"Ún Tà", "thôn ÚN TÀ", false, true},
		{"Ún Tà", "Ún\nTà", false, true},
		{"Hoà", "bạn Hòa", false, true},
		{"an", "bản làng an toàn", true, true},
		{"an", "bản làng", false, false},
		{"đ", "50.000đ", true, true},
		{"đ", "đi", false, false},
		{"QL4D", "QL4D, km 5", true, true},
		{"QL4", "QL4D", true, true},
		{"QL4", "QL40", false, false},
		{"TDP", "", false, false},
	}
	for _, tt := range tests {
		w := entry("1", tt.written, "x")
		if got := w.In(tt.text); got != tt.in {
			t.Errorf("%q in %q: %v", tt.written, tt.text, got)
		}
		if got := w.MayBeIn(scheduler.SkeletonOf(tt.text)); got != tt.maybe {
			t.Errorf("%q maybe in %q: %v", tt.written, tt.text, got)
		}
	}
}
