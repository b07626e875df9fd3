package audio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// spareBlocks is how far the writer may lag behind the air, 2.56 s.
	spareBlocks = 256
	// headerEvery is after how many frames the file's header is made true again.
	headerEvery = Frames(Rate)
	// writerPatience is how long Run waits for a stuck disk at its end.
	writerPatience = 2 * time.Second
)

// errFileFull says that a WAV cannot grow any more.
var errFileFull = errors.New("the WAV has reached its 4 GiB; the air goes on without it")

// FileDevice writes what leaves the Desk to a 48 kHz s16 mono WAV, paced in real
// time: frame k of the file left at Start.Monotonic + k/48000. The file replaces
// what lay at Path; its header is right at least once a second, so that it can
// be read after a kill. Beside it, at Path.json, lies a FileStart.
//
// A disk that is slow, full or broken never delays the air: what cannot be
// written leaves silence in the file, Fault is told, and writing is tried again
// with every block.
type FileDevice struct {
	Path string
	// Resume goes on with the file that an earlier FileDevice of this boot has
	// left at Path, with silence for the time between. Without one it begins anew.
	Resume bool
	// Fault is told the first of every row of write errors; nil: nobody. It is
	// called from Run and from the writer's goroutine, never from both at once.
	Fault func(error)
	// Clock is CLOCK_MONOTONIC; nil: Monotonic.
	Clock func() Instant
}

// FileStart is what FileDevice writes to Path.json: when frame 0 of the WAV
// left, on both clocks.
type FileStart struct {
	Monotonic Instant    `json:"started_monotonic_ns"`
	Realtime  int64      `json:"started_realtime_ns"` // since 1970
	Rate      SampleRate `json:"rate"`
}

// Name is "file:" and the path.
func (f *FileDevice) Name() string { return "file:" + f.Path }

// Audible is false.
func (f *FileDevice) Audible() bool { return false }

// Run follows the contract of Device. It fails at once when the file cannot be
// created; when something could not be written, it says so at its end. A disk
// that does not answer is waited for two seconds; its writer is then left
// behind.
func (f *FileDevice) Run(ctx context.Context, d *Desk) error {
	clock := f.Clock
	if clock == nil {
		clock = Monotonic
	}
	first, resumed := f.resumed(clock())
	flags := os.O_CREATE | os.O_WRONLY
	if !resumed {
		flags |= os.O_TRUNC
	}
	file, err := os.OpenFile(f.Path, flags, 0o644)
	if err != nil {
		return fmt.Errorf("open file device: %w: choose a path that can be written", err)
	}
	w := newFileWriter(file, f.Fault)
	if !resumed {
		first = place{Instant: clock()}
		w.note(f.writeStart(first.Instant))
	}
	w.next = first.Frame
	start := first.Instant
	go w.run()
	d.Anchor(d.Position(), start)
	var frames [pacePeriod]float32
	pace(ctx, clock, start, func() {
		d.Pull(frames[:])
		w.put(frames[:])
	})
	return w.finish()
}

// place is a frame of the file and when it leaves.
type place struct {
	Frame   Frames
	Instant Instant
}

// resumed is the first frame from now on of the file that is there; false when
// there is none to go on with.
func (f *FileDevice) resumed(now Instant) (place, bool) {
	if !f.Resume {
		return place{}, false
	}
	text, err := os.ReadFile(f.Path + ".json")
	if err != nil {
		return place{}, false
	}
	var start FileStart
	if err := json.Unmarshal(text, &start); err != nil || start.Rate != Rate || start.Monotonic <= 0 || start.Monotonic > now {
		return place{}, false // of another boot, or not ours
	}
	frame := Rate.N(now.Sub(start.Monotonic)) + 1
	return place{frame, start.Monotonic.Add(Rate.D(frame))}, true
}

func (f *FileDevice) writeStart(start Instant) error {
	var wall unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_REALTIME, &wall); err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	text, err := json.Marshal(FileStart{Monotonic: start, Realtime: wall.Nano(), Rate: Rate})
	if err != nil {
		return fmt.Errorf("describe the start: %w", err)
	}
	temporary := f.Path + ".json.tmp"
	if err := os.WriteFile(temporary, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("describe the start: %w", err)
	}
	if err := os.Rename(temporary, f.Path+".json"); err != nil {
		return fmt.Errorf("describe the start: %w", err)
	}
	return nil
}

// fileWriter takes the blocking out of a file.
type fileWriter struct {
	file  *os.File
	fault func(error)
	free  chan *fileBlock
	full  chan *fileBlock
	done  chan struct{}
	next  Frames // of the next put

	// Owned by run, and by finish after done.
	size   Frames // frames in the file, holes counted
	headed Frames // size when the header was written
	broken bool   // the last write failed
	first  error
}

type fileBlock struct {
	at  Frames
	pcm []byte
}

func newFileWriter(file *os.File, fault func(error)) *fileWriter {
	w := &fileWriter{
		file: file, fault: fault, headed: -headerEvery,
		free: make(chan *fileBlock, spareBlocks), full: make(chan *fileBlock, spareBlocks), done: make(chan struct{}),
	}
	for range spareBlocks {
		w.free <- &fileBlock{pcm: make([]byte, 0, 2*pacePeriod)}
	}
	return w
}

// put hands a block to the writer; when that is too far behind, the block is
// left out and its place in the file stays silent.
func (w *fileWriter) put(frames []float32) {
	at := w.next
	w.next += Frames(len(frames))
	select {
	case b := <-w.free:
		b.at, b.pcm = at, b.pcm[:0]
		for _, v := range frames {
			s := uint16(toS16(v))
			b.pcm = append(b.pcm, byte(s), byte(s>>8))
		}
		w.full <- b // never waits: there are no more blocks than places
	default:
	}
}

func (w *fileWriter) run() {
	defer close(w.done)
	for b := range w.full {
		w.note(w.write(b))
		w.free <- b
	}
	w.note(w.header())
	w.note(w.file.Close())
}

func (w *fileWriter) write(b *fileBlock) error {
	end := b.at + Frames(len(b.pcm)/2)
	if int64(end)*2 > maxWAVData {
		return errFileFull
	}
	if _, err := w.file.WriteAt(b.pcm, wavHeader+2*int64(b.at)); err != nil {
		return fmt.Errorf("write sound: %w", err)
	}
	w.size = end
	if w.size-w.headed < headerEvery {
		return nil
	}
	return w.header()
}

func (w *fileWriter) header() error {
	if _, err := w.file.WriteAt(riffHeader(int64(w.size)*2), 0); err != nil {
		return fmt.Errorf("write wav header: %w", err)
	}
	w.headed = w.size
	return nil
}

// note remembers the first error and tells of each row of errors once.
func (w *fileWriter) note(err error) {
	news := err != nil && !w.broken
	w.broken = err != nil
	if !news {
		return
	}
	if w.first == nil {
		w.first = err
	}
	if w.fault != nil {
		w.fault(err)
	}
}

// finish writes what is left and returns the first error of all.
func (w *fileWriter) finish() error {
	close(w.full)
	patience := time.NewTimer(writerPatience)
	defer patience.Stop()
	select {
	case <-w.done:
	case <-patience.C:
		return fmt.Errorf("file device: %s: the disk does not answer", w.file.Name())
	}
	if w.first != nil {
		return fmt.Errorf("file device: %s: %w", w.file.Name(), w.first)
	}
	return nil
}
