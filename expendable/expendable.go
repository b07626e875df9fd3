// Package expendable starts programs that the kernel is to end before the loudspeakers where
// memory is short: what decodes, speaks or copies can be started again, the siren cannot wait.
//
// It must not know what the programs do. It starts nothing itself.
package expendable

import (
	"fmt"
	"os"
	"os/exec"
)

// adjustment is what the kernel adds to how large a program is, in thousandths of the memory. The
// service has -500 (packaging/systemd/loalang.service), which every child would inherit: with it a
// voice of 300 MB goes later than a NetworkManager of 15. It is that of loalang-import@.service.
const adjustment = 500

// Where this program is to be found, by itself and by its children.
const itself = "/proc/self/exe"

// shell is on every Debian, and takes a thousandth of a second to become the program.
const shell = "/bin/sh"

// Mark has a command that is not started yet end first where memory is short, with all that it
// starts: a shell says so of itself, which nobody needs a right for, and becomes the program. Set
// from outside behind the start it would miss what the program started before. Where that is refused,
// or there is no such shell, the program runs all the same.
func Mark(cmd *exec.Cmd) {
	for _, name := range []string{cmd.Path, shell} {
		if _, err := exec.LookPath(name); err != nil { // where it is the program itself its start says so
			return
		}
	}
	program := cmd.Path
	if program == itself {
		program = Itself() // to the shell those words mean the shell
	}
	say := fmt.Sprintf(`{ echo %d >/proc/self/oom_score_adj; } 2>/dev/null; exec "$@"`, adjustment)
	cmd.Path, cmd.Args = shell, append([]string{shell, "-c", say, "sh", program}, cmd.Args[min(1, len(cmd.Args)):]...)
}

// Itself names the file of this program for those that it starts, also behind another that starts
// them, and where an update of the package has taken the file away: the kernel still has it.
func Itself() string { return fmt.Sprintf("/proc/%d/exe", os.Getpid()) }
