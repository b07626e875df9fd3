package upload

import (
	"crypto/sha1" //nolint:gosec // the protocol demands it; it guards against accidents only
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
)

// algorithms are the checksums that a piece may carry.
var algorithms = map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New}

// checksum is what a piece must add up to; the zero value is content with anything.
type checksum struct {
	hash hash.Hash
	want string
}

func parseChecksum(header string) (checksum, error) {
	if header == "" {
		return checksum{}, nil
	}
	bad := Fault{http.StatusBadRequest, "upload-checksum"}
	name, coded, _ := strings.Cut(header, " ")
	made, known := algorithms[name]
	want, err := base64.StdEncoding.DecodeString(coded)
	if !known || err != nil {
		return checksum{}, bad
	}
	c := checksum{made(), string(want)}
	if len(want) != c.hash.Size() {
		return checksum{}, bad
	}
	return c, nil
}

func (c checksum) wrong() bool { return c.hash != nil && string(c.hash.Sum(nil)) != c.want }

// receive appends the body of a request to an upload that the request holds. What has
// come when the line breaks stays, unless it was to be checked. The errors are Faults
// and those of the disk.
func (s *Shelf) receive(q request, e *entry, h *holder) error {
	sum, err := parseChecksum(q.r.Header.Get("Upload-Checksum"))
	if err != nil {
		return err
	}
	if q.r.ContentLength > e.Length-e.Offset {
		return Fault{http.StatusRequestEntityTooLarge, "upload-too-long"}
	}
	f, err := os.OpenFile(s.path(e.ID, partFile), os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open an upload: %w", err)
	}
	l := &line{body: q.r.Body, conn: http.NewResponseController(q.w), silence: s.cfg.Silence, deadline: s.cfg.Deadline}
	h.reads(l)
	p := &piece{file: f, at: e.Offset, end: e.Length, sum: sum}
	err = p.take(l)
	h.reads(nil)
	if err == nil && sum.wrong() {
		err = Fault{StatusChecksumDiffers, "checksum-differs"}
	}
	if err != nil && (sum.hash != nil || !errors.Is(err, errBroken) && !errors.Is(err, syscall.ENOSPC)) {
		p.at = e.Offset // nobody knows what it is
		err = errors.Join(err, f.Truncate(p.at))
	}
	if kept := errors.Join(f.Sync(), f.Close()); kept != nil {
		return errors.Join(err, pathError("keep", s.path(e.ID, partFile), kept))
	}
	return errors.Join(err, s.advance(e, p.at))
}

// advance takes note of what is safe on the disk.
func (s *Shelf) advance(e *entry, offset int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if offset > e.Offset {
		e.left = s.cfg.Life
	}
	e.Offset = offset
	if offset < e.Length {
		return nil
	}
	if err := s.complete(e); err != nil {
		return err
	}
	s.tellWhole()
	return nil
}

func (s *Shelf) tellWhole() {
	if s.cfg.Whole != nil {
		s.cfg.Whole()
	}
}

// piece is what one request brings.
type piece struct {
	file    *os.File
	at, end int64 // where the next byte goes; where the file ends
	sum     checksum
	loose   int64 // bytes that are not yet safe
}

// take writes what a line brings. The error is errBroken
// when that breaks, a Fault with the code upload-too-long when it brings too much, or one of the disk.
func (p *piece) take(l io.Reader) error {
	buf := make([]byte, 64<<10)
	for {
		n, err := l.Read(buf)
		if int64(n) > p.end-p.at {
			return Fault{http.StatusRequestEntityTooLarge, "upload-too-long"}
		}
		if err := p.write(buf[:n]); err != nil {
			return err
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return errBroken
		}
	}
}

func (p *piece) write(b []byte) error {
	if p.loose+int64(len(b)) > syncBytes {
		if err := p.file.Sync(); err != nil {
			return pathError("keep", p.file.Name(), err)
		}
		p.loose = 0
	}
	n, err := p.file.WriteAt(b, p.at)
	p.at += int64(n)
	p.loose += int64(n)
	if p.sum.hash != nil {
		_, _ = p.sum.hash.Write(b) // never fails, says its documentation
	}
	if err != nil {
		return fmt.Errorf("write an upload: %w", err)
	}
	return nil
}
