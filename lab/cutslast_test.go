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

// mostTakingIn is how long one recording may take to be levelled and kept, in an emulated machine.
const mostTakingIn = 15 * time.Minute

// untaken is how many of these uploads are not in the library yet.
func (c *cuts) untaken(ctx context.Context, uploads map[string]string) (n int, err error) {
	for id := range uploads {
		is, err := c.client.Ask(ctx, http.MethodGet, "/uploads/"+id, nil)
		if err != nil {
			return 0, err
		}
		if is.Text("stage") != "done" {
			n++
		}
	}
	return n, nil
}

// atLast holds every recording against what was sent: those that were acknowledged whole
// lie in the library byte by byte, and no file of it is other than its name says.
func (c *cuts) atLast() {
	c.t.Helper()
	ctx, end := context.WithTimeout(c.t.Context(), 2*time.Hour)
	defer end()
	c.boot(ctx)
	c.comesBack(ctx)
	check(c.t, c.load.Ledger.Settled(ctx, c.client, 3*time.Minute))
	sums := c.load.Ledger.Sums()
	for rest := len(sums); rest > 0; {
		was := rest
		check(c.t, lab.Until(ctx, mostTakingIn, "a recording is taken in", func() bool {
			left, err := c.untaken(ctx, sums)
			rest = left
			return err == nil && rest < was
		}))
	}
	c.cut()
	out := filepath.Join(c.dir, "library")
	check(c.t, os.Mkdir(out, 0o755))
	run(c.t, 0, "/usr/sbin/debugfs", "-R", "rdump /recordings "+out, filepath.Join(c.dir, "copy.ext4"))
	there := map[string]bool{}
	check(c.t, filepath.WalkDir(out, func(path string, d os.DirEntry, err error) error {
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
