package recordings

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"loalang/audio/level"
)

// The chain that was measured best for speech on horn loudspeakers: cut what a
// horn cannot give and what wind and mains hum bring, lower the noise, even
// out only what is very uneven, then one gain and a true-peak limiter, turned
// until the play copy measures right.
const (
	speechTarget = -18.0 // LUFS
	sirenTarget  = -12.0
	ceiling      = -1.8 // dBTP, of the limiter
	maxTruePeak  = -1.5 // dBTP, of the play copy
	tolerance    = 0.3  // LU
	near         = 0.1  // LU: good enough not to turn again
	worthATurn   = 0.03 // LU: what a turn must bring for another one
	maxTurns     = 12
	denoiseAt    = -20.0 // LUFS that the noise reduction is set up for
	unevenRange  = 6.0   // LU: above it levels are evened out first

	highPass = 180.0 // Hz, twice, of the speech band that loudness is measured in
	lowPass  = 7500.0
)

// bass is the high-pass of the chain, two filters of 12 dB an octave. The deeper
// it may reach the better is what is left understood, so the stricter one is for
// sound in which something else than a voice is deep (ADR 22).
type bass struct {
	name    string
	corner  float64    // Hz
	quality [2]float64 // of the two filters
}

var (
	gentle = bass{"clean", 150, [2]float64{0.5412, 1.3066}} // Butterworth of the fourth order
	strict = bass{"strict", highPass, [2]float64{math.Sqrt2 / 2, math.Sqrt2 / 2}}
)

// clean runs the part of the chain that ffmpeg does and returns the path of
// raw f32 mono at 32 kHz.
func (l *Library) clean(ctx context.Context, w *work, d decoded, r raw, b bass) (string, error) {
	out, err := w.folder(b.name)
	if err != nil {
		return "", err
	}
	gain := denoiseAt - r.loudness()
	var chain []string
	for _, f := range r.hum {
		chain = append(chain, fmt.Sprintf("bandreject=f=%.2f:width_type=h:w=%g", f, humWidth))
	}
	for _, q := range b.quality {
		chain = append(chain, fmt.Sprintf("highpass=f=%g:poles=2:width_type=q:width=%.4f", b.corner, q))
	}
	chain = append(chain,
		fmt.Sprintf("lowpass=f=%g:poles=2", lowPass),
		fmt.Sprintf("volume=%.4fdB", gain),
		"apad=pad_dur=0.1", // afftdn gives its sound some 20 ms late and would drop the last of it
		"afftdn=nr=18:nf=-45:tn=1",
	)
	if r.speech.Range > unevenRange {
		chain = append(chain, "dynaudnorm=f=400:g=21:p=0.7:m=8:t=0.03")
	}
	size := 4*r.frames + 2<<20
	res, err := l.sandbox.do(ctx, step{
		in: d.path, out: out, fileSize: size, ours: true, urgent: w.urgent,
		input: []string{
			"-v", "error", "-protocol_whitelist", "file", "-format_whitelist", "s16le", "-codec_whitelist", "pcm_s16le",
			"-f", "s16le", "-ar", strconv.Itoa(masterRate), "-ac", "1",
		},
		output: []string{
			"-af", strings.Join(chain, ","), "-ac", "1", "-ar", strconv.Itoa(masterRate),
			"-c:a", "pcm_f32le", "-f", "f32le", "file:clean.raw",
		},
	})
	if err != nil {
		return "", err
	}
	if res.err != nil {
		return "", stepFault("clean the sound", res)
	}
	return filepath.Join(out, "clean.raw"), nil
}

// stepFault words the failure of a step on sound that is already ours.
func stepFault(verb string, r result) error {
	if r.said("No space left on device") {
		return fmt.Errorf("%s: %w", verb, ErrDiskFull)
	}
	return fmt.Errorf("%s: %w: %s", verb, r.err, cleaned(lastLine(r.stderr)))
}

// loudness is the one figure a sound is levelled by: integrated, or for sounds
// under 3 s, where that says little, the loudest 400 ms.
func loudness(l level.Loudness, frames int64, rate int) float64 {
	if frames < int64(3*rate) {
		return l.Momentary
	}
	return l.Integrated
}

// levelled is the outcome of the chain: a master and a play copy on disk, not
// yet in the library.
type levelled struct {
	master, play string // WAV, 32 kHz and 48 kHz
	frames       int64  // of the play copy
	loudness     float64
	truePeak     float64
	after        Heard // of the play copy
	profile      profile
}

// purify cleans the sound, and once more with the stricter high-pass where there
// is something deep left in it. The caller closes the file.
func (l *Library) purify(ctx context.Context, w *work, d decoded, r raw, target float64) (*os.File, profile, error) {
	for _, b := range []bass{gentle, strict} {
		path, err := l.clean(ctx, w, d, r, b)
		if err != nil {
			return nil, profile{}, err
		}
		f, err := openOutput(path)
		if err != nil {
			return nil, profile{}, err
		}
		p, err := survey(f, target)
		if err == nil && (b == strict || p.deep < deepBelow) {
			return f, p, nil
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, profile{}, err
		}
		if err := os.Remove(path); err != nil {
			return nil, profile{}, fmt.Errorf("remove what was cleaned: %w", err)
		}
	}
	panic("unreachable")
}

// level turns gain and ceiling until the play copy measures right, at most
// twelve times; one or two do for most. Sound that cannot get there (a few clicks
// in silence) stays as near as it came; the caller warns. tell hears of each turn.
func (l *Library) level(w *work, f *os.File, p profile, target float64, tell func(turn int)) (levelled, error) {
	out := levelled{profile: p, master: w.path("master.wav"), play: w.path("play.wav")}
	gain, top, before := p.gain, ceiling, math.Inf(1)
	for turn := range maxTurns {
		tell(turn)
		if err := out.render(f, gain, top); err != nil {
			return levelled{}, err
		}
		miss := target - out.loudness
		low := out.truePeak <= maxTruePeak
		if low && (math.Abs(miss) <= near || before-math.Abs(miss) < worthATurn) {
			break
		}
		before = math.Abs(miss)
		gain += 1.3 * miss
		top -= max(0, out.truePeak-maxTruePeak)
	}
	return out, nil
}

// render writes master and play copy with one gain and one ceiling, and
// measures the play copy.
func (v *levelled) render(f *os.File, gain, top float64) error {
	for _, old := range []string{v.master, v.play} {
		if err := os.Remove(old); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("remove the last turn: %w", err)
		}
	}
	master, err := createWAV(v.master, masterRate)
	if err != nil {
		return err
	}
	play, err := newPlayWriter(v.play)
	if err != nil {
		return errors.Join(err, master.close())
	}
	limiter := level.NewLimiter(masterRate, factor(gain), factor(top))
	var buf []float32
	give := func(frames []float32) {
		master.write(frames)
		play.write(frames)
	}
	err = v.profile.cut(f, func(frames []float32) {
		buf = limiter.Process(buf[:0], frames)
		give(buf)
	})
	give(limiter.Flush(buf[:0]))
	if err := errors.Join(err, master.close(), play.close()); err != nil {
		return err
	}
	v.frames = play.wav.frames
	v.after = play.gauge.read()
	v.loudness, v.truePeak = v.after.Loudness, v.after.TruePeak
	return nil
}

// playWriter makes a play copy out of a master's frames and measures it.
type playWriter struct {
	wav       *wavWriter
	resampler *level.Resampler
	gauge     *gauge
	buf       []float32
}

func newPlayWriter(path string) (*playWriter, error) {
	w, err := createWAV(path, playRate)
	if err != nil {
		return nil, err
	}
	return &playWriter{wav: w, resampler: level.NewResampler(), gauge: newGauge(playRate)}, nil
}

func (p *playWriter) write(frames []float32) {
	p.buf = p.resampler.Process(p.buf[:0], frames)
	p.put()
}

func (p *playWriter) put() {
	p.wav.write(p.buf)
	p.gauge.write(p.buf)
}

func (p *playWriter) close() error {
	p.buf = p.resampler.Flush(p.buf[:0])
	p.put()
	return p.wav.close()
}

func factor(db float64) float64 { return math.Pow(10, db/20) }
