package web_test

import (
	"testing"
	"time"

	"loalang/people"
	"loalang/playout"
)

// A drill counted people alone; who is asked now are people and programs, each judged as
// a call of theirs would be.
func TestAlarmCallers(t *testing.T) {
	h := newHouse(t)
	h.fill()
	now := h.w.now
	before := h.server.AlarmCallers()
	h.people.change(func(r *register) {
		r.accounts = append(r.accounts, people.Account{ID: "one", Name: "Mẩy", Role: people.Cadre}, people.Account{ID: "two", Name: "Sùng", Role: people.Viewer}, people.Account{ID: "three", Name: "Lan", Role: people.Cadre, Disabled: now})
	})
	h.server.Reread(t.Context())
	if got := h.server.AlarmCallers(); got.People != before.People+1 || got.Programs != before.Programs {
		t.Errorf("%+v after %+v, want one person more", got, before)
	}
	before = h.server.AlarmCallers()
	token := func(id string, change func(*people.Token)) people.Token {
		k := people.Token{ID: id, Name: id, Role: people.Admin, Emergency: true, Hash: "hash of " + id, Created: now}
		change(&k)
		return k
	}
	for name, c := range map[string]struct {
		token people.Token
		want  playout.Callers
	}{
		"OK":                   {token("a", func(*people.Token) {}), playout.Callers{Programs: 1}},
		"without the right":    {token("b", func(k *people.Token) { k.Emergency = false }), playout.Callers{}},
		"of another village":   {token("c", func(k *people.Token) { k.Village = "elsewhere" }), playout.Callers{}},
		"its time is over":     {token("d", func(k *people.Token) { k.Expires = now.Add(-time.Hour) }), playout.Callers{Lapsed: 1}},
		"revoked on purpose":   {token("e", func(k *people.Token) { k.Revoked = now.Add(-time.Hour) }), playout.Callers{}},
		"it opens a feed only": {token("f", func(k *people.Token) { k.Feed = true }), playout.Callers{}},
	} {
		t.Run(name, func(t *testing.T) {
			h.people.change(func(r *register) { r.tokens = append(r.tokens, c.token) })
			h.server.Reread(t.Context())
			got := h.server.AlarmCallers()
			got.People -= before.People
			got.Programs -= before.Programs
			got.Lapsed -= before.Lapsed
			if got != c.want {
				t.Errorf("%+v more, want %+v", got, c.want)
			}
			h.people.change(func(r *register) { r.tokens = r.tokens[:len(r.tokens)-1] })
		})
	}
}
