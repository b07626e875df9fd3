package main_test

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// answersAt says whether the panel answers.
func answersAt(address string) bool {
	resp, err := http.Get("http://" + address + "/healthz")
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// Another program on the panel's port once kept the board from starting, for ever: no
// sound, no button. An emergency goes on, and the panel comes as soon as the port is free.
func TestABusyPortDoesNotSilenceTheBoard(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "Nước dâng nhanh"}, http.StatusCreated)
	d.stop()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	address := l.Addr().String()
	w := underManager(t, data, "--listen", address)
	w.until("READY=1")
	w.until("WATCHDOG=1\nSTATUS=emergency on air")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); !answersAt(address); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the panel does not come up")
		}
	}
	if raw, err := os.ReadFile(filepath.Join(data, "serve.lock")); err != nil || string(raw[len(raw)-len(address)-1:]) != address+"\n" {
		t.Errorf("doctor finds the panel at %q, %v", raw, err)
	}
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	w.until("STOPPING=1")
}

// A fixed address before the router answered, or after it died: 192.0.2.1 is nobody's.
func TestAnAddressThatIsNotThereDoesNotSilenceTheBoard(t *testing.T) {
	t.Parallel()
	w := underManager(t, t.TempDir(), "--listen", "192.0.2.1:8080", "--listen-tls", "auto")
	for _, word := range []string{"READY=1", "WATCHDOG=1\nSTATUS=waiting"} {
		w.until(word)
	}
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	w.until("STOPPING=1")
}
