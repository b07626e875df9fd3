package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"loalang/archive/disktest"
)

// A disk that is full, read-only or without inodes under a running serve silences
// nothing: what is planned airs, an emergency sounds, every page says what to do, and when
// the disk is well again all of it is in the log.
func TestWhatIsPlannedAirsOnAnIllDisk(t *testing.T) {
	need(t, sound)
	cases := []struct {
		name, ill, words string
		strike           func(t *testing.T, data string)
		heal             func(t *testing.T, data string) // nil: nothing heals it under a running serve
	}{
		{
			"Full", "disk-full", "Thẻ nhớ (ổ đĩa) đã đầy",
			func(t *testing.T, data string) { remove(t, filepath.Join(data, "reserve")); fill(t, data) },
			func(t *testing.T, data string) { remove(t, filepath.Join(filepath.Dir(data), "filler")) },
		},
		{
			"ReadOnly", "disk-read-only", "Thẻ nhớ không cho ghi nữa",
			func(t *testing.T, data string) {
				if err := disktest.Fail(filepath.Dir(data)); err != nil {
					t.Fatal(err)
				}
			},
			nil,
		},
		{
			"NoInodes", "disk-inodes", "hết chỗ cho tệp mới",
			func(t *testing.T, data string) { fillInodes(t, data) },
			func(t *testing.T, data string) {
				dir := filepath.Join(filepath.Dir(data), "many")
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
			},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			data := ""
			if c.heal == nil {
				data = cardOf(t)
			} else {
				data = diskOf(t, "size=320m,nr_inodes=2000") // below 200 MB nothing is taken in
			}
			d := serve(t, data, "null", quick...).admit()
			kept := ""
			if c.name == "ReadOnly" {
				kept = d.backedUp()
			}
			id := d.plannedAt(time.Now().Add(100 * time.Second)) // it is seen when it sounds: what comes before must be over
			c.strike(t, data)
			d.until("the board knows it", func() bool { return strings.Contains(d.log.String(), "ill="+c.ill) })
			status, body := d.signedPage("/slots")
			if status != http.StatusOK || !strings.Contains(body, c.words) {
				t.Errorf("the page does not say it: %d", status)
			}
			if kept != "" {
				d.takesBackup(kept)
				d.measures("loalang_disk_read_only 1", "disk-read-only")
			}
			d.alarms()
			d.airs(id)
			if c.heal == nil {
				return
			}
			c.heal(t, data)
			d.until("the log has it", func() bool { return d.row(id)["outcome"] == "played" })
			d.until("the board is well again", func() bool {
				raw, _ := json.Marshal(d.call(http.MethodGet, "/backups", nil, http.StatusOK)["ills"])
				return !strings.Contains(string(raw), "disk-")
			})
		})
	}
}

// A card that takes no more writes keeps serve from its start neither behind a stop nor
// behind a crash, with what a power cut left of an import on it: an emergency sounds, and so
// does what is planned.
func TestAReadOnlyCardDoesNotKeepServeFromStarting(t *testing.T) {
	need(t, sound)
	for name, end := range map[string]func(*daemon){"Stopped": (*daemon).stop, "Killed": (*daemon).kill} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := cardOf(t)
			d := serve(t, data, "null", quick...).admit()
			id := d.plannedAt(time.Now().Add(80 * time.Second))
			left := filepath.Join(data, "recordings", "tmp", "import-left", "decoded")
			if err := os.MkdirAll(left, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := disktest.Fail(filepath.Dir(data)); err != nil {
				t.Fatal(err)
			}
			end(d)
			again := start(t, data, "null", quick...)
			again.token = d.token
			again.alarms()
			again.airs(id)
			if _, errs, code := loalang(t, "", "serve", "--data", data, "--device", "null", "--listen", "127.0.0.1:0"); code != 1 || !strings.Contains(errs, "another loalang serve") {
				t.Errorf("a second serve beside it = %d: %s", code, errs)
			}
		})
	}
}

// plannedAt makes a notice that airs at an instant, and waits until the board has it in its
// plan and its sound on the disk.
func (d *daemon) plannedAt(at time.Time) (id string) {
	d.t.Helper()
	id = d.announce(object{"title": "Mời họp thôn", "text": "Kính mời bà con đi họp.", "renditions": []object{{"language": "vi"}}})
	d.call(http.MethodPost, "/announcements/"+id+"/schedules", object{
		"kind": "once", "at": at.Format(time.RFC3339Nano), "misfire": object{"policy": "late", "grace": 3600}, // a busy machine may take its time
	}, http.StatusCreated)
	d.until("the plan has it and its sound is there", func() bool {
		raw, _ := os.ReadFile(filepath.Join(d.data, "standby", "plan-un-ta.json"))
		return bytes.Contains(raw, []byte(id)) && len(blobsOf(d.t, d.data, "master", ".flac")) == 1
	})
	return id
}

// alarms raises an emergency, and ends it once its siren sounds.
func (d *daemon) alarms() {
	d.t.Helper()
	d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "Nước dâng nhanh"}, http.StatusCreated)
	d.until("the emergency sounds", func() bool {
		air := d.call(http.MethodGet, "/air", nil, http.StatusOK)
		level, _ := air["level"].(map[string]any)
		rms, told := level["rms"].(float64)
		return air["state"] == "emergency" && told && rms > -40 // the siren itself leaves the mixer
	})
	d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
}

// airs waits until a notice sounds, and until it is over.
func (d *daemon) airs(id string) {
	d.t.Helper()
	d.until("what is planned is on the air", func() bool {
		air := d.call(http.MethodGet, "/air", nil, http.StatusOK)
		return strings.Contains(fmt.Sprint(air["on_air"]), id)
	})
	d.until("it is over", func() bool { return d.call(http.MethodGet, "/air", nil, http.StatusOK)["on_air"] == nil })
}

// cardOf is a data folder on an ext4 as a card has it; the test is skipped where none may
// be mounted.
func cardOf(t *testing.T) string {
	t.Helper()
	dir, err := disktest.Ext4(t, 400<<20)
	if err != nil {
		missing(t, "a card cannot be mounted here ("+err.Error()+"): run the tests as root, with mkfs.ext4")
	}
	return filepath.Join(dir, "data")
}

// backedUp has the board backed up, and returns the name of the backup.
func (d *daemon) backedUp() (name string) {
	d.t.Helper()
	d.call(http.MethodPost, "/backups", nil, http.StatusAccepted)
	d.until("there is a backup", func() bool {
		b := d.call(http.MethodGet, "/backups", nil, http.StatusOK)
		kept, _ := b["backups"].([]any)
		if b["running"] == true || len(kept) == 0 {
			return false
		}
		name = fmt.Sprint(kept[0].(map[string]any)["name"])
		return true
	})
	return name
}

// takesBackup takes a backup away from a board whose history takes nothing in any more:
// the log says who it was.
func (d *daemon) takesBackup(name string) {
	d.t.Helper()
	if status, body := d.signedPage("/api/v1/backups/" + name); status != http.StatusOK || !strings.Contains(body, "manifest-") {
		d.t.Errorf("the backup is not handed out: %d, %d bytes", status, len(body))
	}
	d.until("the log says who took it", func() bool {
		return strings.Contains(d.log.String(), "kind=backups record="+name+" fields=[taken] by=e2e")
	})
}

// measures waits until the metrics have a line, and health a finding with a code.
func (d *daemon) measures(line, code string) {
	d.t.Helper()
	d.until("the metrics say "+line, func() bool {
		_, text := d.page("/metrics")
		return strings.Contains(text, line+"\n")
	})
	if found := fmt.Sprint(d.call(http.MethodGet, "/health", nil, http.StatusOK)); !strings.Contains(found, code) {
		d.t.Errorf("health does not find %s: %s", code, found)
	}
	if out, errs, status := loalang(d.t, "", "doctor", "--lang", "en", "--data", d.data); status != 2 || !strings.Contains(out, "FAIL disk") {
		d.t.Errorf("loalang doctor = %d: %s%s", status, out, errs)
	}
}

// signedPage reads a page of the panel by the token.
func (d *daemon) signedPage(path string) (int, string) {
	d.t.Helper()
	req, err := http.NewRequest(http.MethodGet, d.url+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(resp.Body); err != nil {
		d.t.Fatal(err)
	}
	return resp.StatusCode, b.String()
}

// fillInodes makes files until there can be no more.
func fillInodes(t *testing.T, data string) {
	t.Helper()
	dir := filepath.Join(filepath.Dir(data), "many")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), nil, 0o600)
		if errors.Is(err, syscall.ENOSPC) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
