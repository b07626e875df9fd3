package main

import (
	"strings"
	"testing"
	"time"

	"loalang/health"
	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
	"loalang/web"
)

// What is lost in mid-broadcast was on the LED and on no page of health, in no line of doctor
// and in no measurement. It is a fault with what to do, also where the as-run cannot be read,
// and the day's sum is as it was once it is heard again.
func TestALossInMidBroadcastIsAFindingOfHealth(t *testing.T) {
	now := time.Date(2026, 11, 26, 5, 30, 0, 0, time.UTC)
	day := &health.AiredState{Due: 3, Missed: 1}
	since := now.Add(-20 * time.Second)
	lost := playout.Air{Lost: &playout.Lost{Title: "Mời họp", As: playout.HeardSilent, Since: since}}
	on := &playout.OnAir{Occurrence: scheduler.Occurrence{ID: "one"}}
	dead := playout.Air{OnAir: on, DeadAir: &playout.DeadAir{Occurrence: "one", Title: "Tiếp sóng", Since: since}}
	both := playout.Air{OnAir: on, Lost: lost.Lost, DeadAir: dead.DeadAir}
	past := playout.Air{DeadAir: &playout.DeadAir{Occurrence: "one", Title: "Tiếp sóng", Since: now.Add(-9 * time.Hour)}}
	for name, c := range map[string]struct {
		air  playout.Air
		day  *health.AiredState
		code health.Code
		says string
	}{
		"Lost":    {lost, day, health.AiredLost, "Mời họp"},
		"Dead":    {dead, day, health.AiredDead, "Tiếp sóng"},
		"Both":    {both, day, health.AiredDead, "Tiếp sóng"},
		"NoAsRun": {lost, nil, health.AiredLost, "Mời họp"},
		"Over":    {playout.Air{}, day, health.AiredMissed, "1"},
		"Past":    {past, day, health.AiredMissed, "1"}, // its alarm is shown until a voice is heard again
		"Unknown": {playout.Air{}, nil, health.AiredUnknown, ""},
	} {
		r := health.Judge(health.Measurement{At: now, Aired: losing(c.day, c.air, now)}, health.DefaultLimits())
		f := r.Of(health.Aired)
		if f.Code != c.code || (f.Level == health.Fault) != (c.air.Lost != nil || silentNow(c.air)) {
			t.Errorf("%s: %+v, want %s", name, f, c.code)
		}
		w := web.HealthWords(f, now, "en")
		if !strings.Contains(w.Said, c.says) || f.Bad() && w.Advice == "" || f.Level == health.Fault && f.Values[1].Amount != 20 {
			t.Errorf("%s: %q, %q", name, w.Said, w.Advice)
		}
	}
	if day.Losing != nil {
		t.Error("the day's sum was changed")
	}
}

// A station that ended early, or a recording that is silent, sent somebody to the amplifier and
// its fuse: what the board itself gave as silence is told as that, and what a monitor input did
// not hear as that.
func TestSilenceThatWasSentIsNotBlamedOnTheAmplifier(t *testing.T) {
	now := time.Date(2026, 11, 26, 6, 0, 0, 0, time.UTC)
	verdict := func(v proof.Verdict) *proof.Result { return &proof.Result{Verdict: v} }
	for name, c := range map[string]struct {
		heard playout.Heard
		proof *proof.Result
		code  health.Code
	}{
		"NoMonitor":        {playout.HeardSilent, nil, health.AiredMute},
		"TheRestWasHeard":  {playout.HeardSilent, verdict(proof.Heard), health.AiredMute},
		"NotMeasured":      {playout.HeardSilent, verdict(proof.NotMeasured), health.AiredMute},
		"NothingWasHeard":  {playout.HeardSilent, verdict(proof.Silent), health.AiredUnheard},
		"AnotherSound":     {playout.HeardWrong, verdict(proof.Wrong), health.AiredUnheard},
		"SilentAndAnother": {playout.HeardSilent, verdict(proof.Wrong), health.AiredUnheard},
		"Heard":            {playout.Heard(proof.Heard), verdict(proof.Heard), health.AiredGood},
		"NobodyMeasured":   {playout.NotMeasured, nil, health.AiredGood},
	} {
		row := playout.AsRun{Outcome: playout.Played, Title: "Tiếp sóng", Due: now, Airings: make([]playout.Airing, 1), Heard: c.heard, Proof: c.proof}
		r := health.Judge(health.Measurement{At: now, Aired: airedOf([]playout.AsRun{row})}, health.DefaultLimits())
		f := r.Of(health.Aired)
		w := web.HealthWords(f, now, "vi")
		if f.Code != c.code || !strings.Contains(w.Said, "Tiếp sóng") || f.Bad() && w.Advice == "" {
			t.Errorf("%s: %+v: %q, %q", name, f, w.Said, w.Advice)
		}
	}
}
