package people_test

import (
	"testing"

	"loalang/people"
)

// What an owned token may do is what both the token and its owner may.
func TestTokenOfOwner(t *testing.T) {
	for name, c := range map[string]struct {
		token people.Token
		owner people.Account
		role  people.Role
		at    string // village
	}{
		"OK":              {people.Token{Role: people.Officer}, people.Account{Role: people.Admin}, people.Officer, ""},
		"OwnerMayLess":    {people.Token{Role: people.Admin}, people.Account{Role: people.Viewer, Village: "un-ta"}, people.Viewer, "un-ta"},
		"TokenInAVillage": {people.Token{Role: people.Cadre, Village: "un-ta"}, people.Account{Role: people.Officer}, people.Cadre, "un-ta"},
		"OtherVillage":    {people.Token{Role: people.Cadre, Village: "un-ta"}, people.Account{Role: people.Cadre, Village: "toong-gianh"}, "", ""},
	} {
		c.owner.ID, c.owner.Name = "ha", "Hà"
		p := c.token.Of(c.owner)
		if p.ID != "ha" || p.Name != "Hà" || !p.Token || p.Role != c.role || p.Village != c.at {
			t.Errorf("%s: %+v", name, p)
		}
		if c.role == "" && p.May(people.View, "un-ta") {
			t.Errorf("%s: it may look", name)
		}
	}
}
