package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
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
	if err := keepKey(path, key); err != nil {
		b.log.Error("the key of the public board cannot be kept; its addresses are of this start alone", "err", err)
	}
	return key
}

// keepKey writes a key so that after a power cut there is all of it or none.
func keepKey(path string, key []byte) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("keep key: %w", err)
	}
	_, err = f.Write(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("keep key: %w", err)
	}
	return os.Rename(path+".new", path)
}
