package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"loalang/archive"
	"loalang/expendable"
	"loalang/web"
)

// courier carries bundles between sticks and the board: it is what the panel knows of
// them. What takes long runs in a process of its own with the least priority. Its methods
// may be called from any goroutine.
type courier struct {
	b       *board
	order   chan web.BundleOrder
	mu      sync.Mutex
	running web.Deed // ordered, and not done yet
	last    web.BundleResult
	book    sync.Mutex // of the list of trusted boards
	sticks  asked[stickBundles]
}

func newCourier(b *board) *courier {
	c := &courier{b: b, order: make(chan web.BundleOrder, 1)}
	c.sticks.list, c.sticks.patience = c.listSticks, stickPatience
	return c
}

// bundleFolder is the folder on a stick into which this board writes its bundle. It is the
// board's own, for two boards of a village may write onto one stick: what an older version of
// this board left in the folder that all of the village had takes that name, and is gone on
// from.
func (c *courier) bundleFolder(stick string) (string, error) {
	key, err := signingKey(folder(c.b.settings.Data))
	if err != nil {
		return "", err
	}
	print := fingerprintOf(key)
	shared := filepath.Join(stick, "bundle-"+c.b.settings.Village)
	own := shared + "-" + print[:len("1234-5678")]
	if _, err := os.Lstat(own); !errors.Is(err, fs.ErrNotExist) {
		return own, nil
	}
	if b, err := archive.OpenBundle(shared); err == nil && archive.Fingerprint(b.Key) == print {
		if err := os.Rename(shared, own); err != nil {
			return "", fmt.Errorf("rename this board's bundle on the stick: %w", err)
		}
	}
	return own, nil
}

// Bundles implements web.Courier.
func (c *courier) Bundles() web.Bundles {
	s := c.b.settings
	f := folder(s.Data)
	sticks, answered := c.sticks.answer()
	v := web.Bundles{Stick: sticks.stick != "", Silent: !answered, Busy: c.b.upkeep.isBusy()}
	c.mu.Lock()
	v.Running, v.Last = c.running, c.last
	c.mu.Unlock()
	if key, err := signingKey(f); err == nil {
		v.Fingerprint = fingerprintOf(key)
	} else {
		c.b.log.Warn("this board cannot sign bundles", "err", err)
	}
	list, err := trustedOf(f)
	if err != nil {
		c.b.log.Warn("whose bundles are taken is not known", "err", err)
	}
	for _, t := range list {
		v.Boards = append(v.Boards, web.TrustedBoard{Fingerprint: t.Fingerprint, Name: t.Name, Since: t.Since})
	}
	for _, one := range sticks.found {
		if one.err != nil {
			continue // there is nothing to take
		}
		b := one.about
		print := archive.Fingerprint(b.Key)
		v.Found = append(v.Found, web.FoundBundle{
			Name: filepath.Base(one.path), Board: cmp.Or(b.Board, b.Village), Village: b.Village, Fingerprint: print, Made: b.Made, Bytes: b.Bytes,
			Own: print == v.Fingerprint, Here: b.Village == s.Village,
			Trusted: slices.ContainsFunc(list, func(t trusted) bool { return t.Fingerprint == print }),
		})
	}
	return v
}

// listSticks lists the bundles on the sticks, which may take its time.
func (c *courier) listSticks() stickBundles {
	list := stickBundles{stick: findStick(c.b.settings.BackupSticks, c.b.settings.Data)}
	for _, path := range c.onSticks() {
		b, err := archive.OpenBundle(path)
		list.found = append(list.found, stickBundle{path, b, err})
	}
	return list
}

// looksMost bounds how many bundles are looked at on sticks.
const looksMost = 32

// onSticks lists what may be bundles on the sticks, looksMost of them.
func (c *courier) onSticks() (paths []string) {
	for _, dir := range findSticks(c.b.settings.BackupSticks, c.b.settings.Data) {
		for _, pattern := range []string{"bundle-*", "*" + archive.BundleEnding} {
			found, err := filepath.Glob(filepath.Join(dir, pattern))
			if err == nil {
				paths = append(paths, found...)
			}
		}
	}
	return paths[:min(len(paths), looksMost)]
}

// Carry implements web.Courier: the deed is done by run.
func (c *courier) Carry(o web.BundleOrder) error {
	sticks, answered := c.sticks.answer()
	switch {
	case !answered:
		return web.ErrSilentStick
	case o.Deed == web.ExportBundle && sticks.stick == "":
		return web.ErrNoStick
	case o.Deed != web.ExportBundle && sticks.pathOf(o.Name) == "":
		return fmt.Errorf("no bundle %q on a stick: %w", o.Name, fs.ErrNotExist)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != "" || c.b.upkeep.isBusy() {
		return web.ErrBusyKeeping
	}
	c.running = o.Deed
	c.order <- o // there is room: nothing is running
	return nil
}

// pathOf finds a bundle on the sticks by its name; empty: there is none.
func (s stickBundles) pathOf(name string) string {
	for _, one := range s.found {
		if filepath.Base(one.path) == name {
			return one.path
		}
	}
	return ""
}

// run does what is ordered, one after the other, until ctx ends.
func (c *courier) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case o := <-c.order:
			r := c.do(ctx, o)
			c.mu.Lock()
			c.running, c.last = "", r
			c.mu.Unlock()
		}
	}
}

// do does one deed.
func (c *courier) do(ctx context.Context, o web.BundleOrder) web.BundleResult {
	r := web.BundleResult{Deed: o.Deed, Name: o.Name}
	if !c.b.upkeep.begin() {
		r.Ended, r.Code = c.b.clock.Now(), "failed"
		return r
	}
	defer c.b.upkeep.end()
	words, code := c.words(o)
	if code != "" {
		r.Ended, r.Code = c.b.clock.Now(), code
		return r
	}
	ctx, cancel := context.WithTimeoutCause(ctx, bundleMost, errHangs)
	defer cancel()
	out, err := c.b.aside(ctx, append(words, "--json", "--village", c.b.settings.Village)...)
	var said bundleSaid
	if unread := json.Unmarshal([]byte(out), &said); unread != nil {
		err = errors.Join(err, fmt.Errorf("read what was said: %w", unread))
	}
	r.Ended, r.Board, r.Bytes, r.Seen, r.Code = c.b.clock.Now(), said.Board, said.Bytes, said.Seen, said.Code
	if err != nil {
		if r.Code = cmp.Or(r.Code, "failed"); errors.Is(err, errHangs) {
			r.Code = bundleFault(err)
		}
		c.b.log.Error("a bundle could not be carried", "deed", string(o.Deed), "err", err)
		return r
	}
	for _, l := range said.Lines {
		r.Lines = append(r.Lines, web.BundleLine(l))
	}
	c.b.log.Info("a bundle was carried", "deed", string(o.Deed), "bundle", r.Name, "changes", r.Changes())
	return r
}

// words are the command that does a deed; code is why there is none.
func (c *courier) words(o web.BundleOrder) (words []string, code string) {
	sticks, answered := c.sticks.answer()
	if !answered {
		return nil, bundleFault(errHangs)
	}
	if o.Deed == web.ExportBundle {
		if sticks.stick == "" {
			return nil, "not-there"
		}
		dir, err := c.bundleFolder(sticks.stick)
		if err != nil {
			c.b.log.Error("a bundle has no folder", "stick", sticks.stick, "err", err)
			return nil, bundleFault(err)
		}
		return []string{"bundle", "export", dir}, ""
	}
	path := sticks.pathOf(o.Name)
	if path == "" {
		return nil, "not-there"
	}
	if o.Deed == web.LookAtBundle {
		return []string{"bundle", "import", path, "--dry-run"}, ""
	}
	return []string{"bundle", "import", path, "--seen", o.Seen}, ""
}

// WriteBundle implements web.Courier.
func (c *courier) WriteBundle(ctx context.Context, w io.Writer) error {
	return c.b.upkeep.writeAside(ctx, w, "bundle", "export", "-", "--village", c.b.settings.Village)
}

// TrustBoard implements web.Partners.
func (c *courier) TrustBoard(fingerprint, name string) (web.TrustedBoard, error) {
	print, ok := archive.ParseFingerprint(fingerprint)
	if !ok {
		return web.TrustedBoard{}, web.ErrFingerprint
	}
	c.book.Lock()
	defer c.book.Unlock()
	short, _, _ := strings.Cut(print, "-")
	t := trusted{print, cmp.Or(name, short), c.b.clock.Now().UTC()}
	return web.TrustedBoard{Fingerprint: t.Fingerprint, Name: t.Name, Since: t.Since}, trust(folder(c.b.settings.Data), t)
}

// DistrustBoard implements web.Partners.
func (c *courier) DistrustBoard(fingerprint string) (web.TrustedBoard, error) {
	print, ok := archive.ParseFingerprint(fingerprint)
	if !ok {
		return web.TrustedBoard{}, web.ErrFingerprint
	}
	c.book.Lock()
	defer c.book.Unlock()
	t, err := distrust(folder(c.b.settings.Data), print)
	return web.TrustedBoard{Fingerprint: t.Fingerprint, Name: t.Name, Since: t.Since}, err
}

// writeAside has a command of this program write to w.
func (u *upkeep) writeAside(ctx context.Context, w io.Writer, words ...string) error {
	if !u.begin() {
		return web.ErrBusyKeeping
	}
	defer u.end()
	err := stream(ctx, w, itself, append(words, "--data", u.b.settings.Data)...)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == exitFaulty {
		return nil // it is whole, what it holds is not
	}
	return err
}

// stream runs a command that writes to w. Where w takes no more, or ctx ends, the command
// is asked to end and what else it writes is thrown away: a broken pipe would kill it
// before it has tidied up.
func stream(ctx context.Context, w io.Writer, program string, words ...string) error {
	ending, end := context.WithCancelCause(ctx)
	defer end(nil)
	cmd := exec.CommandContext(ending, program, words...)
	expendable.Mark(cmd)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = shutdownPatience
	cmd.Stdout = drain{w, ending, end}
	err := cmd.Run()
	if cause := context.Cause(ending); cause != nil && (err != nil || ctx.Err() == nil) {
		return cause
	}
	return err
}

// drain writes to w until that fails, which ends the command, and then nowhere.
type drain struct {
	w      io.Writer
	ending context.Context
	end    context.CancelCauseFunc
}

// Write implements io.Writer.
func (d drain) Write(p []byte) (int, error) {
	if d.ending.Err() == nil {
		if _, err := d.w.Write(p); err != nil {
			d.end(err)
		}
	}
	return len(p), nil
}
