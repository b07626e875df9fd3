package web_test

import (
	"cmp"
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"loalang/people"
	"loalang/scheduler"
	"loalang/web"
)

// site is a browser on the panel of a world.
type site struct {
	server  *web.Server
	t       *testing.T
	handler http.Handler
	cookies []*http.Cookie
	bearer  string
	accept  string
}

// secret is the token with which the tests come in: it spares them the slow
// hash of a password. Signing in has tests of its own.
const secret = "loa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// newSite opens the panel for somebody in a role, nobody when role is empty, in
// a language ("" sends no cookie).
func newSite(t *testing.T, w *world, role people.Role, lang string, change ...func(*web.Config)) *site {
	t.Helper()
	w.role = role
	cfg := web.Config{
		Announcements: w, Schedules: w, Places: w, Readings: w, Arrange: w, Stations: w, Approvals: w, Exceptions: w, Drills: w, MonitorBook: w, Monitor: earpiece{w}, Knobs: knobs{w}, VoiceBook: w, Prompter: w, AsRun: w, Tellings: w, Interchange: w, Keys: w, Chronicle: w, Shelf: w, Holdings: w, Labels: w, Bin: w, Keeping: w, Caretaker: w, Accounts: w, Roster: w, Setup: w,
		Sessions: memstore.NewWithCleanupInterval(0), Database: w, Damaged: w.isDamaged, Upkeep: w, BackupFiles: w, Courier: w, Partners: w, Air: w, Alarm: w, Withdraw: w, Listen: w, Importer: w, Trimmer: w, Speaker: w, Words: w, Reader: w, Clock: w,
		Diary: w, Graves: w, Authors: w, Texts: w,
		Invites: w, Invited: w,
		Village: "un-ta", Origin: "board-1", Version: "test", Logger: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return w.now }, NewID: w.NewID, Changed: func() { w.changed++ },
	}
	for _, f := range change {
		f(&cfg)
	}
	s, err := web.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	x := &site{t: t, server: s, handler: s.Handler()}
	if role != "" {
		x.bearer = secret
	}
	if lang != "" {
		x.cookies = append(x.cookies, &http.Cookie{Name: "lang", Value: lang})
	}
	return x
}

// reach is the village that the visitor is bound to.
func (w *world) reach() string {
	if w.everywhere {
		return ""
	}
	return "un-ta"
}

func (w *world) AllAccounts(context.Context) ([]people.Account, error) {
	return w.accounts, w.down()
}

func (w *world) AllTokens(context.Context) ([]people.Token, error) {
	return append(slices.Clone(w.calendars.keys), []people.Token{{
		ID: "0193c000-0000-7000-8000-000000000001", Name: "truongthon", Role: w.role, Village: w.reach(), Emergency: w.role != people.Recorder && w.role != people.Viewer, Hash: people.HashSecret(secret), Created: w.now.AddDate(0, -1, 0),
	}}...), w.down()
}

func (w *world) AccountByName(_ context.Context, name string) (people.Account, error) {
	for _, a := range w.accounts {
		if a.Name == name {
			return a, w.down()
		}
	}
	return people.Account{}, cmp.Or(w.down(), fs.ErrNotExist)
}

func (w *world) AccountByID(_ context.Context, id string) (people.Account, error) {
	for _, a := range w.accounts {
		if a.ID == id {
			return a, w.down()
		}
	}
	return people.Account{}, cmp.Or(w.down(), fs.ErrNotExist)
}

func (w *world) SaveAccount(_ context.Context, a people.Account) error {
	if err := w.down(); err != nil {
		return err
	}
	i := slices.IndexFunc(w.accounts, func(old people.Account) bool { return old.ID == a.ID })
	taken := slices.ContainsFunc(w.accounts, func(old people.Account) bool {
		return old.ID != a.ID && people.FoldName(old.Name) == people.FoldName(a.Name)
	})
	switch {
	case taken:
		return people.ErrNameTaken
	case i < 0 && a.Revision == 0:
		a.Revision = 1
		w.accounts = append(w.accounts, a)
	case i < 0 || w.accounts[i].Revision != a.Revision:
		return scheduler.ErrRevision
	case people.LastAdmin(w.accounts, a):
		return people.ErrLastAdmin
	default:
		a.Revision++
		w.accounts[i] = a
	}
	return nil
}

func (w *world) Invitations(context.Context) ([]people.Invitation, error) {
	return w.invited, w.down()
}

func (w *world) Invitation(_ context.Context, hash string) (people.Invitation, error) {
	for _, i := range w.invited {
		if i.Hash == hash {
			return i, w.down()
		}
	}
	return people.Invitation{}, cmp.Or(w.down(), fs.ErrNotExist)
}

func (w *world) SaveInvitation(_ context.Context, i people.Invitation) error {
	n := slices.IndexFunc(w.invited, func(old people.Invitation) bool { return old.ID == i.ID })
	i.Revision++
	if n < 0 {
		w.invited = append([]people.Invitation{i}, w.invited...)
	} else {
		w.invited[n] = i
	}
	return w.down()
}

func (w *world) Accept(ctx context.Context, hash string, now time.Time, a people.Account) error {
	i, err := w.Invitation(ctx, hash)
	if err != nil || !i.AliveAt(now) {
		return fs.ErrNotExist
	}
	if err := w.SaveAccount(ctx, a); err != nil {
		return err
	}
	i.Used, i.Became = now, a.Name
	return w.SaveInvitation(ctx, i)
}

func (w *world) UseSetup(_ context.Context, hash string, _ time.Time, a people.Account) error {
	if hash != w.setup {
		return fs.ErrNotExist
	}
	w.setup = ""
	a.Revision = 1
	w.accounts = append(w.accounts, a)
	return nil
}

func (w *world) SetupAlive(_ context.Context, hash string, _ time.Time) (bool, error) {
	return w.setup != "" && hash == w.setup, w.down()
}

func (w *world) Ping(context.Context) error { return w.broken }
