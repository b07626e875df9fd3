package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
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
