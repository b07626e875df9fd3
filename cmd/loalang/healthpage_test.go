package main_test

import (
	"log/slog"
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"loalang/health"
	"loalang/store"
)

// Somebody opens the page of the board's health: what is to be done stands first, zones
// are named, how it was is drawn, and every page has it in its place.
func TestHealthIsSeen(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	data := t.TempDir()
	serve(t, data, "null", quick...).stop()
	seedHealth(t, data)
	d := serve(t, data, "null", append([]string{"--zones", "Đầu thôn=sim; Chợ=rts:/dev/no-such-port", "--health-limits", "temperature=1/2"}, quick...)...)
	b.signUp(d.setup)
	b.open(d.url + "/health")
	d.until("the board was measured", func() bool {
		b.open(d.url + "/health")
		return js[bool](b, "document.querySelector('#todo') != null")
	})
	b.until("what is to be done has advice", "document.querySelectorAll('[aria-labelledby=todo] li p').length > 2")
	b.until("both spans are drawn", "document.querySelectorAll('svg.wave path').length === 6")
	b.picture("health-360")
	b.screen(1280, 900)
	b.picture("health-1280")
	b.open(d.url + "/settings")
	b.until("the settings lead there", "document.querySelector('a[href=\"/health\"]') != null")
	b.picture("health-settings-1280")
	b.screen(360, 740)
	b.open(d.url + "/announcements")
	b.until("another page says that something is broken", "document.querySelector('main .note a[href=\"/health\"]') != null")
	b.picture("health-banner-360")
	b.screen(320, 740)
	b.open(d.url + "/health")
	b.until("the page is there", "document.querySelector('#todo') != null")
	b.picture("health-320")
}

// seedHealth gives a board a history of 90 days.
func seedHealth(t *testing.T, data string) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: filepath.Join(data, "loalang.db"), Now: time.Now, NewID: uuid.NewString, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	var h health.History
	now := time.Now()
	add := func(list *[]health.Sample, step time.Duration, n int) {
		for i := n; i > 0; i-- {
			at := now.Add(-time.Duration(i) * step)
			day := math.Sin(2 * math.Pi * float64(at.Hour()*60+at.Minute()) / 1440)
			*list = append(*list, health.Sample{
				At: at, Step: step, Level: health.Good, Temperature: 52 + 9*day, DiskFree: int64(8<<30 - (n-i)<<20), MemoryFree: int64(300+40*day) << 20, Memory: 60 << 20, Descriptors: 60,
			})
		}
	}
	add(&h.Fine, health.FineStep, 280)
	add(&h.Coarse, health.CoarseStep, 1000)
	h.Changes = []health.Change{
		{At: now.Add(-9 * time.Hour), Part: health.Link, Level: health.Warning, Code: health.LinkDown, Values: []health.Value{{Text: "eth0", Unit: health.Text}, {Amount: 90000, Unit: health.Seconds}}},
		{At: now.Add(-2 * time.Hour), Part: health.Link, Level: health.Good, Code: health.LinkGood, Values: []health.Value{{Text: "eth0", Unit: health.Text}}},
	}
	if err := db.NoteHealth(t.Context(), h, now); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
