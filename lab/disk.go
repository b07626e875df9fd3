package lab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync"
)

// Disk is a block device with a write cache, as disks and memory cards have one: what was
// written lies in its memory until the machine asks for a flush, and is gone when the
// power is cut, some of it perhaps not, in any order and torn between sectors. It is an
// NBD server (the protocol of network block devices, doc/proto.md of the project nbd) on a
// Unix socket, to which QEMU connects.
type Disk struct {
	file     *os.File
	size     int64
	listener net.Listener

	mu      sync.Mutex
	conn    net.Conn
	pending []write // not flushed, in the order in which they came
	cut     bool    // nothing is taken any more
	flushes int
	lost    int // sectors that were written and never flushed
}

// write is one write of the machine's.
type write struct {
	at  int64
	raw []byte
}

// sector is what a disk writes whole or not at all.
const sector = 512

// OpenDisk serves the image in a file at a socket.
func OpenDisk(file, socket string) (*Disk, error) {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("open a disk: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open a disk: %w", err), f.Close())
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open a disk: %w", err), f.Close())
	}
	d := &Disk{file: f, size: info.Size(), listener: l}
	go d.accept()
	return d, nil
}

// Close ends the service. What was not flushed is lost.
func (d *Disk) Close() error {
	return errors.Join(d.listener.Close(), d.file.Close())
}

// Power gives the disk its power again after a Cut.
func (d *Disk) Power() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut = false
}

// Losses are how often the machine asked for a flush, and how many sectors cuts cost.
func (d *Disk) Losses() (flushes, sectors int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.flushes, d.lost
}

// Cut takes the disk's power: from this instant on it takes nothing. Of what it had not
// flushed each sector has made it with a chance of keep, whatever became of those before
// it.
func (d *Disk) Cut(r *rand.Rand, keep float64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut = true
	if d.conn != nil {
		_ = d.conn.Close() // whoever reads from it ends
		d.conn = nil
	}
	for _, i := range r.Perm(len(d.pending)) {
		w := d.pending[i]
		for at := 0; at < len(w.raw); at += sector {
			if r.Float64() >= keep {
				d.lost++
				continue
			}
			if _, err := d.file.WriteAt(w.raw[at:min(at+sector, len(w.raw))], w.at+int64(at)); err != nil {
				return fmt.Errorf("cut a disk: %w", err)
			}
		}
	}
	d.pending = nil
	return nil
}

func (d *Disk) accept() {
	for {
		conn, err := d.listener.Accept()
		if err != nil {
			return // closed
		}
		d.mu.Lock()
		if d.cut {
			_ = conn.Close()
		} else {
			d.conn = conn
		}
		d.mu.Unlock()
		go func() {
			_ = d.serve(conn) // ends with the machine
			_ = conn.Close()
		}()
	}
}

// Numbers of the protocol.
const (
	nbdMagic       = 0x4e42444d41474943 // "NBDMAGIC"
	nbdOption      = 0x49484156454f5054 // "IHAVEOPT"
	nbdReply       = 0x0003e889045565a9
	nbdRequest     = 0x25609513
	nbdSimple      = 0x67446698
	nbdFixed       = 1 << 0
	nbdNoZeroes    = 1 << 1
	nbdOptExport   = 1
	nbdOptAbort    = 2
	nbdOptInfo     = 6
	nbdOptGo       = 7
	nbdAck         = 1
	nbdInfo        = 3
	nbdUnsupported = 1<<31 | 1
	nbdHasFlags    = 1 << 0
	nbdCanFlush    = 1 << 2
	nbdCanFUA      = 1 << 3
	nbdRead        = 0
	nbdWrite       = 1
	nbdDisconnect  = 2
	nbdFlush       = 3
	nbdFUA         = 1 << 0 // among the flags of a request
	nbdInvalid     = 22     // EINVAL
)

// exportFlags say that the disk has a cache that can be flushed.
const exportFlags = nbdHasFlags | nbdCanFlush | nbdCanFUA

// serve shakes hands and does the machine's requests until it goes.
func (d *Disk) serve(conn net.Conn) error {
	if err := d.greet(conn); err != nil {
		return fmt.Errorf("greet a machine: %w", err)
	}
	head := make([]byte, 28)
	for {
		if _, err := io.ReadFull(conn, head); err != nil {
			return err
		}
		if binary.BigEndian.Uint32(head) != nbdRequest {
			return errors.New("no request of the protocol")
		}
		flags, kind := binary.BigEndian.Uint16(head[4:]), binary.BigEndian.Uint16(head[6:])
		at, length := int64(binary.BigEndian.Uint64(head[16:])), int(binary.BigEndian.Uint32(head[24:]))
		var raw []byte
		if kind == nbdWrite {
			raw = make([]byte, length)
			if _, err := io.ReadFull(conn, raw); err != nil {
				return err
			}
		}
		if kind == nbdDisconnect {
			return nil
		}
		answer, err := d.do(kind, flags, at, length, raw)
		if err != nil {
			return err
		}
		copy(answer[8:16], head[8:16]) // the request's handle
		if _, err := conn.Write(answer); err != nil {
			return err
		}
	}
}

// greet is the handshake in the form "fixed newstyle".
func (d *Disk) greet(conn net.Conn) error {
	hello := binary.BigEndian.AppendUint64(nil, nbdMagic)
	hello = binary.BigEndian.AppendUint64(hello, nbdOption)
	hello = binary.BigEndian.AppendUint16(hello, nbdFixed|nbdNoZeroes)
	if _, err := conn.Write(hello); err != nil {
		return err
	}
	if _, err := io.CopyN(io.Discard, conn, 4); err != nil { // the client's flags
		return err
	}
	head := make([]byte, 16)
	for {
		if _, err := io.ReadFull(conn, head); err != nil {
			return err
		}
		option := binary.BigEndian.Uint32(head[8:])
		if _, err := io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint32(head[12:]))); err != nil {
			return err
		}
		var err error
		switch option {
		case nbdOptExport:
			_, err = conn.Write(d.export(nil))
			return err
		case nbdOptGo, nbdOptInfo:
			info := d.export(binary.BigEndian.AppendUint16(nil, 0))
			if err = reply(conn, option, nbdInfo, info); err == nil {
				err = reply(conn, option, nbdAck, nil)
			}
			if option == nbdOptGo && err == nil {
				return nil
			}
		case nbdOptAbort:
			return errors.Join(reply(conn, option, nbdAck, nil), io.EOF)
		default:
			err = reply(conn, option, nbdUnsupported, nil)
		}
		if err != nil {
			return err
		}
	}
}

func (d *Disk) export(b []byte) []byte {
	return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint64(b, uint64(d.size)), exportFlags)
}

func reply(conn net.Conn, option, kind uint32, raw []byte) error {
	b := binary.BigEndian.AppendUint64(nil, nbdReply)
	b = binary.BigEndian.AppendUint32(b, option)
	b = binary.BigEndian.AppendUint32(b, kind)
	b = binary.BigEndian.AppendUint32(b, uint32(len(raw)))
	_, err := conn.Write(append(b, raw...))
	return err
}

// errCut is what a request behind a cut comes to.
var errCut = errors.New("the disk has no power")

// do does one request and gives its answer, but for the handle.
func (d *Disk) do(kind, flags uint16, at int64, length int, raw []byte) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cut {
		return nil, errCut
	}
	answer := make([]byte, 16)
	binary.BigEndian.PutUint32(answer, nbdSimple)
	if kind != nbdFlush && (at < 0 || length < 0 || at+int64(length) > d.size) {
		binary.BigEndian.PutUint32(answer[4:], nbdInvalid)
		return answer, nil
	}
	switch kind {
	case nbdRead:
		answer = append(answer, make([]byte, length)...)
		return answer, d.read(answer[16:], at)
	case nbdWrite:
		if flags&nbdFUA == 0 {
			d.pending = append(d.pending, write{at, raw})
			return answer, nil
		}
		// It is safe by itself, but lies over what came before it and is not.
		d.drop(at, at+int64(len(raw)))
		_, err := d.file.WriteAt(raw, at)
		return answer, err
	case nbdFlush:
		d.flushes++
		for _, w := range d.pending {
			if _, err := d.file.WriteAt(w.raw, w.at); err != nil {
				return nil, err
			}
		}
		d.pending = nil
		return answer, nil
	}
	binary.BigEndian.PutUint32(answer[4:], nbdInvalid)
	return answer, nil
}

// read gives what the machine wrote last, flushed or not.
func (d *Disk) read(into []byte, at int64) error {
	if _, err := d.file.ReadAt(into, at); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read a disk: %w", err)
	}
	end := at + int64(len(into))
	for _, w := range d.pending {
		from, to := max(at, w.at), min(end, w.at+int64(len(w.raw)))
		if from < to {
			copy(into[from-at:to-at], w.raw[from-w.at:to-w.at])
		}
	}
	return nil
}

// drop takes out of what is not flushed what lies between two places.
func (d *Disk) drop(from, to int64) {
	var kept []write
	for _, w := range d.pending {
		end := w.at + int64(len(w.raw))
		if end <= from || w.at >= to {
			kept = append(kept, w)
			continue
		}
		if w.at < from {
			kept = append(kept, write{w.at, w.raw[:from-w.at]})
		}
		if end > to {
			kept = append(kept, write{to, w.raw[to-w.at:]})
		}
	}
	d.pending = kept
}
