package playout_test

import (
	"testing"
	"testing/synctest"
	"time"

	"loalang/scheduler"
)

// Whatever changes the sound is part of the key under which it is kept: engine and
// version, voice, rate, pitch, text.
func TestEveryPartOfTheKeyCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall()
		c := scheduler.VoiceChoice{Language: "vi", Voice: "piper:a", Rate: 120, Pitch: 40}
		heardNow := func(text string) string {
			t.Helper()
			said, err := h.Try(t.Context(), c, text)
			if err != nil {
				t.Fatal(err)
			}
			return heard(scheduler.Rendition{Recording: said.ID})
		}
		want := func(sound, text string, asked int) {
			t.Helper()
			if got := heardNow(text); got != sound || h.good.asked(text) != asked {
				t.Errorf("%q after %d times, want %q after %d", got, h.good.asked(text), sound, asked)
			}
		}
		want("piper:a 120 40 một", "một", 1)
		want("piper:a 120 40 một", "một", 1)
		c.Pitch = 41
		want("piper:a 120 41 một", "một", 2)
		c.Rate = 121
		want("piper:a 121 41 một", "một", 3)
		want("piper:a 121 41 hai", "hai", 1)
		h.good.version(2)
		time.Sleep(time.Minute) // a name is believed that long
		want("piper:a 121 41 một", "một", 4)
		c.Voice = "espeak:vi"
		if got := heardNow("một"); got != "espeak:vi 121 41 một" {
			t.Errorf("%q", got)
		}
	})
}
