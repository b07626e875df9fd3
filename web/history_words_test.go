package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestHistoryNamesEveryColumn: people read of their records in words, not in names of
// columns. It reads the tables from the migrations, so that a new column fails here.
func TestHistoryNamesEveryColumn(t *testing.T) {
	silent := []string{"airings", "asrun", "emergencies", "history", "history_texts", "node", "plans", "sessions", "setups", "spoken", "tellings", "variants", "wordings"}
	unsaid := []string{"id", "origin", "revision", "created_at", "updated_at", "name_key", "measures"}
	files, err := filepath.Glob("../store/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	table := regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\)`)
	column := regexp.MustCompile(`(?m)^\s+(\w+)\s+(?:TEXT|INTEGER|REAL|BLOB)`)
	added := regexp.MustCompile(`ALTER TABLE (\w+) ADD COLUMN (\w+)`)
	seen := 0
	for _, lang := range []string{"vi", "en"} {
		said := words(t, lang)
		check := func(table, column string) {
			if slices.Contains(silent, table) || slices.Contains(unsaid, column) {
				return
			}
			seen++
			if said["history-kind."+table] == "" || said["history-field."+column] == "" {
				t.Errorf("%s: %s.%s has no words", lang, table, column)
			}
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			up, _, _ := strings.Cut(string(raw), "-- +goose Down")
			for _, m := range table.FindAllStringSubmatch(up, -1) {
				for _, c := range column.FindAllStringSubmatch(m[2], -1) {
					check(m[1], c[1])
				}
			}
			for _, m := range added.FindAllStringSubmatch(up, -1) {
				check(m[1], m[2])
			}
		}
	}
	if seen < 200 {
		t.Errorf("only %d columns were found", seen)
	}
}
