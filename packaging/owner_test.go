package packaging_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Numbers of users: of the service now, on the card before, and of somebody else.
const userNow, userBefore, userElse = 54321, 54322, 54323

// ownedYard is a board whose data are of userBefore, but what is named otherwise.
func ownedYard(t *testing.T, otherwise map[string]int) yard {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root gives files to others")
	}
	y := newYard(t)
	y.program("id", "echo 54321")
	data := filepath.Join(y.dir, "var/lib/loalang")
	for _, name := range []string{"push.key", "recordings/a.wav", "lost+found/x", "technician"} {
		y.file("var/lib/loalang/"+name, name)
	}
	y.file("outside", "outside")
	if err := os.Symlink(filepath.Join(y.dir, "outside"), filepath.Join(data, "link")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"loalang.db", "push.key", "recordings", "recordings/a.wav", "lost+found", "technician", "link"} {
		of, there := otherwise[name]
		if !there {
			of = userBefore
		}
		if err := os.Lchown(filepath.Join(data, name), of, of); err != nil {
			t.Fatal(err)
		}
	}
	return y
}

// owner is the number of a file's user; 0 is root.
func (y yard) owner(name string) int {
	y.t.Helper()
	info, err := os.Lstat(filepath.Join(y.dir, name))
	if err != nil {
		y.t.Fatal(err)
	}
	return int(info.Sys().(*syscall.Stat_t).Uid)
}

// TestDataOfAnotherCardAreHandedOver: with a new system card the user had another number, nothing of
// the old data could be read, and the service ended at each start.
func TestDataOfAnotherCardAreHandedOver(t *testing.T) {
	y := ownedYard(t, map[string]int{"technician": userElse, "lost+found": 0})
	if said, well := y.run("bin/loalang-owner"); !well {
		t.Fatal(said)
	}
	for name, want := range map[string]int{
		"var/lib/loalang/loalang.db": userNow, "var/lib/loalang/push.key": userNow, "var/lib/loalang/recordings": userNow, "var/lib/loalang/recordings/a.wav": userNow,
		"var/lib/loalang/link": userNow, "outside": 0, "var/lib/loalang/technician": userElse, "var/lib/loalang/lost+found": 0, "var/lib/loalang/lost+found/x": 0,
	} {
		if got := y.owner(name); got != want {
			t.Errorf("%s is of %d, want %d", name, got, want)
		}
	}
}

// TestWhatIsRightIsNotHandedOver: a start costs nothing there.
func TestWhatIsRightIsNotHandedOver(t *testing.T) {
	y := ownedYard(t, map[string]int{"loalang.db": userNow})
	if said, well := y.run("bin/loalang-owner"); !well || y.owner("var/lib/loalang/push.key") != userBefore {
		t.Errorf("well %v, the key is of %d: %s", well, y.owner("var/lib/loalang/push.key"), said)
	}
}

// TestTheDatabaseIsHandedOverLast: it tells the next start whether a power cut left the rest undone.
func TestTheDatabaseIsHandedOverLast(t *testing.T) {
	y := ownedYard(t, nil)
	y.program("chown", `echo "$*" >>"$0.log"`)
	if said, well := y.run("bin/loalang-owner"); !well {
		t.Fatal(said)
	}
	calls := strings.Split(strings.TrimSpace(read(t, filepath.Join(y.dir, "fakes/chown.log"))), "\n")
	for i, call := range calls {
		if strings.Contains(call, "/loalang.db") != (i == len(calls)-1) {
			t.Errorf("call %d of %d is %s", i+1, len(calls), call)
		}
	}
}
