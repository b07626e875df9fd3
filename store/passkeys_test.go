package store_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"loalang/people"
)

func TestPasskeys(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	k := people.Passkey{ID: "a", Account: "1", Name: "máy của Mỷ", Record: `{"n":1}`, Created: day0}
	l := people.Passkey{ID: "b", Account: "2", Name: "máy bàn", Record: `{}`, Created: day0.Add(time.Hour)}
	check(t, s.AddPasskey(ctx, l), nil)
	check(t, s.AddPasskey(ctx, k), nil)
	taken := k
	taken.Account = "2"
	check(t, s.AddPasskey(ctx, taken), fs.ErrExist)
	check(t, s.UsePasskey(ctx, k, `{"n":2}`, day0.Add(time.Minute)), nil)
	check(t, s.UsePasskey(ctx, k, `{"n":2}`, day0.Add(time.Minute)), fs.ErrNotExist) // it counts on from 2
	k.Record, k.Used = `{"n":2}`, day0.Add(time.Minute)
	got, err := s.Passkey(ctx, "a")
	check(t, err, nil)
	same(t, "passkey", got, k)
	all, err := s.Passkeys(ctx, "")
	check(t, err, nil)
	same(t, "everyone's", all, []people.Passkey{k, l})
	check(t, s.DropPasskey(ctx, "2", "a"), fs.ErrNotExist)
	check(t, s.DropPasskey(ctx, "1", "a"), nil)
	check(t, s.DropPasskey(ctx, "1", "a"), fs.ErrNotExist)
	_, err = s.Passkey(ctx, "a")
	check(t, err, fs.ErrNotExist)
	mine, err := s.Passkeys(ctx, "1")
	check(t, err, nil)
	same(t, "mine", len(mine), 0)
}

// A password chosen anew by an administrator's link leaves no way in that somebody else
// may have made.
func TestNewPasswordByLinkForgetsPasskeys(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	a := people.Account{ID: "1", Name: "Mỷ", Role: people.Admin, Password: "$argon2id$1", Created: day0}
	check(t, s.SaveAccount(ctx, a), nil)
	a, err := s.AccountByID(ctx, "1")
	check(t, err, nil)
	check(t, s.AddPasskey(ctx, people.Passkey{ID: "a", Account: "1", Name: "x", Record: "{}", Created: day0}), nil)
	check(t, s.AddPasskey(ctx, people.Passkey{ID: "b", Account: "2", Name: "x", Record: "{}", Created: day0}), nil)
	check(t, s.SaveInvitation(ctx, people.Invitation{ID: "i", For: "Mỷ", Role: people.Admin, Account: "1", Hash: "h", By: "x", Created: day0, Expires: day0.Add(time.Hour)}), nil)
	check(t, s.Accept(ctx, "h", day0, a.WithPassword("$argon2id$2")), nil)
	all, err := s.Passkeys(ctx, "")
	check(t, err, nil)
	if len(all) != 1 || all[0].ID != "b" {
		t.Errorf("left: %+v", all)
	}
}
