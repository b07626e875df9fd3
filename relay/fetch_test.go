package relay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"loalang/relay"
)

// codeOf is the code of a fault, or "" for none.
func codeOf(t *testing.T, err error) relay.Code {
	t.Helper()
	if err == nil {
		return ""
	}
	var f relay.Fault
	if !errors.As(err, &f) {
		t.Errorf("%v is no fault", err)
	}
	return f.Code
}

// station serves bytes for ever, as fast as they are taken.
func station(kind string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		for r.Context().Err() == nil {
			if _, err := w.Write(body); err != nil {
				return
			}
		}
	}
}

func serve(t *testing.T, mux map[string]http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := mux[r.URL.Path]; h != nil {
			h(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

func probe(t *testing.T, address string) (relay.Found, error) {
	t.Helper()
	r := &relay.Receiver{Guard: here, Decoder: &plainDecoder{}, Stall: time.Second}
	return r.Probe(context.Background(), relay.Station{URL: address})
}

func says(kind, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = io.WriteString(w, text)
	}
}

func TestStationsAreReceived(t *testing.T) {
	music := mp3(t)
	mux := map[string]http.HandlerFunc{
		"/mp3":      station("audio/mpeg", music),
		"/aac":      station("audio/aac", sound(t, "a.aac", "-c:a", "aac")),
		"/opus":     station("application/ogg", sound(t, "a.ogg", "-c:a", "libopus")),
		"/vorbis":   station("application/ogg", sound(t, "b.ogg", "-c:a", "libvorbis")),
		"/lies":     station("text/html", music),
		"/list.pls": says("audio/x-scpls", "[playlist]\nNumberOfEntries=2\nFile1=/gone\nTitle1=x\nFile2=/mp3\n"),
		"/list.m3u": says("audio/x-mpegurl", "\xef\xbb\xbf#EXTM3U\r\n#EXTINF:-1,Đài\r\n/aac\r\n"),
		"/bare.m3u": says("text/plain", "mp3\n"),
		"/moved":    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/list.m3u", http.StatusFound) },
	}
	s := serve(t, mux)
	for _, path := range []string{"/mp3", "/aac", "/opus", "/vorbis", "/lies", "/list.pls", "/list.m3u", "/bare.m3u", "/moved"} {
		t.Run(path[1:], func(t *testing.T) {
			found, err := probe(t, s.URL+path)
			if err != nil || found.Loudness < -40 {
				t.Errorf("%+v, %v", found, err)
			}
		})
	}
}

// A server of the first SHOUTcast does not speak HTTP quite.
func TestICYServerIsReceived(t *testing.T) {
	music := mp3(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Read(make([]byte, 4096))
		_, _ = io.WriteString(conn, "ICY 200 OK\r\nicy-name: x\r\ncontent-type: audio/mpeg\r\n\r\n")
		for err == nil {
			_, err = conn.Write(music)
		}
	}()
	if _, err := probe(t, "http://"+l.Addr().String()+"/"); err != nil {
		t.Error(err)
	}
}

func TestStationsAreRefused(t *testing.T) {
	bomb := strings.Repeat("#EXTM3U\nhttp://127.0.0.1/\n", 40000)
	to := func(address string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, address, http.StatusFound) }
	}
	asked := atomic.Int64{}
	mux := map[string]http.HandlerFunc{
		"/page":  says("text/html", "<!DOCTYPE html><title>Đăng nhập</title>"),
		"/json":  says("audio/mpeg", `{"error":"no"}`),
		"/bomb":  says("audio/x-mpegurl", bomb),
		"/empty": says("audio/x-mpegurl", "#EXTM3U\n"),
		"/loop.m3u": func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			says("", "#EXTM3U\n/loop.m3u\n/loop.m3u\n/loop.m3u\n")(w, r)
		},
		"/circle": to("/circle"),
		"/file":   to("file:///etc/passwd"),
		"/key":    says("", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=AES-128,URI=\"/k\"\n#EXTINF:2,\n/a.ts\n"),
		"/ranges": says("", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-BYTERANGE:100@0\n#EXTINF:2,\n/a.ts\n"),
		"/stall": func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("ID3"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	}
	inside := []string{
		"http://10.1.2.3/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://192.168.1.1/",
		"http://172.16.0.1/", "http://100.64.0.1/", "http://127.0.0.2/", "http://[fe80::1]/", "http://[fd00::1]/",
		"http://[::ffff:10.0.0.1]/", "http://[64:ff9b::a00:1]/", "http://0.0.0.0/", "http://224.0.0.1/", "http://255.255.255.255/",
	}
	for i, address := range inside {
		mux[fmt.Sprintf("/to%d", i)] = to(address)
		mux[fmt.Sprintf("/names%d", i)] = says("audio/x-mpegurl", "#EXTM3U\n"+address+"\n")
	}
	s := serve(t, mux)
	type refusal struct {
		path string
		want relay.Code
	}
	cases := []refusal{
		{"/page", relay.WebPage},
		{"/json", relay.WebPage},
		{"/bomb", relay.BadPlaylist},
		{"/empty", relay.BadPlaylist},
		{"/loop.m3u", relay.TooDeep},
		{"/circle", relay.TooDeep},
		{"/file", relay.BadAddress},
		{"/key", relay.Encrypted},
		{"/ranges", relay.Unsupported},
		{"/none", relay.Status},
		{"/stall", relay.Stalled},
	}
	for i := range inside {
		cases = append(cases, refusal{fmt.Sprintf("/to%d", i), relay.Private}, refusal{fmt.Sprintf("/names%d", i), relay.Private})
	}
	for _, c := range cases {
		t.Run(c.path[1:], func(t *testing.T) {
			if _, err := probe(t, s.URL+c.path); codeOf(t, err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	if n := asked.Load(); n > 12 {
		t.Errorf("a playlist that names itself was read %d times", n)
	}
}

func TestAddressesAreRefused(t *testing.T) {
	cases := []struct {
		address string
		want    relay.Code
	}{
		{"ftp://radio.example/", relay.BadAddress},
		{"file:///etc/passwd", relay.BadAddress},
		{"http:///x", relay.BadAddress},
		{"http://user:secret@127.0.0.1/", relay.BadAddress},
		{"radio", relay.BadAddress},
		{"http://[::1", relay.BadAddress},
		{"http://127.0.0.1:1/", relay.Unreachable},
		{"http://10.0.0.1/", relay.Private},
	}
	for _, c := range cases {
		t.Run(c.address, func(t *testing.T) {
			if _, err := probe(t, c.address); codeOf(t, err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	// However an address is written, what is dialled counts. The C library reads
	// 2130706433 as 127.0.0.1, Go's own resolver knows no such name.
	for _, address := range []string{"http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://localhost:1/", "http://127.1/"} {
		_, err := (&relay.Receiver{}).Probe(context.Background(), relay.Station{URL: address})
		if code := codeOf(t, err); code != relay.Private && code != relay.NoHost {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// What is listed as https is not heard over an open line.
func TestHTTPSIsNotLeftForHTTP(t *testing.T) {
	for _, u := range []string{"https://a.example/x", "http://a.example/x"} {
		if err := relay.CheckURL(u); err != nil {
			t.Errorf("%s: %v", u, err)
		}
	}
	if err := relay.CheckStep("https://a.example/", "http://a.example/"); codeOf(t, err) != relay.Downgrade {
		t.Errorf("%v", err)
	}
	if err := relay.CheckStep("http://a.example/", "https://a.example/"); err != nil {
		t.Errorf("%v", err)
	}
}

// An answer that TLS cannot vouch for is not heard.
func TestCertificateIsVerified(t *testing.T) {
	s := httptest.NewTLSServer(station("audio/mpeg", []byte("x")))
	s.Config.ErrorLog = quiet
	t.Cleanup(s.Close)
	if _, err := probe(t, s.URL); codeOf(t, err) != relay.Certificate {
		t.Error(err)
	}
}

// hlsFolder is a live HLS stream of 2 s segments that grows as it is asked for.
func hlsFolder(t *testing.T, args ...string) (folder string, segments []string) {
	t.Helper()
	needs(t, "ffmpeg")
	dir := t.TempDir()
	all := append([]string{"-v", "error", "-f", "lavfi", "-i", "sine=500:r=44100:d=30", "-c:a", "aac", "-f", "hls", "-hls_time", "2", "-hls_list_size", "0"}, args...)
	cmd := exec.Command("ffmpeg", append(all, filepath.Join(dir, "list.m3u8"))...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	list, err := os.ReadFile(filepath.Join(dir, "list.m3u8"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		if !strings.HasPrefix(line, "#") {
			segments = append(segments, strings.TrimSpace(line))
		}
	}
	return dir, segments
}

func TestHLSIsReceived(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, before string
		args         []string
	}{
		{"OK transport stream", "", nil},
		{"fragmented MP4", "#EXT-X-MAP:URI=\"init.mp4\"\n", []string{"-hls_segment_type", "fmp4"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir, segments := hlsFolder(t, c.args...)
			asked := atomic.Int64{}
			files := http.FileServer(http.Dir(dir))
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/master.m3u8":
					says("", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=4000000,CODECS=\"avc1,mp4a\"\nno.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=64000\nlive.m3u8\n")(w, r)
				case "/live.m3u8":
					n := int(asked.Add(1)) - 1
					list := fmt.Sprintf("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:%d\n%s", n, c.before)
					for _, seg := range segments[min(n, len(segments)-4):min(n+4, len(segments))] {
						list += "#EXTINF:2.0,\n" + seg + "\n"
					}
					says("application/vnd.apple.mpegurl", list)(w, r)
				default:
					files.ServeHTTP(w, r)
				}
			}))
			t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
			r := &relay.Receiver{Guard: here, Decoder: &plainDecoder{}, Stall: time.Second}
			pcm, err := r.Receive(context.Background(), relay.Station{URL: s.URL + "/master.m3u8"})
			if err != nil {
				t.Fatal(err)
			}
			defer pcm.Close()
			// Three segments from the end of the first list are 6 s: what comes behind
			// them shows that the list is read again.
			got := make([]byte, 2*48000*9)
			if n, err := io.ReadFull(pcm, got); err != nil {
				t.Fatalf("after %d bytes: %v", n, err)
			}
			for at := 48000; at+9600 < len(got); at += 9600 {
				if power(got[at:at+9600]) < 1e-4 {
					t.Fatalf("a hole at %d", at)
				}
			}
		})
	}
}

func TestHLSThatDoesNotGrowIsLost(t *testing.T) {
	t.Parallel()
	dir, segments := hlsFolder(t)
	files := http.FileServer(http.Dir(dir))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/live.m3u8" {
			says("", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:2,\n"+segments[0]+"\n")(w, r)
			return
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	r := &relay.Receiver{Guard: here, Decoder: &plainDecoder{}, Stall: time.Second}
	pcm, err := r.Receive(context.Background(), relay.Station{URL: s.URL + "/live.m3u8"})
	if err != nil {
		t.Fatal(err)
	}
	defer pcm.Close()
	if _, err := io.Copy(io.Discard, pcm); codeOf(t, err) != relay.Stalled {
		t.Error(err)
	}
}

func TestStationIsReadNoFasterThanItIsHeard(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it sends 100 MB")
	}
	r := &relay.Receiver{Guard: here, Decoder: counted{}, Stall: time.Second}
	sent := atomic.Int64{}
	s := serve(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
		block := bytes.Repeat([]byte{0xff, 0xfb, 0x90, 0}, 8<<10)
		for r.Context().Err() == nil {
			n, err := w.Write(block)
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	}})
	pcm, err := r.Receive(context.Background(), relay.Station{URL: s.URL + "/"})
	if err != nil {
		t.Fatal(err)
	}
	defer pcm.Close()
	if _, err := io.CopyN(io.Discard, pcm, 1<<20); err != nil {
		t.Fatal(err)
	}
	last := int64(-1)
	for last != sent.Load() {
		last = sent.Load()
		time.Sleep(300 * time.Millisecond)
	}
	// What is not read waits in the sockets of both ends: some megabytes at most.
	if last > 20<<20 {
		t.Errorf("%d MB were taken of a station of which one was wanted", last>>20)
	}
}

// counted is a decoder that gives what it gets.
type counted struct{}

func (counted) Stream(_ context.Context, in io.ReadCloser) (io.ReadCloser, string, error) {
	return in, "raw", nil
}
