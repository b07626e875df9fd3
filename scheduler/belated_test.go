package scheduler_test

import (
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
)

// What is handed over late says what kept it, not only that it is late.
func TestWhatAirsLateSaysWhy(t *testing.T) {
	const due = "2026-11-23 12:02:00"
	for name, c := range map[string]struct {
		do    func(t *testing.T, s *station)
		cause string
	}{
		"Power": {func(t *testing.T, s *station) {
			s.powerOff()
			time.Sleep(3 * time.Minute)
			s.powerOn()
		}, scheduler.ReasonPower},
		"Restart": {func(t *testing.T, s *station) {
			s.powerOff()
			time.Sleep(3 * time.Minute)
			back := s.now()
			s.upSince = func() time.Time { return back.Add(-time.Hour) }
			s.powerOn()
		}, scheduler.ReasonRestart},
		"NotReady": {func(t *testing.T, s *station) {
			s.edit(func(b *scheduler.Book) {
				for i := range b.Renditions {
					b.Renditions[i].State = scheduler.Spoken
				}
			})
			time.Sleep(3 * time.Minute)
			s.edit(func(b *scheduler.Book) {
				for i := range b.Renditions {
					b.Renditions[i].State = scheduler.Ready
				}
			})
		}, scheduler.ReasonNotReady},
	} {
		bubble(t, name, func(t *testing.T) {
			s := newStation(t, "2026-11-23 12:00")
			tell(&s.book, "a", 30*time.Second)
			when(&s.book, "a", once(at(t, due))).Misfire = scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 20 * time.Minute}
			s.powerOn()
			time.Sleep(time.Minute)
			c.do(t, s)
			time.Sleep(time.Hour)
			s.want(t, "a played")
			reasons := s.played[0].o.Reasons
			late := slices.IndexFunc(reasons, func(r scheduler.Reason) bool { return r.Code == scheduler.ReasonLate })
			if late < 1 || reasons[late-1].Code != c.cause || reasons[late-1].By != reasons[late].By {
				t.Errorf("reasons %+v, want %s before %s", reasons, c.cause, scheduler.ReasonLate)
			}
		})
	}
}
