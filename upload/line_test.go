package upload_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/upload"
)

// stall begins a PATCH by hand, sends part of its body, and then nothing more.
func (r *room) stall(path string, at int, body []byte, announced int) net.Conn {
	r.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	if _, err := fmt.Fprintf(conn, "PATCH %s HTTP/1.1\r\nHost: x\r\nOwner: %s\r\nTus-Resumable: 1.0.0\r\nContent-Type: %s\r\nUpload-Offset: %d\r\nContent-Length: %d\r\n\r\n", path, r.owner, octets, at, announced); err != nil {
		r.t.Fatal(err)
	}
	if _, err := conn.Write(body); err != nil {
		r.t.Fatal(err)
	}
	return conn
}

// A phone that changed its cell comes by a new line while the old one still seems to be
// there: the old one ends, and nothing that came on it is lost.
func TestANewcomerEndsTheOldLine(t *testing.T) {
	r := open(t, func(c *upload.Config) { c.Silence = time.Hour })
	raw := sample(1 << 20)
	at := r.create(len(raw))
	const kept = 300_000
	conn := r.stall(at, 0, raw[:kept], len(raw))
	deadline := time.Now().Add(time.Minute)
	// Whoever asks for the offset is a newcomer too: the folder is looked at instead.
	for part := filepath.Join(r.dir, filepath.Base(at)+".part"); ; time.Sleep(time.Millisecond) {
		if info, err := os.Stat(part); err == nil && info.Size() == kept {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("what was sent does not come")
		}
	}
	r.want(r.patch(at, kept, raw[kept:]), http.StatusNoContent, "")
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	if resp, err := http.ReadResponse(bufio.NewReader(conn), nil); err == nil {
		resp.Body.Close()
		if resp.StatusCode == http.StatusNoContent {
			t.Error("the old line is told that all is well")
		}
	}
	if !bytes.Equal(r.content(at), raw) {
		t.Error("not what was sent")
	}
}

// A line on which nothing comes is given up, and what came is kept.
func TestADeadLineIsGivenUp(t *testing.T) {
	r := open(t, func(c *upload.Config) { c.Silence = 50 * time.Millisecond })
	raw := sample(1000)
	at := r.create(len(raw))
	conn := r.stall(at, 0, raw[:400], len(raw))
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := io.ReadAll(conn); err != nil {
		t.Fatalf("the board still waits: %v", err)
	}
	if n := r.offset(at); n != 400 {
		t.Errorf("%d bytes are kept", n)
	}
	half := r.stall(at, 400, raw[400:500], 600)
	half.Close()
	r.stall(at, 400, nil, 600).Close()
	if n := r.offset(at); n < 400 || n > 500 {
		t.Errorf("%d bytes are kept", n)
	}
}

func FuzzHeaders(f *testing.F) {
	f.Add("POST", "", "10", "filename bG9hLndhdg==", "0", octets, "", "abc")
	f.Add("PATCH", "x", "", "", "0", octets, "sha1 AAAA", "abc")
	f.Add("PATCH", "..", "", "", "-1", octets, "sha256 ", "")
	f.Add("HEAD", "%2e%2e%2f", "", "a b c,,", "9223372036854775808", "", "", "")
	r := open(f, func(c *upload.Config) { c.OwnerFiles = 1 << 30; c.OwnerBytes = 1 << 60 })
	f.Fuzz(func(t *testing.T, method, id, length, metadata, offset, kind, sum, body string) {
		for _, s := range []string{method, id, length, metadata, offset, kind, sum} {
			if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' }) {
				t.Skip()
			}
		}
		if method = strings.ToUpper(method); method == "" || strings.ContainsAny(method, " ()<>@,;:\\\"/[]?={}") || strings.ContainsAny(id, " ?#%/") || method == http.MethodConnect {
			t.Skip()
		}
		r.t = t
		a := r.ask(method, root+"/"+id, strings.NewReader(body), "Upload-Length", length, "Upload-Metadata", metadata, "Upload-Offset", offset, "Content-Type", kind, "Upload-Checksum", sum)
		if a.status >= 500 {
			t.Errorf("%s %q: %d %s", method, id, a.status, a.code)
		}
		strays, err := filepath.Glob(filepath.Join(filepath.Dir(r.dir), "*"))
		if err != nil || len(strays) != 1 {
			t.Errorf("beside its folder lie %v, %v", strays, err)
		}
	})
}
