package inside_test

import (
	"net/http"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestClockOfTheBoard: the product trusts a clock behind which a battery stands, and none
// of which that is not known. LAB_RTC says what kind of machine this is: good, or old for
// one whose battery is empty.
func TestClockOfTheBoard(t *testing.T) {
	inside(t)
	f, err := os.Open("/dev/rtc0")
	check(t, err)
	defer f.Close()
	at, err := unix.IoctlGetRTCTime(int(f.Fd()))
	check(t, err)
	rtc := time.Date(int(at.Year)+1900, time.Month(at.Mon+1), int(at.Mday), int(at.Hour), int(at.Min), int(at.Sec), 0, time.UTC)
	t.Logf("RTC %s, system %s", rtc, time.Now().UTC())
	want, trusted := "held", true
	if os.Getenv("LAB_RTC") == "old" {
		want, trusted = "unknown", false
	}
	b := serve(t, "", "", "--device", "null", "--clock-trust", "kernel", "--settle", "200ms")
	clock, _ := b.air()["clock"].(map[string]any)
	if clock["trust"] != want || clock["trusted"] != trusted {
		t.Errorf("with the RTC at %s the clock is %v, want it %s", rtc, clock, want)
	}
	// Live and emergency do not ask the clock.
	b.ask(http.MethodPost, "/emergency", map[string]any{"title": "Lũ quét", "reason": "thử", "expires_in": 60})
	b.until("the emergency sounds", func() bool { return b.air().Text("state") == "emergency" })
	check(t, b.Stop())
}
