package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"loalang/audio/capture"
	"loalang/health"
)

// monitorAlone opens the monitor input for a moment. How it was calibrated only a serve
// says.
func monitorAlone(ctx context.Context, s settings) *health.MonitorState {
	if s.Monitor == "" {
		return &health.MonitorState{None: true}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*monitorStall)
	defer cancel()
	in, err := capture.Open(ctx, capture.Config{Device: s.Monitor, Stall: monitorStall})
	if err == nil {
		defer in.Close() //nolint:errcheck // it was only read
		_, err = in.Read(make([]byte, 4096))
	}
	m := &health.MonitorState{Up: err == nil, Adjusted: true}
	switch {
	case err == nil:
		return m
	case errors.Is(err, capture.ErrProgram):
		m.Trouble = "program"
	case errors.Is(err, capture.ErrStalled):
		m.Trouble = "stalled"
	case strings.Contains(err.Error(), "busy"):
		holder := holderOf("/proc", cardOf(s.Monitor))
		if m.Up = holder.by(serveOf(folder(s.Data))); m.Up {
			return m
		}
		m.Trouble, m.Fault = "held", holder.String()
		return m
	}
	m.Fault = fmt.Sprintf("%s: %v", s.Monitor, sentence(err))
	return m
}

// holder is the process that has the input of a card; the zero value is that nobody knows.
type holder struct {
	pid, parent int
	name        string
}

// String is such as "pulseaudio (process 812)".
func (h holder) String() string {
	if h.pid == 0 {
		return "?"
	}
	return fmt.Sprintf("%s (process %d)", h.name, h.pid)
}

// by says whether a process, or what it started, has it.
func (h holder) by(pid int) bool { return pid > 0 && (h.pid == pid || h.parent == pid) }

var ownerLine = regexp.MustCompile(`(?m)^owner_pid\s*:\s*(\d+)$`)

// holderOf reads from a proc file system who has an input of a card open.
func holderOf(proc, card string) (h holder) {
	all, err := filepath.Glob(filepath.Join(proc, "asound", card, "pcm*c", "sub*", "status"))
	if err != nil || card == "" {
		return h
	}
	for _, name := range all {
		status, err := os.ReadFile(name)
		m := ownerLine.FindSubmatch(status)
		if err != nil || m == nil {
			continue
		}
		h.pid, _ = strconv.Atoi(string(m[1])) // it is digits
		of := filepath.Join(proc, string(m[1]))
		if raw, err := os.ReadFile(filepath.Join(of, "comm")); err == nil {
			h.name = strings.TrimSpace(string(raw))
		}
		h.parent = parentOf(filepath.Join(of, "status"))
		return h
	}
	return h
}

// parentOf is the process that started another; 0 where nobody knows.
func parentOf(status string) int {
	raw, err := os.ReadFile(status)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		if text, is := strings.CutPrefix(line, "PPid:"); is {
			pid, _ := strconv.Atoi(strings.TrimSpace(text)) // else 0
			return pid
		}
	}
	return 0
}

// serveOf is the process that has a data folder; 0: none is known.
func serveOf(f folder) int {
	raw, err := os.ReadFile(f.lock())
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(first)) // else 0
	return pid
}
