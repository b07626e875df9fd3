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

// A disk of the data that is pulled out under a running board, an SSD on USB for one: its emergency
// sounds, nobody is told to restore anything, and a program that begins anew there, behind a crash or
// a restart, runs in memory. It ended at its lock again and again, and even the button was dead.
func TestADiskThatIsPulledOutSilencesNoEmergency(t *testing.T) {
	need(t, sound)
	data := cardOf(t)
	d := serve(t, data, "null", quick...).admit()
	d.call(http.MethodGet, "/health", nil, http.StatusOK) // the board knows who asks: later it cannot read that
	if err := disktest.Gone(filepath.Dir(data)); err != nil {
		t.Fatal(err)
	}
	d.measures("loalang_disk_read_only 1", "disk-gone")
	d.until("the board knows it of its database", func() bool {
		_, text := d.page("/readyz")
		return strings.Contains(text, "database-gone")
	})
	d.alarms()
	if out, errs, code := loalang(t, "", "doctor", "--lang", "en", "--data", data, "--listen", strings.TrimPrefix(d.url, "http://")); code != 2 || !strings.Contains(out, "it was pulled out") || strings.Contains(out, "data repair") || strings.Contains(out, "does not run on these data") {
		t.Errorf("loalang doctor = %d: %s%s", code, out, errs)
	}
	d.kill()
	if out, errs, code := loalang(t, "", "doctor", "--lang", "en", "--data", data, "--device", "null"); code != 2 || !strings.Contains(out, "it was pulled out") || strings.Contains(out, "data repair") {
		t.Errorf("without a serve loalang doctor = %d: %s%s", code, out, errs)
	}
	if _, errs, code := loalang(t, "", "token", "list", "--data", data); code != 1 || !strings.Contains(errs, "switch the board off and on") {
		t.Errorf("without a serve a command = %d: %s", code, errs)
	}
	d = start(t, data, "null", quick...)
	_, said, _ := strings.Cut(d.log.String(), "memory=")
	memory := strings.Fields(said + " -")[0]
	if filepath.Dir(memory) != "/dev/shm" {
		t.Fatalf("it does not say where it runs:\n%s", d.log)
	}
	t.Cleanup(func() { _ = os.RemoveAll(memory) })
	d.data = memory
	d.admit().alarms()
	if _, errs, code := loalang(t, "", "token", "list", "--data", data); code != 0 || !strings.Contains(errs, "lies in "+memory+" and is lost") {
		t.Errorf("a command does not find the board = %d: %s", code, errs)
	}
}
