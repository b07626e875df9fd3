package main_test

import (
	"os"
	"path/filepath"
	"testing"
)

// What a restore left whose power was cut goes at the next start of serve, and one that was decided is
// finished.
func TestAStartClearsWhatAnInterruptedRestoreLeft(t *testing.T) {
	t.Parallel()
	for name, decided := range map[string]string{"Undecided": "", "Decided": `{"aside":"","old":null,"new":["buffers.json"]}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			stage := filepath.Join(data, "restore.new")
			if err := os.MkdirAll(filepath.Join(stage, "recordings", "master", "ab"), 0o700); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(stage, "recordings", "master", "ab", "ab.flac"), make([]byte, 1<<20))
			write(t, filepath.Join(stage, "buffers.json"), []byte(`{}`))
			if decided != "" {
				write(t, filepath.Join(data, "restore.pending"), []byte(decided))
			}
			d := serve(t, data, "null", quick...)
			d.until("the stage is gone", func() bool {
				_, err := os.Lstat(stage)
				return os.IsNotExist(err)
			})
			if _, err := os.Lstat(filepath.Join(data, "buffers.json")); (err == nil) != (decided != "") {
				t.Errorf("what was in the stage: %v", err)
			}
		})
	}
}
