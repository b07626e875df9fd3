package relay_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"loalang/relay"
)

// Most of these tests wait for a station, not for the processor.
func TestMain(m *testing.M) {
	if program := os.Getenv(listenForEver); program != "" {
		listen(program)
	}
	flag.Parse()
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// here allows the servers of these tests.
var here = relay.Guard{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}

// plainDecoder runs ffmpeg without a lock: the lock is the business of another
// room, the sound of this one.
type plainDecoder struct {
	mu   sync.Mutex
	last *exec.Cmd
}

func (d *plainDecoder) Stream(ctx context.Context, in io.ReadCloser) (io.ReadCloser, string, error) {
	cmd := exec.CommandContext(ctx, "ffmpeg", "-v", "error", "-i", "pipe:0", "-ac", "1", "-ar", "48000", "-f", "s16le", "pipe:1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, "", err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	d.mu.Lock()
	d.last = cmd
	d.mu.Unlock()
	p := &plain{ReadCloser: stdout, cmd: cmd, in: in, fed: make(chan struct{})}
	go func() {
		defer close(p.fed)
		defer stdin.Close()
		_, p.err = io.Copy(stdin, in)
	}()
	return p, "tested", nil
}

func (d *plainDecoder) kill(t *testing.T) {
	t.Helper()
	if err := d.running().Process.Kill(); err != nil {
		t.Fatal(err)
	}
}

func (d *plainDecoder) running() *exec.Cmd {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.last
}

type plain struct {
	io.ReadCloser
	cmd  *exec.Cmd
	in   io.Closer
	fed  chan struct{}
	err  error
	once sync.Once
}

func (p *plain) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	if err == io.EOF {
		select {
		case <-p.fed:
			if p.err != nil {
				return n, p.err
			}
		default:
		}
	}
	return n, err
}

func (p *plain) Close() error {
	p.once.Do(func() {
		_ = p.cmd.Process.Kill()
		_ = p.in.Close()
		_ = p.cmd.Wait()
		<-p.fed
	})
	return nil
}

func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			what := fmt.Sprintf("%s is missing: apt install %s", p, map[string]string{"arecord": "alsa-utils", "ffmpeg": "ffmpeg"}[p])
			if os.Getenv("LOALANG_E2E") == "require" {
				t.Fatal(what)
			}
			t.Skip(what)
		}
	}
}

// sounds are files of the same tone of 8 s, as ffmpeg writes them.
func sound(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	needs(t, "ffmpeg")
	path := filepath.Join(t.TempDir(), name)
	all := append([]string{"-v", "error", "-f", "lavfi", "-i", "sine=500:r=44100:d=8", "-af", "volume=6dB"}, args...)
	if out, err := exec.Command("ffmpeg", append(all, path)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	made, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func mp3(t *testing.T) []byte { return sound(t, "a.mp3", "-c:a", "libmp3lame", "-b:a", "96k") }

// power is the mean square of s16 PCM, full scale 1.
func power(pcm []byte) float64 {
	var sum float64
	for i := 0; i+1 < len(pcm); i += 2 {
		v := float64(int16(uint16(pcm[i])|uint16(pcm[i+1])<<8)) / 32768
		sum += v * v
	}
	return sum / float64(max(1, len(pcm)/2))
}

// quiet is for servers whose complaints are expected.
var quiet = log.New(io.Discard, "", 0)
