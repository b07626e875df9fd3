package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio"
	"loalang/audio/speaker/ruler"
)

const (
	// apart is how far the crystals of the two cards are from the true rate, in
	// parts per million, one above and one below.
	apart = 100
	// stepEvery is how often the two are compared, window on how many frames,
	// reach how far apart they are looked for.
	stepEvery = 2 * time.Second
	window    = 4096
	reach     = 9600
)

// pair is two of a player, on two cards, told to play the same.
type pair struct {
	err error
	end func()
}

// noise is a minute and more of sound in which every place is different.
func (h *hall) noise(length time.Duration) (string, error) {
	path := filepath.Join(h.dir, "noise.wav")
	random := rand.New(rand.NewPCG(1, 2))
	frames := make([]int16, audio.Rate.N(length))
	for i := range frames {
		frames[i] = int16(random.IntN(12000) - 6000)
	}
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	return path, errors.Join(audio.WriteWAV(f, audio.NewClip(frames)), f.Close())
}

// inStep plays the same on two drifting cards and says how far apart they were.
func inStep(h *hall, c contender, length time.Duration) result {
	var cards [2]*ruler.Card
	for i, drift := range []int{apart, -apart} {
		var err error
		if cards[i], err = h.card(ruler.Options{Drift: drift}); err != nil {
			return result{err: err}
		}
	}
	p := c.inStep(&stage{hall: h, card: cards[0], rt: true}, cards[1], length)
	defer p.end()
	if p.err != nil {
		return result{err: p.err}
	}
	p.end()
	return compare(cards)
}

// compare reads both cards and measures, every two seconds, by how many
// milliseconds the same sound left them apart.
func compare(cards [2]*ruler.Card) result {
	var longest [2]ruler.Run
	for i, c := range cards {
		runs, _, err := c.Runs()
		if err != nil {
			return result{err: err}
		}
		for _, r := range runs {
			if len(r.Left) > len(longest[i].Left) {
				longest[i] = r
			}
		}
	}
	a, b := longest[0], longest[1]
	var ms []float64
	lost := 0
	step := int(audio.Rate.N(stepEvery))
	for i := slices.IndexFunc(a.Left, func(v int16) bool { return v != 0 }); i >= 0 && i+window < len(a.Left); i += step {
		piece := a.Left[i : i+window]
		if silent(piece) {
			continue
		}
		from := b.Index(a.When(i)) - reach
		if from < 0 || from+2*reach+window > len(b.Left) {
			continue
		}
		j, ok := likest(piece, b.Left[from:from+2*reach+window])
		if !ok {
			lost++
			continue
		}
		ms = append(ms, math.Abs(milliseconds(a.When(i), b.When(from+j))))
	}
	return result{spread: newSpread(ms, lost), effort: "—"}
}

func silent(frames []int16) bool {
	quiet := 0
	for _, v := range frames {
		if v == 0 {
			quiet++
		}
	}
	return quiet > len(frames)/2
}

// likest is where in the long stretch the piece sounds; ok is false when it does
// not: a correlation below one half.
func likest(piece, long []int16) (at int, ok bool) {
	best := 0.0
	for j := 0; j+len(piece) <= len(long); j++ {
		if l := like(piece, long[j:j+len(piece)]); l > best {
			best, at = l, j
		}
	}
	return at, best > 0.5
}

// oursInStep cues the noise on both cards at one instant.
func oursInStep(s *stage, second *ruler.Card, length time.Duration) *pair {
	path, err := s.noise(length)
	if err != nil {
		return &pair{err: err, end: func() {}}
	}
	var ends []func()
	end := func() {
		for _, e := range ends {
			e()
		}
	}
	start := audio.Monotonic().Add(3 * time.Second)
	for _, c := range []*ruler.Card{s.card, second} {
		sh := oursShow(&stage{hall: s.hall, card: c, rt: true, buffer: s.buffer}, path)
		if sh.err != nil {
			end()
			return &pair{err: sh.err, end: func() {}}
		}
		ends = append(ends, sh.end)
		sh.play(start)
	}
	time.Sleep(start.Sub(audio.Monotonic()) + length + time.Second)
	return &pair{end: end}
}

// snapcast is the player of its field that keeps rooms in step.
func snapcast() contender {
	return contender{
		name: "Snapcast", program: "snapclient", version: firstLine("snapclient", "--version"), inStep: snapcastInStep,
		note: "its defaults, one server on the same machine",
	}
}

func snapcastInStep(s *stage, second *ruler.Card, length time.Duration) *pair {
	path, err := s.noise(length)
	if err != nil {
		return &pair{err: err, end: func() {}}
	}
	var ends []func()
	end := func() {
		for _, e := range slices.Backward(ends) {
			e()
		}
	}
	fail := func(err error) *pair {
		end()
		return &pair{err: fmt.Errorf("snapcast: %w", err), end: func() {}}
	}
	port, fifo, server, err := snapserver(s)
	if err != nil {
		return fail(err)
	}
	ends = append(ends, server)
	for i, c := range []*ruler.Card{s.card, second} {
		client, err := started(s.command(c, true, "snapclient", "-h", "127.0.0.1", "-p", strconv.Itoa(port), "--hostID", fmt.Sprint("card", i), "--logsink", "stderr"))
		if err != nil {
			return fail(err)
		}
		ends = append(ends, client)
	}
	time.Sleep(2 * time.Second)
	if err := pour(path, fifo); err != nil {
		return fail(err)
	}
	time.Sleep(2 * time.Second)
	return &pair{end: end}
}

// snapserver starts one with a pipe as its source.
func snapserver(s *stage) (port int, fifo string, end func(), err error) {
	fifo = filepath.Join(s.card.Dir, "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		return 0, "", nil, err
	}
	var ports [3]int
	for i := range ports {
		if ports[i], err = freePort(); err != nil {
			return 0, "", nil, err
		}
	}
	conf := fmt.Sprintf(`[server]
datadir = %s
[stream]
bind_to_address = 127.0.0.1
port = %d
source = pipe://%s?name=default&sampleformat=48000:16:2&mode=read
[tcp]
bind_to_address = 127.0.0.1
port = %d
[http]
bind_to_address = 127.0.0.1
port = %d
`, s.card.Dir, ports[0], fifo, ports[1], ports[2])
	path := filepath.Join(s.card.Dir, "snapserver.conf")
	if err := os.WriteFile(path, []byte(conf), 0o644); err != nil {
		return 0, "", nil, err
	}
	cmd := exec.Command("snapserver", "-c", path)
	cmd.Stdout, _ = os.Create(filepath.Join(s.card.Dir, "snapserver.out")) // nil: nobody reads it
	cmd.Stderr = cmd.Stdout
	end, err = started(cmd)
	time.Sleep(time.Second)
	return ports[0], fifo, end, err
}

// pour writes a mono WAV into a pipe as stereo PCM, at the pace of its reader.
func pour(wav, fifo string) error {
	f, err := os.Open(wav)
	if err != nil {
		return err
	}
	source, err := audio.OpenSource(f)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	defer source.Close()
	pipe, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer pipe.Close()
	frames := make([]float32, 960)
	began := audio.Monotonic()
	for n := audio.Frames(0); ; {
		got, err := source.Read(frames)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var raw []byte
		for _, v := range frames[:got] {
			s := uint16(int16(v * 32767))
			raw = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(raw, s), s)
		}
		time.Sleep(began.Add(audio.Rate.D(n)).Sub(audio.Monotonic()))
		if _, err := pipe.Write(raw); err != nil {
			return err
		}
		n += audio.Frames(got)
	}
}
