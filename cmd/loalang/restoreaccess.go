package main

import (
	"context"
	"slices"
	"time"

	"loalang/archive"
	"loalang/people"
	"loalang/store"
)

// endAccess ends what must not come back to life with a backup: sign-ins, links, tokens
// and invitations of before, passkeys, and what accounts were allowed and opened by, as far
// as the folder that is replaced tells otherwise.
func (r restoring) endAccess(ctx context.Context, db *store.Store, stage string) error {
	if err := db.EndSignIns(ctx); err != nil {
		return err
	}
	if !exists(folder(stage).pushKey()) {
		if err := db.DropPushes(ctx); err != nil {
			return err
		}
	}
	if err := r.revokeTokens(ctx, db); err != nil {
		return err
	}
	if err := r.revokeInvitations(ctx, db); err != nil {
		return err
	}
	if err := r.endPartners(db, stage); err != nil {
		return err
	}
	if err := r.dropPasskeys(ctx, db); err != nil {
		return err
	}
	return r.barAccounts(ctx, db)
}

// replaced is what the board knew whose folder is replaced; told says whether that is known
// and it was the same board.
func (r restoring) replaced(db *store.Store) (old store.Standby, told bool) {
	old, err := store.ReadStandby(folder(r.data).database())
	return old, err == nil && old.Node == db.Node()
}

// endPartners takes bundles no more of boards that the folder which is replaced does not
// trust any more, and lists the others.
func (r restoring) endPartners(db *store.Store, stage string) error {
	list, err := trustedOf(folder(stage))
	if err != nil {
		return err
	}
	_, told := r.replaced(db)
	here, err := trustedOf(folder(r.data))
	if err != nil { // whom it trusted is not known: nobody, then
		here = nil
	}
	for _, t := range list {
		if told && !slices.ContainsFunc(here, func(h trusted) bool { return h.Fingerprint == t.Fingerprint }) {
			if _, err := distrust(folder(stage), t.Fingerprint); err != nil {
				return err
			}
			r.log("bundles are taken no more, as on the board before: %s (%s)", t.Name, t.Fingerprint)
			continue
		}
		r.log("bundles are taken: %s (%s)", t.Name, t.Fingerprint)
	}
	return nil
}

func (r restoring) revokeTokens(ctx context.Context, db *store.Store) error {
	tokens, err := db.AllTokens(ctx)
	if err != nil {
		return err
	}
	now := r.now().UTC()
	var known []string
	for _, t := range tokens {
		known = append(known, t.ID, t.Name)
	}
	for _, asked := range r.tokens {
		if !slices.Contains(known, asked) {
			return usagef("--keep-token: the backup has no token %q", asked)
		}
	}
	old, _ := store.ReadStandby(folder(r.data).database()) // none where there was no board
	for _, t := range tokens {
		if !t.Revoked.IsZero() || !t.Expires.IsZero() && !t.Expires.After(now) {
			continue
		}
		kept := r.allTokens || slices.Contains(r.tokens, t.ID) || slices.Contains(r.tokens, t.Name)
		if kept && !revokedSince(old, t.ID) {
			r.log("token kept: %s (%s, %s)", t.Name, t.Role, t.ID)
			continue
		}
		t.Revoked = now
		if err := db.SaveToken(ctx, t); err != nil {
			return err
		}
		r.log("token revoked: %s (%s, %s)", t.Name, t.Role, t.ID)
	}
	return nil
}

// revokedSince says whether the board that is replaced knew a token as revoked.
func revokedSince(old store.Standby, id string) bool {
	return slices.ContainsFunc(old.Tokens, func(t people.Token) bool { return t.ID == id && !t.Revoked.IsZero() })
}

func (r restoring) revokeInvitations(ctx context.Context, db *store.Store) error {
	list, err := db.Invitations(ctx)
	if err != nil {
		return err
	}
	now := r.now().UTC()
	for _, i := range list {
		if !i.AliveAt(now) {
			continue
		}
		i.Revoked = now
		if err := db.SaveInvitation(ctx, i); err != nil {
			return err
		}
		r.log("invitation taken back: %s", i.For)
	}
	return nil
}

// note tells the history of the restore.
func (r restoring) note(ctx context.Context, db *store.Store, m archive.Manifest) error {
	return db.Note(ctx, people.Change{Kind: "backups", Record: m.Node, Deed: people.Altered, Fields: []people.FieldChange{
		{Name: "restored", Before: nil, After: m.Made.UTC().Format(time.RFC3339)},
	}})
}
