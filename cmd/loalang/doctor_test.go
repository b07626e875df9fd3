package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// Root without CAP_SYS_NICE, as in a container, is refused real-time priority:
// doctor tries it instead of guessing.
func TestDoctorTriesRealTime(t *testing.T) {
	need(t, map[string]string{"setpriv": "util-linux", "chrt": "util-linux"})
	if os.Geteuid() != 0 {
		missing(t, "only root can give a capability away")
	}
	without := []string{"setpriv", "--bounding-set=-sys_nice", "--inh-caps=-sys_nice"}
	for name, before := range map[string][]string{"AsWeAre": nil, "WithoutTheCapability": without} {
		t.Run(name, func(t *testing.T) {
			words := slices.Concat(before, []string{"chrt", "--rr", "20", "true"})
			allowed := exec.Command(words[0], words[1:]...).Run() == nil
			words = slices.Concat(before, []string{exe, "doctor", "--json", "--device", "null", "--data", t.TempDir()})
			raw, err := exec.Command(words[0], words[1:]...).Output()
			var findings []struct {
				Name, Found, Advice string
				OK                  bool
			}
			if jsonErr := json.Unmarshal(raw, &findings); jsonErr != nil {
				t.Fatalf("%s, %v, %v", raw, err, jsonErr)
			}
			for _, f := range findings {
				if f.Name == "real-time priority" {
					if f.OK != allowed || (f.Advice == "") != allowed {
						t.Errorf("doctor says %+v, the kernel allows it: %v", f, allowed)
					}
					return
				}
			}
			t.Error("doctor says nothing of real-time priority")
		})
	}
}

// doctor judges the card that --device would choose, not that there is any.
func TestDoctorLooksForTheChosenCard(t *testing.T) {
	raw, _ := exec.Command(exe, "doctor", "--json", "--device", "plughw:CARD=NoSuchCard", "--data", t.TempDir()).Output() // 1: something is wrong
	var findings []struct {
		Name, Found, Advice string
		OK                  bool
	}
	if err := json.Unmarshal(raw, &findings); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	for _, f := range findings {
		if f.Name != "sound card" {
			continue
		}
		if f.OK || !strings.Contains(f.Found, "NoSuchCard") || f.Advice == "" {
			t.Errorf("doctor says %+v of a card that is not there", f)
		}
		return
	}
	t.Error("doctor says nothing of the sound card")
}

// found of doctor says with a level and a code what the health page says too; every one
// that is not well says what to do, and the exit code is that of the worst.
func TestDoctorSaysWhatToDo(t *testing.T) {
	data := t.TempDir()
	look := func(t *testing.T, wants string) {
		t.Helper()
		out, errs, code := loalang(t, "", "doctor", "--json", "--device", "null", "--data", data, "--clock-trust", "system")
		var findings []struct{ Name, Level, Code, Found, Advice string }
		if err := json.Unmarshal([]byte(out), &findings); err != nil {
			t.Fatalf("%v: %s%s", err, out, errs)
		}
		want, parts := 0, map[string]string{}
		for _, f := range findings {
			parts[f.Name] = f.Code
			bad := f.Level == "warning" || f.Level == "fault"
			if f.Found == "" || bad && f.Advice == "" || f.Level == "good" && f.Advice != "" {
				t.Errorf("%+v", f)
			}
			if n := map[string]int{"warning": 1, "fault": 2}[f.Level]; n > want {
				want = n
			}
		}
		if code != want || want == 0 {
			t.Errorf("exit code %d of %s", code, out)
		}
		if parts["loalang"] != wants {
			t.Errorf("of serve it says %q, want %q", parts["loalang"], wants)
		}
		for _, part := range []string{"sound card", "amplifier", "clock", "disk", "database", "plan", "memory (RAM)"} {
			if parts[part] == "" {
				t.Errorf("nothing is said of %s", part)
			}
		}
	}
	look(t, "program-stopped")
	d := serve(t, data, "null", quick...)
	d.until("serve has measured", func() bool {
		resp, err := http.Get(d.url + "/metrics/health")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		return err == nil && strings.Contains(string(raw), `"plan-`)
	})
	look(t, "program-runs")
	if err := d.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	look(t, "program-silent")
	if err := d.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
}

// Each zone, button and light that cannot be had is named with what to do, and how it is wired is said.
func TestDoctorLooksAtZones(t *testing.T) {
	out, errs, code := loalang(t, "", "doctor", "--lang", "en", "--device", "null", "--data", t.TempDir(), "--zones", "Đầu thôn=sim; Chợ=rts:/dev/no-such-port", "--bypass", "gpiochip97:4",
		"--button", "gpiochip97:5", "--led", "gpiochip97:6")
	if code != 2 {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	for _, want := range []string{
		"ok   amplifier: ", "FAIL zones: Chợ: the line or port is not there", "Đầu thôn = sim, Chợ = rts:/dev/no-such-port\n       Plug it in again",
		"WARN amplifier's microphone: its contact cannot be read", "gpiochip97:4\n       Look at the wire",
		"FAIL panic button: cannot be read", "gpiochip97:5\n       Look at the wire of the button", "WARN status light: cannot be lit",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said: %s", want, out)
		}
	}
}

// A technician in Vietnam reads doctor in the words of the panel; English is there for who
// asks for it, and for programs.
func TestDoctorSpeaksTheLanguagesOfThePanel(t *testing.T) {
	data := t.TempDir()
	says := func(args ...string) string {
		t.Helper()
		out, errs, code := loalang(t, "", append([]string{"doctor", "--device", "null", "--data", data}, args...)...)
		if code != 1 && code != 2 {
			t.Errorf("%v: exit %d: %s", args, code, errs)
		}
		return out + errs
	}
	vietnamese := []string{"XEM  card âm thanh: ", "Cắm card âm thanh USB", "bộ đệm âm thanh: 6ms khi có ưu tiên thời gian thực", "lời chỉ dẫn ở trên"}
	english := []string{"WARN sound card: ", "Plug in a sound card", "sound buffer: 6ms with real-time priority", "see the advice above"}
	for _, c := range []struct {
		args        []string
		want, never []string
	}{
		{nil, vietnamese, english},
		{[]string{"--lang", "vi"}, vietnamese, english},
		{[]string{"--lang", "en"}, english, vietnamese},
		{[]string{"--json"}, []string{`"name": "sound card"`, `"name": "sound buffer"`}, vietnamese},
		{[]string{"--json", "--lang", "vi"}, []string{`"name": "card âm thanh"`, `"name": "bộ đệm âm thanh"`}, english[1:]},
	} {
		out := says(c.args...)
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%v: %q is not said: %s", c.args, want, out)
			}
		}
		for _, never := range c.never {
			if strings.Contains(out, never) {
				t.Errorf("%v: %q is said: %s", c.args, never, out)
			}
		}
	}
	if _, errs, code := loalang(t, "", "doctor", "--data", data, "--lang", "fr"); code != 2 || !strings.Contains(errs, "vi or en") {
		t.Errorf("--lang fr: exit %d, %s", code, errs)
	}
}
