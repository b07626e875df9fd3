package health_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"loalang/archive/disktest"
	"loalang/health"
)

// A disk of the data that was pulled out, an SSD on USB for one, was called well, with so much room:
// the kernel says so, though nothing of it can be opened any more.
func TestProbeDiskThatWasPulledOut(t *testing.T) {
	dir, err := disktest.Ext4(t, 16<<20)
	if err != nil {
		t.Skipf("nothing may be mounted here: %v", err)
	}
	p := &health.Probe{}
	if d := p.Disk(dir); d.ReadOnly || d.Gone || d.Failed != "" {
		t.Fatalf("while it is there: %+v", d)
	}
	if err := disktest.Gone(dir); err != nil {
		t.Fatal(err)
	}
	if d := p.Disk(dir); !d.Gone {
		t.Errorf("pulled out: %+v", d)
	}
}

// TestProbeTellsDataThatDoNotLast: with an overlay over the data partition too, all was lost at
// each start and nothing said so; a data disk that is missing left an empty board that was well.
func TestProbeTellsDataThatDoNotLast(t *testing.T) {
	memory, err := disktest.Tmpfs(t, "size=1m")
	if err != nil {
		t.Skipf("nothing may be mounted here: %v", err)
	}
	bare := filepath.Join(t.TempDir(), "loalang")
	if err := os.Mkdir(bare, 0o700); err != nil {
		t.Fatal(err)
	}
	fstab := filepath.Join(t.TempDir(), "fstab")
	line := func(dir, options string) string { return "LABEL=loalang  " + dir + "/\text4 " + options + " 0 2\n" }
	for name, c := range map[string]struct {
		dir, fstab          string
		inMemory, unmounted bool
	}{
		"OK":         {memory, line(memory, "rw,nofail"), true, false},
		"NotMounted": {bare, line(bare, "rw,nofail"), false, true},
		"NotListed":  {bare, line(memory, "rw"), false, false},
		"Commented":  {bare, "#" + line(bare, "rw"), false, false},
		"Bound":      {bare, line(bare, "rw,bind"), false, false},
		"NoFstab":    {bare, "", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(fstab, []byte(c.fstab), 0o600); err != nil {
				t.Fatal(err)
			}
			d := (&health.Probe{Fstab: fstab}).Disk(c.dir)
			if d.Unmounted != c.unmounted || c.inMemory && !d.InMemory {
				t.Errorf("%+v", d)
			}
		})
	}
}

// A file or folder that ext4 finds changed on a card told of an ill disk in one place of the program,
// and of nothing in another.
func TestIllDisk(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"OK":        {nil, false},
		"Gone":      {&fs.PathError{Op: "open", Path: "serve.lock", Err: syscall.EIO}, true},
		"Unclean":   {&fs.PathError{Op: "open", Path: "serve.lock", Err: syscall.EUCLEAN}, true},
		"Checksum":  {&fs.PathError{Op: "open", Path: "serve.lock", Err: syscall.EBADMSG}, true},
		"NotThere":  {&fs.PathError{Op: "open", Path: "serve.lock", Err: syscall.ENOENT}, false},
		"ReadOnly":  {&fs.PathError{Op: "open", Path: "serve.lock", Err: syscall.EROFS}, false},
		"Forbidden": {fs.ErrPermission, false},
	} {
		if got := health.IllDisk(c.err); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// An ill file in the data folder of a board was no ill disk: the page called it well.
func TestProbeDiskWithAnIllFile(t *testing.T) {
	dir, err := disktest.Sick(t, 16<<20, ".writable", func(dir string) error {
		return os.WriteFile(filepath.Join(dir, ".writable"), nil, 0o600)
	})
	if err != nil {
		t.Skipf("SKIPPED: a card cannot be mounted here (%v): run the tests as root, with mkfs.ext4 and debugfs", err)
	}
	if d := (&health.Probe{}).Disk(dir); !d.Gone {
		t.Errorf("%+v", d)
	}
}
