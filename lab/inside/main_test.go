package inside_test

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/lab"
)

// program is the product in the machine's root, unless LAB_PROGRAM names another build.
var program = lab.Program{Path: cmp.Or(os.Getenv("LAB_PROGRAM"), "/usr/bin/loalang")}

// inside skips a test that is not in a machine of the lab.
func inside(t testing.TB) {
	t.Helper()
	if os.Getenv("LOALANG_LAB") != "inside" {
		t.Skip("make lab runs this in a virtual machine")
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// read is the text of a file of the kernel.
func read(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	check(t, err)
	return strings.TrimSpace(string(raw))
}

// board is the product on a data folder in memory.
type board struct {
	*lab.Board
	t     testing.TB
	flags []string
}

// serve starts the product and waits until its panel answers; data and token are of an
// earlier one, or empty.
func serve(t testing.TB, data, token string, flags ...string) *board {
	t.Helper()
	if data == "" {
		data = t.TempDir()
	}
	b, err := program.Serve(t.Context(), data, token, nil, flags...)
	check(t, err)
	t.Cleanup(func() {
		b.Kill()
		if t.Failed() {
			t.Logf("serve told:\n%s", b.Log)
		}
	})
	if token == "" {
		b.Token, err = program.Run(t.Context(), "token", "add", "lab", "--role", "admin", "--allow-emergency", "--data", data)
		check(t, err)
	}
	return &board{Board: b, t: t, flags: flags}
}

// again starts the product anew on the same data.
func (b *board) again() *board {
	b.t.Helper()
	return serve(b.t, b.Data, b.Token, b.flags...)
}

// ask makes a request that must succeed.
func (b *board) ask(method, path string, body any) lab.Object {
	b.t.Helper()
	answer, err := b.Ask(b.t.Context(), method, path, body)
	check(b.t, err)
	return answer
}

func (b *board) air() lab.Object {
	b.t.Helper()
	return b.ask(http.MethodGet, "/air", nil)
}

// until waits for something to come true; a machine without KVM is slow.
func (b *board) until(what string, is func() bool) {
	b.t.Helper()
	check(b.t, lab.Until(b.t.Context(), lab.Patience, what, is))
}

// prepared copies the data folder that the host has prepared, with notices that are
// spoken already, and gives its token.
func prepared(t testing.TB) (data, token string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	if out, err := exec.Command("/usr/bin/busybox", "cp", "-a", "/prepared/data", data).CombinedOutput(); err != nil {
		t.Fatalf("copy the data: %v: %s", err, out)
	}
	return data, read(t, "/prepared/token")
}

// first is the ID of a notice that is spoken.
func (b *board) first() string {
	b.t.Helper()
	for _, a := range b.ask(http.MethodGet, "/announcements", nil).List("announcements") {
		for _, r := range a.List("renditions") {
			if r.Text("state") == "ready" {
				return a.Text("id")
			}
		}
	}
	b.t.Fatal("no notice is ready")
	return ""
}

// mark tells the host that it is its turn: a line of its own.
func mark(what string) { fmt.Printf("\nMARK %s\n", what) }

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }
