package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"loalang/store"
)

// heapMost is how far glibc places the heaps of threads from one another, on 64 bits.
const heapMost = 64 << 20

// heapsOfThreads counts glibc's heaps beside the first in what /proc says of memory: each begins
// at a multiple of heapMost, and what it does not use yet is reserved up to the next.
func heapsOfThreads(t *testing.T) (n int) {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	var began uint64
	for line := range strings.Lines(string(raw)) {
		span, rest, _ := strings.Cut(line, " ")
		low, high, _ := strings.Cut(span, "-")
		from, err := strconv.ParseUint(low, 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		to, err := strconv.ParseUint(high, 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case strings.HasPrefix(rest, "rw-p") && from%heapMost == 0:
			began = from
		case strings.HasPrefix(rest, "---p") && began != 0 && to == began+heapMost:
			n++
		default:
			began = 0
		}
	}
	return n
}

// What is in C grew for as long as more threads than before met in it.
func TestThreadsShareOneHeap(t *testing.T) {
	if strconv.IntSize < 64 {
		t.Skip("the heaps of threads are looked for as 64 bits place them")
	}
	for range 4 {
		s, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "loalang.db"), Now: time.Now, NewID: func() string { return "" }, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		var at sync.WaitGroup
		for range 16 {
			at.Go(func() {
				if err := s.Integrity(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		at.Wait()
	}
	if n := heapsOfThreads(t); n > 0 {
		t.Errorf("%d heaps of threads beside the one that all share", n)
	}
}
