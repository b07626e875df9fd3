package standin

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// serveHTTP is piper's server: POST /synthesize and GET /voices.
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
		Voice       string   `json:"voice"`
		SpeakerID   *int     `json:"speaker_id"`
		LengthScale *float64 `json:"length_scale"`
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil || q.Text == "" {
		http.Error(w, "No text provided", http.StatusBadRequest)
		return
	}
	var args []string
	if q.LengthScale != nil {
		args = append(args, "-s", strconv.Itoa(int(190 / *q.LengthScale)))
	}
	s, err := speak(q.Text, q.Voice, args...)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "audio/wav")
	_, _ = w.Write(s.wav()) // whoever asked has gone
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
		http.Redirect(w, r, "http://192.0.2.1/elsewhere", http.StatusTemporaryRedirect)
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
