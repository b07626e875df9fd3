package main

import (
	"os"
	"strings"
)

// strayLine is a line of an environment file of which nothing comes.
type strayLine struct {
	at   int    // counted from 1
	name string // as it is written there, without its value, which may be a secret
	want string // the variable that was meant, as far as the name tells; else empty
}

// strayLines lists the lines of an environment file that were written for a setting and that no
// setting has: a name with a letter too few, one as loalang.toml has it, `export` before it. systemd
// leaves such a line out or passes it on, without a word, and the board goes on as if it were not
// there. Variables that may be anybody's are none of them, and a file that cannot be read has none.
func strayLines(file string) (all []strayLine) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil // the service has its environment from elsewhere
	}
	known := map[string]bool{}
	for _, e := range table() {
		known[e.env()] = true
	}
	for i, line := range strings.Split(string(raw), "\n") {
		left, _, has := strings.Cut(strings.TrimSpace(line), "=")
		words := strings.Fields(left)
		if len(words) == 0 || strings.ContainsAny(left[:1], "#;") {
			continue
		}
		export := words[0] == "export" && len(words) > 1
		name := words[0]
		if export {
			name = words[1]
		}
		meant := meantBy(name)
		if has && !export && len(words) == 1 && known[name] || !known[meant] && !strings.HasPrefix(name, "LOALANG_") {
			continue
		}
		if !known[meant] {
			meant = ""
		}
		all = append(all, strayLine{i + 1, name, meant})
	}
	return all
}

// meantBy is the variable that a name may stand for: zones and loalang-zones are LOALANG_ZONES.
func meantBy(name string) string {
	return "LOALANG_" + strings.TrimPrefix(strings.ToUpper(strings.ReplaceAll(name, "-", "_")), "LOALANG_")
}

// say tells of the line in a sentence.
func (l strayLine) say(file string, in tongue) string {
	if l.want != "" {
		return in.say("settings-form", file, l.at, l.name, l.want)
	}
	return in.say("settings-stray", file, l.at, l.name)
}

// examineStray is a finding for each stray line of an environment file.
func examineStray(file string, in tongue) (all []finding) {
	for _, l := range strayLines(file) {
		all = append(all, finding{Name: in.say("settings"), Found: l.say(file, in), Advice: in.say("settings-line-do")})
	}
	return all
}
