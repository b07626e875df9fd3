package main_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// fingerprint is how the keys of boards are compared.
var fingerprint = regexp.MustCompile(`[0-9a-f]{4}(-[0-9a-f]{4}){7}`)

// A village's notices, words and recordings go to a board without a link on a stick:
// only from a board that was accepted, whole or not at all, once however often, and a copy
// that broke off goes on.
func TestABundleGoesFromBoardToBoard(t *testing.T) {
	t.Parallel()
	need(t, sound)
	here, there, stick := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "bundle")
	d := serve(t, here, "null", quick...).admit()
	id := d.announce(object{"title": "Mời họp thôn", "text": "Kính mời bà con đi họp.", "renditions": []object{{"language": "vi"}}})
	d.until("it is ready", func() bool { return len(blobsOf(t, here, "master", ".flac")) == 1 })
	d.airAt(id, time.Now().Add(time.Hour))
	out := succeed(t, "bundle", "export", stick, "--data", here)
	print := fingerprint.FindString(out)
	if again := succeed(t, "bundle", "export", stick, "--data", here); !strings.Contains(again, " 0 MB of them written now") {
		t.Errorf("the same once more: %s", again)
	}
	other := serve(t, there, "null", quick...).admit()
	refused(t, "nobody has accepted the board", "bundle", "import", stick, "--data", there)
	succeed(t, "bundle", "trust", print, "--name", "xã", "--data", there)
	if out := succeed(t, "bundle", "import", stick, "--dry-run", "--data", there); !strings.Contains(out, "new\tMời họp thôn") {
		t.Errorf("the rehearsal said %s", out)
	}
	if status, _ := other.try(http.MethodGet, "/announcements/"+id, nil); status != http.StatusNotFound {
		t.Errorf("the rehearsal saved it: %d", status)
	}
	piece := filepath.Join(stick, "000001.part")
	whole, err := os.ReadFile(piece)
	if err != nil {
		t.Fatal(err)
	}
	spoil(t, piece)
	if err := os.RemoveAll(filepath.Join(there, "bundles")); err != nil {
		t.Fatal(err)
	}
	refused(t, "piece 1 of", "bundle", "import", stick, "--data", there)
	if err := os.WriteFile(piece, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, "not any more what was looked at", "bundle", "import", stick, "--seen", strings.Repeat("0", 32), "--data", there)
	if status, _ := other.try(http.MethodGet, "/announcements/"+id, nil); status != http.StatusNotFound {
		t.Errorf("what nobody has seen was saved: %d", status)
	}
	succeed(t, "bundle", "import", stick, "--data", there)
	got := other.call(http.MethodGet, "/announcements/"+id, nil, http.StatusOK)
	if got["title"] != "Mời họp thôn" || len(blobsOf(t, there, "master", ".flac")) != 1 {
		t.Errorf("it came as %v", got)
	}
	if out := succeed(t, "bundle", "import", stick, "--data", there); !strings.Contains(out, "same\tMời họp thôn") || strings.Contains(out, "new\t") {
		t.Errorf("the same once more: %s", out)
	}
	list := filepath.Join(stick, "bundle.json")
	raw, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(list, []byte(strings.Replace(string(raw), `"board": "`, `"board": "x`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, "the signature of the bundle is wrong", "bundle", "import", stick, "--data", there)
	other.until("its plan has it", func() bool {
		plan, _ := os.ReadFile(filepath.Join(there, "standby", "plan-un-ta.json"))
		return strings.Contains(string(plan), id)
	})
}
