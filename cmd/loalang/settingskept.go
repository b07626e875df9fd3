package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	"LOALANG_METRICS_TOKEN": "is a secret and in no backup: set it anew",
	"LOALANG_DATA":          "",
}

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

// saySettings tells which settings of the board that was backed up this one has not, and
// where it serves another village.
func (r restoring) saySettings(village string) error {
	s, err := r.settings()
	if err != nil {
		r.log("the next start refuses the settings that hold here: %s", sentence(err))
	}
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
