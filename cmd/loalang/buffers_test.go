package main_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// found is what doctor says of one thing.
type found struct {
	Name, Found, Advice string
	OK                  bool
}

// doctorSays runs doctor on a data folder, with words before it.
func doctorSays(t *testing.T, data, name string, before ...string) found {
	t.Helper()
	words := append(before, exe, "doctor", "--json", "--device", "null", "--data", data)
	raw, err := exec.Command(words[0], words[1:]...).Output() // 1: something is missing
	var findings []found
	if jsonErr := json.Unmarshal(raw, &findings); jsonErr != nil {
		t.Fatalf("%s, %v, %v", raw, err, jsonErr)
	}
	for _, f := range findings {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("doctor says nothing of %s: %s", name, raw)
	return found{}
}

func kernel(t *testing.T) string {
	t.Helper()
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		t.Fatal(err)
	}
	return unix.ByteSliceToString(u.Release[:])
}

func TestDoctorTellsTheBuffer(t *testing.T) {
	for _, c := range []struct {
		name, file, says string
		ok               bool
	}{
		{"OK nothing learned", "", "6ms with real-time priority", true},
		{"a calm one", `{"USB Audio":{"buffer":"12ms","learned":"2026-11-20T05:30:00Z","kernel":"6"}}`, "USB Audio needs 12ms, learned 2026-11-20", true},
		{"a large one", `{"USB Audio":{"buffer":"80ms","learned":"2026-11-20T05:30:00Z","kernel":"6"}}`, "needs 80ms", false},
		{"broken", `{"USB`, "buffers.json", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := t.TempDir()
			if c.file != "" {
				if err := os.WriteFile(filepath.Join(data, "buffers.json"), []byte(c.file), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			f := doctorSays(t, data, "sound buffer")
			if f.OK != c.ok || !strings.Contains(f.Found, c.says) || (f.Advice == "") != c.ok {
				t.Errorf("doctor says %+v, want %q, ok = %v", f, c.says, c.ok)
			}
		})
	}
}

// Root without CAP_IPC_LOCK may lock no more than the limit says.
func TestDoctorTellsOfLockedMemory(t *testing.T) {
	need(t, map[string]string{"setpriv": "util-linux", "prlimit": "util-linux"})
	if os.Geteuid() != 0 {
		missing(t, "only root can give a capability away")
	}
	without := []string{"setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock"}
	for _, c := range []struct {
		name   string
		before []string
		ok     bool
	}{
		{"OK without a limit", append([]string{"prlimit", "--memlock=unlimited:unlimited"}, without...), true},
		{"with a limit", append([]string{"prlimit", "--memlock=8388608:8388608"}, without...), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if out, err := exec.Command(c.before[0], append(c.before[1:], "true")...).CombinedOutput(); err != nil {
				t.Skipf("limits cannot be set here: %s", out)
			}
			f := doctorSays(t, t.TempDir(), "locked memory", c.before...)
			if f.OK != c.ok || (f.Advice == "") != c.ok {
				t.Errorf("doctor says %+v, want ok = %v", f, c.ok)
			}
		})
	}
}

// What a card needed is kept in the data folder, and tried smaller after a week.
func TestServeKeepsTheBuffer(t *testing.T) {
	need(t, sound)
	_, env := card(t)
	config := ""
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
		if name == "ALSA_CONFIG_PATH" {
			config = value
		}
	}
	data := t.TempDir()
	file := filepath.Join(data, "buffers.json")
	label := "default of " + config
	learned := time.Now().Add(-8 * 24 * time.Hour)
	raw, err := json.Marshal(map[string]any{
		label:     map[string]any{"buffer": "160ms", "learned": learned, "kernel": kernel(t)},
		"another": map[string]any{"buffer": "40ms", "learned": learned, "kernel": "1.0"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, raw, 0o644); err != nil {
		t.Fatal(err)
	}
	d := serve(t, data, "default", quick...).admit()
	if d.call(http.MethodGet, "/air", nil, http.StatusOK)["real_time"] != true {
		missing(t, "nothing is learned without real-time priority")
	}
	d.until("half of what was learned is tried", func() bool {
		air := d.call(http.MethodGet, "/air", nil, http.StatusOK)
		return air["up"] == true && air["buffer"] == 0.08 && air["buffer_learned"] == true
	})
	var notes map[string]struct {
		Buffer  string
		Learned time.Time
	}
	d.until("it is kept", func() bool {
		raw, err := os.ReadFile(file)
		clear(notes)
		return err == nil && json.Unmarshal(raw, &notes) == nil && notes[label].Buffer == "80ms"
	})
	if age := time.Since(notes[label].Learned); age < 0 || age > time.Minute {
		t.Errorf("learned %v ago, want now", age)
	}
	if _, ok := notes["another"]; ok {
		t.Error("what was learned under another kernel is kept for ever")
	}
	d.stop()
}
