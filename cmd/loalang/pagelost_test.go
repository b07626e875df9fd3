package main_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// One page of the database is destroyed under a running serve: what is planned airs, an
// emergency sounds, and every page says what to do.
func TestAPageIsDestroyedUnderARunningBoard(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	token := d.token
	id := d.announce(object{"title": "Mời họp thôn", "text": "Kính mời bà con đi họp.", "renditions": []object{{"language": "vi"}}})
	var others []string
	for range 40 {
		made := d.call(http.MethodPost, "/announcements", object{
			"title": "Thông báo", "text": strings.Repeat("Kính thưa bà con. ", 40), "renditions": []object{{"language": "vi", "waived": true}, {"language": "pcc"}},
		}, http.StatusCreated)
		others = append(others, made["id"].(string))
	}
	d.stop() // all of it lies in the file itself then
	d = serve(t, data, "null", quick...)
	d.token = token
	d.until("its sound is there", func() bool { return len(blobsOf(t, data, "master", ".flac")) == 1 })
	d.airAt(id, time.Now().Add(40*time.Second))
	d.until("the plan has it", func() bool {
		raw, _ := os.ReadFile(filepath.Join(data, "standby", "plan-un-ta.json"))
		return bytes.Contains(raw, []byte(id))
	})
	destroyPage(t, filepath.Join(data, "loalang.db"))
	aired := false // before the board has noticed, on a slow machine: the database has the row then
	d.until("the board has noticed", func() bool {
		aired = aired || airedRow(d, id)
		d.readAll(others)
		status, text := d.page("/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(text, "database-damaged")
	})
	if _, text := d.page("/sign-in"); !strings.Contains(text, "Kho dữ liệu bị hỏng") || !strings.Contains(text, "data repair") {
		t.Error("the panel does not say that the database is damaged and what to do")
	}
	d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "Nước dâng nhanh"}, http.StatusCreated)
	d.until("the emergency sounds", func() bool { return spooled(t, data, "emergency", "") })
	d.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
	d.until("what was planned has aired", func() bool { return aired || spooled(t, data, "notice", "played") })
}

// airedRow says whether the as-run, while it can be read, has a notice as played.
func airedRow(d *daemon, announcement string) bool {
	status, page := d.try(http.MethodGet, "/asrun", nil)
	if status != http.StatusOK {
		return false
	}
	for _, r := range page["rows"].([]any) {
		if row := r.(map[string]any); row["announcement"] == announcement && row["outcome"] == "played" {
			return true
		}
	}
	return false
}

// destroyPage overwrites, in place, the second leaf of a database in use that holds the long
// texts.
func destroyPage(t testing.TB, database string) {
	t.Helper()
	f, err := os.OpenFile(database, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	raw, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for at := 4096; at+4096 <= len(raw); at += 4096 {
		page := raw[at : at+4096]
		if page[0] != 13 || bytes.Count(page, []byte("Kính thưa bà con")) <= 10 {
			continue
		}
		if n++; n == 2 {
			if _, err := f.WriteAt(make([]byte, 4096), int64(at)); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("only %d pages hold texts", n)
}

// readAll reads notices, several at a time: each reader of the database that is opened for
// that reads the file anew.
func (d *daemon) readAll(ids []string) {
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := n; i < len(ids); i += 8 {
				d.try(http.MethodGet, "/announcements/"+ids[i], nil)
			}
			d.try(http.MethodGet, "/announcements?limit=200", nil)
		})
	}
	all.Wait()
}
