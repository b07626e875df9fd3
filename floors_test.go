package loalang_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors is the house of docs/ARCHITECTURE.md: a package imports only from
// lower floors, never from its own.
var floors = map[string]int{
	"loalang/cmd/loalang":        4,
	"loalang/store":              3,
	"loalang/web":                3,
	"loalang/playout":            2,
	"loalang/audio/speaker":      1,
	"loalang/speech":             1,
	"loalang/recordings":         1,
	"loalang/relay":              1,
	"loalang/push":               2, // dials only what a Guard of relay lets it
	"loalang/audio":              0,
	"loalang/hardware":           0,
	"loalang/hardware/uecp":      -1, // frames of RDS encoders, a back room of hardware
	"loalang/scheduler":          0,
	"loalang/people":             0,
	"loalang/report":             0,
	"loalang/upload":             0, // knows neither gin, nor the database, nor recordings
	"loalang/localca":            0,
	"loalang/health":             0, // measurements in, findings out
	"loalang/pulse":              0,
	"loalang/archive":            0,  // knows names and hashes alone
	"loalang/passkey":            0,  // knows neither accounts nor the database
	"loalang/scheduler/calendar": -1, // a back room of scheduler
	"loalang/speech/vi":          0,  // how Vietnamese is read, a back room of speech
	"loalang/recordings/builtin": 0,  // the sounds themselves, a back room of recordings
	"loalang/audio/capture":      0,  // how a card's input is heard, a back room of audio
	"loalang/proof":              0,  // knows neither cards nor plans
	"loalang/audio/level":        -1, // the arithmetic of loudness, a back room of audio
	"loalang/expendable":         -1, // knows neither what decodes nor what speaks
}

// benches are rooms of tests and generators: they may import their own house.
var benches = []string{"loalang/audio/devicetest", "loalang/speech/enginetest", "loalang/speech/enginetest/standin", "loalang/speech/vi/casetest", "loalang/recordings/builtin/generate", "loalang/recordings/yardstick", "loalang/recordings/yardstick/figures", "loalang/hardware/amptest", "loalang/passkey/passkeytest", "loalang/push/pushtest", "loalang/audio/speaker/ruler", "loalang/audio/speaker/comparison", "loalang/archive/disktest", "loalang/lab", "loalang/lab/job", "loalang/lab/init", "loalang/lab/inside", "loalang/lab/keepfigures"}

// doors names the one package that may import each third party.
var doors = map[string]string{
	"github.com/ebitengine/oto":      "loalang/audio/speaker",
	"github.com/go-audio/":           "loalang/audio",
	"github.com/go-co-op/gocron":     "loalang/scheduler",
	"github.com/mattn/go-sqlite3":    "loalang/store",
	"github.com/pressly/goose":       "loalang/store",
	"github.com/gin-gonic/gin":       "loalang/web",
	"github.com/danielgtaylor/huma":  "loalang/web",
	"github.com/alexedwards/scs":     "loalang/web",
	"github.com/coder/websocket":     "loalang/web",
	"github.com/spf13/cobra":         "loalang/cmd/loalang",
	"github.com/arran4/golang-ical":  "loalang/web",
	"github.com/go-webauthn/":        "loalang/passkey",
	"github.com/boombuler/barcode":   "loalang/web",
	"github.com/coreos/go-systemd":   "loalang/cmd/loalang",
	"github.com/prometheus/":         "loalang/web",
	"github.com/tdewolff/":           "loalang/web",
	"go.bug.st/serial":               "loalang/hardware",
	"github.com/teambition/rrule-go": "loalang/scheduler/calendar", // the second opinion of its tests
}

type listed struct {
	ImportPath string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,GoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) > 0 {
			all = append(all, p)
		}
	}
}

func bench(path string) bool {
	for _, b := range benches {
		if path == b {
			return true
		}
	}
	return false
}

func TestFloors(t *testing.T) {
	seen := 0
	for _, p := range packages(t) {
		if p.ImportPath == "loalang" || bench(p.ImportPath) {
			continue
		}
		floor, known := floors[p.ImportPath]
		if !known {
			t.Errorf("%s stands on no floor: give it one here and in docs/ARCHITECTURE.md", p.ImportPath)
			continue
		}
		seen++
		for _, imp := range p.Imports {
			below, ours := floors[imp]
			if bench(imp) {
				t.Errorf("%s imports %s, which is for tests", p.ImportPath, imp)
			}
			if ours && below >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d): only lower floors", p.ImportPath, floor, imp, below)
			}
		}
	}
	if seen < 10 {
		t.Fatalf("only %d packages seen: the test looks at the wrong place", seen)
	}
}

func TestDoors(t *testing.T) {
	for _, p := range packages(t) {
		for _, imp := range p.Imports {
			for third, door := range doors {
				if strings.HasPrefix(imp, third) && p.ImportPath != door && !strings.HasPrefix(p.ImportPath, door+"/") {
					t.Errorf("%s imports %s: its one door is %s", p.ImportPath, imp, door)
				}
			}
		}
	}
}

func TestFloor1ImportsAudioOnly(t *testing.T) {
	for _, p := range packages(t) {
		if floors[p.ImportPath] != 1 {
			continue
		}
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, "loalang/") && imp != "loalang/audio" && imp != "loalang/audio/level" && imp != "loalang/audio/capture" && imp != "loalang/expendable" && !strings.HasPrefix(imp, p.ImportPath+"/") {
				t.Errorf("%s imports %s: floor 1 imports audio only", p.ImportPath, imp)
			}
		}
	}
}

// TestOnlyWhatCanBeStartedAgainGoesFirst: the speaker, and what listens to the line and turns the
// volume, keep the protection of the siren where memory is short.
func TestOnlyWhatCanBeStartedAgainGoesFirst(t *testing.T) {
	may := []string{"loalang/cmd/loalang", "loalang/recordings", "loalang/speech"}
	var marks []string
	for _, p := range packages(t) {
		if slices.Contains(p.Imports, "loalang/expendable") {
			marks = append(marks, p.ImportPath)
		}
	}
	if slices.Sort(marks); !slices.Equal(marks, may) {
		t.Errorf("%q start programs that go first, not %q", marks, may)
	}
}
