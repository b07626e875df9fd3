package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"loalang/archive/disktest"
	"loalang/people"
	"loalang/store"
)

// succeed runs a command that must not fail.
func succeed(t testing.TB, args ...string) string {
	t.Helper()
	out, errs, code := loalang(t, "", args...)
	if code != 0 {
		t.Fatalf("loalang %v = %d: %s%s", args, code, out, errs)
	}
	return out
}

// refused runs a command that must fail with a sentence.
func refused(t testing.TB, want string, args ...string) {
	t.Helper()
	if out, errs, code := loalang(t, "", args...); code == 0 || !strings.Contains(errs, want) || strings.Contains(errs, "panic") {
		t.Errorf("loalang %v = %d: %s%s; want %q", args, code, out, errs, want)
	}
}

// treeOf reads the files of a folder that a backup keeps.
func treeOf(t testing.TB, data string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, part := range []string{"recordings/original", "recordings/master"} {
		err := fs.WalkDir(os.DirFS(data), part, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			raw, err := os.ReadFile(filepath.Join(data, path))
			files[path] = string(raw)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// A backup that is made while a notice is on the air disturbs nothing, is whole, and
// brings everything back on another disk: what was announced airs there. Nobody is
// signed in any more, and the token of before opens nothing.
func TestBackupAndRestoreWhileItPlays(t *testing.T) {
	need(t, sound)
	data, stick := t.TempDir(), t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	id := d.announce(object{"title": "Mời họp thôn", "text": "Kính mời bà con đi họp tại nhà văn hoá thôn lúc mười chín giờ.", "renditions": []object{{"language": "vi"}}})
	d.airAt(id, time.Now().Add(8*time.Second))
	d.until("it is on the air", func() bool { return d.call(http.MethodGet, "/air", nil, http.StatusOK)["on_air"] != nil })
	file := filepath.Join(stick, "whole.loalang.tar")
	succeed(t, "backup", file, "--data", data)
	d.until("it has aired", func() bool { return d.row(id)["outcome"] == "played" })
	succeed(t, "backup", "verify", file)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: others may read it", info, err)
	}
	refused(t, "a loalang serve uses the data folder", "restore", file, "--data", data, "--over")
	d.stop()
	want := treeOf(t, data)

	other := filepath.Join(t.TempDir(), "new")
	out := succeed(t, "restore", file, "--data", other)
	if !strings.Contains(out, "token revoked") || !strings.Contains(out, "whoever lost an account") {
		t.Errorf("restore said: %s", out)
	}
	got := treeOf(t, other)
	if len(want) == 0 || len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
	for name, raw := range want {
		if got[name] != raw {
			t.Errorf("%s is not what it was", name)
		}
	}
	again := serve(t, other, "null", quick...)
	again.token = d.token
	if status, _ := again.try(http.MethodGet, "/announcements/"+id, nil); status != http.StatusUnauthorized {
		t.Errorf("the token of before is answered %d", status)
	}
	again.token = strings.TrimSpace(succeed(t, "token", "add", "mới", "--role", "admin", "--allow-emergency", "--data", other))
	again.airAt(id, time.Now().Add(8*time.Second))
	again.until("it airs again", func() bool { return again.row(id)["outcome"] == "played" })
}

// Whatever is changed in a backup is found, and nothing is restored from it.
func TestADamagedBackupTouchesNothing(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	serve(t, data, "null", quick...).admit().stop()
	file := filepath.Join(dir, "a.loalang.tar")
	succeed(t, "backup", file, "--data", data)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]func() []byte{
		"CutShort":   func() []byte { return whole[:len(whole)*2/3] },
		"OneByte":    func() []byte { b := bytes.Clone(whole); b[8000] ^= 1; return b },
		"Empty":      func() []byte { return nil },
		"Other":      func() []byte { return bytes.Repeat([]byte("bản tin "), 2000) },
		"WithoutEnd": func() []byte { return whole[:len(whole)-1024-2048] },
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(dir, name)
			if err := os.WriteFile(bad, spoil(), 0o600); err != nil {
				t.Fatal(err)
			}
			before := listing(t, data)
			refused(t, "backup", "backup", "verify", bad)
			refused(t, "backup", "restore", bad, "--data", data, "--over")
			if after := listing(t, data); after != before {
				t.Errorf("the data folder was\n%s\nand is\n%s", before, after)
			}
		})
	}
}

// listing names the files of a folder with their lengths.
func listing(t testing.TB, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		b.WriteString(path + " " + strconv.Itoa(len(raw)) + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What is in a used folder is put aside and kept; who was sent away since the backup
// stays away.
func TestRestoreOverAUsedFolder(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	d.stop()
	for _, name := range []string{"Hoa", "Lan", "Mai"} {
		if _, errs, code := loalang(t, "trạm y tế xã\n", "user", "add", name, "--role", "cadre", "--password-stdin", "--data", data); code != 0 {
			t.Fatal(errs)
		}
	}
	succeed(t, "token", "add", "kept", "--role", "viewer", "--data", data)
	succeed(t, "token", "add", "gone", "--role", "viewer", "--data", data)
	own := fingerprint.FindString(succeed(t, "bundle", "key", "--data", data))
	for i, name := range []string{"xã", "lạ"} {
		succeed(t, "bundle", "trust", strings.Repeat(strconv.Itoa(i), 32), "--name", name, "--data", data)
	}
	alone(t, data, func(ctx context.Context, db *store.Store) error {
		hoa, err := db.AccountByName(ctx, "Hoa")
		if err != nil {
			return err
		}
		return errors.Join(db.AddPasskey(ctx, people.Passkey{ID: "kept", Account: hoa.ID, Name: "máy của Hoa", Record: "{}", Created: time.Now()}),
			db.AddPasskey(ctx, people.Passkey{ID: "lost", Account: hoa.ID, Name: "máy bị mất", Record: "{}", Created: time.Now()}))
	})
	file := filepath.Join(dir, "a.loalang.tar")
	succeed(t, "backup", file, "--data", data)
	succeed(t, "user", "disable", "Lan", "--data", data)
	if _, errs, code := loalang(t, "mật khẩu mới của Mai\n", "user", "password", "Mai", "--password-stdin", "--data", data); code != 0 {
		t.Fatal(errs)
	}
	var mai people.Account
	alone(t, data, func(ctx context.Context, db *store.Store) (err error) {
		if mai, err = db.AccountByName(ctx, "Mai"); err != nil {
			return err
		}
		mai.Role, mai.PIN = people.Viewer, "$argon2id$…pin"
		hoa, err := db.AccountByName(ctx, "Hoa")
		return errors.Join(err, db.SaveAccount(ctx, mai), db.DropPasskey(ctx, hoa.ID, "lost"))
	})
	succeed(t, "bundle", "trust", strings.Repeat("1", 32), "--revoke", "--data", data)
	ca, err := os.ReadFile(filepath.Join(data, "tls", "ca.key"))
	if err != nil {
		t.Fatal(err)
	}
	refused(t, "holds data already", "restore", file, "--data", data)
	out := succeed(t, "restore", file, "--data", data, "--over", "--keep-token", "kept")
	for _, want := range []string{"account switched off, as it was on the board before: Lan", "account that may sign in: Hoa", "account as it was on the board before (role, password, PIN): Mai", "account that may sign in: Mai (viewer)", "máy bị mất (Hoa)", "token kept: kept", "token revoked: gone", "bundles are taken: xã", "bundles are taken no more, as on the board before: lạ", "what was there before is in"} {
		if !strings.Contains(out, want) {
			t.Errorf("restore did not say %q:\n%s", want, out)
		}
	}
	if keys := succeed(t, "bundle", "key", "--data", data); !strings.Contains(keys, own) || !strings.Contains(keys, "xã") || strings.Contains(keys, "lạ") {
		t.Errorf("bundles: %s", keys)
	}
	if users := succeed(t, "user", "list", "--data", data); !strings.Contains(users, "disabled") {
		t.Errorf("users: %s", users)
	}
	if now, err := os.ReadFile(filepath.Join(data, "tls", "ca.key")); err != nil || !bytes.Equal(now, ca) {
		t.Errorf("the same board has another authority: %v", err)
	}
	alone(t, data, func(ctx context.Context, db *store.Store) error {
		now, err := db.AccountByName(ctx, "Mai")
		keys, unread := db.Passkeys(ctx, "")
		if now.Role != mai.Role || now.Password != mai.Password || now.PIN != mai.PIN || len(keys) != 1 || keys[0].ID != "kept" {
			t.Errorf("Mai is %+v, the passkeys are %v", now, keys)
		}
		return errors.Join(err, unread)
	})
	aside, err := filepath.Glob(filepath.Join(data, "before-restore-*", "loalang.db"))
	if err != nil || len(aside) != 1 {
		t.Errorf("put aside: %v, %v", aside, err)
	}
	serve(t, data, "null", quick...).stop()
}

// A power cut in the middle of the swap is made good by the next start, wherever it was.
func TestARestoreCutShortIsFinished(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	serve(t, data, "null", quick...).admit().stop()
	file := filepath.Join(dir, "a.loalang.tar")
	succeed(t, "backup", file, "--data", data)
	for _, name := range []string{"first", "last"} {
		other := filepath.Join(t.TempDir(), "data")
		succeed(t, "restore", file, "--data", other)
		// As it was when the power went: the note stands, some of it is done.
		stage := filepath.Join(other, "restore.new")
		moved := []string{"loalang.db", "standby"}
		if name == "last" {
			moved = moved[:1]
		}
		note := map[string]any{"aside": "", "old": []string{}, "new": []string{"loalang.db", "standby"}}
		raw, err := json.Marshal(note)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(stage, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, m := range moved {
			if err := os.Rename(filepath.Join(other, m), filepath.Join(stage, m)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(other, "restore.pending"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		serve(t, other, "null", quick...).stop()
		if users := succeed(t, "user", "list", "--data", other); users == "" {
			t.Error("nobody is there")
		}
	}
}

// What makes a backup impossible is said in a sentence.
func TestBackupRefusals(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	serve(t, data, "null", quick...).stop()
	refused(t, "plug in the stick", "backup", filepath.Join(dir, "none", "x.tar"), "--data", data)
	refused(t, "lies among what is backed up", "backup", filepath.Join(data, "recordings", "x.tar"), "--data", data)
	there := filepath.Join(dir, "there")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, "is there already", "backup", there, "--data", data)
	small, err := disktest.Tmpfs(t, "size=4m")
	if err != nil {
		missing(t, "a small disk cannot be mounted here ("+err.Error()+"): run the tests as root")
	}
	refused(t, "there is no room", "backup", small, "--data", data)
	if left, err := os.ReadDir(small); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
