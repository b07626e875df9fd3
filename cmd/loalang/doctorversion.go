package main

import (
	"os"
	"path"
	"strings"
)

// refusedVersion is where the package notes that a version did not stay up on this board, and which one
// goes on instead: the folders of both, a line each.
const refusedVersion = "/usr/lib/loalang/before/refused"

// examineVersion says that the board went back to the version before by itself.
func examineVersion(file string, in tongue) []finding {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil // none, or nobody can tell
	}
	refused, goesOn, told := strings.Cut(strings.TrimSpace(string(raw)), "\n")
	if !told {
		return nil
	}
	return []finding{{Name: in.say("version"), Found: in.say("version-refused", path.Base(refused), path.Base(goesOn)), Advice: in.say("version-refused-do")}}
}
