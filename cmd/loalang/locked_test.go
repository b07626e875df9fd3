package main_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// sounding raises an emergency and waits until it sounds; it returns how long the
// answer took.
func (d *daemon) sounding(text string) time.Duration {
	d.t.Helper()
	began := time.Now()
	body := object{"title": "Lũ quét", "reason": "Nước dâng nhanh"}
	if text != "" {
		body["text"] = text
	}
	d.call(http.MethodPost, "/emergency", body, http.StatusCreated)
	took := time.Since(began)
	d.until("the emergency sounds", func() bool {
		active, _ := d.call(http.MethodGet, "/air", nil, http.StatusOK)["emergencies"].([]any)
		return len(active) == 1 && object(active[0].(map[string]any))["sounding"] == true
	})
	return took
}

// stopped stops it.
func (d *daemon) stopped() {
	d.t.Helper()
	d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
}

// wantEmergencies waits until the as-run has as many emergencies, all of them
// stopped and with the sound they made.
func (d *daemon) wantEmergencies(n int) {
	d.t.Helper()
	var rows []object
	defer func() {
		if d.t.Failed() {
			d.t.Logf("as-run: %v", rows)
		}
	}()
	d.until(fmt.Sprintf("%d emergencies are in the log", n), func() bool {
		rows = slices.DeleteFunc(d.rows(), func(r object) bool { return r["kind"] != "emergency" })
		return len(rows) == n && !slices.ContainsFunc(rows, func(r object) bool {
			parts := airings(r)
			return r["outcome"] != "stopped" || !slices.ContainsFunc(parts, func(a object) bool { return a["frames"].(float64) > 0 })
		})
	})
}

// lockDatabase takes every lock that SQLite has in WAL mode from another process,
// this one: nobody reads or writes until release.
func lockDatabase(t *testing.T, data string) (release func()) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(data, "loalang.db-shm"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	lock := unix.Flock_t{Type: unix.F_WRLCK, Start: 120, Len: 8} // https://www.sqlite.org/walformat.html#locks
	if err := unix.FcntlFlock(f.Fd(), unix.F_SETLKW, &lock); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// While another process holds the database an emergency is authorised, sounds,
// speaks and is stopped; a restart meanwhile goes on; and nothing of it is missing
// in the log once the lock is gone.
func TestEmergencyWithTheDatabaseLocked(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	began := time.Now()
	d := serve(t, data, "null", quick...).admit()
	token := d.token
	d.sounding("")            // the token is known from now on, and the first is in the log
	free := time.Since(began) // what a start takes here and now, with the database free
	d.stopped()
	release := lockDatabase(t, data)
	if took := d.sounding("Chạy ngay lên đồi."); took > 8*time.Second {
		t.Errorf("the answer took %s with the database locked", took)
	}
	d.until("the message is spoken", func() bool {
		active, _ := d.call(http.MethodGet, "/air", nil, http.StatusOK)["emergencies"].([]any)
		spoken, _ := active[0].(map[string]any)["spoken"].([]any)
		return slices.Contains(spoken, any("vi"))
	})
	crashed := time.Now()
	d.kill()
	d = start(t, data, "null", quick...)
	d.token = token
	// SQLite waits ten seconds for such a lock by itself; nothing of the start does, nor
	// did the answer above.
	d.within(8*time.Second+2*free, "it sounds again after the crash", func() bool {
		active, _ := d.call(http.MethodGet, "/air", nil, http.StatusOK)["emergencies"].([]any)
		return len(active) == 1 && object(active[0].(map[string]any))["sounding"] == true
	})
	t.Logf("it sounds again %s after the crash", time.Since(crashed))
	d.stopped()
	release()
	d.until("the database is open", func() bool {
		status, _ := d.try(http.MethodGet, "/asrun", nil)
		return status == http.StatusOK
	})
	d.wantEmergencies(2)
}

// Without its database the board raises emergencies all the same, whether the
// file went while it ran or before it started; what sounded before and after is in
// the log once the file is back.
func TestEmergencyWithTheDatabaseMissing(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	token := d.token
	d.sounding("")
	d.stopped()
	d.wantEmergencies(1)
	d.stop()
	database := filepath.Join(data, "loalang.db")
	whole, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	remove(t, database)
	d = start(t, data, "null", quick...)
	d.token = token
	d.sounding("")
	d.stopped()
	d.stop()
	write(t, database, whole)
	d = serve(t, data, "null", quick...)
	d.token = token
	d.wantEmergencies(2)
}

// Nor do quiet hours, nor any volume of the night, keep an emergency from
// sounding; a notice stays silent in them.
func TestEmergencyInQuietHours(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	now := time.Now().In(time.FixedZone("ICT", 7*3600))
	from := (now.Hour() + 6) % 22
	allowed := fmt.Sprintf("%02d:00-%02d:00", from, from+1)
	if _, errs, code := loalang(t, "", "village", "set", "un-ta", "--allowed", allowed, "--data", data); code != 0 {
		t.Fatal(errs)
	}
	d.sounding("")
	d.stopped()
	d.wantEmergencies(1)
}
