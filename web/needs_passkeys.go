package web

import (
	"context"
	"time"

	"loalang/people"
)

// PasskeyBook keeps the keys by which people sign in. *store.Store is one.
type PasskeyBook interface {
	// Passkeys lists those of an account, the oldest first; everyone's when account is
	// empty.
	Passkeys(ctx context.Context, account string) ([]people.Passkey, error)
	// AddPasskey keeps a new one; fs.ErrExist when its ID is taken.
	AddPasskey(ctx context.Context, k people.Passkey) error
	// DropPasskey forgets one of an account; fs.ErrNotExist when it has no such.
	DropPasskey(ctx context.Context, account, id string) error
}

// PasskeyDoor is asked when somebody signs in by a key. *store.Store is one.
type PasskeyDoor interface {
	// Passkey reads one by its ID; fs.ErrNotExist when there is none.
	Passkey(ctx context.Context, id string) (people.Passkey, error)
	// UsePasskey keeps what a use made of its record; fs.ErrNotExist when before is not
	// what is kept.
	UsePasskey(ctx context.Context, before people.Passkey, record string, at time.Time) error
}
