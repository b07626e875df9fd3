package passkey

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

var (
	// ErrAddress says that a place has no name: browsers make keys for names alone, never
	// for an address such as 192.168.1.10.
	ErrAddress = errors.New("passkeys need a name, not an address")
	// ErrRefused says that an answer does not count, whatever the reason.
	ErrRefused = errors.New("the passkey was refused")
	// ErrCopied says that a key counts backwards: somebody else may have a copy of it.
	ErrCopied = errors.New("the passkey may have been copied")
)

// Party is the place that people sign in at, as their browsers know it. A key that was
// made for one is of no use at another.
type Party struct {
	// ID is the name without a port, in small letters.
	ID      string
	library *webauthn.WebAuthn
}

// Person is whose key is made.
type Person struct {
	ID   string // opaque, at most 64 bytes: the phone keeps it
	Name string // what the phone shows
}

// Ceremony is what was asked of one browser. It is to be kept where nobody can change it
// and to be answered once.
type Ceremony struct{ session webauthn.SessionData }

// Key is what is kept of a key: nothing secret.
type Key struct {
	ID     string // base64url
	Record string // JSON; changes whenever the key is used
}

// record is how a Key is kept.
type record struct {
	Party      string              `json:"party"` // ID
	Credential webauthn.Credential `json:"credential"`
}

// PartyOf is the place behind the Host of a request, with or without a port; title is what
// a phone may call it. By http only this machine itself is one. The error is ErrAddress.
func PartyOf(host, title string) (Party, error) {
	host = strings.ToLower(host)
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	if _, err := netip.ParseAddr(name); err == nil || name == "" || strings.ContainsAny(name, ":/@\\ ") {
		return Party{}, ErrAddress
	}
	origins := []string{"https://" + host}
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		origins = append(origins, "http://"+host)
	}
	made, err := webauthn.New(&webauthn.Config{
		RPID: name, RPDisplayName: title, RPOrigins: origins, AttestationPreference: protocol.PreferNoAttestation,
	})
	if err != nil {
		return Party{}, ErrAddress
	}
	return Party{name, made}, nil
}

// Invite is what a browser needs to make a key for somebody, as JSON for
// navigator.credentials.create. A phone that has one of the keys in have makes no second.
func (p Party) Invite(who Person, have []Key) ([]byte, Ceremony, error) {
	u := user{who, credentials(p.ID, have)}
	options, session, err := p.library.BeginRegistration(u,
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		}),
		webauthn.WithExclusions(webauthn.Credentials(u.keys).CredentialDescriptors()))
	if err != nil {
		return nil, Ceremony{}, fmt.Errorf("invite a passkey: %w", err)
	}
	return written(options.Response, session)
}

// Welcome is the key that a browser made for whom it was invited for; ErrRefused when the
// answer is none.
func (p Party) Welcome(c Ceremony, who Person, answer []byte) (Key, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Key{}, refused(err)
	}
	made, err := p.library.CreateCredential(user{who, nil}, c.session, parsed)
	if err != nil {
		return Key{}, refused(err)
	}
	made.Attestation = webauthn.CredentialAttestation{} // who built the phone is nobody's business
	return p.key(*made)
}

// Ask is what a browser needs to offer its keys for this place, as JSON for
// navigator.credentials.get. It names nobody.
func (p Party) Ask() ([]byte, Ceremony, error) {
	options, session, err := p.library.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, Ceremony{}, fmt.Errorf("ask for a passkey: %w", err)
	}
	return written(options.Response, session)
}

// Check says which key answered, as it is to be kept from now on. find looks up a key by
// its ID, and whose it is; its error is passed on. The other errors are ErrRefused and
// ErrCopied, after which the key is to be kept as it was.
func (p Party) Check(c Ceremony, answer []byte, find func(id string) (owner string, k Key, err error)) (Key, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Key{}, refused(err)
	}
	owner, kept, err := find(encode(parsed.RawID))
	if err != nil {
		return Key{}, err
	}
	_, used, err := p.library.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) {
		return user{Person{ID: owner}, credentials(p.ID, []Key{kept})}, nil
	}, c.session, parsed)
	switch {
	case err != nil:
		return Key{}, refused(err)
	case used.Authenticator.CloneWarning:
		return Key{}, ErrCopied
	}
	return p.key(*used)
}

func (p Party) key(c webauthn.Credential) (Key, error) {
	text, err := json.Marshal(record{p.ID, c})
	if err != nil {
		return Key{}, fmt.Errorf("write a passkey: %w", err)
	}
	return Key{encode(c.ID), string(text)}, nil
}

func written(options any, session *webauthn.SessionData) ([]byte, Ceremony, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return nil, Ceremony{}, fmt.Errorf("write what is asked of a browser: %w", err)
	}
	return text, Ceremony{*session}, nil
}

// credentials reads the keys that were made for a place; others count for nothing there.
func credentials(party string, keys []Key) []webauthn.Credential {
	var list []webauthn.Credential
	for _, k := range keys {
		var r record
		if err := json.Unmarshal([]byte(k.Record), &r); err == nil && r.Party == party {
			list = append(list, r.Credential)
		}
	}
	return list
}

// PartyID is the place that a key was made for; empty: the record cannot be read.
func (k Key) PartyID() string {
	var r record
	if err := json.Unmarshal([]byte(k.Record), &r); err != nil {
		return ""
	}
	return r.Party
}

// refused keeps what the library says for the log.
func refused(err error) error {
	var detailed *protocol.Error
	if errors.As(err, &detailed) {
		return fmt.Errorf("%w: %s %s", ErrRefused, detailed.Details, detailed.DevInfo)
	}
	return fmt.Errorf("%w: %w", ErrRefused, err)
}
