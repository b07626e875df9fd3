package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
)

// A board that lived and refused everything passed, as if it had been about to die.
func TestOnlyADyingBoardMayRefuse(t *testing.T) {
	t.Parallel()
	refusal := &StatusError{Status: http.StatusServiceUnavailable}
	l := &Load{Mortal: true}
	l.fault("write a notice", refusal)
	if got := l.Faults(); len(got) != 1 {
		t.Errorf("a living board refused: %q", got)
	}
	l.Died(time.Now().Add(dying / 2))
	if got := l.Faults(); len(got) != 0 {
		t.Errorf("it died a moment later: %q", got)
	}
	l.deaths = []time.Time{time.Now().Add(-2 * reviving)}
	if got := l.Faults(); len(got) != 1 {
		t.Errorf("it refused long behind a death: %q", got)
	}
	l.fault("write a notice", errors.New("connection refused"))
	l.fault("write a notice", &StatusError{Status: http.StatusNotFound})
	if got := l.Faults(); len(got) != 2 {
		t.Errorf("of no answer and of 404 one is a fault, beside the refusal: %q", got)
	}
}

// Each life of a board met the recordings of the life before: they were whole already, so that
// after the first one nothing was sent any more, and what was acknowledged of them was forgotten.
func TestEachRunOfALoadSendsAnotherRecording(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	begun := map[string]int{}
	board := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if about := r.Header.Get("Upload-Metadata"); about != "" {
			mu.Lock()
			begun[about]++
			mu.Unlock()
		}
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer board.Close()
	l := &Load{Client: NewClient(board.URL, ""), Ledger: NewLedger(), Pause: time.Millisecond, airs: []string{"a"}}
	known := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(begun)
	}
	for range 3 {
		ctx, end := context.WithCancel(t.Context())
		done := make(chan error, 1)
		before := known()
		go func() { done <- l.Run(ctx) }()
		err := Until(t.Context(), time.Minute, "a recording is begun that was not begun before", func() bool { return known() > before })
		end()
		if err := errors.Join(err, <-done); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnUploadBegunAgainKeepsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	l := NewLedger()
	l.uploadBegun("u", sending{length: 100})
	if err := l.uploadIs("u", 60); err != nil {
		t.Fatal(err)
	}
	l.uploadBegun("u", sending{length: 100})
	if _, u := l.unfinished(); u.offset != 60 {
		t.Errorf("of 60 bytes acknowledged %d are known", u.offset)
	}
	if err := l.uploadIs("u", 59); err == nil {
		t.Error("a board lost a byte that it had acknowledged, and nobody said so")
	}
	if err := l.uploadIs("u", 100); err != nil {
		t.Error(err)
	}
	if id, _ := l.unfinished(); id != "" {
		t.Errorf("upload %s is whole and is to be gone on with", id)
	}
}

// A busy board had not taken in yet what was to be deleted: the recording without a name was
// asked for, which is none, and what came of the upload stayed for good.
func TestWhatWaitsToBeTakenInIsDeletedLater(t *testing.T) {
	t.Parallel()
	const keep = 2
	var mu sync.Mutex
	begun, taken, gone := 0, 0, 0
	board := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.Method == http.MethodPost && r.URL.Path == "/api/v1/uploads":
			if begun-gone >= keep {
				t.Errorf("%d are there, and one more is sent", begun-gone)
			}
			begun++
			w.Header().Set("Location", fmt.Sprintf("/api/v1/uploads/u%d", begun))
			w.WriteHeader(http.StatusCreated)
		case r.Method == http.MethodPatch:
			n, _ := io.Copy(io.Discard, r.Body)
			var at int64
			_, _ = fmt.Sscan(r.Header.Get("Upload-Offset"), &at)
			w.Header().Set("Upload-Offset", strconv.FormatInt(at+n, 10))
			w.WriteHeader(http.StatusNoContent)
		case r.Method == http.MethodGet && taken < 3: // it is slow
			taken++
			_, _ = io.WriteString(w, `{"stage":"waiting"}`)
		case r.Method == http.MethodGet:
			taken = 0
			_, _ = io.WriteString(w, `{"stage":"done","recording":"r"}`)
		case r.Method == http.MethodDelete && r.URL.Path == "/api/v1/recordings/r":
			gone++
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer board.Close()
	l := &Load{Client: NewClient(board.URL, ""), Ledger: NewLedger(), Pause: 4 * time.Millisecond, Take: 10 * time.Millisecond, Keep: keep}
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.send(ctx, rand.New(rand.NewPCG(1, 2))) }()
	err := Until(t.Context(), time.Minute, "five are deleted", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return gone >= 5
	})
	end()
	if err := errors.Join(err, <-done); err != nil {
		t.Error(err)
	}
	for _, f := range l.Faults() {
		t.Error(f)
	}
}
