package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzSettings reads a loalang.toml of any kind: it is taken, or refused in one line that
// is a fault of whoever wrote it.
func FuzzSettings(f *testing.F) {
	f.Add("listen = \":8080\"\nsettle = \"2s\"\namp_chip = \"gpiochip0\"\namp_line = 17\namp_active_low = true\n")
	f.Add("allow-private = \"192.168.7.0/24, ::/0\"\nduck-depth = 14.5\nbuffer = \"6ms\"\n")
	f.Add("[[engine]]\nname = \"piper\"\nkind = \"exec\"\ncommand = [\"piper\", \"--model\", \"vi.onnx\"]\nlanguages = [\"vi\"]\n")
	f.Add("engine = 7\n[engine]\n")
	f.Add("settle = 1e999\nlisten = nan\ntail = 9223372036854775808\n")
	f.Fuzz(func(t *testing.T, text string) {
		data := t.TempDir()
		if err := os.WriteFile(filepath.Join(data, "loalang.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := program{env: func(string) (string, bool) { return "", false }}.serveCommand()
		if err := cmd.Flags().Set("data", data); err != nil {
			t.Fatal(err)
		}
		_, err := program{env: func(string) (string, bool) { return "", false }}.settings(cmd)
		var usage usageError
		if err != nil && (!errors.As(err, &usage) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%T: %v", err, err)
		}
	})
}
