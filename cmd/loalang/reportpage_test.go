package main_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/store"
)

// An officer prints a bad month: what the browser makes of the page, and of the file
// that the command writes, is paper that a commune can file.
func TestReportOnPaper(t *testing.T) {
	need(t, map[string]string{"pdftotext": "poppler-utils", "pdftoppm": "poppler-utils"})
	data := t.TempDir()
	d := serve(t, data, "null")
	fillBadMonth(t, data)
	file := filepath.Join(t.TempDir(), "thang-11.html")
	if out, errs, code := loalang(t, "", "report", "--month", "2026-11", "--html", file, "--data", data); code != 0 {
		t.Fatal(out, errs)
	}
	b := newBrowser(t)
	b.open(d.setup)
	b.fill("#name", "Vàng Thị Mỷ")
	b.fill("#password", password)
	b.press("form button[type=submit]")
	b.begun()
	for name, at := range map[string]string{"page": d.url + "/report?month=2026-11", "file": "file://" + file} {
		t.Run(name, func(t *testing.T) {
			b.open(at)
			b.until("the report is there", "document.querySelector('.signs')")
			if name == "page" {
				for _, width := range []int64{360, 1280} {
					b.screen(width, 740)
					b.picture(fmt.Sprintf("report-%d", width))
				}
			}
			p := b.paper(t, "report-"+name)
			p.isA4(t)
			p.numbersItsPages(t)
			p.keepsRowsWhole(t)
			p.repeatsHeads(t)
			p.canBeFiled(t)
			if name == "page" && !strings.Contains(p.flat(0), "Vàng Thị Mỷ lập") {
				t.Error("the page does not say who made it")
			}
			for _, screen := range []string{"Kỳ trước", "Tải bảng Excel", "Trang chủ", "khổ A4"} {
				if strings.Contains(p.flat(), screen) {
					t.Errorf("%q is of the screen", screen)
				}
			}
		})
	}
}

// paper is what a browser prints.
type paper struct {
	path  string // of the PDF
	raw   []byte
	pages []string // text as it lies on each, NFC
}

// paper prints the page to PDF, and keeps it with a picture of each of its pages in
// the folder that LOALANG_PICTURES names.
func (b *browser) paper(t *testing.T, name string) (p paper) {
	t.Helper()
	raw, err := chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		yes := true
		r, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &yes})
		return r.Data, err
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := b.pictures
	if dir == "" {
		dir = t.TempDir()
	}
	path := filepath.Join(dir, name+".pdf")
	if err := os.WriteFile(path, raw, 0o644); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", "80", "-png", path, filepath.Join(dir, name)).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p.raw, p.path = raw, path
	for _, one := range strings.Split(strings.TrimSuffix(string(text), "\f"), "\f") {
		p.pages = append(p.pages, norm.NFC.String(one))
	}
	return p
}

// flat is the text of a page, or of all, with single spaces.
func (p paper) flat(of ...int) string {
	text := ""
	for i, one := range p.pages {
		if len(of) == 0 || of[0] == i {
			text += one + " "
		}
	}
	return strings.Join(strings.Fields(text), " ")
}

var (
	pageObject = regexp.MustCompile(`/Type\s*/Page\b`)
	mediaBox   = regexp.MustCompile(`/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]`)
)

func (p paper) isA4(t *testing.T) {
	t.Helper()
	sizes := mediaBox.FindAllSubmatch(p.raw, -1)
	if n := len(pageObject.FindAll(p.raw, -1)); n != len(p.pages) || n < 4 || n > 9 || len(sizes) != n {
		t.Errorf("%d pages, %d with text, %d with a size; want 4 to 9 of each", n, len(p.pages), len(sizes))
	}
	for _, size := range sizes {
		if !bytes.HasPrefix(size[1], []byte("59")) || !bytes.HasPrefix(size[2], []byte("84")) {
			t.Errorf("a page of %s × %s points is not A4", size[1], size[2])
		}
	}
}

func (p paper) numbersItsPages(t *testing.T) {
	t.Helper()
	for i, text := range p.pages {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		if last, want := strings.TrimSpace(lines[len(lines)-1]), fmt.Sprintf("%d/%d", i+1, len(p.pages)); last != want {
			t.Errorf("page %d ends with %q, want %q", i+1, last, want)
		}
	}
}

// keepsRowsWhole looks for each case and each issuer of fillBadMonth: its first word
// and its last stand on one page.
func (p paper) keepsRowsWhole(t *testing.T) {
	t.Helper()
	for _, mark := range []string{"đầu tin %02d", "đầu nơi %02d"} {
		for n := range cases {
			first := fmt.Sprintf(mark, n)
			last := strings.Replace(first, "đầu", "hết", 1)
			found := 0
			for i := range p.pages {
				text := p.flat(i)
				if a, b := strings.Count(text, first), strings.Count(text, last); a != b {
					t.Errorf("page %d has %d of %q and %d of %q: a row is cut", i+1, a, first, b, last)
				} else {
					found += a
				}
			}
			if found == 0 {
				t.Errorf("%q is nowhere", first)
			}
		}
	}
}

// repeatsHeads says that every page with rows of a table says what their columns are.
func (p paper) repeatsHeads(t *testing.T) {
	t.Helper()
	day := regexp.MustCompile(`(?mi)^ *(Thứ (hai|ba|tư|năm|sáu|bảy)|Chủ nhật) \d+/11 +\d+`)
	pages := 0
	for i, text := range p.pages {
		if !day.MatchString(text) {
			continue
		}
		pages++
		if at := day.FindStringIndex(text); !regexp.MustCompile(`(?s)Ngày.*Đã hẹn.*Đúng giờ|Đã hẹn.*Ngày`).MatchString(text[:at[0]]) {
			t.Errorf("page %d has days without the head of their table", i+1)
		}
	}
	if pages < 2 {
		t.Errorf("the days are on %d pages: nothing was proved", pages)
	}
}

// canBeFiled says that what a commune needs is on the paper, readable by a machine.
func (p paper) canBeFiled(t *testing.T) {
	t.Helper()
	first, last := p.flat(0), p.flat(len(p.pages)-1)
	upper := func(s string) string { return strings.ToUpper(s) }
	for _, want := range []string{
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", upper("Ủy ban nhân dân xã"), upper("Thôn Ún Tà"),
		upper("Báo cáo hoạt động loa truyền thanh"), "Tháng 11 năm 2026", "Lập lúc", "lượt phải phát đã đúng giờ",
	} {
		if !strings.Contains(strings.Replace(first, "lập lúc", "Lập lúc", 1), want) {
			t.Errorf("the first page has no %q:\n%s", want, first)
		}
	}
	for _, want := range []string{"Người lập", "(Ký, ghi rõ họ tên)", "Xác nhận của UBND xã", "(Ký, đóng dấu)"} {
		if !strings.Contains(last, want) {
			t.Errorf("the last page has no %q:\n%s", want, last)
		}
	}
	for _, want := range []string{"Mất điện", "Máy chưa biết đúng giờ", "Thử loa khẩn cấp", "Đến lịch 1 lần", "Lũ quét trên suối", "Cách tính", "lâu nhất 7 phút"} {
		if !strings.Contains(p.flat(), want) {
			t.Errorf("%q is nowhere", want)
		}
	}
}

// cases is how many notices of fillBadMonth went wrong.
const cases = 25

// fillBadMonth puts a month into a board's database in which much went wrong: two notices
// a day that were on time, cases that were not, each with a long title and an issuer
// of its own, an emergency and a drill.
func fillBadMonth(t *testing.T, data string) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{Path: filepath.Join(data, "loalang.db"), Now: time.Now, NewID: uuid.NewString})
	if err != nil {
		t.Fatal(err)
	}
	hanoi := time.FixedZone("+07", 7*60*60)
	put := func(day, hour, minute int, change func(*playout.AsRun)) {
		t.Helper()
		due := time.Date(2026, 11, day, hour, minute, 0, 0, hanoi).UTC()
		a := playout.AsRun{
			Owned:      scheduler.Owned{ID: uuid.NewString(), Village: "un-ta", Origin: "test", Created: due, Updated: due},
			Occurrence: uuid.NewString(), Kind: scheduler.Notice, Class: scheduler.ClassNormal, Nominal: due, Due: due, Title: "Giữ ấm cho trâu, bò",
			Issuer: "Thôn Ún Tà", Outcome: playout.Played, Cause: "completed", Heard: playout.HeardYes, Languages: []string{"vi", "pcc"},
		}
		change(&a)
		if a.Outcome == playout.Played {
			a.Airings = []playout.Airing{{Part: scheduler.PartVoice, Language: "vi", Started: due, Ended: due.Add(time.Minute), Frames: 60 * 48000, Cause: "completed"}}
		}
		if err := db.Record(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	for day := 1; day <= 30; day++ {
		for _, hour := range []int{5, 17} {
			put(day, hour, 30, func(*playout.AsRun) {})
		}
	}
	ways := []func(*playout.AsRun){
		func(a *playout.AsRun) { a.Outcome, a.Cause = playout.Missed, scheduler.ReasonPower },
		func(a *playout.AsRun) { a.Outcome, a.Cause = playout.Missed, scheduler.ReasonClock },
		func(a *playout.AsRun) { a.Outcome, a.Cause = playout.Cut, scheduler.ReasonPreempted },
		func(a *playout.AsRun) { a.Lateness, a.Cause = 6*time.Minute, scheduler.ReasonPower },
		func(a *playout.AsRun) { a.Heard = playout.HeardSilent },
	}
	for n := range cases {
		put(1+n, 18, n, func(a *playout.AsRun) {
			a.Title = fmt.Sprintf("đầu tin %02d: thông báo lịch cắt nước sinh hoạt và việc dọn vệ sinh đường làng ngõ xóm của thôn, hết tin %02d", n, n)
			a.Issuer = fmt.Sprintf("đầu nơi %02d: Ban chỉ huy phòng chống thiên tai và tìm kiếm cứu nạn, hết nơi %02d", n, n)
			ways[n%len(ways)](a)
		})
	}
	put(26, 18, 0, func(a *playout.AsRun) {
		a.Title, a.Lateness, a.Cause = "Lịch tiêm phòng cho trẻ em và phụ nữ có thai của trạm y tế xã tháng này", 7*time.Minute, scheduler.ReasonDevice
	})
	put(9, 20, 0, func(a *playout.AsRun) {
		a.Kind, a.Title, a.Cause = playout.KindEmergency, "Lũ quét trên suối", "expired"
	})
	put(11, 9, 0, func(a *playout.AsRun) {
		a.Kind, a.Title, a.Drill = scheduler.DrillKind, "Thử loa khẩn cấp", &playout.DrillResult{Steps: []playout.DrillStep{{Code: playout.StepSiren, OK: true}}}
	})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
