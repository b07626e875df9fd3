package main_test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// watched is a serve with a service manager's socket.
type watched struct {
	t    testing.TB
	conn *net.UnixConn
	cmd  *exec.Cmd
	log  bytes.Buffer
}

func underManager(t testing.TB, data string, more ...string) *watched {
	t.Helper()
	name := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{t: t, conn: conn, cmd: exec.Command(exe, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--listen-tls", "off", "--device", "null", "--clock-trust", "system"}, more...)...)}
	w.cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+name, "WATCHDOG_USEC=900000")
	w.cmd.Stderr = &w.log
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = w.cmd.Process.Kill() // it may have ended
		_ = w.cmd.Wait()
		_ = conn.Close()
	})
	return w
}

// until waits for a message with a word in it.
func (w *watched) until(word string) {
	w.t.Helper()
	if err := w.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		w.t.Fatal(err)
	}
	raw := make([]byte, 4096)
	for {
		n, err := w.conn.Read(raw)
		if err != nil {
			w.t.Fatalf("no %s: %v\n%s", word, err, w.log.String())
		}
		if strings.Contains(string(raw[:n]), word) {
			return
		}
	}
}

// systemd hears READY, then the watchdog's food with a status, then STOPPING.
func TestSystemdIsTold(t *testing.T) {
	w := underManager(t, t.TempDir())
	for _, word := range []string{"READY=1", "WATCHDOG=1\nSTATUS=waiting", "WATCHDOG=1"} {
		w.until(word)
	}
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	w.until("STOPPING=1")
}

// The parts that no one missed when they hung are watched like the others.
func TestTheQuietLoopsAreWatched(t *testing.T) {
	t.Parallel()
	d := serve(t, t.TempDir(), "null", "--monitor", "Nowhere")
	ages, came := map[string]float64{}, map[string]bool{}
	d.until("they come round", func() bool {
		_, text := d.page("/metrics")
		for _, loop := range []string{"health", "monitor"} {
			_, rest, _ := strings.Cut(text, `loalang_loop_age_seconds{loop="`+loop+`"} `)
			word, _, _ := strings.Cut(rest, "\n")
			age, err := strconv.ParseFloat(word, 64)
			if err != nil {
				return false
			}
			came[loop] = came[loop] || age < ages[loop]
			ages[loop] = age
		}
		for _, loop := range []string{"producer", "clock", "studio", "caretaker", "uploads", "ready"} {
			if !strings.Contains(text, `loalang_loop_age_seconds{loop="`+loop+`"}`) {
				return false
			}
		}
		return came["health"] && came["monitor"]
	})
}

// A damaged database is no restart loop: the watchdog is fed all the same.
func TestADamagedDatabaseFeedsTheWatchdog(t *testing.T) {
	data := t.TempDir()
	w := underManager(t, data)
	w.until("READY=1")
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "loalang.db"), bytes.Repeat([]byte("no database "), 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	w = underManager(t, data)
	w.until("READY=1")
	w.until("database-damaged")
	w.until("WATCHDOG=1")
}

// BenchmarkReady is the time from exec to READY=1, on data that are there.
func BenchmarkReady(b *testing.B) {
	data := b.TempDir()
	start := func() time.Duration {
		began := time.Now()
		w := underManager(b, data)
		w.until("READY=1")
		took := time.Since(began)
		if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
			b.Fatal(err)
		}
		_ = w.cmd.Wait() // whatever it says, it has ended
		return took
	}
	start() // the first makes the database
	var all time.Duration
	for b.Loop() {
		all += start()
	}
	b.ReportMetric(all.Seconds()/float64(b.N)*1000, "ready-ms")
}
