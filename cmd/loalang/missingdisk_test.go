package main_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loalang/archive/disktest"
)

// A board whose data disk is missing has an empty folder of a read-only system before it: it
// sounds an emergency all the same, from memory, and says that nothing is kept.
func TestABoardWithoutItsDiskSoundsAnEmergency(t *testing.T) {
	need(t, sound)
	data := cardOf(t)
	if err := os.Mkdir(data, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := disktest.Fail(filepath.Dir(data)); err != nil {
		t.Fatal(err)
	}
	d := start(t, data, "null", quick...)
	_, said, _ := strings.Cut(d.log.String(), "memory=")
	memory := strings.Fields(said + " -")[0]
	if filepath.Dir(memory) != "/dev/shm" {
		t.Fatalf("it does not say where it runs:\n%s", d.log)
	}
	t.Cleanup(func() { _ = os.RemoveAll(memory) })
	if _, errs, code := loalang(t, "", "token", "add", "máy", "--role", "viewer", "--data", data); code != 0 || !strings.Contains(errs, "lies in "+memory+" and is lost") {
		t.Errorf("a command does not find the board = %d: %s", code, errs)
	}
	d.data = memory
	if out := succeed(t, "token", "list", "--data", memory); !strings.Contains(out, "máy") {
		t.Errorf("the board does not have what the command made: %s", out)
	}
	d.admit().alarms()
	d.until("the board knows it", func() bool { return strings.Contains(d.log.String(), "ill=disk-missing") })
	if status, body := d.signedPage("/slots"); status != http.StatusOK || !strings.Contains(body, "không được giữ lại") {
		t.Errorf("the page does not say that nothing is kept: %d", status)
	}
	if b := d.call(http.MethodGet, "/backups", nil, http.StatusOK); b["off"] == false {
		t.Errorf("a backup of nothing would be made: %v", b)
	}
	if out, errs, _ := loalang(t, "", "doctor", "--lang", "en", "--data", data, "--device", "null"); !strings.Contains(out+errs, "is not mounted") {
		t.Errorf("doctor does not say it: %s%s", out, errs)
	}
}
