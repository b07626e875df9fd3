package main_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// browserTools is where scripts/setup.sh test installs what the panel is held against.
const browserTools = "../../tools/browser"

// referee is how tus-js-client sends a file; it lies in tools/browser.
func referee(t testing.TB) string {
	t.Helper()
	need(t, map[string]string{"node": "nodejs"})
	if _, err := os.Stat(filepath.Join(browserTools, "node_modules", "tus-js-client")); err != nil {
		missing(t, "no tus-js-client: scripts/setup.sh test installs it")
	}
	script, err := filepath.Abs(filepath.Join(browserTools, "tus.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	return script
}

// weakLine is a TCP proxy that cuts its connections after so many bytes.
type weakLine struct {
	t testing.TB
	net.Listener
	mu     sync.Mutex
	to     string
	cuts   int // that are still to come
	made   int // that came
	budget func(n int) int64
}

func newWeakLine(t testing.TB, to string, cuts int, budget func(n int) int64) *weakLine {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &weakLine{t: t, Listener: l, to: strings.TrimPrefix(to, "http://"), cuts: cuts, budget: budget}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
	return w
}

func (w *weakLine) url() string { return "http://" + w.Addr().String() }

func (w *weakLine) aim(to string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.to = strings.TrimPrefix(to, "http://")
}

func (w *weakLine) happened() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.made
}

// carry copies both ways, until the budget of the connection is spent.
func (w *weakLine) carry(c net.Conn) {
	defer c.Close()
	w.mu.Lock()
	to, budget, cutting := w.to, w.budget(w.made), w.made < w.cuts
	w.mu.Unlock()
	far, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer far.Close()
	go func() {
		_, _ = io.Copy(c, far) // ends when either does
		c.Close()
	}()
	if !cutting {
		_, _ = io.Copy(far, c)
		return
	}
	if n, _ := io.CopyN(far, c, budget); n == budget {
		w.mu.Lock()
		w.made++
		w.mu.Unlock()
	}
}

// sent is what the referee says.
type sent struct {
	URL     string `json:"url"`
	Retries int    `json:"retries"`
	Error   string `json:"error"`
}

func (d *daemon) referee(ctx context.Context, script, base, file string, more ...string) (sent, error) {
	cmd := exec.CommandContext(ctx, "node", append([]string{script, base + "/api/v1/uploads", d.token, file}, more...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return sent{}, fmt.Errorf("tus-js-client: %w", err)
	}
	var s sent
	if err := json.Unmarshal(out, &s); err != nil {
		return s, fmt.Errorf("tus-js-client said %q: %w", out, err)
	}
	return s, nil
}

// originals are the hashes of the files in the library's folder as they came.
func (d *daemon) original(raw []byte) bool {
	d.t.Helper()
	sum := sha256.Sum256(raw)
	found := false
	_ = filepath.WalkDir(filepath.Join(d.data, "recordings"), func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.Contains(filepath.Base(path), hex.EncodeToString(sum[:])) || filepath.Ext(path) != ".bin" {
			return nil //nolint:nilerr // what is tidied away meanwhile is none of ours
		}
		if kept, err := os.ReadFile(path); err == nil && sha256.Sum256(kept) == sum {
			found = true
		}
		return nil
	})
	return found
}

// A recording goes through 18 cut connections and a restart of the board: what lies
// there is what was sent, byte by byte, and one rendition came of it. The client is the
// protocol's own.
func TestUploadThroughCutsAndARestart(t *testing.T) {
	t.Parallel()
	need(t, sound)
	script := referee(t)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	id, _ := d.toRecord()
	file := ffmpegSound(t, "dai", "-stream_loop", "12", "-i", spokenWAV(t))
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const cuts = 18
	step := int64(len(raw)) / (cuts + 4)
	line := newWeakLine(t, d.url, cuts, func(n int) int64 { return step/2 + step*int64(n%5)/4 })
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	type answer struct {
		sent
		err error
	}
	done := make(chan answer, 1)
	meta := []string{"announcement=" + id, "language=pcc", "filename=giáy.wav", "key=take-1"}
	go func() {
		s, err := d.referee(ctx, script, line.url(), file, meta...)
		done <- answer{s, err}
	}()
	d.until("half of the cuts have come", func() bool { return line.happened() >= cuts/2 })
	d.stop()
	again := serve(t, data, "null", quick...)
	again.token = d.token
	line.aim(again.url)
	got := <-done
	if got.err != nil || got.Error != "" {
		t.Fatalf("it did not get through: %v %s", got.err, got.Error)
	}
	if n := line.happened(); n != cuts || got.Retries < cuts {
		t.Errorf("%d cuts, %d retries", n, got.Retries)
	}
	again.until("the board has taken it in", func() bool { return again.giay(id)["state"] == "ready" })
	if !again.original(raw) {
		t.Error("what lies in the library is not what was sent")
	}
	rec := again.giay(id)["recording"]
	s, err := again.referee(ctx, script, again.url, file, meta...)
	if err != nil || s.Error != "" || s.URL[strings.LastIndex(s.URL, "/"):] != got.URL[strings.LastIndex(got.URL, "/"):] {
		t.Errorf("sent again under the same key: %+v, %v, first was %s", s, err, got.URL)
	}
	told := again.call(http.MethodGet, "/uploads/"+got.URL[strings.LastIndex(got.URL, "/")+1:], nil, http.StatusOK)
	if told["stage"] != "done" || told["recording"] != rec {
		t.Errorf("its sender is told %v, the rendition has %v", told, rec)
	}
	takes := 0
	for _, r := range again.call(http.MethodGet, "/recordings", nil, http.StatusOK)["recordings"].([]any) {
		if r.(map[string]any)["kind"] == "take" {
			takes++
		}
	}
	if takes != 1 {
		t.Errorf("%d recordings came of it", takes)
	}
	again.stop()
}

// An upload that had come whole when the board was killed is taken in by the next
// start, once.
func TestUploadIsTakenInAfterAKill(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	id, _ := d.toRecord()
	raw, err := os.ReadFile(spokenWAV(t))
	if err != nil {
		t.Fatal(err)
	}
	at := d.uploadAll(raw, map[string]string{"announcement": id, "language": "pcc", "filename": "giáy.wav"})
	_ = d.cmd.Process.Kill()
	d.ended <- <-d.ended
	again := serve(t, data, "null", quick...)
	again.token = d.token
	again.until("it is taken in", func() bool { return again.giay(id)["state"] == "ready" })
	again.until("it is settled", func() bool { return again.call(http.MethodGet, "/uploads/"+at, nil, http.StatusOK)["stage"] == "done" })
	left, err := filepath.Glob(filepath.Join(data, "uploads", "*.whole"))
	if err != nil || len(left) != 0 {
		t.Errorf("its content still lies there: %v, %v", left, err)
	}
	again.stop()
}

// A folder for uploads that the disk no longer gives kept the board from starting, and so
// from every plan and emergency.
func TestBoardWithoutItsUploads(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	d.stop()
	if err := os.RemoveAll(filepath.Join(data, "uploads")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(data, "uploads"), []byte("no folder"))
	again := serve(t, data, "null", quick...)
	again.token = d.token
	again.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "Nước dâng nhanh"}, http.StatusCreated)
	again.call(http.MethodGet, "/uploads/0123456789abcdef", nil, http.StatusNotFound)
	again.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent)
	again.stop()
}

// uploadAll sends a file in one request, and gives the upload's ID.
func (d *daemon) uploadAll(raw []byte, meta map[string]string) string {
	d.t.Helper()
	var pairs []string
	for k, v := range meta {
		pairs = append(pairs, k+" "+base64.StdEncoding.EncodeToString([]byte(v)))
	}
	r, err := http.NewRequest(http.MethodPost, d.url+"/api/v1/uploads", bytes.NewReader(raw))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("Upload-Length", fmt.Sprint(len(raw)))
	r.Header.Set("Upload-Metadata", strings.Join(pairs, ","))
	r.Header.Set("Content-Type", "application/offset+octet-stream")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated || resp.Header.Get("Upload-Offset") != fmt.Sprint(len(raw)) {
		said, _ := io.ReadAll(resp.Body)
		d.t.Fatalf("%d %s, offset %s of %d", resp.StatusCode, said, resp.Header.Get("Upload-Offset"), len(raw))
	}
	return filepath.Base(resp.Header.Get("Location"))
}
