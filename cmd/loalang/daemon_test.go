package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"loalang/speech/enginetest/standin"
)

// exe is the real program, built once for every test of this package.
var exe string

func TestMain(m *testing.M) {
	standin.Main()
	hearAsArecord()
	asInTheVillage()
	dir, err := os.MkdirTemp("", "loalang-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	exe = filepath.Join(dir, "loalang")
	build := exec.Command("go", "build", "-o", exe, ".")
	build.Stderr = os.Stderr
	flag.Parse()
	waitTogether()
	code := 1
	if err := build.Run(); err == nil {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// asInTheVillage makes this process mean the village's day when it says today: from 17:00
// on the day of UTC is another. The programs under test keep the machine's.
func asInTheVillage() {
	there, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	time.Local = there
}

// waitTogether lets more tests run at once than there are cores: most of their time
// they wait for sound, which takes its time. Those that measure when something was
// heard are not parallel.
func waitTogether() {
	if n := flag.Lookup("test.parallel"); n.Value.String() == n.DefValue {
		_ = flag.Set(n.Name, strconv.Itoa(2*runtime.GOMAXPROCS(0))) // a number is taken
	}
}

// need skips a test aloud when a program is missing; LOALANG_E2E=require turns
// that into a failure, for continuous integration.
func need(t testing.TB, packages map[string]string) {
	t.Helper()
	for program, pkg := range packages {
		if _, err := exec.LookPath(program); err != nil {
			missing(t, fmt.Sprintf("no %s on this machine: apt-get install %s", program, pkg))
		}
	}
}

func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("LOALANG_E2E") == "require" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// sound is what the main job needs.
var sound = map[string]string{"ffmpeg": "ffmpeg", "espeak-ng": "espeak-ng"}

// commandPatience is how long a command may take; serve that should have refused runs for ever.
const commandPatience = 5 * time.Minute

// loalang runs one command to its end.
func loalang(t testing.TB, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("loalang %v did not end within %s: %s", args, commandPatience, errs.String())
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// daemon is a running `loalang serve`.
type daemon struct {
	t     testing.TB
	data  string
	url   string // without a slash at the end
	setup string // the link for the first account; empty when there is one
	token string // of an admin that may raise emergencies
	cmd   *exec.Cmd
	log   *safeBuffer
	ended chan error
}

// safeBuffer collects a process's output while the test reads it.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// serve starts the program and waits until it is ready.
func serve(t testing.TB, data, device string, more ...string) *daemon {
	t.Helper()
	d := start(t, data, device, more...)
	d.until("the panel is ready", func() bool {
		resp, err := http.Get(d.url + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return d
}

// start starts the program on a data folder and a free port of the loopback.
func start(t testing.TB, data, device string, more ...string) *daemon {
	t.Helper()
	return startOf(t, exe, data, device, more...)
}

// startOf is start of another file of the program.
func startOf(t testing.TB, program, data, device string, more ...string) *daemon {
	t.Helper()
	d := &daemon{t: t, data: data, log: &safeBuffer{}, ended: make(chan error, 1)}
	args := append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--device", device, "--clock-trust", "system"}, more...)
	d.cmd = exec.Command(program, args...)
	d.cmd.Stderr = d.log
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	told := make(chan struct{})
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if url, ok := strings.CutPrefix(lines.Text(), "panel: "); ok {
				d.url = strings.TrimSuffix(url, "/")
			}
			if link, ok := strings.CutPrefix(lines.Text(), "first account: "); ok {
				d.setup = link
			}
			if strings.HasPrefix(lines.Text(), "end with ") {
				close(told)
			}
		}
		d.ended <- d.cmd.Wait()
	}()
	t.Cleanup(func() { d.stop() })
	select {
	case <-told:
	case err := <-d.ended:
		d.ended <- err
		t.Fatalf("serve ended: %v\n%s", err, d.log)
	case <-time.After(patience):
		t.Fatalf("serve does not say where it is\n%s", d.log)
	}
	return d
}

// admit makes a token for the test.
func (d *daemon) admit() *daemon {
	d.t.Helper()
	out, errs, code := loalang(d.t, "", "token", "add", "e2e", "--role", "admin", "--allow-emergency", "--data", d.data)
	if code != 0 {
		d.t.Fatalf("token add: %s", errs)
	}
	d.token = strings.TrimSpace(out)
	return d
}

// stop ends the program as systemd would, and waits for it.
func (d *daemon) stop() {
	d.t.Helper()
	if d.cmd.Process == nil {
		return
	}
	_ = d.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case err := <-d.ended:
		d.ended <- err
		if err != nil && d.cmd.ProcessState.ExitCode() != -1 {
			d.t.Errorf("serve ended: %v\n%s", err, d.log)
		}
	case <-time.After(patience):
		d.t.Errorf("serve does not end\n%s", d.log)
		_ = d.cmd.Process.Kill()
	}
}

// kill ends the program as a crash does: what is in memory on /dev/shm stays.
func (d *daemon) kill() {
	d.t.Helper()
	if err := d.cmd.Process.Kill(); err != nil {
		d.t.Fatal(err)
	}
	err := <-d.ended
	d.ended <- err
}

// patience is how long a test waits for what must come true: far longer than it ever
// takes, since every package may be tested at once on a machine with two cores. It
// proves nothing of how soon; a test of a promised time uses within, and the figures
// are in docs/BENCHMARKS.md.
const patience = 4 * time.Minute

// until waits for something to come true.
func (d *daemon) until(what string, is func() bool) {
	d.t.Helper()
	d.within(patience, what, is)
}

// within waits no longer than was promised.
func (d *daemon) within(patience time.Duration, what string, is func() bool) {
	d.t.Helper()
	deadline := time.Now().Add(patience)
	for !is() {
		if time.Now().After(deadline) {
			d.t.Fatalf("not within %s: %s\n%s", patience, what, d.log)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// object is a JSON object.
type object map[string]any

// call makes a request of the API and wants the given status.
func (d *daemon) call(method, path string, body any, status int) object {
	d.t.Helper()
	got, answer := d.try(method, path, body)
	if got != status {
		d.t.Fatalf("%s %s = %d, want %d: %v\n%s", method, path, got, status, answer, d.log)
	}
	return answer
}

func (d *daemon) try(method, path string, body any) (int, object) {
	d.t.Helper()
	var in io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case upload:
		in, kind = b.form(d.t)
	default:
		raw, err := json.Marshal(body)
		if err != nil {
			d.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, d.url+"/api/v1"+path, in)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	if in != nil {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	answer := object{}
	if len(raw) > 0 && strings.Contains(resp.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(raw, &answer); err != nil {
			d.t.Fatalf("%s %s answers no JSON object: %v\n%.300s", method, path, err, raw)
		}
	}
	return resp.StatusCode, answer
}
