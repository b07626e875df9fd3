package inside_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/lab"
)

// TestButtonOfTheBoard presses the panic button on the kernel's own pin with the database
// overwritten and the network down, the board's own loopback included, so that nobody
// reaches the panel: held at boot it raises nothing, thirteen bounces raise once, and a
// button that is stuck raises no more.
func TestButtonOfTheBoard(t *testing.T) {
	inside(t)
	p := simulate(t, "pull-down") // somebody holds it, or its wire is crushed
	pull := func(to string) {
		t.Helper()
		check(t, os.WriteFile(filepath.Join(p.sysfs, "sim_gpio17", "pull"), []byte(to), 0o600))
	}
	amp := func() string { return read(t, filepath.Join(p.sysfs, "sim_gpio18", "value")) }
	b := serve(t, "", "", "--device", "null", "--settle", "200ms", "--tail", "100ms", "--amp-chip", p.chip, "--amp-line", "18",
		"--button", p.chip+":GPIO17 low", "--button-hold", "0s")
	for _, name := range []string{"loalang.db", "loalang.db-wal"} {
		path := filepath.Join(b.Data, name)
		if info, err := os.Stat(path); err == nil {
			check(t, os.WriteFile(path, []byte(strings.Repeat("x", int(info.Size()))), 0o600))
		}
	}
	link := func(state string) {
		if out, err := exec.Command("/usr/bin/busybox", "ip", "link", "set", "lo", state).CombinedOutput(); err != nil {
			t.Fatalf("lo %s: %v: %s", state, err, out)
		}
	}
	link("down")
	t.Cleanup(func() { link("up") })
	time.Sleep(3 * time.Second)
	if amp() != "0" {
		t.Error("a button that was held at boot raised something")
	}
	pull("pull-up")
	time.Sleep(2 * time.Second)
	pressed := time.Now()
	for i := range 13 {
		pull(map[bool]string{true: "pull-down", false: "pull-up"}[i%2 == 0])
	}
	check(t, lab.Until(t.Context(), lab.Patience, "the amplifier is on", func() bool { return amp() == "1" }))
	t.Logf("the amplifier is on %v behind the press", time.Since(pressed))
	time.Sleep(15 * time.Second) // stuck, and for longer than a second press takes
	if amp() != "1" {
		t.Error("the button that is stuck has ended its own emergency")
	}
	link("up")
	check(t, b.Stop())
	raised := 0
	for _, name := range kept(t, b.Data) {
		raw, err := os.ReadFile(name)
		check(t, err)
		var row struct {
			Kind, By string
			Airings  []any
		}
		check(t, json.Unmarshal(raw, &row))
		if row.Kind == "emergency" {
			raised++
			if row.By != "nút khẩn cấp" || len(row.Airings) == 0 {
				t.Errorf("the as-run says %s", raw)
			}
		}
	}
	if raised != 1 {
		t.Errorf("%d emergencies in the spool, want one", raised)
	}
}

// kept are the rows that wait for the database.
func kept(t testing.TB, data string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(data, "spool", "asrun-*.json"))
	check(t, err)
	return names
}
