package main_test

import (
	"net/http"
	"strings"
	"testing"
)

// A running serve says what sounds, whatever address its panel has.
func TestQuietNeedsNoPanel(t *testing.T) {
	t.Parallel()
	need(t, sound)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	ask := func() (string, int) {
		out, errs, code := loalang(t, "", "quiet", "--data", d.data, "--listen", "192.0.2.1:8080") // of RFC 5737: nobody's
		return out + errs, code
	}
	if said, code := ask(); code != 0 || !strings.Contains(said, "nothing sounds") {
		t.Errorf("while nothing sounds: %d, %s", code, said)
	}
	d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "Nước dâng nhanh"}, http.StatusCreated)
	if said, code := ask(); code != 1 || !strings.Contains(said, "an emergency is active") {
		t.Errorf("in an emergency: %d, %s", code, said)
	}
	d.stop()
	if said, code := ask(); code != 0 || !strings.Contains(said, "no serve runs") {
		t.Errorf("when it has ended: %d, %s", code, said)
	}
}
