package hardware_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"loalang/hardware"
)

// Nothing watched what reads the button, what senses the bypass and what looks at the clock: had
// one of them stood still, a press would have raised nothing, and nobody known. Each comes round
// by itself though nothing happens, also where its line cannot be had, and not while it is stuck.
func TestWhatIsReadComesRound(t *testing.T) {
	quiet, gone := slog.New(slog.DiscardHandler), unix.ENODEV
	mono := func() time.Duration { return time.Duration(time.Now().UnixNano()) }
	button := func(open func() (hardware.Contact, error)) func(func()) func(context.Context) error {
		return func(beat func()) func(context.Context) error {
			return hardware.NewButton(hardware.ButtonConfig{Open: open, Pressed: func(hardware.Press) {}, Beat: beat, Mono: mono, Now: time.Now, Log: quiet}).Run
		}
	}
	bypass := func(in *contact) func(func()) func(context.Context) error {
		return func(beat func()) func(context.Context) error {
			return hardware.NewBypass(hardware.BypassConfig{Open: func() (hardware.Input, error) { return in, nil }, Beat: beat, Now: time.Now, Mono: mono, Log: quiet}).Run
		}
	}
	for name, loop := range map[string]func(beat func()) func(context.Context) error{
		"Button":   button(func() (hardware.Contact, error) { return newPush(time.Now(), false), nil }),
		"NoButton": button(func() (hardware.Contact, error) { return nil, gone }),
		"Bypass":   bypass(&contact{}),
		"NoBypass": bypass(&contact{fail: errors.New("input/output error")}),
		"Clock": func(beat func()) func(context.Context) error {
			return hardware.OpenClock(hardware.ClockConfig{Kernel: newKernel(time.Now()), File: t.TempDir() + "/clock.json", Beat: beat, Log: quiet}).Run
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var last time.Time
				rounds, longest := 0, time.Duration(0)
				ctx, stop := context.WithCancel(t.Context())
				ended, began := make(chan error, 1), time.Now()
				run := loop(func() {
					if rounds++; rounds > 1 {
						longest = max(longest, time.Since(last))
					}
					last = time.Now()
				})
				go func() { ended <- run(ctx) }()
				synctest.Wait()
				if rounds == 0 || last != began {
					t.Error("it does not say at once that it has begun")
				}
				time.Sleep(10 * time.Minute)
				synctest.Wait()
				if longest > 10*time.Second || time.Since(last) > 10*time.Second {
					t.Errorf("it came round %d times, at most %v apart", rounds, longest)
				}
				stop()
				if err := <-ended; err != nil {
					t.Error(err)
				}
			})
		})
	}
}
