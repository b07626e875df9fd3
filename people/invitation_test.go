package people_test

import (
	"testing"
	"time"

	"loalang/people"
)

func TestInvitationAliveAt(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	cases := []struct {
		name string
		i    people.Invitation
		want bool
	}{
		{"OK", people.Invitation{Expires: now.Add(time.Second)}, true},
		{"over", people.Invitation{Expires: now}, false},
		{"used", people.Invitation{Expires: now.Add(time.Hour), Used: now}, false},
		{"taken back", people.Invitation{Expires: now.Add(time.Hour), Revoked: now}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.i.AliveAt(now); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestInvitationRules(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	cases := []struct {
		name string
		i    people.Invitation
		code string
	}{
		{"OK", people.Invitation{For: "Mỷ", Role: people.Recorder, Expires: now.Add(people.InvitationLife)}, ""},
		{"for nobody in particular", people.Invitation{Role: people.Viewer, Expires: now.Add(people.InvitationLongest)}, ""},
		{"for punctuation", people.Invitation{For: "--", Role: people.Viewer, Expires: now.Add(time.Hour)}, people.FaultNoWords},
		{"over already", people.Invitation{Role: people.Viewer, Expires: now}, people.FaultPast},
		{"for ever", people.Invitation{Role: people.Viewer, Expires: now.AddDate(1, 0, 0)}, people.FaultTooLate},
		{"without a role", people.Invitation{Expires: now.Add(time.Hour)}, people.FaultRequired},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := code(t, c.i.Validate(now)); got != c.code {
				t.Errorf("code %q, want %q", got, c.code)
			}
		})
	}
}

func TestLastAdmin(t *testing.T) {
	admin := func(id, village string) people.Account {
		return people.Account{ID: id, Role: people.Admin, Village: village}
	}
	now := time.Now()
	cases := []struct {
		name  string
		all   []people.Account
		after people.Account
		want  bool
	}{
		{"OK", []people.Account{admin("1", ""), admin("2", "")}, admin("1", "").Off(now), false},
		{"the only one is disabled", []people.Account{admin("1", ""), {ID: "2", Role: people.Officer}}, admin("1", "").Off(now), true},
		{"the only one becomes a cadre", []people.Account{admin("1", "")}, people.Account{ID: "1", Role: people.Cadre}, true},
		{"the only one of every village moves into one", []people.Account{admin("1", ""), admin("2", "un-ta")}, admin("1", "un-ta"), true},
		{"the other is disabled", []people.Account{admin("1", ""), admin("2", "").Off(now)}, admin("1", "").Off(now), true},
		{"there was none", []people.Account{{ID: "1", Role: people.Cadre}}, people.Account{ID: "1", Role: people.Viewer}, false},
		{"the last of a village alone", []people.Account{admin("1", "un-ta")}, admin("1", "un-ta").Off(now), true},
		{"a new one", []people.Account{admin("1", "")}, people.Account{ID: "2", Role: people.Cadre}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := people.LastAdmin(c.all, c.after); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// What was signed in before an account was disabled stays out when it is enabled.
func TestWhatEndsSignIns(t *testing.T) {
	a, now := people.Account{ID: "1", Password: "x"}, time.Now()
	if off := a.Off(now); off.Active() || off.Signouts == a.Signouts || !off.On().Active() || off.On().Signouts == a.Signouts {
		t.Errorf("disabled: %+v", off)
	}
	if twice := a.Off(now).Off(now.Add(time.Hour)); !twice.Disabled.Equal(now) {
		t.Errorf("disabled twice: since %s", twice.Disabled)
	}
	if b := a.WithPassword("y"); b.Signouts == a.Signouts || b.Password != "y" {
		t.Errorf("with another password: %+v", b)
	}
}
