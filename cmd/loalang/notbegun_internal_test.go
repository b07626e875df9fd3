package main

import (
	"bytes"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"loalang/health"
	"loalang/store"
)

// olderTables makes a data folder as the version before left it, and returns what says of which version its
// tables are.
func olderTables(t *testing.T, p program) (data string, tables func() string) {
	t.Helper()
	data = t.TempDir()
	db, err := store.Open(t.Context(), storeConfig(settings{Data: data}, time.Now, p.quietLog()))
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	ask := func(do func(*sql.DB) error) {
		t.Helper()
		db, err := sql.Open("sqlite3", filepath.Join(data, "loalang.db"))
		if err == nil {
			err = errors.Join(do(db), db.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ask(func(db *sql.DB) error { // as migration 45 found it
		_, err := db.Exec(`ALTER TABLE calibrations DROP COLUMN device; ALTER TABLE calibrations DROP COLUMN capture;
			ALTER TABLE calibrations DROP COLUMN control; ALTER TABLE calibrations DROP COLUMN fader_db;
			ALTER TABLE calibrations DROP COLUMN alone; DELETE FROM goose_db_version WHERE version_id = 45`)
		return err
	})
	return data, func() (version string) {
		t.Helper()
		ask(func(db *sql.DB) error {
			return db.QueryRow("SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&version)
		})
		return version
	}
}

// TestNoCommandChangesTheTablesUnderTheVersionBefore: between an update and its quiet moment, hours at times, any command
// brought the live database up to date, and the serve of the version before went on writing to tables that had changed.
func TestNoCommandChangesTheTablesUnderTheVersionBefore(t *testing.T) {
	var out, errs bytes.Buffer
	p := program{in: strings.NewReader(""), out: &out, err: &errs, env: func(string) (string, bool) { return "", false }}
	data, tables := olderTables(t, p)
	run := func(words ...string) (code int, said string) {
		t.Helper()
		out.Reset()
		errs.Reset()
		code = p.run(t.Context(), append(words, "--data", data))
		return code, errs.String()
	}
	look := func() (m health.Measurement) {
		m.At = time.Now()
		p.dataAlone(t.Context(), settings{Data: data}, &m)
		return m
	}
	serve := &board{settings: settings{Data: data}, log: p.quietLog()}
	if err := serve.lock(); err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{{"user", "list"}, {"village", "list"}, {"migrate"}} {
		if code, said := run(words...); code != exitFailed || said != "loalang: "+errNotBegun.Error()+"\n" {
			t.Errorf("%s beside it = %d: %s", strings.Join(words, " "), code, said)
		}
	}
	// What needs no database, or none of its own, goes on.
	for _, words := range [][]string{{"migrate", "--dry-run"}, {"amp", "safe-state"}} {
		if code, said := run(words...); code != exitDone {
			t.Errorf("%s beside it = %d: %s", strings.Join(words, " "), code, said)
		}
	}
	reading := &cobra.Command{}
	reading.SetContext(t.Context())
	if read, err := p.words(reading, settings{Data: data}, "", "vi"); read != nil || err != nil || !strings.Contains(errs.String(), errNotBegun.Error()) {
		t.Errorf("a text is read with %v, %v: %s", read, err, errs.String())
	}
	relaysLine(t.Context(), p, settings{Data: data})
	if m := look(); *m.Database != (health.DatabaseState{}) {
		t.Errorf("doctor says of it: %+v", *m.Database)
	}
	if got := tables(); got != "44" {
		t.Errorf("beside it the tables became those of %s", got)
	}
	serve.close()
	if m := look(); *m.Database != (health.DatabaseState{}) || tables() != "44" {
		t.Errorf("where no serve runs doctor says %+v, and the tables are those of %s", *m.Database, tables())
	}
	if code, said := run("user", "list"); code != exitDone || tables() != "45" {
		t.Errorf("where no serve runs = %d, the tables are those of %s: %s", code, tables(), said)
	}
}

// What holds the folder itself, so that no serve runs, brings it up to date as before.
func TestARepairHoldsTheFolderItself(t *testing.T) {
	var errs bytes.Buffer
	p := program{in: strings.NewReader(""), out: t.Output(), err: &errs, env: func(string) (string, bool) { return "", false }}
	data, tables := olderTables(t, p)
	if code := p.run(t.Context(), []string{"data", "repair", "--data", data}); code != exitDone || tables() != "45" {
		t.Errorf("data repair = %d, the tables are those of %s: %s", code, tables(), errs.String())
	}
}
