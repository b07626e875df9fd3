package main

import (
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"loalang/audio/speaker/ruler"
)

// plan is how much is measured.
type plan struct {
	starts, loaded, peers int
	alarms, losses, joins int
	step                  time.Duration
}

func main() {
	loalang := flag.String("loalang", "bin/loalang", "the program")
	write := flag.String("write", "", "document whose table is written anew; empty: standard output only")
	quick := flag.Bool("quick", false, "a few repetitions of everything, to see that it works")
	flag.Parse()
	p := plan{starts: 200, loaded: 100, peers: 20, alarms: 40, losses: 10, joins: 21, step: time.Minute}
	if *quick {
		p = plan{starts: 5, loaded: 5, peers: 3, alarms: 3, losses: 2, joins: 5, step: 10 * time.Second}
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	text, err := measure(p, *loalang, log)
	if err == nil && *write != "" {
		err = insert(*write, text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "comparison:", err)
		os.Exit(1)
	}
	fmt.Println(text)
}

// measure lets everybody play, and gives the tables.
func measure(p plan, loalang string, log *slog.Logger) (string, error) {
	exe, err := filepath.Abs(loalang)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(exe); err != nil {
		return "", fmt.Errorf("%w: build it first: make build", err)
	}
	dir, err := os.MkdirTemp("", "loalang-comparison-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	h, err := newHall(dir, exe, log)
	if err != nil {
		return "", err
	}
	all := []contender{ours(exe), timerAndAplay(), mpd(), timerAndMPV(), liquidsoap(), snapcast()}
	y := newYardstick()
	parts := []string{
		startsTable(h, all, p).String(), joinsTable(h, all, p).String(), alarmsTable(h, all, p).String(),
		returnsTable(h, all, p).String(), stepTable(h, all, p).String(),
	}
	head := fmt.Sprintf("Measured on %s.\n\n%s\n\n%s\n", machine(), y.stop(), versions(all))
	return head + "\n" + strings.Join(parts, "\n"), nil
}

func versions(all []contender) string {
	var lines []string
	for _, c := range all {
		v := "not installed"
		if c.there() == nil {
			v = c.version()
		}
		if c.note != "" {
			v += " (" + c.note + ")"
		}
		lines = append(lines, fmt.Sprintf("* %s: %s", c.name, v))
	}
	return strings.Join(lines, "\n")
}

// turn lets a contender do one thing on a fresh card.
func turn(h *hall, c contender, s stage, do func(*stage) result) result {
	if err := c.there(); err != nil {
		return result{err: err}
	}
	card, err := h.card(ruler.Options{})
	if err != nil {
		return result{err: err}
	}
	s.hall, s.card = h, card
	fmt.Fprintf(os.Stderr, "%s %s\n", time.Now().Format(time.TimeOnly), c.name)
	r := do(&s)
	if r.err == nil {
		_ = os.RemoveAll(card.Dir) // what everybody played takes room
	}
	return r
}

func startsTable(h *hall, all []contender, p plan) table {
	t := table{
		title: "Starts",
		words: "A click at an instant, |error| at the card in ms: median / p95 / max; everybody at SCHED_RR 20, ours with its default buffer. " +
			"Under load one core is burnt and files of five minutes are imported all the time.",
		head: []string{"player", "n", "alone", "underruns", "CPU, RSS", "under load", "underruns"},
	}
	for _, c := range all {
		if c.start == nil {
			continue
		}
		n, loaded, step := p.peers, p.peers, 1200*time.Millisecond
		if c.program == h.loalang {
			n, loaded, step = p.starts, p.loaded, 700*time.Millisecond
		}
		alone := turn(h, c, stage{rt: true}, func(s *stage) result { return starts(s, c, n, step) })
		end := burden(h)
		busy := turn(h, c, stage{rt: true}, func(s *stage) result { return starts(s, c, loaded, step) })
		end()
		t.row(c.name, fmt.Sprintf("%d, %d", n, loaded), alone.cell(), fmt.Sprint(alone.dry), alone.effort, busy.cell(), fmt.Sprint(busy.dry))
	}
	return t
}

func joinsTable(h *hall, all []contender, p plan) table {
	t := table{
		title: "Joins",
		words: fmt.Sprintf("%d items one behind the other; how many frames of 1/48000 s the follower begins too late or too early: median / p95 / max.", p.joins),
		head:  []string{"player", "frames", "underruns"},
	}
	for _, c := range all {
		if c.join == nil {
			continue
		}
		r := turn(h, c, stage{rt: true}, func(s *stage) result { return joins(s, c, p.joins) })
		t.row(c.name, r.cell(), fmt.Sprint(r.dry))
	}
	return t
}

func alarmsTable(h *hall, all []contender, p plan) table {
	t := table{
		title: "Emergency",
		words: "From the command to the first frame of the siren at the card, in ms: median / p95 / max. Ours is the call of the API of the whole program, " +
			"whose panel has ordinary priority; MPD and liquidsoap are measured with both priorities.",
		head: []string{"player", "n", "ms", "underruns"},
	}
	for _, b := range []time.Duration{0, 2 * time.Millisecond, 20 * time.Millisecond} {
		name := "Loa Làng, default buffer"
		if b > 0 {
			name = fmt.Sprintf("Loa Làng, buffer %v", b)
		}
		r := turn(h, all[0], stage{rt: true, buffer: b}, func(s *stage) result { return alarms(s, all[0], p.alarms) })
		t.row(name, fmt.Sprint(p.alarms), r.cell(), fmt.Sprint(r.dry))
	}
	for _, c := range all[1:] {
		if c.alarm == nil {
			continue
		}
		for _, rt := range []bool{true, false} {
			name := c.name + ", normal priority"
			if rt {
				name = c.name + ", SCHED_RR"
			}
			r := turn(h, c, stage{rt: rt}, func(s *stage) result { return alarms(s, c, p.peers) })
			t.row(name, fmt.Sprint(p.peers), r.cell(), fmt.Sprint(r.dry))
		}
	}
	return t
}

func returnsTable(h *hall, all []contender, p plan) table {
	t := table{
		title: "A card that was unplugged for a second",
		words: "From its return to sound, in ms: median / p95 / max. Who is silent for ten seconds is lost.",
		head:  []string{"player", "n", "ms"},
	}
	for _, c := range all {
		if c.endless == nil {
			continue
		}
		r := turn(h, c, stage{rt: true}, func(s *stage) result { return returns(s, c, p.losses) })
		t.row(c.name, fmt.Sprint(p.losses), r.cell())
	}
	return t
}

func stepTable(h *hall, all []contender, p plan) table {
	t := table{
		title: "Two boards in step",
		words: fmt.Sprintf("Two cards whose crystals are off by +%d and −%d ppm play the same for %v; how far apart the same sound left them, in ms, "+
			"every %v: median / p95 / max. Both clocks are one here: what their synchronising costs comes on top.", apart, apart, p.step, stepEvery),
		head: []string{"player", "ms"},
	}
	for _, c := range all {
		if c.inStep == nil {
			continue
		}
		r := turn(h, c, stage{rt: true}, func(*stage) result { return inStep(h, c, p.step) })
		t.row(c.name, r.cell())
	}
	return t
}
