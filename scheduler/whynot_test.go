package scheduler_test

import (
	"testing"
	"time"

	"loalang/scheduler"
)

// The school bells did not ring, and nothing said why (FreePBX/issue-tracker#365).
func TestWhyNot(t *testing.T) {
	monday := scheduler.Date{Year: 2026, Month: 11, Day: 23}
	cases := map[string]struct {
		make func(bk *scheduler.Book)
		code string
		next string // civil; empty: none
	}{
		"Promised":   {func(bk *scheduler.Book) { when(bk, "a", daily("chieu")) }, "", ""},
		"NoSchedule": {func(*scheduler.Book) {}, scheduler.ReasonNoSchedule, ""},
		"OtherDays":  {func(bk *scheduler.Book) { when(bk, "a", daily("chieu")).Days = 1 << time.Thursday }, scheduler.ReasonOtherDay, "2026-11-26 17:00"},
		"Once":       {func(bk *scheduler.Book) { when(bk, "a", once(at(t, "2026-12-01 08:00"))) }, scheduler.ReasonOtherDay, "2026-12-01 08:00"},
		"OnceBefore": {func(bk *scheduler.Book) { when(bk, "a", once(at(t, "2026-11-01 08:00"))) }, scheduler.ReasonOtherDay, "2026-11-01 08:00"},
		"Over": {func(bk *scheduler.Book) {
			when(bk, "a", daily("chieu")).Until = scheduler.Date{Year: 2026, Month: 11, Day: 22}
		}, scheduler.ReasonOtherDay, ""},
		"NotBegun": {func(bk *scheduler.Book) {
			when(bk, "a", daily("chieu")).From = scheduler.Date{Year: 2026, Month: 12, Day: 5}
		}, scheduler.ReasonOtherDay, "2026-12-05 17:00"},
		"SlotGone":    {func(bk *scheduler.Book) { when(bk, "a", daily("trua")) }, scheduler.ReasonNoSlot, ""},
		"SlotNotOpen": {func(bk *scheduler.Book) { bk.Slots[1].Days = 1 << time.Sunday; when(bk, "a", daily("chieu")) }, scheduler.ReasonOtherDay, "2026-11-29 17:00"},
		"Removed":     {func(bk *scheduler.Book) { when(bk, "a", daily("chieu")).Deleted = at(t, "2026-11-20 08:00") }, scheduler.ReasonNoSchedule, ""},
		"Withdrawn":   {func(bk *scheduler.Book) { bk.Announcements[0].Withdrawn = at(t, "2026-11-20 08:00") }, scheduler.ReasonWithdrawn, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bk := book()
			tell(&bk, "a", time.Minute)
			c.make(&bk)
			got, err := scheduler.WhyNot(monday, bk, "a")
			if err != nil {
				t.Fatal(err)
			}
			if c.code == "" {
				if len(got) > 0 {
					t.Errorf("reasons = %+v", got)
				}
				return
			}
			if len(got) == 0 || got[0].Code != c.code || c.next == "" != got[0].Until.IsZero() || c.next != "" && !got[0].Until.Equal(at(t, c.next)) {
				t.Errorf("reasons = %+v, want %s %s", got, c.code, c.next)
			}
		})
	}
}
