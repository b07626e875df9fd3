package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// nightNote is what the board knows of its nightly backups.
type nightNote struct {
	Last, Tried     time.Time
	File, Code, Odd string
	Stick           bool
	BadStick        string `json:"bad_stick"`
	StickCode       string `json:"stick_code"`
	Wrong, Lost     int
	Damaged         int
	Bare            time.Time
	OnStick         time.Time `json:"on_stick"`
}

// night makes a nightly backup and returns what is known then.
func night(t testing.TB, data, sticks string) (n nightNote) {
	t.Helper()
	succeed(t, "backup", "nightly", "--data", data, "--backup-stick", sticks, "--backup-keep", "2")
	raw, err := os.ReadFile(filepath.Join(data, "backup.json"))
	if err == nil {
		err = json.Unmarshal(raw, &n)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// aBoard is the data folder of a board that was started once.
func aBoard(t testing.TB) string {
	t.Helper()
	data := t.TempDir()
	serve(t, data, "null", quick...).stop()
	return data
}

// A stick that takes no backup, full for one, is no reason for a night without: the next
// stick takes it, or the disk of the data, and health says what is wrong with the stick.
func TestANightWithABadStickHasABackup(t *testing.T) {
	t.Parallel()
	data := aBoard(t)
	full, good := stickOf(t), stickOf(t)
	fill := make([]byte, 64<<20)
	_ = os.WriteFile(filepath.Join(full, "phim.mkv"), fill, 0o600) // until it is full
	n := night(t, data, full+","+good)
	if !n.Stick || filepath.Dir(n.File) != good || n.BadStick != full || n.StickCode != "no-room" {
		t.Errorf("with a good one beside it: %+v", n)
	}
	n = night(t, data, full)
	if n.Stick || filepath.Dir(n.File) != filepath.Join(data, "backups") || n.StickCode != "no-room" || n.Last.IsZero() || n.OnStick.IsZero() {
		t.Errorf("alone: %+v", n)
	}
	if said := doctored(t, data, "backup"); !strings.Contains(said, "backup-stick") || !strings.Contains(said, full) || !strings.Contains(said, "there is no room") || !strings.Contains(said, "delete old backups") {
		t.Errorf("doctor says %q", said)
	}
	if err := unix.Mount("", good, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if n = night(t, data, good); n.Stick || n.StickCode != "read-only" {
		t.Errorf("write-protected: %+v", n)
	}
	if n = night(t, data, ""); n.StickCode != "" || n.Bare.IsZero() {
		t.Errorf("pulled out: %+v", n)
	}
	if said := doctored(t, data, "backup"); !strings.Contains(said, "backup-gone") {
		t.Errorf("pulled out, doctor says %q", said)
	}
}

// A board that never had a stick is well, and is advised to have one.
func TestABoardWithoutAStickIsNotIll(t *testing.T) {
	t.Parallel()
	data := aBoard(t)
	night(t, data, "")
	out, _, _ := loalang(t, "", "doctor", "--lang", "en", "--device", "null", "--data", data)
	_, said, found := strings.Cut(out, "ok   backup: ")
	_, said, _ = strings.Cut(said, "\n")
	if advice, _, _ := strings.Cut(said, "\n"); !found || !strings.Contains(advice, "Better plug in a stick") {
		t.Errorf("doctor says %s", out)
	}
}

// Whatever lies beside the backups and cannot be read, the new one counts: the old sound
// stays, and health names the file.
func TestABrokenFileBesideTheBackupsEndsNone(t *testing.T) {
	t.Parallel()
	data := aBoard(t)
	stick := stickOf(t)
	odd := filepath.Join(stick, "cua-ai.loalang.tar")
	write(t, odd, []byte("bản tin "))
	if err := os.Mkdir(filepath.Join(stick, "recordings"), 0o700); err != nil { // sound lies there
		t.Fatal(err)
	}
	for range 3 { // old ones go
		if n := night(t, data, stick); !n.Stick || n.Code != "" || n.Odd != filepath.Base(odd) {
			t.Fatalf("%+v", n)
		}
		time.Sleep(1100 * time.Millisecond) // their names have seconds
	}
	if said := doctored(t, data, "backup"); !strings.Contains(said, "backup-odd") || !strings.Contains(said, "cua-ai.loalang.tar") {
		t.Errorf("doctor says %q", said)
	}
	remove(t, odd)
	if err := unix.Mkfifo(odd, 0o600); err != nil { // nobody ever writes to it
		t.Fatal(err)
	}
	if n := night(t, data, stick); n.Odd != filepath.Base(odd) {
		t.Errorf("with a pipe: %+v", n)
	}
	remove(t, odd)
	if n := night(t, data, stick); n.Odd != "" {
		t.Errorf("without: %+v", n)
	}
}

// What a person backed up stays, however many nights go by; it is listed, and what is
// damaged is made good from it.
func TestWhatAPersonBackedUpIsNotRotatedAway(t *testing.T) {
	t.Parallel()
	b := takeOf(t)
	stick := stickOf(t)
	out := succeed(t, "backup", stick, "--data", b.data)
	file, _, _ := strings.Cut(out, ": ")
	if !strings.HasSuffix(file, "-by-hand.loalang.tar") {
		t.Fatalf("backup said %s", out)
	}
	old := strings.Replace(file, filepath.Base(file), "loalang-un-ta-20260101-020000Z-by-hand.loalang.tar", 1)
	if err := os.Rename(file, old); err != nil {
		t.Fatal(err)
	}
	_, began := time.Now().UTC().ISOWeek()
	for range 4 {
		night(t, b.data, stick)
		time.Sleep(1100 * time.Millisecond) // their names have seconds
	}
	_, ended := time.Now().UTC().ISOWeek()
	list := succeed(t, "backup", "list", "--data", b.data, "--backup-stick", stick)
	kept := strings.Count(list, "\n") - 1 // by night: two, and one of the week that ended meanwhile
	if !strings.Contains(list, old) || kept != 2 && (began == ended || kept != 3) {
		t.Errorf("listed:\n%s", list)
	}
	remove(t, b.master)
	if err := os.RemoveAll(filepath.Join(stick, "recordings")); err != nil {
		t.Fatal(err)
	}
	checked(t, 0, "--data", b.data, "--backup-stick", stick)
	succeed(t, "restore", old, "--data", filepath.Join(t.TempDir(), "new"))
}

// The sound on a stick is read again by and by. What changed there is put anew from the
// library; what the library has not whole either is told.
func TestTheSoundOnAStickIsReadAgain(t *testing.T) {
	t.Parallel()
	b := takeOf(t)
	stick := stickOf(t)
	night(t, b.data, stick)
	copied := filepath.Join(stick, "recordings", b.recording[:2], b.recording)
	spoil(t, copied)
	tomorrow(t, stick)
	if n := night(t, b.data, stick); n.Wrong != 1 || n.Lost != 0 {
		t.Errorf("%+v", n)
	}
	want, err := os.ReadFile(b.master)
	if got, failed := os.ReadFile(copied); err != nil || failed != nil || string(got) != string(want) {
		t.Errorf("it was not put anew: %v, %v", err, failed)
	}
	if said := doctored(t, b.data, "backup"); !strings.Contains(said, "backup-worn") {
		t.Errorf("doctor says %q", said)
	}
	spoil(t, copied)
	spoil(t, b.master)
	tomorrow(t, stick)
	if n := night(t, b.data, stick); n.Wrong != 2 || n.Lost != 1 {
		t.Errorf("whole nowhere: %+v", n)
	}
}

// A nightly backup that found the database damaged left no word of it, and the board went on
// as if all were well.
func TestABackupThatFindsDamageIsToldOf(t *testing.T) {
	t.Parallel()
	data := aBoard(t)
	d := serve(t, data, "null", quick...).admit()
	path := filepath.Join(data, "loalang.db")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xa5}, int(info.Size()/3)), info.Size()-info.Size()/3); err != nil {
		t.Fatal(err)
	}
	d.call(http.MethodPost, "/backups", nil, http.StatusAccepted)
	d.until("it is told of", func() bool {
		var n nightNote
		raw, _ := os.ReadFile(filepath.Join(data, "backup.json"))
		_ = json.Unmarshal(raw, &n) // none yet
		_, text := d.page("/readyz")
		return n.Code == "damaged" && strings.Contains(text, "database-damaged")
	})
}

// tomorrow has the sound on a stick read again.
func tomorrow(t *testing.T, stick string) {
	t.Helper()
	note := filepath.Join(stick, "recordings", "checked.json")
	raw, err := os.ReadFile(note)
	var look map[string]any
	if err == nil {
		err = json.Unmarshal(raw, &look)
	}
	if err != nil {
		t.Fatal(err)
	}
	look["at"] = time.Now().Add(-24 * time.Hour)
	if raw, err = json.Marshal(look); err != nil {
		t.Fatal(err)
	}
	write(t, note, raw)
}

// What interrupted runs left goes after a day; what this program does not know stays.
func TestLeftoversGoAfterADay(t *testing.T) {
	t.Parallel()
	data := aBoard(t)
	stick := stickOf(t)
	sum := strings.Repeat("ab", 32)
	id := "0198c0de-0000-7000-8000-000000000000"
	ours := []string{
		filepath.Join(data, "recordings", "found-123", sum), filepath.Join(data, ".loalang-"+id+".db"), filepath.Join(stick, ".loalang-"+id+".db"),
		filepath.Join(stick, "loalang-un-ta-20260101-020000Z.loalang.tar.part"), filepath.Join(stick, "recordings", "ab", sum+".part"), filepath.Join(data, "backups", "before-update-3.db.part"),
	}
	for _, end := range []string{"", ".part", ".trial", ".trial.part", ".trial-wal", ".trial-shm"} { // the power was cut while an update was tried
		ours = append(ours, filepath.Join(data, "loalang.db.update"+end))
		if strings.HasPrefix(end, ".trial") {
			ours = append(ours, filepath.Join(data, "backups", "before-update-3.db"+end))
		}
	}
	print := strings.Repeat("ab", 16)
	ours = append(ours, filepath.Join(data, ".bundle-123"), filepath.Join(data, ".clock-123"), filepath.Join(data, "bundles", print+".tar"), filepath.Join(data, "bundles", "open", "village.json"))
	theirs := []string{
		filepath.Join(data, "bundles", "thon.tar"), filepath.Join(data, ".bundle-thơ"), filepath.Join(data, "bundles", "opened", "x"), filepath.Join(data, "recordings", "open", "x"),
		filepath.Join(stick, "phim.part"), filepath.Join(stick, "recordings", "ab", "thơ.part"), filepath.Join(data, "recordings", "found-kept", "x"),
		filepath.Join(data, "before-restore-20260101-020000-000Z", "loalang.db"), filepath.Join(stick, "found-123", "x"), filepath.Join(stick, ".loalang-1.db"),
		filepath.Join(data, "backups", "before-update-3.db"), filepath.Join(data, "loalang.db.update.kept"),
	}
	young := filepath.Join(stick, "loalang-un-ta-20260102-020000Z.loalang.tar.part")
	past := time.Now().Add(-25 * time.Hour)
	for _, path := range append(append([]string{young}, ours...), theirs...) {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, path, []byte("x"))
		if path == young {
			continue
		}
		for _, of := range []string{path, filepath.Dir(path)} {
			if err := os.Chtimes(of, past, past); err != nil {
				t.Fatal(err)
			}
		}
	}
	night(t, data, stick)
	var left []string
	for _, path := range ours {
		if _, err := os.Lstat(path); err == nil {
			left = append(left, path)
		}
	}
	for _, path := range append(theirs, young) {
		if _, err := os.Lstat(path); err != nil {
			left = append(left, fmt.Sprint("removed: ", path))
		}
	}
	if len(left) > 0 {
		t.Errorf("%s", strings.Join(left, "\n"))
	}
}

// TestANightGoesByTheToldTime: without a network and a battery clock the time is a person's word, and the system's
// clock may lie months behind it. The backup was dated by that one and looked as old to serve, which made the
// next after five minutes, and so on as long as nothing aired.
func TestANightGoesByTheToldTime(t *testing.T) {
	t.Parallel()
	data := aBoard(t)
	told := tellAhead(t, data)
	n := night(t, data, "")
	name := strings.TrimSuffix(filepath.Base(n.File), ".loalang.tar")
	made, err := time.Parse("20060102-150405Z", name[max(0, len(name)-len("20060102-150405Z")):])
	if n.Last.Sub(told).Abs() > time.Hour || err != nil || made.Sub(told).Abs() > time.Hour { // the two are some seconds apart
		t.Errorf("the time that was told is %s, and the backup is of %s: %s", told.UTC(), n.Last, n.File)
	}
}

// Behind a backup of a clock that was ahead no other counted until that day came: the board made one
// every five minutes, each night.
func TestABackupCountsBehindOneOfAClockThatWasAhead(t *testing.T) {
	t.Parallel()
	data := aBoard(t)
	ahead := time.Now().AddDate(0, 6, 0).UTC().Format(time.RFC3339)
	if err := os.WriteFile(filepath.Join(data, "backup.json"), []byte(`{"last":"`+ahead+`","file":"a.loalang.tar"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := night(t, data, ""); time.Since(n.Last).Abs() > time.Hour || filepath.Base(n.File) == "a.loalang.tar" {
		t.Errorf("noted is %+v", n)
	}
}
