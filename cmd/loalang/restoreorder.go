package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"loalang/health"
)

// databaseFiles are the database and what belongs to it alone, the log of its last writes for one: beside another
// database that destroys it.
var databaseFiles = []string{"loalang.db", "loalang.db-wal", "loalang.db-shm"}

// standbyName is the folder by which a start tells a database that is gone from one that never was.
const standbyName = "standby"

// swapping is a decided restore on its way. Power and card may end it behind each rename, and a start then goes on with
// what is there. So the database comes last, in one go, and behind it the standby, which is in its place all the time: a
// start that finds no database stands in for it, and makes no new village. What a start has made meanwhile is kept too.
type swapping struct {
	pending
	data, stage string
	late        string // folder for what was made meanwhile; empty: nothing was
}

// finish does what is still to be done. It ends at the first fault: what follows would rest on it.
func (w *swapping) finish() error {
	if before, err := there(filepath.Join(w.data, standbyName)); err != nil || !before {
		if err = errors.Join(err, w.bring(standbyName)); err != nil {
			return err
		}
	}
	var others []string
	for _, name := range slices.Concat(w.Old, w.New) {
		if !slices.Contains(databaseFiles, name) && name != standbyName && !slices.Contains(others, name) {
			others = append(others, name)
		}
	}
	logsFirst := slices.Clone(databaseFiles) // a database without its log is not what it was
	slices.Reverse(logsFirst)
	for _, step := range []struct{ aside, brought []string }{{others, others}, {databaseFiles, logsFirst}, {[]string{standbyName}, []string{standbyName}}} {
		for _, name := range step.aside {
			if err := w.putAside(name); err != nil {
				return err
			}
		}
		for _, name := range step.brought {
			if err := w.bring(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// brought says whether what is in the place of name is new already.
func (w *swapping) brought(name string) (bool, error) {
	if !contains(w.New, name) {
		if !slices.Contains(databaseFiles[1:], name) || !contains(w.New, databaseFiles[0]) {
			return false, nil
		}
		name = databaseFiles[0] // it belongs to the new one
	}
	staged, err := there(filepath.Join(w.stage, name))
	return !staged, err
}

// putAside puts what was there before into its folder, where what lies already is never written over: what has its
// place now was made meanwhile.
func (w *swapping) putAside(name string) error {
	if w.Aside == "" || !contains(w.Old, name) {
		return nil
	}
	done, err := w.brought(name)
	if err == nil && !done {
		done, err = there(filepath.Join(w.data, w.Aside, name))
	}
	if err == nil && !done {
		err = move(filepath.Join(w.data, name), filepath.Join(w.data, w.Aside, name))
	}
	if err != nil {
		return fmt.Errorf("put %s aside: %w", name, err)
	}
	return nil
}

// bring puts what is new in its place.
func (w *swapping) bring(name string) error {
	done, err := w.brought(name)
	if done && err == nil || !contains(w.New, name) {
		return nil
	}
	inTheWay := []string{name}
	if slices.Contains(databaseFiles, name) {
		inTheWay = databaseFiles
	}
	for _, other := range inTheWay {
		if err == nil {
			err = w.keepLate(other)
		}
	}
	if err == nil {
		err = move(filepath.Join(w.stage, name), filepath.Join(w.data, name))
	}
	if err != nil {
		return fmt.Errorf("put %s in its place: %w", name, err)
	}
	return nil
}

// keepLate puts what a start made meanwhile, and lies in the way, into a folder of its own.
func (w *swapping) keepLate(name string) error {
	if done, err := w.brought(name); done || err != nil {
		return err
	}
	from := filepath.Join(w.data, name)
	if is, err := there(from); !is || err != nil {
		return err
	}
	if w.late == "" {
		aside := w.Aside
		if aside == "" {
			aside = beforeHead + "unfinished"
		}
		for n := 1; w.late == ""; n++ {
			dir := filepath.Join(w.data, aside, "meanwhile-"+strconv.Itoa(n))
			if is, err := there(dir); err != nil {
				return err
			} else if !is {
				w.late = dir
			}
		}
		if err := os.MkdirAll(w.late, 0o700); err != nil {
			return err
		}
	}
	return move(from, filepath.Join(w.late, name))
}

// spared is what changes places where the card is ill: an entry that it gives no more stays where it is, and is
// told. Where the village would not be whole without what is new there, it is refused before anything is touched.
func (r restoring) spared(p pending) (pending, error) {
	for _, name := range slices.Concat(p.Old, p.New) {
		_, err := os.Lstat(filepath.Join(r.data, name))
		if !health.IllDisk(err) || !contains(p.Old, name) && !contains(p.New, name) {
			continue
		}
		if slices.Contains(databaseFiles, name) || contains(p.New, name) && (name == standbyName || name == "recordings") {
			return p, fmt.Errorf("the card does not give back %s, and nothing new can be put in its place: restore into a folder on another card: %w", filepath.Join(r.data, name), reasonOf(err))
		}
		r.log("the card does not give back %s: it stays where it is, and what the backup has of it is left out", name)
		is := func(one string) bool { return one == name }
		p.Old, p.New = slices.DeleteFunc(p.Old, is), slices.DeleteFunc(p.New, is)
	}
	return p, nil
}

// there says whether a path is there; the error is that nobody can tell.
func there(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// move renames what is there; what was moved before is no fault.
func move(from, to string) error {
	if is, err := there(from); !is || err != nil {
		return err
	}
	return os.Rename(from, to)
}
