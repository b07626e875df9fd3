package people_test

import (
	"errors"
	"strings"
	"testing"

	"loalang/people"
)

// allowed is the whole matrix of roles and actions, written out a second time:
// a change of the table must be meant.
var allowed = map[people.Role]string{
	people.Admin:    "view write upload plan approve arrange live emergency administer",
	people.Officer:  "view write upload plan approve arrange live emergency",
	people.Cadre:    "view write upload plan approve live emergency",
	people.Recorder: "view write upload",
	people.Viewer:   "view",
}

func TestMayMatrix(t *testing.T) {
	if len(allowed) != len(people.Roles()) {
		t.Fatalf("the matrix has %d roles, the package %d", len(allowed), len(people.Roles()))
	}
	for _, role := range people.Roles() {
		for _, action := range people.Actions() {
			t.Run(string(role)+" "+string(action), func(t *testing.T) {
				want := false
				for _, a := range strings.Fields(allowed[role]) {
					want = want || a == string(action)
				}
				person := people.Account{Role: role}.Principal()
				if got := person.May(action, "un-ta"); got != want {
					t.Errorf("person: got %v, want %v", got, want)
				}
				token := people.Token{Role: role}.Principal()
				if got := token.May(action, "un-ta"); got != (want && action != people.Alarm && action != people.Live) {
					t.Errorf("token without the emergency right: got %v", got)
				}
				token.Emergency = true
				if got := token.May(action, "un-ta"); got != (want || action == people.Alarm) {
					t.Errorf("token with the emergency right: got %v", got)
				}
			})
		}
	}
}

func TestMayByVillage(t *testing.T) {
	cases := []struct {
		name    string
		who     people.Principal
		action  people.Action
		village string
		want    bool
	}{
		{"OK", people.Principal{Role: people.Cadre, Village: "un-ta"}, people.Plan, "un-ta", true},
		{"another village", people.Principal{Role: people.Cadre, Village: "un-ta"}, people.Plan, "toong-gianh", false},
		{"another village, admin", people.Principal{Role: people.Admin, Village: "un-ta"}, people.View, "toong-gianh", false},
		{"bound admin and what concerns all", people.Principal{Role: people.Admin, Village: "un-ta"}, people.Administer, "", false},
		{"free officer anywhere", people.Principal{Role: people.Officer}, people.Arrange, "toong-gianh", true},
		{"emergency in another village", people.Principal{Role: people.Viewer, Village: "un-ta", Token: true, Emergency: true}, people.Alarm, "toong-gianh", false},
		{"the flag is for programs", people.Principal{Role: people.Viewer, Emergency: true}, people.Alarm, "un-ta", false},
		{"unknown role", people.Principal{Role: "mayor"}, people.View, "un-ta", false},
		{"unknown role of a token", people.Principal{Role: "mayor", Token: true, Emergency: true}, people.Alarm, "un-ta", false},
		{"unknown action", people.Principal{Role: people.Admin}, "dance", "un-ta", false},
		{"nobody", people.Principal{}, people.View, "un-ta", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.who.May(c.action, c.village); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestParseRole(t *testing.T) {
	cases := []struct {
		in   string
		want people.Role
		code string
	}{
		{"cadre", people.Cadre, ""},
		{" Admin\n", people.Admin, ""},
		{"", "", people.FaultRequired},
		{"root", "", people.FaultUnknown},
	}
	for _, c := range cases {
		t.Run(c.in, func(t *testing.T) {
			got, err := people.ParseRole(c.in)
			if got != c.want || code(t, err) != c.code {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// code is the code of the only fault of err, "" for nil.
func code(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var faults people.Invalid
	if !errors.As(err, &faults) || len(faults) != 1 {
		t.Fatalf("not one fault: %v", err)
	}
	return faults[0].Code
}
