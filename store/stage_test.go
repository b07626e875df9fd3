package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"loalang/scheduler"
	"loalang/store"
)

// lastStage is the newest migration of the stage before voices, words and readers.
const lastStage = 4

// A database of the stage before opens with everything in it: its notices stay ready,
// and are known to be espeak-ng's, so that a voice chosen now speaks them anew.
func TestADatabaseOfTheStageBefore(t *testing.T) {
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	db, err := store.MigrateTo(t.Context(), c, lastStage)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"PRAGMA application_id = 0x6c6f614c",
		`INSERT INTO villages VALUES ('v', 'un-ta', 'n', 1, NULL, 1, 1, 'Ún Tà', 'Cốc San', 'Asia/Ho_Chi_Minh', '["vi","pcc"]', '[]')`,
		`INSERT INTO announcements (id, village, origin, revision, deleted_at, created_at, updated_at, title, topic, class, issuer, text, zone, valid_from_at, valid_until_at, withdrawn_at, created_by) VALUES ('a', 'un-ta', 'n', 1, NULL, 1, 1, 'Họp', '', 'normal', '', 'Tối nay họp.', 'Asia/Ho_Chi_Minh', NULL, NULL, NULL, 'Hoa')`,
		`INSERT INTO renditions (id, village, origin, revision, deleted_at, created_at, updated_at, announcement, language, state, voice, spoken_text, recording, length_ns, fault) VALUES ('plain', 'un-ta', 'n', 1, NULL, 1, 1, 'a', 'vi', 'ready', '', 'Tối nay họp.', 'rec-1', 5, '')`,
		`INSERT INTO renditions (id, village, origin, revision, deleted_at, created_at, updated_at, announcement, language, state, voice, spoken_text, recording, length_ns, fault) VALUES ('take', 'un-ta', 'n', 1, NULL, 1, 1, 'a', 'pcc', 'ready', '', '', 'rec-2', 5, '')`,
		`INSERT INTO renditions (id, village, origin, revision, deleted_at, created_at, updated_at, announcement, language, state, voice, spoken_text, recording, length_ns, fault) VALUES ('own', 'un-ta', 'n', 1, NULL, 1, 1, 'a', 'en', 'ready', 'espeak:en', 'A meeting.', 'rec-3', 5, '')`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, c)
	d, err := s.Announcement(t.Context(), "a")
	if err != nil || d.Announcement.Text != "Tối nay họp." || len(d.Renditions) != 3 {
		t.Fatalf("%+v, %v", d, err)
	}
	for _, r := range d.Renditions {
		want := map[string]string{"plain": "espeak:vi", "take": "", "own": "espeak:en"}[r.ID]
		if r.State != scheduler.Ready || r.SpokenBy != want || r.InsteadOf != "" {
			t.Errorf("%s: %+v, want it spoken by %q", r.ID, r, want)
		}
	}
	check(t, s.SaveVoiceChoice(t.Context(), scheduler.VoiceChoice{Owned: scheduler.Owned{ID: "c", Village: "un-ta"}, Language: "vi", Voice: "piper:a"}), nil)
	list, err := s.Revoiced(t.Context(), "un-ta", day0, day0.Add(time.Minute))
	if err != nil || len(list) != 1 || list[0].ID != "plain" {
		t.Errorf("%+v, %v", list, err)
	}
}
