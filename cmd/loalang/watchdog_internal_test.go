package main

import (
	"context"
	"net/http"
	"testing"
)

// The panel was once asked at its address: a router that died while a notice sounded made
// the watchdog end the board. It is asked within the program.
func TestThePanelIsAskedWithoutItsAddress(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	for path, want := range map[string]bool{"/healthz": true, "/broken": false, "/none": false} {
		if got := answers(mux, path)(context.Background()); got != want {
			t.Errorf("%s is well: %v, want %v", path, got, want)
		}
	}
}
