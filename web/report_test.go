package web_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"loalang/people"
)

var updateReport = flag.Bool("update-report", false, "write the golden reports anew")

// golden compares with a file of testdata, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *updateReport {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at what changed, then go test ./web -run Report -update-report\n%s", path, got)
	}
}

// A month written by hand with every outcome: what a commune files of it.
func TestReportOfNovember(t *testing.T) {
	w := newWorld(t)
	w.november()
	s := newSite(t, w, people.Viewer, "vi")
	p := s.get("/report?month=2026-11")
	if p.status != 200 {
		t.Fatal(p.status, p.text)
	}
	_, main, _ := strings.Cut(p.text, "Cộng hòa")
	for _, want := range []string{
		"Tháng 11 năm 2026: 70 lượt bản tin; 60 trong 65 lượt phải phát đã đúng giờ (92,3 %); 3 lượt bà con không nghe được (4,7 %).",
		"lập lúc 23:00 ngày 30/11/2026. Giờ của máy: 23:00, đúng",
		"Giàng Thị Mỷ cho phép: Đêm hội của thôn; Xã đồng ý",
		"phát lần đầu lúc 05:30 03/11; Giàng Thị Mỷ duyệt lúc 09:00 03/11", "Đã xét đúng hạn", "Xét quá hạn", "Quá hạn, chưa ai xét", "Chờ xét", "thuy cho phát gấp: Sạt lở; chưa phát lượt nào; hạn xét duyệt 04:00 08/11",
		"lâu nhất 6 phút: Thông báo cắt nước, ngày 22/11",
		"Trong 60 lượt đúng giờ có 50 lượt chưa đo tiếng ngoài loa",
		"Máy chưa biết đúng giờ", "Chủ nhật 22/11",
		"Đến lịch 3 lần; đã thử 2 lần (1 lần thử thầm, 1 lần thử có tiếng), đạt 1. Lần đạt gần nhất: 09:00 04/11/2026.",
		"Từ lúc gọi đến tiếng còi đầu tiên: Không nghe còi ra card âm thanh.", "Bị ngắt 1: mất điện",
	} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q is not in %s", want, p.text)
		}
	}
	for _, alien := range []string{"Tháng trước", "Tháng sau"} {
		if strings.Contains(main, alien) {
			t.Errorf("%q is of another month", alien)
		}
	}
	if p.wire > 30<<10 {
		t.Errorf("%d bytes on the wire", p.wire)
	}
	api := s.get("/api/v1/report?month=2026-11")
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(api.body), "", " "); err != nil {
		t.Fatal(err, api.body)
	}
	golden(t, "report-november.json", indented.Bytes())
	golden(t, "report-november.csv", []byte(s.get("/api/v1/report.csv?month=2026-11").body))
}

// The file is read by encoding/csv as by pandas: one heading, whole numbers, the
// sums those of the API, and nothing that a spreadsheet takes for a formula.
func TestReportFileReadsBack(t *testing.T) {
	w := newWorld(t)
	w.november()
	p := newSite(t, w, people.Viewer, "vi").get("/api/v1/report.csv?month=2026-11&by=day,issuer")
	body, marked := strings.CutPrefix(p.body, "\uFEFF")
	if !marked {
		t.Error("no byte order mark: Excel garbles Vietnamese")
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	sums := map[string]int{}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
				t.Errorf("a formula: %q", cell)
			}
		}
		for _, name := range []string{"planned", "on_time", "missed"} {
			n, err := strconv.Atoi(row[column[name]])
			if err != nil && row[0] != "cause" && row[0] != "drill" && row[0] != "drill-cause" && row[0] != "exception" && row[0] != "urged" {
				t.Errorf("%v: %v", row, err)
			}
			sums[row[0]+" "+name] += n
			if row[0] == "drill" && name == "planned" {
				sums["drill "+row[1]] = n
			}
		}
		if row[0] == "day" && row[column["key"]] == "2026-11-22" {
			if row[column["from"]] != "2026-11-22T00:00:00+07:00" || row[column["from_utc"]] != "2026-11-21T17:00:00Z" || row[column["to_utc"]] != "2026-11-22T17:00:00Z" {
				t.Error(row)
			}
		}
	}
	want := map[string]int{"drill due": 3, "drill held": 2, "drill passed": 1, "drill failed": 1, "drill not-held": 1, "day planned": 70, "day on_time": 60, "day missed": 1, "issuer planned": 70, "issuer on_time": 60, "issuer missed": 1, "topic planned": 0, "cause planned": 9, "drill-cause planned": 3}
	for name, n := range want {
		if sums[name] != n {
			t.Errorf("%s: %d, want %d", name, sums[name], n)
		}
	}
}

func TestReportAsks(t *testing.T) {
	w := newWorld(t)
	w.november()
	s := newSite(t, w, people.Viewer, "vi")
	cases := []struct {
		name, query string
		status      int
		text        string
	}{
		{"OK", "", 200, "Tháng 11 năm 2026: 70 lượt"},
		{"a month that was silent", "month=2026-09", 200, "Tháng 9 năm 2026: không có lượt bản tin nào."},
		{"days", "from=2026-11-09&to=2026-11-10", 200, "Từ ngày 09/11/2026 đến ngày 10/11/2026: 7 lượt bản tin; 4 trong 6"},
		{"days beside the month of the form", "month=2026-11&from=2026-11-09&to=2026-11-09", 200, "Ngày 09/11/2026: 4 lượt"},
		{"a topic", "month=2026-11&topic=hop-thon", 200, "2 lượt bản tin; 0 trong 1"},
		{"no topic", "month=2026-11&topic=-", 200, "Chỉ tính chủ đề: Không theo mẫu nào."},
		{"an issuer", "month=2026-11&issuer=Chi+bộ", 200, "1 lượt bản tin; 0 trong 1"},
		{"a language that was missing too", "month=2026-11&language=pcc", 200, "60 lượt bản tin"},
		{"no month", "month=2026-13", 422, "Không hiểu ngày"},
		{"backwards", "from=2026-11-09&to=2026-11-01", 422, "Lúc kết thúc phải sau lúc bắt đầu"},
		{"too long", "from=2020-11-09&to=2026-11-01", 422, "366"},
		{"the year 9999", "month=9999-12", 200, "không có lượt bản tin nào"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := s.get("/report?" + strings.ReplaceAll(c.query, "ộ", "%E1%BB%99"))
			if p.status != c.status || !strings.Contains(p.text, c.text) {
				t.Errorf("%d, and %q is not in %s", p.status, c.text, p.text)
			}
		})
	}
	for query, status := range map[string]int{"month=2026-13": 422, "by=moon": 422, "from=2026-11-09&to=2026-11-01": 422, "village=nowhere": 403, "village=*": 200} {
		for _, path := range []string{"/api/v1/report?", "/api/v1/report.csv?"} {
			if p := s.get(path + query); p.status != status {
				t.Errorf("%s%s: %d, %s", path, query, p.status, p.body)
			}
		}
	}
}
