package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"loalang/archive"
	"loalang/hardware"
	"loalang/health"
	"loalang/store"
)

// restoring is one run of `loalang restore`.
type restoring struct {
	from       string // the backup
	data       string // the data folder
	over       bool   // it may be a used one
	tokens     []string
	allTokens  bool
	recordings []string                 // folders that may hold sound the backup only names
	settings   func() (settings, error) // that hold in the data folder as it is
	now        func() time.Time         // the board's clock: what it dates is compared with what serve does
	log        func(format string, args ...any)
}

func (p program) restoreCommand() *cobra.Command {
	var r restoring
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Bring a backup back into a data folder",
		Long: "Read a backup to its end, hold every file against its list, open its database, and only then put it into the\n" +
			"folder of --data. What lies in a used folder is kept beside it, and needs --over. A running serve is refused.\n" +
			"Afterwards everybody signs in anew, tokens and invitations of before are revoked unless they are kept by name,\n" +
			"and whoever lost an account since the backup stays without.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.from, r.data = args[0], p.dataFolder(cmd)
			r.settings = func() (settings, error) { return p.settings(cmd) }
			r.log = func(format string, args ...any) { fmt.Fprintf(cmd.OutOrStdout(), format+"\n", args...) }
			return r.run(cmd.Context(), p)
		},
	}
	addFlags(cmd.Flags(), "data")
	cmd.Flags().BoolVar(&r.over, "over", false, "the folder is used: keep what is in it beside it, under before-restore-TIME")
	cmd.Flags().StringSliceVar(&r.tokens, "keep-token", nil, "the ID or name of a token that goes on; give it once for each")
	cmd.Flags().BoolVar(&r.allTokens, "keep-tokens", false, "every token goes on, of people who left as well")
	cmd.Flags().StringSliceVar(&r.recordings, "recordings", nil, "a folder that holds the sound which the backup only names: an old data folder, or the folder beside the backup")
	return cmd
}

// run restores; until every file is proven nothing of the data folder is touched.
func (r restoring) run(ctx context.Context, p program) (err error) {
	if err := r.stays(health.Fstab); err != nil {
		return err
	}
	if err := makeFolders(r.data); err != nil {
		return err
	}
	unlock, err := holdFolder(r.data)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, unlock()); err != nil {
			r.log("nothing plays and no button is heard while the service is stopped: start it again: sudo systemctl start loalang")
		}
	}()
	if err := finishRestore(r.data); err != nil {
		return err
	}
	r.now = r.clock(p).Now
	if folder(r.data).inhabited() && !r.over {
		return fmt.Errorf("the folder %s holds data already: name an empty one with --data, or give --over, which keeps what is there beside it", r.data)
	}
	stage := filepath.Join(r.data, stageName)
	if err := os.RemoveAll(stage); err != nil {
		return fmt.Errorf("clear an interrupted restore: %w", err)
	}
	m, err := r.unpack(ctx, stage)
	if err == nil {
		err = r.settle(ctx, p, stage, m)
	}
	if err == nil {
		err = r.handOver(stageName, "serve.lock")
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(stage))
	}
	aside, err := r.swap(stage)
	if err != nil {
		return err
	}
	r.log("restored from %s, made %s by the board %s", r.from, m.Made.Local().Format("2006-01-02 15:04"), boardDigits(m.Node))
	if aside != "" {
		r.log("what was there before is in %s: delete it when you are sure", aside)
	}
	r.sayKeys(m)
	if err := r.saySettings(m.Village); err != nil {
		return err
	}
	r.log("start it again: sudo systemctl start loalang (without systemd: loalang serve --data %s)", r.data)
	return nil
}

// stays refuses a folder in which nothing that is restored would be found again: one whose own disk
// is not mounted, or that of the package where it lies in memory.
func (r restoring) stays(fstab string) error {
	switch path := filepath.Clean(r.data); {
	case folder(r.data).unmounted(fstab):
		return fmt.Errorf("the disk of the data folder %s is not mounted (/etc/fstab names one), and what is restored would lie beneath it: mount it with `sudo mount %s`, look with `findmnt %s`, and restore then", path, path, path)
	case path == installedData && health.InMemory(path):
		return fmt.Errorf("the data folder %s lies in memory, and what is restored would be gone at the next power cut: switch the overlay off and restart the board, or leave the data out of it (recurse=0), and restore then", path)
	}
	return nil
}

// clock is the board's clock, whose memory a restore leaves in the data folder.
func (r restoring) clock(p program) *hardware.Clock {
	s, err := r.settings()
	if err != nil { // it is told where they are needed
		s = settings{}
	}
	s.Data = r.data
	return p.clock(s)
}

// holdFolder refuses the folder of a running serve and keeps one from starting.
func holdFolder(data string) (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(data, "serve.lock"), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = fmt.Errorf("a loalang serve uses the data folder %s: end it first", data)
		}
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}

// unpack reads the backup into a new folder and proves it.
func (r restoring) unpack(ctx context.Context, stage string) (archive.Manifest, error) {
	info, err := os.Stat(r.from)
	if err != nil {
		return archive.Manifest{}, fmt.Errorf("%s cannot be read: %w", r.from, reasonOf(err))
	}
	if err := archive.Room(r.data, info.Size()); err != nil {
		return archive.Manifest{}, fmt.Errorf("restore into %s: %w", r.data, err)
	}
	if err := os.Mkdir(stage, 0o700); err != nil {
		return archive.Manifest{}, fmt.Errorf("restore into %s: %w", r.data, reasonOf(err))
	}
	m, faults, err := archive.Read(ctx, r.from, intoFolder(stage), nil)
	if err != nil {
		return m, wordArchive(r.from, err)
	}
	if len(faults) > 0 {
		return m, fmt.Errorf("the backup %s is damaged, %d files of it, the first %s: nothing was touched; take another one", r.from, len(faults), faults[0].Name)
	}
	return m, r.gather(ctx, stage, m)
}

// intoFolder writes the files of a backup below dir.
func intoFolder(dir string) archive.Take {
	return func(name string, _ int64) (io.WriteCloser, error) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			return nil, err
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, err
		}
		return durableFile{f}, nil
	}
}

// durableFile is on the disk when it is closed.
type durableFile struct{ *os.File }

// Close syncs and closes.
func (d durableFile) Close() error { return errors.Join(d.Sync(), d.File.Close()) }

// gather brings the sound that the backup only names: from the data folder as it is, where it
// takes no room, from the folder beside the backup, and from where the command line says. What is
// found nowhere is told by noteMissing.
func (r restoring) gather(ctx context.Context, stage string, m archive.Manifest) error {
	for _, f := range m.Files {
		path := filepath.Join(stage, filepath.FromSlash(f.Name))
		if f.Damaged && !f.Outside { // it was no better then
			if err := os.Remove(path); err != nil {
				return fmt.Errorf("leave out a damaged file: %w", err)
			}
			continue
		}
		if !f.Outside {
			continue
		}
		if err := r.find(ctx, f, path); err != nil {
			return err
		}
	}
	return nil
}

// find puts one file in its place from wherever it is whole; where that is nowhere it does nothing.
func (r restoring) find(ctx context.Context, f archive.File, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return fmt.Errorf("restore %s: %w", f.Name, err)
	}
	places := []string{filepath.Join(r.data, filepath.FromSlash(f.Name)), mirrorBeside(r.from).Path(f.SHA256)}
	for _, dir := range r.recordings {
		places = append(places, filepath.Join(dir, filepath.FromSlash(f.Name)), archive.Mirror{Dir: dir}.Path(f.SHA256))
	}
	var full error
	for _, from := range places {
		sum, err := archive.Hash(ctx, from, nil)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || sum != f.SHA256 {
			continue
		}
		if r.ownedAlike(from) && os.Link(from, to) == nil { // on the same disk it needs no room
			return nil
		}
		switch err := archive.Copy(ctx, from, to, f.SHA256, nil); {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("restore %s: %w", f.Name, err)
		case errors.Is(err, syscall.ENOSPC): // another may lie on the same disk
			full = fmt.Errorf("restore %s: %w", f.Name, err)
		}
	}
	return full
}

// sayKeys tells what people must do where the private keys are new.
func (r restoring) sayKeys(m archive.Manifest) {
	if m.Keys {
		return
	}
	kept := folder(r.data)
	if _, err := os.Stat(filepath.Join(kept.tls(), "ca.key")); err != nil {
		r.log("the backup holds no private keys: a new authority for https is made at the next start; on each phone, open /microphone and trust the board again")
	}
	if _, err := os.Stat(kept.pushKey()); err != nil {
		r.log("whoever wants news in the browser switches it on again under their account")
	}
	if _, err := os.Stat(kept.bundleKey()); err != nil {
		r.log("bundles of this board are signed by a new key: on each board that takes them, accept the fingerprint anew that `sudo loalang-board bundle key` prints here")
	}
}

// settle opens the restored database, brings it up to date, and ends what must not come
// back to life.
func (r restoring) settle(ctx context.Context, p program, stage string, m archive.Manifest) (err error) {
	if _, err := os.Stat(folder(stage).database()); err != nil {
		return fmt.Errorf("the backup %s holds no database: take another one", r.from)
	}
	db, err := store.Open(ctx, storeConfig(settings{Data: stage}, r.now, p.quietLog()))
	if err != nil {
		return fmt.Errorf("the database of the backup: %w; nothing was touched", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Integrity(ctx); err != nil {
		return fmt.Errorf("the database of the backup: %w; nothing was touched", err)
	}
	if err := r.carryOver(stage, db); err != nil {
		return err
	}
	if err := r.endAlarms(ctx, db, stage); err != nil {
		return err
	}
	if err := r.endAccess(ctx, db, stage); err != nil {
		return err
	}
	if err := r.noteMissing(ctx, p, stage, db); err != nil {
		return err
	}
	return r.note(ctx, db, m)
}

// before is the name of the folder for what was there.
func (r restoring) before() string {
	return beforeHead + strings.ReplaceAll(r.now().UTC().Format("20060102-150405.000Z"), ".", "-")
}
