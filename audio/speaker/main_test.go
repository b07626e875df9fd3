package speaker_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"go.uber.org/goleak"

	"loalang/audio/speaker"
)

// The test binary is its own child: Output runs it as `BINARY speaker --device
// DEVICE`.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "speaker" {
		if err := speaker.Main(context.Background(), os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) > 1 && os.Args[1] == "oldspeaker" {
		if err := oldSpeaker(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	if os.Getenv(suiteVariable) != "" {
		os.Exit(m.Run()) // what oto leaves behind, the suite itself allows for
	}
	goleak.VerifyTestMain(m)
}

// oldSpeaker is a child of another build.
func oldSpeaker() error {
	l, err := speaker.NewLink(os.NewFile(3, "parent"))
	if err != nil {
		return err
	}
	if err := l.Send(&speaker.Message{Hello: &speaker.Hello{Version: 999}}); err != nil {
		return err
	}
	_, err = l.Receive()
	return err
}

// startParent runs this test binary as the parent of a child, and returns it
// and the child's process ID.
func startParent(t *testing.T) (parent *os.Process, child int) {
	t.Helper()
	cmd := exec.Command(self(t), "-test.run", "^TestChildDiesWithParent$")
	cmd.Env = append(os.Environ(), "SPEAKER_TEST_PARENT=1")
	words, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	lines := bufio.NewScanner(words)
	for lines.Scan() {
		if _, err := fmt.Sscanf(lines.Text(), "child %d", &child); err == nil {
			return cmd.Process, child
		}
	}
	t.Fatalf("the parent started no child: %v", lines.Err())
	return nil, 0
}

// needProgram skips the test, saying what to install, when a program is missing.
func needProgram(t testing.TB, name, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("no %s: install it with: apt install %s", name, pkg)
	}
	return path
}
