package push

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	saltBytes = 16
	authBytes = 16
	// recordSize is that of the one record of a message (RFC 8188); no push service has
	// to take more.
	recordSize = 4096
	// MaxText is how many bytes a message may have.
	MaxText = 3000
)

// ErrTooLong says that a message has more than MaxText bytes.
var ErrTooLong = errors.New("the message is too long to be pushed")

// seal encrypts text for a subscription, under a key and salt of this message alone.
func seal(s Subscription, text []byte) ([]byte, error) {
	ephemeral, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("seal push: %w", err)
	}
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	return sealWith(s, text, ephemeral, salt)
}

// sealWith follows RFC 8291, section 3.4, and RFC 8188, section 2: salt, record size,
// key, and one record that ends with the delimiter 2.
func sealWith(s Subscription, text []byte, ephemeral *ecdh.PrivateKey, salt []byte) ([]byte, error) {
	if len(text) > MaxText {
		return nil, ErrTooLong
	}
	theirs, auth, err := s.keys()
	if err != nil {
		return nil, err
	}
	shared, err := ephemeral.ECDH(theirs)
	if err != nil {
		return nil, fmt.Errorf("seal push: %w", err)
	}
	ours := ephemeral.PublicKey().Bytes()
	ikm, err := hkdf.Key(sha256.New, shared, auth, "WebPush: info\x00"+string(theirs.Bytes())+string(ours), 32)
	if err != nil {
		return nil, fmt.Errorf("seal push: %w", err)
	}
	key, keyErr := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	nonce, nonceErr := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err := errors.Join(keyErr, nonceErr); err != nil {
		return nil, fmt.Errorf("seal push: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal push: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("seal push: %w", err)
	}
	sealed := append([]byte{}, salt...)
	sealed = binary.BigEndian.AppendUint32(sealed, recordSize)
	sealed = append(append(sealed, byte(len(ours))), ours...)
	return gcm.Seal(sealed, nonce, append(append([]byte{}, text...), 2), nil), nil
}
