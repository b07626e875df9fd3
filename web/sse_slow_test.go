package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"loalang/playout"
	"loalang/web"
)

// steady is an Airer whose level is told ten times in each second of the board.
type steady struct{ *world }

// Watch delivers four seconds of air, and ends.
func (s steady) Watch(context.Context) <-chan playout.Air {
	told := make(chan playout.Air, 40)
	for i := range cap(told) {
		a := s.Air()
		a.At = s.now.Add(time.Duration(i) * 100 * time.Millisecond)
		told <- a
	}
	close(told)
	return told
}

// TestSlowLinesAreToldTheLevelTwiceASecond: others as often as it comes, and both the
// whole of the air once a second.
func TestSlowLinesAreToldTheLevelTwiceASecond(t *testing.T) {
	h := newHouse(t, func(c *web.Config) { c.Air = steady{c.Air.(*world)} })
	for query, levels := range map[string]int{"": 36, "?slow=1": 4} {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/air/events"+query, http.NoBody)
		r.Header.Set("Authorization", "Bearer "+h.as["viewer"])
		w := httptest.NewRecorder()
		h.http.ServeHTTP(w, r)
		if airs, got := strings.Count(w.Body.String(), "event: air\n"), strings.Count(w.Body.String(), "event: level\n"); airs != 4 || got != levels {
			t.Errorf("%q: the air %d times, the level %d times, want 4 and %d", query, airs, got, levels)
		}
	}
}
