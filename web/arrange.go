package web

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/scheduler"
	"loalang/speech"
)

// midnight is the end of the day.
const midnight = "24:00"

// readWindow reads a stretch of the day from what people and programs write. No
// day is every day.
func readWindow(j windowJSON) (scheduler.Window, scheduler.Invalid) {
	var w scheduler.Window
	var faults scheduler.Invalid
	for _, t := range []struct {
		field, text string
		into        *scheduler.TimeOfDay
	}{{"from", j.From, &w.From}, {"to", j.To, &w.To}} {
		var ok bool
		if *t.into, ok = timeOfDay(t.text); !ok {
			faults = append(faults, scheduler.Fault{Field: t.field, Code: "date"})
		}
	}
	for i, name := range j.Days {
		d := slices.IndexFunc(weekFromMonday(), func(d time.Weekday) bool { return weekdayCode(d) == strings.ToLower(name) })
		if d < 0 {
			faults = append(faults, fieldFault("days", i, "", scheduler.FaultUnknown, ""))
			continue
		}
		w.Days |= 1 << weekFromMonday()[d]
	}
	if len(faults) == 0 && w.From >= w.To {
		faults = append(faults, scheduler.Fault{Field: "to", Code: scheduler.FaultOrder})
	}
	return w, faults
}

// timeOfDay reads "05:30" and "24:00".
func timeOfDay(text string) (scheduler.TimeOfDay, bool) {
	h, m, ok := strings.Cut(clockTime(text), ":")
	hour, errH := strconv.Atoi(h)
	minute, errM := strconv.Atoi(m)
	t := scheduler.TimeOfDay(60*hour + minute)
	return t, ok && errH == nil && errM == nil && t.String() == clockTime(text) && t <= 24*60
}

// arrange changes the rules of a village, if its revision is still the one that
// was read (0: whatever it is). The errors are scheduler.Invalid,
// scheduler.ErrRevision and those of the store.
func (s *Server) arrange(ctx context.Context, key string, revision int64, change func(v *scheduler.Village)) (scheduler.Village, error) {
	place, err := s.cfg.Places.Village(ctx, key)
	if err != nil {
		return place, fmt.Errorf("read village: %w", err)
	}
	if revision != 0 && revision != place.Revision {
		return place, scheduler.ErrRevision
	}
	before := place.Tongues()
	change(&place)
	if err := knownLanguages(place, before); err != nil {
		return place, err
	}
	if err := place.Validate(); err != nil {
		return place, err
	}
	if err := s.cfg.Arrange.SaveVillage(ctx, place); err != nil {
		return place, err
	}
	s.place.forget()
	s.tellChange(ctx)
	if added := place.Added(before); len(added) > 0 {
		s.speakMissing(ctx, place, added)
	}
	return s.cfg.Places.Village(ctx, key)
}

// knownLanguages refuses a language that is new to the village and that this
// program does not know: nobody could say its name.
func knownLanguages(place scheduler.Village, before []string) error {
	codes := knownCodes()
	for _, language := range place.Languages {
		if !slices.Contains(before, language) && !slices.Contains(codes, language) {
			return scheduler.Invalid{{Field: "languages", Code: scheduler.FaultUnknown, Limit: strings.Join(codes, ", ")}}
		}
	}
	return nil
}

// knownCodes are the languages that this program knows, by code.
func knownCodes() []string {
	var codes []string
	for _, l := range speech.Languages() {
		codes = append(codes, l.Code)
	}
	return codes
}

// typedSeconds reads a length that people wrote in seconds, with a point or a comma;
// nothing is none.
func typedSeconds(text string) (time.Duration, bool) {
	text = strings.Replace(strings.TrimSpace(text), ",", ".", 1)
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n <= 1000) {
		return 0, false
	}
	return time.Duration(n * float64(time.Second)).Round(time.Millisecond), true
}
