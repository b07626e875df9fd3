package recordings

import (
	"math"
	"slices"

	"loalang/audio/level"
)

const (
	humWindow = 8192 // frames at 32 kHz: 256 ms, lines 3.9 Hz apart
	humBins   = 300  // up to 1,170 Hz
	mains     = 50.0 // Hz
	humStands = 10.0 // dB that a line stands above what is beside it, in the quietest tenth
	humWidth  = 8.0  // Hz that are taken out about a line
	humLines  = 22   // up to 1,100 Hz
	humFewest = 8    // windows: 2 s
	// tonalBelow is the spectral flatness, from 0 to 1, between 300 and 1,170 Hz that
	// noise stays above: white noise has 0.56.
	tonalBelow = 0.02
	// tonalSteady is the share of its power that is there all the time, which the
	// tones of a motor are and those of music are not.
	tonalSteady = 0.25
	humHeard    = 60.0 // dB under the loudest tenth of all windows a line is none that anybody hears
)

// hum looks for the lines of the mains and its harmonics: what is there all the
// time, in the pauses as under the speech. A voice leaves each frequency for a
// tenth of the time; a hum does not.
type hum struct {
	spectrum *level.Spectrum
	window   []float64
	power    []float64
	seen     [][]float32 // power of each window's lowest bins
	total    []float64   // power of each window
}

func newHum() *hum { return &hum{spectrum: level.NewSpectrum(humWindow)} }

func (h *hum) write(frames []float32) {
	for _, x := range frames {
		h.window = append(h.window, float64(x))
		if len(h.window) < humWindow {
			continue
		}
		h.power = h.spectrum.Power(h.power, h.window)
		low := make([]float32, humBins)
		for i := range low {
			low[i] = float32(h.power[i])
		}
		var total float64
		for _, p := range h.power {
			total += p
		}
		h.total = append(h.total, total)
		h.seen, h.window = append(h.seen, low), h.window[:0]
	}
}

// tonal says whether what sounds in the quietest tenth of the windows are tones that
// change, as of music or a siren, and no noise: then the sound has no pauses that
// would tell of any. A motor's tones stay.
func (h *hum) tonal() bool {
	const from = int(300 * humWindow / masterRate)
	if len(h.seen) < humFewest {
		return false
	}
	least := slices.Sorted(slices.Values(h.total))[len(h.total)/10]
	var flat, power float64
	windows := 0
	for i, low := range h.seen {
		if h.total[i] > least || h.total[i] == 0 {
			continue
		}
		var logs, sum float64
		for _, p := range low[from:] {
			logs += math.Log(float64(p) + 1e-15)
			sum += float64(p) + 1e-15
		}
		n := float64(len(low) - from)
		flat += math.Exp(logs/n) / (sum / n)
		power += sum
		windows++
	}
	if windows == 0 || flat/float64(windows) >= tonalBelow {
		return false
	}
	var steady float64
	for _, p := range h.quietest()[from:] {
		steady += p
	}
	return steady < tonalSteady*power/float64(windows)
}

// quietest is the power that each bin has in nine windows of ten.
func (h *hum) quietest() []float64 {
	quiet := make([]float64, humBins)
	all := make([]float32, len(h.seen))
	for i := range quiet {
		for j, low := range h.seen {
			all[j] = low[i]
		}
		slices.Sort(all)
		quiet[i] = float64(all[len(all)/10])
	}
	return quiet
}

// lines are the frequencies in Hz that stand out, the lowest first; none where
// neither the mains nor one of its first harmonics does.
func (h *hum) lines() []float64 {
	if len(h.seen) < humFewest {
		return nil
	}
	quiet := h.quietest()
	for i, p := range quiet {
		quiet[i] = 10 * math.Log10(p+1e-12)
	}
	totals := slices.Sorted(slices.Values(h.total))
	least := 10*math.Log10(totals[len(totals)*9/10]+1e-12) - humHeard
	var found []float64
	for k := 1; k <= humLines; k++ {
		if f, ok := standing(quiet, mains*float64(k), least); ok {
			found = append(found, f)
		}
	}
	if len(found) == 0 || found[0] > 3.5*mains {
		return nil
	}
	return found
}

// standing looks for a line that stands out at f or a bin beside it, with least dB.
func standing(quiet []float64, f, least float64) (float64, bool) {
	const width = float64(masterRate) / humWindow
	at := int(math.Round(f / width))
	top := at
	for i := at - 1; i <= at+1; i++ {
		if quiet[i] > quiet[top] {
			top = i
		}
	}
	var beside []float64
	for d := 4; d <= 7; d++ {
		beside = append(beside, quiet[max(0, top-d)], quiet[top+d])
	}
	slices.Sort(beside)
	if quiet[top] < least || quiet[top]-beside[len(beside)/2] < humStands {
		return 0, false
	}
	// The summit of the parabola through the three highest.
	l, m, r := quiet[top-1], quiet[top], quiet[top+1]
	shift := 0.0
	if curve := l - 2*m + r; curve < 0 {
		shift = max(-0.5, min(0.5, 0.5*(l-r)/curve))
	}
	return (float64(top) + shift) * width, true
}
