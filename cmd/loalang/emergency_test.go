package main_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
)

// With a full disk an emergency's words are spoken all the same, and as the
// process goes down its as-run says what was heard.
func TestEmergencySpeaksOnAFullDisk(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := smallDisk(t) // less than is left alone for the log
	d := serve(t, data, "null", quick...).admit()
	fill(t, data)
	if status, _ := d.try(http.MethodPost, "/recordings", phone(t, "m4a", "-c:a", "aac")); status != http.StatusInsufficientStorage {
		t.Fatalf("an upload answers %d: the disk is not full", status)
	}
	d.call(http.MethodPost, "/emergency", object{"title": "Lũ quét", "reason": "Nước dâng nhanh", "text": "Chạy ngay lên đồi."}, http.StatusCreated)
	d.until("the message is spoken", func() bool {
		active, _ := d.call(http.MethodGet, "/air", nil, http.StatusOK)["emergencies"].([]any)
		if len(active) != 1 {
			t.Fatalf("active: %v", active)
		}
		spoken, _ := active[0].(map[string]any)["spoken"].([]any)
		return slices.Contains(spoken, any("vi"))
	})
	var row object
	d.until("the message was heard", func() bool {
		row = d.rows()[0]
		return len(airings(row)) == 2
	})
	if voice := airings(row)[1]; voice["part"] != "voice" || voice["language"] != "vi" {
		t.Errorf("as-run = %v", row)
	}
	token := d.token
	d.stop()
	again := serve(t, data, "null", quick...)
	again.token = token
	again.call(http.MethodDelete, "/emergency", nil, http.StatusNoContent) // it goes on after the restart
	again.until("the row is closed", func() bool { row = again.rows()[0]; return row["outcome"] == "stopped" })
	again.stop()
	if left, err := filepath.Glob("/dev/shm/loalang-*-" + shortSum(t, data)); err != nil || len(left) > 0 {
		t.Errorf("left in memory: %v, %v", left, err)
	}
	first := airings(row)[0]
	if first["ended"] == nil || first["cause"] != "stopped" && first["cause"] != "completed" {
		t.Errorf("the siren before the restart: %v", first)
	}
}

// shortSum is what a data folder's own folders in memory are named by.
func shortSum(t testing.TB, data string) string {
	t.Helper()
	path, err := filepath.Abs(data)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:8])
}
