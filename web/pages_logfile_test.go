package web_test

import (
	"encoding/binary"
	"encoding/csv"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// Without a card every notice "plays" to its end: the month's report must not
// call that on time, nor aired.
func TestSilentIsNeverOnTime(t *testing.T) {
	w := newWorld(t)
	for i, heard := range []playout.Heard{playout.HeardSilent, playout.HeardWrong, playout.HeardYes, playout.NotMeasured} {
		run := w.ran("n"+string(rune('1'+i)), "Tin "+string(heard), w.at(23, 6+i, 0), "", playout.Played, "completed", 0)
		run.Heard = heard
		w.runs = append(w.runs, run)
	}
	p := newSite(t, w, people.Viewer, "vi").get("/asrun")
	for _, want := range []string{"2 trong 4 lượt đã phát", "2 Đúng giờ", "2 Lỡ, bị ngắt hoặc không ra tiếng", "Loa không ra tiếng 1", "Tiếng không đúng 1"} {
		if !strings.Contains(strings.Join(strings.Fields(p.text), " "), want) {
			t.Errorf("%q is not in %s", want, p.text)
		}
	}
}

// The button of the as-run page gives an officer a table for a spreadsheet:
// headings and outcomes in words, times of the village, columns that hold
// whatever country Windows is set to.
func TestAsRunFileIsForAnOfficer(t *testing.T) {
	w := newWorld(t)
	run := w.ran("n1", "=HYPERLINK(\"x\")\tTiêm phòng", w.at(23, 5, 30), "", playout.Cut, scheduler.ReasonPower, 1500*time.Millisecond)
	run.Due = run.Due.UTC()
	w.runs = []playout.AsRun{
		run, w.ran("n2", "Họp thôn", w.at(23, 6, 0), "", playout.Played, "completed", 0),
	}
	tests := []struct {
		lang, query string
		want        [][]string
	}{
		{"vi", "", [][]string{
			{"Thôn", "Ngày", "Giờ hẹn", "Giờ bắt đầu", "Giờ hết", "Tên bản tin", "Mức", "Tiếng", "Kết quả", "Lý do"},
			{"Ún Tà", "2026-11-23", "05:30:00", "05:30:01", "", "'=HYPERLINK(\"x\") Tiêm phòng", "Thường", "tiếng Việt", "Bị ngắt giữa chừng", "Mất điện"},
			{"Ún Tà", "2026-11-23", "06:00:00", "06:00:00", "06:01:31", "Họp thôn", "Thường", "tiếng Việt", "Đã phát đủ", ""},
		}},
		{"en", "&only=trouble", [][]string{
			{"Village", "Date", "Due", "Began"},
			{"Ún Tà", "2026-11-23", "05:30:00"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.lang, func(t *testing.T) {
			s := newSite(t, w, people.Officer, tt.lang)
			p := s.get("/asrun?from=2026-11-23&to=2026-11-23" + tt.query)
			href := "/asrun.csv?from=2026-11-23" + strings.ReplaceAll(tt.query, "&", "&amp;") + "&amp;to=2026-11-23"
			if !strings.Contains(p.body, href) {
				t.Fatalf("no button leads to %s", href)
			}
			got := tabs(t, s.get(strings.ReplaceAll(href, "&amp;", "&")).body)
			if len(got) != len(tt.want) {
				t.Fatalf("rows %q", got)
			}
			for i, row := range tt.want {
				if strings.Join(got[i][:len(row)], "|") != strings.Join(row, "|") {
					t.Errorf("row %d: %q, want %q", i, got[i], row)
				}
			}
		})
	}
}

func tabs(t *testing.T, body string) [][]string {
	t.Helper()
	raw := []byte(body)
	if len(raw) < 2 || raw[0] != 0xff || raw[1] != 0xfe {
		t.Fatalf("it does not begin with a byte order mark: %.40q", body)
	}
	units := make([]uint16, 0, len(raw)/2)
	for i := 2; i+1 < len(raw); i += 2 {
		units = append(units, binary.LittleEndian.Uint16(raw[i:]))
	}
	r := csv.NewReader(strings.NewReader(string(utf16.Decode(units))))
	r.Comma = '\t'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestAsRunFileBadDays(t *testing.T) {
	for _, query := range []string{"", "?from=x&to=2026-11-23", "?from=2025-01-01&to=2026-11-23"} {
		p := newSite(t, newWorld(t), people.Viewer, "vi").get("/asrun.csv" + query)
		if p.status != 422 || !strings.Contains(p.text, "chọn lại ngày") {
			t.Errorf("%s: status %d: %s", query, p.status, p.text)
		}
	}
}

// On paper nothing but the page itself says which village and which year it is.
func TestPrintedLogNamesVillageAndYear(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Officer, "vi")
	p := s.get("/asrun?from=2026-11-01&to=2026-11-23")
	if want := "Nhật ký phát loa truyền thanh thôn Ún Tà, xã Cốc San, từ ngày 01/11/2026 đến ngày 23/11/2026. In lúc 16:21 ngày 23/11/2026."; !strings.Contains(p.text, want) {
		t.Errorf("%q is not in %s", want, p.text)
	}
	css := s.get(regexp.MustCompile(`/static/app\.[0-9a-f]+\.css`).FindString(p.body)).body
	_, paper, _ := strings.Cut(css, "@media print")
	if !strings.Contains(paper, ".paper{display:block}") || !strings.Contains(css, ".paper{display:none}") {
		t.Error("the sheet's heading is not for paper alone")
	}
}

// A log in the zone of the board cannot be read in the village (xibo#3853): whatever the
// zone in which an instant comes, page and file tell it by the clock of the village.
func TestTheLogIsInTheTimeOfTheVillage(t *testing.T) {
	w := newWorld(t)
	row := w.ran("zone", "Họp chi bộ", w.at(22, 5, 36), "", playout.Played, "completed", 0)
	board := time.FixedZone("board", -5*60*60)
	row.Nominal, row.Due = row.Nominal.In(board), row.Due.In(board)
	for i := range row.Airings {
		row.Airings[i].Started, row.Airings[i].Ended = row.Airings[i].Started.In(board), row.Airings[i].Ended.In(board)
	}
	w.runs = append(w.runs, row)
	s := newSite(t, w, people.Viewer, "vi")
	for path, want := range map[string]string{
		"/asrun.csv?from=2026-11-22&to=2026-11-22":               "0\x005\x00:\x003\x006\x00:\x000\x000\x00", // UTF-16
		"/asrun?from=2026-11-22&to=2026-11-22":                   "05:36",
		"/api/v1/asrun?from=2026-11-22&to=2026-11-22&format=csv": "zone",
	} {
		if p := s.get(path); !strings.Contains(p.body, want) || strings.Contains(p.body, "17:36") {
			t.Errorf("%s does not say %q: %s", path, want, p.body)
		}
	}
}
