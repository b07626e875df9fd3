package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

const (
	// opening and closing frame what this program writes in its document.
	opening = "<!-- written by `make bench`: figures -->"
	closing = "<!-- end of figures -->"
)

// table is one of the document's.
type table struct {
	title string
	words string // above it
	head  []string
	rows  [][]string
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t table) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n%s\n\n", t.title, t.words)
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	line(t.head)
	rule := make([]string, len(t.head))
	for i := range rule {
		rule[i] = "---"
	}
	line(rule)
	for _, r := range t.rows {
		line(r)
	}
	return b.String()
}

// machine says where this was measured.
func machine() string {
	return fmt.Sprintf("%s, %d cores, %s, Linux %s, %s, %s", processor(), runtime.NumCPU(), field("/etc/os-release", "PRETTY_NAME="),
		field("/proc/sys/kernel/osrelease", ""), runtime.Version(), time.Now().Format("2 January 2006"))
}

func processor() string {
	if name := field("/proc/cpuinfo", "model name\t: "); name != "" {
		return name
	}
	return runtime.GOARCH
}

// field is what follows a word at the beginning of a line of a file.
func field(path, word string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), word); ok {
			return strings.Trim(rest, `"`)
		}
	}
	return ""
}

// insert puts text between the document's two marks, or at its end when it has
// none.
func insert(path, text string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	document := string(raw)
	from, to := strings.Index(document, opening), strings.Index(document, closing)
	framed := opening + "\n" + text + "\n" + closing
	if from < 0 || to < from {
		document = strings.TrimRight(document, "\n") + "\n\n" + framed + "\n"
	} else {
		document = document[:from] + framed + document[to+len(closing):]
	}
	return os.WriteFile(path, []byte(document), 0o644)
}
