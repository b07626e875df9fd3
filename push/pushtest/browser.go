// Package pushtest is a browser that is told something, for tests: it opens what a board
// has sealed for it (RFC 8291, RFC 8188), and nothing else.
package pushtest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// header is how long what stands before the one record is: salt, record size, length of
// the key, key.
const header = 16 + 4 + 1 + 65

// Browser holds the keys of one subscription.
type Browser struct {
	private *ecdh.PrivateKey
	auth    []byte
}

// New makes a browser with keys of its own.
func New() (Browser, error) {
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return Browser{}, fmt.Errorf("make a browser's key: %w", err)
	}
	auth := make([]byte, 16)
	_, _ = rand.Read(auth) // never fails
	return Browser{private, auth}, nil
}

// Key is what the browser tells as p256dh.
func (b Browser) Key() string {
	return base64.RawURLEncoding.EncodeToString(b.private.PublicKey().Bytes())
}

// Auth is the secret that it tells beside it.
func (b Browser) Auth() string { return base64.RawURLEncoding.EncodeToString(b.auth) }

// Open is the text of a message that was sealed for this browser.
func (b Browser) Open(sealed []byte) (string, error) {
	if len(sealed) < header || sealed[20] != 65 || uint64(binary.BigEndian.Uint32(sealed[16:20])) < uint64(len(sealed)-header) {
		return "", errors.New("this is no message of one record")
	}
	salt, theirs := sealed[:16], sealed[21:header]
	point, err := ecdh.P256().NewPublicKey(theirs)
	if err != nil {
		return "", fmt.Errorf("read the sender's key: %w", err)
	}
	shared, err := b.private.ECDH(point)
	if err != nil {
		return "", fmt.Errorf("agree on a key: %w", err)
	}
	ikm, err := hkdf.Key(sha256.New, shared, b.auth, "WebPush: info\x00"+string(b.private.PublicKey().Bytes())+string(theirs), 32)
	if err != nil {
		return "", fmt.Errorf("derive: %w", err)
	}
	key, keyErr := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	nonce, nonceErr := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err := errors.Join(keyErr, nonceErr); err != nil {
		return "", fmt.Errorf("derive: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", fmt.Errorf("open: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return "", fmt.Errorf("open: %w", err)
	}
	text, err := gcm.Open(nil, nonce, sealed[header:], nil)
	if err != nil {
		return "", fmt.Errorf("open: %w", err)
	}
	plain, last := strings.CutSuffix(strings.TrimRight(string(text), "\x00"), "\x02")
	if !last {
		return "", errors.New("the record is not marked as the last one")
	}
	return plain, nil
}
