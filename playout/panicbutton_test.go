package playout_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"loalang/hardware"
	"loalang/playout"
	"loalang/scheduler"
)

// texts are the prepared messages, or what keeps them from being read.
type texts struct {
	all  scheduler.Templates
	fail error
}

func (t *texts) Templates(context.Context, string) (scheduler.Templates, error) { return t.all, t.fail }

const byButton = "nút khẩn cấp"

// panicking gives a stage a button; press says at which instant of the stage it went down.
func panicking(t *testing.T, s *stage, from *texts, action *playout.ButtonAction) (press func(number int, long bool)) {
	t.Helper()
	n := 0
	b := playout.NewPanicButton(playout.PanicConfig{
		Origin: "board-1", Alarms: s.player, Air: s.player.Air, Texts: from, Action: func() playout.ButtonAction { return *action },
		Place: func() scheduler.Village {
			return scheduler.Village{Key: "un-ta", Name: "Ún Tà", Languages: []string{"vi", "pcc"}}
		},
		Zones: []string{"loa-1"},
		Words: playout.ButtonWords{By: byButton, Title: "Báo động", Reason: "Nút khẩn cấp đã được bấm", Clear: "Hết báo động", ClearText: func(v string) string { return "Thôn " + v + " an toàn." }},
		Now:   time.Now, Mono: func() time.Duration { return time.Since(s.out.start) },
		NewID: func() string { n++; return fmt.Sprintf("b%d", n) }, Beat: func() {}, Log: slog.New(slog.DiscardHandler),
	})
	if err := b.Learn(t.Context()); err != nil && from.fail == nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return func(number int, long bool) {
		at := time.Since(s.out.start) - 40*time.Millisecond
		b.Pressed(hardware.Press{At: at, Number: number, Long: long})
		synctest.Wait()
	}
}

// Its loop comes round though nobody presses; one that does not come back is seen.
func TestPanicButtonBeats(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		var beats atomic.Int64
		held := make(chan struct{})
		b := playout.NewPanicButton(playout.PanicConfig{
			Alarms: s.player, Air: s.player.Air, Texts: &texts{},
			Action: func() playout.ButtonAction { <-held; return playout.ButtonAction{Deed: playout.ButtonNothing} },
			Place:  func() scheduler.Village { return scheduler.Village{} },
			Now:    time.Now, Mono: func() time.Duration { return time.Since(s.out.start) },
			Beat: func() { beats.Add(1) }, Log: slog.New(slog.DiscardHandler),
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx) }()
		time.Sleep(65 * time.Second)
		if got := beats.Load(); got != 7 {
			t.Errorf("%d beats in 65 s, want one each ten", got)
		}
		b.Pressed(hardware.Press{Number: 1})
		time.Sleep(time.Minute)
		if got := beats.Load(); got != 7 {
			t.Errorf("a loop that hangs has beaten: %d", got)
		}
		close(held)
		synctest.Wait()
		if got := beats.Load(); got == 7 {
			t.Error("no beat after it hung")
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// flood is a prepared message.
func flood() *texts {
	return &texts{all: scheduler.Templates{{
		Owned: scheduler.Owned{ID: "t1", Village: "un-ta"}, Class: scheduler.ClassEmergency, Topic: scheduler.TopicDanger, Name: "Lũ", Title: "Lũ quét thôn [thôn]", Text: "Chạy lên đồi.",
		Prepared: scheduler.Prepared{Zones: []string{"loa-1"}, Repeat: 2},
	}}}
}

// A press raises the prepared message in its own name, due when the kernel saw it go
// down, with the database gone; further presses raise nothing more, and its long hold changes
// nothing.
func TestPanicButtonRaisesOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.lib.add("message", 4*time.Second)
		s.book.breaks(errors.New("no database"))
		s.alarms.failing = errors.New("no database")
		from := flood()
		press := panicking(t, s, from, &playout.ButtonAction{Deed: playout.ButtonMessage, Message: from.all[0].Code(), Second: playout.SecondStop})
		from.fail = errors.New("no database")
		s.at(5 * time.Second)
		press(1, false)
		if !s.amp.keyed() || len(s.out.alarm(0).Cycle) != 1 {
			t.Error("the siren does not sound at once")
		}
		press(1, true) // held on, or stuck
		press(2, false)
		air := s.player.Air().Emergencies
		if len(air) != 1 {
			t.Fatalf("active: %+v, want one", air)
		}
		e := air[0]
		if e.Title != "Lũ quét thôn Ún Tà" || e.RaisedBy != byButton || e.Source != byButton || e.Repeat != 2 || !slices.Equal(e.Zones, []string{"loa-1"}) {
			t.Errorf("raised %+v", e.Emergency)
		}
		if want := s.out.start.Add(5*time.Second - 40*time.Millisecond); !e.Raised.Equal(want) || e.Expires.Sub(want) != scheduler.DefaultEmergencyLife {
			t.Errorf("raised at %v until %v, want the stamp of the kernel %v", e.Raised, e.Expires, want)
		}
		s.at(20 * time.Second)
		if got := s.player.Air().Emergencies[0].Spoken; !slices.Equal(got, []string{"vi"}) {
			t.Errorf("spoken %v", got)
		}
	})
}

// Whoever presses again near its end still needs help: what the button raised has its full
// life again from that press on, with the database gone. The press that raised, held on,
// renews nothing, and an end that somebody has set later stays.
func TestPanicButtonPressedAgainGoesOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.alarms.failing = errors.New("no database")
		press := panicking(t, s, &texts{}, &playout.ButtonAction{Deed: playout.ButtonSiren, Life: 2 * time.Minute, Second: playout.SecondStop})
		ends := func() time.Duration {
			t.Helper()
			air := s.player.Air().Emergencies
			if len(air) != 1 {
				t.Fatalf("active: %+v, want one", air)
			}
			return air[0].Expires.Sub(s.out.start) + 40*time.Millisecond
		}
		s.at(5 * time.Second)
		press(1, false)
		press(1, true)
		if got := ends(); got != 125*time.Second {
			t.Errorf("it ends at %v", got)
		}
		s.at(2 * time.Minute)
		press(2, false)
		if got := ends(); got != 4*time.Minute {
			t.Errorf("pressed again it ends at %v", got)
		}
		s.at(3 * time.Minute)
		if air := s.player.Air().Emergencies; len(air) != 1 || !air[0].Sounding {
			t.Errorf("a minute later: %+v", air)
		}
		if _, err := s.player.Renew(t.Context(), "b1", s.out.start.Add(time.Hour), "cán bộ"); err != nil {
			t.Fatal(err)
		}
		press(3, false)
		if got := ends(); got != time.Hour+40*time.Millisecond {
			t.Errorf("a press took from what people gave: it ends at %v", got)
		}
		press(3, true)
		if air := s.player.Air().Emergencies; len(air) != 0 {
			t.Errorf("the long press did not end it: %+v", air)
		}
	})
}

// What ends in the very moment of a press is raised anew.
func TestPanicButtonPressedAsItEnds(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		press := panicking(t, s, &texts{}, &playout.ButtonAction{Deed: playout.ButtonSiren, Life: time.Minute})
		press(1, false)
		for n := 2; n < 6; n++ { // each at the end of the one before, and a moment around it
			e := s.player.Air().Emergencies
			if len(e) != 1 {
				t.Fatalf("active: %+v, want one", e)
			}
			s.at(e[0].Expires.Sub(s.out.start) + time.Duration(n-3)*20*time.Millisecond)
			press(n, false)
			s.at(time.Since(s.out.start) + 2*time.Second)
			if e := s.player.Air().Emergencies; len(e) != 1 || !e[0].Sounding {
				t.Errorf("press %d: %+v", n, e)
			}
		}
	})
}

// Of two zones of the button's message the board has one no more, which has another name
// now: it sounds from all, and not from one of two places.
func TestPanicButtonWarnsAllWhenAZoneIsGone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		from := flood()
		from.all[0].Prepared.Zones = []string{"loa-1", "loa-cu"}
		press := panicking(t, s, from, &playout.ButtonAction{Deed: playout.ButtonMessage, Message: from.all[0].Code()})
		s.at(5 * time.Second)
		press(1, false)
		if air := s.player.Air().Emergencies; len(air) != 1 || len(air[0].Zones) > 0 {
			t.Errorf("raised %+v, want all zones", air)
		}
	})
}

// A second press that is held for long ends what the button raised, and nothing else.
func TestPanicButtonStopsItsOwn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		press := panicking(t, s, &texts{}, &playout.ButtonAction{Deed: playout.ButtonSiren, Second: playout.SecondStop})
		s.raise(s.emergency("commune", time.Hour))
		press(1, false)
		s.at(15 * time.Second)
		press(2, false)
		press(2, true)
		s.at(20 * time.Second)
		if got := s.player.Air().Emergencies; len(got) != 1 || got[0].ID != "commune" {
			t.Errorf("active = %+v, want what people raised", got)
		}
		if row := s.row("emergency:b1"); row.By != byButton || row.Outcome != playout.StoppedBy || row.Lateness < 40*time.Millisecond {
			t.Errorf("row = %+v", row)
		}
		press(3, true) // nothing of its own sounds
		if got := s.player.Air().Emergencies; len(got) != 1 {
			t.Errorf("active = %+v", got)
		}
	})
}

func TestPanicButtonSaysTheAllClear(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.lib.add("message", 4*time.Second)
		action := &playout.ButtonAction{Deed: playout.ButtonSiren, Second: playout.SecondAllClear}
		press := panicking(t, s, &texts{}, action)
		press(1, false)
		s.at(15 * time.Second)
		press(2, false)
		press(2, true)
		s.at(16 * time.Second)
		if got := s.player.Air().Emergencies; len(got) != 1 || !got[0].AllClear || got[0].Text != "Thôn Ún Tà an toàn." {
			t.Errorf("active = %+v, want the all-clear", got)
		}
		s.at(2 * time.Minute)
		press(3, false)
		if got := s.player.Air().Emergencies; len(got) != 1 || got[0].AllClear {
			t.Errorf("active = %+v, want the siren anew", got)
		}
	})
}

// What it is set to do: the siren alone in some loudspeakers, or in all where one of them is
// gone, nothing, or a message that is not there, for which the siren sounds.
func TestPanicButtonDoesAsItIsSet(t *testing.T) {
	for name, c := range map[string]struct {
		action playout.ButtonAction
		want   string
	}{
		"Siren":   {playout.ButtonAction{Deed: playout.ButtonSiren, Zones: []string{"loa-1", "gone"}, Life: time.Minute}, "Báo động [] 1m0s"},
		"There":   {playout.ButtonAction{Deed: playout.ButtonSiren, Zones: []string{"loa-1"}, Life: time.Minute}, "Báo động [loa-1] 1m0s"},
		"Nothing": {playout.ButtonAction{Deed: playout.ButtonNothing}, ""},
		"Gone":    {playout.ButtonAction{Deed: playout.ButtonMessage, Message: "removed"}, "Báo động [] 15m0s"},
		"Zones":   {playout.ButtonAction{Deed: playout.ButtonMessage, Message: flood().all[0].Code(), Zones: []string{}}, "Lũ quét thôn Ún Tà [loa-1] 15m0s"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.lib.add("message", 4*time.Second)
				panicking(t, s, flood(), &c.action)(1, false)
				got := ""
				for _, e := range s.player.Air().Emergencies {
					got += fmt.Sprintf("%s %v %v", e.Title, e.Zones, e.Expires.Sub(e.Raised))
				}
				if got != c.want {
					t.Errorf("raised %q, want %q", got, c.want)
				}
			})
		})
	}
}
