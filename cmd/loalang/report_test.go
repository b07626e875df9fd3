package main_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/store"
)

// TestReportCommand: the command reads what the board wrote, and prints it in every form; the page is
// one file that needs nothing else. By which clock it was made, and how far that is to be
// trusted, stands on the page and beside the table, as with plan and asrun.
func TestReportCommand(t *testing.T) {
	data := t.TempDir()
	serve(t, data, "null").stop()
	fillNovember(t, data)
	run := func(args ...string) string {
		t.Helper()
		out, errs, code := loalang(t, "", append([]string{"report", "--month", "2026-11", "--data", data}, args...)...)
		table := !slices.ContainsFunc(args, func(a string) bool { return a == "--json" || a == "--csv" || a == "--html" })
		if code != 0 || table != strings.HasPrefix(errs, "# ") || strings.Count(errs, "\n") > 1 || !table && errs != "" {
			t.Fatalf("%v: exit %d, %s", args, code, errs)
		}
		return out
	}
	for _, want := range []string{"November 2026: 2 notices; 1 of 2 that were due were on time (50 %); 1 were heard by nobody (50 %).", "missed", "power", "Họp thôn tối", "allowed by Lý Văn Páo", "Báo động lũ quét"} {
		if out := strings.ReplaceAll(run(), "\u00a0", " "); !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	var document struct {
		Notices struct{ Planned, Missed int }
		By      map[string][]struct{ Key string }
	}
	if err := json.Unmarshal([]byte(run("--json", "--by", "day")), &document); err != nil || document.Notices.Planned != 2 || document.Notices.Missed != 1 || len(document.By) != 1 || document.By["day"][0].Key != "2026-11-23" {
		t.Errorf("%+v, %v", document, err)
	}
	if rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(run("--csv"), "\uFEFF"))).ReadAll(); err != nil || len(rows) < 6 {
		t.Errorf("%v, %v", rows, err)
	}
	if out := strings.Split(run("--language", "pcc"), "\n")[0]; out != "November 2026: no notices." {
		t.Error(out)
	}
	page := filepath.Join(t.TempDir(), "thang-11.html")
	run("--html", page, "--all-villages")
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Báo cáo hoạt động loa truyền thanh", "Tháng 11 năm 2026", "Mất điện", "Giờ của máy", "Người lập", "Xác nhận của UBND xã", "@page"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(string(raw), "<script") || strings.Contains(string(raw), "<link") {
		t.Error("the page needs other files")
	}
}

// fillNovember puts two rows of one evening into a board's database, the second due on
// another day in UTC.
func fillNovember(t *testing.T, data string) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{Path: filepath.Join(data, "loalang.db"), Now: time.Now, NewID: uuid.NewString})
	if err != nil {
		t.Fatal(err)
	}
	due := time.Date(2026, 11, 22, 22, 30, 0, 0, time.UTC)
	row := playout.AsRun{
		Owned:      scheduler.Owned{ID: uuid.NewString(), Village: "un-ta", Origin: "test", Created: due, Updated: due},
		Occurrence: "a", Kind: scheduler.Notice, Title: "Họp thôn", Class: scheduler.ClassNormal, Nominal: due, Due: due,
		Outcome: playout.Played, Cause: "completed", Heard: playout.HeardYes, Languages: []string{"vi"},
	}
	missed := row
	row.Rules = []scheduler.Reason{{Code: scheduler.ReasonException, Person: "Lý Văn Páo", Why: "Báo động lũ quét"}}
	missed.ID, missed.Occurrence, missed.Title, missed.Due = uuid.NewString(), "b", "Họp thôn tối", due.Add(12*time.Hour)
	missed.Outcome, missed.Cause = playout.Missed, scheduler.ReasonPower
	for _, a := range []playout.AsRun{row, missed} {
		if err := db.Record(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
