package main_test

import (
	"strings"
	"testing"
)

// A silent drill was refused by every real output: it asked for a lower gain than one takes.
func TestSilentDrillPassesOnARealOutput(t *testing.T) {
	need(t, sound)
	d := serve(t, t.TempDir(), "null", quick...)
	if _, stderr, code := loalang(t, "mật khẩu dài lắm\n", "user", "add", "Vàng Thị Mỷ", "--role", "cadre", "--password-stdin", "--data", d.data); code != 0 {
		t.Fatal(stderr)
	}
	out, stderr, code := loalang(t, "", "drill", "run", "--silent", "--data", d.data)
	if code != 0 || !strings.Contains(out, "played") || !strings.Contains(out, "siren\t") || strings.Contains(out, "failed") {
		t.Fatalf("exit code %d: %s\n%s", code, stderr, out)
	}
	if list, _, _ := loalang(t, "", "drill", "list", "--data", d.data); !strings.Contains(list, "played") {
		t.Errorf("the list says %s", list)
	}
}
