package expendable_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"loalang/expendable"
)

// sayAdjustment is the argument with which this program prints its own.
const sayAdjustment = "say-adjustment"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == sayAdjustment {
		raw, err := os.ReadFile("/proc/self/oom_score_adj")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Print(string(raw))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// ours is how much likelier than others this process is ended.
func ours(t *testing.T) int {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/oom_score_adj")
	if err != nil {
		t.Skipf("SKIPPED: %v: this kernel does not say", err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func said(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// TestWhatCanBeStartedAgainGoesFirst: every child inherited the protection of the siren, and the
// network went before a voice of 300 MB.
func TestWhatCanBeStartedAgainGoesFirst(t *testing.T) {
	want := ours(t)
	if want > 500 {
		t.Skipf("SKIPPED: this process has %d already", want)
	}
	for name, words := range map[string][]string{
		"OK":           {"cat", "/proc/self/oom_score_adj"},
		"a grandchild": {"sh", "-c", "sh -c 'cat /proc/self/oom_score_adj'; true"},
		"this program": {"/proc/self/exe", sayAdjustment},
	} {
		t.Run(name, func(t *testing.T) {
			plain := exec.Command(words[0], words[1:]...)
			if got := said(t, plain); got != strconv.Itoa(want) {
				t.Errorf("unmarked it has %s, as this process has %d", got, want)
			}
			marked := exec.Command(words[0], words[1:]...)
			expendable.Mark(marked)
			if got := said(t, marked); got != "500" {
				t.Errorf("marked it has %s", got)
			}
		})
	}
	if now := ours(t); now != want {
		t.Errorf("this process itself has %d, and had %d", now, want)
	}
}

// What is marked is else what it was: its process, its words, its files, its end.
func TestAMarkedProgramIsWhatItWas(t *testing.T) {
	cmd := exec.Command("sh", "-c", `echo $$; printf '%s,' "$@"; cat /dev/fd/3; exit 7`, "name", "a b", "$x", "", "-c", "'")
	expendable.Mark(cmd)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("three"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd.ExtraFiles = []*os.File{f}
	out, err := cmd.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("it ended with %v", err)
	}
	if want := fmt.Sprintf("%d\na b,$x,,-c,',three", cmd.Process.Pid); string(out) != want {
		t.Errorf("it is\n%q, want\n%q", out, want)
	}
	for name, want := range map[string]error{"loalang-nowhere": exec.ErrNotFound, "/nowhere/loalang": fs.ErrNotExist, file: fs.ErrPermission} {
		absent := exec.Command(name)
		expendable.Mark(absent)
		if err := absent.Run(); !errors.Is(err, want) {
			t.Errorf("%s, which cannot be started: %v", name, err)
		}
	}
}
