package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"loalang/people"
	"loalang/store"
)

// dropPasskeys forgets the passkeys that the board which is replaced does not know any more:
// all of them where nobody can tell.
func (r restoring) dropPasskeys(ctx context.Context, db *store.Store) error {
	list, err := db.Passkeys(ctx, "")
	if err != nil || len(list) == 0 {
		return err
	}
	var old []people.Passkey
	if _, told := r.replaced(db); told {
		if old, err = store.PasskeysOf(ctx, folder(r.data).database()); err != nil {
			r.log("which passkeys were removed since the backup is not known: %s", sentence(err))
			old = nil
		}
	}
	for _, k := range list {
		if slices.ContainsFunc(old, func(o people.Passkey) bool { return o.ID == k.ID && o.Account == k.Account }) {
			continue
		}
		if err := db.DropPasskey(ctx, k.Account, k.ID); err != nil {
			return err
		}
		owner, err := db.AccountByID(ctx, k.Account)
		if err != nil {
			owner.Name = k.Account
		}
		r.log("passkey forgotten, its owner makes a new one under their account: %s (%s)", k.Name, owner.Name)
	}
	return nil
}

// barAccounts gives accounts what they had on the board that is replaced: nobody gets a
// right or a password of before back. It lists whom the restored board lets in.
func (r restoring) barAccounts(ctx context.Context, db *store.Store) error {
	accounts, err := db.AllAccounts(ctx)
	if err != nil {
		return err
	}
	old, told := r.replaced(db)
	changes := make([]accountChange, 0, len(accounts))
	for _, a := range accounts {
		c := accountChange{was: a, is: a}
		if told {
			c.is = asOn(old, a, r.now().UTC())
		}
		changes = append(changes, c)
	}
	slices.SortStableFunc(changes, accountChange.before)
	for _, c := range changes {
		if err := r.alter(ctx, db, c); err != nil {
			return err
		}
	}
	if told {
		r.sayLeftOut(old, accounts)
	} else {
		r.log("whoever lost an account or a right after the backup has it again, with the password of then: look through the list above, and `sudo loalang-board user disable` whom it must not let in")
	}
	return nil
}

// sayLeftOut names whoever got an account on the board that is replaced after the backup was
// made. They stay out, for a restore may be the answer to what happened since: whoever
// administers the board lets them in anew, knowing whom.
func (r restoring) sayLeftOut(old store.Standby, restored []people.Account) {
	for _, o := range old.Accounts {
		known := slices.ContainsFunc(restored, func(a people.Account) bool { return a.ID == o.ID })
		if !known && o.Active() {
			r.log("account that was made after the backup, and is not in it: %s (%s): invite them anew, or `sudo loalang-board user add`", o.Name, o.Role)
		}
	}
}

// accountChange is an account as the backup has it, and as it becomes.
type accountChange struct{ was, is people.Account }

// rules says whether somebody administers the board by an account.
func rules(a people.Account) bool { return a.Active() && a.Role == people.Admin }

// before puts those who administer the board first: there must be one all the time.
func (c accountChange) before(o accountChange) int {
	rank := func(c accountChange) int {
		switch {
		case rules(c.is) && c.is.Village == "":
			return 0
		case rules(c.is):
			return 1
		}
		return 2
	}
	return rank(c) - rank(o)
}

// parts lists what of the account becomes another.
func (c accountChange) parts() (parts []string) {
	for _, p := range []struct {
		name string
		same bool
	}{
		{"role", c.was.Role == c.is.Role},
		{"village", c.was.Village == c.is.Village},
		{"password", c.was.Password == c.is.Password},
		{"PIN", c.was.PIN == c.is.PIN},
		{"switched on", c.was.Active() || !c.is.Active()},
		{"switched off", !c.was.Active() || c.is.Active()},
	} {
		if !p.same {
			parts = append(parts, p.name)
		}
	}
	return parts
}

// asOn is an account as the board that is replaced has it; one that it does not know any
// more is switched off.
func asOn(old store.Standby, a people.Account, now time.Time) people.Account {
	i := slices.IndexFunc(old.Accounts, func(o people.Account) bool { return o.ID == a.ID })
	if i < 0 {
		return a.Off(now)
	}
	o := old.Accounts[i]
	a.Role, a.Village, a.Password, a.PIN, a.Disabled = o.Role, o.Village, o.Password, o.PIN, o.Disabled
	a.Signouts = max(a.Signouts, o.Signouts)
	return a
}

// alter saves a change and tells of it. The last who may administer the board goes on
// doing so, under the password of the board that is replaced.
func (r restoring) alter(ctx context.Context, db *store.Store, c accountChange) error {
	parts := c.parts()
	if len(parts) == 0 {
		if c.is.Active() {
			r.log("account that may sign in: %s (%s)", c.is.Name, c.is.Role)
		}
		return nil
	}
	err := db.SaveAccount(ctx, c.is)
	if errors.Is(err, people.ErrLastAdmin) {
		r.log("account that administers the board, though it did not on the board before, for nobody else does: %s", c.is.Name)
		c.is.Role, c.is.Village, c.is.Disabled = c.was.Role, c.was.Village, c.was.Disabled
		return r.alter(ctx, db, c)
	}
	if err != nil {
		return err
	}
	if !c.is.Active() {
		r.log("account switched off, as it was on the board before: %s", c.is.Name)
		return nil
	}
	r.log("account as it was on the board before (%s): %s", strings.Join(parts, ", "), c.is.Name)
	r.log("account that may sign in: %s (%s)", c.is.Name, c.is.Role)
	return nil
}
