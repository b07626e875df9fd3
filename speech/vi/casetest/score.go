package casetest

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Case is one text and how it is to be read.
type Case struct {
	Class    string // "tn.date"; what stands before the point is its family
	Input    string // as written
	Expected string // as read
	Note     string // CONFLICT at its head: sources disagree, no case to measure by
	Place    string // file and line, for messages
}

// Conflict says whether the sources of the case disagree about its reading.
func (c Case) Conflict() bool { return strings.Contains(c.Note, "CONFLICT") }

// Result is what a reader reached in one class of cases.
type Result struct {
	Class      string
	Right, All int
	Wrong      []Wrong
}

// Wrong is a case that was read otherwise than expected.
type Wrong struct {
	Case
	Got string
}

// Percent is how many of a hundred were right; 100 when there are none.
func (r Result) Percent() float64 {
	if r.All == 0 {
		return 100
	}
	return 100 * float64(r.Right) / float64(r.All)
}

// Score reads every case that is no conflict and says for each class, in order of
// name, how many readings are right by Canon.
func Score(cases []Case, read func(string) string) []Result {
	var results []Result
	byClass := map[string]int{}
	for _, c := range cases {
		if c.Conflict() {
			continue
		}
		i, ok := byClass[c.Class]
		if !ok {
			i = len(results)
			byClass[c.Class], results = i, append(results, Result{Class: c.Class})
		}
		r := &results[i]
		r.All++
		if got := read(c.Input); Canon(got) == Canon(c.Expected) {
			r.Right++
		} else {
			r.Wrong = append(r.Wrong, Wrong{c, got})
		}
	}
	slices.SortFunc(results, func(a, b Result) int { return strings.Compare(a.Class, b.Class) })
	return results
}

// Families adds results up by what stands before the first point of their class.
func Families(results []Result) []Result {
	var families []Result
	for _, r := range results { // sorted by class: those of a family stand together
		name, _, _ := strings.Cut(r.Class, ".")
		if len(families) == 0 || families[len(families)-1].Class != name {
			families = append(families, Result{Class: name})
		}
		f := &families[len(families)-1]
		f.Right, f.All, f.Wrong = f.Right+r.Right, f.All+r.All, append(f.Wrong, r.Wrong...)
	}
	return families
}

// ReadDir reads the cases of every .tsv file in dir, in order of name. None is an
// error: a measurement of nothing must not pass.
func ReadDir(dir string) ([]Case, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.tsv"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no .tsv files in %s", dir)
	}
	var all []Case
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		cases, err := Read(f, filepath.Base(name))
		_ = f.Close() // it was only read
		if err != nil {
			return nil, err
		}
		all = append(all, cases...)
	}
	return all, nil
}

// Read reads a table: fields between tabs, the first line names them. It needs
// input and expected, and knows class and note; empty lines and those that begin
// with # are left out. name is the file's, for messages.
func Read(r io.Reader, name string) ([]Case, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	var head []string
	var cases []Case
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		place := fmt.Sprintf("%s:%d", name, n)
		row := strings.Split(line, "\t")
		if head == nil {
			if head = row; !slices.Contains(head, "input") || !slices.Contains(head, "expected") {
				return nil, fmt.Errorf("%s: the head %q names no input and expected", place, line)
			}
			continue
		}
		c := Case{Class: "all", Place: place}
		for i, field := range row[:min(len(row), len(head))] {
			c.set(head[i], field)
		}
		if c.Input == "" || c.Expected == "" {
			return nil, fmt.Errorf("%s: a case without input or without expected: %q", place, line)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return cases, nil
}

// set fills the field that column names. A class may be followed by a remark.
func (c *Case) set(column, value string) {
	switch column {
	case "class":
		c.Class, _, _ = strings.Cut(value, " ")
	case "input":
		c.Input = value
	case "expected":
		c.Expected = value
	case "note":
		c.Note = value
	}
}
