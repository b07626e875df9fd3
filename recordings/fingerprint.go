package recordings

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"strings"

	"loalang/audio/level"
)

// A fingerprint tells sounds from one another after J. Haitsma, T. Kalker, "A
// Highly Robust Audio Fingerprinting System", ISMIR 2002: a word for every 32 ms,
// each bit of which says whether the difference of energy between two
// neighbouring bands rose or fell since the word before. Ours hears 256 ms at a
// time in 32 bands from 300 to 2,000 Hz, and its highest bit says whether
// anything sounds: the other bits of a pause are those of its noise.
const (
	printThin   = 4    // one frame of so many is looked at: 8 kHz
	printWindow = 2048 // of those
	printHop    = 256
	printBands  = 32
	printFrom   = 300.0 // Hz
	printTo     = 2000.0
	printSounds = uint32(1) << 31
	printFloor  = 1e-4 // mean square of −40 dBFS

	twinShift  = 190  // words, 6 s, by which the beginning may be cut differently
	twinErrors = 0.17 // of all bits that sound in both
	twinPiece  = 16   // words, half a second: a word that is another is as long
	twinWorst  = 0.30 // of the bits of any piece
	twinCommon = 0.85 // of what sounds in the shorter one sounds in both
	twinFewest = 30   // words, a second: less tells nothing
)

// fingerprint is a word for every 32 ms of a sound.
type fingerprint []uint32

// printer takes the fingerprint of a master as it goes by.
type printer struct {
	low      [2]*level.Biquad
	count    int
	room     []float64
	spectrum *level.Spectrum
	power    []float64
	edges    [printBands + 1]int
	last     [printBands]float64
	began    bool
	words    fingerprint
}

func newPrinter() *printer {
	p := &printer{spectrum: level.NewSpectrum(printWindow)}
	p.low = [2]*level.Biquad{level.LowPass(masterRate, 3000), level.LowPass(masterRate, 3000)}
	for i := range p.edges {
		hz := printFrom * math.Pow(printTo/printFrom, float64(i)/printBands)
		p.edges[i] = int(math.Round(hz * printWindow * printThin / masterRate))
	}
	return p
}

func (p *printer) write(frames []float32) {
	for _, x := range frames {
		y := p.low[1].Step(p.low[0].Step(float64(x)))
		if p.count++; p.count%printThin != 0 {
			continue
		}
		if p.room = append(p.room, y); len(p.room) == printWindow {
			p.word()
			p.room = p.room[:copy(p.room, p.room[printHop:])]
		}
	}
}

// word adds the one of the window.
func (p *printer) word() {
	p.power = p.spectrum.Power(p.power, p.room)
	var bands [printBands]float64
	for b := range bands {
		for k := p.edges[b]; k < p.edges[b+1]; k++ {
			bands[b] += p.power[k]
		}
	}
	var sum float64
	for _, x := range p.room {
		sum += x * x
	}
	var word uint32
	for b := range printBands - 1 {
		if bands[b]-bands[b+1] > p.last[b]-p.last[b+1] {
			word |= 1 << b
		}
	}
	if sum > printFloor*printWindow {
		word |= printSounds
	}
	if p.began {
		p.words = append(p.words, word)
	}
	p.last, p.began = bands, true
}

// sounding is how many words sound.
func (f fingerprint) sounding() (n int) {
	for _, w := range f {
		n += int(w >> 31)
	}
	return n
}

// errorsAt is the share of different bits where both sound, g being shift words
// late, of every step-th word; and how many words those are.
func (f fingerprint) errorsAt(g fingerprint, shift, step int) (share float64, words int) {
	wrong := 0
	for i := max(0, -shift); i < min(len(f), len(g)-shift); i += step {
		a, b := f[i], g[i+shift]
		if a&b&printSounds == 0 {
			continue
		}
		words++
		wrong += bits.OnesCount32((a ^ b) &^ printSounds)
	}
	if words == 0 {
		return 1, 0
	}
	return float64(wrong) / float64(31*words), words
}

// likeness is how alike two sounds are where they are most alike.
type likeness struct {
	errors float64 // share of bits
	worst  float64 // of the worst half second
	common float64 // share of the shorter one's sounding words that sound in both
}

// like compares two sounds that may begin and end differently.
func (f fingerprint) like(g fingerprint) likeness {
	least := min(f.sounding(), g.sounding())
	if least < twinFewest {
		return likeness{errors: 1, worst: 1}
	}
	best, lowest := 0, 2.0
	for shift := -twinShift; shift <= twinShift; shift++ {
		share, words := f.errorsAt(g, shift, 5)
		if 5*words*2 >= least && share < lowest {
			best, lowest = shift, share
		}
	}
	l := likeness{}
	var words int
	l.errors, words = f.errorsAt(g, best, 1)
	l.common = float64(words) / float64(least)
	for i := max(0, -best); i+twinPiece <= min(len(f), len(g)-best); i += twinPiece / 4 {
		if share, n := f[i:i+twinPiece].errorsAt(g[i+best:i+best+twinPiece], 0, 1); n >= twinPiece*3/4 {
			l.worst = max(l.worst, share)
		}
	}
	return l
}

// twin says whether that is the same sound.
func (l likeness) twin() bool {
	return l.errors < twinErrors && l.worst < twinWorst && l.common > twinCommon
}

// fingerprintOf takes the fingerprint of a master in a work folder that lies behind so
// many bytes of a file. pace is as for examine.
func fingerprintOf(path string, head int64, pace func() error) (fingerprint, error) {
	f, err := openOutput(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Seek(head, io.SeekStart); err != nil {
		return nil, fmt.Errorf("seek in the master: %w", err)
	}
	p := newPrinter()
	if err := eachS16(paced{f, pace}, p.write); err != nil {
		return nil, err
	}
	return p.words, nil
}

// printFile is where the fingerprint of a recording lies: beside its master.
func (l *Library) printFile(id string) string {
	return strings.TrimSuffix(l.blob(Master, id), ".flac") + ".print"
}

func (f fingerprint) bytes() []byte {
	b := make([]byte, 0, 4*len(f))
	for _, w := range f {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return b
}

func readFingerprint(path string) (fingerprint, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := make(fingerprint, len(b)/4)
	for i := range f {
		f[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return f, nil
}

// findTwin looks for a living recording of the village with the same sound,
// whatever file it came in; "" when there is none. What was made of the same bytes
// is no twin: somebody trims it anew.
func (l *Library) findTwin(ctx context.Context, rec Recording, village string, own fingerprint) (string, error) {
	found := ""
	err := filepath.WalkDir(filepath.Join(l.dir, string(Master)), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".print" || found != "" {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && abs(info.Size()/4-int64(len(own))) > 2*twinShift {
			return ctx.Err()
		}
		other, err := readFingerprint(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !own.like(other).twin() {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		id := strings.TrimSuffix(e.Name(), ".print")
		there, err := l.index.Recording(ctx, id)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err == nil && id != rec.ID && (there.Village == village || there.Village == "") && there.original() != rec.original() {
			found = id
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("look for the same sound: %w", err)
	}
	return found, nil
}

func abs(n int64) int64 { return max(n, -n) }

// original is the hash of the bytes as they came.
func (r Recording) original() string {
	for _, v := range r.Variants {
		if v.Form == Original {
			return v.SHA256
		}
	}
	return ""
}
