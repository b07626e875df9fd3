package scheduler_test

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

// told are rows as "line language written=spoken/note", or "line: faults".
func told(t *testing.T, rows []scheduler.WordRow) string {
	t.Helper()
	var list []string
	for _, r := range rows {
		s := fmt.Sprintf("%d %s %s=%s/%s", r.Line, r.Word.Language, r.Word.Written, r.Word.Spoken, r.Word.Note)
		if len(r.Faults) > 0 {
			s = fmt.Sprintf("%d: %s %s", r.Line, codes(t, r.Faults), r.Faults[0].Limit)
		}
		list = append(list, strings.TrimSpace(s))
	}
	return strings.Join(list, "; ")
}

func TestReadWords(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"OK", "TDP,tổ dân phố\nÚn Tà,ún ta,cụ Mỷ\n", "1 vi TDP=tổ dân phố/; 2 vi Ún Tà=ún ta/cụ Mỷ"},
		{"with a byte order mark", "\ufeffTDP,tổ dân phố", "1 vi TDP=tổ dân phố/"},
		{"Windows lines", "TDP,tổ dân phố\r\nHTX,hợp tác xã\r\n", "1 vi TDP=tổ dân phố/; 2 vi HTX=hợp tác xã/"},
		{"old lines", "TDP,tổ dân phố\rHTX,hợp tác xã", "1 vi TDP=tổ dân phố/; 2 vi HTX=hợp tác xã/"},
		{"UTF-16", "\xff\xfeA\x00B\x00\t\x00a\x00 \x00b\x00\xea\x00", "1 vi AB=a bê/"},
		{"UTF-16 the other way", "\xfe\xff\x00A\x00B\x00\t\x00a\x00 \x00b\x00\xea\x00", "1 vi AB=a bê/"},
		{"semicolons", "TDP;tổ dân phố, gọi tắt", "1 vi TDP=tổ dân phố, gọi tắt/"},
		{"tabs", "TDP\ttổ dân phố\tghi; chú", "1 vi TDP=tổ dân phố/ghi; chú"},
		{"headings in another order", "Ghi chú;Đọc là;STT;Viết\nx;tổ dân phố;1;TDP", "2 vi TDP=tổ dân phố/x"},
		{"English headings and a language", "written,spoken,language\nTDP,tee dee pee,en\nHTX,hợp tác xã,", "2 en TDP=tee dee pee/; 3 vi HTX=hợp tác xã/"},
		{"four columns without headings", "TDP,tee dee pee,,en", "1 en TDP=tee dee pee/"},
		{"quotes and a line inside", "\"TDP\",\"tổ\ndân \"\"phố\"\"\"\nHTX,hợp tác xã", "1: spoken no-letters; 3 vi HTX=hợp tác xã/"},
		{"marks written apart", "U\u0301n Ta\u0300,u\u0301n ta", "1 vi Ún Tà=ún ta/"},
		{"empty lines", "\n\nTDP,tổ dân phố\n,,\n \n", "3 vi TDP=tổ dân phố/"},
		{"one column", "TDP", "1: row few-columns"},
		{"a quote inside", "TDP,tổ dân phố\nH\"TX,hợp tác xã\nAB,a bê", "1 vi TDP=tổ dân phố/; 2: row quotes; 3 vi AB=a bê/"},
		{"a quote that is left open", "TDP,tổ dân phố\n\"HTX,hợp tác xã\nAB,a bê", "1 vi TDP=tổ dân phố/; 2: row quotes"},
		{"the same row twice", "TDP,tổ\nHTX,hợp tác xã\nTDP,tổ dân phố", "1 vi TDP=tổ/; 2 vi HTX=hợp tác xã/; 3: written same-row 1"},
		{"the same in two languages", "TDP,tổ dân phố\nTDP,tee,,en", "1 vi TDP=tổ dân phố/; 2 en TDP=tee/"},
		{"a formula", "=1+1,một\nTDP,=HYPERLINK(a)\n'-ab,trừ a bê", "1 vi =1+1=một/; 2: spoken no-letters; 3 vi -ab=trừ a bê/"},
		{"what a word may not be", "TDP,15\nGiáy,giáy\nA B. C,d", "1: spoken digits; 2: spoken reads-itself; 3: written whole-sentence 8"},
		{"right to left", "T\u202eDP,tổ", "1: written control-characters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, err := scheduler.ReadWords([]byte(tt.file), "vi")
			if got := told(t, rows); err != nil || got != tt.want {
				t.Errorf("%v\n got %s\nwant %s", err, got, tt.want)
			}
		})
	}
}

func TestReadWordsRefusesAFile(t *testing.T) {
	many := strings.Builder{}
	for i := range scheduler.MaxWords + 1 {
		many.WriteString("A" + strconv.Itoa(i) + ",a\n")
	}
	for name, c := range map[string]struct{ file, want string }{
		"nothing":         {"", "file required"},
		"headings only":   {"Viết,Đọc là\n", "file required"},
		"too large":       {strings.Repeat("a", scheduler.MaxWordFile+1), "file too-long"},
		"another code":    {"T\xcc\xe0,ta", "file no-utf-8"},
		"UTF-16 unmarked": {"T\x00,\x00t\x00", "file no-utf-8"},
		"zero bytes":      {"T\x00,t", "file no-utf-8"},
		"5,001 rows":      {many.String(), "file too-many"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := scheduler.ReadWords([]byte(c.file), "vi"); codes(t, err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// A file that was written is read as it was, and a spreadsheet calculates nothing.
func TestWriteWordsIsReadAgain(t *testing.T) {
	words := []scheduler.Word{
		entry("1", "TDP", "tổ dân phố, gọi tắt"), entry("2", "-ab", "trừ a bê"), entry("3", "'=x", "bằng ích"), entry("4", "@la", "a còng la"), entry("5", `a"b`, "a bê"),
		entry("6", "'tis", "ti"),
	}
	words[1].Note = "=cmd|' /C calc'!A0"
	var out bytes.Buffer
	if err := scheduler.WriteWords(&out, words); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(out.Bytes(), []byte("\ufeffViết,Đọc là,Ghi chú,Ngôn ngữ\r\n")) {
		t.Errorf("begins %q", out.String()[:40])
	}
	for _, line := range strings.Split(out.String(), "\r\n") {
		for _, cell := range strings.Split(line, ",") {
			if cell = strings.Trim(cell, `"`); cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
				t.Errorf("%q would be calculated", cell)
			}
		}
	}
	rows, err := scheduler.ReadWords(out.Bytes(), "vi")
	if err != nil || len(rows) != len(words) {
		t.Fatalf("%v, %d rows", err, len(rows))
	}
	for i, r := range rows {
		w := words[i]
		if len(r.Faults) > 0 || r.Word.Written != w.Written || r.Word.Spoken != w.Spoken || r.Word.Note != w.Note || r.Word.Language != w.Language {
			t.Errorf("%+v came back as %+v", w, r)
		}
	}
}

func TestImportWords(t *testing.T) {
	ws := scheduler.Words{entry("1", "TDP", "tổ dân phố"), entry("2", "HTX", "hợp tác"), entry("3", "nhà văn hóa", "nhà sinh hoạt")}
	for i := range ws {
		ws[i].Revision, ws[i].Note = int64(i+4), "cũ"
	}
	rows, err := scheduler.ReadWords([]byte("TDP,tổ dân phố\nHTX,hợp tác xã\nAB,a bê\nnhà sinh hoạt,nhà văn hóa\nCD,15\n"), "vi")
	if err != nil {
		t.Fatal(err)
	}
	in, err := ws.Import(rows)
	if err != nil || in.Added != 1 || in.Changed != 1 || in.Same != 1 || len(in.Changes) != 2 {
		t.Fatalf("%+v, %v", in, err)
	}
	if c := in.Changes[0]; c.ID != "2" || c.Revision != 5 || c.Spoken != "hợp tác xã" || c.Note != "cũ" {
		t.Errorf("changed %+v", c)
	}
	if c := in.Changes[1]; c.ID != "" || c.Written != "AB" {
		t.Errorf("added %+v", c)
	}
	if got := told(t, in.Bad); got != "4: spoken cycle nhà sinh hoạt → nhà văn hóa → nhà sinh hoạt; 5: spoken digits" {
		t.Errorf("bad %s", got)
	}

	var full scheduler.Words
	for i := range scheduler.MaxWords {
		full = append(full, entry(strconv.Itoa(i), "A"+strconv.Itoa(i), "a"))
	}
	if _, err := full.Import(rows); codes(t, err) != "file too-many" {
		t.Errorf("full: %v", err)
	}
}

// The worst file there can be is looked through in the time a person waits.
func TestImportOfALargeFileTakesNotLong(t *testing.T) {
	var file strings.Builder
	for i := range scheduler.MaxWords {
		fmt.Fprintf(&file, "%s,%s\n", letters(i), strings.Join([]string{letters(i + 1), letters(i + 2), letters(i + 3), letters(i * 7), letters(i * 3), "a b c d e"}, " "))
	}
	began := time.Now()
	rows, err := scheduler.ReadWords([]byte(file.String()), "vi")
	if err != nil {
		t.Fatal(err)
	}
	in, err := scheduler.Words{}.Import(rows)
	if err == nil {
		for i := range in.Changes {
			in.Changes[i].ID = in.Changes[i].Written
		}
		if last := in.Changes[len(in.Changes)-1]; scheduler.Words(in.Changes).Check(last) != nil {
			t.Errorf("a circle was let in with %q", last.Written)
		}
	} else if codes(t, err) != "file cycle" {
		t.Error(err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("%s", took)
	}
}

// What is taken from any file is written and read again as it was.
func FuzzReadWords(f *testing.F) {
	for _, seed := range []string{"TDP,tổ dân phố\nÚn Tà,ún ta", "\ufeffViết;Đọc là\r\nTDP;tổ", "\"a\nb\",c", "'=x,a b,'-1", "\xff\xfeA\x00,\x00b\x00", "a\tb\tc\ten"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		rows, err := scheduler.ReadWords(raw, "vi")
		if err != nil {
			return
		}
		var good []scheduler.Word
		for _, r := range rows {
			if len(r.Faults) == 0 {
				good = append(good, r.Word)
			}
		}
		if len(good) == 0 {
			return
		}
		var out bytes.Buffer
		if err := scheduler.WriteWords(&out, good); err != nil {
			t.Fatal(err)
		}
		again, err := scheduler.ReadWords(out.Bytes(), "vi")
		if err != nil && out.Len() <= scheduler.MaxWordFile {
			t.Fatal(err)
		}
		for i, r := range again {
			if len(again) != len(good) || len(r.Faults) > 0 || r.Word != good[i] {
				t.Fatalf("%+v came back as %+v", good, again)
			}
		}
	})
}

// letters names a number by letters.
func letters(i int) string {
	return "q" + strings.Map(func(r rune) rune { return r - '0' + 'a' }, strconv.Itoa(i%scheduler.MaxWords))
}

// Spreadsheets outside this country write into the first line what parts the cells;
// it is no word.
func TestReadWordsOfAFileThatSaysWhatPartsItsCells(t *testing.T) {
	rows, err := scheduler.ReadWords([]byte("\ufeffsep=;\r\nViết;Đọc là\r\nTDP, mới;tổ dân phố\r\nA15;a 15\r\n"), "vi")
	if err != nil || len(rows) != 2 || rows[0].Line != 3 || rows[0].Word.Written != "TDP, mới" || rows[0].Word.Spoken != "tổ dân phố" || len(rows[0].Faults) > 0 || rows[1].Line != 4 || len(rows[1].Faults) != 1 {
		t.Errorf("%+v, %v", rows, err)
	}
	if rows, err := scheduler.ReadWords([]byte("sepa,xê pa\n"), "vi"); err != nil || len(rows) != 1 || rows[0].Word.Written != "sepa" {
		t.Errorf("%+v, %v", rows, err)
	}
}
