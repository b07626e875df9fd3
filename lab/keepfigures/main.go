// Command keepfigures passes on what tests and benchmarks print, and writes the figures of
// a board that are in it into a document: go test … | keepfigures --by 'make bench' FILE.
//
// It owns nothing but the pipe: which lines are figures, and where they stand, package lab knows. It
// must not judge them: a test that fails has its figures kept too. It starts no goroutine and blocks
// until its input ends.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"loalang/lab"
)

func main() {
	by := flag.String("by", "make bench", "the command that measures")
	flag.Parse()
	if err := run(*by, flag.Arg(0), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "keepfigures:", err)
		os.Exit(1)
	}
}

func run(by, file string, in io.Reader, out io.Writer) error {
	if file == "" {
		return errors.New("name the document")
	}
	var told bytes.Buffer
	if _, err := io.Copy(io.MultiWriter(out, &told), in); err != nil {
		return fmt.Errorf("read what tests told: %w", err)
	}
	figures, err := lab.FiguresOf(&told)
	if err != nil || len(figures) == 0 {
		return err
	}
	return lab.KeepFigures(file, "`"+by+"`, "+time.Now().Format("2 January 2006"), figures...)
}
