package store_test

import (
	"context"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

func account(id, name string) people.Account {
	return people.Account{ID: id, Name: name, Role: people.Cadre, Village: unTa, Password: "$argon2id$…", Created: day0}
}

func TestSaveAccount(t *testing.T) {
	cases := []struct {
		name    string
		account people.Account
		want    error
	}{
		{"OK", account("2", "Lan"), nil},
		{"the same name", account("2", "Hoa"), people.ErrNameTaken},
		{"the same name in capitals and pieces", account("2", "  HOA "), people.ErrNameTaken},
		{"the same ID", account("1", "Lan"), scheduler.ErrRevision},
		{"an update of nobody", people.Account{ID: "3", Name: "Lan", Revision: 1}, fs.ErrNotExist},
		{"an update of what changed", people.Account{ID: "1", Name: "Lan", Revision: 2}, scheduler.ErrRevision},
		{"without an ID", people.Account{Name: "Lan"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := fresh(t)
			ctx := context.Background()
			check(t, s.SaveAccount(ctx, account("1", "Hoa")), nil)
			err := s.SaveAccount(ctx, c.account)
			if c.account.ID == "" {
				if err == nil {
					t.Fatal("an account without an ID was saved")
				}
				return
			}
			check(t, err, c.want)
			all, err := s.AllAccounts(ctx)
			check(t, err, nil)
			if want := map[bool]int{true: 2, false: 1}[c.want == nil]; len(all) != want {
				t.Errorf("%d accounts, want %d", len(all), want)
			}
		})
	}
}

func TestAccountThereAndBack(t *testing.T) {
	s := fresh(t)
	ctx := context.Background()
	a := account("1", "Nông Thị Hoa")
	check(t, s.SaveAccount(ctx, a), nil)
	a.Revision = 1
	for _, name := range []string{"Nông Thị Hoa", "nông thị hoa", "No\u0302ng Thi\u0323 Hoa"} {
		got, err := s.AccountByName(ctx, name)
		check(t, err, nil)
		same(t, name, got, a)
	}
	a.Name, a.Village, a.Role, a.Password, a.Disabled = "Hoa", "", people.Officer, "other", day0.Add(time.Hour)
	a.PIN, a.Signouts = "pin", 2
	check(t, s.SaveAccount(ctx, a), nil)
	a.Revision = 2
	got, err := s.AccountByID(ctx, "1")
	check(t, err, nil)
	same(t, "updated", got, a)
	_, err = s.AccountByName(ctx, "Nông Thị Hoa")
	check(t, err, fs.ErrNotExist)
}

func TestTokens(t *testing.T) {
	s := fresh(t)
	ctx := context.Background()
	k := people.Token{ID: "1", Name: "trạm", Role: people.Viewer, Village: unTa, Expires: day0.AddDate(0, 1, 0), Emergency: true, Hash: "h1", Created: day0}
	forEver := people.Token{ID: "2", Name: "máy", Role: people.Recorder, Hash: "h2", Created: day0.Add(time.Second)}
	check(t, s.SaveToken(ctx, k), nil)
	forEver.Issuer = "Hoa"
	check(t, s.SaveToken(ctx, forEver), nil)
	check(t, s.TokenUsed(ctx, "2", day0.Add(2*time.Hour)), nil)
	check(t, s.TokenUsed(ctx, "2", day0.Add(time.Hour)), nil) // written too late
	forEver.Used = day0.Add(2 * time.Hour)
	k.Revoked = day0.Add(time.Hour)
	check(t, s.SaveToken(ctx, k), nil)
	all, err := s.AllTokens(ctx)
	check(t, err, nil)
	same(t, "tokens", all, []people.Token{k, forEver})
	if err := s.SaveToken(ctx, people.Token{ID: "3", Hash: "h1"}); err == nil {
		t.Error("two tokens have the same secret")
	}
}

func TestSetup(t *testing.T) {
	half := 30 * time.Minute
	cases := []struct {
		name string
		hash string
		now  time.Time
		want error
	}{
		{"OK", "new", day0.Add(half - 1000), nil},
		{"expired", "new", day0.Add(half), fs.ErrNotExist},
		{"another link", "x", day0, fs.ErrNotExist},
		{"a link before the last", "old", day0, fs.ErrNotExist},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := fresh(t)
			ctx := context.Background()
			check(t, s.CreateSetup(ctx, "old", day0.Add(half)), nil)
			check(t, s.CreateSetup(ctx, "new", day0.Add(half)), nil)
			alive, err := s.SetupAlive(ctx, c.hash, c.now)
			check(t, err, nil)
			if alive != (c.want == nil) {
				t.Errorf("alive: %v", alive)
			}
			check(t, s.UseSetup(ctx, c.hash, c.now, account("1", "Hoa")), c.want)
			if c.want != nil {
				_, err := s.AccountByID(ctx, "1")
				check(t, err, fs.ErrNotExist)
				return
			}
			check(t, s.UseSetup(ctx, c.hash, c.now, account("2", "Lan")), fs.ErrNotExist)
			if alive, err := s.SetupAlive(ctx, c.hash, c.now); alive || err != nil {
				t.Errorf("alive after use: %v, %v", alive, err)
			}
		})
	}
	t.Run("dead once somebody has an account", func(t *testing.T) {
		s := fresh(t)
		ctx := context.Background()
		check(t, s.CreateSetup(ctx, "h", day0.Add(half)), nil)
		check(t, s.SaveAccount(ctx, account("1", "Hoa")), nil)
		check(t, s.UseSetup(ctx, "h", day0, account("2", "Lan")), fs.ErrNotExist)
	})
}

// TestASignInOutlivesAToldTime: package scs dates the end of a sign-in by the system's clock, and the board's may
// be a person's word that lies months ahead.
func TestASignInOutlivesAToldTime(t *testing.T) {
	c, ctx := config(filepath.Join(t.TempDir(), "loalang.db")), context.Background()
	told, system := &clock{now: day0.AddDate(0, 0, 100)}, &clock{now: day0}
	c.Now, c.SignIns = told.Now, system.Now
	s := open(t, c)
	check(t, s.CommitCtx(ctx, "a", []byte("một"), day0.Add(time.Hour)), nil)
	check(t, s.CommitCtx(ctx, "b", []byte("hai"), day0.Add(2*time.Hour)), nil)
	for _, token := range []string{"a", "b"} {
		if _, found, err := s.FindCtx(ctx, token); !found || err != nil {
			t.Errorf("%s is signed out by the told time: %v", token, err)
		}
	}
	system.move(time.Hour)
	all, err := s.AllCtx(ctx)
	check(t, err, nil)
	same(t, "all after an hour", all, map[string][]byte{"b": []byte("hai")})
}

func TestSessions(t *testing.T) {
	s, now := seeded(t)
	ctx := context.Background()
	check(t, s.CommitCtx(ctx, "a", []byte{0, 1, 255}, day0.Add(time.Hour)), nil)
	check(t, s.Commit("b", nil, day0.Add(time.Minute)), nil)
	data, found, err := s.FindCtx(ctx, "a")
	check(t, err, nil)
	if !found || string(data) != "\x00\x01\xff" {
		t.Errorf("got %v, %v", data, found)
	}
	check(t, s.CommitCtx(ctx, "a", []byte("mới"), day0.Add(time.Hour)), nil)
	if data, found, err := s.Find("a"); string(data) != "mới" || !found || err != nil {
		t.Errorf("overwritten: %q, %v, %v", data, found, err)
	}
	if data, found, err := s.Find("x"); data != nil || found || err != nil {
		t.Errorf("nobody's: %q, %v, %v", data, found, err)
	}
	all, err := s.All()
	check(t, err, nil)
	same(t, "all", all, map[string][]byte{"a": []byte("mới"), "b": {}})

	now.move(time.Minute) // b has expired
	if _, found, err := s.Find("b"); found || err != nil {
		t.Errorf("expired: %v, %v", found, err)
	}
	all, err = s.AllCtx(ctx)
	check(t, err, nil)
	same(t, "all after a minute", all, map[string][]byte{"a": []byte("mới")})

	check(t, s.CommitCtx(ctx, "c", []byte("c"), day0.Add(time.Hour)), nil)
	now.move(-time.Minute) // were b still kept, it would be found again
	if _, found, _ := s.Find("b"); found {
		t.Error("an expired session was not cleared away")
	}
	check(t, s.DeleteCtx(ctx, "a"), nil)
	check(t, s.Delete("a"), nil)
	if _, found, _ := s.Find("a"); found {
		t.Error("a deleted session is found")
	}
}
