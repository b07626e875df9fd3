package scheduler_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"loalang/scheduler"
)

// books is how many random books each property is tried on.
const books = 2000

// horizon of the random plans.
const horizon = 3 * day

// random is one random book with the now for which it is planned.
type random struct {
	*rand.Rand
	now    time.Time
	b      scheduler.Book
	ruleOf map[string]int // of schedules by a rule, which of rules
}

func (r *random) chance(percent int) bool { return r.IntN(100) < percent }

func (r *random) between(from, to time.Duration) time.Duration {
	return from + time.Duration(r.Int64N(int64(to-from)))
}

// newRandom makes a book that is more crowded and more contrary than any
// village: overlapping slots, clashing instants, half-ready announcements.
func newRandom(seed uint64) *random {
	r := &random{Rand: rand.New(rand.NewPCG(seed, 7))}
	zone := []string{"Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minh", "Europe/Berlin"}[r.IntN(3)]
	loc, _ := time.LoadLocation(zone)
	r.now = time.Date(2026, 3, 27, 0, 0, 0, 0, loc).Add(r.between(0, 3*day)).Truncate(time.Millisecond)
	r.b = book()
	r.b.Village.Zone = zone
	r.b.Village.Missing = []scheduler.MissingRule{"", scheduler.FallBack, scheduler.Wait, scheduler.LeaveOut}[r.IntN(4)]
	r.b.Village.Languages = [][]string{{"vi", "pcc"}, {"pcc", "vi"}, {"vi", "pcc"}, {"pcc"}}[r.IntN(4)]
	r.b.Frame.Gap = r.between(0, 3*time.Second)
	switch r.IntN(4) {
	case 0:
		r.b.Village.Allowed = nil
	case 1:
		r.b.Village.Allowed = []scheduler.Window{
			{From: 5 * 60, To: 11 * 60}, {From: 13 * 60, To: 24 * 60, Days: 0b0111110}, {From: 0, To: 90, Days: 0b1111100},
		}
	}
	r.b.Slots = nil
	r.b.Stations = []scheduler.Station{{Owned: scheduler.Owned{ID: "dai"}, Name: "Đài huyện"}}
	for i := range 1 + r.IntN(4) {
		s := scheduler.Slot{
			Owned: scheduler.Owned{ID: fmt.Sprintf("buoi%d", i)}, Name: fmt.Sprintf("Buổi %d", i),
			Start: scheduler.TimeOfDay(r.IntN(48) * 30), Length: r.between(time.Minute, 90*time.Minute).Truncate(time.Second),
		}
		if r.chance(60) {
			s.Opening, s.Closing = "nhac-mo", "nhac-ket"
		}
		if r.chance(20) {
			s.Days = scheduler.Weekdays(r.IntN(128))
		}
		if r.chance(30) && s.Length > 5*time.Minute {
			s.Relays = []scheduler.SlotRelay{{Station: "dai", Offset: s.Length / 4, Length: s.Length / 3}}
		}
		r.b.Slots = append(r.b.Slots, s)
	}
	for i := range 1 + r.IntN(12) {
		r.announce(i)
	}
	if r.chance(50) {
		end := r.now.Add(r.between(0, 10*time.Minute))
		r.b.Past = []scheduler.Past{{Occurrence: "live", Due: r.now.Add(-time.Minute), End: end}}
	}
	return r
}

func (r *random) announce(i int) {
	id := fmt.Sprintf("tin%02d", i)
	a := tell(&r.b, id, r.between(5*time.Second, 4*time.Minute).Truncate(time.Millisecond))
	a.Class = []scheduler.Class{scheduler.ClassNormal, scheduler.ClassNormal, scheduler.ClassPriority, scheduler.ClassEmergency}[r.IntN(4)]
	if r.chance(15) {
		a.ValidFrom = r.now.Add(r.between(-day, 2*day))
	}
	if a.ValidFrom.IsZero() && r.chance(15) {
		a.ValidUntil = r.now.Add(r.between(-day, 2*day))
	}
	if r.chance(8) {
		a.Withdrawn = r.now.Add(r.between(-day, 0))
	}
	for k := range r.b.Village.Languages {
		if r.chance(20) {
			r.b.Renditions[len(r.b.Renditions)-1-k].State = scheduler.Assigned
		}
	}
	for k := range 1 + r.IntN(3) {
		s := scheduler.Schedule{Owned: scheduler.Owned{ID: fmt.Sprintf("lich%02d.%d", i, k), Created: r.now.Add(-5 * day).Add(r.between(0, day))}}
		s.Misfire = scheduler.Misfire{
			Policy: []scheduler.Policy{"", scheduler.Skip, scheduler.PlayLate, scheduler.Coalesce}[r.IntN(4)],
			Grace:  r.between(0, 5*time.Hour),
		}
		switch r.IntN(3) {
		case 0:
			s.Kind, s.At = scheduler.Once, r.now.Add(r.between(-day, horizon)).Truncate(time.Minute)
		case 1:
			s.Kind, s.At = scheduler.Now, r.now.Add(r.between(-20*time.Minute, 0))
		default:
			s.Kind = scheduler.Slots
			for _, sl := range r.b.Slots {
				if r.chance(60) {
					s.Slots = append(s.Slots, sl.ID)
				}
			}
		}
		when(&r.b, id, s)
	}
}

// TestRandomBooks tries every property on the same random books; the seed makes
// a failure repeatable.
func TestRandomBooks(t *testing.T) {
	t.Parallel()
	properties := []struct {
		name  string
		holds func(t rapid.TB, r *random, p scheduler.Plan)
	}{
		{"never two voices", neverTwoVoices},
		{"never outside the hours", neverOutsideHours},
		{"every promise once", everyPromiseOnce},
		{"same book, same plan", sameBookSamePlan},
		{"a higher claim is not moved", higherClaimIsNotMoved},
		{"unchanged by a restart", unchangedByRestart},
		{"only what is ready, in order, each once", onlyReadyOnce},
	}
	for seed := range uint64(books) {
		r := newRandom(seed)
		p := plan(t, r.now, horizon, r.b)
		for _, property := range properties {
			if property.holds(t, r, p); t.Failed() {
				t.Fatalf("%s does not hold: seed %d, now %s, plan is\n%s", property.name, seed, r.now, p.Text())
			}
		}
	}
}

// neverTwoVoices: occurrences never overlap, nor what still sounds. A relay gives
// way to what has an exact instant, and to nothing else.
func neverTwoVoices(t rapid.TB, r *random, p scheduler.Plan) {
	all := p.Occurrences
	p.Occurrences = nil
	var relay scheduler.Occurrence
	for _, o := range all {
		if o.Kind == scheduler.Relay {
			if o.Due.Before(relay.End()) {
				t.Errorf("%s begins before the end of %s", o.ID, relay.ID)
			}
			relay = o
			continue
		}
		p.Occurrences = append(p.Occurrences, o)
	}
	for _, relay := range all {
		for _, o := range p.Occurrences {
			over := o.Due.Before(relay.End()) && relay.Due.Before(o.End())
			if relay.Kind == scheduler.Relay && over && o.Slot != "" && o.Misfire.Policy != scheduler.Skip && !lateInSlot(o) {
				t.Errorf("%s sounds over %s", o.ID, relay.ID)
			}
		}
	}
	free := r.now
	for _, past := range r.b.Past {
		free = later(free, past.End)
	}
	if len(p.Occurrences) > 0 && p.Occurrences[0].Due.Before(free) {
		t.Errorf("%s begins before %s", p.Occurrences[0].ID, free)
	}
	for i := 1; i < len(p.Occurrences); i++ {
		before, o := p.Occurrences[i-1], p.Occurrences[i]
		if before.End().Add(r.b.Frame.Gap).After(o.Due) {
			t.Errorf("%s at %s begins before the end of %s at %s", o.ID, o.Due, before.ID, before.End())
		}
	}
}

// lateInSlot says whether o is of a slot that is over.
func lateInSlot(o scheduler.Occurrence) bool {
	return slices.ContainsFunc(o.Reasons, func(r scheduler.Reason) bool { return r.Code == scheduler.ReasonLate })
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// neverOutsideHours reads the wall clock all along every occurrence.
func neverOutsideHours(t rapid.TB, r *random, p scheduler.Plan) {
	loc, _ := r.b.Village.Location()
	for _, o := range p.Occurrences {
		if o.Class == scheduler.ClassEmergency {
			continue
		}
		for at := o.Due; at.Before(o.End()); at = at.Add(15 * time.Second) {
			if !allowed(r.b.Village.Allowed, at.In(loc)) {
				t.Errorf("%s sounds at %s", o.ID, at.In(loc))
			}
		}
		if last := o.End().Add(-1); !allowed(r.b.Village.Allowed, last.In(loc)) {
			t.Errorf("%s ends at %s", o.ID, last.In(loc))
		}
	}
}

func allowed(windows []scheduler.Window, local time.Time) bool {
	minute := scheduler.TimeOfDay(local.Hour()*60 + local.Minute())
	return len(windows) == 0 || slices.ContainsFunc(windows, func(w scheduler.Window) bool {
		return w.Days.Has(local.Weekday()) && w.From <= minute && minute < w.To
	})
}

// everyPromiseOnce counts the promises by other means and finds each in
// the plan exactly once: as an occurrence or as an omission.
func everyPromiseOnce(t rapid.TB, r *random, p scheduler.Plan) {
	seen := map[string]int{}
	for _, o := range p.Occurrences {
		seen[o.ID]++
	}
	for _, om := range p.Omissions {
		seen[om.Occurrence.ID]++
		if om.Reason.Code == "" {
			t.Errorf("%s is omitted without a reason", om.Occurrence.ID)
		}
	}
	notices := 0
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s appears %d times", id, n)
		}
	}
	for _, o := range slices.Concat(p.Occurrences, omitted(p)) {
		if o.Kind == scheduler.Notice && !carried(o) {
			notices++
		}
	}
	want := promised(t, r)
	for _, id := range want {
		if seen[id] == 0 {
			t.Errorf("%s is promised and not in the plan", id)
		}
	}
	if notices != len(want) {
		t.Errorf("%d notices in the plan, %d promised", notices, len(want))
	}
}

// promised lists the IDs of what the schedules of r promise.
func promised(t rapid.TB, r *random) []string {
	t.Helper()
	loc, err := r.b.Village.Location()
	if err != nil {
		t.Fatal(err)
	}
	from, to := r.now.Add(-day), r.now.Add(horizon)
	var want []string
	for _, s := range r.b.Schedules {
		i := slices.IndexFunc(r.b.Announcements, func(a scheduler.Announcement) bool { return a.ID == s.Announcement })
		a := r.b.Announcements[i]
		if s.Kind == scheduler.Recurring {
			continue
		}
		if s.Kind != scheduler.Slots {
			if !s.At.Before(from) && s.At.Before(to) && !forgottenAt(s.At, a.Withdrawn) {
				want = append(want, s.ID+":un-ta:"+s.At.In(loc).Format("2006-01-02T15:04:05")+":1")
			}
			continue
		}
		for d := from.In(loc).AddDate(0, 0, -1); d.Before(to.AddDate(0, 0, 2)); d = d.AddDate(0, 0, 1) {
			want = append(want, promisedOn(r, s, a, d, loc)...)
		}
	}
	return want
}

// civil is the instant of a time of day; in the hour that Berlin skips on
// 2026-03-29 it counts on from midnight.
func civil(d time.Time, minute scheduler.TimeOfDay, loc *time.Location) time.Time {
	at := time.Date(d.Year(), d.Month(), d.Day(), 0, int(minute), 0, 0, loc)
	if at.Hour()*60+at.Minute() != int(minute) {
		return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, loc).Add(time.Duration(minute) * time.Minute)
	}
	return at
}

// unchangedByRestart airs a plan for a while, then plans again from the
// as-run: nothing is repeated, nothing is lost, IDs stay.
func unchangedByRestart(t rapid.TB, r *random, first scheduler.Plan) {
	now := r.now.Add(r.between(0, day))
	known := map[string]bool{}
	gone := map[string]bool{}
	for _, o := range first.Occurrences {
		known[o.ID] = true
		if o.Due.Before(now) {
			r.b.Past = append(r.b.Past, aired(o))
			gone[o.ID] = true
		}
	}
	for _, om := range first.Omissions {
		o := om.Occurrence
		known[o.ID] = true
		if never := om.Reason.Code == scheduler.ReasonExpired || om.Reason.Code == scheduler.ReasonNotYetValid; !om.Final.After(now) && !never {
			r.b.Past = append(r.b.Past, scheduler.Past{
				Occurrence: o.ID, Due: o.Due, End: o.Due, Schedule: o.Schedule, Slot: o.Slot, Nominal: o.Nominal, Cause: om.Reason.Code,
			})
			gone[o.ID] = true
		}
	}
	// What finds no room in the last days may be moved as soon as the plan reaches further.
	beyond := func(o scheduler.Occurrence) bool { return carried(o) && !o.Nominal.Before(first.To.Add(-2*day)) }
	second := plan(t, now, horizon, r.b)
	again := map[string]bool{}
	check := func(o scheduler.Occurrence) {
		again[o.ID] = true
		if gone[o.ID] {
			t.Errorf("%s is repeated", o.ID)
		}
		if o.Kind == scheduler.Notice && o.Nominal.Before(first.To) && !known[o.ID] && !beyond(o) {
			t.Errorf("%s is new", o.ID)
		}
	}
	for _, o := range second.Occurrences {
		check(o)
	}
	for _, om := range second.Omissions {
		check(om.Occurrence)
	}
	for _, o := range slices.Concat(first.Occurrences, omitted(first)) {
		if o.Kind == scheduler.Notice && !gone[o.ID] && !again[o.ID] && !beyond(o) && !o.Nominal.Before(now.Add(-day)) {
			t.Errorf("%s is lost", o.ID)
		}
	}
	if t.Failed() {
		t.Logf("after the restart at %s:\n%s", now, second.Text())
	}
}

// carried says whether an occurrence is what was moved from another slot.
func carried(o scheduler.Occurrence) bool {
	return strings.Contains(o.ID[strings.LastIndex(o.ID, ":"):], ".")
}

func omitted(p scheduler.Plan) []scheduler.Occurrence {
	var out []scheduler.Occurrence
	for _, om := range p.Omissions {
		out = append(out, om.Occurrence)
	}
	return out
}

// sameBookSamePlan: the order in which the store returns rows does not
// matter, and the book is left as it was.
func sameBookSamePlan(t rapid.TB, r *random, first scheduler.Plan) {
	shuffled := r.b
	shuffled.Slots = mixed(r, r.b.Slots)
	shuffled.Announcements = mixed(r, r.b.Announcements)
	shuffled.Renditions = mixed(r, r.b.Renditions)
	shuffled.Schedules = mixed(r, r.b.Schedules)
	kept := slices.Clone(shuffled.Schedules)
	second := plan(t, r.now, horizon, shuffled)
	if !reflect.DeepEqual(first, second) {
		t.Errorf("another order gives another plan:\n%s", second.Text())
	}
	if !reflect.DeepEqual(kept, shuffled.Schedules) {
		t.Error("the book was changed")
	}
}

func mixed[T any](r *random, list []T) []T {
	list = slices.Clone(list)
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// higherClaimIsNotMoved: taking a lower class away changes nothing for
// exact promises of a higher one.
func higherClaimIsNotMoved(t rapid.TB, r *random, full scheduler.Plan) {
	alone := r.b
	alone.Announcements = slices.Clone(r.b.Announcements)
	var schedules []scheduler.Schedule
	for _, s := range r.b.Schedules {
		i := slices.IndexFunc(alone.Announcements, func(a scheduler.Announcement) bool { return a.ID == s.Announcement })
		if alone.Announcements[i].Class == scheduler.ClassEmergency {
			schedules = append(schedules, s)
		}
	}
	alone.Schedules = schedules
	for _, o := range plan(t, r.now, horizon, alone).Occurrences {
		if o.Class != scheduler.ClassEmergency || o.Slot != "" {
			continue
		}
		if got := find(full, o.ID); got == nil || !got.Due.Equal(o.Due) {
			t.Errorf("%s was moved by a lower class", o.ID)
		}
	}
}

// TestSlotOrder: within one slot and class, without exact items, the older
// promise of equal length is never behind the newer one.
func TestSlotOrder(t *testing.T) {
	for seed := range uint64(200) {
		r := &random{Rand: rand.New(rand.NewPCG(seed, 8))}
		b := book()
		b.Slots = b.Slots[1:]
		b.Village.Zone = "Asia/Ho_Chi_Minh"
		for i := range 2 + r.IntN(60) {
			id := fmt.Sprintf("tin%02d", i)
			tell(&b, id, time.Minute)
			when(&b, id, daily("chieu")).Created = at(t, "2026-11-01 00:00").Add(r.between(0, day))
		}
		p := plan(t, at(t, "2026-11-23 16:00"), 2*time.Hour, b)
		created := map[string]time.Time{}
		for _, s := range b.Schedules {
			created[s.ID] = s.Created
		}
		var order []scheduler.Occurrence
		for _, o := range p.Occurrences {
			if o.Kind == scheduler.Notice {
				order = append(order, o)
			}
		}
		if !slices.IsSortedFunc(order, func(x, y scheduler.Occurrence) int {
			return cmp.Or(created[x.Schedule].Compare(created[y.Schedule]), cmp.Compare(x.ID, y.ID))
		}) {
			t.Errorf("order is\n%s", p.Text())
		}
		if len(p.Occurrences) > 0 && p.Occurrences[len(p.Occurrences)-1].End().After(at(t, "2026-11-23 18:00")) {
			t.Error("the closing ends after the slot")
		}
	}
}

// onlyReadyOnce: what airs of a notice is ready, in the village's order, no
// language twice; each language of the village airs, or is missing for a reason
// and, by the village's rule, Vietnamese stands for it.
func onlyReadyOnce(t rapid.TB, r *random, p scheduler.Plan) {
	for _, o := range p.Occurrences {
		if o.Kind != scheduler.Notice {
			continue
		}
		var aired, stood []string
		for _, part := range o.Parts {
			if part.Kind != scheduler.PartVoice {
				continue
			}
			aired, stood = append(aired, part.Language), append(stood, part.For...)
			if len(part.For) > 0 && part.Language != scheduler.Vietnamese {
				t.Errorf("%s: %s stands for %v", o.ID, part.Language, part.For)
			}
			if !slices.ContainsFunc(r.b.Renditions, func(n scheduler.Rendition) bool {
				return n.Announcement == o.Announcement && n.Language == part.Language && n.State == scheduler.Ready && n.Recording == part.Recording
			}) {
				t.Errorf("%s: %s airs and is not ready", o.ID, part.Language)
			}
		}
		if len(aired) == 0 || len(slices.Compact(slices.Sorted(slices.Values(aired)))) != len(aired) {
			t.Errorf("%s airs %v", o.ID, aired)
		}
		var heard []string
		for _, language := range r.b.Village.Languages {
			if slices.Contains(aired, language) == slices.Contains(o.Missing, language) {
				t.Errorf("%s: %s is aired and missing, or neither", o.ID, language)
			}
			if slices.Contains(aired, language) {
				heard = append(heard, language)
			}
		}
		if listed := slices.DeleteFunc(slices.Clone(aired), func(l string) bool { return !slices.Contains(r.b.Village.Languages, l) }); !slices.Equal(listed, heard) {
			t.Errorf("%s airs %v in a village of %v", o.ID, aired, r.b.Village.Languages)
		}
		stands := slices.Contains(aired, scheduler.Vietnamese) && r.b.Village.MissingRule() != scheduler.LeaveOut
		if stands && !slices.Equal(stood, o.Missing) || !stands && len(stood) > 0 {
			t.Errorf("%s: %v missing, Vietnamese stands for %v", o.ID, o.Missing, stood)
		}
	}
}
