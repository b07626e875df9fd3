package main_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The technician opens the board and leaves an announcement off it at the command line;
// a running serve follows, and its names stay what they are over a restart.
func TestPublicBoardAtTheCommandLine(t *testing.T) {
	data := t.TempDir()
	d := serve(t, data, "null").admit()
	key := d.call(http.MethodGet, "/villages", nil, http.StatusOK)["villages"].([]any)[0].(map[string]any)["key"].(string)
	if out, errs, code := loalang(t, "", "village", "set", key, "--board", "maybe", "--data", data); code != 2 || !strings.Contains(errs, "board") {
		t.Error(out, errs, code)
	}
	if out, errs, code := loalang(t, "", "village", "set", key, "--board", "on", "--board-address", "http://loa.internal", "--board-indexed", "--data", data); code != 0 {
		t.Fatal(out, errs)
	}
	d.until("the board is open", func() bool {
		status, _, _ := asked(t, d.url+"/bang-tin")
		return status == http.StatusOK
	})
	board := d.call(http.MethodGet, "/villages", nil, http.StatusOK)["villages"].([]any)[0].(map[string]any)["board"].(map[string]any)
	if board["state"] != "on" || board["indexed"] != true || board["address"] != "http://loa.internal" {
		t.Error(board)
	}
	id := d.call(http.MethodPost, "/announcements", object{"title": "Họp chi bộ", "text": "Mời các đồng chí đảng viên.", "renditions": []object{{"language": "pcc"}}}, http.StatusCreated)["id"].(string)
	for _, step := range []struct {
		flags []string
		says  string
		alone bool
	}{{[]string{"--hide"}, "speaker-only\t" + id, true}, {nil, "public\t" + id, false}} {
		args := append([]string{"announcement", "board", id, "--data", data}, step.flags...)
		if out, errs, code := loalang(t, "", args...); code != 0 || !strings.HasPrefix(out, step.says) {
			t.Fatal(out, errs, code)
		}
		if got := d.call(http.MethodGet, "/announcements/"+id, nil, http.StatusOK)["speaker_only"]; got != step.alone {
			t.Errorf("%v: speaker_only is %v", step.flags, got)
		}
	}
	kept, err := os.ReadFile(filepath.Join(data, "public.key"))
	if err != nil || len(kept) != 32 {
		t.Fatalf("%d bytes, %v", len(kept), err)
	}
	if info, err := os.Stat(filepath.Join(data, "public.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: others may read the key", info.Mode(), err)
	}
	d.stop()
	start(t, data, "null")
	if again, err := os.ReadFile(filepath.Join(data, "public.key")); err != nil || string(again) != string(kept) {
		t.Errorf("a restart makes another key: %v", err)
	}
}
