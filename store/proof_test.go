package store_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
)

func provedRow(occurrence string, due time.Time) playout.AsRun {
	a := played(occurrence, due)
	a.Proof = &proof.Result{
		Verdict: proof.Heard, Score: 0.91, Share: 0.9, Windows: 20, Missed: 1, Level: -38.5, Sent: -18.25, Lag: 340 * time.Millisecond, Lost: 8 * time.Second,
		Envelopes: &proof.Envelopes{Step: 100 * time.Millisecond, Sent: []byte{200, 190, 255}, Heard: []byte{160, 150, 0}},
	}
	return a
}

// The figures come with every row, the picture when it is asked for; a later state
// without a picture keeps it.
func TestProofIsKept(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	a := provedRow("o", day0)
	check(t, s.Record(ctx, a), nil)
	got, err := s.Proved(ctx, unTa, "o")
	check(t, err, nil)
	same(t, "proof", got.Proof, a.Proof)
	list, err := s.AsRuns(ctx, unTa, time.Time{}, time.Time{})
	check(t, err, nil)
	figures := *a.Proof
	figures.Envelopes = nil
	same(t, "proof in a list", list[0].Proof, &figures)

	later := list[0]
	later.Updated = later.Updated.Add(time.Minute)
	check(t, s.Record(ctx, later), nil)
	got, err = s.Proved(ctx, unTa, "o")
	check(t, err, nil)
	same(t, "proof of a later state", got.Proof, a.Proof)

	check(t, s.Record(ctx, played("p", day0.Add(time.Hour))), nil)
	got, err = s.Proved(ctx, unTa, "p")
	check(t, err, nil)
	if got.Proof != nil {
		t.Errorf("nothing listened, and there is %+v", got.Proof)
	}
	_, err = s.Proved(ctx, "other", "o")
	check(t, err, fs.ErrNotExist)
}

// Pictures go after 92 days, the figures stay.
func TestPicturesGo(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	check(t, s.Record(ctx, provedRow("old", day0)), nil)
	check(t, s.PrunePictures(ctx, day0.Add(91*24*time.Hour)), nil)
	old, err := s.Proved(ctx, unTa, "old")
	check(t, err, nil)
	if old.Proof == nil || old.Proof.Envelopes == nil {
		t.Errorf("after 91 days: %+v", old.Proof)
	}
	check(t, s.Record(ctx, provedRow("new", day0.Add(93*24*time.Hour))), nil)
	check(t, s.PrunePictures(ctx, day0.Add(93*24*time.Hour)), nil)
	old, err = s.Proved(ctx, unTa, "old")
	check(t, err, nil)
	if old.Proof == nil || old.Proof.Envelopes != nil || old.Proof.Score != 0.91 {
		t.Errorf("%+v", old.Proof)
	}
	if _, err := s.PruneLog(ctx, day0.Add(365*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	_, err = s.Proved(ctx, unTa, "new")
	check(t, err, fs.ErrNotExist)
}

// The row of a board whose clock was years ahead took every picture with it.
func TestAClockThatWasAheadTakesNoPictures(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	check(t, s.Record(ctx, provedRow("yesterday", day0)), nil)
	check(t, s.Record(ctx, provedRow("ahead", day0.AddDate(70, 0, 0))), nil)
	old, err := s.Proved(ctx, unTa, "yesterday")
	check(t, err, nil)
	if old.Proof == nil || old.Proof.Envelopes == nil {
		t.Errorf("%+v", old.Proof)
	}
}

// What was made of a live voice stays named when the verdict on it comes later.
func TestAVerdictKeepsTheNameOfALiveRecording(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	a := played("o", day0)
	a.Airings[1].Part, a.Airings[1].Recording = scheduler.PartLive, ""
	check(t, s.Record(ctx, a), nil)
	check(t, s.NameRecording(ctx, "o", scheduler.PartLive, "rec"), nil)
	a.Updated = a.Updated.Add(365 * 24 * time.Hour)
	a.Proof = &proof.Result{Verdict: proof.Heard}
	check(t, s.Record(ctx, a), nil)
	got, err := s.AsRun(ctx, "o")
	check(t, err, nil)
	if got.Airings[1].Recording != "rec" || got.Proof == nil {
		t.Errorf("got %+v", got)
	}
}

// The last calibration is the newest that was not refused, with what it was made with.
func TestCalibrationsAreKept(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	last, err := s.Calibrated(ctx, unTa)
	check(t, err, nil)
	same(t, "no calibration", last, playout.Calibration{})
	setup := playout.MonitorSetup{Device: "plughw:CARD=Monitor", Capture: "Mic 60%", Control: "Device:Speaker"}
	put := func(after time.Duration, cause string, gate proof.Gate) {
		t.Helper()
		c := playout.Calibration{Owned: scheduler.Owned{ID: newID(), Village: unTa, Created: day0.Add(after)}, By: "Hoa"}
		check(t, s.SaveCalibration(ctx, c), nil)
		c.Revision, c.Ended, c.Cause, c.Gate, c.Score, c.Setup = 1, day0.Add(after+time.Minute), cause, gate, 0.9, setup
		check(t, s.SaveCalibration(ctx, c), nil)
		check(t, s.SaveCalibration(ctx, c), scheduler.ErrRevision)
	}
	holds := proof.Gate{Off: -60, On: -30, Sent: -18, Fader: -6.5, Alone: true}
	put(0, "", proof.Gate{Off: -60, On: -20, Sent: -18})
	put(time.Hour, "", holds)
	put(2*time.Hour, playout.CalibrateNear, proof.Gate{Off: -35, On: -30, Sent: -18})
	check(t, s.SaveCalibration(ctx, playout.Calibration{Owned: scheduler.Owned{ID: newID(), Village: unTa, Created: day0.Add(3 * time.Hour)}, By: "Hoa"}), nil)
	last, err = s.Calibrated(ctx, unTa)
	check(t, err, nil)
	same(t, "gate", last.Gate, holds)
	same(t, "with what", last.Setup, setup)
	list, err := s.Calibrations(ctx, unTa, 3)
	check(t, err, nil)
	if len(list) != 3 || !list[0].Ended.IsZero() || list[1].Cause != playout.CalibrateNear || list[2].Gate != holds || list[2].By != "Hoa" || list[2].Score != 0.9 {
		t.Errorf("%+v", list)
	}
}

// A calibration that was made by a clock that was ahead is not the newest for as long as that
// was: what was wired anew is measured by the one that was made after it, behind a restart too.
func TestTheNewestCalibrationIsTheLastWhateverTheClockSaid(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	put := func(by string, at time.Time, gate proof.Gate) {
		t.Helper()
		c := playout.Calibration{Owned: scheduler.Owned{ID: newID(), Village: unTa, Created: at}, By: by}
		check(t, s.SaveCalibration(ctx, c), nil)
		c.Revision, c.Ended, c.Gate = 1, at.Add(time.Minute), gate
		check(t, s.SaveCalibration(ctx, c), nil)
	}
	put("Hoa", day0.AddDate(1, 0, 0), proof.Gate{Off: -60, On: -20, Sent: -18}) // a slip of the finger
	after := proof.Gate{Off: -70, On: -40, Sent: -18}
	put("Thuỷ", day0, after)
	last, err := s.Calibrated(ctx, unTa)
	check(t, err, nil)
	same(t, "gate", last.Gate, after)
	list, err := s.Calibrations(ctx, unTa, 1)
	check(t, err, nil)
	if len(list) != 1 || list[0].By != "Thuỷ" {
		t.Errorf("%+v", list)
	}
}
