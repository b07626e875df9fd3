package main

import (
	"strings"
	"testing"
	"time"

	"loalang/audio"
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
	const mono = 10 * time.Hour
	began := audio.Instant(mono - 20*time.Second)
	since := now.Add(-3 * time.Hour) // the clock was set meanwhile: the span is another's
	lost := playout.Air{Lost: &playout.Lost{Title: "Mời họp", As: playout.HeardSilent, Since: since, Began: began}}
	on := &playout.OnAir{Occurrence: scheduler.Occurrence{ID: "one"}}
	dead := playout.Air{OnAir: on, DeadAir: &playout.DeadAir{Occurrence: "one", Title: "Tiếp sóng", Since: since, Began: began}}
	both := playout.Air{OnAir: on, Lost: lost.Lost, DeadAir: dead.DeadAir}
	past := playout.Air{DeadAir: &playout.DeadAir{Occurrence: "one", Title: "Tiếp sóng", Since: now.Add(-9 * time.Hour), Began: audio.Instant(time.Hour)}}
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
		r := health.Judge(health.Measurement{At: now, Aired: losing(c.day, c.air, mono)}, health.DefaultLimits())
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

// Somebody who speaks through the amplifier's own microphone while a notice airs does nothing
// wrong: that its row is wrong to the monitor input was a fault of the loudspeakers until the
// next day's notice. What was heard before it says how they are.
func TestTheAmplifiersOwnMicrophoneIsNoFaultOfTheLoudspeakers(t *testing.T) {
	now := time.Date(2026, 11, 26, 6, 0, 0, 0, time.UTC)
	row := func(before time.Duration, outcome playout.Outcome, cause string, v proof.Verdict) playout.AsRun {
		return playout.AsRun{
			Outcome: outcome, Cause: cause, Title: "Mời họp", Due: now.Add(-before), Airings: make([]playout.Airing, 1),
			Heard: playout.Heard(v), Proof: &proof.Result{Verdict: v},
		}
	}
	taken := row(0, playout.Missed, playout.TroubleBypass, proof.Wrong)
	for name, c := range map[string]struct {
		rows []playout.AsRun
		code health.Code
	}{
		"Alone":       {[]playout.AsRun{taken}, health.AiredMissed},
		"NobodySpoke": {[]playout.AsRun{row(0, playout.Missed, playout.TroubleBypass, proof.Silent)}, health.AiredMissed},
		"MostWasGood": {[]playout.AsRun{row(0, playout.Played, playout.TroubleBypass, proof.Wrong)}, health.AiredGood},
		"HeardBefore": {[]playout.AsRun{row(time.Hour, playout.Played, "completed", proof.Heard), taken}, health.AiredMissed},
		"DeadBefore":  {[]playout.AsRun{row(time.Hour, playout.Played, "completed", proof.Silent), taken}, health.AiredUnheard},
		"Dead":        {[]playout.AsRun{row(0, playout.Played, "completed", proof.Silent)}, health.AiredUnheard},
	} {
		r := health.Judge(health.Measurement{At: now, Aired: airedOf(c.rows)}, health.DefaultLimits())
		if f := r.Of(health.Aired); f.Code != c.code {
			t.Errorf("%s: %+v, want %s", name, f, c.code)
		}
	}
}

// A jingle of two seconds is too short for the monitor input to measure: behind a broadcast that
// nobody heard it said that all is well, half an hour after the amplifier had died. The last that
// was measured is told of, by its own title, until one is heard.
func TestWhatWasNotMeasuredMendsNoAmplifier(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 11, 26, 5, minute, 0, 0, time.UTC) }
	row := func(title string, minute int, heard playout.Heard, v proof.Verdict) playout.AsRun {
		r := playout.AsRun{Outcome: playout.Played, Title: title, Due: at(minute), Airings: make([]playout.Airing, 1), Heard: heard}
		if v != "" {
			r.Proof = &proof.Result{Verdict: v}
		}
		return r
	}
	silent := row("Bản tin", 0, playout.HeardSilent, proof.Silent)
	jingle := row("Nhạc hiệu", 40, playout.NotMeasured, proof.NotMeasured)
	unproved, heard := row("Thể dục", 45, playout.NotMeasured, ""), row("Mời họp", 30, playout.HeardYes, proof.Heard)
	mute := row("Tiếp sóng", 50, playout.HeardSilent, "")
	missed := row("Dân ca", 55, playout.HeardYes, "")
	missed.Airings = nil
	for name, c := range map[string]struct {
		rows []playout.AsRun
		code health.Code
		says string
	}{
		"Jingle":       {[]playout.AsRun{silent, jingle}, health.AiredUnheard, "Bản tin"},
		"OtherOrder":   {[]playout.AsRun{jingle, silent}, health.AiredUnheard, "Bản tin"},
		"NoVerdict":    {[]playout.AsRun{silent, unproved}, health.AiredUnheard, "Bản tin"},
		"Mute":         {[]playout.AsRun{silent, mute}, health.AiredUnheard, "Bản tin"},
		"Missed":       {[]playout.AsRun{silent, missed}, health.AiredUnheard, "Bản tin"},
		"HeardAgain":   {[]playout.AsRun{silent, heard, jingle}, health.AiredGood, "Nhạc hiệu"},
		"MuteIsOver":   {[]playout.AsRun{row("Tiếp sóng", 0, playout.HeardSilent, ""), jingle}, health.AiredGood, "Nhạc hiệu"},
		"HeardButMute": {[]playout.AsRun{silent, row("Tiếp sóng", 20, playout.HeardSilent, proof.Heard), jingle}, health.AiredGood, "Nhạc hiệu"},
		"MuteBehind":   {[]playout.AsRun{heard, mute}, health.AiredMute, "Tiếp sóng"},
	} {
		f := health.Judge(health.Measurement{At: at(59), Aired: airedOf(c.rows)}, health.DefaultLimits()).Of(health.Aired)
		if said := web.HealthWords(f, at(59), "vi").Said; f.Code != c.code || !strings.Contains(said, c.says) {
			t.Errorf("%s: %+v: %q, want %s of %q", name, f, said, c.code, c.says)
		}
	}
}
