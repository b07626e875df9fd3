package scheduler

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxWordFile bounds a file of words, in bytes. It may have MaxWords rows.
const MaxWordFile = 1 << 20

// Codes of Fault that only files of words have.
const (
	FaultEncoding = "no-utf-8"    // the file is in another encoding
	FaultQuotes   = "quotes"      // a quotation mark is not closed, or stands inside a cell
	FaultColumns  = "few-columns" // a row has less than two cells
	FaultSameRow  = "same-row"    // another row of the file is written the same; Limit is its line
)

// WordRow is one row of a file of words.
type WordRow struct {
	Line   int // from 1, as an editor counts
	Word   Word
	Faults Invalid // what keeps it from being taken
}

// column is what a cell holds.
type column int

const (
	ignored column = iota
	columnWritten
	columnSpoken
	columnNote
	columnLanguage
)

// headings are the names of columns, folded.
var headings = map[string]column{
	"viết": columnWritten, "chữ viết": columnWritten, "từ": columnWritten, "written": columnWritten,
	"đọc": columnSpoken, "đọc là": columnSpoken, "cách đọc": columnSpoken, "spoken": columnSpoken,
	"ghi chú": columnNote, "note": columnNote,
	"ngôn ngữ": columnLanguage, "tiếng": columnLanguage, "language": columnLanguage,
}

const byteOrderMark = "\ufeff"

// ReadWords reads a file of words as spreadsheets and editors write it: UTF-8 with
// a byte order mark or without, or UTF-16 with one, cells parted by commas, semicolons or tabs, with
// headings in any order or without in the order written, spoken, note, language.
// Words of no language are of language. Rows are checked one by one; how the words
// go with those that are there is for Words.Import. The error is an Invalid of the
// file as a whole.
func ReadWords(raw []byte, language string) ([]WordRow, error) {
	var f faults
	if len(raw) <= MaxWordFile {
		raw = fromUTF16(raw)
	}
	switch {
	case len(raw) > MaxWordFile:
		f.add("file", FaultTooLong, "1 MB")
	case !utf8.Valid(raw), bytes.IndexByte(raw, 0) >= 0:
		f.add("file", FaultEncoding, "")
	}
	if len(f) > 0 {
		return nil, f.err()
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(raw), byteOrderMark))
	said := saidComma(text) // the empty line that is left keeps the numbers of the others
	rows := wordRows{reader: csv.NewReader(strings.NewReader(text[len(said):])), language: language, lines: map[string]int{}}
	rows.reader.Comma, rows.reader.FieldsPerRecord = comma(text[len(said):]), -1
	if said != "" {
		rows.reader.Comma = rune(said[len(said)-1])
	}
	if err := rows.read(); err != nil {
		return nil, err
	}
	switch {
	case len(rows.all) > MaxWords:
		f.add("file", FaultMany, strconv.Itoa(MaxWords))
		return nil, f.err()
	case len(rows.all) == 0:
		f.add("file", FaultRequired, "")
	}
	return rows.all, f.err()
}

// fromUTF16 is a file that a spreadsheet wrote as "Unicode text", which begins with
// a mark of two bytes, in UTF-8; others stay as they are.
func fromUTF16(raw []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return raw
	}
	units := make([]uint16, 0, len(raw)/2)
	for pair := range slices.Chunk(raw[2:], 2) {
		if len(pair) == 2 {
			units = append(units, order.Uint16(pair))
		}
	}
	return []byte(string(utf16.Decode(units)))
}

// saidComma is the line by which a file tells a spreadsheet what parts its cells:
// "sep=;". Empty: it begins with its cells.
func saidComma(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if len(line) == len("sep=;") && strings.EqualFold(line[:4], "sep=") && strings.ContainsAny(line[4:], ",;\t") {
		return line
	}
	return ""
}

// comma is what parts the cells: what stands in most of the first lines.
func comma(text string) rune {
	best, most := ',', 0
	lines := strings.SplitN(text, "\n", 51)
	for _, c := range []rune{'\t', ';', ','} {
		n := 0
		for _, line := range lines[:min(len(lines), 50)] {
			if strings.ContainsRune(line, c) {
				n++
			}
		}
		if n > most {
			best, most = c, n
		}
	}
	return best
}

// wordRows collects the rows of a file.
type wordRows struct {
	reader   *csv.Reader
	language string
	columns  []column
	all      []WordRow
	lines    map[string]int // by writing
}

func (r *wordRows) read() error {
	for len(r.all) <= MaxWords {
		cells, err := r.reader.Read()
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &bad):
			r.all = append(r.all, WordRow{Line: bad.StartLine, Faults: Invalid{{Field: "row", Code: FaultQuotes}}})
			continue
		case err != nil:
			return fmt.Errorf("read words: %w", err)
		}
		line, _ := r.reader.FieldPos(0)
		if r.columns == nil {
			if r.columns = headingsOf(cells); r.columns != nil {
				continue
			}
			r.columns = []column{columnWritten, columnSpoken, columnNote, columnLanguage}
		}
		r.take(line, cells)
	}
	return nil
}

// headingsOf are the columns that a row of headings names; nil when it is none.
func headingsOf(cells []string) []column {
	var columns []column
	for _, cell := range cells {
		columns = append(columns, headings[strings.ToLower(Clean(strings.TrimSpace(cell)))])
	}
	if !slices.Contains(columns, columnWritten) || !slices.Contains(columns, columnSpoken) {
		return nil
	}
	return columns
}

func (r *wordRows) take(line int, cells []string) {
	if !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
		return
	}
	w, n := Word{Language: r.language}, 0
	for i, cell := range cells[:min(len(cells), len(r.columns))] {
		cell = unshield(cell)
		switch r.columns[i] {
		case columnWritten:
			w.Written = cell
			n++
		case columnSpoken:
			w.Spoken = cell
			n++
		case columnNote:
			w.Note = cell
		case columnLanguage:
			if cell = strings.TrimSpace(cell); cell != "" {
				w.Language = cell
			}
		}
	}
	row := WordRow{Line: line, Word: CleanWord(w)}
	switch err := row.Word.Validate(); {
	case n < 2:
		row.Faults = Invalid{{Field: "row", Code: FaultColumns}}
	case errors.As(err, &row.Faults):
	default:
		key := writing(row.Word.Language, row.Word.Written)
		if first, twice := r.lines[key]; twice {
			row.Faults = Invalid{{Field: "written", Code: FaultSameRow, Limit: strconv.Itoa(first)}}
		} else {
			r.lines[key] = line
		}
	}
	r.all = append(r.all, row)
}

// formula is what a spreadsheet takes for the beginning of one, and calculates.
const formula = "=+-@\t\r"

// shield keeps a spreadsheet from calculating a cell: it takes an apostrophe for
// "what follows is text". One that was there already gets another, so that unshield
// gives back what was.
func shield(cell string) string {
	if rest := strings.TrimLeft(cell, "'"); rest != "" && strings.ContainsRune(formula, rune(rest[0])) {
		return "'" + cell
	}
	return cell
}

func unshield(cell string) string {
	if rest := strings.TrimLeft(cell, "'"); len(rest) < len(cell) && rest != "" && strings.ContainsRune(formula, rune(rest[0])) {
		return cell[1:]
	}
	return cell
}

// WordCells are words as rows of cells, with headings, for any file that a
// spreadsheet opens: nothing in them is calculated, and ReadWords gives them back.
func WordCells(words []Word) [][]string {
	rows := [][]string{{"Viết", "Đọc là", "Ghi chú", "Ngôn ngữ"}}
	for _, word := range words {
		rows = append(rows, []string{shield(word.Written), shield(word.Spoken), shield(word.Note), shield(word.Language)})
	}
	return rows
}

// WriteWords writes a file of words that ReadWords gives back and that a
// spreadsheet opens as it is: with a byte order mark, commas, headings in
// Vietnamese, and nothing that is calculated.
func WriteWords(out io.Writer, words []Word) error {
	if _, err := io.WriteString(out, byteOrderMark); err != nil {
		return fmt.Errorf("write words: %w", err)
	}
	w := csv.NewWriter(out)
	w.UseCRLF = true
	if err := w.WriteAll(WordCells(words)); err != nil {
		return fmt.Errorf("write words: %w", err)
	}
	return nil
}

// WordImport is what a file of words would change in a dictionary.
type WordImport struct {
	Changes        []Word    // additions have no ID, the others are of a Revision
	Added, Changed int       // of Changes
	Same           int       // rows that say what is known
	Bad            []WordRow // in order of lines
}

// Import works out what rows of a file change. The error is an Invalid when the
// dictionary cannot hold them.
func (ws Words) Import(rows []WordRow) (WordImport, error) {
	var in WordImport
	known := ws.Index()
	var fresh []WordRow // with an ID of their line, so that they can be told apart
	for _, row := range rows {
		old, there := known.byWritten[writing(row.Word.Language, row.Word.Written)]
		switch {
		case len(row.Faults) > 0:
			in.Bad = append(in.Bad, row)
			continue
		case there && old.Spoken == row.Word.Spoken && (old.Note == row.Word.Note || row.Word.Note == ""):
			in.Same++
			continue
		case there:
			row.Word.Owned = old.Owned
			if row.Word.Note == "" {
				row.Word.Note = old.Note
			}
		default:
			row.Word.ID = "line " + strconv.Itoa(row.Line)
		}
		fresh = append(fresh, row)
	}
	fresh, bad, err := ws.open(fresh)
	if err != nil {
		return in, err
	}
	in.Bad = append(in.Bad, bad...)
	for _, row := range fresh {
		if row.Word.Revision == 0 {
			row.Word.ID = ""
			in.Added++
		} else {
			in.Changed++
		}
		in.Changes = append(in.Changes, row.Word)
	}
	slices.SortStableFunc(in.Bad, func(a, b WordRow) int { return a.Line - b.Line })
	return in, nil
}

// openings is how often a file is looked through for circles that show only when
// others are open.
const openings = 10

// open parts the rows that close no circle from those that do.
func (ws Words) open(rows []WordRow) (good, bad []WordRow, err error) {
	good = rows
	for range openings {
		var changed []Word
		for _, row := range good {
			changed = append(changed, row.Word)
		}
		all := ws.With(changed...)
		if len(all) > MaxWords {
			return nil, nil, Invalid{{Field: "file", Code: FaultMany, Limit: strconv.Itoa(MaxWords)}}
		}
		circles := all.Index().circles(changed)
		if len(circles) == 0 {
			return good, bad, nil
		}
		var left []WordRow
		for _, row := range good {
			if way := circles[row.Word.ID]; way != nil {
				row.Faults = Invalid{{Field: "spoken", Code: FaultCycle, Limit: strings.Join(way, " → ")}}
				bad = append(bad, row)
			} else {
				left = append(left, row)
			}
		}
		good = left
	}
	return nil, nil, Invalid{{Field: "file", Code: FaultCycle}}
}
