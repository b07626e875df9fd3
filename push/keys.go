package push

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// keyBytes is how long a private key on P-256 is.
const keyBytes = 32

// signedFor is how long a signature counts: push services refuse more than a day, and a
// board's clock may be some minutes off.
const signedFor = 12 * time.Hour

// base64url is how keys are written in browsers.
var base64url = base64.RawURLEncoding

// Keys are what a board signs with; browsers bind what they subscribe to to the public
// one. They may be used from any goroutine.
type Keys struct {
	private *ecdsa.PrivateKey
	public  string
}

// OpenKeys reads the keys from a file of 32 bytes, and makes it at the first time,
// readable by this user alone. A file that is no key is an error: a new one would cut
// every browser off.
func OpenKeys(path string) (*Keys, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		private, made := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if made != nil {
			return nil, fmt.Errorf("make push keys: %w", made)
		}
		if raw, err = private.Bytes(); err == nil {
			err = keep(path, raw)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open push keys: %w", err)
	}
	return newKeys(raw)
}

func newKeys(raw []byte) (*Keys, error) {
	if len(raw) != keyBytes {
		return nil, fmt.Errorf("open push keys: %d bytes, want %d", len(raw), keyBytes)
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		return nil, fmt.Errorf("open push keys: %w", err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("open push keys: %w", err)
	}
	return &Keys{private, base64url.EncodeToString(point)}, nil
}

// keep writes a key so that after a power cut there is all of it or none.
func keep(path string, raw []byte) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Public is what a browser is given as applicationServerKey: an uncompressed point,
// base64url.
func (k *Keys) Public() string { return k.public }

// authorization is the header that proves to the push service at origin who sends
// (RFC 8292, section 3): a JSON Web Token under ES256, with the public key.
func (k *Keys) authorization(origin, contact string, now time.Time) (string, error) {
	claims, err := json.Marshal(map[string]any{"aud": origin, "exp": now.Add(signedFor).Unix(), "sub": contact})
	if err != nil {
		return "", err
	}
	signed := base64url.EncodeToString([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + base64url.EncodeToString(claims)
	digest := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign push: %w", err)
	}
	signature := make([]byte, 2*keyBytes) // RFC 7518, section 3.4
	r.FillBytes(signature[:keyBytes])
	s.FillBytes(signature[keyBytes:])
	return "vapid t=" + signed + "." + base64url.EncodeToString(signature) + ", k=" + k.public, nil
}
