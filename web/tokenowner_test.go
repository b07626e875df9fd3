package web_test

import (
	"strings"
	"testing"
	"time"

	"loalang/people"
)

// A token stood in for its owner where two people are asked for: one person asked for
// an exception, and the same person's token granted it. It is that person.
func TestTokenIsItsOwner(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.people.change(func(r *register) {
		r.accounts = append(r.accounts,
			people.Account{ID: "ha", Name: "Hà", Role: people.Officer, Password: "x"}, people.Account{ID: "mai", Name: "Mai", Role: people.Officer, Password: "x"})
	})
	h.as["ha-1"] = h.people.add(people.Token{Name: "điện thoại", Role: people.Officer, Owner: "ha"})
	h.as["ha-2"] = h.people.add(people.Token{Name: "máy bàn", Role: people.Admin, Owner: "ha"})
	h.as["mai"] = h.people.add(people.Token{Name: "máy Mai", Role: people.Officer, Owner: "mai"})
	h.as["gone"] = h.people.add(people.Token{Name: "máy cũ", Role: people.Officer, Owner: "nobody"})
	body := `{"from":"2026-11-24T04:00:00+07:00","to":"2026-11-24T05:00:00+07:00","rules":["hours"],"reason":"lễ hội xuống đồng của thôn"}`
	var asked struct{ ID, RequestedBy string }
	h.do(ask{as: "ha-1", method: "POST", path: "/api/v1/exceptions", body: body}).want(201).into(&asked)
	path := "/api/v1/exceptions/" + asked.ID + "/decision"
	if got := h.do(ask{as: "ha-2", method: "POST", path: path, body: `{"approve":true}`}).want(422); !strings.Contains(string(got.Body), "own-request") {
		t.Errorf("%s", got.Body)
	}
	var done struct {
		RequestedBy string `json:"requested_by"`
		DecidedBy   string `json:"decided_by"`
	}
	h.do(ask{as: "mai", method: "POST", path: path, body: `{"approve":true}`}).want(200).into(&done)
	if done.RequestedBy != "Hà" || done.DecidedBy != "Mai" {
		t.Errorf("%+v", done)
	}
	h.do(ask{as: "ha-2", method: "POST", path: "/api/v1/announcements", body: `{}`}).want(422)
	h.do(ask{as: "gone", method: "GET", path: "/api/v1/plan"}).want(401)
}

// Whose a token is, who made it and whether it is still used was nowhere to be seen.
func TestTokenTellsOwnerIssuerAndUse(t *testing.T) {
	h := newHouse(t)
	h.w.accounts = append(h.w.accounts, people.Account{ID: "ha", Name: "Hà", Role: people.Officer, Password: "x"})
	h.people.change(func(r *register) {
		r.accounts = append(r.accounts, people.Account{ID: "ha", Name: "Hà", Role: people.Officer, Password: "x"})
	})
	type told struct {
		ID, Secret, Owner, Issuer string
		OwnerName                 string `json:"owner_name"`
		Used                      *time.Time
	}
	var made told
	h.call("admin", "POST", "/api/v1/tokens", `{"name":"Điện thoại","role":"viewer","village":"un-ta","owner":"ha"}`).want(201).into(&made)
	if made.Owner != "ha" || made.OwnerName != "Hà" || made.Issuer != "máy admin" || made.Used != nil {
		t.Errorf("made: %+v", made)
	}
	h.as["phone"] = made.Secret
	h.call("phone", "GET", "/api/v1/plan", "").want(200)
	var list struct{ Tokens []told }
	h.call("admin", "GET", "/api/v1/tokens", "").want(200).into(&list)
	for _, one := range list.Tokens {
		if one.ID == made.ID && one.Used != nil && one.OwnerName == "Hà" {
			return
		}
	}
	t.Errorf("used: %+v", list.Tokens)
}
