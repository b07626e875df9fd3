package lab_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"loalang/lab"
)

// mostTakingIn is how long one recording may take to be levelled and kept.
const mostTakingIn = 5 * time.Minute

// untaken is how many of these uploads are not in the library yet.
func untaken(ctx context.Context, client *lab.Client, uploads map[string]string) (n int, err error) {
	for id := range uploads {
		is, err := client.Ask(ctx, http.MethodGet, "/uploads/"+id, nil)
		if err != nil {
			return 0, err
		}
		if is.Text("stage") != "done" {
			n++
		}
	}
	return n, nil
}

// atLast has the program go on, outside of the machine, with what the last cut left on the
// disk, until every recording is taken in and all that was to air has its outcome: emulated
// that takes hours. Then it holds every recording against what was sent: those that were
// acknowledged whole lie in the library byte by byte, and no file of it is other than its
// name says.
func (c *cuts) atLast() {
	c.t.Helper()
	ctx, end := context.WithTimeout(c.t.Context(), 2*time.Hour)
	defer end()
	data := filepath.Join(c.dir, "left")
	check(c.t, os.Mkdir(data, 0o755))
	run(c.t, 0, "/usr/sbin/debugfs", "-R", "rdump / "+data, filepath.Join(c.dir, "copy.ext4"))
	c.off = append(c.off, lab.Stretch{From: c.cutAt.Add(2 * time.Second), To: time.Now()})
	b, err := lab.Program{Path: loalang(c.t, "amd64")}.Serve(ctx, data, c.client.Token, nil, "--device", "null", "--settle", "500ms", "--tail", "300ms", "--log", "warn")
	check(c.t, err)
	defer func() {
		if c.t.Failed() {
			c.t.Logf("with what was left serve told:\n%s", b.Log)
		}
		b.Kill()
	}()
	check(c.t, lab.Until(ctx, lab.Patience, "the board is ready", func() bool { return b.Ready(ctx) }))
	for _, err := range c.load.Ledger.Check(ctx, b.Client, lab.Restart{Cuts: c.unasked, Off: c.off}) {
		c.loses("after the last cut: %v", err)
	}
	air, err := b.Ask(ctx, http.MethodGet, "/air", nil)
	check(c.t, err)
	if c.siren && air["emergency"] == nil {
		c.loses("after the last cut: an emergency was acknowledged and is lost")
	}
	if air["emergency"] != nil {
		_, err = b.Ask(ctx, http.MethodDelete, "/emergency", nil)
		check(c.t, err)
	}
	sums := c.load.Ledger.Sums()
	for rest := len(sums); rest > 0; {
		was := rest
		check(c.t, lab.Until(ctx, mostTakingIn, "a recording is taken in", func() bool {
			left, err := untaken(ctx, b.Client, sums)
			rest = left
			return err == nil && rest < was
		}))
	}
	check(c.t, c.load.Ledger.Settled(ctx, b.Client, 10*time.Minute))
	check(c.t, b.Stop())
	_, err = lab.Program{Path: loalang(c.t, "amd64")}.Run(ctx, "data", "check", "--report", "--data", data)
	if err != nil {
		c.loses("what the last cut left and was gone on with: %v", err)
	}
	c.compare(filepath.Join(data, "recordings"), sums)
}

// compare holds the library against the SHA-256 of what was sent, by upload.
func (c *cuts) compare(library string, sums map[string]string) {
	c.t.Helper()
	there := map[string]bool{}
	check(c.t, filepath.WalkDir(library, func(path string, d os.DirEntry, err error) error {
		form := filepath.Ext(path) // originals, and the masters that all play copies are made of
		if err != nil || d.IsDir() || form != ".bin" && (form != ".flac" || strings.HasSuffix(path, ".before.flac")) {
			return err
		}
		raw, err := os.ReadFile(path)
		sum := sha256.Sum256(raw)
		is := hex.EncodeToString(sum[:])
		if name := strings.TrimSuffix(filepath.Base(path), form); name != is {
			c.loses("%s is not what its name says", path)
		}
		there[is] = true
		return err
	}))
	for id, sum := range sums {
		if !there[sum] {
			c.loses("upload %s was acknowledged whole, and its sound is not in the library", id)
			continue
		}
		c.compared++
	}
}
