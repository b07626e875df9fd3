package playout_test

import (
	"encoding/binary"
	"os"
	"slices"
	"testing"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

// span is a stretch of a recording in which there is sound.
type span struct{ from, to time.Duration }

// record makes a recording of that length with sound in some stretches of it.
func (l *library) record(t *testing.T, id string, length time.Duration, sound ...span) {
	t.Helper()
	raw := make([]byte, 44+2*audio.Rate.N(length))
	copy(raw, "RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\xbb\x00\x00\x00\x77\x01\x00\x02\x00\x10\x00data")
	binary.LittleEndian.PutUint32(raw[4:], uint32(len(raw)-8))
	binary.LittleEndian.PutUint32(raw[40:], uint32(len(raw)-44))
	for _, s := range sound {
		for i := audio.Rate.N(s.from); i < audio.Rate.N(s.to); i++ {
			binary.LittleEndian.PutUint16(raw[44+2*i:], uint16(1000))
		}
	}
	if err := os.WriteFile(l.path(id), raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// twoLanguages is a chime, a Vietnamese voice of 10 s and a Giáy one of 5 s, due
// at 20 s: the voices begin at 21.5 s and 32 s.
func (s *stage) twoLanguages(id string) scheduler.Occurrence {
	o := s.occurrence(id, 20*time.Second, 10*time.Second)
	o.Parts = append(o.Parts, scheduler.Part{Kind: scheduler.PartVoice, Recording: "giay-" + id, Language: "pcc", Length: 5 * time.Second, Pause: 500 * time.Millisecond})
	o.Length += 5500 * time.Millisecond
	s.lib.add("giay-"+id, 5*time.Second)
	return o
}

// dead says that the cue which sounds is silent since an instant.
func (s *stage) dead(kind audio.EventKind, since time.Duration) {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	for id, k := range s.out.cues {
		if k.live && !k.done {
			s.out.events <- audio.Event{Kind: kind, ID: id, At: audio.Instant(since) + 1}
		}
	}
}

func languages(row playout.AsRun) (told []string) {
	for _, a := range row.Airings {
		told = append(told, string(a.Part)+" "+a.Language)
	}
	return told
}

// A voice of which nothing is heard is given up, and the next language follows;
// where there is none the fallback sounds. The row is never on time, the alarm is
// shown until a voice is heard again.
func TestDeadAir(t *testing.T) {
	silent := []span{}
	breaks := []span{{0, 3 * time.Second}}
	pauses := []span{{0, 3 * time.Second}, {6 * time.Second, 10 * time.Second}}
	ends := []span{{0, 6 * time.Second}}
	throughout := []span{{0, 10 * time.Second}}
	cases := map[string]struct {
		sound    []span
		since    time.Duration // in the voice
		alone    bool          // there is no other language
		fallback string
		alive    time.Duration // in the voice; 0: never
		outcome  playout.Outcome
		cause    string
		heard    playout.Heard
		airings  []string
	}{
		"NextLanguage": {silent, 0, false, "jingle", 0, playout.Cut, playout.CauseSilent, playout.HeardSilent, []string{"chime ", "voice vi", "voice pcc"}},
		"Fallback":     {silent, 0, true, "jingle", 0, playout.Cut, playout.CauseSilent, playout.HeardSilent, []string{"chime ", "voice vi", "fallback "}},
		"NoFallback":   {silent, 0, true, "", 0, playout.Cut, playout.CauseSilent, playout.HeardSilent, []string{"chime ", "voice vi"}},
		"NoSuchFile":   {silent, 0, true, "gone", 0, playout.Cut, playout.CauseSilent, playout.HeardSilent, []string{"chime ", "voice vi"}},
		"BreaksOff":    {breaks, 3 * time.Second, false, "jingle", 0, playout.Cut, playout.CauseSilent, playout.HeardSilent, []string{"chime ", "voice vi", "voice pcc"}},
		"OutputMute":   {throughout, 3 * time.Second, false, "jingle", 0, playout.Cut, playout.CauseSilent, playout.HeardSilent, []string{"chime ", "voice vi", "voice pcc"}},
		"Pause":        {pauses, 3 * time.Second, false, "jingle", 6 * time.Second, playout.Played, "completed", playout.NotMeasured, []string{"chime ", "voice vi", "voice pcc"}},
		"PauseNoEnd":   {pauses, 3 * time.Second, true, "jingle", 0, playout.Cut, playout.CauseSilent, playout.HeardSilent, []string{"chime ", "voice vi", "fallback "}},
		"SilentEnd":    {ends, 6 * time.Second, true, "jingle", 0, playout.Played, "completed", playout.NotMeasured, []string{"chime ", "voice vi"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Fallback = func() string { return c.fallback } })
				o := s.twoLanguages("one")
				if c.alone {
					o.Parts = o.Parts[:2]
				}
				s.lib.record(t, "voice-one", 10*time.Second, c.sound...)
				s.lib.record(t, "jingle", 4*time.Second, span{0, 4 * time.Second})
				s.player.Play(o)
				voice := 21500 * time.Millisecond
				s.at(voice + c.since + 2*time.Second)
				s.dead(audio.DeadAir, voice+c.since)
				if c.alive > 0 {
					s.at(voice + c.alive)
					s.dead(audio.AliveAgain, voice+c.alive)
				}
				s.at(2 * time.Minute)
				row := s.expect("one", c.outcome, c.cause, len(c.airings))
				if got := languages(row); !slices.Equal(got, c.airings) || row.Heard != c.heard {
					t.Errorf("airings %v, heard %q; want %v, %q", got, row.Heard, c.airings, c.heard)
				}
				if len(s.out.over) > 0 {
					t.Errorf("two sounds at once: %v", s.out.over)
				}
				air := s.player.Air()
				if alarmed := c.heard == playout.HeardSilent; alarmed != (air.DeadAirs == 1) {
					t.Errorf("%d alarms", air.DeadAirs)
				}
				if heardSince := c.airings[len(c.airings)-1] == "voice pcc" || c.heard != playout.HeardSilent; heardSince != (air.DeadAir == nil) {
					t.Errorf("the alarm shows %+v", air.DeadAir)
				}
			})
		})
	}
}

// What a stream is silent of raises the alarm at once and ends it by itself:
// nothing is given up.
func TestDeadAirThatEnds(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		o := s.occurrence("one", 20*time.Second, 10*time.Second)
		o.Parts[1].Kind = scheduler.PartLive
		s.player.Play(o)
		s.at(24 * time.Second)
		s.dead(audio.DeadAir, 22*time.Second)
		s.at(25 * time.Second)
		if d := s.player.Air().DeadAir; d == nil || d.Occurrence != "one" || d.Title != "Mời họp" || s.row("one").Heard != playout.HeardSilent {
			t.Errorf("alarm %+v, heard %q", d, s.row("one").Heard)
		}
		s.dead(audio.AliveAgain, 25*time.Second)
		s.at(time.Minute)
		if row := s.expect("one", playout.Played, "completed", 2); row.Heard != playout.NotMeasured || s.player.Air().DeadAir != nil {
			t.Errorf("heard %q, alarm %+v", row.Heard, s.player.Air().DeadAir)
		}
	})
}

// A recording that cannot be opened, or not be read while it airs, does not
// silence the rest: the other language airs, else the fallback.
func TestUnreadableRecording(t *testing.T) {
	cases := map[string]struct {
		gone     []string // recordings that cannot be opened
		unread   string   // whose cue ends unread
		fallback string
		outcome  playout.Outcome
		airings  []string
	}{
		"OneLanguageGone":   {[]string{"voice-one"}, "", "jingle", playout.Cut, []string{"chime ", "voice pcc"}},
		"ChimeGone":         {[]string{"chime"}, "", "jingle", playout.Played, []string{"voice vi", "voice pcc"}},
		"BothGone":          {[]string{"voice-one", "giay-one"}, "", "jingle", playout.Cut, []string{"chime ", "fallback "}},
		"AllGone":           {[]string{"voice-one", "giay-one", "jingle"}, "", "jingle", playout.Missed, nil},
		"NoFallback":        {[]string{"voice-one", "giay-one"}, "", "", playout.Missed, nil},
		"UnreadWhileItAirs": {nil, "voice vi", "jingle", playout.Cut, []string{"chime ", "voice vi", "voice pcc"}},
		"LastUnread":        {[]string{"voice-one"}, "voice pcc", "jingle", playout.Cut, []string{"chime ", "voice pcc", "fallback "}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Fallback = func() string { return c.fallback } })
				o := s.twoLanguages("one")
				s.lib.record(t, "jingle", 4*time.Second, span{0, 4 * time.Second})
				for _, id := range c.gone {
					if err := os.Remove(s.lib.path(id)); err != nil {
						t.Fatal(err)
					}
				}
				s.player.Play(o)
				for at := 20 * time.Second; at < 40*time.Second && c.unread != ""; at += 100 * time.Millisecond {
					s.at(at)
					if told := languages(s.row("one")); len(told) > 0 && told[len(told)-1] == c.unread {
						s.at(at + time.Second)
						s.out.unread()
						break
					}
				}
				s.at(2 * time.Minute)
				cause := string(audio.Unread)
				row := s.expect("one", c.outcome, cause, len(c.airings))
				if got := languages(row); !slices.Equal(got, c.airings) {
					t.Errorf("airings %v, want %v", got, c.airings)
				}
			})
		})
	}
}

// unread ends what sounds as a file that cannot be read, and what follows it.
func (o *output) unread() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, id := range o.order {
		if k := o.cues[id]; !k.done {
			o.endLocked(k, audio.Unread)
		}
	}
}

// What is silent is given up in the next run too: a crash does not bring it back.
func TestCrashAfterDeadAir(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		o := s.twoLanguages("one")
		s.lib.record(t, "voice-one", 10*time.Second)
		s.player.Play(o)
		s.at(23600 * time.Millisecond)
		s.dead(audio.DeadAir, 21500*time.Millisecond)
		s.at(25 * time.Second)
		s = s.crash(200 * time.Millisecond)
		s.at(time.Minute)
		row := s.expect("one", playout.Cut, playout.CauseSilent, 4)
		if got := languages(row); !slices.Equal(got, []string{"chime ", "voice vi", "voice pcc", "voice pcc"}) || row.Heard != playout.HeardSilent {
			t.Errorf("airings %v, heard %q", got, row.Heard)
		}
	})
}
