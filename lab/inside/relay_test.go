package inside_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestRelayOfTheBoard is what the kernel's own trace tells of the relay's pin while the
// product starts, keys, is killed, starts again, goes on with its emergency, and is
// stopped: the relay switches on when the amplifier is to be on and at no other time.
func TestRelayOfTheBoard(t *testing.T) {
	inside(t)
	for name, relay := range map[string]struct{ on, off, pull, low string }{
		"ActiveLow":  {"0", "1", "pull-up", "true"},
		"ActiveHigh": {"1", "0", "pull-down", "false"},
	} {
		t.Run(name, func(t *testing.T) {
			p := simulate(t, relay.pull)
			record(t)
			want := 0
			is := func(when, level string) {
				t.Helper()
				all := events(t)
				if got := p.level(); got != level {
					t.Errorf("%s: the pin is at %s, want %s", when, got, level)
				}
				if n := turns(all, relay.on); n != want {
					t.Errorf("%s: the relay switched on %d times, want %d: %s", when, n, want, strings.Join(all, ", "))
				}
			}
			b := serve(t, "", "", "--device", "null", "--settle", "200ms", "--tail", "100ms",
				"--amp-chip", p.chip, "--amp-line", "GPIO17", "--amp-active-low", relay.low)
			time.Sleep(time.Second)
			is("after the start", relay.off)
			b.ask(http.MethodPost, "/emergency", map[string]any{"title": "Lũ quét", "reason": "thử", "expires_in": 600})
			want++
			b.until("the amplifier is on", func() bool { return p.level() == relay.on })
			time.Sleep(3 * time.Second)
			is("in an emergency", relay.on)
			for range 3 {
				b.Kill()
				is("after a crash", relay.off)
				b = b.again()
				want++
				b.until("the emergency goes on", func() bool { return p.level() == relay.on })
				time.Sleep(time.Second)
				is("after the crash, in the emergency", relay.on)
			}
			b.ask(http.MethodDelete, "/emergency", nil)
			b.until("the amplifier is off", func() bool { return p.level() == relay.off })
			time.Sleep(time.Second)
			is("after the emergency", relay.off)
			b.ask(http.MethodPost, "/emergency", map[string]any{"title": "Lũ quét", "reason": "thử", "expires_in": 600})
			want++
			b.until("the amplifier is on", func() bool { return p.level() == relay.on })
			check(t, b.Stop())
			is("after an orderly stop in an emergency", relay.off)
			all := events(t)
			if first := all[0]; first != "set "+relay.off {
				t.Errorf("the first that is done to the pin is %q, want it driven off before it becomes an output: %v", first, all)
			}
			t.Logf("%d events of the pin, %d times on, as often as asked for", len(all), want)
		})
	}
}
