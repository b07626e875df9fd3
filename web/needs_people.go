package web

import (
	"context"
	"time"

	"loalang/people"
)

// Invites keeps the links that make accounts. *store.Store is one.
type Invites interface {
	// Invitations lists every one, the newest first, those that are worth nothing any
	// more included.
	Invitations(ctx context.Context) ([]people.Invitation, error)
	// SaveInvitation inserts (Revision 0) or updates; scheduler.ErrRevision when it has
	// changed since it was read.
	SaveInvitation(ctx context.Context, i people.Invitation) error
}

// Invited looks links up by the hash of their secret, and uses them. *store.Store is
// one.
type Invited interface {
	// Invitation reads one, alive or not; fs.ErrNotExist when there is none.
	Invitation(ctx context.Context, hash string) (people.Invitation, error)
	// Accept uses one up and saves the account, in one transaction; fs.ErrNotExist when
	// none is alive at now, otherwise as SaveAccount.
	Accept(ctx context.Context, hash string, now time.Time, a people.Account) error
}
