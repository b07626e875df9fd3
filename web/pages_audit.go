package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

// auditKinds are the parts of the history that tell of people, of who came in, and of what
// was carried away.
var auditKinds = []string{"sign-ins", "accounts", "invitations", "tokens", "backups", "bundles"}

// auditView is the page of who did what with accounts, and of sign-ins.
type auditView struct {
	Entries  []auditEntry
	Kinds    []choiceView
	Kind, By string
	Older    string
}

type auditEntry struct {
	historyEntry
	Icon, Class string
}

func (p *panel) registerAudit(r *gin.Engine) {
	r.GET("/audit", p.allow(people.Administer, p.audit))
}

func (p *panel) audit(v *visit) {
	w := auditView{Kind: v.c.Query("kind"), By: strings.TrimSpace(v.c.Query("by"))}
	if !slices.Contains(auditKinds, w.Kind) {
		w.Kind = ""
	}
	before, _ := strconv.ParseInt(v.c.Query("before"), 10, 64) // what is no number begins at the newest
	list, err := p.s.audited(v.ctx(), v.me, people.HistoryQuery{Kind: w.Kind, Actor: w.By, Before: before, Limit: historyLength})
	if err != nil {
		p.fail(v, err)
		return
	}
	named := map[string]string{}
	if all, err := p.s.accounts(v.ctx(), v.me); err == nil { // else they stand by their ID
		for _, a := range all {
			named[a.ID] = a.Name
		}
	}
	for _, c := range list {
		w.Entries = append(w.Entries, v.auditEntry(c, named))
	}
	for _, kind := range auditKinds {
		w.Kinds = append(w.Kinds, choiceView{Value: kind, Name: v.word("history-kind." + kind), Checked: kind == w.Kind})
	}
	if len(list) == historyLength {
		q := url.Values{"before": {strconv.FormatInt(list[len(list)-1].ID, 10)}}
		for key, value := range map[string]string{"kind": w.Kind, "by": w.By} {
			if value != "" {
				q.Set(key, value)
			}
		}
		w.Older = "/audit?" + q.Encode()
	}
	p.show(v, "audit", view{Title: v.word("audit.title"), Tab: "more", Data: w})
}

// auditEntry words an entry: a sign-in as a sentence, a change of a record as the history
// does, with the name of whom it is about.
func (v *visit) auditEntry(c people.Change, named map[string]string) auditEntry {
	if c.Kind != "sign-ins" {
		e := auditEntry{historyEntry: v.historyEntry(c, true), Icon: "them"}
		if c.Kind == "backups" || c.Kind == "bundles" {
			e.Icon = "ve"
		}
		if name := named[c.Record]; c.Kind == "accounts" && name != "" {
			e.What += ": " + name
			e.Link = "/people/" + c.Record
		}
		return e
	}
	e := auditEntry{historyEntry: historyEntry{When: v.exactAt(c.At), Who: c.Actor.Name, What: v.word("audit." + string(c.Deed))}, Icon: "khoa"}
	if c.Record == "" {
		e.Who = v.word("audit.somebody")
	}
	if slices.Contains([]people.Deed{deedRefused, deedSlowed, deedPINLocked, deedPasskeyRefused, deedPasskeyCopied}, c.Deed) {
		e.Icon, e.Class = "nhac", "bad"
	}
	var where []string
	for _, f := range c.Fields {
		value, ok := f.After.(string)
		switch {
		case !ok || value == "":
		case f.Name == "from":
			where = append(where, placeWords(v.lang, value))
		default:
			where = append(where, value)
		}
	}
	e.What += " (" + strings.Join(where, "; ") + ")"
	return e
}
