package upload_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"loalang/upload"
)

const root = "/uploads"

// room is a Shelf behind a server, as two people see it.
type room struct {
	t     testing.TB
	dir   string
	cfg   upload.Config
	shelf *upload.Shelf
	url   string
	owner string
	whole atomic.Int32
}

// base is what every test begins with.
func base(dir string) upload.Config {
	return upload.Config{
		Dir: dir, Bytes: 100 << 20, OwnerFiles: 4, OwnerBytes: 150 << 20, Margin: 1 << 20, Life: 7 * 24 * time.Hour, Silence: time.Minute,
		Now: time.Now, Deadline: func(d time.Duration) time.Time { return time.Now().Add(d) },
		Free: func(string) (int64, error) { return 1 << 40, nil }, Log: slog.New(slog.DiscardHandler),
	}
}

func open(t testing.TB, edit func(*upload.Config)) *room {
	t.Helper()
	r := &room{t: t, dir: filepath.Join(t.TempDir(), "uploads"), owner: "mỷ"}
	r.cfg = base(r.dir)
	r.cfg.Whole = func() { r.whole.Add(1) }
	if edit != nil {
		edit(&r.cfg)
	}
	r.restart()
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

// restart opens the folder anew, as the program does when it starts.
func (r *room) restart() {
	r.t.Helper()
	var err error
	if r.shelf, err = upload.Open(r.cfg); err != nil {
		r.t.Fatal(err)
	}
}

// ServeHTTP is what the panel does around a Shelf.
func (r *room) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	id := strings.Trim(strings.TrimPrefix(q.URL.Path, root), "/")
	r.shelf.Serve(w, q, id, upload.Caller{
		Owner: q.Header.Get("Owner"), Note: []byte(`{"by":"Mỷ"}`),
		Admit: func(u upload.Upload) error {
			if u.Metadata["filename"] == "no.wav" {
				return upload.Fault{Status: http.StatusForbidden, Code: "not-you"}
			}
			return nil
		},
		Fail: func(err error) {
			var f upload.Fault
			if !errors.As(err, &f) {
				f = upload.Fault{Status: http.StatusInsufficientStorage, Code: err.Error()}
			}
			http.Error(w, f.Code, f.Status)
		},
	})
}

// answer is what came back.
type answer struct {
	status int
	code   string
	http.Header
}

// ask sends one request; headers are names and values in turn.
func (r *room) ask(method, path string, body io.Reader, headers ...string) answer {
	r.t.Helper()
	q, err := http.NewRequestWithContext(context.Background(), method, r.url+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Tus-Resumable", "1.0.0")
	q.Header.Set("Owner", r.owner)
	for i := 0; i < len(headers); i += 2 {
		q.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			q.Header.Del(headers[i])
		}
	}
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer{resp.StatusCode, strings.TrimSpace(string(said)), resp.Header}
}

func (r *room) want(a answer, status int, code string) answer {
	r.t.Helper()
	if a.status != status || code != "" && a.code != code {
		r.t.Fatalf("answered %d %q, want %d %q", a.status, a.code, status, code)
	}
	return a
}

// create begins an upload and gives its path.
func (r *room) create(length int, headers ...string) string {
	r.t.Helper()
	a := r.want(r.ask(http.MethodPost, root, nil, append([]string{"Upload-Length", strconv.Itoa(length)}, headers...)...), http.StatusCreated, "")
	return a.Get("Location")
}

const octets = "application/offset+octet-stream"

func (r *room) patch(path string, at int, body []byte, headers ...string) answer {
	r.t.Helper()
	return r.ask(http.MethodPatch, path, bytes.NewReader(body), append([]string{"Upload-Offset", strconv.Itoa(at), "Content-Type", octets}, headers...)...)
}

func (r *room) offset(path string) int {
	r.t.Helper()
	a := r.want(r.ask(http.MethodHead, path, nil), http.StatusOK, "")
	n, err := strconv.Atoi(a.Get("Upload-Offset"))
	if err != nil {
		r.t.Fatalf("offset %q", a.Get("Upload-Offset"))
	}
	return n
}

// content is what has come of an upload that is whole.
func (r *room) content(path string) []byte {
	r.t.Helper()
	f, err := r.shelf.Content(filepath.Base(path))
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil {
		r.t.Fatal(err)
	}
	return raw
}

// sample is n bytes that do not repeat themselves.
func sample(n int) []byte {
	raw := make([]byte, n)
	x := uint32(1)
	for i := range raw {
		x = x*1664525 + 1013904223
		raw[i] = byte(x >> 24)
	}
	return raw
}

func b64(raw []byte) string { return base64.StdEncoding.EncodeToString(raw) }

func TestPiecesBecomeAFile(t *testing.T) {
	r := open(t, nil)
	raw := sample(150_000)
	at := r.create(len(raw), "Upload-Metadata", "filename "+b64([]byte("loa.wav"))+",empty")
	if !strings.HasPrefix(at, root+"/") || len(filepath.Base(at)) != 32 {
		t.Errorf("location %q is not relative, or can be guessed", at)
	}
	for from := 0; from < len(raw); from += 64 << 10 {
		end := min(from+64<<10, len(raw))
		a := r.want(r.patch(at, from, raw[from:end]), http.StatusNoContent, "")
		if a.Get("Upload-Offset") != strconv.Itoa(end) {
			t.Errorf("offset %s, want %d", a.Get("Upload-Offset"), end)
		}
		if (a.Get("Upload-Expires") == "") != (end == len(raw)) {
			t.Errorf("at %d it expires %q", end, a.Get("Upload-Expires"))
		}
		if end < len(raw) {
			r.restart() // nothing is known but what lies in the folder
		}
	}
	head := r.want(r.ask(http.MethodHead, at, nil), http.StatusOK, "")
	if head.Get("Upload-Length") != "150000" || head.Get("Cache-Control") != "no-store" || head.Get("Upload-Metadata") == "" {
		t.Errorf("HEAD says %v", head.Header)
	}
	if !bytes.Equal(r.content(at), raw) {
		t.Error("what lies on the disk is not what was sent")
	}
	if n := r.whole.Load(); n != 1 {
		t.Errorf("told of %d whole uploads, want 1", n)
	}
	r.restart()
	waiting := r.shelf.Waiting()
	if len(waiting) != 1 || waiting[0].Metadata["filename"] != "loa.wav" || string(waiting[0].Note) != `{"by":"Mỷ"}` || waiting[0].Owner != "mỷ" {
		t.Fatalf("after a restart %+v waits", waiting)
	}
	if err := r.shelf.Settle(waiting[0].ID, []byte(`"aired"`)); err != nil {
		t.Fatal(err)
	}
	r.restart()
	if len(r.shelf.Waiting()) != 0 {
		t.Error("what was settled waits again after a restart")
	}
	if u, err := r.shelf.Find(waiting[0].ID, "mỷ"); err != nil || string(u.Outcome) != `"aired"` {
		t.Errorf("its owner is told %q, %v", u.Outcome, err)
	}
	if _, err := r.shelf.Content(waiting[0].ID); !errors.Is(err, upload.ErrMissing) {
		t.Errorf("its content is still there: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	r := open(t, nil)
	raw := sample(1000)
	at := r.create(len(raw))
	sum1, sum2 := sha1.Sum(raw[:10]), sha256.Sum256(raw[:10])
	for name, c := range map[string]struct {
		a      answer
		status int
		code   string
	}{
		"no version":        {r.ask(http.MethodHead, at, nil, "Tus-Resumable", ""), 412, ""},
		"other version":     {r.ask(http.MethodPost, root, nil, "Tus-Resumable", "0.2.2"), 412, "tus-version"},
		"no length":         {r.ask(http.MethodPost, root, nil), 400, "upload-length"},
		"length below zero": {r.ask(http.MethodPost, root, nil, "Upload-Length", "-1"), 400, "upload-length"},
		"length too large":  {r.ask(http.MethodPost, root, nil, "Upload-Length", "99999999999999999999"), 400, "upload-length"},
		"signed length":     {r.ask(http.MethodPost, root, nil, "Upload-Length", "+1"), 400, "upload-length"},
		"deferred length":   {r.ask(http.MethodPost, root, nil, "Upload-Defer-Length", "1"), 400, "tus-extension"},
		"too large":         {r.ask(http.MethodPost, root, nil, "Upload-Length", strconv.Itoa(100<<20+1)), 413, "upload-too-large"},
		"metadata":          {r.ask(http.MethodPost, root, nil, "Upload-Length", "1", "Upload-Metadata", "filename ???"), 400, "upload-metadata"},
		"metadata twice":    {r.ask(http.MethodPost, root, nil, "Upload-Length", "1", "Upload-Metadata", "a YQ==,a YQ=="), 400, "upload-metadata"},
		"much metadata":     {r.ask(http.MethodPost, root, nil, "Upload-Length", "1", "Upload-Metadata", "a "+b64(make([]byte, 9000))), 400, "upload-metadata"},
		"not admitted":      {r.ask(http.MethodPost, root, nil, "Upload-Length", "1", "Upload-Metadata", "filename "+b64([]byte("no.wav"))), 403, "not-you"},
		"type":              {r.ask(http.MethodPatch, at, nil, "Upload-Offset", "0"), 415, "upload-type"},
		"no offset":         {r.ask(http.MethodPatch, at, nil, "Content-Type", octets), 400, "upload-offset"},
		"other offset":      {r.patch(at, 5, raw), 409, "upload-offset"},
		"more than length":  {r.patch(at, 0, append(raw, 'x')), 413, "upload-too-long"},
		"checksum unknown":  {r.patch(at, 0, raw, "Upload-Checksum", "md5 AAAA"), 400, "upload-checksum"},
		"checksum broken":   {r.patch(at, 0, raw, "Upload-Checksum", "sha1 ?"), 400, "upload-checksum"},
		"checksum short":    {r.patch(at, 0, raw, "Upload-Checksum", "sha1 AAAA"), 400, "upload-checksum"},
		"checksum differs":  {r.patch(at, 0, raw, "Upload-Checksum", "sha1 "+b64(sum1[:])), 460, "checksum-differs"},
		"sha256 differs":    {r.patch(at, 0, raw, "Upload-Checksum", "sha256 "+b64(sum2[:])), 460, "checksum-differs"},
		"nothing there":     {r.ask(http.MethodHead, root+"/"+strings.Repeat("0", 32), nil), 404, ""},
		"out of the folder": {r.ask(http.MethodHead, root+"/..%2f..%2fetc%2fpasswd", nil), 404, ""},
		"method":            {r.ask(http.MethodPut, at, nil), 405, "upload-method"},
	} {
		t.Run(name, func(t *testing.T) { r.t = t; r.want(c.a, c.status, c.code) })
	}
	r.t = t
	if n := r.offset(at); n != 0 {
		t.Errorf("what was refused left %d bytes", n)
	}
	r.want(r.patch(at, 0, raw[:10], "Upload-Checksum", "sha1 "+b64(sum1[:])), http.StatusNoContent, "")
	r.owner = "somebody else"
	r.want(r.ask(http.MethodHead, at, nil), http.StatusNotFound, "")
	r.want(r.patch(at, 10, raw[10:]), http.StatusNotFound, "upload-missing")
	r.want(r.ask(http.MethodDelete, at, nil), http.StatusNotFound, "upload-missing")
	if o := r.ask(http.MethodOptions, root, nil, "Tus-Resumable", ""); o.status != 204 || o.Get("Tus-Version") != "1.0.0" || o.Get("Tus-Max-Size") != "104857600" || o.Get("Tus-Checksum-Algorithm") != "sha1,sha256" {
		t.Errorf("OPTIONS: %d %v", o.status, o.Header)
	}
}

func TestCreationWithContentAndOverride(t *testing.T) {
	r := open(t, nil)
	raw := sample(500)
	a := r.want(r.ask(http.MethodPost, root, bytes.NewReader(raw[:200]), "Upload-Length", "500", "Content-Type", octets), http.StatusCreated, "")
	at := a.Get("Location")
	if a.Get("Upload-Offset") != "200" {
		t.Errorf("offset %q", a.Get("Upload-Offset"))
	}
	r.want(r.ask(http.MethodPost, at, bytes.NewReader(raw[200:]), "X-HTTP-Method-Override", "PATCH", "Upload-Offset", "200", "Content-Type", octets), http.StatusNoContent, "")
	if !bytes.Equal(r.content(at), raw) {
		t.Error("not what was sent")
	}
	one := r.ask(http.MethodPost, root, bytes.NewReader(raw[:1]), "Upload-Length", "1", "Content-Type", octets)
	r.want(one, http.StatusCreated, "")
	r.create(0)
	if n := len(r.shelf.Waiting()); n != 3 || r.whole.Load() != 3 {
		t.Errorf("%d wait, told of %d: a file of one byte and one of none are whole as well", n, r.whole.Load())
	}
}

// A last answer that gets lost on the way makes no second upload.
func TestOneKeyIsOneUpload(t *testing.T) {
	r := open(t, nil)
	raw := sample(100)
	meta := "key " + b64([]byte("take-7"))
	at := r.create(100, "Upload-Metadata", meta)
	r.want(r.patch(at, 0, raw), http.StatusNoContent, "")
	r.restart()
	again := r.ask(http.MethodPost, root, bytes.NewReader(raw), "Upload-Length", "100", "Content-Type", octets, "Upload-Metadata", meta)
	if again.status != http.StatusCreated || again.Get("Location") != at || again.Get("Upload-Offset") != "100" {
		t.Errorf("sent again: %d at %q, %q bytes", again.status, again.Get("Location"), again.Get("Upload-Offset"))
	}
	if n := len(r.shelf.Waiting()); n != 1 {
		t.Errorf("%d uploads wait", n)
	}
	r.want(r.ask(http.MethodPost, root, nil, "Upload-Length", "99", "Upload-Metadata", meta), http.StatusConflict, "upload-key")
	r.owner = "somebody else"
	if other := r.create(100, "Upload-Metadata", meta); other == at {
		t.Error("somebody else was given it for the same key")
	}
}

func TestRoomIsBounded(t *testing.T) {
	free := int64(10 << 20)
	r := open(t, func(c *upload.Config) { c.Free = func(string) (int64, error) { return free, nil } })
	r.create(4 << 20)
	r.want(r.ask(http.MethodPost, root, nil, "Upload-Length", strconv.Itoa(6<<20)), http.StatusInsufficientStorage, "upload-disk-full")
	free = 1 << 40
	r.want(r.ask(http.MethodPost, root, nil, "Upload-Length", strconv.Itoa(100<<20)), http.StatusCreated, "")
	r.want(r.ask(http.MethodPost, root, nil, "Upload-Length", strconv.Itoa(60<<20)), http.StatusTooManyRequests, "many-uploads")
	r.create(1)
	r.create(1)
	r.want(r.ask(http.MethodPost, root, nil, "Upload-Length", "1"), http.StatusTooManyRequests, "many-uploads")
}

func TestTermination(t *testing.T) {
	r := open(t, nil)
	at := r.create(10)
	r.want(r.ask(http.MethodDelete, at, nil), http.StatusNoContent, "")
	r.want(r.ask(http.MethodHead, at, nil), http.StatusNotFound, "")
	left, err := os.ReadDir(r.dir)
	if err != nil || len(left) != 0 {
		t.Errorf("%v is left, %v", left, err)
	}
	at = r.create(3)
	r.want(r.patch(at, 0, []byte("abc")), http.StatusNoContent, "")
	r.want(r.ask(http.MethodDelete, at, nil), http.StatusLocked, "upload-held") // it is being worked on
}

// A power cut leaves anything at the end of a file that was not yet safe: what was
// there is not believed, and is sent again.
func TestPowerCut(t *testing.T) {
	r := open(t, nil)
	raw := sample(1 << 20)
	at := r.create(len(raw))
	r.want(r.patch(at, 0, raw[:600_000]), http.StatusNoContent, "")
	torn := filepath.Join(r.dir, filepath.Base(at)+".part")
	f, err := os.OpenFile(torn, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(make([]byte, 200<<10)); err != nil { // what a journal without data leaves
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for name, left := range map[string]string{"half a description": "0f.json.new", "a part of nothing": strings.Repeat("a", 32) + ".part"} {
		if err := os.WriteFile(filepath.Join(r.dir, left), []byte("{"), 0o600); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	r.cfg.Torn = true
	r.restart()
	from := r.offset(at)
	if from > 600_000 || from < 300_000 {
		t.Fatalf("after the cut it goes on at %d: of 600,000 safe bytes some 256 KB may be sent again, and no zeros kept", from)
	}
	r.want(r.patch(at, from, raw[from:]), http.StatusNoContent, "")
	if !bytes.Equal(r.content(at), raw) {
		t.Error("what lies on the disk is not what was sent")
	}
	r.restart()
	if !bytes.Equal(r.content(at), raw) {
		t.Error("what was acknowledged whole was not kept over a power cut")
	}
	if files, err := os.ReadDir(r.dir); err != nil || len(files) != 2 {
		t.Errorf("left: %v, %v", files, err)
	}
}

// Where the power comes and goes, each start took another 256 KB from what had long been
// safe, and an upload went backwards.
func TestPowerThatFlickersTakesNothingAgain(t *testing.T) {
	r := open(t, nil)
	raw := sample(1 << 20)
	at := r.create(len(raw))
	r.want(r.patch(at, 0, raw[:600_000]), http.StatusNoContent, "")
	r.cfg.Torn = true
	r.restart()
	from := r.offset(at)
	for range 3 {
		r.restart()
	}
	if got := r.offset(at); got != from || from == 0 {
		t.Fatalf("after three more cuts it goes on at %d, after the first at %d", got, from)
	}
	r.want(r.patch(at, from, raw[from:700_000]), http.StatusNoContent, "")
	r.restart()
	if got := r.offset(at); got < from || got > 700_000 {
		t.Fatalf("what came since goes on at %d, before it began at %d", got, from)
	}
	from = r.offset(at)
	r.want(r.patch(at, from, raw[from:]), http.StatusNoContent, "")
	if !bytes.Equal(r.content(at), raw) {
		t.Error("what lies on the disk is not what was sent")
	}
}

// A restart of the program alone loses nothing that had come, acknowledged or not.
func TestRestartKeepsEverything(t *testing.T) {
	r := open(t, nil)
	raw := sample(1000)
	at := r.create(len(raw))
	part := filepath.Join(r.dir, filepath.Base(at)+".part")
	if err := os.WriteFile(part, raw, 0o600); err != nil { // written, and then the program was killed
		t.Fatal(err)
	}
	r.restart()
	if n := r.offset(at); n != len(raw) || len(r.shelf.Waiting()) != 1 {
		t.Errorf("it is at %d of %d, %d wait", n, len(raw), len(r.shelf.Waiting()))
	}
}

// One upload of which a bad card had spoiled what is known kept the whole board from
// starting.
func TestADamagedUploadIsLetGo(t *testing.T) {
	r := open(t, nil)
	raw := sample(1000)
	good, bad := r.create(len(raw)), r.create(len(raw))
	r.want(r.patch(good, 0, raw[:600]), http.StatusNoContent, "")
	about := filepath.Join(r.dir, filepath.Base(bad)+".json")
	for _, spoiled := range []string{"", "\x00\x00\x00", `{"owner":"mỷ","length":1000,"metadata":"filename §"}`} {
		if err := os.WriteFile(about, []byte(spoiled), 0o600); err != nil {
			t.Fatal(err)
		}
		r.restart()
		if n := r.offset(good); n != 600 {
			t.Errorf("%q beside it: the good one is at %d", spoiled, n)
		}
		if left, _ := filepath.Glob(filepath.Join(r.dir, filepath.Base(bad)+"*")); len(left) != 0 {
			t.Errorf("%q: there is left %v", spoiled, left)
		}
	}
}

// Uploads are removed when nobody has gone on with them for their time, whatever the
// clock does meanwhile; those that are whole wait for what becomes of them.
func TestExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shelf, err := upload.Open(base(t.TempDir()))
		if err != nil {
			t.Fatal(err)
		}
		ctx, end := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- shelf.Tend(ctx) }()
		begin := func(length string) string {
			w := httptest.NewRecorder()
			q := httptest.NewRequest(http.MethodPost, root, nil)
			q.Header.Set("Tus-Resumable", "1.0.0")
			q.Header.Set("Upload-Length", length)
			shelf.Serve(w, q, "", upload.Caller{Owner: "a", Admit: func(upload.Upload) error { return nil }, Fail: func(err error) { t.Error(err) }})
			return filepath.Base(w.Header().Get("Location"))
		}
		part, whole := begin("10"), begin("0")
		time.Sleep(6 * 24 * time.Hour)
		if _, err := shelf.Find(part, "a"); err != nil {
			t.Errorf("after six days: %v", err)
		}
		time.Sleep(2 * 24 * time.Hour)
		if _, err := shelf.Find(part, "a"); !errors.Is(err, upload.ErrMissing) {
			t.Errorf("after eight days: %v", err)
		}
		if _, err := shelf.Find(whole, "a"); err != nil {
			t.Errorf("what is whole and waits is gone: %v", err)
		}
		if err := shelf.Settle(whole, []byte("1")); err != nil {
			t.Error(err)
		}
		time.Sleep(8 * 24 * time.Hour)
		if _, err := shelf.Find(whole, "a"); !errors.Is(err, upload.ErrMissing) {
			t.Errorf("what was settled long ago: %v", err)
		}
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
