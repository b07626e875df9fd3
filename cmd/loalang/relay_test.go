package main_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"loalang/scheduler"
	"loalang/store"
)

// openSlot gives the board's village a slot that has just begun, and allows sound at
// every hour.
func openSlot(t *testing.T, data string) scheduler.Slot {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{Path: filepath.Join(data, "loalang.db"), Now: time.Now, NewID: uuid.NewString})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	v, err := db.Village(ctx, "un-ta")
	if err != nil {
		t.Fatal(err)
	}
	loc, err := v.Location()
	if err != nil {
		t.Fatal(err)
	}
	v.Allowed = nil
	now := time.Now().In(loc)
	s := scheduler.Slot{
		Owned: scheduler.Owned{ID: "0193a000-0000-7000-8000-0000000000ff", Village: v.Key}, Name: "Buổi thử",
		Start: scheduler.TimeOfDay(now.Hour()*60 + now.Minute()), Length: time.Hour,
	}
	if err := db.SaveVillage(ctx, v); err != nil {
		t.Fatal(err)
	}
	if err := db.SaveSlot(ctx, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// A station goes the whole way: listed and tried over the API, relayed at its place
// in the slot by a decoder behind its lock, replaced by a recording while it is
// silent, back, and all of that in the as-run.
func TestStationIsRelayed(t *testing.T) {
	t.Parallel()
	need(t, sound)
	dir := t.TempDir()
	tone := filepath.Join(dir, "tone.mp3")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=500:r=44100:d=2", "-c:a", "libmp3lame", "-b:a", "96k", tone).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	music, err := os.ReadFile(tone)
	if err != nil {
		t.Fatal(err)
	}
	lost := atomic.Bool{}
	station := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for n := 0; r.Context().Err() == nil && !lost.Load(); n++ {
			for at := 0; at < len(music) && !lost.Load(); at += len(music)/8 + 1 {
				if _, err := w.Write(music[at:min(at+len(music)/8+1, len(music))]); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				if n > 0 { // as stations do, some seconds come at once
					time.Sleep(230 * time.Millisecond)
				}
			}
		}
	}))
	defer func() { station.CloseClientConnections(); station.Close() }()
	data := filepath.Join(dir, "data")
	serve(t, data, "null").stop() // makes the folder
	slot := openSlot(t, data)
	tape := filepath.Join(dir, "air.wav")
	d := serve(t, data, "file:"+tape, append([]string{"--allow-private", "127.0.0.1/32"}, quick...)...).admit()

	id := d.call(http.MethodPost, "/stations", object{"name": "Đài thử", "url": station.URL + "/"}, http.StatusCreated)["id"].(string)
	if got := d.call(http.MethodPost, "/stations/"+id+"/try", nil, http.StatusOK); got["format"] != "mp3" || got["code"] != nil {
		t.Errorf("tried: %v", got)
	}
	fallback := ""
	for _, r := range d.call(http.MethodGet, "/recordings", nil, http.StatusOK)["recordings"].([]any) {
		if r := r.(map[string]any); r["kind"] == "builtin" {
			fallback = r["id"].(string)
		}
	}
	if fallback == "" {
		t.Fatal("there is no recording to stand in")
	}
	// From the minute in which the slot began, which may be over.
	began := time.Now().Truncate(time.Minute)
	for int(slot.Start)%60 != began.Minute() {
		began = began.Add(-time.Minute)
	}
	offset := time.Since(began) + 14*time.Second
	d.call(http.MethodPut, "/slots/"+slot.ID+"/relays", object{"relays": []object{{"station": id, "offset": offset.Seconds(), "length": 60, "fallback": fallback, "patience": 1}}}, http.StatusOK)

	relayed := func() (row object) {
		for _, r := range d.rows() {
			if r["kind"] == "relay" {
				row = r
			}
		}
		return row
	}
	parts := func() (all []any) {
		if row := relayed(); row != nil {
			for _, a := range airings(row) {
				all = append(all, a["part"])
			}
		}
		return all
	}
	// A machine that is busy may hear too little of the station for a moment: what counts is
	// what comes after what.
	last := func(want any) func() bool {
		return func() bool { got := parts(); return len(got) > 0 && got[len(got)-1] == want }
	}
	d.until("the station is on air", last("relay"))
	on := len(parts()) - 1
	lost.Store(true)
	d.until("the recording stands in", last("fallback"))
	lost.Store(false)
	d.until("the station is back", last("relay"))
	d.until("it ends at its time", func() bool { return relayed()["outcome"] != nil })
	row := relayed()
	if row["outcome"] != "played" || row["title"] != "Đài thử" {
		t.Errorf("as-run %v", row)
	}
	d.stop()
	second := airings(row)[on+1]
	if second["part"] != "fallback" {
		t.Fatalf("behind the station came %v", second)
	}
	stood := instant(t, second["started"])
	if lufs, _ := loudness(t, readTape(t, tape).between(stood.Add(500*time.Millisecond), stood.Add(3*time.Second))); lufs < -26 {
		t.Errorf("the recording that stands in is at %.1f LUFS", lufs)
	}
	first := airings(row)[on]
	begun := instant(t, first["started"])
	if lufs, _ := loudness(t, readTape(t, tape).between(begun.Add(500*time.Millisecond), begun.Add(2500*time.Millisecond))); lufs < -21 || lufs > -15 {
		t.Errorf("the station is at %.1f LUFS", lufs)
	}
}
