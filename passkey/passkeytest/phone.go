// Package passkeytest is a phone with passkeys, for tests: what a browser and its
// authenticator do of W3C Web Authentication, with ES256 and without attestation.
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// Phone holds one key. The fields may be set between its answers.
type Phone struct {
	// Origin is where its browser believes to be, e.g. "http://localhost:8080".
	Origin string
	// Party is the relying party that its browser lets it answer for.
	Party string
	// Count is the counter of the next answer; it goes up by one with each.
	Count uint32
	// Unverified lets it answer without a fingerprint.
	Unverified bool

	key    *ecdsa.PrivateKey
	id     []byte
	handle string // base64url
}

type options struct {
	Challenge string `json:"challenge"`
	User      struct {
		ID string `json:"id"`
	} `json:"user"`
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Make answers navigator.credentials.create.
func (p *Phone) Make(asked []byte) ([]byte, error) {
	var o options
	if err := json.Unmarshal(asked, &o); err != nil {
		return nil, fmt.Errorf("read what is asked: %w", err)
	}
	var err error
	if p.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	p.id, p.handle = make([]byte, 16), o.User.ID
	if _, err := rand.Read(p.id); err != nil {
		return nil, fmt.Errorf("make an ID: %w", err)
	}
	point, err := p.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		return nil, fmt.Errorf("write the key: %w", err)
	}
	data := append(p.data(0x40), make([]byte, 16)...) // with a key, of a phone that does not say what it is
	data = binary.BigEndian.AppendUint16(data, uint16(len(p.id)))
	data = append(data, p.id...)
	data = append(data, 0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32) // COSE: EC2, ES256, P-256, x
	data = append(data, point[1:33]...)
	data = append(data, 0x22, 0x58, 32) // y
	data = append(data, point[33:]...)
	// CBOR: {"fmt": "none", "attStmt": {}, "authData": data}
	object := append([]byte{0xa3, 0x63}, "fmt\x64none\x67attStmt\xa0\x68authData\x58"...)
	object = append(append(object, byte(len(data))), data...)
	return p.wrap(map[string]any{"clientDataJSON": b64(p.client("webauthn.create", o.Challenge)), "attestationObject": b64(object)})
}

// Use answers navigator.credentials.get.
func (p *Phone) Use(asked []byte) ([]byte, error) {
	var o options
	if err := json.Unmarshal(asked, &o); err != nil {
		return nil, fmt.Errorf("read what is asked: %w", err)
	}
	client, data := p.client("webauthn.get", o.Challenge), p.data(0)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(data[:len(data):len(data)], hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, p.key, sum[:])
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return p.wrap(map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": p.handle})
}

func (p *Phone) client(kind, challenge string) []byte {
	return fmt.Appendf(nil, `{"type":%q,"challenge":%q,"origin":%q,"crossOrigin":false}`, kind, challenge, p.Origin)
}

// data is what the authenticator says of itself: for whom, how it was opened, its counter.
func (p *Phone) data(flags byte) []byte {
	party := sha256.Sum256([]byte(p.Party))
	flags |= 0x01 // somebody is there
	if !p.Unverified {
		flags |= 0x04
	}
	data := binary.BigEndian.AppendUint32(append(party[:], flags), p.Count)
	p.Count++
	return data
}

func (p *Phone) wrap(response map[string]any) ([]byte, error) {
	text, err := json.Marshal(map[string]any{"id": b64(p.id), "rawId": b64(p.id), "type": "public-key", "clientExtensionResults": map[string]any{}, "response": response})
	if err != nil {
		return nil, fmt.Errorf("write the answer: %w", err)
	}
	return text, nil
}
