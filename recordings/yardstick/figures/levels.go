package main

import (
	"context"
	"fmt"
	"os"

	"loalang/recordings"
	"loalang/recordings/yardstick"
)

// way is one way of bringing sounds to a level.
type way struct {
	name   string
	levels []heard
	stoi   []float64
}

func (w *way) add(h heard, stoi float64) {
	w.levels, w.stoi = append(w.levels, h), append(w.stoi, stoi)
}

// row is the summary of a way.
func (w *way) row() []string {
	low, high, peak, sum, n := 100.0, -100.0, -100.0, 0.0, 0
	for i, h := range w.levels {
		low, high, peak = min(low, h.loudness), max(high, h.loudness), max(peak, h.truePeak)
		if w.stoi[i] >= 0 {
			sum += w.stoi[i]
			n++
		}
	}
	return []string{w.name, fmt.Sprintf("%.1f", high-low), fmt.Sprintf("%.1f … %.1f", low, high), fmt.Sprintf("%.1f", peak), fmt.Sprintf("%.3f", sum/float64(n))}
}

// The peers: ffmpeg's loudnorm in one pass, and one gain as ReplayGain and its
// like give, here with the loudness known beforehand and the peak held under full
// scale.
const loudnorm = "loudnorm=I=-18:TP=-1.5"

func gain(raw heard) string {
	return fmt.Sprintf("volume=%.2fdB", min(-18-raw.loudness, -1-raw.truePeak))
}

// levels measures ten bad recordings, what a voice speaks, and the chime.
func (h *hall) levels(ctx context.Context, quick bool) (string, error) {
	texts := yardstick.Readings()
	if quick {
		texts = texts[:1]
	}
	clean, err := yardstick.Speech(ctx, texts...)
	if err != nil {
		return "", err
	}
	raw, ours, norm, plain := &way{name: "as they came"}, &way{name: "Loa Làng"}, &way{name: "ffmpeg loudnorm, one pass"}, &way{name: "one gain"}
	each := table{
		title: "Each recording",
		words: "LUFS and dBTP by ffmpeg's ebur128 of the play copy and of the decoded FLAC master; STOI (Taal et al. 2011) against the clean speech: as it came, of ours, of loudnorm.",
		head:  []string{"recording", "came, LUFS", "play copy", "master", "STOI came", "ours", "loudnorm"},
	}
	for _, bad := range yardstick.Bads() {
		channels := bad.Spoil(clean, yardstick.Rate)
		wav := yardstick.WAV(channels, yardstick.Rate)
		if err := h.one(ctx, bad.Name, clean, wav, recordings.Take, []*way{raw, ours, norm, plain}, &each); err != nil {
			return "", fmt.Errorf("%s: %w", bad.Name, err)
		}
	}
	if err := h.one(ctx, "a voice (espeak-ng)", clean, yardstick.WAV([][]float64{clean}, yardstick.Rate), recordings.Speech, []*way{raw, ours, norm, plain}, &each); err != nil {
		return "", err
	}
	chime := recordings.BuiltIns()[0]
	path, err := h.write(chime.WAV())
	if err != nil {
		return "", err
	}
	rung, err := judge(ctx, path)
	if err != nil {
		return "", err
	}
	ours.add(rung, -1)
	each.row("chime (built in)", "—", rung.String(), "—", "—", "—", "—")
	all := table{
		title: "Level and intelligibility",
		words: fmt.Sprintf("%d s of speech by three voices, spoiled in ten ways; with them, in the levels, a voice as the board speaks it and, of ours, the chime.", len(clean)/yardstick.Rate),
		head:  []string{"treatment", "spread, LU", "LUFS", "highest dBTP", "mean STOI"},
	}
	for _, w := range []*way{raw, ours, plain, norm} {
		all.row(w.row()...)
	}
	return all.String() + "\n" + each.String(), nil
}

// one measures one recording in each way.
func (h *hall) one(ctx context.Context, name string, clean []float64, wav []byte, kind recordings.Kind, ways []*way, t *table) error {
	in, err := h.write(wav)
	if err != nil {
		return err
	}
	came, err := judge(ctx, in)
	if err != nil {
		return err
	}
	play, master, err := h.ours(ctx, wav, kind)
	if err != nil {
		return err
	}
	norm, err := h.through(ctx, in, loudnorm)
	if err != nil {
		return err
	}
	plain, err := h.through(ctx, in, gain(came))
	if err != nil {
		return err
	}
	var levels []heard
	var stoi []float64
	for i, path := range []string{in, play, norm, plain} {
		l, err := judge(ctx, path)
		if err != nil {
			return err
		}
		s, err := intelligible(clean, path)
		if err != nil {
			return err
		}
		levels, stoi = append(levels, l), append(stoi, s)
		if kind == recordings.Speech {
			s = -1 // the mean is that of the ten
		}
		ways[i].add(l, s)
	}
	kept, err := judge(ctx, master)
	if err != nil {
		return err
	}
	t.row(name, fmt.Sprintf("%.1f", came.loudness), levels[1].String(), kept.String(), fmt.Sprintf("%.3f", stoi[0]), fmt.Sprintf("%.3f", stoi[1]), fmt.Sprintf("%.3f", stoi[2]))
	return nil
}

func (h heard) String() string { return fmt.Sprintf("%.1f LUFS, %.1f dBTP", h.loudness, h.truePeak) }

// intelligible is the STOI of a file's first channel.
func intelligible(clean []float64, path string) (float64, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	channels, rate, err := yardstick.ReadWAV(raw)
	if err != nil {
		return 0, err
	}
	return yardstick.STOI(clean, yardstick.Rate, channels[0], rate), nil
}
