package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
)

// personJSON is an account, without its secrets.
type personJSON struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Role     string     `json:"role" enum:"admin,officer,cadre,recorder,viewer"`
	Village  string     `json:"village" doc:"Key of the one village; empty: every village."`
	Created  time.Time  `json:"created"`
	Disabled *time.Time `json:"disabled,omitempty" doc:"Since when they may sign in no more; absent: they may."`
	PIN      bool       `json:"pin" doc:"They have chosen a PIN for emergencies."`
	Revision int64      `json:"revision"`
}

// invitationJSON is an invitation; its secret is told when it is made, and never again.
type invitationJSON struct {
	ID      string    `json:"id"`
	For     string    `json:"for,omitempty"`
	Role    string    `json:"role"`
	Village string    `json:"village" doc:"Key of the one village; empty: every village."`
	Account string    `json:"account,omitempty" doc:"ID of the account that chooses a new password by it; absent: it makes a new account."`
	By      string    `json:"by"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	Secret  string    `json:"secret,omitempty" doc:"Only when it was just made. The link is /join?t=SECRET."`
}

type (
	peopleInput  struct{ Caller }
	peopleOutput struct {
		Body struct {
			Accounts []personJSON `json:"accounts"`
		}
	}
	newPersonInput struct {
		Caller
		Body struct {
			Name     string `json:"name" maxLength:"200"`
			Role     string `json:"role" enum:"admin,officer,cadre,recorder,viewer"`
			Village  string `json:"village,omitempty" doc:"Key of the one village; left out: every village."`
			Password string `json:"password" doc:"At least 8 characters, and none that everybody tries first."`
		}
	}
	changePersonInput struct {
		Caller
		ID   string `path:"id"`
		Body accountChange
	}
	personOutput struct {
		Body personJSON
	}
	invitationsOutput struct {
		Body struct {
			Invitations []invitationJSON `json:"invitations" doc:"Those that may still be used, the newest first."`
		}
	}
	newInvitationInput struct {
		Caller
		Body struct {
			For     string  `json:"for,omitempty" maxLength:"200" doc:"Whom it is for, as a note; the invited choose their own name."`
			Role    string  `json:"role,omitempty" enum:"admin,officer,cadre,recorder,viewer"`
			Village string  `json:"village,omitempty" doc:"Key of the one village; left out: every village."`
			Account string  `json:"account,omitempty" doc:"ID of an account that shall choose a new password; its role and village stay, and for, role and village are not looked at."`
			Life    float64 `json:"expires_in,omitempty" minimum:"60" maximum:"2592000" doc:"Seconds; three days when left out."`
		}
	}
	invitationInput struct {
		Caller
		ID string `path:"id"`
	}
	invitationOutput struct {
		Body invitationJSON
	}
)

func (s *Server) registerPeople(api huma.API) {
	const tag = "people"
	answer(s, api, operation{"list-accounts", http.MethodGet, "/accounts", "List the people who sign in", tag, people.Administer, 0}, s.listAccounts)
	answer(s, api, operation{"create-account", http.MethodPost, "/accounts", "Add a person with a password; an invitation lets them choose it", tag, people.Administer, http.StatusCreated}, s.createAccount)
	answer(s, api, operation{"change-account", http.MethodPatch, "/accounts/{id}", "Change what a person may do, let them sign in no more, or sign them out", tag, people.Administer, 0}, s.patchAccount)
	answer(s, api, operation{"list-invitations", http.MethodGet, "/invitations", "List the invitations that may still be used", tag, people.Administer, 0}, s.listInvitations)
	answer(s, api, operation{"create-invitation", http.MethodPost, "/invitations", "Make a link by which one person becomes an account, or chooses a new password", tag, people.Administer, http.StatusCreated}, s.createInvitation)
	answer(s, api, operation{"revoke-invitation", http.MethodDelete, "/invitations/{id}", "Make an invitation worthless", tag, people.Administer, http.StatusNoContent}, s.deleteInvitation)
}

func personOf(a people.Account) personJSON {
	return personJSON{
		ID: a.ID, Name: a.Name, Role: string(a.Role), Village: a.Village, Created: a.Created.UTC(), Disabled: instantOf(a.Disabled),
		PIN: a.PIN != "", Revision: a.Revision,
	}
}

func invitationOf(i people.Invitation, secret string) invitationJSON {
	return invitationJSON{
		ID: i.ID, For: i.For, Role: string(i.Role), Village: i.Village, Account: i.Account, By: i.By,
		Created: i.Created.UTC(), Expires: i.Expires.UTC(), Secret: secret,
	}
}

func (s *Server) listAccounts(ctx context.Context, in *peopleInput) (*peopleOutput, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	all, err := s.accounts(ctx, in.who)
	if err != nil {
		return nil, err
	}
	var out peopleOutput
	out.Body.Accounts = []personJSON{}
	for _, a := range all {
		out.Body.Accounts = append(out.Body.Accounts, personOf(a))
	}
	return &out, nil
}

// administers refuses who administers another village than the board's: nobody's
// accounts are told to them here.
func (k *Caller) administers() error {
	_, err := k.village("", people.Administer)
	return err
}

func (s *Server) createAccount(ctx context.Context, in *newPersonInput) (*personOutput, error) {
	a := people.Account{Name: people.CleanName(in.Body.Name), Role: people.Role(in.Body.Role), Village: in.Body.Village}
	a, err := s.addAccount(ctx, in.who, a, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return &personOutput{Body: personOf(a)}, nil
}

func (s *Server) patchAccount(ctx context.Context, in *changePersonInput) (*personOutput, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	a, err := s.changeAccount(ctx, in.who, in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	return &personOutput{Body: personOf(a)}, nil
}

func (s *Server) listInvitations(ctx context.Context, in *peopleInput) (*invitationsOutput, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	all, err := s.invitations(ctx, in.who)
	if err != nil {
		return nil, err
	}
	var out invitationsOutput
	out.Body.Invitations = []invitationJSON{}
	for _, i := range all {
		out.Body.Invitations = append(out.Body.Invitations, invitationOf(i, ""))
	}
	return &out, nil
}

func (s *Server) createInvitation(ctx context.Context, in *newInvitationInput) (*invitationOutput, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	var i people.Invitation
	var secret string
	var err error
	if b := in.Body; b.Account != "" {
		i, secret, err = s.inviteAnew(ctx, in.who, b.Account)
	} else {
		life := people.InvitationLife
		if b.Life > 0 {
			life = seconds(b.Life)
		}
		i, secret, err = s.invite(ctx, in.who, people.Invitation{For: b.For, Role: people.Role(b.Role), Village: b.Village}, life)
	}
	if err != nil {
		return nil, err
	}
	return &invitationOutput{Body: invitationOf(i, secret)}, nil
}

func (s *Server) deleteInvitation(ctx context.Context, in *invitationInput) (*nothing, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	return nil, s.revokeInvitation(ctx, in.who, in.ID)
}
