package store_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"loalang/people"
	"loalang/scheduler"
	"loalang/store"
)

var lan = people.Actor{ID: "account-of-lan", Name: "lan", Kind: people.ActorAccount, Way: people.ByPanel}

func history(t *testing.T, s *store.Store, q people.HistoryQuery) []people.Change {
	t.Helper()
	list, err := s.History(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func field(c people.Change, name string) (people.FieldChange, bool) {
	i := slices.IndexFunc(c.Fields, func(f people.FieldChange) bool { return f.Name == name })
	if i < 0 {
		return people.FieldChange{}, false
	}
	return c.Fields[i], true
}

func TestHistoryTellsWhoChangedWhat(t *testing.T) {
	s := fresh(t)
	seed(t, s)
	ctx := people.Acting(context.Background(), lan)
	long := strings.Repeat("Kính mời bà con đi họp. ", 20)
	a := notice("họp thôn")
	a.Text = long
	if err := s.SaveAnnouncement(ctx, a, []scheduler.Rendition{{Language: "vi", State: scheduler.Spoken}}, nil); err != nil {
		t.Fatal(err)
	}
	d, err := s.Announcement(ctx, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	d.Announcement.Text = long + "Xin đến đúng giờ."
	if err := s.SaveAnnouncement(ctx, d.Announcement, nil, nil); err != nil {
		t.Fatal(err)
	}
	list := history(t, s, people.HistoryQuery{About: a.ID})
	if len(list) != 3 {
		t.Fatalf("%d entries: the announcement, its rendition and the edit were expected: %+v", len(list), list)
	}
	edit := list[0]
	if edit.Title != a.Title || list[2].Title != a.Title || edit.Actor != lan || edit.Deed != people.Altered || edit.Revision != 2 || edit.Village != unTa || !edit.At.Equal(day0) {
		t.Errorf("the edit is told as %+v", edit)
	}
	text, ok := field(edit, "text")
	if !ok || text.Before != long || text.After != d.Announcement.Text || len(edit.Fields) != 1 {
		t.Errorf("the edit's fields are %+v", edit.Fields)
	}
	if made := list[1]; made.Kind != "renditions" || made.About != a.ID || made.Deed != people.Made {
		t.Errorf("the rendition is told as %+v", made)
	}
	who, err := s.Writers(ctx, a.ID, day0.Add(-1))
	if err != nil || !reflect.DeepEqual(who, []people.Actor{lan}) {
		t.Errorf("writers: %v, %v", who, err)
	}
}

func TestHistoryCannotBeAltered(t *testing.T) {
	s := fresh(t)
	seed(t, s)
	a := notice("dài")
	a.Text = strings.Repeat("Mời bà con. ", 40)
	if err := s.SaveAnnouncement(context.Background(), a, nil, nil); err != nil {
		t.Fatal(err)
	}
	before := history(t, s, people.HistoryQuery{})
	for _, statement := range []string{
		"UPDATE history SET name = 'nobody'",
		"DELETE FROM history",
		"INSERT OR REPLACE INTO history SELECT * FROM history",
		"REPLACE INTO history SELECT id, 0, '', '', '', '', '', '', '', '', '', 0, '{}' FROM history",
		"UPDATE history_texts SET text = ''",
		"DELETE FROM history_texts",
		"REPLACE INTO history_texts SELECT digest, '' FROM history_texts",
	} {
		if _, err := store.Pools(s)["writer"].Exec(statement); err == nil || !strings.Contains(err.Error(), "cannot be altered") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if after := history(t, s, people.HistoryQuery{}); !reflect.DeepEqual(before, after) {
		t.Error("the history is another now")
	}
}

// TestHistoryCoversEveryTable fails for a new table that people change and that
// has no history.
func TestHistoryCoversEveryTable(t *testing.T) {
	s := fresh(t)
	w := store.Pools(s)["writer"]
	silent := []string{ // what machines write, and histories of their own
		"airings", "asrun", "emergencies", "envelopes", "feed_events", "forgotten", "health_changes", "health_samples", "passkeys", "pushes", "goose_db_version", "history", "history_texts", "node", "plans", "push_told", "retention", "sessions", "setups", "sought", "spoken", "sqlite_sequence", "tellings", "token_uses", "variants", "wordings",
	}
	var list string
	if err := w.QueryRow("SELECT group_concat(name, ' ') FROM sqlite_master WHERE type = 'table'").Scan(&list); err != nil {
		t.Fatal(err)
	}
	tables := strings.Fields(list)
	for _, name := range tables {
		var n int
		if err := w.QueryRow("SELECT count(*) FROM temp.sqlite_master WHERE type = 'trigger' AND tbl_name = ?", name).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if want := 3; slices.Contains(silent, name) {
			if n != 0 {
				t.Errorf("%s has %d triggers", name, n)
			}
		} else if n != want {
			t.Errorf("%s has no history: give its rows village and revision, or list it here", name)
		}
	}
}

func TestHistoryKeepsSecrets(t *testing.T) {
	s := fresh(t)
	ctx := people.Acting(context.Background(), lan)
	a := people.Account{ID: newID(), Name: "mai", Role: people.Recorder, Password: "$argon2id$v=19$secret"}
	if err := s.SaveAccount(ctx, a); err != nil {
		t.Fatal(err)
	}
	a.Revision, a.Password = 1, "$argon2id$v=19$other"
	if err := s.SaveAccount(ctx, a); err != nil {
		t.Fatal(err)
	}
	token := people.Token{ID: newID(), Name: "bản đồ", Role: people.Viewer, Hash: strings.Repeat("ab", 32)}
	if err := s.SaveToken(ctx, token); err != nil {
		t.Fatal(err)
	}
	list := history(t, s, people.HistoryQuery{Actor: "lan"})
	if len(list) != 3 {
		t.Fatalf("%d entries", len(list))
	}
	if f, ok := field(list[1], "password"); !ok || f.Before != "•" || f.After != "•" {
		t.Errorf("a new password is told as %+v", list[1].Fields)
	}
	if told := fmt.Sprint(list); strings.Contains(told, "argon2id") || strings.Contains(told, token.Hash) {
		t.Error("the history holds a secret")
	}
}

func TestHistoryTellsOfWhatAStatementDoesToMany(t *testing.T) {
	s := fresh(t)
	seed(t, s)
	ctx := people.Acting(context.Background(), lan)
	a := notice("lịch")
	if err := s.SaveAnnouncement(ctx, a, nil, []scheduler.Schedule{{Kind: scheduler.Now, At: day0}, {Kind: scheduler.Now, At: day0}}); err != nil {
		t.Fatal(err)
	}
	d, err := s.Announcement(ctx, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SaveAnnouncement(ctx, d.Announcement, nil, []scheduler.Schedule{}); err != nil {
		t.Fatal(err)
	}
	removed := 0
	for _, c := range history(t, s, people.HistoryQuery{About: a.ID, Kind: "schedules"}) {
		if c.Deed == people.Removed {
			removed++
		}
	}
	if removed != 2 {
		t.Errorf("%d schedules are told to be removed", removed)
	}
}

func TestHistoryIsRead(t *testing.T) {
	s := fresh(t)
	seed(t, s)
	for i := range 5 {
		ctx := people.Acting(context.Background(), people.Actor{Name: fmt.Sprint("p", i%2), Kind: people.ActorProcess, Way: people.ByCommand})
		if err := s.SaveAnnouncement(ctx, notice(fmt.Sprint("bản tin ", i)), nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	q := people.HistoryQuery{Village: unTa, Kind: "announcements", Limit: 2}
	var ids []int64
	for {
		page := history(t, s, q)
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			ids = append(ids, c.ID)
		}
		q.Before = page[len(page)-1].ID
	}
	if len(ids) != 5 || !slices.IsSortedFunc(ids, func(a, b int64) int { return int(b - a) }) {
		t.Errorf("paged: %v", ids)
	}
	if n := len(history(t, s, people.HistoryQuery{Actor: "p1"})); n != 2 {
		t.Errorf("%d entries of p1", n)
	}
	if n := len(history(t, s, people.HistoryQuery{Village: "elsewhere"})); n != 0 {
		t.Errorf("%d entries of another village", n)
	}
}
