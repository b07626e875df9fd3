package ruler

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed plugin/ruler.c
var source []byte

// ErrTools means that the card cannot be built on this machine; the sentence
// says what to install.
var ErrTools = errors.New("the virtual card cannot be built")

// Options are what kind of card is built. The zero value is a good one.
type Options struct {
	MinPeriod int      // least period in frames; 0: 32
	Drift     int      // of its crystal, parts per million
	Capture   string   // s16 file that its line input plays; empty: it has none
	Settings  []string // more words of the plug-in's configuration
}

// Card is a virtual card in a folder of its own. It is the default device of
// programs that run with ALSA_CONFIG_PATH=Config. Its states are files in the
// folder, so any process may change them.
type Card struct {
	Dir    string
	Config string
}

// Open is the card that was built in dir, perhaps by another process.
func Open(dir string) *Card { return &Card{Dir: dir, Config: filepath.Join(dir, "asound.conf")} }

// Build compiles the card into dir, which exists. The error wraps ErrTools when
// a compiler or a header is missing.
func Build(dir string, o Options) (*Card, error) {
	if _, err := exec.LookPath("gcc"); err != nil {
		return nil, fmt.Errorf("%w: no gcc; install it with: apt-get install gcc libc6-dev", ErrTools)
	}
	if _, err := os.Stat("/usr/include/alsa/pcm_external.h"); err != nil {
		return nil, fmt.Errorf("%w: no ALSA headers; install them with: apt-get install libasound2-dev", ErrTools)
	}
	c := Open(dir)
	code, lib := filepath.Join(dir, "ruler.c"), filepath.Join(dir, "libasound_module_pcm_ruler.so")
	if err := os.WriteFile(code, source, 0o644); err != nil {
		return nil, fmt.Errorf("build the virtual card: %w", err)
	}
	out, err := exec.Command("gcc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-DPIC", "-o", lib, code, "-lasound").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("build the virtual card: %w: %s", err, out)
	}
	if err := os.WriteFile(c.Config, []byte(o.config(dir, lib)), 0o644); err != nil {
		return nil, fmt.Errorf("build the virtual card: %w", err)
	}
	return c, nil
}

// config is an ALSA configuration that knows nothing but the card.
func (o Options) config(dir, lib string) string {
	fields := []string{fmt.Sprintf("dir %q", dir)}
	if o.MinPeriod > 0 {
		fields = append(fields, fmt.Sprintf("min_period %d", o.MinPeriod))
	}
	if o.Drift != 0 {
		fields = append(fields, fmt.Sprintf("drift_ppm %d", o.Drift))
	}
	if o.Capture != "" {
		fields = append(fields, fmt.Sprintf("capture %q", o.Capture))
	}
	fields = append(fields, o.Settings...)
	return fmt.Sprintf("pcm_type.ruler { lib %q }\npcm.ruler { type ruler %s }\n"+
		"pcm.!default { type plug slave.pcm ruler hint { show on description \"ruler\" } }\n", lib, strings.Join(fields, " "))
}

// State is something that can be wrong with a card.
type State string

// The states. A card may be in several at once.
const (
	Unplugged State = "unplugged"
	Frozen    State = "frozen" // nothing is played and nobody is told
	Busy      State = "busy"   // another program has it
)

// Set makes a state true or not.
func (c *Card) Set(s State, on bool) error {
	path := filepath.Join(c.Dir, string(s))
	if on {
		return os.WriteFile(path, nil, 0o644)
	}
	return os.Remove(path)
}
