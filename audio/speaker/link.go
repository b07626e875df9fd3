package speaker

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// errFull: the other side does not read.
var errFull = errors.New("the other side does not read")

// link is one end of the socket pair between parent and child. Packets keep
// their borders (SOCK_SEQPACKET) and carry descriptors. send may be called from
// any goroutine, receive from one.
type link struct {
	file *os.File
	conn syscall.RawConn

	sending sync.Mutex
	packet  []byte // of receive
	control []byte // of receive
}

// pair makes a connected pair: a link for this process, and the file that the
// child inherits.
func pair() (*link, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make a socket pair: %w", err)
	}
	theirs := os.NewFile(uintptr(fds[1]), "speaker child")
	ours, err := newLink(os.NewFile(uintptr(fds[0]), "speaker parent"))
	if err != nil {
		return nil, nil, errors.Join(err, theirs.Close())
	}
	return ours, theirs, nil
}

// newLink takes over f, a packet socket.
func newLink(f *os.File) (*link, error) {
	conn, err := f.SyscallConn()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reach the socket: %w", err), f.Close())
	}
	return &link{
		file: f, conn: conn,
		packet:  make([]byte, maxMessage+1),
		control: make([]byte, unix.CmsgSpace(4*maxFiles)),
	}, nil
}

func (l *link) close() error { return l.file.Close() }

// send writes m and duplicates its files to the other side. It does not block:
// errFull when the other side has stopped reading.
func (l *link) send(m *message) error {
	raw, err := m.encode()
	if err != nil {
		return err
	}
	var rights []byte
	if len(m.files) > 0 {
		fds := make([]int, len(m.files))
		for i, f := range m.files {
			fds[i] = int(f.Fd())
		}
		rights = unix.UnixRights(fds...)
	}
	l.sending.Lock()
	defer l.sending.Unlock()
	var sent error
	err = l.conn.Write(func(fd uintptr) bool {
		for {
			sent = unix.Sendmsg(int(fd), raw, rights, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
			if !errors.Is(sent, unix.EINTR) {
				return true
			}
		}
	})
	if err == nil {
		err = sent
	}
	if errors.Is(err, unix.EAGAIN) {
		return errFull
	}
	if err != nil {
		return fmt.Errorf("send message: %w", err)
	}
	return nil
}

// receive blocks for the next message; io.EOF when the other side has closed.
// The caller closes the files of the message.
func (l *link) receive() (*message, error) {
	var n, rights, flags int
	var got error
	err := l.conn.Read(func(fd uintptr) bool {
		for {
			n, rights, flags, _, got = unix.Recvmsg(int(fd), l.packet, l.control, unix.MSG_CMSG_CLOEXEC|unix.MSG_DONTWAIT)
			if !errors.Is(got, unix.EINTR) {
				return !errors.Is(got, unix.EAGAIN)
			}
		}
	})
	if err == nil {
		err = got
	}
	if errors.Is(err, unix.ECONNRESET) || err == nil && n == 0 && rights == 0 {
		return nil, io.EOF
	}
	if err != nil {
		return nil, fmt.Errorf("receive message: %w", err)
	}
	files, err := receivedFiles(l.control[:rights])
	if err != nil {
		return nil, err
	}
	if flags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) != 0 {
		return nil, errors.Join(fmt.Errorf("%w: it is longer than %d bytes", ErrMessage, maxMessage), closeAll(files))
	}
	m, err := decodeMessage(l.packet[:n])
	if err == nil && m.filesWanted() != len(files) {
		err = fmt.Errorf("%w: it comes with %d files instead of %d", ErrMessage, len(files), m.filesWanted())
	}
	if err != nil {
		return nil, errors.Join(err, closeAll(files))
	}
	m.files = files
	return m, nil
}

func receivedFiles(control []byte) ([]*os.File, error) {
	if len(control) == 0 {
		return nil, nil
	}
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	var files []*os.File
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			continue // another kind of control message: none of ours
		}
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), "handed over"))
		}
	}
	return files, nil
}

func closeAll(files []*os.File) error {
	var all []error
	for _, f := range files {
		all = append(all, f.Close())
	}
	return errors.Join(all...)
}
