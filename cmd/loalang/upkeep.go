package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"loalang/archive"
	"loalang/health"
	"loalang/recordings"
	"loalang/web"
)

// upkeep looks after the board's data: it is what the panel knows of backups and of the
// disk. Its methods may be called from any goroutine.
type upkeep struct {
	b     *board
	order chan struct{} // somebody wants a backup now
	mu    sync.Mutex
	busy  bool
	saves bool // by a backup that is kept
	ills  []web.Ill

	sticks asked[[]stickKeep]
}

func newUpkeep(b *board) *upkeep {
	u := &upkeep{b: b, order: make(chan struct{}, 1)}
	u.sticks.list, u.sticks.patience = u.listSticks, stickPatience
	return u
}

// begin says that the board is looking after its data; false: it does so already.
func (u *upkeep) begin() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.busy {
		return false
	}
	u.busy = true
	return true
}

// saving says that what begin began is a backup that is kept.
func (u *upkeep) saving() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.saves = true
}

// isBusy says whether the board is looking after its data, or is about to.
func (u *upkeep) isBusy() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.busy || len(u.order) > 0
}

func (u *upkeep) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.busy, u.saves = false, false
}

// BackUp implements web.Upkeep: the backup is made by tendData.
func (u *upkeep) BackUp() error {
	u.mu.Lock()
	busy, saves := u.busy, u.saves
	u.mu.Unlock()
	switch {
	case saves:
		return web.ErrBackingUp
	case busy:
		return web.ErrBusyKeeping
	}
	select {
	case u.order <- struct{}{}:
		return nil
	default:
		return web.ErrBackingUp
	}
}

// Backups implements web.Upkeep.
func (u *upkeep) Backups() web.Backups {
	f, s := folder(u.b.settings.Data), u.b.settings
	state := readBackupState(f)
	sticks, answered := u.sticks.answer()
	v := web.Backups{Off: !s.Backup, Last: state.Last, OnStick: state.Stick, Stick: len(sticks) > 0, Silent: !answered, Damaged: state.Damaged}
	if state.failing(u.b.clock.Now()) {
		v.Failed, v.Code = state.Tried, state.Code
	}
	u.mu.Lock()
	v.Running = u.saves || len(u.order) > 0
	v.Busy = v.Running || u.busy
	u.mu.Unlock()
	list := func(kept []keptBackup, stick bool) {
		for _, k := range kept {
			v.Kept = append(v.Kept, web.Backup{Name: filepath.Base(k.Path), Made: k.Made, Bytes: k.Bytes, Stick: stick, Other: k.isOther(u.b.db.Node())})
		}
	}
	for _, one := range sticks {
		list(one.kept, true)
	}
	list(u.keptIn(f.backups()), false)
	h := &hoard{dir: f}
	var err error
	if v.Whole, err = h.size(); err != nil {
		u.b.log.Warn("how much a whole backup takes is not known", "err", err)
	}
	return v
}

// keptIn lists the backups in a folder.
func (u *upkeep) keptIn(dir string) []keptBackup {
	list, err := backupsIn(dir, u.b.settings.Village)
	if err != nil {
		u.b.log.Warn("the backups cannot be listed", "folder", dir, "err", err)
	}
	return list
}

// listSticks lists what the sticks keep, which may take its time.
func (u *upkeep) listSticks() (list []stickKeep) {
	for _, dir := range findSticks(u.b.settings.BackupSticks, u.b.settings.Data) {
		list = append(list, stickKeep{dir, u.keptIn(dir)})
	}
	return list
}

// OpenBackup implements web.BackupFiles. One beside the data needs no stick that answers.
func (u *upkeep) OpenBackup(name string) (*os.File, error) {
	named := func(k keptBackup) bool { return filepath.Base(k.Path) == name }
	here := u.keptIn(folder(u.b.settings.Data).backups())
	if i := slices.IndexFunc(here, named); i >= 0 {
		return os.Open(here[i].Path)
	}
	sticks, answered := u.sticks.answer()
	if !answered {
		return nil, web.ErrSilentStick
	}
	for _, one := range sticks {
		if i := slices.IndexFunc(one.kept, named); i >= 0 {
			return os.Open(one.kept[i].Path)
		}
	}
	return nil, fs.ErrNotExist
}

// WriteBackup implements web.BackupFiles, in a process of its own with the least
// priority.
func (u *upkeep) WriteBackup(ctx context.Context, w io.Writer) error {
	f := folder(u.b.settings.Data)
	if err := archive.Room(string(f), copiedBytes(f)); err != nil { // here it can still be said in words
		return fmt.Errorf("copy the database for the backup: %w", err)
	}
	return u.writeAside(ctx, w, "backup", "-")
}

// Ills implements web.Upkeep.
func (u *upkeep) Ills() []web.Ill {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.ills
}

// The rhythm and bounds of looking at the disk.
const (
	illLook    = 10 * time.Second
	fullBelow  = 1 << 20        // bytes free beside the reserve
	inodesLeft = 64             // files
	backupOld  = 72 * time.Hour // since the last
)

// watchIlls looks after what is wrong with the data until ctx ends.
func (u *upkeep) watchIlls(ctx context.Context) error {
	tick := time.NewTicker(illLook)
	defer tick.Stop()
	began := time.Now()
	for {
		ills := u.look(u.b.clock.Now(), time.Since(began))
		u.mu.Lock()
		before := u.ills
		u.ills = ills
		u.mu.Unlock()
		for _, i := range ills {
			if !containsIll(before, i) {
				u.b.log.Warn("something is wrong with the data", "ill", string(i))
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func containsIll(list []web.Ill, i web.Ill) bool {
	for _, one := range list {
		if one == i {
			return true
		}
	}
	return false
}

// look lists what is wrong, the worst first. up is how long the board has been running.
func (u *upkeep) look(now time.Time, up time.Duration) (ills []web.Ill) {
	f := folder(u.b.settings.Data)
	if u.b.settings.Missing {
		ills = append(ills, web.MissingDisk)
	}
	ills = append(ills, diskIlls(string(f))...)
	if n, err := u.b.library.Lost(); err == nil && n != (recordings.Loss{}) {
		ills = append(ills, web.DamagedSound)
	}
	s := readBackupState(f)
	switch {
	case !u.b.settings.Backup:
	case s.failing(now):
		ills = append(ills, web.BackupFailed)
	case s.Last.IsZero() && up < backupOld:
	case now.Sub(s.Last) > backupOld:
		ills = append(ills, web.NoRecentBackup)
	case s.StickCode != "" && s.StickCode != unfinished || s.Wrong > 0 || s.Left > 0:
		ills = append(ills, web.BadStick)
	case s.StickCode == unfinished: // nobody has to do anything
	case s.stickWanted(now):
		ills = append(ills, web.BackupOnDataOnly)
	}
	return ills
}

// diskIlls is what is wrong with the disk of a folder.
func diskIlls(dir string) (ills []web.Ill) {
	var d unix.Statfs_t
	if err := unix.Statfs(dir, &d); err != nil {
		return []web.Ill{web.ReadOnlyDisk}
	}
	if health.ReadOnly(dir) {
		ills = append(ills, web.ReadOnlyDisk)
	}
	if int64(d.Bavail)*int64(d.Bsize) < fullBelow {
		ills = append(ills, web.FullDisk)
	}
	if d.Files > 0 && d.Ffree < inodesLeft { // some file systems count none
		ills = append(ills, web.NoInodes)
	}
	return ills
}
