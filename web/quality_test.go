package web_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/recordings"
	"loalang/web"
)

// measured is a take that was measured, and is the twin of another.
func measured(w *world) recordings.Recording {
	r := w.shelf[0]
	wave := make(recordings.Wave, 300)
	wave[150] = 255
	r.Measures = recordings.Measures{
		Before: recordings.Heard{Length: 12 * time.Second, Loudness: -41.5, TruePeak: -20, Floor: -62, Margin: 19.3, Clipped: 0.012, Wave: wave},
		After:  recordings.Heard{Length: 9 * time.Second, Loudness: -18.04, TruePeak: -1.8, Floor: -44, Margin: 64, Wave: wave},
		Lead:   400 * time.Millisecond, Tail: 2 * time.Second, Channel: recordings.Left, Hum: 50.02, Decay: 0.6, Twin: r.ID,
	}
	w.shelf[0] = r
	return r
}

func TestPageOfARecordingShowsBothSides(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Recorder, "vi")
	s.upload("/recordings", nil, map[string]string{"file_any=giay.ogg": "giáy"})
	r := measured(w)
	p := s.get("/recordings/" + r.ID)
	if p.status != http.StatusOK || strings.Count(p.body, `<svg class="wave"`) != 2 || strings.Count(p.body, "<audio") != 2 {
		t.Fatalf("status %d: %s", p.status, p.body)
	}
	for _, want := range []string{"/recordings/" + r.ID + "/before", "/recordings/" + r.ID + "/audio", `d="M0 49v2`, "v98"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, want := range []string{"độ to −41,5 LUFS", "cao hơn tiếng ồn 19,3 dB", "1,2 % tiếng bị vỡ", "Đã tăng 23,5 dB", "Đã lọc tiếng ù", "Chỉ kênh trái", "Đã bỏ 0,4 giây im lặng ở đầu và 2 giây ở cuối", "Tiếng này đã có trong kho"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("it does not say %q: %s", want, p.text)
		}
	}
	if p := s.get("/recordings/" + strings.Repeat("0", 64)); p.status != http.StatusNotFound {
		t.Errorf("an unknown one: %d", p.status)
	}
}

// Whoever sends a file to the library, without the page's module, comes to its page.
func TestPageAddRecordingLeadsToIt(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Recorder, "vi")
	p := s.upload("/recordings", nil, map[string]string{"file_any=a.m4a": "x"})
	if want := "/recordings/" + w.shelf[0].ID + "?told=recorded"; p.status != http.StatusSeeOther || p.location != want {
		t.Fatalf("status %d, to %q", p.status, p.location)
	}
	if p = s.get(p.location); p.status != http.StatusOK || !strings.Contains(p.text, "Đã nhận bản thu.") {
		t.Errorf("status %d: %s", p.status, p.text)
	}
}

// slow is an importer that stops half-way.
type slow struct {
	*world
	at   chan struct{}
	goOn chan struct{}
}

func (i slow) Import(ctx context.Context, r io.Reader, about recordings.About) (recordings.Recording, error) {
	if _, err := io.ReadAll(r); err != nil {
		return recordings.Recording{}, err
	}
	about.Tell(recordings.Progress{Stage: recordings.Waiting, Ahead: 3})
	i.at <- struct{}{}
	<-i.goOn
	about.Tell(recordings.Progress{Stage: recordings.Cleaning, Done: 0.35})
	i.at <- struct{}{}
	<-i.goOn
	if err := ctx.Err(); err != nil {
		return recordings.Recording{}, err
	}
	return i.world.Import(ctx, strings.NewReader("x"), about)
}

const importID = "0123456789abcdef0123456789abcdef"

// An import can be asked about while it is under way and afterwards, by who sent it;
// the library tells of it as long as it goes on.
func TestImportTellsThePage(t *testing.T) {
	w := newWorld(t)
	lib := slow{w, make(chan struct{}), make(chan struct{})}
	s := newSite(t, w, people.Recorder, "vi", func(c *web.Config) { c.Importer = lib })
	going := func(when string, want bool) {
		t.Helper()
		if p := s.get("/recordings"); strings.Contains(p.body, `data-import="`+importID) != want {
			t.Errorf("%s the library tells of it: %v", when, !want)
		}
	}
	asked := func(when, want string) {
		t.Helper()
		if p := s.get("/api/v1/imports/" + importID); p.status != http.StatusOK || !strings.Contains(p.body, want) {
			t.Errorf("%s: %d %s", when, p.status, p.body)
		}
	}
	if p := s.get("/api/v1/imports/" + importID); p.status != http.StatusNotFound {
		t.Errorf("before: %d", p.status)
	}
	sent := make(chan page)
	go func() {
		sent <- s.upload("/api/v1/recordings?import="+importID, nil, map[string]string{"file=a.m4a": "x"})
	}()
	<-lib.at
	asked("waiting", `"ahead":3`)
	going("waiting", true)
	lib.goOn <- struct{}{}
	<-lib.at
	asked("cleaning", `"stage":"cleaning","done":0.35`)
	lib.goOn <- struct{}{}
	if p := <-sent; p.status != http.StatusCreated {
		t.Errorf("sent: %d %s", p.status, p.body)
	}
	asked("after", `"stage":"done"`)
	asked("after", w.shelf[0].ID)
	going("after", false)
}

// archive is a library that has what came.
type archive struct{ dir string }

func (a archive) Before(context.Context, string) (*os.File, error) {
	return os.Open(filepath.Join(a.dir, "x.flac"))
}

func (a archive) Contour(context.Context, string) (*os.File, error) {
	return os.Open(filepath.Join(a.dir, "x.contour"))
}

func TestSoundAsItCame(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.flac"), []byte("fLaC, as it came"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, func(c *web.Config) { c.Archive = archive{dir} })
	h.fill()
	res := h.do(ask{as: "recorder", method: "GET", path: "/api/v1/recordings/" + soundID + "/before"}).want(200)
	if res.Header.Get("Content-Type") != "audio/flac" || res.Header.Get("ETag") == "" || !strings.HasPrefix(string(res.Body), "fLaC") {
		t.Errorf("%v %q", res.Header, res.Body)
	}
	if err := os.WriteFile(filepath.Join(dir, "x.contour"), []byte{0, 127, 255}, 0o600); err != nil {
		t.Fatal(err)
	}
	res = h.call("recorder", "GET", "/api/v1/recordings/"+soundID+"/before?format=contour", "").want(200)
	if res.Header.Get("Content-Type") != "application/octet-stream" || string(res.Body) != "\x00\x7f\xff" {
		t.Errorf("%v %q", res.Header, res.Body)
	}
	h.call("recorder", "GET", "/api/v1/recordings/"+soundID+"/before?format=png", "").want(422)
	h = newHouse(t)
	h.fill()
	h.do(ask{as: "recorder", method: "GET", path: "/api/v1/recordings/" + soundID + "/before"}).want(404)
}
