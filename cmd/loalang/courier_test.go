package main_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/archive/disktest"
)

// stickOf is a folder on a disk of its own, as a stick has it.
func stickOf(t *testing.T) string {
	t.Helper()
	dir, err := disktest.Tmpfs(t, "size=64m")
	if err != nil {
		missing(t, "a stick cannot be mounted here ("+err.Error()+"): run the tests as root")
	}
	return dir
}

// carried waits until what was ordered of bundles is done, and returns how it ended.
func (d *daemon) carried(deed string) (last object) {
	d.t.Helper()
	d.until("the bundle is carried: "+deed, func() bool {
		b := d.call(http.MethodGet, "/bundles", nil, http.StatusOK)
		l, there := b["last"].(map[string]any)
		last = l
		return there && l["deed"] == deed && b["running"] == nil
	})
	return last
}

// The panel of one board writes its bundle onto a stick, and that of another takes it in:
// once its people have compared the code, and only what they looked at.
func TestABundleGoesByThePanel(t *testing.T) {
	t.Parallel()
	need(t, sound)
	stick := stickOf(t)
	with := append([]string{"--backup-stick", stick}, quick...)
	here := serve(t, t.TempDir(), "null", with...).admit()
	id := here.announce(object{"title": "Mời họp thôn", "text": "Kính mời bà con đi họp.", "renditions": []object{{"language": "vi"}}})
	here.airAt(id, time.Now().Add(time.Hour))
	here.call(http.MethodPost, "/bundles/export", nil, http.StatusAccepted)
	if last := here.carried("export"); last["code"] != nil {
		t.Fatalf("exported: %v\n%s", last, here.log)
	}
	there := serve(t, t.TempDir(), "null", with...).admit()
	found, _ := there.call(http.MethodGet, "/bundles", nil, http.StatusOK)["found"].([]any)
	if len(found) != 1 {
		t.Fatalf("found %v", found)
	}
	bundle := object(found[0].(map[string]any))
	look := object{"name": bundle["name"]}
	there.call(http.MethodPost, "/bundles/look", look, http.StatusAccepted)
	if last := there.carried("look"); last["code"] != "untrusted" {
		t.Errorf("of an unknown board: %v", last)
	}
	there.call(http.MethodPut, fmt.Sprint("/bundles/boards/", bundle["fingerprint"]), object{"name": "Máy xã"}, http.StatusNoContent)
	there.call(http.MethodPost, "/bundles/look", look, http.StatusAccepted)
	var last object
	there.until("it was looked at", func() bool { last = there.carried("look"); return last["code"] == nil })
	if !strings.Contains(fmt.Sprint(last["lines"]), "Mời họp thôn") {
		t.Errorf("looked at: %v", last)
	}
	there.call(http.MethodPost, "/bundles/take", object{"name": bundle["name"], "seen": strings.Repeat("0", 32)}, http.StatusConflict)
	there.call(http.MethodPost, "/bundles/take", object{"name": bundle["name"], "seen": last["seen"]}, http.StatusAccepted)
	if last := there.carried("take"); last["code"] != nil {
		t.Errorf("taken: %v\n%s", last, there.log)
	}
	if got := there.call(http.MethodGet, "/announcements/"+id, nil, http.StatusOK); got["title"] != "Mời họp thôn" {
		t.Errorf("it came as %v", got)
	}
	there.until("its plan has it", func() bool {
		plan, _ := os.ReadFile(filepath.Join(there.data, "standby", "plan-un-ta.json"))
		return strings.Contains(string(plan), id)
	})
}

// Two boards of one village export onto one stick, and each takes in what the other wrote.
func TestTwoBoardsOfAVillageShareAStick(t *testing.T) {
	t.Parallel()
	need(t, sound)
	stick := stickOf(t)
	with := append([]string{"--backup-stick", stick}, quick...)
	boards, notices := []*daemon{}, []string{}
	for _, title := range []string{"Mời họp thôn", "Phun thuốc muỗi"} {
		d := serve(t, t.TempDir(), "null", with...).admit()
		notices = append(notices, d.announce(object{"title": title, "text": "Kính mời bà con.", "renditions": []object{{"language": "vi"}}}))
		d.call(http.MethodPost, "/bundles/export", nil, http.StatusAccepted)
		if last := d.carried("export"); last["code"] != nil {
			t.Fatalf("exported: %v\n%s", last, d.log)
		}
		boards = append(boards, d)
	}
	for i, d := range boards {
		b := d.call(http.MethodGet, "/bundles", nil, http.StatusOK)
		found, _ := b["found"].([]any)
		if len(found) != 2 {
			t.Fatalf("board %d finds %v", i, found)
		}
		of := object(found[0].(map[string]any))
		if of["fingerprint"] == b["fingerprint"] {
			of = object(found[1].(map[string]any))
		}
		d.call(http.MethodPut, fmt.Sprint("/bundles/boards/", of["fingerprint"]), object{"name": "Máy kia"}, http.StatusNoContent)
		d.call(http.MethodPost, "/bundles/look", object{"name": of["name"]}, http.StatusAccepted)
		last := d.carried("look")
		d.call(http.MethodPost, "/bundles/take", object{"name": of["name"], "seen": last["seen"]}, http.StatusAccepted)
		if last := d.carried("take"); last["code"] != nil {
			t.Errorf("board %d takes it: %v\n%s", i, last, d.log)
		}
		d.call(http.MethodGet, "/announcements/"+notices[1-i], nil, http.StatusOK)
		refused(t, "holds the bundle of another board", "bundle", "export", filepath.Join(stick, fmt.Sprint(of["name"])), "--data", d.data)
	}
}
