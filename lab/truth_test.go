package lab_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker/ruler"
	"loalang/lab"
)

const (
	// aloud is the sample from which on something sounds.
	aloud = 200
	// breath is the longest pause within a voice; what is longer is silence.
	breath = time.Second
	// unheard is how much of an airing may be silent at its beginning and end, and how far its
	// times and those of the card may lie apart.
	unheard = 1500 * time.Millisecond
)

// sounding are the stretches in which the card was given sound, pauses of a breath
// included, in order of time. wall says what instant of the clock one of the card's is.
func sounding(runs []ruler.Run, wall func(audio.Instant) time.Time) (all []lab.Stretch) {
	const window = 480 // 10 ms
	for _, r := range runs {
		for i := 0; i+window <= len(r.Left); i += window {
			if !slices.ContainsFunc(r.Left[i:i+window], func(v int16) bool { return v > aloud || v < -aloud }) {
				continue
			}
			from, to := wall(r.When(i)), wall(r.When(i+window))
			if n := len(all); n > 0 && from.Sub(all[n-1].To) <= breath {
				all[n-1].To = to
				continue
			}
			all = append(all, lab.Stretch{From: from, To: to})
		}
	}
	return all
}

// untrue are the airings of the as-run that claim more sound than the card was given while
// they lasted, and claimed is how much all of them claim.
func untrue(rows []lab.Object, card []lab.Stretch) (faults []error, claimed time.Duration) {
	for _, r := range rows {
		for _, a := range r.List("airings") {
			began, ended := a.Time("started"), a.Time("ended")
			claims := time.Duration(math.Round(a.Number("frames"))) * time.Second / 48000
			claimed += claims
			if began.IsZero() {
				continue // lab.Ledger says that it claims nothing
			}
			if ended.IsZero() { // nobody saw its end
				ended = began.Add(claims)
			}
			var given time.Duration
			for _, s := range card {
				from, to := s.From, s.To
				if from.Before(began) {
					from = began
				}
				if to.After(ended) {
					to = ended
				}
				given += max(0, to.Sub(from))
			}
			if claims > given+unheard {
				faults = append(faults, fmt.Errorf("row %s: an airing from %s to %s claims %s of sound, and the card was given %s: %v", r.Text("occurrence"), began, ended, claims, given, a))
			}
		}
	}
	return faults, claimed
}

// unsaid is how long the card may sound beyond what the as-run tells of: a chime, and what was given
// behind the last word of a process that was killed.
const unsaid = 5 * time.Second

// untold are the stretches in which the card was given sound and no airing of the as-run lasted. One of
// which nobody saw the end lasts as long as the sound in which it began.
func untold(rows []lab.Object, card []lab.Stretch) (faults []error) {
	for _, s := range card {
		left := []lab.Stretch{s}
		for _, r := range rows {
			for _, a := range r.List("airings") {
				began, ended := a.Time("started"), a.Time("ended")
				if ended.IsZero() {
					ended = s.To
				}
				var rest []lab.Stretch
				for _, p := range left {
					if began.IsZero() || !began.Before(p.To) || !ended.After(p.From) {
						rest = append(rest, p)
						continue
					}
					if began.After(p.From) {
						rest = append(rest, lab.Stretch{From: p.From, To: began})
					}
					if ended.Before(p.To) {
						rest = append(rest, lab.Stretch{From: ended, To: p.To})
					}
				}
				left = rest
			}
		}
		for _, p := range left {
			if long := p.To.Sub(p.From); long > unsaid {
				faults = append(faults, fmt.Errorf("the card sounded for %s from %s on, and no row tells of it", long, p.From))
			}
		}
	}
	return faults
}

// What the as-run claims was once held against the as-run alone.
func TestAClaimIsHeldAgainstTheCard(t *testing.T) {
	at := time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC)
	wall := func(i audio.Instant) time.Time { return at.Add(time.Duration(i)) }
	left := make([]int16, 20*48000)
	for i := 5 * 48000; i < 12*48000; i++ { // a pause of half a second in it
		if i < 8*48000 || i > 8*48000+24000 {
			left[i] = int16(3000 * (i%2*2 - 1))
		}
	}
	card := sounding([]ruler.Run{{Left: left, Right: left}}, wall)
	if len(card) != 1 || !card[0].From.Equal(at.Add(5*time.Second)) || !card[0].To.Equal(at.Add(12*time.Second)) {
		t.Fatalf("the card sounded in %v", card)
	}
	airing := func(from, to, frames float64) []lab.Object {
		word := func(s float64) string {
			return at.Add(time.Duration(s * float64(time.Second))).Format(time.RFC3339Nano)
		}
		return []lab.Object{{"occurrence": "a", "airings": []any{map[string]any{"started": word(from), "ended": word(to), "frames": frames}}}}
	}
	for name, c := range map[string]struct {
		rows []lab.Object
		bad  bool
	}{
		"AllOfIt":        {airing(5, 12, 7*48000), false},
		"ALittleSilence": {airing(4.5, 12.5, 8*48000), false},
		"Longer":         {airing(5, 16, 11*48000), true},
		"AnotherTime":    {airing(13, 19, 6*48000), true},
	} {
		if faults, _ := untrue(c.rows, card); (len(faults) > 0) != c.bad {
			t.Errorf("%s: %v", name, faults)
		}
	}
	endless := airing(5, 12, 7*48000)
	delete(endless[0].List("airings")[0], "ended")
	for name, c := range map[string]struct {
		rows []lab.Object
		bad  bool
	}{
		"Told":           {airing(5, 12, 7*48000), false},
		"AChimeUntold":   {airing(7, 12, 5*48000), false},
		"ItsEndUnseen":   {endless, false},
		"Untold":         {nil, true},
		"AnotherTime":    {airing(13, 19, 6*48000), true},
		"MostOfItUntold": {airing(5, 6, 48000), true},
	} {
		if faults := untold(c.rows, card); (len(faults) > 0) != c.bad {
			t.Errorf("%s: %v", name, faults)
		}
	}
}
