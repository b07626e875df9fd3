package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"loalang/archive"
)

const (
	// stageName is the folder within the data folder in which a restore is made ready,
	// so that it is on the same disk and a mount point can be a data folder.
	stageName = "restore.new"
	// pendingName is there from when a restore is decided until it is done.
	pendingName = "restore.pending"
	// beforeHead begins the name of what was there before.
	beforeHead = "before-restore-"
)

// pending is what a decided restore still has to do.
type pending struct {
	Aside string   `json:"aside"` // folder for what was there; empty: there was nothing
	Old   []string `json:"old"`   // entries of the data folder to be put aside
	New   []string `json:"new"`   // entries of the stage to be put in their place
}

// staysPut says which entries of a data folder belong to no data: locks, what is made
// at each start, older backups, and what a restore itself makes.
func staysPut(name string) bool {
	switch name {
	case "serve.lock", "reserve", "boot", switchedFile, "clock.json", "backups", "backup.json", stageName, pendingName, pendingName + ".part":
		return true
	}
	return strings.HasPrefix(name, beforeHead) || name == "lost+found"
}

// swap puts the stage in the place of what is in the data folder. From the note on, a
// power cut in between is made good by the next start.
func (r restoring) swap(stage string) (aside string, err error) {
	p := pending{}
	if p.New, err = entries(stage); err != nil {
		return "", err
	}
	if p.Old, err = entries(r.data); err != nil {
		return "", err
	}
	if p, err = r.spared(p); err != nil {
		return "", err
	}
	if len(p.Old) > 0 {
		p.Aside = r.before()
		aside = filepath.Join(r.data, p.Aside)
		if err := os.Mkdir(aside, 0o700); err != nil {
			return "", fmt.Errorf("make room for what was there: %w", err)
		}
		if err := r.handOver(p.Aside); err != nil {
			return "", err
		}
	}
	return aside, r.decide(stage, p)
}

// decide writes down what is to change places, and does it.
func (r restoring) decide(stage string, p pending) error {
	if err := syncTree(stage); err != nil {
		return fmt.Errorf("write the restored files: %w", err)
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("note what is to be restored: %w", err)
	}
	ready := filepath.Join(stage, pendingName)
	err = archive.Durable(ready, func(w io.Writer) error {
		_, err := w.Write(raw)
		return err
	})
	if err == nil { // before it counts: after a power cut the service reads it
		err = r.handOver(filepath.Join(stageName, pendingName))
	}
	if err == nil {
		err = os.Rename(ready, filepath.Join(r.data, pendingName))
	}
	if err == nil {
		err = archive.SyncFolder(r.data)
	}
	if err != nil {
		return fmt.Errorf("note what is to be restored: %w", err)
	}
	return finishRestore(r.data)
}

// entries lists what of a folder a swap moves.
func entries(dir string) (names []string, err error) {
	all, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("look through %s: %w", dir, reasonOf(err))
	}
	for _, e := range all {
		if !staysPut(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// finishRestore does what a decided restore still has to do; nothing where there is none.
// The caller holds the folder.
func finishRestore(data string) error {
	note := filepath.Join(data, pendingName)
	raw, err := os.ReadFile(note)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("finish a restore: %w", err)
	}
	var p pending
	if err := json.Unmarshal(raw, &p); err != nil {
		return fmt.Errorf("finish a restore: %s: %w", note, err)
	}
	w := swapping{pending: p, data: data, stage: filepath.Join(data, stageName)}
	if err := w.finish(); err != nil {
		return fmt.Errorf("finish a restore: %w", err)
	}
	if err := archive.SyncFolder(data); err != nil {
		return fmt.Errorf("finish a restore: %w", err)
	}
	if err := os.Remove(note); err != nil {
		return fmt.Errorf("finish a restore: %w", err)
	}
	return errors.Join(os.RemoveAll(w.stage), archive.SyncFolder(data))
}

// finishUnread finishes a decided restore before the settings are read: loalang.toml is among
// what changes places. It waits for the lock as long as a start does. What goes wrong is met
// again, and told, where the board is opened.
func finishUnread(data string) {
	if !exists(filepath.Join(data, pendingName)) {
		return
	}
	f, err := openLock(folder(data).lock())
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }() // nothing was written
	if flockSoon(f) == nil {
		_ = finishRestore(data) // see above
	}
}

// clearStage removes the stage of a restore or a repair that ended before it was decided, its power
// cut for one: a whole library perhaps, which nothing else tells of. The caller holds the folder, as whoever makes
// a stage does. One that is decided, or of which nobody can tell, is left to finishRestore.
func clearStage(f folder) (removed bool, err error) {
	stage := filepath.Join(string(f), stageName)
	if _, err := os.Lstat(filepath.Join(string(f), pendingName)); !errors.Is(err, fs.ErrNotExist) || !exists(stage) {
		return false, nil
	}
	if err := os.RemoveAll(stage); err != nil {
		return false, fmt.Errorf("clear an interrupted restore: %w", err)
	}
	return true, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func contains(list []string, name string) bool {
	for _, one := range list {
		if one == name {
			return true
		}
	}
	return false
}

// syncTree makes every folder below dir durable.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		return archive.SyncFolder(path)
	})
}
