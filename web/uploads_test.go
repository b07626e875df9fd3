package web_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/recordings"
	"loalang/upload"
	"loalang/web"
)

// sending is a house with a folder for uploads.
func sending(t *testing.T, edits ...func(*web.Config)) (*house, *importer, *upload.Shelf) {
	t.Helper()
	shelf, err := upload.Open(upload.Config{
		Dir: t.TempDir(), Bytes: 1 << 20, OwnerFiles: 5, OwnerBytes: 1 << 20, Life: time.Hour, Silence: time.Minute, Now: time.Now,
		Deadline: func(d time.Duration) time.Time { return time.Now().Add(d) }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	var i *importer
	h := newHouse(t, func(c *web.Config) {
		for _, edit := range edits {
			edit(c)
		}
		i = &importer{world: c.Importer.(*world)}
		c.Importer, c.Uploads, c.Landing = i, shelf, shelf
	})
	h.fill()
	return h, i, shelf
}

// sendAll sends a file in one request; pairs are names and values in turn.
func (h *house) sendAll(as, content string, pairs ...string) answer {
	h.t.Helper()
	var meta []string
	for i := 0; i < len(pairs); i += 2 {
		meta = append(meta, pairs[i]+" "+base64.StdEncoding.EncodeToString([]byte(pairs[i+1])))
	}
	r := httptest.NewRequest(http.MethodPost, "/api/v1/uploads", strings.NewReader(content))
	for k, v := range map[string]string{
		"Tus-Resumable": "1.0.0", "Upload-Length": fmt.Sprint(len(content)), "Upload-Metadata": strings.Join(meta, ","),
		"Content-Type": "application/offset+octet-stream", "Authorization": "Bearer " + h.as[as],
	} {
		r.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	h.http.ServeHTTP(rec, r)
	return answer{h.t, rec.Code, rec.Header(), rec.Body.Bytes()}
}

// landing runs the worker until nothing waits any more.
func (h *house) landing(shelf *upload.Shelf) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.server.LandUploads(ctx) }()
	until := time.Now().Add(time.Minute)
	for len(shelf.Waiting()) > 0 && time.Now().Before(until) {
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		h.t.Error(err)
	}
	if n := len(shelf.Waiting()); n > 0 {
		h.t.Errorf("%d uploads still wait", n)
	}
}

type uploadOf struct{ Stage, Recording, Code, Detail string }

func TestAnUploadIsTakenIn(t *testing.T) {
	h, i, shelf := sending(t)
	a := h.sendAll("recorder", "tiếng nói", "filename", "thôn.wav", "cut_from", "0.5").want(http.StatusCreated)
	id := filepath.Base(a.Header.Get("Location"))
	var got uploadOf
	h.call("recorder", "GET", "/api/v1/uploads/"+id, "").want(200).into(&got)
	if got.Stage != "waiting" {
		t.Errorf("before it is worked on: %+v", got)
	}
	h.call("cadre", "GET", "/api/v1/uploads/"+id, "").want(404)
	h.landing(shelf)
	h.call("recorder", "GET", "/api/v1/uploads/"+id, "").want(200).into(&got)
	if got.Stage != "done" || got.Recording != soundID || string(i.got) != "tiếng nói" || i.about.Trim.From != 500*time.Millisecond || i.about.Title != "thôn" {
		t.Errorf("%+v, imported %q as %+v", got, i.got, i.about)
	}
}

func TestAnUploadIsRefused(t *testing.T) {
	h, i, shelf := sending(t)
	for name, c := range map[string]struct {
		as     string
		pairs  []string
		status int
	}{
		"nobody":             {"", nil, 401},
		"who may only look":  {"viewer", nil, 403},
		"of another village": {"elsewhere", []string{"village", "un-ta"}, 403},
		"for no notice":      {"recorder", []string{"announcement", foreignID, "language", "pcc"}, 404},
		"for no language":    {"recorder", []string{"announcement", noticeID, "language", "fr"}, 422},
		"cut before it":      {"recorder", []string{"cut_from", "x"}, 422},
		"of a long name":     {"recorder", []string{"title", strings.Repeat("a", 1000)}, 422},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			h.sendAll(c.as, "x", c.pairs...).want(c.status)
		})
	}
	h.t = t
	i.refuse = recordings.Refused{Code: recordings.NoSound}
	id := filepath.Base(h.sendAll("recorder", "x").want(201).Header.Get("Location"))
	h.landing(shelf)
	var got uploadOf
	h.call("recorder", "GET", "/api/v1/uploads/"+id+"?lang=vi", "").want(200).into(&got)
	if got.Stage != "refused" || got.Code != "no-sound" || !strings.Contains(got.Detail, "không có tiếng") {
		t.Errorf("%+v", got)
	}
}

// The library told of an upload that was refused as if it were still worked on, until the
// board was started anew, and a phone took that for one of its own that was lost.
func TestARefusedUploadIsOver(t *testing.T) {
	h, i, shelf := sending(t)
	i.refuse = recordings.Refused{Code: recordings.NotAudio}
	id := filepath.Base(h.sendAll("recorder", "x").want(201).Header.Get("Location"))
	h.landing(shelf)
	var got struct{ Stage, Refused string }
	h.call("recorder", "GET", "/api/v1/imports/"+id+"?lang=vi", "").want(200).into(&got)
	if got.Stage != "refused" || !strings.Contains(got.Refused, "không phải là bản thu") {
		t.Errorf("%+v", got)
	}
}

// A disk that is full when an upload is worked on refuses nothing: it waits, and says so.
func TestAnUploadWaitsForRoom(t *testing.T) {
	h, i, shelf := sending(t)
	i.refuse = recordings.ErrDiskFull
	id := filepath.Base(h.sendAll("recorder", "x").want(201).Header.Get("Location"))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.server.LandUploads(ctx) }()
	var got uploadOf
	until := time.Now().Add(time.Minute)
	for got.Code != "disk-full" && time.Now().Before(until) {
		h.call("recorder", "GET", "/api/v1/uploads/"+id, "").want(200).into(&got)
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got.Stage != "waiting" || got.Code != "disk-full" {
		t.Errorf("%+v", got)
	}
	i.refuse = nil
	h.landing(shelf)
	got = uploadOf{}
	if h.call("recorder", "GET", "/api/v1/uploads/"+id, "").want(200).into(&got); got.Stage != "done" {
		t.Errorf("with room again: %+v", got)
	}
}

// away is a database that does not answer.
type away struct{ err error }

func (a *away) Ping(context.Context) error { return a.err }

// What had come whole was refused for good, and let go of, when the database did not
// answer just then, or when something failed once that nobody is to blame for.
func TestAnUploadOutlivesWhatPasses(t *testing.T) {
	for name, c := range map[string]struct {
		db    error
		fails error
	}{
		"a database that is away":          {errors.New("away"), errors.New("nobody can be read")},
		"and nothing is known":             {errors.New("away"), recordings.ErrNotFound},
		"what fails, and nobody knows why": {nil, errors.New("the card stumbled")},
	} {
		t.Run(name, func(t *testing.T) {
			db := &away{}
			h, i, shelf := sending(t, func(c *web.Config) { c.Database = db })
			db.err, i.refuse = c.db, c.fails
			id := filepath.Base(h.sendAll("recorder", "x").want(201).Header.Get("Location"))
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error, 1)
			go func() { done <- h.server.LandUploads(ctx) }()
			var got uploadOf
			for until := time.Now().Add(time.Minute); got.Code == "" && time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
				h.call("recorder", "GET", "/api/v1/uploads/"+id, "").want(200).into(&got)
			}
			if got.Stage != "waiting" || got.Code != "unavailable" {
				t.Errorf("%+v", got)
			}
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
			db.err, i.refuse = nil, nil
			h.landing(shelf)
			got = uploadOf{}
			if h.call("recorder", "GET", "/api/v1/uploads/"+id, "").want(200).into(&got); got.Stage != "done" {
				t.Errorf("afterwards: %+v", got)
			}
		})
	}
}

// What fails again and again is refused in the end: it would be tried for ever.
func TestAnUploadThatAlwaysFailsIsRefused(t *testing.T) {
	h, i, shelf := sending(t)
	i.refuse = errors.New("the card is broken")
	id := filepath.Base(h.sendAll("recorder", "x").want(201).Header.Get("Location"))
	over, pressed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(pressed)
		for tick := time.NewTicker(5 * time.Millisecond); ; h.server.Landed() {
			select {
			case <-over:
				tick.Stop()
				return
			case <-tick.C:
			}
		}
	}()
	h.landing(shelf)
	close(over)
	<-pressed
	var got uploadOf
	if h.call("recorder", "GET", "/api/v1/uploads/"+id, "").want(200).into(&got); got.Stage != "refused" || got.Code != "failed" {
		t.Errorf("%+v", got)
	}
}

// The way to the microphone is told, never taken: no page leads to https by itself.
func TestMicrophonePage(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Recorder, "vi")
	if p := s.get("/microphone?next=/readings"); p.status != http.StatusOK || !strings.Contains(p.text, "chưa mở cổng https") {
		t.Errorf("without https: %d %s", p.status, p.text)
	}
	if p := s.get("/microphone?next=https://evil.example/"); strings.Contains(p.body, `href="https://evil`) {
		t.Error("it leads elsewhere")
	}
	if p := s.get("/microphone/loa.crt"); p.status != http.StatusNotFound {
		t.Errorf("a certificate of nobody: %d", p.status)
	}
	if p := s.get("/sw.js"); p.status != http.StatusOK || strings.Contains(p.body, "VERSION") || !strings.Contains(p.body, "loalang-") {
		t.Errorf("the service worker: %d %.120s", p.status, p.body)
	}
}

// Whoever may upload in another village only sends nothing to this one.
func TestUploadOfAnotherVillage(t *testing.T) {
	h, i, _ := sending(t)
	h.sendAll("elsewhere", "tiếng nói", "filename", "thôn.wav").want(http.StatusForbidden)
	if i.got != nil {
		t.Error("something was taken in")
	}
}
