package hardware

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"syscall"

	"go.bug.st/serial"
	"golang.org/x/sys/unix"
)

// openPort opens a serial port that no child of this process inherits: a program that
// held it would keep the name of an adapter from coming back when that is plugged in
// again, and could write to it. The library opens without O_CLOEXEC, so that one that
// begins while the port is being opened has it all the same. syscall.ForkLock would
// prevent that, and must not be held: opening a wedged adapter takes seconds, in which
// nothing could be started then, the speaker neither. fd is its descriptor, which is
// p's to close.
func openPort(path string, mode *serial.Mode) (p serial.Port, fd int, err error) {
	p, err = serial.Open(path, mode)
	if err != nil {
		return nil, 0, portFault(path, err)
	}
	handle := reflect.Indirect(reflect.ValueOf(p)).FieldByName("handle") // the library has no way to ask for it
	if !handle.IsValid() || !handle.CanInt() {
		return nil, 0, errors.Join(fmt.Errorf("open %s: the serial library does not tell its descriptor", path), p.Close())
	}
	fd = int(handle.Int())
	unix.CloseOnExec(fd)
	return p, fd, nil
}

// portFault turns the library's words into those of the kernel, with what to do.
func portFault(path string, err error) error {
	var fault *serial.PortError
	code := serial.PortErrorCode(-1)
	if errors.As(err, &fault) {
		code = fault.Code()
	}
	switch {
	case code == serial.PortBusy || errors.Is(err, unix.EBUSY):
		return fmt.Errorf("open %s: %w: end the program that uses it", path, unix.EBUSY)
	case code == serial.PortNotFound || errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("open %s: %w: plug the adapter in, or correct its name", path, os.ErrNotExist)
	case code == serial.PermissionDenied || errors.Is(err, os.ErrPermission):
		return fmt.Errorf("open %s: %w: add the user that runs this to the group that owns it (usermod -aG dialout)", path, os.ErrPermission)
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// mayOpen says whether there is a port that this user may use. It does not touch it, and
// does not block.
func mayOpen(path string) error {
	if err := unix.Access(path, unix.R_OK|unix.W_OK); err != nil {
		return portFault(path, err)
	}
	return nil
}

// portThere says whether a port's file is there still, and is what was opened: that of
// an adapter goes when it is pulled out, and another may have its name by now. was may
// be nil: then any is. It does not block.
func portThere(path string, was os.FileInfo) error {
	is, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s is gone: %w: plug the adapter in again", path, err)
	}
	if was != nil && (!os.SameFile(was, is) || deviceOf(was) != deviceOf(is)) {
		return fmt.Errorf("%s was pulled out and plugged in again: %w: it is opened anew", path, unix.ENODEV)
	}
	return nil
}

// deviceOf is the number of the device behind a file; 0: it is none.
func deviceOf(is os.FileInfo) uint64 {
	if raw, known := is.Sys().(*syscall.Stat_t); known {
		return uint64(raw.Rdev) //nolint:unconvert // 32 bits on some machines
	}
	return 0
}

// portIs is what is at path now, for portThere; nil when nothing is.
func portIs(path string) os.FileInfo {
	is, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return is
}
