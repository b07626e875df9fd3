package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/people"
	"loalang/scheduler"
	"loalang/store"
)

// inhabited is a database with people, tokens and a plan, closed again.
func inhabited(t *testing.T) store.Config {
	t.Helper()
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	s, err := store.Open(context.Background(), c)
	check(t, err, nil)
	seed(t, s)
	ctx := context.Background()
	check(t, s.SaveAccount(ctx, hoa()), nil)
	for _, token := range []people.Token{siren(), retired()} {
		check(t, s.SaveToken(ctx, token), nil)
	}
	check(t, s.Publish(ctx, fullPlan()), nil)
	for range 200 {
		check(t, s.Record(ctx, played(newID(), day0)), nil)
	}
	check(t, s.Close(), nil)
	return c
}

func hoa() people.Account {
	return people.Account{ID: "hoa", Name: "Nông Thị Hoa", Role: people.Cadre, Village: unTa, Password: "$argon2id$…", Created: day0, Disabled: day0.Add(time.Hour), PIN: "$argon2id$…p", Signouts: 3}
}

func siren() people.Token {
	return people.Token{ID: "1", Name: "còi", Role: people.Cadre, Village: unTa, Emergency: true, Hash: "h1", Owner: "ha", Created: day0, Expires: day0.AddDate(1, 0, 0)}
}

func retired() people.Token {
	return people.Token{ID: "2", Name: "cũ", Role: people.Admin, Hash: "h2", Created: day0.Add(time.Second), Revoked: day0.Add(time.Minute)}
}

// bytesOf is what a file has; nil when it is gone.
func bytesOf(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return raw
}

// damages are the ways in which a memory card loses a database.
var damages = map[string]func(t *testing.T, path string){
	"header": func(t *testing.T, path string) { spoil(t, path, 0, 512) },
	"first table": func(t *testing.T, path string) {
		spoil(t, path, 100, 8192)
	},
	"last third": func(t *testing.T, path string) {
		size := int64(len(bytesOf(t, path)))
		spoil(t, path, size*2/3, size)
	},
	"cut off": func(t *testing.T, path string) { check(t, os.Truncate(path, int64(len(bytesOf(t, path))/2)), nil) },
	"empty":   func(t *testing.T, path string) { check(t, os.Truncate(path, 0), nil) },
	"gone":    func(t *testing.T, path string) { check(t, os.Remove(path), nil) },
}

// spoil writes noise over a part of a file.
func spoil(t *testing.T, path string, from, to int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	check(t, err, nil)
	noise := make([]byte, to-from)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	_, err = f.WriteAt(noise, from)
	check(t, errors.Join(err, f.Close()), nil)
}

// A damaged database does not keep the board from knowing who may do what, its
// village and its last plan; the file is not touched.
func TestOpenAnywayWithADamagedDatabase(t *testing.T) {
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			c := inhabited(t)
			whole := open(t, config(c.Path))
			node := whole.Node()
			check(t, whole.Close(), nil)
			damage(t, c.Path)
			before := bytesOf(t, c.Path)
			ctx := context.Background()
			s, err := store.OpenAnyway(ctx, c)
			check(t, err, nil)
			if !s.Damaged() || s.Node() != node {
				t.Errorf("damaged %v, node %q, want %q", s.Damaged(), s.Node(), node)
			}
			knowsEveryone(t, s)
			for what, err := range map[string]error{
				"ping": s.Ping(ctx), "claim": s.Claim(ctx, claimed("o", day0)), "token": s.SaveToken(ctx, siren()), "session": s.Commit("t", nil, day0),
				"integrity": s.Integrity(ctx),
			} {
				if !errors.Is(err, store.ErrCorrupt) || !errors.Is(err, syscall.EUCLEAN) {
					t.Errorf("%s: %v, want %v", what, err, store.ErrCorrupt)
				}
			}
			check(t, s.Close(), nil)
			if !bytes.Equal(before, bytesOf(t, c.Path)) {
				t.Error("the damaged file was changed")
			}
			switch again, err := store.Open(ctx, c); {
			case err != nil:
			case name == "last third": // which a command may never read
				check(t, again.Close(), nil)
			default:
				t.Error("a command opens it as if nothing were wrong")
			}
			if !bytes.Equal(before, bytesOf(t, c.Path)) {
				t.Error("a command changed the damaged file")
			}
		})
	}
}

// A board on whose data a newer version has worked, an update undone by a power cut for one,
// goes on without its database, which it touches no more than a damaged one.
func TestOpenAnywayOnDataOfANewerVersion(t *testing.T) {
	ctx := context.Background()
	for _, known := range []bool{true, false} {
		c := inhabited(t)
		if !known {
			check(t, os.RemoveAll(filepath.Join(filepath.Dir(c.Path), "standby")), nil)
		}
		alter(t, c.Path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1); PRAGMA user_version = 99999")
		before := bytesOf(t, c.Path)
		s, err := store.OpenAnyway(ctx, c)
		check(t, err, nil)
		if !s.Damaged() || !s.Newer() || s.Node() == "" {
			t.Errorf("damaged %v, of a newer version %v, node %q", s.Damaged(), s.Newer(), s.Node())
		}
		if known {
			knowsEveryone(t, s)
		}
		for what, err := range map[string]error{"ping": s.Ping(ctx), "claim": s.Claim(ctx, claimed("o", day0)), "token": s.SaveToken(ctx, siren())} {
			if !errors.Is(err, store.ErrNewer) || !errors.Is(err, syscall.EUCLEAN) {
				t.Errorf("%s: %v, want %v", what, err, store.ErrNewer)
			}
		}
		check(t, s.Close(), nil)
		if !bytes.Equal(before, bytesOf(t, c.Path)) {
			t.Error("the file was changed")
		}
	}
}

// A new version whose first start met a full disk ended itself, again and again: without a
// siren, and without a panel on which to free room.
func TestOpenAnywayOnAFullDiskBeforeTheTablesAreUpToDate(t *testing.T) {
	ctx := context.Background()
	dir := smallDisk(t, "24m")
	c := olderIn(t, dir)
	filler := fill(t, dir)
	before := bytesOf(t, c.Path)
	s, err := store.OpenAnyway(ctx, c)
	check(t, err, nil)
	if !s.Damaged() || !s.Behind() || s.Newer() || s.Node() == "" {
		t.Errorf("damaged %v, of an older version %v, of a newer %v, node %q", s.Damaged(), s.Behind(), s.Newer(), s.Node())
	}
	knowsEveryone(t, s)
	err = s.Claim(ctx, claimed("o", day0))
	if !errors.Is(err, store.ErrBehind) || !errors.Is(err, syscall.EUCLEAN) || errors.Is(err, syscall.ENOSPC) {
		t.Errorf("claim: %v, want %v", err, store.ErrBehind)
	}
	check(t, s.Close(), nil)
	if !bytes.Equal(before, bytesOf(t, c.Path)) {
		t.Error("the file was changed")
	}
	check(t, os.Remove(filler), nil)
	s, err = store.OpenAnyway(ctx, c)
	check(t, err, nil)
	if s.Damaged() {
		t.Error("with room on the disk the tables are not brought up to date")
	}
	check(t, s.Ping(ctx), nil)
	check(t, s.Close(), nil)
}

// olderIn is inhabited in dir as the version before left it: its tables are empty.
func olderIn(t *testing.T, dir string) store.Config {
	t.Helper()
	newer, c := inhabited(t), config(filepath.Join(dir, "loalang.db"))
	check(t, os.CopyFS(filepath.Join(dir, "standby"), os.DirFS(filepath.Join(filepath.Dir(newer.Path), "standby"))), nil)
	files, err := filepath.Glob("migrations/*.sql")
	check(t, err, nil)
	newest, err := strconv.ParseInt(migrationNumber.FindStringSubmatch(filepath.Base(files[len(files)-1]))[1], 10, 64)
	check(t, err, nil)
	db, err := store.MigrateTo(t.Context(), c, newest-1)
	check(t, err, nil)
	check(t, db.Close(), nil)
	people := filepath.Join(dir, "standby", "people.json")
	raw := bytesOf(t, people)
	older := bytes.ReplaceAll(raw, fmt.Appendf(nil, `"schema": %d,`, newest), fmt.Appendf(nil, `"schema": %d,`, newest-1))
	if bytes.Equal(raw, older) {
		t.Fatalf("what stands by does not say its version: %s", raw)
	}
	check(t, os.WriteFile(people, older, 0o600), nil)
	return c
}

// knowsEveryone wants what inhabited has put in.
func knowsEveryone(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := context.Background()
	h := hoa()
	h.Revision = 1
	accounts, err := s.AllAccounts(ctx)
	check(t, err, nil)
	same(t, "accounts", accounts, []people.Account{h})
	byName, err := s.AccountByName(ctx, "nông thị hoa")
	check(t, err, nil)
	same(t, "by name", byName, h)
	byID, err := s.AccountByID(ctx, "hoa")
	check(t, err, nil)
	same(t, "by ID", byID, h)
	_, err = s.AccountByID(ctx, "lan")
	check(t, err, fs.ErrNotExist)
	tokens, err := s.AllTokens(ctx)
	check(t, err, nil)
	same(t, "tokens", tokens, []people.Token{siren(), retired()})
	v := village()
	v.Revision = 1
	villages, err := s.Villages(ctx)
	check(t, err, nil)
	same(t, "villages", villages, []scheduler.Village{v})
	one, err := s.Village(ctx, unTa)
	check(t, err, nil)
	same(t, "village", one, v)
	_, err = s.Village(ctx, "toong-gianh")
	check(t, err, fs.ErrNotExist)
	plan, err := s.Published(ctx, unTa)
	check(t, err, nil)
	same(t, "plan", plan, fullPlan())
}

// Without a word of people the board still begins on a damaged database: what
// sounded goes on. Another program's file is no damage.
func TestOpenAnywayWithoutStandby(t *testing.T) {
	ctx := context.Background()
	t.Run("damaged", func(t *testing.T) {
		c := inhabited(t)
		check(t, os.RemoveAll(filepath.Join(filepath.Dir(c.Path), "standby")), nil)
		damages["last third"](t, c.Path)
		s, err := store.OpenAnyway(ctx, c)
		check(t, err, nil)
		if !s.Damaged() || s.Node() == "" {
			t.Errorf("damaged %v, node %q", s.Damaged(), s.Node())
		}
		_, err = s.AllTokens(ctx)
		check(t, err, store.ErrCorrupt)
		check(t, s.Close(), nil)
	})
	// The first page of the database and its standby were lost in one power cut: the start ended,
	// again and again, without a siren.
	for name, standby := range map[string]func(people string) error{
		"zeros in both": func(people string) error { return os.WriteFile(people, make([]byte, 4096), 0o600) },
		"no reading of it": func(people string) error {
			return errors.Join(os.Remove(people), os.Mkdir(people, 0o700))
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := inhabited(t)
			check(t, standby(filepath.Join(filepath.Dir(c.Path), "standby", "people.json")), nil)
			raw, err := os.ReadFile(c.Path)
			check(t, err, nil)
			check(t, os.WriteFile(c.Path, append(make([]byte, 4096), raw[4096:]...), 0o600), nil)
			s, err := store.OpenAnyway(ctx, c)
			check(t, err, nil)
			if !s.Damaged() || s.Gone() || s.Behind() || s.Node() == "" {
				t.Errorf("damaged %v, gone %v, behind %v, node %q", s.Damaged(), s.Gone(), s.Behind(), s.Node())
			}
			check(t, s.Close(), nil)
			if now, err := os.ReadFile(c.Path); err != nil || !bytes.Equal(now[4096:], raw[4096:]) {
				t.Errorf("what is left of the database was changed: %v", err)
			}
		})
	}
	t.Run("another file", func(t *testing.T) {
		c := config(filepath.Join(t.TempDir(), "loalang.db"))
		check(t, os.WriteFile(c.Path, bytes.Repeat([]byte("poem"), 1024), 0o600), nil)
		_, err := store.OpenAnyway(ctx, c)
		check(t, err, store.ErrNotDatabase)
	})
	t.Run("a fresh folder", func(t *testing.T) {
		s, err := store.OpenAnyway(ctx, config(filepath.Join(t.TempDir(), "loalang.db")))
		check(t, err, nil)
		if s.Damaged() {
			t.Error("a fresh database is damaged")
		}
		check(t, s.Close(), nil)
	})
}

// A database that another program holds at the start is used as soon as it is
// free.
func TestOpenAnywayWhileTheDatabaseIsHeld(t *testing.T) {
	c := inhabited(t)
	other, err := sql.Open("sqlite3", c.Path+"?_locking_mode=EXCLUSIVE&_txlock=exclusive")
	check(t, err, nil)
	defer other.Close()
	tx, err := other.Begin()
	check(t, err, nil)
	ctx := context.Background()
	s, err := store.OpenAnyway(ctx, c)
	check(t, err, nil)
	tokens, err := s.AllTokens(ctx)
	check(t, err, nil)
	same(t, "tokens", tokens, []people.Token{siren(), retired()})
	check(t, s.Claim(ctx, claimed("o", day0)), store.ErrBusy)
	check(t, tx.Rollback(), nil)
	check(t, other.Close(), nil)
	check(t, s.Claim(ctx, claimed("o", day0)), nil)
	if s.Damaged() {
		t.Error("a held database was taken for a damaged one")
	}
	check(t, s.Close(), nil)
}

// A start in a hurry, for which something waits to sound, once waited for ten
// seconds and more until SQLite gave up: it begins with the standby, nothing that
// it asks for waits, and the database is used, and looked through, once it is free.
func TestOpenInAHurryDoesNotWaitForALock(t *testing.T) {
	c := inhabited(t)
	c.Hurry = true
	lock, err := os.OpenFile(c.Path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	check(t, err, nil)
	check(t, unix.Flock(int(lock.Fd()), unix.LOCK_EX), nil) // a program that has stopped in the middle
	ctx, began := context.Background(), time.Now()
	s, err := store.OpenAnyway(ctx, c)
	check(t, err, nil)
	tokens, err := s.AllTokens(ctx)
	check(t, err, nil)
	same(t, "tokens", tokens, []people.Token{siren(), retired()})
	check(t, s.Claim(ctx, claimed("o", day0)), store.ErrBusy)
	if took := time.Since(began); took > 9*time.Second { // SQLite gives up after ten
		t.Errorf("it took %s", took)
	}
	check(t, lock.Close(), nil)
	check(t, s.LookForDamage(ctx), nil) // it waits for the database
	check(t, s.Claim(ctx, claimed("o", day0)), nil)
	if s.Damaged() {
		t.Error("a held database was taken for a damaged one")
	}
	check(t, s.Close(), nil)
}

// Damage that is found while the board runs ends all writing to the file, and
// what is known of people stays known.
func TestDamageFoundWhileRunning(t *testing.T) {
	c := inhabited(t)
	ctx := context.Background()
	s, err := store.Open(ctx, c)
	check(t, err, nil)
	size := int64(len(bytesOf(t, c.Path)))
	spoil(t, c.Path, 4096, size)
	_, err = s.AsRuns(ctx, unTa, time.Time{}, time.Time{})
	check(t, err, store.ErrCorrupt)
	if !s.Damaged() {
		t.Error("the damage was not noticed")
	}
	before := bytesOf(t, c.Path)
	check(t, s.Claim(ctx, claimed("o", day0)), store.ErrCorrupt)
	check(t, s.Ping(ctx), store.ErrCorrupt)
	knowsEveryone(t, s)
	check(t, s.Close(), nil)
	if !bytes.Equal(before, bytesOf(t, c.Path)) {
		t.Error("the damaged file was written to")
	}
}

// What is taken from a person is taken in the standby too, before the write is
// acknowledged; others of this machine may not read it.
func TestStandbyFollowsAtOnce(t *testing.T) {
	c := inhabited(t)
	ctx := context.Background()
	s := open(t, c)
	token := siren()
	token.Revoked = day0.Add(time.Hour)
	check(t, s.SaveToken(ctx, token), nil)
	path := filepath.Join(filepath.Dir(c.Path), "standby", "people.json")
	info, err := os.Stat(path)
	check(t, err, nil)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	copied := filepath.Join(t.TempDir(), "loalang.db") // the power goes here
	check(t, os.CopyFS(filepath.Join(filepath.Dir(copied), "standby"), os.DirFS(filepath.Dir(path))), nil)
	later, err := store.OpenAnyway(ctx, config(copied))
	check(t, err, nil)
	tokens, err := later.AllTokens(ctx)
	check(t, err, nil)
	same(t, "tokens", tokens, []people.Token{token, retired()})
	check(t, later.Close(), nil)
}

// A start in a hurry leaves the search for damage for later, and that finds what
// the start would have found.
func TestDamageIsFoundAfterAHurriedStart(t *testing.T) {
	ctx := context.Background()
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	s := open(t, c)
	check(t, s.SaveVillage(ctx, scheduler.Village{Key: unTa, Name: "Ún Tà", Zone: "Asia/Ho_Chi_Minh"}), nil)
	var page int // that opening does not read
	check(t, store.Pools(s)["reader"].QueryRowContext(ctx, "SELECT rootpage FROM sqlite_master WHERE name = 'airings_of_asrun'").Scan(&page), nil)
	check(t, s.Close(), nil)
	raw, err := os.ReadFile(c.Path)
	check(t, err, nil)
	for i := (page - 1) * 4096; i < page*4096; i++ {
		raw[i] ^= 0xa5
	}
	check(t, os.WriteFile(c.Path, raw, 0o600), nil)
	c.Hurry = true
	s, err = store.OpenAnyway(ctx, c)
	check(t, err, nil)
	t.Cleanup(func() { _ = s.Close() })
	before := s.Damaged()
	check(t, s.LookForDamage(ctx), nil)
	if before || !s.Damaged() {
		t.Errorf("damaged before %v, after %v", before, s.Damaged())
	}
}
