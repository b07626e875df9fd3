package hardware_test

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/hardware"
)

// Whoever must wait between two clocks believed that one of them had been set, or that the
// machine had slept.
func TestClocksAreReadTogether(t *testing.T) {
	const slept, epoch = 3 * time.Hour, 20_000 * 24 * time.Hour
	for name, waits := range map[string][]time.Duration{
		"NoWait":          nil,
		"BeforeTheWall":   {150 * time.Millisecond},
		"BeforeSinceBoot": {0, 150 * time.Millisecond},
		"BeforeTheLast":   {0, 0, 150 * time.Millisecond},
		"Often":           {time.Second, 0, 0, 0, time.Second, 0, 0, 0, 0, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Minute
			wall, mono, boot := hardware.ReadTogether(func(clock int32) time.Duration {
				at := now
				now += time.Microsecond
				if len(waits) > 0 {
					now, waits = now+waits[0], waits[1:]
				}
				switch clock {
				case unix.CLOCK_REALTIME:
					return at + epoch
				case unix.CLOCK_BOOTTIME:
					return at + slept
				}
				return at
			})
			const about = 2 * time.Microsecond
			if apart := (boot - mono - slept).Abs(); apart > about {
				t.Errorf("it slept %s too long", apart)
			}
			if apart := (time.Duration(wall.UnixNano()) - mono - epoch).Abs(); apart > about {
				t.Errorf("the wall is %s apart", apart)
			}
		})
	}
}

// However long it takes each time, the tightest counts.
func TestTheTightestReadingOfClocksCounts(t *testing.T) {
	var now time.Duration
	reads := 0
	wall, mono, _ := hardware.ReadTogether(func(int32) time.Duration {
		at := now
		if reads++; reads/4 == 6 { // the seventh reading of four clocks
			now += time.Millisecond
		} else {
			now += time.Second
		}
		return at
	})
	if apart := (time.Duration(wall.UnixNano()) - mono).Abs(); apart > 2*time.Millisecond {
		t.Errorf("apart by %s", apart)
	}
}
