package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
)

// tokenJSON is a token; its secret is told when it is made, and never again.
type tokenJSON struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Role      string     `json:"role"`
	Village   string     `json:"village" doc:"Key of the one village; empty: every village."`
	Emergency bool       `json:"emergency" doc:"It may raise and stop emergencies and speak live, without a PIN."`
	Owner     string     `json:"owner,omitempty" doc:"ID of the account whose token it is; absent: a program's."`
	OwnerName string     `json:"owner_name,omitempty" doc:"Name of that account."`
	Issuer    string     `json:"issuer,omitempty" doc:"Name of whoever made it; absent: a command on the board, or not known."`
	Used      *time.Time `json:"used,omitempty" doc:"When it was last used, to the hour after a restart; absent: never."`
	Created   time.Time  `json:"created"`
	Expires   *time.Time `json:"expires,omitempty" doc:"Absent: it works until it is revoked."`
	Revoked   *time.Time `json:"revoked,omitempty"`
	Secret    string     `json:"secret,omitempty" doc:"Only when it was just made."`
}

type (
	tokensOutput struct {
		Body struct {
			Tokens []tokenJSON `json:"tokens" doc:"The newest first; those that are worth nothing any more too."`
		}
	}
	newTokenInput struct {
		Caller
		Body struct {
			Name      string    `json:"name" maxLength:"200"`
			Role      string    `json:"role" enum:"admin,officer,cadre,recorder,viewer"`
			Village   string    `json:"village,omitempty" doc:"Key of the one village; left out: every village."`
			Emergency bool      `json:"emergency,omitempty" doc:"Let it raise and stop emergencies."`
			Owner     string    `json:"owner,omitempty" doc:"ID of the account whose token it is."`
			Expires   time.Time `json:"expires,omitempty" doc:"Left out: never."`
		}
	}
	tokenInput struct {
		Caller
		ID string `path:"id"`
	}
	tokenOutput struct {
		Body tokenJSON
	}
)

func (s *Server) registerTokens(api huma.API) {
	const tag = "people"
	answer(s, api, operation{"list-tokens", http.MethodGet, "/tokens", "List the tokens of programs", tag, people.Administer, 0}, s.listTokens)
	answer(s, api, operation{"create-token", http.MethodPost, "/tokens", "Make a token and tell its secret once", tag, people.Administer, http.StatusCreated}, s.createToken)
	answer(s, api, operation{"revoke-token", http.MethodDelete, "/tokens/{id}", "Make a token worthless, at once and for ever", tag, people.Administer, http.StatusNoContent}, s.deleteToken)
}

func (s *Server) tokenOf(ctx context.Context, t people.Token, secret string) tokenJSON {
	return tokenJSON{
		OwnerName: s.ownerName(ctx, t), Issuer: t.Issuer, Used: instantOf(s.uses.of(t)),
		ID: t.ID, Name: t.Name, Role: string(t.Role), Village: t.Village, Emergency: t.Emergency, Owner: t.Owner,
		Created: t.Created.UTC(), Expires: instantOf(t.Expires), Revoked: instantOf(t.Revoked), Secret: secret,
	}
}

func (s *Server) listTokens(ctx context.Context, in *mineInput) (*tokensOutput, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	all, err := s.tokens(ctx, in.who)
	if err != nil {
		return nil, err
	}
	var out tokensOutput
	out.Body.Tokens = []tokenJSON{}
	for _, t := range all {
		out.Body.Tokens = append(out.Body.Tokens, s.tokenOf(ctx, t, ""))
	}
	return &out, nil
}

func (s *Server) createToken(ctx context.Context, in *newTokenInput) (*tokenOutput, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	b := in.Body
	t, secret, err := s.makeToken(ctx, in.who, people.Token{Name: b.Name, Role: people.Role(b.Role), Village: b.Village, Emergency: b.Emergency, Owner: b.Owner, Expires: b.Expires})
	if err != nil {
		return nil, err
	}
	return &tokenOutput{Body: s.tokenOf(ctx, t, secret)}, nil
}

func (s *Server) deleteToken(ctx context.Context, in *tokenInput) (*nothing, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	return nil, s.revokeToken(ctx, in.who, in.ID)
}
