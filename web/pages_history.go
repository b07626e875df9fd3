package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// historyView is a page of the history.
type historyView struct {
	Entries  []historyEntry
	Kind, By string
	People   []string // whose changes can be asked for
	Kinds    []choiceView
	About    string // ID of the announcement it is of; empty: the village's
	Title    string // of that announcement
	Revision int64  // of it, as it is now
	Older    string
}

type historyEntry struct {
	When, Who, What, Link string
	Fields                []historyField
	ID                    int64
	Back                  string // what of it can be brought back, in words
	Undo                  int64  // its ID when it took away what can be given back; 0: it did not
}

type historyField struct{ Name, Before, After string }

// historyLength is how many entries a page shows.
const historyLength = 50

func (p *panel) registerHistory(r *gin.Engine) {
	r.GET("/history", p.allow(people.Write, p.history))
	r.POST("/announcements/:id/bring-back", p.allow(people.Write, p.bringBack))
}

// namesOf are the accounts of the village, to choose from; none when they cannot be read.
func (p *panel) namesOf(v *visit) []string {
	all, err := p.s.cfg.Roster.AllAccounts(v.ctx())
	if err != nil {
		p.s.cfg.Logger.Warn("accounts could not be read for the history", "err", err)
		return nil
	}
	var names []string
	for _, a := range all {
		if a.Principal().May(people.View, v.village.Key) {
			names = append(names, a.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (p *panel) history(v *visit) {
	w := historyView{Kind: v.c.Query("kind"), By: strings.TrimSpace(v.c.Query("by")), About: v.c.Query("announcement")}
	village, alive := v.village.Key, false
	before, _ := strconv.ParseInt(v.c.Query("before"), 10, 64) // what is no number begins at the newest
	if w.About != "" {
		d, err := p.s.cfg.Announcements.Announcement(v.ctx(), w.About)
		if err != nil {
			p.fail(v, err)
			return
		}
		if !v.me.May(people.Write, d.Announcement.Village) {
			p.problem(v, http.StatusNotFound, "problem.not-found")
			return
		}
		w.Title, w.Revision, village, alive = d.Announcement.Title, d.Announcement.Revision, d.Announcement.Village, d.Announcement.Withdrawn.IsZero()
	}
	list, err := p.s.cfg.Approvals.History(v.ctx(), historyFor(v.me, people.HistoryQuery{
		Village: village, About: w.About, Kind: w.Kind, Actor: w.By, Before: before, Limit: historyLength,
	}))
	if err != nil {
		p.fail(v, err)
		return
	}
	later := map[string]bool{} // records of which a newer entry tells
	for _, c := range list {
		e := v.historyEntry(c, w.About != "")
		if !later[c.Record] && takesAway(c) {
			may, err := p.s.mayUndo(v.ctx(), v.me, c)
			if err != nil {
				p.fail(v, err)
				return
			}
			if may {
				e.Undo = c.ID
			}
		}
		later[c.Record] = true
		if _, names := broughtBack(c, v.now); alive && c.Record == w.About && len(names) > 0 {
			e.ID, e.Back = c.ID, v.word("history.bring-back", v.historyNames(names))
		}
		w.Entries = append(w.Entries, e)
	}
	w.People = p.namesOf(v)
	for _, kind := range historyKinds {
		w.Kinds = append(w.Kinds, choiceView{Value: kind, Name: v.word("history-kind." + kind), Checked: kind == w.Kind})
	}
	if len(list) == historyLength {
		q := url.Values{"before": {strconv.FormatInt(list[len(list)-1].ID, 10)}}
		for key, value := range map[string]string{"kind": w.Kind, "by": w.By, "announcement": w.About} {
			if value != "" {
				q.Set(key, value)
			}
		}
		w.Older = "/history?" + q.Encode()
	}
	p.show(v, "history", view{Title: v.word("history.title"), Tab: "more", Data: w})
}

// historyKinds are the records that people look for.
var historyKinds = []string{"announcements", "renditions", "schedules", moveKind, "slots", "villages", "exceptions", "frames", "drills", "imported", "clock", "button", "mixer", "retention", "stations", "words", "templates", "voices", "recordings", "backups", "bundles", "accounts", "tokens"}

// historyEntry words an entry; alone: the page is of one announcement, which need not be
// named again.
func (v *visit) historyEntry(c people.Change, alone bool) historyEntry {
	kind := c.Kind
	if hasWord("history-kind." + kind) {
		kind = v.word("history-kind." + kind)
	}
	e := historyEntry{When: v.exactAt(c.At), Who: v.word("history.who-"+string(c.Actor.Way), c.Actor.Name)}
	switch {
	case c.Kind == "announcements":
		e.Link = "/announcements/" + c.Record
	case c.About != "":
		e.Link = "/announcements/" + c.About
	case c.Kind == "recordings":
		e.Link = "/recordings/" + c.Record
	}
	e.What = v.word("history."+string(c.Deed), lower(kind))
	if len(c.Fields) == 1 && hasWord("history.did-"+c.Kind+"-"+c.Fields[0].Name) { // nothing was changed
		e.What = v.word("history.did-" + c.Kind + "-" + c.Fields[0].Name)
	}
	if c.Title != "" && !alone {
		e.What = v.word("history.of", e.What, c.Title)
	}
	for _, f := range c.Fields {
		if c.Kind == moveKind && f.Name == moveUndo {
			continue
		}
		if f.Name == "approval_form" {
			e.Fields = append(e.Fields, v.approvalFields(f)...)
			continue
		}
		name := f.Name
		if hasWord("history-field." + name) {
			name = v.word("history-field." + name)
		}
		e.Fields = append(e.Fields, historyField{name, v.historyValue(f.Name, f.Before), v.historyValue(f.Name, f.After)})
	}
	return e
}

// exactAt is when somebody did something, to the second.
func (v *visit) exactAt(t time.Time) string {
	return v.day(t, v.now) + ", " + t.In(v.loc).Format("15:04:05")
}

// historyCodes are the columns that hold a code, and where its words are.
var historyCodes = map[string]string{
	"class": "class.", "state": "rendition.", "role": "role.", "approval": "history-value.approval-", "board": "board.state-", "button_deed": "button.deed-", "button_second": "button.second-",
}

// yesOrNo are the columns that are 1 or 0.
var yesOrNo = []string{"waived", "approved", "emergency", "silent", "keyed", "immediate", "feed", "board_indexed", "speaker_only", "no_siren"}

// historyValue is a value of the database for people, by the conventions of its
// columns.
func (v *visit) historyValue(name string, value any) string {
	n, isNumber := value.(json.Number)
	whole, err := n.Int64()
	switch {
	case value == nil || value == "":
		return "–"
	case name == "messages":
		return v.messagesLine(fmt.Sprint(value))
	case name == "zones":
		return v.zonesLine(fmt.Sprint(value))
	case name == "days" && isNumber && err == nil:
		return v.weekdays(scheduler.Weekdays(whole)) //nolint:gosec // a column of seven bits
	case name == "language":
		return v.language(fmt.Sprint(value))
	case slices.Contains(yesOrNo, name):
		return v.word("history-value." + map[bool]string{true: "yes", false: "no"}[fmt.Sprint(value) == "1"])
	case historyCodes[name] != "" && hasWord(historyCodes[name]+fmt.Sprint(value)):
		return v.word(historyCodes[name] + fmt.Sprint(value))
	case isNumber && err == nil && strings.HasSuffix(name, "_at"):
		return v.at(time.UnixMicro(whole), v.now)
	case isNumber && err == nil && strings.HasSuffix(name, "_ns"):
		return length(time.Duration(whole))
	}
	return fmt.Sprint(value)
}

// approvalFields are the parts of an approval that differ: what was pinned is told
// by the entries of the records themselves.
func (v *visit) approvalFields(f people.FieldChange) []historyField {
	read := func(value any) map[string]any {
		var parts map[string]any
		decoder := json.NewDecoder(strings.NewReader(fmt.Sprint(value)))
		decoder.UseNumber()
		if decoder.Decode(&parts) != nil {
			return nil // nothing was there
		}
		return parts
	}
	before, after := read(f.Before), read(f.After)
	var fields []historyField
	for _, key := range []string{"by", "reason", "need", "review"} {
		if fmt.Sprint(before[key]) != fmt.Sprint(after[key]) {
			name := key
			if key == "review" {
				name = "review_at"
			}
			fields = append(fields, historyField{v.word("history-field.approval-" + key), v.historyValue(name, before[key]), v.historyValue(name, after[key])})
		}
	}
	return fields
}

// topicLines writes the days of topics as the form of the rules shows them.
func topicLines(days map[string]int) string {
	var lines []string
	for _, topic := range slices.Sorted(maps.Keys(days)) {
		lines = append(lines, fmt.Sprintf("%s %d", topic, days[topic]))
	}
	return strings.Join(lines, "\n")
}
