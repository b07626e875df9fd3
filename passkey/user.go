package passkey

import (
	"encoding/base64"

	"github.com/go-webauthn/webauthn/webauthn"
)

// user is a Person as the library asks for one.
type user struct {
	who  Person
	keys []webauthn.Credential
}

func (u user) WebAuthnID() []byte                         { return []byte(u.who.ID) }
func (u user) WebAuthnName() string                       { return u.who.Name }
func (u user) WebAuthnDisplayName() string                { return u.who.Name }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.keys }

func encode(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }
