package main_test

import (
	"errors"
	"net/http"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A power cut between the claim and the keying does not lose the notice: it
// airs after the restart, once.
func TestPowerCutBetweenClaimAndKeying(t *testing.T) {
	need(t, sound)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	id := d.announce(object{"title": "Mời họp thôn", "text": "Kính mời bà con đi họp.", "renditions": []object{{"language": "vi"}}})
	due := time.Now().Add(12 * time.Second)
	d.airAt(id, due)
	claimed := func() bool {
		for _, r := range d.rows() {
			if r["announcement"] == id {
				return true
			}
		}
		return false
	}
	d.until("it is claimed", claimed)
	if left := time.Until(due); left < 3*time.Second {
		t.Skipf("SKIPPED: this machine is so busy that only %s are left before the sound", left)
	}
	d.powerCut()

	again := serve(t, data, "null", quick...)
	again.token = d.token
	row := again.row(id)
	if row["outcome"] != "played" || len(airings(row)) != 2 {
		t.Errorf("as-run after the restart = %v, want it played with chime and voice", row)
	}
	if rows := again.rows(); len(rows) != 1 {
		t.Errorf("%d rows, want one: %v", len(rows), rows)
	}
}

// A power cut in the instant after the answer neither loses an emergency that
// was raised nor brings back one that was stopped, also on a full disk.
func TestPowerCutRightAfterTheAnswer(t *testing.T) {
	t.Parallel()
	for name, full := range map[string]bool{"Room": false, "FullDisk": true} {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			if full {
				data = smallDisk(t)
			}
			d := serve(t, data, "null", quick...).admit()
			token := d.token
			again := func() {
				d.kill()
				d = serve(t, data, "null", quick...)
				d.token = token
			}
			d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "Nước dâng nhanh"}, http.StatusCreated)
			again()
			if d.call(http.MethodGet, "/air", nil, http.StatusOK)["emergency"] == nil {
				t.Fatal("the emergency that was acknowledged is lost")
			}
			if full {
				remove(t, filepath.Join(data, "reserve"))
				fill(t, data)
			}
			d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
			again()
			time.Sleep(time.Second)
			if e := d.call(http.MethodGet, "/air", nil, http.StatusOK)["emergency"]; e != nil {
				t.Errorf("what was stopped sounds again: %v", e)
			}
		})
	}
}

// A terminal that is closed ends serve as SIGTERM does: in order, the amplifier
// off.
func TestHangUpEndsInOrder(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("hang-ups are ignored where these tests run, as under nohup")
	}
	d := serve(t, t.TempDir(), "null", quick...)
	if err := d.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-d.ended:
		d.ended <- err
		if exit := new(exec.ExitError); errors.As(err, &exit) {
			t.Errorf("serve ended: %v\n%s", err, d.log)
		}
	case <-time.After(patience):
		t.Fatalf("serve does not end\n%s", d.log)
	}
	if strings.Contains(d.log.String(), "close") {
		t.Errorf("something would not close:\n%s", d.log)
	}
}
