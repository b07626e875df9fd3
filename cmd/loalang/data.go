package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"loalang/hardware"
	"loalang/recordings"
	"loalang/store"
)

// newID makes a UUIDv7.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// folder names what lies in the data folder.
type folder string

func (f folder) database() string   { return filepath.Join(string(f), "loalang.db") }
func (f folder) recordings() string { return filepath.Join(string(f), "recordings") }
func (f folder) tls() string        { return filepath.Join(string(f), "tls") }
func (f folder) uploads() string    { return filepath.Join(string(f), "uploads") }
func (f folder) spool() string      { return filepath.Join(string(f), "spool") }
func (f folder) settings() string   { return filepath.Join(string(f), "loalang.toml") }
func (f folder) lock() string       { return filepath.Join(string(f), "serve.lock") }
func (f folder) buffers() string    { return filepath.Join(string(f), "buffers.json") }
func (f folder) choices() string    { return filepath.Join(string(f), "board.json") }
func (f folder) publicKey() string  { return filepath.Join(string(f), "public.key") }
func (f folder) pushKey() string    { return filepath.Join(string(f), "push.key") }

// inhabited says whether `serve` ever ran here: the database is there, or was.
func (f folder) inhabited() bool {
	for _, name := range []string{f.database(), filepath.Join(string(f), "standby")} {
		if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

// memorySpool makes the folder for as-run rows and active emergencies while the data disk is
// full, for what is on the air, and for that the supply was low. It outlives this process, but
// not the machine's next start.
func (f folder) memorySpool() (string, error) { return f.inMemory(spoolPurpose) }

// spoolPurpose stands in the name of the folder of memorySpool.
const spoolPurpose = "spool-"

// memorySound makes the folder in which the words of an emergency are made, the
// disk full or not.
func (f folder) memorySound() (string, error) { return f.inMemory("") }

// stoodIn is the folder in memory that stands in for one whose disk is missing.
func (f folder) stoodIn() (string, error) { return f.memoryName("data-") }

// inMemory makes a folder on a file system in memory. Each data folder has its
// own: a second board on this machine must not raise the emergency of the first.
func (f folder) inMemory(purpose string) (string, error) {
	name, err := f.memoryName(purpose)
	if err != nil {
		return "", err
	}
	if err := ownFolder(name); err != nil {
		return "", fmt.Errorf("make a folder in memory: %w", err)
	}
	return name, nil
}

// memoryName is where inMemory makes its folder.
func (f folder) memoryName(purpose string) (string, error) {
	return f.memoryNameOf(purpose, os.Geteuid())
}

// memoryNameOf is where inMemory makes its folder as another user.
func (f folder) memoryNameOf(purpose string, uid int) (string, error) {
	mark, err := f.mark()
	if err != nil {
		return "", err
	}
	return filepath.Join(sharedMemory, fmt.Sprintf("loalang-%s%d-%s", purpose, uid, mark)), nil
}

// mark tells the folders in memory of one data folder from those of another.
func (f folder) mark() (string, error) {
	path, err := filepath.Abs(string(f))
	if err != nil {
		return "", fmt.Errorf("find the data folder: %w", err)
	}
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:8]), nil
}

// ownFolder makes a folder where anybody may make some, and refuses one that
// somebody else made: what lies in it might be an emergency that nobody raised.
func ownFolder(name string) error {
	if err := os.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(name)
	if err != nil {
		return err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(stat.Uid) != os.Geteuid() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("the folder %s belongs to somebody else: remove it", name)
	}
	return nil
}

// bootID names this boot of the machine.
func bootID(log *slog.Logger) string {
	raw, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		log.Warn("nothing tells this boot from another: what sounds does not go on after a crash", "err", err)
	}
	return strings.TrimSpace(string(raw))
}

// bootFile in the data folder names the boot of the machine in which this program
// has run before.
const bootFile = "boot"

// lastBoot names the boot in which this program ran last; empty: nobody knows.
func lastBoot(f folder) string {
	raw, err := os.ReadFile(filepath.Join(string(f), bootFile))
	if err != nil {
		return "" // the first run of all, or a disk that has other troubles
	}
	return strings.TrimSpace(string(raw))
}

// noteBoot writes down that this program was there in this boot.
func (b *board) noteBoot() {
	if b.boot == "" || b.restarted {
		return
	}
	name := filepath.Join(b.settings.Data, bootFile)
	if err := os.WriteFile(name, []byte(b.boot+"\n"), 0o600); err != nil {
		b.log.Warn("a restart of this program will be told as a power cut", "err", err)
	}
}

// switchedFile in the data folder names the boot in which this program last took the
// amplifier: before it knows anything of its database, so that a run which never came to
// noteBoot counts, too.
const switchedFile = "switched"

// freshAmp says whether nobody has keyed the amplifier since the machine was started, and
// notes that somebody may from now on.
func (b *board) freshAmp() bool {
	name := filepath.Join(b.settings.Data, switchedFile)
	raw, err := os.ReadFile(name)
	if b.boot == "" || b.restarted || err == nil && strings.TrimSpace(string(raw)) == b.boot {
		return false
	}
	if err := os.WriteFile(name, []byte(b.boot+"\n"), 0o600); err != nil {
		b.log.Warn("behind a crash of this program the amplifier need not stay off for its time", "err", err)
	}
	return true
}

// upSince is when the machine was switched on, by the clock as it is now, when an
// earlier run of this program was there since; zero otherwise.
func (b *board) upSince() time.Time {
	if !b.restarted {
		return time.Time{}
	}
	_, _, up := hardware.Linux{}.Read()
	return b.clock.Now().Add(-up)
}

// sharedMemory is on every Linux a file system in memory, which /tmp is not.
const sharedMemory = "/dev/shm"

// withStore opens the data folder that must exist, hands its store on, and
// closes it.
func (p program) withStore(cmd *cobra.Command, do func(ctx context.Context, s settings, db *store.Store) error) error {
	s, err := p.settings(cmd)
	if err != nil {
		return err
	}
	if s, err = s.populated(cmd); err != nil {
		return err
	}
	db, err := openBeside(cmd.Context(), s, p.clock(s).Now, p.quietLog())
	if err != nil {
		return err
	}
	defer db.Close()
	if err := intact(cmd.Context(), db); err != nil {
		return err
	}
	return do(cmd.Context(), s, db)
}

// populated are the settings with a data folder that holds data: the one that they name, or
// the one in memory by which a serve stands in for it, which is told.
func (s settings) populated(cmd *cobra.Command) (settings, error) {
	if folder(s.Data).inhabited() && !folder(s.Data).gone() {
		return s, nil
	}
	in, stands, err := s.inUse()
	if err != nil {
		return s, fmt.Errorf("look for a serve: %w", err)
	}
	if !stands && folder(s.Data).gone() {
		return s, fmt.Errorf("the disk with the folder %s gives nothing back any more: look whether it is plugged in, which a board then takes by itself; after some minutes switch the board off and on", s.Data)
	}
	if !stands {
		return s, fmt.Errorf("the folder %s holds no Loa Làng data: name the right one with --data, or start `loalang serve` once to create it", s.Data)
	}
	cmd.PrintErrf("loalang: the disk of the data is missing, and the board runs in memory: what this command does lies in %s and is lost when the machine is switched off; mount the disk at %s and restart the board\n", in.Data, s.Data)
	return in, nil
}

// intact refuses a database that is damaged: a command must not make more of
// it. What cannot be looked through in a few seconds is taken for whole.
func intact(ctx context.Context, db *store.Store) error {
	quick, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := db.Integrity(quick); errors.Is(err, store.ErrCorrupt) {
		return err
	}
	return nil
}

// quietLog is for commands that end soon: warnings only.
func (p program) quietLog() *slog.Logger {
	return slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// openStore opens the store of a command that holds the data folder. now is the board's clock, as serve goes by it.
func openStore(ctx context.Context, s settings, now func() time.Time, log *slog.Logger) (*store.Store, error) {
	return store.Open(ctx, storeConfig(s, now, log))
}

// storeConfig says where the store of a data folder lies. now is the board's clock: what the store dates is
// compared with what panel, plan and as-run date by that.
func storeConfig(s settings, now func() time.Time, log *slog.Logger) store.Config {
	return store.Config{Path: folder(s.Data).database(), Now: now, SignIns: time.Now, NewID: newID, Log: log}
}

// openLibrary opens the library of the node that db belongs to. memory is the
// folder for what is made in memory; "" when nothing is.
func openLibrary(s settings, db *store.Store, memory string, now func() time.Time, log *slog.Logger) (*recordings.Library, error) {
	return recordings.Open(recordings.Config{
		Dir: folder(s.Data).recordings(), Memory: memory, Index: db, Bin: db, Origin: db.Node(), Now: now, Log: log,
	})
}
