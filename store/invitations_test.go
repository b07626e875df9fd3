package store_test

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

func invitation(id, hash string) people.Invitation {
	return people.Invitation{ID: id, For: "Mỷ", Role: people.Recorder, Village: unTa, Hash: hash, By: "Hoa", Created: day0, Expires: day0.Add(time.Hour)}
}

func TestInvitationThereAndBack(t *testing.T) {
	s := fresh(t)
	ctx := context.Background()
	i := invitation("1", "h1")
	check(t, s.SaveInvitation(ctx, i), nil)
	check(t, s.SaveInvitation(ctx, invitation("2", "h2")), nil)
	i.Revision = 1
	got, err := s.Invitation(ctx, "h1")
	check(t, err, nil)
	same(t, "read", got, i)
	i.Revoked = day0.Add(time.Minute)
	check(t, s.SaveInvitation(ctx, i), nil)
	check(t, s.SaveInvitation(ctx, i), scheduler.ErrRevision)
	i.Revision = 2
	all, err := s.Invitations(ctx)
	check(t, err, nil)
	if len(all) != 2 {
		t.Fatalf("%d invitations", len(all))
	}
	same(t, "taken back", all[1], i)
	_, err = s.Invitation(ctx, "h3")
	check(t, err, fs.ErrNotExist)
}

func TestAcceptOnce(t *testing.T) {
	cases := []struct {
		name   string
		change func(i *people.Invitation)
		now    time.Time
		want   error
	}{
		{"OK", func(*people.Invitation) {}, day0, nil},
		{"over", func(*people.Invitation) {}, day0.Add(time.Hour), fs.ErrNotExist},
		{"taken back", func(i *people.Invitation) { i.Revoked = day0 }, day0, fs.ErrNotExist},
		{"for another account", func(i *people.Invitation) { i.Account = "somebody" }, day0, fs.ErrNotExist},
		{"the name is taken", func(*people.Invitation) {}, day0, people.ErrNameTaken},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := fresh(t)
			ctx := context.Background()
			i := invitation("1", "h1")
			c.change(&i)
			check(t, s.SaveInvitation(ctx, i), nil)
			if errors.Is(c.want, people.ErrNameTaken) {
				check(t, s.SaveAccount(ctx, account("9", "lan")), nil)
			}
			check(t, s.Accept(ctx, "h1", c.now, account("7", "Lan")), c.want)
			_, err := s.AccountByID(ctx, "7")
			check(t, err, map[bool]error{true: nil, false: fs.ErrNotExist}[c.want == nil])
			kept, err := s.Invitation(ctx, "h1")
			check(t, err, nil)
			if used := !kept.Used.IsZero(); used != (c.want == nil) {
				t.Errorf("used up: %v", used)
			}
			if c.want == nil {
				if kept.Became != "Lan" {
					t.Errorf("became %q", kept.Became)
				}
				check(t, s.Accept(ctx, "h1", c.now, account("8", "Mai")), fs.ErrNotExist)
			}
		})
	}
}

// Of many who hold the same link, one gets in.
func TestAcceptAtOnce(t *testing.T) {
	s := fresh(t)
	ctx := context.Background()
	check(t, s.SaveInvitation(ctx, invitation("1", "h1")), nil)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for n := range errs {
		wg.Go(func() { errs[n] = s.Accept(ctx, "h1", day0, account(string(rune('a'+n)), "Lan "+string(rune('a'+n)))) })
	}
	wg.Wait()
	in := 0
	for _, err := range errs {
		if err == nil {
			in++
		}
	}
	if in != 1 {
		t.Errorf("%d got in by one link: %v", in, errs)
	}
}

// Two administrators who disable each other at once leave one.
func TestOneAdminAlwaysRemains(t *testing.T) {
	s := fresh(t)
	ctx := context.Background()
	one, two := account("1", "Hoa"), account("2", "Lan")
	one.Role, one.Village, two.Role, two.Village = people.Admin, "", people.Admin, ""
	check(t, s.SaveAccount(ctx, one), nil)
	check(t, s.SaveAccount(ctx, two), nil)
	one.Revision, two.Revision = 1, 1
	check(t, s.SaveAccount(ctx, one.Off(day0)), nil)
	check(t, s.SaveAccount(ctx, two.Off(day0)), people.ErrLastAdmin)
	two.Role = people.Officer
	check(t, s.SaveAccount(ctx, two), people.ErrLastAdmin)
}
