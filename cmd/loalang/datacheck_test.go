package main_test

import (
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/recordings"
)

// blobsOf lists the files of one form of the library.
func blobsOf(t testing.TB, data, form, ending string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(data, "recordings", form, "*", "*"+ending))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// spoil changes a byte in the middle of a file.
func spoil(t testing.TB, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 0x55
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// checked is what `data check --json` prints.
func checked(t testing.TB, want int, args ...string) (said struct {
	Checked int
	Damaged []recordings.Blemish
},
) {
	t.Helper()
	out, errs, code := loalang(t, "", append([]string{"data", "check", "--json"}, args...)...)
	if code != want {
		t.Fatalf("loalang data check %v = %d: %s%s", args, code, out, errs)
	}
	if err := json.Unmarshal([]byte(out), &said); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return said
}

// A damaged recording is found, put aside and made good by the best way there is, while
// serve goes on, and what was announced airs.
func TestDamagedRecordingsAreMadeGood(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data, stick := t.TempDir(), t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	id := d.announce(object{"title": "Mời họp thôn", "text": "Kính mời bà con đi họp tại nhà văn hoá thôn.", "renditions": []object{{"language": "vi"}}})
	d.until("it is ready", func() bool { return len(blobsOf(t, data, "master", ".flac")) == 1 })
	file := filepath.Join(stick, "a.loalang.tar")
	succeed(t, "backup", file, "--data", data)
	master, original := blobsOf(t, data, "master", ".flac")[0], blobsOf(t, data, "original", ".bin")[0]
	whole, err := os.ReadFile(master)
	if err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(data, "recordings", "damaged", filepath.Base(master))
	steps := []struct {
		name   string
		damage func()
		args   []string
		want   string
	}{
		{"Misread", func() { spoil(t, master) }, nil, recordings.MendedCopy}, // and read rightly the next time
		{"FromABackup", func() { spoil(t, master); spoil(t, original) }, []string{"--from", file}, recordings.MendedCopy},
		{"FromTheOriginal", func() { spoil(t, master) }, nil, recordings.MendedRemade},
		{"Missing", func() { remove(t, master) }, nil, recordings.MendedRemade},
	}
	for _, s := range steps {
		s.damage()
		said := checked(t, 3, append([]string{"--report", "--data", data}, s.args...)...)
		if len(said.Damaged) == 0 || said.Damaged[0].Mended != "" {
			t.Fatalf("%s: found %+v", s.name, said.Damaged)
		}
		if s.name == "Misread" {
			spoil(t, aside) // the same byte: it is what it was
		}
		said = checked(t, 0, append([]string{"--data", data}, s.args...)...)
		for _, b := range said.Damaged {
			if b.Mended != s.want {
				t.Errorf("%s: %+v", s.name, b)
			}
		}
		if now, err := os.ReadFile(master); err != nil || string(now) != string(whole) {
			t.Errorf("%s: the master is not what it was: %v", s.name, err)
		}
	}
	if aside, _ := filepath.Glob(filepath.Join(data, "recordings", "damaged", "*.flac")); len(aside) != 1 {
		t.Errorf("put aside: %v", aside)
	}
	// Nothing whole is left of it: the voice reads it again.
	spoil(t, master)
	spoil(t, original)
	for _, play := range blobsOf(t, data, "play", ".wav") {
		if strings.Contains(play, strings.TrimSuffix(filepath.Base(master), ".flac")) {
			remove(t, play)
		}
	}
	said := checked(t, 0, "--data", data)
	if !strings.Contains(mends(said.Damaged), recordings.MendedSpoken) {
		t.Errorf("mended %s", mends(said.Damaged))
	}
	d.until("it is ready again", func() bool {
		got := d.call(http.MethodGet, "/announcements/"+id, nil, http.StatusOK)
		raw, _ := json.Marshal(got)
		return strings.Contains(string(raw), `"ready"`)
	})
	d.airAt(id, time.Now().Add(8*time.Second))
	d.until("it airs", func() bool { return d.row(id)["outcome"] == "played" })
}

// rowsOf counts the rows of a table of a database that nobody uses.
func rowsOf(t testing.TB, database, table string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite3", database)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.QueryRow("SELECT count(*) FROM "+table).Scan(&n), db.Close()); err != nil {
		t.Fatal(err)
	}
	return n
}

func mends(list []recordings.Blemish) string {
	var all []string
	for _, b := range list {
		all = append(all, string(b.Form)+":"+b.Mended)
	}
	return strings.Join(all, " ")
}

// A database of which pages are destroyed while the board is off: every command says what to
// do, and the repair saves all but what lay there.
func TestAPageOfTheDatabaseIsDestroyed(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	token := d.token
	const announced = 41
	id := d.announce(object{"title": "Mời họp thôn", "text": "Kính mời bà con đi họp.", "renditions": []object{{"language": "vi"}}})
	for range announced - 1 {
		d.announce(object{"title": "Thông báo", "text": strings.Repeat("Kính thưa bà con. ", 40), "renditions": []object{{"language": "vi"}}})
	}
	d.stop()
	database := filepath.Join(data, "loalang.db")
	raw, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	pages, destroyed := 0, 0
	for at := 4096; at+4096 <= len(raw); at += 4096 { // leaves that hold the texts, but for some
		if raw[at] == 13 && strings.Count(string(raw[at:at+4096]), "Kính thưa bà con") > 10 {
			if pages++; pages%4 == 2 {
				destroyed += int(binary.BigEndian.Uint16(raw[at+3:]))
				clear(raw[at : at+4096])
			}
		}
	}
	if pages < 4 {
		t.Fatalf("only %d pages hold texts", pages)
	}
	write(t, database, raw)
	refused(t, "damaged", "plan", "--data", data)
	out := succeed(t, "data", "repair", "--data", data)
	if !strings.Contains(out, "rows lost") && !strings.Contains(out, "nobody knows") || !strings.Contains(out, "rows saved") {
		t.Errorf("repair said: %s", out)
	}
	if kept := rowsOf(t, database, "announcements"); destroyed == 0 || kept < announced-destroyed {
		t.Errorf("%d of %d announcements are kept, %d rows lay on destroyed pages: %s", kept, announced, destroyed, out)
	}
	if kept, _ := filepath.Glob(filepath.Join(data, "before-restore-*", "loalang.db")); len(kept) != 1 {
		t.Errorf("kept: %v", kept)
	}
	again := serve(t, data, "null", quick...)
	again.token = token
	again.call(http.MethodGet, "/announcements/"+id, nil, http.StatusOK)
	refused(t, "a loalang serve uses", "data", "repair", "--data", data)
}
