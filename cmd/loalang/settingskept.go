package main

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// keptSettings is the file of a backup with what the environment of the service said: on a
// board that is its technician's, and lies outside of the data folder. Nothing reads it.
const keptSettings = "settings.env"

// boardSettings is the file from which the packaged service takes its environment.
const boardSettings = "/etc/loalang/loalang.env"

// given is a variable of the environment that is a setting.
type given struct{ name, value string }

// line is how an environment file has it: read by systemd and by loalang-board alike, which
// take what stands in quotation marks as it is.
func (g given) line() string {
	switch {
	case !strings.ContainsAny(g.value, " \t\"'\\$;#`\n"):
		return g.name + "=" + g.value
	case !strings.Contains(g.value, "'"):
		return g.name + "='" + g.value + "'"
	}
	return g.name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(g.value) + `"`
}

// notKept are the settings that stay out of a backup: a secret, for sticks get lost, and
// where the data lie, which a restore is told.
var notKept = map[string]string{
	"LOALANG_METRICS_TOKEN": secretWhy,
	"LOALANG_DATA":          "",
}

// secretWhy says why a setting is not there.
const secretWhy = "is a secret and in no backup: set it anew"

// settingsFile is the content of keptSettings; empty: the environment says nothing that is
// kept.
func settingsFile(list []given) string {
	var b strings.Builder
	for _, g := range list {
		why, left := notKept[g.name]
		switch {
		case !left:
			b.WriteString(g.line() + "\n")
		case why != "":
			b.WriteString("# " + g.name + " " + why + "\n")
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "# What the service of this board was set to from outside of its data folder when the backup was\n" +
		"# made. Nothing reads this file: put what still holds into " + boardSettings + "\n" + b.String()
}

// secretSetting finds the line of loalang.toml that gives a secret, see notKept.
var secretSetting = regexp.MustCompile(`^\s*["']?metrics[-_]token["']?\s*=`)

// secretLeft stands in loalang.toml of a backup in the place of a secret.
const secretLeft = "# metrics-token " + secretWhy + "\n"

// tomlKept is loalang.toml as a backup has it: without the secret, which would give whoever finds a stick what no
// account gave them. All else, comments too, is as it was; where no line alone holds the secret, the
// comments go.
func tomlKept(raw []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(raw)) {
		if secretSetting.MatchString(line) {
			line = secretLeft
		}
		b.WriteString(line)
	}
	var was, is map[string]any
	if err := toml.Unmarshal(raw, &was); err != nil { // no board starts by it
		return b.String()
	}
	maps.DeleteFunc(was, func(key string, _ any) bool { return strings.ReplaceAll(key, "_", "-") == "metrics-token" })
	if toml.Unmarshal([]byte(b.String()), &is) == nil && reflect.DeepEqual(was, is) {
		return b.String()
	}
	plain, err := toml.Marshal(was)
	if err != nil {
		return "# what stood here could not be kept without its secret\n" + secretLeft
	}
	return secretLeft + string(plain)
}

// saySecret tells that a secret is to be set anew which the board that was backed up had.
func (r restoring) saySecret(s settings) {
	if s.MetricsToken != "" {
		return
	}
	for _, name := range []string{keptSettings, "loalang.toml"} {
		if raw, err := os.ReadFile(filepath.Join(r.data, name)); err == nil && strings.Contains(string(raw), secretWhy) {
			r.log("the board that was backed up had a metrics-token, which is a secret and in no backup: set LOALANG_METRICS_TOKEN in %s, or nobody reads /metrics from elsewhere", boardSettings)
			return
		}
	}
}

// saySettings tells which settings of the board that was backed up this one has not, and
// where it serves another village.
func (r restoring) saySettings(village string) error {
	s, err := r.settings()
	if err != nil {
		r.log("the next start refuses the settings that hold here: %s", sentence(err))
	}
	r.saySecret(s)
	file := filepath.Join(r.data, keptSettings)
	f, err := os.Open(file)
	if err == nil {
		err = r.sayLines(f, s, file)
	}
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("read the settings of before: %w", err)
	}
	if village != "" && s.Village != "" && s.Village != village {
		r.log("the backup is of the board of %s, and this one is set to %s, whose loudspeakers would stay silent: set LOALANG_VILLAGE=%s in %s, or village in loalang.toml", village, s.Village, village, boardSettings)
	}
	return nil
}

// sayLines tells which lines of a file of settings do not hold here, and closes it.
func (r restoring) sayLines(f *os.File, s settings, file string) error {
	defer func() { _ = f.Close() }() // only read
	var missing []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "LOALANG_") && !slices.ContainsFunc(s.Given, func(g given) bool { return g.line() == line }) {
			missing = append(missing, line)
		}
	}
	if len(missing) > 0 {
		r.log("the board that was backed up had %d settings that are not set here, as far as this command sees (sudo loalang-board restore sees what the service does):", len(missing))
		for _, line := range missing {
			r.log("  %s", line)
		}
		r.log("they are in %s: put what holds for this board into %s before the next start", file, boardSettings)
	}
	return lines.Err()
}
