package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"loalang/recordings"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "confine" { // the lock starts this program again
		fmt.Fprintln(os.Stderr, recordings.Confine(os.Args[2:]))
		os.Exit(1)
	}
	write := flag.String("write", "", "document whose part is written anew; empty: standard output only")
	cases := flag.String("cases", "../shared/data", "folder of vi_*.tsv")
	quick := flag.Bool("quick", false, "shorter speech, to see that it works")
	flag.Parse()
	text, err := measure(context.Background(), *cases, *quick)
	if err == nil && *write != "" {
		err = insert(*write, text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
	fmt.Println(text)
}

// measure makes the tables.
func measure(ctx context.Context, cases string, quick bool) (string, error) {
	for _, program := range []string{"ffmpeg", "espeak-ng"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", fmt.Errorf("%w: apt install ffmpeg espeak-ng bubblewrap", err)
		}
	}
	dir, err := os.MkdirTemp("", "loalang-figures-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	h, err := newHall(filepath.Join(dir, "library"), dir)
	if err != nil {
		return "", err
	}
	levels, err := h.levels(ctx, quick)
	if err != nil {
		return "", err
	}
	ready, err := h.ready(ctx)
	if err != nil {
		return "", err
	}
	reading, err := readings(cases)
	if err != nil {
		return "", err
	}
	head := fmt.Sprintf("## What becomes of text and recordings\n\nMeasured on %s, by `go run ./recordings/yardstick/figures`.\n", machine())
	return strings.Join(append([]string{head}, levels, ready, reading), "\n"), nil
}
