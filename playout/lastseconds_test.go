package playout_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// What is edited or taken back in the seconds before it is due, when the player has
// it already, airs as it is now or not at all: it once aired the old words, and at
// its old time as well as at its new one (AzuraCast#1500, xibo#3752).
func TestEditedInItsLastSeconds(t *testing.T) {
	const notice = "last"
	cases := map[string]struct {
		edit    func(b *soakBoard)
		outcome playout.Outcome // of the only row that sounded; empty: none did
		words   string          // the recording that did
		late    time.Duration   // against the old time
	}{
		"OK":          {func(*soakBoard) {}, playout.Played, "vi-short", 0},
		"AnotherText": {func(b *soakBoard) { b.say(notice, "vi-long") }, playout.Played, "vi-long", 12 * time.Second},
		"AnotherTime": {func(b *soakBoard) { b.move(notice, 7*time.Minute) }, playout.Played, "vi-short", 7 * time.Minute},
		"TakenBack": {func(b *soakBoard) {
			b.drop(notice)
			_ = b.stage.player.Unschedule(b.t.Context(), "s-"+notice, "x") // it is not on air yet
		}, "", "", 0},
		"TakenBackByAnotherProcess": {func(b *soakBoard) { b.drop(notice) }, "", "", 0},
		"NotApprovedAnyMore": {func(b *soakBoard) {
			b.edit(func(book *scheduler.Book) {
				for i := range book.Announcements {
					if book.Announcements[i].ID == notice {
						book.Announcements[i].Approval.State = scheduler.Submitted // other music, say
					}
				}
			})
		}, "", "", 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newSoakBoard(t)
				defer b.powerOff()
				due := b.began.AddDate(0, 0, 1).Add(9 * time.Hour)
				b.edit(func(book *scheduler.Book) {
					addNotice(book, notice, scheduler.ClassNormal, b.began, "vi-short")
					book.Schedules = append(book.Schedules, scheduler.Schedule{
						Owned: scheduler.Owned{ID: "s-" + notice, Village: "un-ta", Created: b.began.UTC()}, Announcement: notice, Kind: scheduler.Once, At: due.UTC(),
					})
				})
				time.Sleep(time.Until(due.Add(-5 * time.Second)))
				synctest.Wait()
				c.edit(b)
				time.Sleep(20 * time.Minute)
				synctest.Wait()
				var sounded []playout.AsRun
				for _, row := range b.stage.book.copy().rows {
					if row.Announcement == notice && row.Deleted.IsZero() && len(row.Airings) > 0 {
						sounded = append(sounded, row)
					}
				}
				if c.outcome == "" {
					if len(sounded) > 0 {
						t.Errorf("it sounded: %+v", sounded)
					}
					return
				}
				if len(sounded) != 1 || sounded[0].Outcome != c.outcome {
					t.Fatalf("sounded %+v", sounded)
				}
				first, _ := sounded[0].Span()
				if late := first.Sub(due); late < 0 || late > c.late+50*time.Millisecond || c.late >= time.Minute && late < c.late {
					t.Errorf("%s after its old time, want %s", late, c.late)
				}
				if !slices.ContainsFunc(sounded[0].Airings, func(a playout.Airing) bool { return a.Recording == c.words }) {
					t.Errorf("said %+v, want %s", sounded[0].Airings, c.words)
				}
			})
		})
	}
}

// say gives a notice another recording.
func (b *soakBoard) say(notice, recording string) {
	b.edit(func(book *scheduler.Book) {
		book.Renditions = slices.DeleteFunc(slices.Clone(book.Renditions), func(r scheduler.Rendition) bool { return r.Announcement == notice })
		book.Renditions = append(book.Renditions, scheduler.Rendition{
			Owned: scheduler.Owned{ID: notice, Village: "un-ta"}, Announcement: notice, Language: "vi", State: scheduler.Ready, Recording: recording, Length: soakLength(recording),
		})
	})
}

func (b *soakBoard) move(notice string, by time.Duration) {
	b.edit(func(book *scheduler.Book) {
		i := slices.IndexFunc(book.Schedules, func(s scheduler.Schedule) bool { return s.ID == "s-"+notice })
		book.Schedules[i].At = book.Schedules[i].At.Add(by)
	})
}

func (b *soakBoard) drop(notice string) {
	b.edit(func(book *scheduler.Book) {
		i := slices.IndexFunc(book.Schedules, func(s scheduler.Schedule) bool { return s.ID == "s-"+notice })
		book.Schedules[i].Deleted = b.clock.now().UTC()
	})
}
