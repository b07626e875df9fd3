package web_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
)

// The author of what was sent and not heard is told that, not that it aired: the message
// waits for the verdict, and leads to the picture. Where none comes it is told after all.
func TestAuthorIsToldWhatWasNotHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := newWorld(t), &post{}
		w.fill()
		w.monitor = &playout.MonitorState{Up: true}
		s := pushed(t, w, p)
		d := w.notices[meetingID]
		d.Announcement.CreatedBy = "thuy"
		w.notices[meetingID] = d
		row := func(id string) playout.AsRun {
			return playout.AsRun{
				Owned: scheduler.Owned{ID: id, Village: "un-ta", Updated: w.now}, Occurrence: id, Announcement: meetingID, Title: meeting, Due: w.at(23, 16, 20),
				Outcome: playout.Played, Heard: playout.NotMeasured, Airings: []playout.Airing{{ID: id, Started: w.at(23, 16, 20), Ended: w.now}},
			}
		}
		w.runs = []playout.AsRun{row("o1"), row("o2")}
		run := func(looks int) {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- s.server.PushNews(ctx) }()
			for range looks {
				synctest.Wait()
				time.Sleep(20 * time.Second)
			}
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		run(1)
		if len(p.letters) > 0 {
			t.Fatalf("told before the verdict: %s", p.sent())
		}
		w.mu.Lock()
		w.runs[0].Heard, w.runs[0].Proof = playout.HeardSilent, &proof.Result{Verdict: proof.Silent}
		w.now = w.now.Add(20 * time.Second)
		w.mu.Unlock()
		run(2)
		if len(p.letters) != 2 || !strings.Contains(p.letters[0], "Loa không phát ra: "+meeting) || !strings.Contains(p.letters[0], "Loa không ra tiếng") || !strings.HasSuffix(p.letters[0], "/asrun/heard?occurrence=o1") || !strings.Contains(p.letters[1], "Đã phát: "+meeting) {
			t.Errorf("told:\n%s", p.sent())
		}
	})
}
