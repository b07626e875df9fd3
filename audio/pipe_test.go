package audio_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"loalang/audio"
)

func TestPipeSource(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p, err := audio.OpenPipe(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil { // it has its own
		t.Fatal(err)
	}
	dst := make([]float32, 100)
	read := func(wants ...float32) {
		t.Helper()
		n, err := p.Read(dst)
		if err != nil || n != len(wants) {
			t.Fatalf("Read = %d, %v, want %d frames", n, err, len(wants))
		}
		for i, want := range wants {
			if dst[i] != want/32768 {
				t.Errorf("frame %d is %v, want %v", i, dst[i]*32768, want)
			}
		}
	}
	for _, step := range []struct {
		bytes []byte
		wants []float32
	}{
		{[]byte{1, 0, 0xff, 0xff}, []float32{1, -1}},
		{[]byte{0, 0x80, 0x34}, []float32{-32768}}, // half a frame stays
		{[]byte{0x12, 2, 0, 9}, []float32{0x1234, 2}},
	} {
		if _, err := w.Write(step.bytes); err != nil {
			t.Fatal(err)
		}
		read(step.wants...)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if n, err := p.Read(dst); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("Read at the end = %d, %v, want io.EOF", n, err)
		}
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// TestPipeSourceCloses ends a Read that waits, also of a pipe that blocks.
func TestPipeSourceCloses(t *testing.T) {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	r, w := os.NewFile(uintptr(fds[0]), "r"), os.NewFile(uintptr(fds[1]), "w")
	defer w.Close()
	p, err := audio.OpenPipe(r)
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	failed := make(chan error)
	go func() {
		_, err := p.Read(make([]float32, 10))
		failed <- err
	}()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; !errors.Is(err, os.ErrClosed) {
		t.Errorf("Read = %v, want %v", err, os.ErrClosed)
	}
}

func TestOpenPipeRefusesFiles(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "a.wav"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := audio.OpenPipe(f); !errors.Is(err, audio.ErrNotPipe) {
		t.Errorf("OpenPipe = %v, want %v", err, audio.ErrNotPipe)
	}
}
