package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/hardware"
)

// switched is what became of lines, and of the tone, in order.
type switched []string

// loggedLine is a line that tells what it is told.
type loggedLine struct {
	name string
	all  *switched
}

func (l loggedLine) Set(on bool) error {
	*l.all = append(*l.all, l.name+map[bool]string{true: " on", false: " off"}[on])
	return nil
}

func (l loggedLine) Close() error { return l.Set(false) }

// `amp test` switched the amplifier off again before the first zone, so that no zone could be
// heard, and played nothing: it is on under each of them, as in a broadcast, and each sounds
// once it has settled.
func TestAmpTestGoesTheWayOfABroadcast(t *testing.T) {
	zone := func(name string) hardware.ZoneSwitch {
		return hardware.ZoneSwitch{Name: name, Switch: hardware.Switch{Chip: "gpiochip0", Line: name, Settle: 0, Tail: 0}}
	}
	main := &hardware.Switch{Chip: "gpiochip0", Line: "main", Settle: 0, Tail: 0}
	whole := []string{"main on", "A on", "tone", "A off", "B on", "tone", "B off", "main off"}
	for name, c := range map[string]struct {
		main   *hardware.Switch
		zones  []string
		broken string // line that cannot be had
		mute   bool   // the tone is not played
		silent bool
		want   []string
		says   string
		fails  string
	}{
		"OK":          {main: main, zones: []string{"A", "B"}, want: whole, says: "ok   amplifier: gpiochip0:main was on under the zones"},
		"AlwaysOn":    {zones: []string{"A"}, want: []string{"A on", "tone", "A off"}, says: "ok   A: gpiochip0:A was on, and the tone was sent for 1ms"},
		"NoZones":     {main: main, want: []string{"main on", "tone", "main off"}, says: "ok   amplifier: gpiochip0:main was on, and the tone"},
		"MainBroken":  {main: main, zones: []string{"A", "B"}, broken: "main", want: []string{"A on", "tone", "A off", "B on", "tone", "B off"}, says: "FAIL amplifier", fails: "1 of 3"},
		"ZoneBroken":  {main: main, zones: []string{"A", "B"}, broken: "A", want: []string{"main on", "B on", "tone", "B off", "main off"}, says: "FAIL A", fails: "1 of 3"},
		"ToneBroken":  {main: main, zones: []string{"A"}, mute: true, want: []string{"main on", "A on", "A off", "main off"}, says: toneAdvice, fails: "1 of 2"},
		"WithoutTone": {main: main, zones: []string{"A"}, silent: true, want: []string{"main on", "A on", "A off", "main off"}, says: "ok   A: gpiochip0:A was on for 1ms"},
	} {
		t.Run(name, func(t *testing.T) {
			var all switched
			var out strings.Builder
			try := ampTest{out: &out, main: c.main, span: time.Millisecond, open: func(sw hardware.Switch) (hardware.Line, error) {
				if sw.Line == c.broken {
					return nil, errors.New("no such line")
				}
				return loggedLine{sw.Line, &all}, nil
			}}
			for _, z := range c.zones {
				try.zones = append(try.zones, zone(z))
			}
			if !c.silent {
				try.tone = func(context.Context) error {
					if c.mute {
						return errTone
					}
					all = append(all, "tone")
					return nil
				}
			}
			err := try.run(t.Context())
			if !slices.Equal(all, c.want) {
				t.Errorf("it went %q, want %q", all, c.want)
			}
			if !strings.Contains(out.String(), c.says) || (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("it says %q, %v", out.String(), err)
			}
		})
	}
}

// Zones that nothing powers together have amplifiers of their own, which must stay off for as
// long as that of a board with one: `amp test` switched them on at once behind the service.
func TestAmpTestLetsZonesRest(t *testing.T) {
	for name, c := range map[string]struct {
		main *hardware.Switch
		rest time.Duration
		says bool
	}{
		"Zones":     {nil, time.Millisecond, true},
		"Amplifier": {&hardware.Switch{Chip: "gpiochip0", Line: "main"}, time.Millisecond, true},
		"AtOnce":    {nil, 0, false},
	} {
		var all switched
		var out strings.Builder
		try := ampTest{out: &out, main: c.main, open: func(sw hardware.Switch) (hardware.Line, error) { return loggedLine{sw.Line, &all}, nil }}
		try.zones, try.settings.Amp.MinOff = []hardware.ZoneSwitch{{Name: "A", Switch: hardware.Switch{Chip: "gpiochip0", Line: "A"}}}, c.rest
		if err := try.run(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if says := strings.HasPrefix(out.String(), "     it must stay off for 1ms first (amp-min-off)\n"); says != c.says {
			t.Errorf("%s: it says %q", name, out.String())
		}
	}
}

// The zones that are named have the amplifier on under them, too.
func TestAmpTestOfOneZoneHasTheAmplifierOn(t *testing.T) {
	a := ampSettings{Main: &hardware.Switch{Simulated: true}, Zones: []hardware.ZoneSwitch{{Name: "A"}, {Name: "B"}}}
	todo, err := a.named([]string{"B"})
	if err != nil || len(todo) != 1 || todo[0].Name != "B" {
		t.Errorf("of B: %v, %v", todo, err)
	}
	if todo, err = a.named(nil); err != nil || len(todo) != 2 {
		t.Errorf("of all: %v, %v", todo, err)
	}
	if todo, err = (&ampSettings{Main: a.Main}).named(nil); err != nil || len(todo) != 0 {
		t.Errorf("without zones: %v, %v", todo, err)
	}
}
