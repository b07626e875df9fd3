package main_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"loalang/archive"
	"loalang/scheduler"
)

// otherBoard is a board that somebody trusts, whatever it signs.
type otherBoard struct {
	t   testing.TB
	key ed25519.PrivateKey
}

func trustedBoard(t testing.TB, data string) otherBoard {
	t.Helper()
	o := otherBoard{t, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, ed25519.SeedSize))}
	succeed(t, "bundle", "trust", archive.Fingerprint(o.key.Public().(ed25519.PublicKey)), "--name", "xã", "--data", data)
	return o
}

// bundle makes a bundle of notices by hand.
func (o otherBoard) bundle(made time.Time, notices ...scheduler.Dossier) string {
	o.t.Helper()
	return o.carrying(made, object{"notices": notices})
}

// carrying makes a bundle by hand of whatever its village.json is to say.
func (o otherBoard) carrying(made time.Time, village object) string {
	o.t.Helper()
	village["village"] = "un-ta"
	raw, err := json.Marshal(village)
	if err != nil {
		o.t.Fatal(err)
	}
	dir := o.t.TempDir()
	file, stick := filepath.Join(dir, "village.json"), filepath.Join(dir, "bundle")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		o.t.Fatal(err)
	}
	b := archive.Bundle{Node: "other", Village: "un-ta", Board: "xã", Made: made}
	_, _, err = archive.WriteBundle(o.t.Context(), stick, b, o.key, func(to io.Writer) error {
		w, err := archive.NewWriter(to, archive.Manifest{Program: "bundle", Node: b.Node, Village: b.Village}, nil)
		if err != nil {
			return err
		}
		if _, err := w.Add(o.t.Context(), "village.json", file, ""); err != nil {
			return err
		}
		_, err = w.Close()
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return stick
}

// foreignNotice is a notice of another board, which airs once.
func foreignNotice(id, text string, at time.Time) scheduler.Dossier {
	owned := func(id string) scheduler.Owned {
		return scheduler.Owned{ID: id, Village: "un-ta", Origin: "other", Revision: 1, Created: at.Add(-time.Hour), Updated: at.Add(-time.Hour)}
	}
	return scheduler.Dossier{
		Announcement: scheduler.Announcement{Owned: owned(id), Title: "Bán đất", Class: scheduler.ClassNormal, Text: text, CreatedBy: "Vàng Thị Mỷ"},
		Renditions:   []scheduler.Rendition{{Owned: owned(id + "-r"), Announcement: id, Language: "vi", State: scheduler.Spoken, SpokenText: text}},
		Schedules:    []scheduler.Schedule{{Owned: owned(id + "-s"), Announcement: id, Kind: scheduler.Once, At: at, CreatedBy: "Vàng Thị Mỷ"}},
	}
}

// Whoever has the key of a trusted board once signed a notice as approved, with all that
// it takes, and it aired unread.
func TestABundleBringsNoApproval(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	o := trustedBoard(t, data)
	at := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	forged := foreignNotice(uuid.NewString(), "Ai mua đất gọi số này.", at)
	a := &forged.Announcement
	a.Approval = scheduler.Approval{State: scheduler.Approved, By: "Vàng Thị Mỷ", ByID: "1", At: at.Add(-time.Hour)}
	a.Approval.Pin = scheduler.PinOf(forged)
	a.Approval.Pin.At = at.Add(-time.Hour)
	honest := foreignNotice(uuid.NewString(), "Mời bà con tiêm phòng.", at.Add(time.Minute))
	withdrawn := foreignNotice(uuid.NewString(), "Hoãn họp.", at.Add(2*time.Minute))
	withdrawn.Announcement.Withdrawn = at.Add(-time.Hour)
	stick := o.bundle(time.Now().UTC(), forged, honest, withdrawn)
	if out := succeed(t, "bundle", "import", stick, "--data", data); strings.Count(out, "new\t") != 2 {
		t.Fatalf("import said %s", out)
	}
	got := d.call(http.MethodGet, "/announcements/"+a.ID, nil, http.StatusOK)
	if got["approval"] != nil || got["created_by"] == a.CreatedBy {
		t.Errorf("it came as approved %v, written by %v", got["approval"], got["created_by"])
	}
	d.call(http.MethodGet, "/announcements/"+withdrawn.Announcement.ID, nil, http.StatusNotFound) // it ended there before it came here
	var plan object
	d.until("the plan says that nobody approved either", func() bool {
		plan = d.call(http.MethodGet, "/plan", nil, http.StatusOK)
		omitted, _ := plan["omissions"].([]any)
		n := 0
		for _, o := range omitted {
			if said := fmt.Sprint(o); strings.Contains(said, "not-approved") && (strings.Contains(said, a.ID) || strings.Contains(said, honest.Announcement.ID)) {
				n++
			}
		}
		return n == 2
	})
	if said := fmt.Sprint(plan["occurrences"]); strings.Contains(said, a.ID) {
		t.Errorf("it is planned: %s", said)
	}
}

// A bundle of last week, found on another stick, once overwrote what a newer one had
// brought.
func TestAnOlderBundleOverwritesNothing(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	d := serve(t, data, "null", quick...).admit()
	o := trustedBoard(t, data)
	id, now := uuid.NewString(), time.Now().UTC()
	old := o.bundle(now.Add(-2*time.Hour), foreignNotice(id, "Họp lúc bảy giờ.", now.Add(time.Hour)))
	edited := o.bundle(now.Add(-time.Hour), foreignNotice(id, "Họp lúc tám giờ.", now.Add(time.Hour)))
	last := o.bundle(now, foreignNotice(id, "Họp lúc chín giờ.", now.Add(time.Hour)))
	take := func(stick, want, text string) {
		t.Helper()
		for _, more := range [][]string{{"--dry-run"}, nil} {
			if out := succeed(t, append([]string{"bundle", "import", stick, "--data", data}, more...)...); !strings.HasPrefix(out, want) {
				t.Errorf("import %v said %q, want %q", more, out, want)
			}
		}
		if got := d.call(http.MethodGet, "/announcements/"+id, nil, http.StatusOK)["text"]; got != text {
			t.Errorf("it says %q, want %q", got, text)
		}
	}
	take(edited, "new\tBán đất", "Họp lúc tám giờ.")
	take(old, "keep\tBán đất\twhat is here came with a newer bundle", "Họp lúc tám giờ.")
	take(edited, "same\tBán đất", "Họp lúc tám giờ.")
	take(last, "change\tBán đất", "Họp lúc chín giờ.")
	take(edited, "keep\tBán đất\twhat is here came with a newer bundle", "Họp lúc chín giờ.")
}
