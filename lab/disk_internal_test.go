package lab

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// blank is a disk of one megabyte, full of a byte.
func blank(t *testing.T, b byte) *Disk {
	t.Helper()
	name := filepath.Join(t.TempDir(), "disk")
	if err := os.WriteFile(name, bytes.Repeat([]byte{b}, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := OpenDisk(name, filepath.Join(t.TempDir(), "socket"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *Disk) mustDo(t *testing.T, kind, flags uint16, at int64, raw []byte) {
	t.Helper()
	if _, err := d.do(kind, flags, at, len(raw), raw); err != nil {
		t.Fatal(err)
	}
}

func (d *Disk) holds(t *testing.T, at int64, length int) []byte {
	t.Helper()
	answer, err := d.do(nbdRead, 0, at, length, nil)
	if err != nil {
		t.Fatal(err)
	}
	return answer[16:]
}

// What was flushed stays, what was not is read until the cut and gone after it.
func TestDiskLosesWhatWasNotFlushed(t *testing.T) {
	d := blank(t, 0)
	one, two := bytes.Repeat([]byte{1}, 4096), bytes.Repeat([]byte{2}, 4096)
	d.mustDo(t, nbdWrite, 0, 8192, one)
	d.mustDo(t, nbdFlush, 0, 0, nil)
	d.mustDo(t, nbdWrite, 0, 8192, two)
	d.mustDo(t, nbdWrite, nbdFUA, 8192+1024, one[:512])
	if got := d.holds(t, 8192, 4096); got[0] != 2 || got[1024] != 1 || got[1536] != 2 {
		t.Errorf("before the cut it reads %d, %d, %d", got[0], got[1024], got[1536])
	}
	if err := d.Cut(rand.New(rand.NewPCG(1, 1)), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := d.do(nbdRead, 0, 0, 512, nil); err == nil {
		t.Error("a disk without power answers")
	}
	d.Power()
	if got := d.holds(t, 8192, 4096); !bytes.Equal(got, one) {
		t.Error("what was flushed is not what is there")
	}
	if _, lost := d.Losses(); lost != 7 {
		t.Errorf("%d sectors were lost, want the 7 that nobody flushed", lost)
	}
}

// Some of what was not flushed may have made it, sector by sector.
func TestDiskTearsWrites(t *testing.T) {
	d := blank(t, 0)
	for at := range int64(64) {
		d.mustDo(t, nbdWrite, 0, at*8192, bytes.Repeat([]byte{9}, 8192))
	}
	if err := d.Cut(rand.New(rand.NewPCG(1, 1)), 0.5); err != nil {
		t.Fatal(err)
	}
	d.Power()
	torn := 0
	for at := range int64(64) {
		kept := bytes.Count(d.holds(t, at*8192, 8192), []byte{9}) / sector
		if kept > 0 && kept < 16 {
			torn++
		}
	}
	if torn < 60 {
		t.Errorf("%d of 64 writes are torn", torn)
	}
}
