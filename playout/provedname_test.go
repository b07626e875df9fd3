package playout_test

import (
	"testing"
	"time"

	"loalang/playout"
	"loalang/proof"
)

// The library takes its time with the words of an emergency, longer than that lasts: the row
// has the verdict and the recording all the same, whichever comes first.
func TestAVerdictAndARecordingGoIntoOneRow(t *testing.T) {
	for name, shelving := range map[string]time.Duration{
		"the recording first": 40 * time.Second, "the verdict first": 100 * time.Second,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s, _ := watched(t)
				s.voicer.shelving = shelving
				s.raise(s.emergency("e1", 30*time.Second))
				s.at(35 * time.Second)
				if row := s.row("emergency:e1"); row.Outcome != playout.Played || row.Proof != nil || len(row.Airings) < 2 || row.Airings[1].Recording != "" {
					t.Fatalf("right behind its end: %+v", row)
				}
				s.at(50 * time.Second)
				s.player.Proved("emergency:e1", proof.Result{Verdict: proof.Heard, Score: .8, Windows: 20})
				s.at(3 * time.Minute)
				row := s.expect("emergency:e1", playout.Played, "expired", 2)
				if row.Proof == nil || row.Heard != playout.HeardYes {
					t.Errorf("the verdict is gone: %q, %+v", row.Heard, row.Proof)
				}
				if got := row.Airings[1].Recording; got != "message" {
					t.Errorf("the recording is %q", got)
				}
			})
		})
	}
}
