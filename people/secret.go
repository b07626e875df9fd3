package people

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// SecretPrefix begins every secret, so that a person and a scanner of leaked
// files recognise one.
const SecretPrefix = "loa_"

const secretBytes = 32

// NewSecret makes the secret of a token or of a set-up link: 256 random bits
// behind SecretPrefix, in characters that need no escaping in a URL or header.
func NewSecret() string {
	var b [secretBytes]byte
	rand.Read(b[:]) //nolint:errcheck // never fails: crypto/rand ends the program instead
	return SecretPrefix + base64.RawURLEncoding.EncodeToString(b[:])
}

// HashSecret is the form in which a secret is kept and looked up: SHA-256, hex.
// 256 random bits need no slow hash.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// IsSecret says whether s looks like one, before anything is looked up.
func IsSecret(s string) bool {
	body, ok := strings.CutPrefix(s, SecretPrefix)
	if !ok {
		return false
	}
	b, err := base64.RawURLEncoding.DecodeString(body)
	return err == nil && len(b) == secretBytes
}
