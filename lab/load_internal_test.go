package lab

import (
	"errors"
	"net/http"
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
