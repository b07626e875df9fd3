package speaker_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/audio"
)

// TestOutputDucksABed sends a bed and a voice through a child: the bed repeats,
// goes down before the voice and comes back, begins where it was cut, and fades
// out when it is stopped.
func TestOutputDucksABed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "air.wav")
	r := start(t, "file:"+path, nil)
	r.waitFor(audio.DeviceUp, "")
	music, silence := tone(t, 300*time.Millisecond, 0.5), tone(t, 600*time.Millisecond, 0)
	at := in(time.Second)
	for _, c := range []audio.Cue{
		{
			ID: "bed", File: music, At: at, From: 4800, FadeOut: 200 * time.Millisecond,
			Bed: &audio.Duck{Attack: 100 * time.Millisecond, Release: 100 * time.Millisecond, Depth: -20},
		},
		{ID: "voice", File: silence, At: at.Add(time.Second)},
	} {
		if err := r.Cue(c); err != nil {
			t.Fatal(err)
		}
	}
	if over := r.waitFor(audio.Ended, "voice"); over.Level > -25 || over.Level < -35 {
		t.Errorf("under the voice the bed has %v dBFS, want about −29", over.Level)
	}
	r.Stop("bed")
	over := r.waitFor(audio.Ended, "bed")
	if over.Cause != audio.Stopped || over.Frames < 48000 {
		t.Errorf("the bed ended %+v, want it stopped after more than a second", over)
	}
	r.stop()
	clip := clipOf(t, path)
	first, last := firstLoud(clip), lastLoud(clip)
	if p := peakIn(clip, first, first+24); p > 3000 {
		t.Errorf("it begins in the middle of its file with a peak of %d, want a fade", p)
	}
	for name, w := range map[string]struct {
		from, to audio.Frames // before its end
		least    int16
		most     int16
	}{
		"it ends in a fade": {240, 0, 0, 1500},
		"before that":       {4800, 2400, 3000, 17000},
	} {
		if p := peakIn(clip, last-w.from, last-w.to); p < w.least || p > w.most {
			t.Errorf("%s: the peak is %d, want %d to %d", name, p, w.least, w.most)
		}
	}
}

func clipOf(t *testing.T, path string) audio.Clip {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	clip, _, err := audio.ReadWAV(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return clip
}

func firstLoud(c audio.Clip) audio.Frames {
	first := audio.Frames(0)
	for first < c.Len()-1 && c.At(first) == 0 {
		first++
	}
	return first
}

// lastLoud is the frame behind the last that is not silent.
func lastLoud(c audio.Clip) audio.Frames {
	last := c.Len()
	for last > 0 && c.At(last-1) == 0 {
		last--
	}
	return last
}

func peakIn(c audio.Clip, from, to audio.Frames) int16 {
	var peak int16
	for i := from; i < to; i++ {
		peak = max(peak, c.At(i), -c.At(i))
	}
	return peak
}
