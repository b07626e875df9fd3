package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"loalang/people"
	"loalang/scheduler"
)

// The standby is what a board needs to go on without its database: who may do
// what, the villages, their words, what they have prepared for emergencies, how their
// monitor inputs were calibrated, and the last plan, in fsynced files in the folder
// "standby" beside it. They follow the database and are read only when it is
// damaged.

// standby is what the files say.
type standby struct {
	tables   schemaState
	node     string
	villages []scheduler.Village
	accounts []people.Account
	tokens   []people.Token
}

func standbyFolder(database string) string { return filepath.Join(filepath.Dir(database), "standby") }

func (s *Store) peopleFile() string { return filepath.Join(standbyFolder(s.cfg.Path), "people.json") }

func (s *Store) planFile(village string) string {
	return filepath.Join(standbyFolder(s.cfg.Path), "plan-"+url.PathEscape(village)+".json")
}

// follow brings the whole standby up to date with the database, which has the
// truth: what cannot be written is logged and left for the next time.
func (s *Store) follow(ctx context.Context) {
	if err := errors.Join(s.followPeople(ctx), s.followPlans(ctx), s.followAllWords(ctx), s.followAllTemplates(ctx), s.followAllCalibrations(ctx)); err != nil {
		s.cfg.Log.Error("what the board needs without its database is not up to date", "err", err)
	}
}

// followed brings the standby up to date after a write of people or villages
// that went well; it returns how that went.
func (s *Store) followed(ctx context.Context, written error) error {
	if written != nil {
		return written
	}
	if err := s.followPeople(context.WithoutCancel(ctx)); err != nil { // the caller may be gone, what it wrote is not
		s.cfg.Log.Error("what the board needs without its database is not up to date", "err", err)
	}
	return nil
}

// followPeople reads and writes under a lock: another process may do the same.
func (s *Store) followPeople(ctx context.Context) (err error) {
	unlock, err := lockFile(s.cfg.Path + ".lock")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if s.Damaged() {
		return nil // it is what the standby is for
	}
	f := standbyForm{Version: standbyVersion, Schema: s.schema, Oldest: s.oldest, Node: s.node}
	villages, err := s.Villages(ctx)
	if err != nil {
		return err
	}
	accounts, err := s.AllAccounts(ctx)
	if err != nil {
		return err
	}
	tokens, err := s.AllTokens(ctx)
	if err != nil {
		return err
	}
	f.Villages, f.Accounts, f.Tokens = each(villages, formVillage), each(accounts, formAccount), each(tokens, formToken)
	raw, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return fmt.Errorf("encode standby: %w", err)
	}
	return s.writeStandby(s.peopleFile(), raw)
}

// followPlan keeps a published plan.
func (s *Store) followPlan(village, body string) {
	if err := s.writeStandby(s.planFile(village), []byte(body)); err != nil {
		s.cfg.Log.Error("the plan is not kept for a board without its database", "village", village, "err", err)
	}
}

// followPlans keeps every published plan, after a start.
func (s *Store) followPlans(ctx context.Context) error {
	type published struct{ village, body string }
	var plans []published
	err := s.read(ctx, "read published plans", func(tx *sql.Tx) (err error) {
		plans, err = query(ctx, tx, func(r row) (p published, err error) {
			return p, r.Scan(&p.village, &p.body)
		}, "SELECT village, body FROM plans")
		return err
	})
	for _, p := range plans {
		s.followPlan(p.village, p.body)
	}
	return err
}

// copyStandby brings one file of the standby up to date with what read gives, which becomes JSON. It reads
// and writes under a lock: another process may do the same.
func (s *Store) copyStandby(path string, read func() (any, error)) (err error) {
	unlock, err := lockFile(s.cfg.Path + ".lock")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	form, err := read()
	if err != nil {
		return err
	}
	raw, err := json.Marshal(form)
	if err != nil {
		return fmt.Errorf("encode %s: %w", filepath.Base(path), err)
	}
	return s.writeStandby(path, raw)
}

// writeStandby writes a file that differs from what is there. On a full disk it
// uses the margin.
func (s *Store) writeStandby(path string, raw []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, raw) {
		return nil
	}
	before := s.margin.count()
	err := writeDurable(path, raw)
	if errors.Is(err, syscall.ENOSPC) && s.makeRoom(before, err) {
		err = writeDurable(path, raw)
	}
	return err
}

// writeDurable replaces a file that only its owner may read: temporary file,
// fsync, rename, fsync of the folder.
func writeDurable(path string, raw []byte) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove(f.Name())) }() // gone after the rename
	_, err = f.Write(raw)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(dir)
}

// standIn reads the standby; fs.ErrNotExist when there is none.
func (s *Store) standIn() (standby, error) {
	raw, err := os.ReadFile(s.peopleFile())
	if err != nil {
		return standby{}, err
	}
	var f standbyForm
	if err := json.Unmarshal(raw, &f); err != nil {
		return standby{}, fmt.Errorf("read standby: %w", err)
	}
	if f.Version > standbyVersion {
		return standby{}, fmt.Errorf("read standby: %w", ErrNewer)
	}
	return standby{
		tables: schemaState{f.Schema, f.Oldest}, node: f.Node, villages: each(f.Villages, readVillage),
		accounts: each(f.Accounts, readAccount), tokens: each(f.Tokens, readToken),
	}, nil
}

// instead answers a reading from the standby when the database cannot be read;
// err is why.
func instead[T any](s *Store, err error, answer func(standby) (T, error)) (T, error) {
	var none T
	if !unreadable(err) {
		return none, err
	}
	sb, missing := s.standIn()
	if missing != nil {
		return none, err
	}
	return answer(sb)
}

// publishedInstead is instead for the plan.
func (s *Store) publishedInstead(village string, err error) (scheduler.Plan, error) {
	if !unreadable(err) {
		return scheduler.Plan{}, err
	}
	raw, missing := os.ReadFile(s.planFile(village))
	if missing != nil {
		return scheduler.Plan{}, err
	}
	return decodePlan(raw)
}

// pick finds one of a list; gone when there is none.
func pick[T any](list []T, is func(T) bool, gone error) (T, error) {
	for _, one := range list {
		if is(one) {
			return one, nil
		}
	}
	var none T
	return none, gone
}

// lost says that the database is gone or empty though it was there before: a new
// one in its place would hide the loss.
func (s *Store) lost() error {
	if _, err := os.Stat(s.peopleFile()); errors.Is(err, fs.ErrNotExist) {
		return nil // a fresh folder
	}
	info, err := os.Stat(s.cfg.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return damagedBy(errors.New("the file is gone"))
	case err == nil && info.Size() == 0:
		return damagedBy(errors.New("the file is empty"))
	}
	return nil
}

// Standby is what the files beside a database say of people; see ReadStandby.
type Standby struct {
	Node     string
	Accounts []people.Account
	Tokens   []people.Token
}

// ReadStandby reads what the files beside the database path say, without the database;
// fs.ErrNotExist when there are none.
func ReadStandby(path string) (Standby, error) {
	sb, err := (&Store{cfg: Config{Path: path}}).standIn()
	return Standby{sb.node, sb.accounts, sb.tokens}, err
}
