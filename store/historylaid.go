package store

import (
	"crypto/sha256"
	sqldriver "database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mattn/go-sqlite3"

	"loalang/people"
)

// longText is from how many characters on a text is kept once and named by its
// digest in the history.
const longText = 160

var (
	// untold are the tables whose rows count revisions and have no history: what
	// they tell is a history itself.
	untold = []string{"asrun", "emergencies"}
	// alsoTold are tables of the history whose rows count none.
	alsoTold = []string{"frames"}
	// unsaid are columns of no interest to people.
	unsaid = []string{"id", "origin", "revision", "created_at", "updated_at", "name_key", "measures"}
	// secret are columns of which only is told that they changed.
	secret = []string{"password", "hash", "pin"}
)

// author is in whose name the writing connection writes just now.
type author struct {
	actor atomic.Pointer[people.Actor]
	now   func() time.Time
}

// lay makes the triggers of the history on a connection that writes: temporary
// ones, made anew of the tables as they are, so that a new column or table has its
// history without being named here, and a migration meets no trigger that knows
// the old ones.
func (a *author) lay(c *sqlite3.SQLiteConn) error {
	for name, f := range map[string]any{"history_digest": digest, "history_value": historyValue, "history_author": a.tell} {
		if err := c.RegisterFunc(name, f, name != "history_author"); err != nil {
			return fmt.Errorf("lay the history: %w", err)
		}
	}
	tables, err := toldTables(c)
	if err != nil {
		return fmt.Errorf("lay the history: %w", err)
	}
	for _, t := range tables {
		for _, statement := range t.triggers() {
			if _, err := c.Exec(statement, nil); err != nil {
				return fmt.Errorf("lay the history of %s: %w", t.name, err)
			}
		}
	}
	return nil
}

// tell answers history_author: one field of the actor, or the time in micros.
func (a *author) tell(field string) any {
	by := people.Board()
	if set := a.actor.Load(); set != nil {
		by = *set
	}
	switch field {
	case "at":
		return a.now().UnixMicro()
	case "actor":
		return by.ID
	case "name":
		return by.Name
	case "kind":
		return string(by.Kind)
	default:
		return string(by.Way)
	}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// historyValue is a value of the database as JSON; a long text is named by its
// digest.
func historyValue(v any) (string, error) {
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	if text, ok := v.(string); ok && len([]rune(text)) > longText {
		v = map[string]string{"digest": digest(text)}
	}
	raw, err := json.Marshal(v)
	return string(raw), err
}

// toldTable is a table whose changes are told.
type toldTable struct {
	name    string
	columns []string // that are told
	has     map[string]bool
}

// toldTables finds every table whose rows count revisions.
func toldTables(c *sqlite3.SQLiteConn) ([]toldTable, error) {
	rows, err := texts(c, `SELECT m.name, p.name FROM main.sqlite_master AS m, pragma_table_info(m.name) AS p
		WHERE m.type = 'table' AND m.name <> 'history' ORDER BY m.name, p.cid`)
	if err != nil {
		return nil, err
	}
	var all []toldTable
	for _, r := range rows {
		if n := len(all); n == 0 || all[n-1].name != r[0] {
			all = append(all, toldTable{name: r[0], has: map[string]bool{}})
		}
		t := &all[len(all)-1]
		t.has[r[1]] = true
		if !slices.Contains(unsaid, r[1]) {
			t.columns = append(t.columns, r[1])
		}
	}
	return slices.DeleteFunc(all, func(t toldTable) bool {
		return !t.has["village"] || slices.Contains(untold, t.name) || !t.has["revision"] && !slices.Contains(alsoTold, t.name)
	}), nil
}

// texts reads rows of two texts over a bare connection.
func texts(c *sqlite3.SQLiteConn, statement string) (list [][2]string, err error) {
	rows, err := c.Query(statement, nil) //nolint:staticcheck // a hook has no context
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for values := make([]sqldriver.Value, 2); ; {
		err := rows.Next(values)
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		list = append(list, [2]string{fmt.Sprint(values[0]), fmt.Sprint(values[1])})
	}
}

// triggers are the statements that tell what becomes of a table's rows.
func (t toldTable) triggers() []string {
	changed := make([]string, len(t.columns))
	for i, c := range t.columns {
		changed[i] = "old." + c + " IS NOT new." + c
	}
	deed := "'changed'"
	if t.has["deleted_at"] {
		deed = "CASE WHEN old.deleted_at IS NULL AND new.deleted_at IS NOT NULL THEN 'removed' WHEN old.deleted_at IS NOT NULL AND new.deleted_at IS NULL THEN 'restored' ELSE 'changed' END"
	}
	head := "CREATE TEMP TRIGGER history_of_" + t.name
	return []string{
		head + "_made AFTER INSERT ON main." + t.name + " BEGIN " + t.body("", "new.", "'made'") + " END",
		head + "_changed AFTER UPDATE ON main." + t.name + " WHEN " + strings.Join(changed, " OR ") + " BEGIN " + t.body("old.", "new.", deed) + " END",
		head + "_removed AFTER DELETE ON main." + t.name + " BEGIN " + t.body("old.", "", "'removed'") + " END",
	}
}

// body keeps the long texts among the values that changed, and writes one entry.
// before and after are the names of the two rows, empty: there is none.
func (t toldTable) body(before, after, deed string) string {
	there := after
	if there == "" {
		there = before
	}
	value := func(row, column string) string {
		switch {
		case row == "":
			return "NULL"
		case slices.Contains(secret, column):
			return "'•'"
		}
		return row + column
	}
	var long, fields []string
	for _, c := range t.columns {
		condition := there + c + " IS NOT NULL AND " + there + c + " <> ''"
		if before != "" && after != "" {
			condition = before + c + " IS NOT " + after + c
		}
		for _, row := range []string{before, after} {
			if row != "" && !slices.Contains(secret, c) {
				long = append(long, "SELECT "+row+c+" AS v WHERE ("+condition+") AND typeof("+row+c+") = 'text' AND length("+row+c+") > "+fmt.Sprint(longText))
			}
		}
		fields = append(fields, "SELECT '"+c+"' AS k, "+value(before, c)+" AS b, "+value(after, c)+" AS a WHERE "+condition)
	}
	one := func(column, instead string) string {
		if t.has[column] {
			return there + column
		}
		return instead
	}
	keep := ""
	if len(long) > 0 {
		keep = "INSERT INTO history_texts (digest, text) SELECT DISTINCT history_digest(v), v FROM (" + strings.Join(long, " UNION ALL ") +
			") WHERE NOT EXISTS (SELECT 1 FROM history_texts WHERE digest = history_digest(v)); "
	}
	return keep + `INSERT INTO history (at, actor, name, actor_kind, way, village, kind, record, about, deed, revision, fields)
		SELECT history_author('at'), history_author('actor'), history_author('name'), history_author('kind'), history_author('way'), ` +
		there + "village, '" + t.name + "', " + one("id", there+"village") + ", " + one("announcement", "''") + ", " + deed + ", " + one("revision", "0") +
		", (SELECT json_group_object(k, json_array(json(history_value(b)), json(history_value(a)))) FROM (" + strings.Join(fields, " UNION ALL ") + "));"
}
