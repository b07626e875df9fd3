package main_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"loalang/archive/disktest"
)

// smallDisk is a data folder on a file system of its own; the test is skipped
// where none may be mounted.
func smallDisk(t *testing.T) string {
	t.Helper()
	return diskOf(t, "size=64m")
}

// diskOf is smallDisk with the options of a tmpfs.
func diskOf(t *testing.T, options string) string {
	t.Helper()
	dir, err := disktest.Tmpfs(t, options)
	if err != nil {
		missing(t, "a small disk cannot be mounted here ("+err.Error()+"): run the tests as root")
	}
	return filepath.Join(dir, "data")
}

// fill takes all room of the disk of a data folder.
func fill(t *testing.T, data string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(filepath.Dir(data), "filler"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// A full disk keeps neither `serve` from starting nor the commands that read
// from answering, and an emergency sounds.
func TestFullDiskDoesNotKeepServeFromStarting(t *testing.T) {
	t.Parallel()
	cases := map[string]func(t *testing.T, data string){
		"WithTheMargin":  func(*testing.T, string) {},
		"MarginUsedUp":   func(t *testing.T, data string) { remove(t, filepath.Join(data, "reserve")) },
		"AfterAPowerCut": func(*testing.T, string) {},
	}
	for name, before := range cases {
		t.Run(name, func(t *testing.T) {
			data := smallDisk(t)
			d := serve(t, data, "null", quick...).admit()
			token := d.token
			if name == "AfterAPowerCut" {
				d.kill()
			} else {
				d.stop()
			}
			before(t, data)
			fill(t, data)
			for _, command := range [][]string{{"plan"}, {"asrun"}, {"village", "list"}} {
				if _, errs, code := loalang(t, "", append(command, "--data", data)...); code != 0 {
					t.Errorf("loalang %v = %d: %s", command, code, errs)
				}
				fill(t, data)
			}
			again := serve(t, data, "null", quick...)
			again.token = token
			again.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "Nước dâng nhanh"}, http.StatusCreated)
			again.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
		})
	}
}

func remove(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
}
