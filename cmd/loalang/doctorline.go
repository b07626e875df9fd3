package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// examineLines looks at what a tuner needs: only a board that relays a line input
// needs it.
func (p program) examineLines(ctx context.Context, s settings, in tongue) finding {
	f := finding{Name: in.say("lines"), OK: true, Found: in.say("lines-none")}
	if inputs := lineInputs("/proc/asound"); len(inputs) > 0 {
		f.Found = strings.Join(inputs, ", ")
	}
	if _, err := exec.LookPath("arecord"); err == nil {
		return f
	}
	f.Found = in.say("lines-missing", f.Found)
	if relaysLine(ctx, p, s) {
		f.OK, f.Advice = false, in.say("lines-do")
	}
	return f
}

// relaysLine says whether a station of the board's village is a line input.
func relaysLine(ctx context.Context, p program, s settings) bool {
	if !folder(s.Data).inhabited() {
		return false
	}
	db, err := openLooking(ctx, s, p.clock(s).Now, p.quietLog())
	if err != nil {
		return false // what is wrong with the data has a finding of its own
	}
	defer db.Close()
	stations, err := db.Stations(ctx, s.Village)
	for _, st := range stations {
		if err == nil && st.Input != "" {
			return true
		}
	}
	return false
}

// capturing is a line of /proc/asound/pcm, such as
// "01-00: USB Audio : USB Audio : playback 1 : capture 1".
var capturing = regexp.MustCompile(`(?m)^(\d+)-(\d+): .*: capture \d+`)

// lineInputs are the names under which ALSA knows what can be recorded: by the name
// of the card, which stays when cards are plugged in another order.
func lineInputs(proc string) []string {
	raw, err := os.ReadFile(filepath.Join(proc, "pcm"))
	if err != nil {
		return nil // no card
	}
	var names []string
	for _, m := range capturing.FindAllSubmatch(raw, -1) {
		card, _ := strconv.Atoi(string(m[1])) // both are digits
		device, _ := strconv.Atoi(string(m[2]))
		id, err := os.ReadFile(filepath.Join(proc, fmt.Sprintf("card%d", card), "id"))
		if err != nil {
			continue // it was pulled meanwhile
		}
		names = append(names, fmt.Sprintf("plughw:CARD=%s,DEV=%d", strings.TrimSpace(string(id)), device))
	}
	return names
}
