package standin

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// serveHTTP is piper's server: POST /synthesize and GET /voices. As Flask does, it
// calls its sounds text/html, and every error is a page of status 500.
func serveHTTP(l net.Listener, way string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /voices", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"vi": map[string]any{"language": "vi_VN"}})
	})
	mux.HandleFunc("POST /synthesize", func(w http.ResponseWriter, r *http.Request) {
		if !misbehave(w, r, way) {
			synthesize(w, r)
		}
	})
	return http.Serve(l, mux)
}

func synthesize(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Text        string   `json:"text"`
		Voice       *string  `json:"voice"`
		Speaker     *string  `json:"speaker"`
		SpeakerID   *int     `json:"speaker_id"`
		LengthScale *float64 `json:"length_scale"`
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil || strings.TrimSpace(q.Text) == "" {
		broken(w)
		return
	}
	var args []string
	if q.LengthScale != nil {
		args = append(args, "-s", strconv.Itoa(int(190 / *q.LengthScale)))
	}
	voice := "vi"
	if q.Voice != nil && *q.Voice == "vi-vn-x-south" { // any other name is the default voice
		voice = *q.Voice
	}
	s, err := speak(q.Text, voice, args...)
	if err != nil {
		broken(w)
		return
	}
	sound := s.wav()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(sound)))
	_, _ = w.Write(sound) // whoever asked has gone
}

// broken is how an exception looks from outside.
func broken(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = fmt.Fprint(w, "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n")
}

// misbehave answers in a wrong way; false: there is no such way.
func misbehave(w http.ResponseWriter, r *http.Request, way string) bool {
	switch way {
	case "well":
		return false
	case "refuses":
		http.Error(w, "CUDA out of memory", http.StatusInternalServerError)
	case "never":
		<-r.Context().Done()
	case "slowly":
		for _, b := range (sound{rate: 22050, frames: make([]int16, 22050)}).wav() {
			if _, err := w.Write([]byte{b}); err != nil {
				return true
			}
			_ = http.NewResponseController(w).Flush()
			time.Sleep(20 * time.Millisecond)
		}
	case "breaks":
		w.Header().Set("Content-Length", "100000")
		_, _ = w.Write((sound{rate: 22050, frames: make([]int16, 5000)}).wav())
	case "redirects":
		http.Redirect(w, r, "http://192.0.2.1/elsewhere?"+r.URL.RawQuery, http.StatusTemporaryRedirect)
	case "breaks-head": // away before the first byte
		panic(http.ErrAbortHandler)
	case "page":
		_, _ = fmt.Fprint(w, "<!doctype html><title>Sign in</title>")
	case "endless":
		_, _ = w.Write((sound{rate: 22050}).wav())
		for zero := make([]byte, 1<<16); ; {
			if _, err := w.Write(zero); err != nil {
				return true
			}
		}
	default:
		http.Error(w, "unknown way", http.StatusNotImplemented)
	}
	return true
}
