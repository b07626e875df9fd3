package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// TestTakingBackWhatSoundsSaysSo: whoever withdraws a notice, removes its schedule or
// returns it while it sounds reads that the loudspeakers fall silent at once, though the
// plan of the coming days stays the same; what is over, or another's, is not spoken of,
// and then it is done at once: it can be undone.
func TestTakingBackWhatSoundsSaysSo(t *testing.T) {
	const says = "làm việc này thì loa dừng ngay"
	for name, c := range map[string]struct {
		past scheduler.Past
		want bool
	}{
		"it sounds":        {scheduler.Past{Schedule: "s-hop"}, true},
		"it is over":       {scheduler.Past{Schedule: "s-hop", Over: true}, false},
		"another sounds":   {scheduler.Past{Schedule: "s-khac"}, false},
		"something unsaid": {scheduler.Past{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.aired("hop", "Mời họp", scheduler.ClassNormal, w.now, time.Minute)
			c.past.Occurrence, c.past.Due, c.past.End = "o1", w.now, w.now.Add(time.Minute)
			w.past = []scheduler.Past{c.past}
			s := newSite(t, w, people.Cadre, "vi")
			for _, path := range []string{"/announcements/hop/withdraw", "/announcements/hop/schedules/s-hop/remove"} {
				if p := s.post(path, nil); (p.status == http.StatusOK) != c.want || strings.Contains(p.text, says) != c.want {
					t.Errorf("%s: status %d: %s", path, p.status, p.text)
				}
			}
			h := asking(t)
			h.w.aired("hop", "Mời họp", scheduler.ClassNormal, h.w.now, time.Minute)
			h.w.past = w.past
			for path, body := range map[string]string{"/withdraw": "", "/approval": `{"act":"return","reason":"Sai giờ"}`} {
				var seen struct{ Stops []string }
				h.call("officer", "POST", "/api/v1/announcements/hop"+path+"?dry_run=true", body).want(200).into(&seen)
				if (len(seen.Stops) == 1 && seen.Stops[0] == "o1") != c.want {
					t.Errorf("%s: stops %q", path, seen.Stops)
				}
			}
		})
	}
}
