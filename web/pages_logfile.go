package web

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"loalang/playout"
)

// logFile is where the as-run page's button fetches its rows for a spreadsheet.
const logFile = "/asrun.csv"

// asrunFile sends the rows of the as-run page as an officer's report needs
// them: worded, in the village's time, in the language of the page. Programs
// take /api/v1/asrun?format=csv instead.
func (p *panel) asrunFile(v *visit) {
	first, last := v.c.Query("from"), v.c.Query("to")
	from, to, err := v.logBounds(first, last)
	if err != nil {
		p.problem(v, http.StatusUnprocessableEntity, "asrun.file-days")
		return
	}
	runs, _, err := p.logRuns(v, from, to)
	if err != nil {
		p.fail(v, err)
		return
	}
	if v.c.Query("only") == "trouble" {
		runs = onlyTrouble(runs)
	}
	rows := [][]string{v.logHeadings()}
	d := doingOf(p.s.cfg.Air.Air(), v.now)
	for _, r := range runs {
		rows = append(rows, v.logCells(r, d))
	}
	v.c.Header("Content-Disposition", `attachment; filename="nhat-ky-`+fileSafe(v.village.Key)+"-"+from.Format("20060102")+"-"+to.AddDate(0, 0, -1).Format("20060102")+`.csv"`)
	v.c.Data(http.StatusOK, "text/csv; charset=utf-16le; header=present", spreadsheet(rows))
}

func (v *visit) logHeadings() []string {
	var names []string
	for _, code := range []string{
		"field.village", "field.date", "asrun.file-due", "asrun.file-started", "asrun.file-ended", "field.title", "field.class",
		"field.language", "asrun.file-outcome", "field.reason", "asrun.file-by", "asrun.file-off", "asrun.file-length", "asrun.file-missing", "field.issuer",
	} {
		names = append(names, v.word(code))
	}
	return names
}

// logCells are whole seconds and ISO dates, which a spreadsheet takes for
// numbers and dates whatever country it is set to.
func (v *visit) logCells(r playout.AsRun, d doing) []string {
	clock := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(v.loc).Format(time.TimeOnly)
	}
	title, reason, off, length := r.Title, "", "", ""
	if title == "" {
		title = v.word("kind." + string(r.Kind))
	}
	if r.Cause != "" && r.Cause != "completed" {
		reason = v.causeOf(r)
	}
	first, last := r.Span()
	if !first.IsZero() {
		off = strconv.Itoa(int(r.Lateness / time.Second)) // cut off, as the times beside it are
	}
	if !last.IsZero() {
		length = strconv.Itoa(int(math.Round(last.Sub(first).Seconds())))
	}
	return []string{
		csvText(v.village.Name), r.Due.In(v.loc).Format(time.DateOnly), clock(r.Due), clock(first), clock(last), csvText(title),
		v.word("class." + string(r.Class)), v.fileLanguages(r), v.runState(r, d).Text, reason, csvText(r.By), off, length, v.languages(r.Missing), csvText(r.Issuer),
	}
}

// fileLanguages lists what aired, and for what it stood.
func (v *visit) fileLanguages(r playout.AsRun) string {
	var names []string
	for _, code := range airedLanguages(r) {
		names = append(names, v.stoodLine(code, stoodFor(r, code)))
	}
	return v.list(names)
}

// spreadsheet writes rows in the one form that every Excel opens by a double
// tap with its columns apart and its diacritics whole: UTF-16 with a byte order
// mark, and tabs. Commas and semicolons depend on the country that Windows is
// set to; in Vietnam the comma is also the decimal sign.
func spreadsheet(rows [][]string) []byte {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.Comma, w.UseCRLF = '\t', true
	for _, row := range rows {
		for i, cell := range row {
			row[i] = strings.Join(strings.Fields(cell), " ") // a tab or a line break in a title would tear the row
		}
		_ = w.Write(row) // into memory
	}
	w.Flush()
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text.String())) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}
