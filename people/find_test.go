package people_test

import (
	"errors"
	"testing"
	"time"

	"loalang/people"
)

func TestFindToken(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	all := []people.Token{
		{ID: "1", Name: "Loa xã"},
		{ID: "2", Name: "app", Revoked: now},
		{ID: "3", Name: "app", Expires: now.Add(-time.Hour)},
		{ID: "4", Name: "app"},
		{ID: "5", Name: "đồng hồ"},
		{ID: "6", Name: "Đồng hồ", Expires: now.Add(time.Hour)},
	}
	cases := []struct {
		name, means, want string
		err               error
	}{
		{"OK by ID", "6", "6", nil},
		{"OK by name", "loa  xã", "1", nil},
		{"OK by ID, revoked already", "2", "2", nil},
		{"the living one of the name", "app", "4", nil},
		{"two of one name", "đồng hồ", "", people.ErrManyTokens},
		{"nobody", "lo", "", people.ErrNoToken},
		{"empty", "", "", people.ErrNoToken},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := people.FindToken(all, c.means, now)
			if got.ID != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %q, %v", got.ID, err)
			}
		})
	}
}
