// Package disktest gives tests file systems of their own, which they may fill and break.
//
// A test process that is killed cleans nothing up: each file system has a janitor, a
// process that waits for its end and unmounts what is left.
package disktest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// janitor unmounts once its standard input ends, which is when whoever holds the other
// end of the pipe closes it or is killed.
const janitor = `cat >/dev/null; fsfreeze -u "$1" 2>/dev/null; umount -l "$1" 2>/dev/null; exit 0`

// Tmpfs mounts a tmpfs with the given options, "size=64m" for one, in a folder of the
// test until that ends. It fails where nothing may be mounted.
func Tmpfs(t testing.TB, options string) (dir string, err error) {
	t.Helper()
	dir = t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		return "", fmt.Errorf("mount a small disk: %w", err)
	}
	return dir, watched(t, dir)
}

// watched has a mounted folder unmounted when the test ends, or its process.
func watched(t testing.TB, dir string) error {
	read, write, err := os.Pipe()
	if err != nil {
		return errors.Join(fmt.Errorf("watch a disk: %w", err), unix.Unmount(dir, unix.MNT_DETACH))
	}
	cmd := exec.Command("/bin/sh", "-c", janitor, "janitor", dir)
	cmd.Stdin = read
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // who kills the test's group must not kill it too
	err = errors.Join(cmd.Start(), read.Close())
	if err != nil {
		return errors.Join(fmt.Errorf("watch a disk: %w", err), write.Close(), unix.Unmount(dir, unix.MNT_DETACH))
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
		if err := errors.Join(write.Close(), cmd.Wait()); err != nil {
			t.Error(err)
		}
	})
	return nil
}

// Ext4 mounts an ext4 of so many bytes from a file, as a card has it: after an error it
// takes no more writes. It fails where nothing may be mounted, or mkfs.ext4 is missing.
func Ext4(t testing.TB, bytes int64) (dir string, err error) {
	t.Helper()
	image, err := card(t, bytes)
	if err != nil {
		return "", err
	}
	dir = t.TempDir()
	if err := run("mount", "-t", "ext4", "-o", "loop,errors=remount-ro", image, dir); err != nil {
		return "", err
	}
	return dir, watched(t, dir)
}

// card makes the file of an ext4.
func card(t testing.TB, bytes int64) (image string, err error) {
	t.Helper()
	image = filepath.Join(t.TempDir(), "card")
	f, err := os.Create(image)
	if err != nil {
		return "", err
	}
	if err := errors.Join(f.Truncate(bytes), f.Close()); err != nil {
		return "", err
	}
	return image, run("mkfs.ext4", "-q", "-F", image)
}

func run(words ...string) error {
	if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", words[0], err, strings.TrimSpace(string(out)))
	}
	return nil
}

// Sick mounts an ext4 as Ext4 does, which takes writes on, with the files that fill puts
// there, and with the inode of one of them destroyed: its folder still names it, and whoever
// looks at it is told that the structure needs cleaning. It fails also where debugfs is
// missing.
func Sick(t testing.TB, bytes int64, name string, fill func(dir string) error) (dir string, err error) {
	t.Helper()
	image, err := card(t, bytes)
	if err != nil {
		return "", err
	}
	dir = t.TempDir()
	if err := run("mount", "-t", "ext4", "-o", "loop", image, dir); err != nil {
		return "", err
	}
	if err := errors.Join(fill(dir), run("umount", dir)); err != nil {
		return "", err
	}
	for _, words := range [][]string{
		{"debugfs", "-w", "-R", "clri /" + name, image},
		{"mount", "-t", "ext4", "-o", "loop,errors=continue", image, dir},
	} {
		if err := run(words...); err != nil {
			return "", err
		}
	}
	return dir, watched(t, dir)
}

// Broken has every reading and writing of a file fail with EIO until the test ends, as the
// bytes of a worn card do; where there is none, it is made. It fails where nothing may be
// mounted.
func Broken(t testing.TB, path string) error {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err == nil { // at its beginning nothing is mapped
		err = unix.Mount("/proc/self/mem", path, "", unix.MS_BIND, "")
	}
	if err != nil {
		return fmt.Errorf("break a file: %w", err)
	}
	return watched(t, path)
}

// Fail has the ext4 of a folder behave as after an error of its card: what was open for
// writing too takes no more.
func Fail(dir string) error {
	if out, err := exec.Command("mount", "-o", "remount,abort", dir).CombinedOutput(); err != nil {
		return fmt.Errorf("break the disk: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// Gone has the ext4 of a folder behave as when its disk was pulled out: the kernel shuts it down,
// every file of it fails with EIO, and it calls itself neither full nor read-only.
func Gone(dir string) error {
	const shutdown, withoutJournal = 0x8004587d, 2 // EXT4_IOC_SHUTDOWN, EXT4_GOING_FLAGS_NOLOGFLUSH
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("take the disk away: %w", err)
	}
	err = unix.IoctlSetPointerInt(int(f.Fd()), shutdown, withoutJournal)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("take the disk away: %w", err)
	}
	return nil
}

// The ioctls of fsfreeze(8), FIFREEZE and FITHAW of linux/fs.h.
const freeze, thaw = 0xc0045877, 0xc0045878

// Freeze has the file system of a folder take no write until again is called, or the test ends: who writes
// waits, where no signal reaches it, as before a card that is stuck.
func Freeze(t testing.TB, dir string) (again func() error, err error) {
	t.Helper()
	at, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.IoctlSetInt(int(at.Fd()), freeze, 0); err != nil {
		return nil, errors.Join(fmt.Errorf("freeze %s: %w", dir, err), at.Close())
	}
	var once sync.Once
	again = func() (err error) {
		once.Do(func() { err = errors.Join(unix.IoctlSetInt(int(at.Fd()), thaw, 0), at.Close()) })
		return err
	}
	t.Cleanup(func() {
		if err := again(); err != nil {
			t.Errorf("thaw %s: %v", dir, err)
		}
	})
	return again, nil
}
