package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mattn/go-sqlite3"

	"loalang/archive/disktest"
	"loalang/store"
)

// The program of the version before opens what a migration only added to, reads and
// writes it, and changes nothing of what it does not know: falling back loses nothing.
func TestTheVersionBeforeOpensWhatWasOnlyAddedTo(t *testing.T) {
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	s := open(t, c)
	seed(t, s)
	node := s.Node()
	check(t, s.Close(), nil)
	alter(t, c.Path, `ALTER TABLE villages ADD COLUMN later TEXT NOT NULL DEFAULT 'none';
		UPDATE villages SET later = 'kept';
		CREATE TABLE later (id TEXT PRIMARY KEY) STRICT;
		INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
	s = open(t, c)
	if s.Node() != node || s.Schema() != 99999 {
		t.Errorf("node %s, tables of %d", s.Node(), s.Schema())
	}
	v, err := s.Village(t.Context(), "un-ta")
	check(t, err, nil)
	v.Name = "Ún Tà mới"
	check(t, s.SaveVillage(t.Context(), v), nil)
	check(t, s.Close(), nil)
	if got := alterRead(t, c.Path, "SELECT name || ' ' || later FROM villages"); got != "Ún Tà mới kept" {
		t.Errorf("the village is %q", got)
	}
	if got := alterRead(t, c.Path, "SELECT max(version_id) FROM goose_db_version"); got != "99999" {
		t.Errorf("the tables are of %s", got)
	}
}

func alterRead(t *testing.T, path, query string) (value string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	check(t, err, nil)
	defer db.Close()
	check(t, db.QueryRow(query).Scan(&value), nil)
	return value
}

// An update that would fail is found out on a copy: the data are not touched, and who
// must go on without them does.
func TestAnUpdateIsTriedOnACopyFirst(t *testing.T) {
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	db, err := store.MigrateTo(t.Context(), c, 37)
	check(t, err, nil)
	_, err = db.Exec("CREATE TABLE sought (mine TEXT)") // what 38 makes
	check(t, err, nil)
	check(t, db.Close(), nil)
	before, err := os.ReadFile(c.Path)
	check(t, err, nil)
	_, err = store.Open(t.Context(), c)
	if !errors.Is(err, store.ErrUpdate) || !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("got %v", err)
	}
	if _, err := store.TryUpdate(t.Context(), c); !errors.Is(err, store.ErrUpdate) {
		t.Errorf("tried: %v", err)
	}
	after, err := os.ReadFile(c.Path)
	check(t, err, nil)
	if !bytes.Equal(before, after) {
		t.Error("the data were changed")
	}
	alter(t, c.Path, "DROP TABLE sought")
	u, err := store.TryUpdate(t.Context(), c)
	if err != nil || u.From != 37 || len(u.Steps) < 4 || u.To < 41 {
		t.Errorf("tried: %+v, %v", u, err)
	}
	check(t, open(t, c).Close(), nil)
	kept, err := filepath.Glob(filepath.Join(filepath.Dir(c.Path), "backups", "*"))
	if err != nil || len(kept) != 1 || filepath.Base(kept[0]) != "before-update-37.db" {
		t.Errorf("kept: %v, %v", kept, err)
	}
	if got := alterRead(t, kept[0], "SELECT max(version_id) FROM goose_db_version"); got != "37" {
		t.Errorf("what is kept is of %s", got)
	}
	if left, _ := filepath.Glob(c.Path + ".update*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// migrationNumber is that of a migration's file.
var migrationNumber = regexp.MustCompile(`^(\d+)_`)

// Every migration that says the version before may go on is looked at: it takes nothing
// away that such a program reads, asks nothing of what it writes, and forbids nothing.
func TestEveryMigrationWithAFallbackOnlyAdds(t *testing.T) {
	files, err := filepath.Glob("migrations/*.sql")
	check(t, err, nil)
	last := int64(0)
	for _, name := range files {
		number, err := strconv.ParseInt(migrationNumber.FindStringSubmatch(filepath.Base(name))[1], 10, 64)
		check(t, err, nil)
		raw, err := os.ReadFile(name)
		check(t, err, nil)
		safe := slices.Contains(strings.Split(string(raw), "\n"), "-- fallback: safe")
		if !safe && number > 42 && !strings.Contains(string(raw), "\n-- fallback: none, because ") {
			t.Errorf("%s says neither %q nor %q", name, "-- fallback: safe", "-- fallback: none, because …")
		}
		if safe {
			for _, fault := range narrowed(schemaAt(t, last), schemaAt(t, number)) {
				t.Errorf("%s is no safe fallback: %s", name, fault)
			}
		}
		last = number
	}
}

// What takes something away is found, whatever it is.
func TestNarrowed(t *testing.T) {
	cases := []struct {
		name, change string
		want         string // part of the fault; empty: none
	}{
		{"OK table", "CREATE TABLE more (id TEXT PRIMARY KEY)", ""},
		{"OK column", "ALTER TABLE voices ADD COLUMN more TEXT NOT NULL DEFAULT ''", ""},
		{"OK nullable column", "ALTER TABLE voices ADD COLUMN more INTEGER", ""},
		{"OK index", "CREATE INDEX more ON voices (language)", ""},
		{"dropped table", "DROP TABLE voices", "voices is gone"},
		{"renamed column", "ALTER TABLE voices RENAME COLUMN language TO tongue", "voices.language"},
		{"dropped column", "ALTER TABLE voices DROP COLUMN rate", "voices.rate"},
		{"unique index", "CREATE UNIQUE INDEX more ON voices (language)", "more"},
		{"trigger", "CREATE TRIGGER more AFTER INSERT ON voices BEGIN SELECT 1; END", "more"},
		{"column without a default", "DROP TABLE voices; CREATE TABLE voices (id TEXT PRIMARY KEY, language TEXT, rate INTEGER, more TEXT NOT NULL)", "voices.more"},
		{"foreign key", "DROP TABLE voices; CREATE TABLE voices (id TEXT PRIMARY KEY, language TEXT REFERENCES other (id), rate INTEGER)", "voices"},
		{"check", "DROP TABLE voices; CREATE TABLE voices (id TEXT PRIMARY KEY, language TEXT, rate INTEGER CHECK (rate > 0))", "voices"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			db, err := sql.Open("sqlite3", ":memory:")
			check(t, err, nil)
			defer db.Close()
			db.SetMaxOpenConns(1)
			_, err = db.Exec("CREATE TABLE other (id TEXT PRIMARY KEY); CREATE TABLE voices (id TEXT PRIMARY KEY, language TEXT, rate INTEGER)")
			check(t, err, nil)
			before := schemaOf(t, db)
			_, err = db.Exec(c.change)
			check(t, err, nil)
			got := strings.Join(narrowed(before, schemaOf(t, db)), "; ")
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// tables is a schema: what an older program relies on, by its name.
type tables struct {
	columns map[string]string // table.column → type and rank in the key
	asks    map[string]bool   // table.column that must be given
	forbids map[string]string // unique indices, triggers, foreign keys and checks, by a name
	names   []string
}

func schemaAt(t *testing.T, version int64) tables {
	t.Helper()
	if version == 0 {
		return tables{}
	}
	db, err := store.MigrateTo(t.Context(), config(filepath.Join(t.TempDir(), "loalang.db")), version)
	check(t, err, nil)
	defer db.Close()
	return schemaOf(t, db)
}

func schemaOf(t *testing.T, db *sql.DB) tables {
	t.Helper()
	s := tables{map[string]string{}, map[string]bool{}, map[string]string{}, nil}
	each := func(query string, do func(a, b, c, d string)) {
		rows, err := db.Query(query)
		check(t, err, nil)
		defer rows.Close()
		for rows.Next() {
			var a, b, c, d string
			check(t, rows.Scan(&a, &b, &c, &d), nil)
			do(a, b, c, d)
		}
		check(t, rows.Err(), nil)
	}
	each("SELECT name, '', '', '' FROM sqlite_master WHERE type = 'table'", func(name, _, _, _ string) { s.names = append(s.names, name) })
	each(`SELECT m.name, c.name, c.type || ' ' || c.pk || ' ' || c."notnull", c."notnull" AND c.dflt_value IS NULL AND c.pk = 0
		FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'`, func(table, column, kind, asked string) {
		s.columns[table+"."+column], s.asks[table+"."+column] = kind, asked == "1"
	})
	each(`SELECT m.name, i.name, i.origin || i.partial, coalesce((SELECT sql FROM sqlite_master WHERE name = i.name), '') FROM sqlite_master AS m, pragma_index_list(m.name) AS i
		WHERE m.type = 'table' AND i."unique"`, func(table, index, kind, text string) { s.forbids[table+": the unique index "+index] = kind + text })
	each("SELECT tbl_name, name, '', sql FROM sqlite_master WHERE type = 'trigger'", func(table, name, _, text string) { s.forbids[table+": the trigger "+name] = text })
	each(`SELECT m.name, f."from", f."table", f.on_delete FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'`, func(table, from, to, deed string) {
		s.forbids[table+": what "+from+" belongs to"] = to + deed
	})
	each("SELECT name, '', '', sql FROM sqlite_master WHERE type = 'table'", func(table, _, _, text string) {
		s.forbids[table+": its checks"] = fmt.Sprint(strings.Count(strings.ToUpper(text), "CHECK"))
	})
	return s
}

// narrowed lists what a program of the schema before can no more do.
func narrowed(before, after tables) (faults []string) {
	for _, table := range before.names {
		if !slices.Contains(after.names, table) {
			faults = append(faults, table+" is gone")
		}
	}
	for _, column := range slices.Sorted(maps.Keys(before.columns)) {
		if after.columns[column] != before.columns[column] {
			faults = append(faults, fmt.Sprintf("%s is %q, was %q", column, after.columns[column], before.columns[column]))
		}
	}
	for _, column := range slices.Sorted(maps.Keys(after.asks)) {
		table, _, _ := strings.Cut(column, ".")
		if _, there := before.columns[column]; !there && after.asks[column] && slices.Contains(before.names, table) {
			faults = append(faults, column+" must be given")
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(after.forbids)) {
		table, _, _ := strings.Cut(rule, ":")
		if slices.Contains(before.names, table) && after.forbids[rule] != before.forbids[rule] {
			faults = append(faults, rule+" is another")
		}
	}
	return faults
}

// What an older program writes over a row must not reset what it does not know: it names
// the columns, and never replaces a whole row.
func TestNoRowIsReplacedAsAWhole(t *testing.T) {
	files, err := filepath.Glob("*.go")
	check(t, err, nil)
	for _, name := range files {
		raw, err := os.ReadFile(name)
		check(t, err, nil)
		if !strings.HasSuffix(name, "_test.go") && bytes.Contains(raw, []byte("REPLACE INTO")) {
			t.Errorf("%s: INSERT … ON CONFLICT … DO UPDATE instead: a fallback would lose what later versions keep in the row", name)
		}
	}
}

// A disk that takes no copy kept the board from its start: what goes wrong with the
// rehearsal, and not with the update, is told and the update goes ahead.
func TestAnUpdateGoesAheadWhereItCannotBeTried(t *testing.T) {
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	db, err := store.MigrateTo(t.Context(), c, 37)
	check(t, err, nil)
	check(t, db.Close(), nil)
	check(t, os.WriteFile(filepath.Join(filepath.Dir(c.Path), "backups"), []byte("no folder"), 0o600), nil)
	var said bytes.Buffer
	c.Log = slog.New(slog.NewTextHandler(&said, nil))
	s := open(t, c)
	if s.Schema() < 41 || !strings.Contains(said.String(), "without having tried it on a copy") {
		t.Errorf("tables of %d, told: %s", s.Schema(), said.String())
	}
}

// What the disk does not give is no fault of the update.
func TestAFullDiskIsNoFaultOfTheUpdate(t *testing.T) {
	for _, code := range []sqlite3.ErrNo{sqlite3.ErrFull, sqlite3.ErrReadonly, sqlite3.ErrIoErr, sqlite3.ErrCantOpen} {
		if !store.DiskFault(fmt.Errorf("try: %w", sqlite3.Error{Code: code})) {
			t.Errorf("%v counts as a fault of the update", code)
		}
	}
	for _, err := range []error{sqlite3.Error{Code: sqlite3.ErrConstraint}, sqlite3.Error{Code: sqlite3.ErrCorrupt}, errors.New("3 rows of words would be lost")} {
		if store.DiskFault(err) {
			t.Errorf("%v counts as a fault of the disk", err)
		}
	}
}

// TestAnUpdateThatIsCutShortIsNotTakenBack: which version may open the file was written behind the last step. Where
// the power went behind one that cannot be taken back, the version before opened the tables as if they were its own.
func TestAnUpdateThatIsCutShortIsNotTakenBack(t *testing.T) {
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	db, err := store.MigrateTo(t.Context(), c, 41)
	check(t, err, nil)
	_, err = db.Exec("PRAGMA user_version = 41; CREATE TABLE calibrations (mine TEXT)") // what 43 makes
	check(t, err, nil)
	check(t, db.Close(), nil)
	if err := store.BringUp(t.Context(), c, 41); err == nil {
		t.Fatal("it was not cut short: this tests nothing")
	}
	if at := alterRead(t, c.Path, "SELECT max(version_id) FROM goose_db_version"); at != "42" {
		t.Fatalf("the tables are of version %s: this tests nothing", at)
	}
	if oldest := alterRead(t, c.Path, "SELECT user_version FROM pragma_user_version"); oldest != "42" {
		t.Errorf("a program that knows tables of version %s may open them", oldest)
	}
}

// An update that is to be tried on a database which is damaged already says nothing of the update; of
// one that a newer version wrote it is said also then that this program cannot read it.
func TestADamagedDatabaseRefusesNoUpdate(t *testing.T) {
	for name, c := range map[string]struct {
		alter string
		want  error
	}{
		"OK":    {"SELECT 1", store.ErrCorrupt},
		"Newer": {"INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1); PRAGMA user_version = 99999", store.ErrNewer},
	} {
		cfg := config(filepath.Join(t.TempDir(), "loalang.db"))
		s := open(t, cfg)
		seed(t, s)
		for range 200 {
			check(t, s.Record(t.Context(), played(newID(), day0)), nil)
		}
		check(t, s.Close(), nil)
		alter(t, cfg.Path, c.alter)
		spoilTable(t, cfg.Path, "asrun")
		before, err := os.ReadFile(cfg.Path)
		check(t, err, nil)
		if _, err := store.TryUpdate(t.Context(), cfg); !errors.Is(err, c.want) || errors.Is(err, store.ErrUpdate) {
			t.Errorf("%s: tried: %v", name, err)
		}
		after, err := os.ReadFile(cfg.Path)
		check(t, err, nil)
		if left, _ := filepath.Glob(cfg.Path + ".update*"); len(left) > 0 || !bytes.Equal(before, after) {
			t.Errorf("%s: left behind: %v; the file is as it was: %v", name, left, bytes.Equal(before, after))
		}
	}
}

// Where a disk has no room for the copies, an update goes ahead without: and did so on a damaged database,
// of which it made more damage.
func TestAnUpdateWithoutRoomLeavesADamagedDatabase(t *testing.T) {
	dir, err := disktest.Tmpfs(t, "size=12m")
	if err != nil {
		t.Skipf("SKIPPED: %v: run the tests as root", err)
	}
	c := config(filepath.Join(dir, "loalang.db"))
	db, err := store.MigrateTo(t.Context(), c, 37)
	check(t, err, nil)
	check(t, db.Close(), nil)
	spoilTable(t, c.Path, "asrun")
	before, err := os.ReadFile(c.Path)
	check(t, err, nil)
	if _, err := store.Open(t.Context(), c); !errors.Is(err, store.ErrCorrupt) || errors.Is(err, store.ErrUpdate) {
		t.Errorf("opened: %v", err)
	}
	after, err := os.ReadFile(c.Path)
	check(t, err, nil)
	if !bytes.Equal(before, after) {
		t.Error("the damaged file was changed")
	}
}

// spoilTable destroys the first page of a table.
func spoilTable(t *testing.T, path, table string) {
	t.Helper()
	root, err := strconv.Atoi(alterRead(t, path, "SELECT rootpage FROM sqlite_master WHERE name = '"+table+"'"))
	check(t, err, nil)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	check(t, err, nil)
	_, err = f.WriteAt(bytes.Repeat([]byte{0xa5}, 4096), int64(root-1)*4096)
	check(t, errors.Join(err, f.Close()), nil)
}

// TestTablesStayAsTheyAreWhereThatIsAsked: between an update and its quiet moment any command of the new program
// changed the tables under the serve of the version before.
func TestTablesStayAsTheyAreWhereThatIsAsked(t *testing.T) {
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	db, err := store.MigrateTo(t.Context(), c, 37)
	check(t, err, nil)
	check(t, db.Close(), nil)
	runs, asked := errors.New("the version before runs"), 0
	c.Update = func() error { asked++; return runs }
	if _, err := store.Open(t.Context(), c); !errors.Is(err, runs) {
		t.Errorf("older tables: %v", err)
	}
	if got := alterRead(t, c.Path, "SELECT max(version_id) FROM goose_db_version"); got != "37" {
		t.Errorf("the tables are of %s", got)
	}
	if kept, _ := filepath.Glob(filepath.Join(filepath.Dir(c.Path), "backups", "*")); len(kept) > 0 {
		t.Errorf("it left %q", kept)
	}
	c.Update = nil
	check(t, open(t, c).Close(), nil)
	c.Update, asked = func() error { asked++; return runs }, 0
	check(t, open(t, c).Close(), nil)
	if asked > 0 {
		t.Error("it is asked of tables that are up to date")
	}
}
