package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"loalang/recordings"
	"loalang/web"
)

// importer is a library that reads to the end, or refuses.
type importer struct {
	*world
	got    []byte
	about  recordings.About
	refuse error
	unread bool // refuse before anything is read
}

func (i *importer) Import(_ context.Context, r io.Reader, about recordings.About) (recordings.Recording, error) {
	i.about = about
	if i.unread {
		return recordings.Recording{}, i.refuse
	}
	var err error
	if i.got, err = io.ReadAll(r); err != nil {
		return recordings.Recording{}, fmt.Errorf("import: read: %w", err)
	}
	if i.refuse != nil {
		return recordings.Recording{}, fmt.Errorf("import: %w", i.refuse)
	}
	return takeOf(soundID, about.Village), nil
}

func newImporter(t *testing.T) (*house, *importer) {
	var i *importer
	h := newHouse(t, func(c *web.Config) {
		i = &importer{world: c.Importer.(*world)}
		c.Importer = i
	})
	return h, i
}

// field is one part of an upload; file is the name of a file, empty for words.
type field struct{ name, file, content string }

func parcel(t testing.TB, fields ...field) (kind string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	m := multipart.NewWriter(body)
	for _, f := range fields {
		var w io.Writer
		var err error
		if f.file != "" {
			w, err = m.CreateFormFile(f.name, f.file)
		} else {
			w, err = m.CreateFormField(f.name)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return m.FormDataContentType(), body
}

func (h *house) parcel(as string, fields ...field) answer {
	h.t.Helper()
	kind, body := parcel(h.t, fields...)
	return h.do(ask{as: as, method: "POST", path: "/api/v1/recordings", body: body.String(), header: map[string]string{"Content-Type": kind}})
}

func TestUpload(t *testing.T) {
	h, lib := newImporter(t)
	res := h.parcel("recorder", field{name: "title", content: "  Lời  trưởng thôn "}, field{"file", "a.m4a", "sound"}).want(201)
	var r struct {
		ID, Title string
		Length    float64
		Warnings  []struct{ Code, Detail string }
	}
	res.into(&r)
	if r.ID != soundID || r.Length != 9 || len(r.Warnings) != 1 || r.Warnings[0].Detail == "" {
		t.Errorf("got %+v", r)
	}
	if res.Header.Get("Location") != "/api/v1/recordings/"+soundID {
		t.Errorf("location %q", res.Header.Get("Location"))
	}
	if string(lib.got) != "sound" || lib.about.Village != "un-ta" || lib.about.By != "máy recorder" || lib.about.Kind != recordings.Take || strings.TrimSpace(lib.about.Title) == "" {
		t.Errorf("the library got %q, %+v", lib.got, lib.about)
	}
}

func TestUploadIsNamedByItsFile(t *testing.T) {
	for name, want := range map[string]string{
		"ghi âm 1.m4a": "ghi âm 1", `C:\Users\Hoa\loa.mp3`: "loa", "../../etc/passwd": "passwd",
		strings.Repeat("dài", 1000) + ".mp3": strings.Repeat("dài", 66) + "d…", " .mp3": "Recording",
	} {
		h, lib := newImporter(t)
		h.parcel("recorder", field{"file", name, "sound"}).want(201)
		if lib.about.Title != want {
			t.Errorf("%q becomes %q", name, lib.about.Title)
		}
	}
}

func TestUploadRefused(t *testing.T) {
	cases := []struct {
		name   string
		refuse error
		status int
		faults string
	}{
		{"empty", recordings.Refused{Code: recordings.Empty}, 422, "file empty"},
		{"too large", recordings.Refused{Code: recordings.TooLarge}, 413, "file too-large"},
		{"two hours long", recordings.Refused{Code: recordings.TooLong}, 422, "file too-long"},
		{"a playlist", recordings.Refused{Code: recordings.NotAudio, Detail: "#EXTM3U"}, 422, "file not-audio"},
		{"truncated", recordings.Refused{Code: recordings.Truncated}, 422, "file truncated"},
		{"255 channels", recordings.Refused{Code: recordings.Channels}, 422, "file channels"},
		{"silent", recordings.Refused{Code: recordings.NoSound}, 422, "file no-sound"},
		{"full disk", recordings.ErrDiskFull, 507, "file disk-full"},
		{"no ffmpeg", recordings.ErrNoFFmpeg, 503, "file no-ffmpeg"},
		{"no sandbox", recordings.ErrNoSandbox, 503, "file no-sandbox"},
		{"damaged master", recordings.ErrDamaged, 500, ""},
		{"trouble", errors.New("fork: resource temporarily unavailable"), 503, ""},
		{"disk full below", syscall.ENOSPC, 507, ""},
	}
	for _, c := range cases {
		for _, unread := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s unread=%v", c.name, unread), func(t *testing.T) {
				h, lib := newImporter(t)
				lib.refuse, lib.unread = c.refuse, unread
				if got := h.parcel("recorder", field{"file", "a.m4a", strings.Repeat("s", 300_000)}).want(c.status).faults(); got != c.faults {
					t.Errorf("got %q", got)
				}
			})
		}
	}
}

func TestBadUploads(t *testing.T) {
	file := field{"file", "a.m4a", "sound"}
	cases := []struct {
		name   string
		fields []field
		faults string
	}{
		{"no file", []field{{name: "title", content: "x"}}, "file required"},
		{"long title", []field{{name: "title", content: strings.Repeat("à", 201)}, file}, "title too-long"},
		{"endless title", []field{{name: "title", content: strings.Repeat("a", 1<<20)}, file}, "title too-long"},
		{"control characters", []field{{name: "title", content: "a\x00b"}, file}, "title control-characters"},
		{"another village", []field{{name: "village", content: "toong-gianh"}, file}, "village unexpected"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h, lib := newImporter(t)
			if got := h.parcel("recorder", c.fields...).want(422).faults(); got != c.faults {
				t.Errorf("got %q", got)
			}
			if lib.got != nil {
				t.Error("it was imported")
			}
		})
	}
	h, _ := newImporter(t)
	if p := h.call("recorder", "POST", "/api/v1/recordings", `{}`).want(415).problem(); p.Code != "not-multipart" {
		t.Errorf("got %+v", p)
	}
	kind, body := parcel(t, file)
	cut := ask{as: "recorder", method: "POST", path: "/api/v1/recordings", body: body.String()[:body.Len()-30], header: map[string]string{"Content-Type": kind}}
	if p := h.do(cut).want(400).problem(); p.Code != "bad-form" {
		t.Errorf("a form cut off: %+v", p)
	}
}

// endless is a file that goes on until nobody reads it any more.
type endless struct{ sent int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 's'
	}
	e.sent += len(p)
	return len(p), nil
}

func TestUploadIsBounded(t *testing.T) {
	h, lib := newImporter(t)
	head := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n"
	flood := &endless{}
	r := httptest.NewRequest("POST", "/api/v1/recordings", io.MultiReader(strings.NewReader(head), flood))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	r.Header.Set("Authorization", "Bearer "+h.as["recorder"])
	if p := h.send(r).want(413).problem(); p.Code != "too-large" {
		t.Errorf("got %+v", p)
	}
	if flood.sent > 102<<20 || lib.got != nil && len(lib.got) > 101<<20 {
		t.Errorf("%d bytes were read", flood.sent)
	}
}

// pipes is a net.Listener over net.Pipe: its waiting can be simulated.
type pipes struct {
	lines chan net.Conn
	done  chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.lines:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p pipes) Close() error   { close(p.done); return nil }
func (p pipes) Addr() net.Addr { return &net.IPAddr{} }

// serve runs a real server in simulated time and returns a line to it.
func (h *house) serve() (line net.Conn, stop func()) {
	p := pipes{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: h.http, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(p) //nolint:errcheck // ends by stop
	near, far := net.Pipe()
	p.lines <- far
	return near, func() { near.Close(); server.Close() }
}

// A phone on a bad line may take as long as it likes, but a dead one is let go.
func TestSlowUploadsLiveAndDeadOnesDie(t *testing.T) {
	cases := []struct {
		name  string
		pause time.Duration // between pieces
		want  string
	}{
		{"OK slow", 50 * time.Second, "HTTP/1.1 201"},
		{"dead", 70 * time.Second, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, lib := newImporter(t)
				line, stop := h.serve()
				defer stop()
				kind, body := parcel(t, field{"file", "a.m4a", strings.Repeat("s", 1000)})
				sent := make(chan error, 1)
				go func() {
					_, err := fmt.Fprintf(line, "POST /api/v1/recordings HTTP/1.1\r\nHost: loa\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", h.as["recorder"], kind, body.Len())
					for err == nil && body.Len() > 0 {
						_, err = line.Write(body.Next(200))
						time.Sleep(c.pause)
					}
					sent <- err
				}()
				answer := make([]byte, 12)
				n, err := io.ReadFull(line, answer)
				got := string(answer[:n])
				if c.want == "" {
					if err == nil {
						t.Errorf("a dead line was answered %q", got)
					}
					if len(lib.got) >= 1000 {
						t.Error("it was imported whole")
					}
				} else if got != c.want {
					t.Errorf("answer %q, %v", got, err)
				}
				line.Close()
				<-sent
			})
		})
	}
}

// slowImporter works for longer than a body may be silent.
type slowImporter struct{ *world }

func (s slowImporter) Import(ctx context.Context, r io.Reader, about recordings.About) (recordings.Recording, error) {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return recordings.Recording{}, err
	}
	select {
	case <-time.After(5 * time.Minute):
		return takeOf(soundID, about.Village), nil
	case <-ctx.Done():
		return recordings.Recording{}, ctx.Err()
	}
}

// The deadline of the body must not end the work that comes after it.
func TestLongImportAfterTheBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, func(c *web.Config) { c.Importer = slowImporter{c.Importer.(*world)} })
		line, stop := h.serve()
		defer stop()
		kind, body := parcel(t, field{"file", "a.m4a", "sound"})
		go fmt.Fprintf(line, "POST /api/v1/recordings HTTP/1.1\r\nHost: loa\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", h.as["recorder"], kind, body.Len(), body)
		answer := make([]byte, 12)
		if _, err := io.ReadFull(line, answer); err != nil || string(answer) != "HTTP/1.1 201" {
			t.Errorf("answer %q, %v", answer, err)
		}
	})
}
