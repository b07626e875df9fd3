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
	untold, alsoTold := []string{"asrun", "emergencies", "history"}, []string{"frames"} // as the store has them
	unsaid := []string{"id", "origin", "revision", "created_at", "updated_at", "name_key", "measures"}
	files, err := filepath.Glob("../store/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	table := regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\)`)
	column := regexp.MustCompile(`(?m)^\s+(\w+)\s+(?:TEXT|INTEGER|REAL|BLOB)`)
	added := regexp.MustCompile(`ALTER TABLE (\w+) ADD COLUMN (\w+)`)
	told := map[string][]string{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		up, _, _ := strings.Cut(string(raw), "-- +goose Down")
		for _, m := range table.FindAllStringSubmatch(up, -1) {
			for _, c := range column.FindAllStringSubmatch(m[2], -1) {
				told[m[1]] = append(told[m[1]], c[1])
			}
		}
		for _, m := range added.FindAllStringSubmatch(up, -1) {
			told[m[1]] = append(told[m[1]], m[2])
		}
	}
	seen := 0
	for name, columns := range told {
		if slices.Contains(untold, name) || !slices.Contains(columns, "revision") && !slices.Contains(alsoTold, name) {
			continue
		}
		for _, lang := range []string{"vi", "en"} {
			said := words(t, lang)
			if said["history-kind."+name] == "" {
				t.Errorf("%s: %s has no words", lang, name)
			}
			for _, c := range columns {
				seen++
				if !slices.Contains(unsaid, c) && said["history-field."+c] == "" {
					t.Errorf("%s: %s.%s has no words", lang, name, c)
				}
			}
		}
	}
	if seen < 200 {
		t.Errorf("only %d columns were found", seen)
	}
}
