package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// publicKeyBytes is how long the key of the public board is.
const publicKeyBytes = 32

// publicKey is from what the public board makes its names: random, made at the first
// start and kept beside the database, so that what people subscribed to and sent one
// another goes on. Where it cannot be kept, one of this start alone does.
func (b *board) publicKey() []byte {
	path := folder(b.settings.Data).publicKey()
	key, err := os.ReadFile(path)
	if err == nil && len(key) == publicKeyBytes {
		return key
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		b.log.Error("the key of the public board cannot be read; its addresses are of this start alone", "err", err)
		return nil
	}
	key = make([]byte, publicKeyBytes)
	_, _ = rand.Read(key) // never fails
	kept, err := keepKey(path, key)
	if err != nil {
		b.log.Error("the key of the public board cannot be kept; its addresses are of this start alone", "err", err)
		return key
	}
	return kept
}

// keepKey keeps a key at path, so that after a power cut there is all of it or none, and
// returns the one that is kept: where another goroutine or process kept one of the same
// length first, theirs.
func keepKey(path string, key []byte) (kept []byte, err error) {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keep key: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return nil, fmt.Errorf("keep key: %w", err)
	}
	if kept, err := os.ReadFile(path); err == nil && len(kept) == len(key) {
		_ = os.Remove(path + ".new") // theirs was renamed; this one is empty
		return kept, nil
	}
	err = f.Truncate(0)
	if err == nil {
		_, err = f.Write(key)
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return nil, fmt.Errorf("keep key: %w", err)
	}
	return key, nil
}
