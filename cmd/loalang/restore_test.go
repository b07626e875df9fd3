package main_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"loalang/people"
	"loalang/store"
)

// On a new disk nobody can tell which passkeys were removed since: none opens anything.
func TestRestoreOnANewDiskForgetsPasskeys(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	serve(t, data, "null", quick...).admit().stop()
	if _, errs, code := loalang(t, "trạm y tế xã\n", "user", "add", "Hoa", "--role", "admin", "--password-stdin", "--data", data); code != 0 {
		t.Fatal(errs)
	}
	alone(t, data, func(ctx context.Context, db *store.Store) error {
		hoa, err := db.AccountByName(ctx, "Hoa")
		return errors.Join(err, db.AddPasskey(ctx, people.Passkey{ID: "k", Account: hoa.ID, Name: "máy của Hoa", Record: "{}", Created: time.Now()}))
	})
	file, other := filepath.Join(dir, "a.loalang.tar"), filepath.Join(t.TempDir(), "data")
	succeed(t, "backup", file, "--data", data)
	if out := succeed(t, "restore", file, "--data", other); !strings.Contains(out, "passkey forgotten") || !strings.Contains(out, "account that may sign in: Hoa") {
		t.Errorf("restore said %s", out)
	}
	alone(t, other, func(ctx context.Context, db *store.Store) error {
		keys, err := db.Passkeys(ctx, "")
		if len(keys) > 0 {
			t.Errorf("left: %v", keys)
		}
		return err
	})
}

// A backup that was made in an emergency raised it again wherever it was restored, though it had long been
// ended; without a known time for as long as it would have sounded then. One that is on now goes on.
func TestRestoreRaisesNoEmergencyOfThen(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	active := func() int {
		all, _ := d.call(http.MethodGet, "/air", nil, http.StatusOK)["emergencies"].([]any)
		return len(all)
	}
	raise := func(backup string) (path string) {
		d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "Nước dâng nhanh"}, http.StatusCreated)
		d.until("the emergency is on", func() bool { return active() == 1 })
		path = filepath.Join(dir, backup)
		succeed(t, "backup", path, "--data", data)
		return path
	}
	again := func() { d = serve(t, data, "null", quick...).admit() } // nobody's token of then holds
	then := raise("then.loalang.tar")
	d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
	d.until("it is over", func() bool { return active() == 0 })
	d.stop()
	other := filepath.Join(t.TempDir(), "data")
	for _, args := range [][]string{{"restore", then, "--data", other}, {"restore", then, "--over", "--data", data}} {
		if said := succeed(t, args...); !strings.Contains(said, `"Lũ quét"`) || !strings.Contains(said, "is ended") {
			t.Errorf("%q said %s", args, said)
		}
	}
	again()
	if n := active(); n != 0 {
		t.Errorf("%d emergencies are on behind the restore", n)
	}
	now := raise("now.loalang.tar")
	d.stop()
	if said := succeed(t, "restore", now, "--over", "--data", data); strings.Contains(said, "is ended") {
		t.Errorf("restore said %s", said)
	}
	again()
	if n := active(); n != 1 {
		t.Errorf("%d emergencies are on, want that of now", n)
	}
	d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
	d.stop()
}

// An administrator of then who is none any more gets nothing back; where nobody else
// administers the board, they go on, but not by the password of then.
func TestRestoreDoesNotReviveAnAdministrator(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	serve(t, data, "null", quick...).admit().stop()
	for name, role := range map[string]string{"Anh": "admin", "Mai": "cadre"} {
		if _, errs, code := loalang(t, "trạm y tế xã\n", "user", "add", name, "--role", role, "--password-stdin", "--data", data); code != 0 {
			t.Fatal(errs)
		}
	}
	file := filepath.Join(dir, "a.loalang.tar")
	succeed(t, "backup", file, "--data", data)
	role := func(name string, r people.Role, password string) {
		t.Helper()
		alone(t, data, func(ctx context.Context, db *store.Store) error {
			a, err := db.AccountByName(ctx, name)
			if a.Role = r; password != "" {
				a.Password = password
			}
			return errors.Join(err, db.SaveAccount(ctx, a))
		})
	}
	role("Mai", people.Admin, "")
	role("Anh", people.Cadre, "$argon2id$…new")
	if out := succeed(t, "restore", file, "--data", data, "--over"); !strings.Contains(out, "may sign in: Anh (cadre)") || !strings.Contains(out, "may sign in: Mai (admin)") {
		t.Errorf("restore said %s", out)
	}
	role("Anh", people.Admin, "")
	if _, errs, code := loalang(t, "trạm y tế xã\n", "user", "add", "Ly", "--role", "admin", "--password-stdin", "--data", data); code != 0 { // whom the backup does not know
		t.Fatal(errs)
	}
	role("Mai", people.Viewer, "")
	role("Anh", people.Viewer, "$argon2id$…newer")
	out := succeed(t, "restore", file, "--data", data, "--over")
	if !strings.Contains(out, "made after the backup, and is not in it: Ly (admin): invite them anew") {
		t.Errorf("whoever was let in since the backup is not named: %s", out)
	}
	if !strings.Contains(out, "for nobody else does: Anh") || !strings.Contains(out, "may sign in: Mai (viewer)") {
		t.Errorf("restore said %s", out)
	}
	alone(t, data, func(ctx context.Context, db *store.Store) error {
		a, err := db.AccountByName(ctx, "Anh")
		if a.Role != people.Admin || a.Password != "$argon2id$…newer" {
			t.Errorf("Anh is %+v", a)
		}
		return err
	})
}

// A restore that root ran once left everything to root, and the key of the authority for
// everybody to read: the service could use none of it.
func TestRestoreAsRootIsForTheService(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		missing(t, "only root gives files away: run the tests as root")
	}
	const uid, gid = 54321, 54322
	data, dir := t.TempDir(), t.TempDir()
	serve(t, data, "null", quick...).admit().stop()
	file := filepath.Join(dir, "a.loalang.tar")
	succeed(t, "backup", file, "--data", data)
	give := func(path string, _ fs.DirEntry, err error) error { return errors.Join(err, os.Lchown(path, uid, gid)) }
	if err := filepath.WalkDir(data, give); err != nil {
		t.Fatal(err)
	}
	succeed(t, "restore", file, "--data", data, "--over")
	belongsTo(t, data, uid, gid)
	for _, name := range []string{"tls/ca.key", "bundle.key", "push.key"} {
		if info, err := os.Stat(filepath.Join(data, name)); err == nil && info.Mode().Perm() != 0o600 || err != nil && name == "tls/ca.key" {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	// So did a repair.
	succeed(t, "data", "repair", "--data", data)
	belongsTo(t, data, uid, gid)
	if out := succeed(t, "data", "repair", "--always", "--data", data); !strings.Contains(out, "0 lost") {
		t.Errorf("the repair said %s", out)
	}
	belongsTo(t, data, uid, gid)
}

// belongsTo holds whose everything in a folder is.
func belongsTo(t testing.TB, data string, uid, gid uint32) {
	t.Helper()
	err := filepath.WalkDir(data, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if s := info.Sys().(*syscall.Stat_t); s.Uid != uid || s.Gid != gid {
			t.Errorf("%s belongs to %d:%d", path, s.Uid, s.Gid)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// alone uses a database that no serve has open.
func alone(t testing.TB, data string, use func(ctx context.Context, db *store.Store) error) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: filepath.Join(data, "loalang.db"), Now: time.Now, NewID: uuid.NewString, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(use(t.Context(), db), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// A board that was restored on a new disk signs its bundles by a new key, and its neighbours refused
// them without anybody having said so. Over the folder of the same board the key goes on.
func TestRestoreTellsOfANewKeyOfBundles(t *testing.T) {
	t.Parallel()
	data, other := aBoard(t), filepath.Join(t.TempDir(), "data")
	print, _, _ := strings.Cut(succeed(t, "bundle", "key", "--data", data), " ")
	file := filepath.Join(t.TempDir(), "a.loalang.tar")
	succeed(t, "backup", file, "--data", data)
	for folder, anew := range map[string]bool{data: false, other: true} {
		out := succeed(t, "restore", file, "--data", folder, "--over")
		if strings.Contains(out, "signed by a new key") != anew || anew && !strings.Contains(out, "sudo loalang-board bundle key") {
			t.Errorf("restore into %s said %s", folder, out)
		}
		if now := succeed(t, "bundle", "key", "--data", folder); strings.HasPrefix(now, print) == anew {
			t.Errorf("its key is %s, and was %s", now, print)
		}
	}
}
