package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
)

// passkeyJSON is a key by which the caller signs in.
type passkeyJSON struct {
	ID      string     `json:"id" doc:"Of the credential, base64url."`
	Name    string     `json:"name"`
	Created time.Time  `json:"created"`
	Used    *time.Time `json:"used,omitempty" doc:"When it last signed its owner in; absent: never."`
}

type (
	passkeysOutput struct {
		Body struct {
			Passkeys []passkeyJSON `json:"passkeys" doc:"The oldest first."`
		}
	}
	askPasskeyInput struct {
		Caller
		Body struct {
			Password string `json:"password" maxLength:"1024" doc:"One's own, once more."`
		}
	}
	askPasskeyOutput struct {
		Body struct {
			Options json.RawMessage `json:"options" doc:"PublicKeyCredentialCreationOptionsJSON of W3C Web Authentication, to be answered within 5 minutes by the same browser."`
		}
	}
	newPasskeyInput struct {
		Caller
		Body struct {
			Name       string          `json:"name" maxLength:"200" doc:"By which its owner knows it."`
			Credential json.RawMessage `json:"credential" doc:"RegistrationResponseJSON of W3C Web Authentication."`
		}
	}
	passkeyOutput struct {
		Body passkeyJSON
	}
	passkeyInput struct {
		Caller
		ID string `path:"id"`
	}
)

// registerPasskeys adds the keys by which people sign in. It is for people: programs have
// a token and are refused.
func (s *Server) registerPasskeys(api huma.API) {
	const tag = "account"
	answer(s, api, operation{"list-passkeys", http.MethodGet, "/account/passkeys", "List the passkeys by which one signs in", tag, people.View, 0}, s.listPasskeys)
	answer(s, api, operation{"ask-passkey", http.MethodPost, "/account/passkeys/challenge", "Begin to make a passkey, with one's password; the browser is given a cookie and answers by create-passkey", tag, people.View, http.StatusOK}, s.postPasskeyChallenge)
	answer(s, api, operation{"create-passkey", http.MethodPost, "/account/passkeys", "Keep the passkey that this browser made", tag, people.View, http.StatusCreated}, s.createPasskey)
	answer(s, api, operation{"delete-passkey", http.MethodDelete, "/account/passkeys/{id}", "Remove a passkey: nobody signs in by it any more", tag, people.View, http.StatusNoContent}, s.deletePasskey)
}

func describePasskey(k people.Passkey) passkeyJSON {
	d := passkeyJSON{ID: k.ID, Name: k.Name, Created: k.Created.UTC()}
	if !k.Used.IsZero() {
		used := k.Used.UTC()
		d.Used = &used
	}
	return d
}

func (s *Server) listPasskeys(ctx context.Context, in *mineInput) (*passkeysOutput, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	var out passkeysOutput
	out.Body.Passkeys = []passkeyJSON{}
	mine, err := s.passkeysOf(ctx, in.who)
	for _, k := range mine {
		out.Body.Passkeys = append(out.Body.Passkeys, describePasskey(k))
	}
	return &out, err
}

func (s *Server) postPasskeyChallenge(_ context.Context, in *askPasskeyInput) (*askPasskeyOutput, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	asked, err := s.invitePasskey(in.c, in.who, in.Body.Password)
	var out askPasskeyOutput
	out.Body.Options = asked
	return &out, err
}

func (s *Server) createPasskey(_ context.Context, in *newPasskeyInput) (*passkeyOutput, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	k, err := s.addPasskey(in.c, in.who, in.Body.Name, in.Body.Credential)
	if err != nil {
		return nil, err
	}
	return &passkeyOutput{Body: describePasskey(k)}, nil
}

func (s *Server) deletePasskey(_ context.Context, in *passkeyInput) (*nothing, error) {
	if err := in.personOnly(); err != nil {
		return nil, err
	}
	return nil, s.dropPasskey(in.c, in.who, in.ID)
}
