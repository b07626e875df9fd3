package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"loalang/playout"
	"loalang/store"
)

// A board that has run for a year reports that year by topic, issuer and language
// too, as far as it is known still.
func TestRowsOfTheStageBeforeGetTopicIssuerAndLanguages(t *testing.T) {
	c := config(filepath.Join(t.TempDir(), "loalang.db"))
	db, err := store.MigrateTo(t.Context(), c, 11)
	check(t, err, nil)
	row := `INSERT INTO asrun (id, village, origin, revision, created_at, updated_at, occurrence, kind, announcement, schedule, slot, title, class, zone, nominal_at, due_at, planned_ns, outcome, cause, person, heard, lateness_ns, missing) `
	for _, statement := range []string{
		"PRAGMA application_id = 0x6c6f614c",
		`INSERT INTO villages (id, village, origin, revision, created_at, updated_at, name, commune, zone, languages, allowed) VALUES ('v', 'un-ta', 'n', 1, 1, 1, 'Ún Tà', 'Cốc San', 'Asia/Ho_Chi_Minh', '["vi","pcc"]', '[]')`,
		`INSERT INTO announcements (id, village, origin, revision, deleted_at, created_at, updated_at, title, topic, class, issuer, text, zone, created_by) VALUES ('a', 'un-ta', 'n', 1, 99, 1, 1, 'Họp', 'hop-thon', 'normal', 'Thôn Ún Tà', 'Họp.', 'Asia/Ho_Chi_Minh', 'Hoa')`,
		row + `VALUES ('told', 'un-ta', 'n', 1, 1, 1, 'told', 'notice', 'a', 's', '', 'Họp', 'normal', '', 1, 2, 3, 'played', 'completed', '', 'not-measured', 0, '[]')`,
		row + `VALUES ('skipped', 'un-ta', 'n', 1, 1, 1, 'skipped', 'notice', 'gone', 's', '', 'Họp', 'normal', '', 1, NULL, 3, 'skipped', 'no-slot', '', 'not-measured', 0, '[]')`,
		`INSERT INTO airings (id, asrun, ordinal, part, recording, language, zones, frames, underruns, cause) VALUES ('g0', 'told', 0, 'chime', 'r', '', '[]', 1, 0, ''), ('g1', 'told', 1, 'voice', 'r', 'vi', '[]', 1, 0, ''), ('g2', 'told', 2, 'voice', 'r', 'pcc', '[]', 1, 0, ''), ('g3', 'told', 3, 'voice', 'r', 'vi', '[]', 1, 0, '')`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	check(t, db.Close(), nil)
	s := open(t, c)
	got := map[string]playout.AsRun{}
	check(t, s.EachAsRun(t.Context(), unTa, time.Time{}, time.Time{}, func(a playout.AsRun) error { got[a.Occurrence] = a; return nil }), nil)
	told, skipped := got["told"], got["skipped"]
	if told.Topic != "hop-thon" || told.Issuer != "Thôn Ún Tà" {
		t.Errorf("topic %q, issuer %q", told.Topic, told.Issuer)
	}
	same(t, "languages", told.Languages, []string{"vi", "pcc"})
	if skipped.Occurrence == "" || skipped.Topic+skipped.Issuer != "" || skipped.Languages != nil {
		t.Errorf("%+v", skipped)
	}
}
