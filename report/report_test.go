package report_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"loalang/report"
)

var hanoi = time.FixedZone("+07", 7*60*60)

func at(day, hour, minute int) time.Time {
	return time.Date(2026, time.November, day, hour, minute, 0, 0, hanoi)
}

func TestBucket(t *testing.T) {
	cases := []struct {
		name string
		row  report.Row
		want report.Bucket
		why  string
	}{
		{"OK", report.Row{Outcome: "played", Cause: "completed", Heard: "yes", Lateness: 80 * time.Millisecond}, report.OnTime, ""},
		{"nobody measured", report.Row{Outcome: "played", Cause: "completed", Heard: "not-measured"}, report.OnTime, ""},
		{"two seconds are on time", report.Row{Outcome: "played", Lateness: 2 * time.Second}, report.OnTime, ""},
		{"a nanosecond more is late", report.Row{Outcome: "played", Cause: "delayed", Lateness: 2*time.Second + 1}, report.Late, "delayed"},
		{"too early is not on time", report.Row{Outcome: "played", Lateness: -2*time.Second - 1}, report.Late, ""},
		{"an all-clear is read first", report.Row{Kind: "all-clear", Outcome: "played", Cause: "completed", Lateness: 6 * time.Second, Airings: []report.Airing{{Language: "vi"}}}, report.OnTime, ""},
		{"words without a siren are read first", report.Row{Kind: "emergency", Outcome: "played", Cause: "completed", Lateness: 30 * time.Second, Airings: []report.Airing{{Language: "vi"}}}, report.OnTime, ""},
		{"but not for ever", report.Row{Kind: "all-clear", Outcome: "played", Lateness: 30*time.Second + 1, Airings: []report.Airing{{Language: "vi"}}}, report.Late, ""},
		{"a siren waits for nothing", report.Row{Kind: "emergency", Outcome: "played", Lateness: 3 * time.Second, Airings: []report.Airing{{}, {Language: "vi"}}}, report.Late, ""},
		{"silent is never on time", report.Row{Outcome: "played", Cause: "completed", Heard: "silent"}, report.Unheard, "heard-silent"},
		{"wrong is never on time", report.Row{Outcome: "played", Cause: "completed", Heard: "wrong"}, report.Unheard, "heard-wrong"},
		{"silent and late is silent", report.Row{Outcome: "played", Cause: "device", Heard: "silent", Lateness: time.Minute}, report.Unheard, "device"},
		{"cut", report.Row{Outcome: "cut", Cause: "power", Lateness: time.Minute}, report.Cut, "power"},
		{"moved", report.Row{Outcome: "moved", Cause: "slot-full"}, report.Moved, "slot-full"},
		{"skipped", report.Row{Outcome: "skipped", Cause: "outside-hours"}, report.Skipped, "outside-hours"},
		{"missed", report.Row{Outcome: "missed", Cause: "clock-unknown"}, report.Missed, "clock-unknown"},
		{"stopped", report.Row{Outcome: "stopped", Cause: "stopped"}, report.Stopped, "stopped"},
		{"withdrawn", report.Row{Outcome: "withdrawn", Cause: "withdrawn"}, report.Withdrawn, "withdrawn"},
		{"on air", report.Row{}, report.Open, ""},
		{"an outcome of a later version", report.Row{Outcome: "echoed", Cause: "x"}, report.Open, "x"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got, why := c.row.Bucket(), c.row.Reason(); got != c.want || why != c.why {
				t.Errorf("%s %q, want %s %q", got, why, c.want, c.why)
			}
		})
	}
}

func TestRates(t *testing.T) {
	// 100 due: 95 on time, 1 late, 1 unheard, 1 cut, 2 missed; 20 that are nobody's failure.
	tally := report.Tally{Planned: 120, OnTime: 95, Late: 1, Unheard: 1, Cut: 1, Missed: 2, Moved: 4, Skipped: 4, Stopped: 4, Withdrawn: 4, StillOpen: 4}
	if got := tally.OnTimeRate(); got != (report.Rate{Of: 95, OutOf: 100}) {
		t.Error("on time", got)
	}
	if got := tally.MissedRate(); got != (report.Rate{Of: 3, OutOf: 100}) {
		t.Error("missed", got)
	}
}

// A board that failed once a year must not be told as perfect.
func TestRateIsRoundedTowardsTheWorse(t *testing.T) {
	cases := []struct {
		rate  report.Rate
		good  bool
		want  int
		known bool
	}{
		{report.Rate{Of: 116, OutOf: 118}, true, 983, true},
		{report.Rate{Of: 9999, OutOf: 10000}, true, 999, true},
		{report.Rate{Of: 10000, OutOf: 10000}, true, 1000, true},
		{report.Rate{Of: 1, OutOf: 10000}, false, 1, true},
		{report.Rate{Of: 0, OutOf: 10000}, false, 0, true},
		{report.Rate{}, true, 0, false},
	}
	for _, c := range cases {
		if got, known := c.rate.Tenths(c.good); got != c.want || known != c.known {
			t.Errorf("%v: %d %v, want %d %v", c.rate, got, known, c.want, c.known)
		}
	}
}

// Libretime 2385: the day list showed tomorrow after UTC midnight.
func TestDayIsTheVillagesNotThatOfUTC(t *testing.T) {
	s := report.NewSum(report.Filter{})
	s.Add(report.Row{Kind: "notice", Due: at(30, 23, 59)}) // 16:59 UTC
	s.Add(report.Row{Kind: "notice", Due: at(31, 5, 30)})  // 22:30 UTC of the day before, and 1 December here
	r := s.Report()
	var days, months []string
	for _, g := range r.By[report.ByDay] {
		days = append(days, g.Key)
	}
	for _, g := range r.By[report.ByMonth] {
		months = append(months, g.Key)
	}
	if !slices.Equal(days, []string{"2026-11-30", "2026-12-01"}) || !slices.Equal(months, []string{"2026-11", "2026-12"}) {
		t.Error(days, months)
	}
}

func TestLanguages(t *testing.T) {
	s := report.NewSum(report.Filter{})
	both := report.Row{
		Kind: "notice", Due: at(1, 17, 0), Outcome: "played", Cause: "completed", Planned: []string{"vi", "pcc"},
		Airings: []report.Airing{{Length: time.Second}, {Language: "vi", Length: time.Minute}, {Language: "pcc", Length: 2 * time.Minute}},
	}
	stood := report.Row{
		Kind: "notice", Due: at(2, 17, 0), Outcome: "played", Cause: "completed", Planned: []string{"vi"}, Missing: []string{"pcc", "tyz"},
		Airings: []report.Airing{{Language: "vi", Length: time.Minute, For: []string{"pcc"}}},
	}
	missed := report.Row{Kind: "notice", Due: at(3, 17, 0), Outcome: "missed", Cause: "power", Planned: []string{"vi", "pcc"}}
	silent := both
	silent.Heard = "silent"
	alarm := report.Row{Kind: "emergency", Due: at(4, 17, 0), Outcome: "played", Airings: []report.Airing{{Length: time.Hour}, {Language: "vi", Length: time.Minute}}}
	for _, r := range []report.Row{both, stood, missed, silent, alarm} {
		s.Add(r)
	}
	got := map[string]string{}
	r := s.Report()
	for _, g := range r.By[report.ByLanguage] {
		got[g.Key] = fmt.Sprintf("%d planned, %d on time, %d unheard, %d missed, %d lacking, %d stood, %s", g.Planned, g.OnTime, g.Unheard, g.Missed, g.Lacking, g.Stood, g.Aired)
	}
	want := map[string]string{
		"vi":  "4 planned, 2 on time, 1 unheard, 1 missed, 0 lacking, 0 stood, 2m0s",
		"pcc": "3 planned, 1 on time, 1 unheard, 1 missed, 1 lacking, 1 stood, 2m0s",
		"tyz": "0 planned, 0 on time, 0 unheard, 0 missed, 1 lacking, 0 stood, 0s",
	}
	for key := range want {
		if got[key] != want[key] {
			t.Errorf("%s: %s, want %s", key, got[key], want[key])
		}
	}
	if len(got) != len(want) {
		t.Error(got)
	}
	if len(r.Languages) != 2 || r.Languages[0].Key != "vi" || r.Languages[0].Aired != 3*time.Minute || r.Languages[1].Aired != 2*time.Minute {
		t.Errorf("heard: %+v", r.Languages)
	}
}

// An all-clear ends an emergency: a village that had one had not two.
func TestAllClearIsNoEmergency(t *testing.T) {
	s := report.NewSum(report.Filter{})
	for i, kind := range []string{"emergency", "all-clear"} {
		s.Add(report.Row{Kind: kind, Due: at(1, 17, i), Outcome: "played", Cause: "completed"})
	}
	r := s.Report()
	if r.Sections[report.Emergencies].Planned != 1 || r.Sections[report.AllClears].Planned != 1 || len(r.Raised.Rows) != 1 || r.All().Planned != 2 {
		t.Errorf("%+v, %d named, %d in all", r.Sections, len(r.Raised.Rows), r.All().Planned)
	}
}

func TestFilter(t *testing.T) {
	row := report.Row{Topic: "hop-thon", Issuer: "Thôn Ún Tà", Planned: []string{"vi"}, Missing: []string{"pcc"}}
	cases := []struct {
		name   string
		filter report.Filter
		row    report.Row
		want   bool
	}{
		{"OK", report.Filter{}, row, true},
		{"its topic", report.Filter{Topic: "hop-thon"}, row, true},
		{"another topic", report.Filter{Topic: "dien"}, row, false},
		{"no topic", report.Filter{Topic: report.None}, row, false},
		{"no topic, and it has none", report.Filter{Topic: report.None}, report.Row{}, true},
		{"its issuer", report.Filter{Issuer: "Thôn Ún Tà"}, row, true},
		{"a language", report.Filter{Language: "vi"}, row, true},
		{"a language that was missing", report.Filter{Language: "pcc"}, row, true},
		{"another language", report.Filter{Language: "tyz"}, row, false},
		{"no language", report.Filter{Language: report.None}, report.Row{}, true},
		{"all of it", report.Filter{Topic: "hop-thon", Issuer: "Thôn Ún Tà", Language: "pcc"}, row, true},
	}
	for _, c := range cases {
		if c.filter.Admits(c.row) != c.want {
			t.Errorf("%s: %v", c.name, !c.want)
		}
	}
}

// The worst are named however many there are, and the rest is counted.
func TestWorstCasesAreTheWorst(t *testing.T) {
	s := report.NewSum(report.Filter{})
	for i := range 200 {
		late := time.Duration((i*37)%200+3) * time.Second
		s.Add(report.Row{Kind: "notice", Title: late.String(), Due: at(1, 0, i), Outcome: "played", Lateness: late})
		s.Add(report.Row{Kind: "notice", Due: at(1, 0, i), Outcome: "missed", Cause: "power"})
	}
	r := s.Report()
	if n := len(r.Latest.Rows); n+r.Latest.More != 200 || r.Latest.Rows[0].Lateness != 202*time.Second {
		t.Error(n, r.Latest.More, r.Latest.Rows[0].Lateness)
	}
	if !slices.IsSortedFunc(r.Latest.Rows, func(a, b report.Row) int { return int(b.Lateness - a.Lateness) }) {
		t.Error("not the worst first")
	}
	if n := len(r.Lost.Rows); n+r.Lost.More != 200 || n != len(r.Latest.Rows) {
		t.Error(n, r.Lost.More)
	}
}

func rows(t *rapid.T) []report.Row {
	word := func(of ...string) *rapid.Generator[string] { return rapid.SampledFrom(of) }
	language := word("vi", "pcc", "tyz")
	row := rapid.Custom(func(t *rapid.T) report.Row {
		r := report.Row{
			Kind:  word("notice", "notice", "notice", "relay", "live", "opening", "closing", "emergency", "drill", "carillon").Draw(t, "kind"),
			Topic: word("", "hop-thon", "dien").Draw(t, "topic"), Issuer: word("", "xã", "thôn").Draw(t, "issuer"), Village: word("un-ta", "toong-gianh").Draw(t, "village"),
			Due:      at(rapid.IntRange(1, 60).Draw(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour"), 0),
			Outcome:  word("", "played", "played", "cut", "moved", "skipped", "missed", "stopped", "withdrawn", "unheard-of").Draw(t, "outcome"),
			Cause:    word("", "completed", "power", "device").Draw(t, "cause"),
			Heard:    word("", "yes", "silent", "wrong", "not-measured").Draw(t, "heard"),
			Lateness: time.Duration(rapid.Int64Range(-int64(time.Minute), int64(time.Minute)).Draw(t, "late")),
			Planned:  rapid.SliceOfNDistinct(language, 0, 3, rapid.ID).Draw(t, "planned"),
			Missing:  rapid.SliceOfNDistinct(language, 0, 3, rapid.ID).Draw(t, "missing"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "airings") {
			r.Airings = append(r.Airings, report.Airing{Language: word("", "vi", "pcc").Draw(t, "aired"), Length: time.Duration(rapid.IntRange(0, 100).Draw(t, "length")) * time.Second})
		}
		return r
	})
	return rapid.SliceOfN(row, 0, 60).Draw(t, "rows")
}

// Whatever happened, the figures add up: every row counts in one section and one
// bucket, each dimension has every notice once, and the causes are those of the
// buckets they explain.
func TestSumsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rows(t)
		s := report.NewSum(report.Filter{})
		buckets, sections := map[report.Bucket]int{}, map[report.Section]int{}
		for _, r := range all {
			s.Add(r)
			buckets[r.Bucket()]++
			sections[r.Section()]++
		}
		r := s.Report()
		sum := r.All()
		if sum.Planned != len(all) {
			t.Fatalf("%d rows, %d planned", len(all), sum.Planned)
		}
		for _, b := range report.Buckets() {
			if sum.Count(b) != buckets[b] {
				t.Fatalf("%s: %d, want %d", b, sum.Count(b), buckets[b])
			}
		}
		for _, section := range report.Sections() {
			whole(t, r.Sections[section])
			if r.Sections[section].Planned != sections[section] {
				t.Fatalf("%s: %d, want %d", section, r.Sections[section].Planned, sections[section])
			}
		}
		for _, d := range []report.Dimension{report.ByDay, report.ByMonth, report.ByVillage, report.ByTopic, report.ByIssuer} {
			sameSum(t, d, r.Notices(), r.By[d])
		}
		languages(t, all, r.By[report.ByLanguage])
		asked(t, all, r)
	})
}

// whole says that a group is the sum of its buckets, and that its causes explain
// each of those that needs one.
func whole(t *rapid.T, g report.Group) {
	sum, explained := 0, map[report.Bucket]int{}
	for _, c := range g.Causes {
		explained[c.Bucket] += c.Count
	}
	for _, b := range report.Buckets() {
		sum += g.Count(b)
		want := g.Count(b)
		if b == report.OnTime || b == report.Open {
			want = 0
		}
		if explained[b] != want {
			t.Fatalf("%q, %s: %d causes of %d", g.Key, b, explained[b], want)
		}
	}
	if sum != g.Planned || g.Unmeasured > g.OnTime || g.Due() > g.Planned {
		t.Fatalf("%+v", g)
	}
}

// figures are everything of a group that can be added up.
func figures(groups ...report.Group) (sum map[string]int) {
	sum = map[string]int{}
	for _, g := range groups {
		sum["planned"] += g.Planned
		sum["unmeasured"] += g.Unmeasured
		sum["due"] += g.Due()
		sum["not heard"] += g.MissedRate().Of
		sum["aired"] += int(g.Aired)
		for _, b := range report.Buckets() {
			sum[string(b)] += g.Count(b)
		}
		for _, c := range g.Causes {
			sum[string(c.Bucket)+" "+c.Code] += c.Count
		}
	}
	maps.DeleteFunc(sum, func(_ string, n int) bool { return n == 0 })
	return sum
}

// sameSum says that the groups of a dimension are together the whole.
func sameSum(t *rapid.T, d report.Dimension, want report.Group, groups []report.Group) {
	seen := map[string]bool{}
	for _, g := range groups {
		whole(t, g)
		if seen[g.Key] {
			t.Fatalf("by %s: %q twice", d, g.Key)
		}
		seen[g.Key] = true
	}
	if got, want := figures(groups...), figures(want); !maps.Equal(got, want) {
		t.Fatalf("by %s: %v, want %v", d, got, want)
	}
}

// asked says that a report of one topic, issuer, day or village is the group of it in
// the report of all.
func asked(t *rapid.T, all []report.Row, r report.Report) {
	of := func(filter report.Filter, counts func(report.Row) bool) map[string]int {
		s := report.NewSum(filter)
		for _, row := range all {
			if counts(row) {
				s.Add(row)
			}
		}
		return figures(s.Report().Notices())
	}
	everything := func(report.Row) bool { return true }
	for d, groups := range r.By {
		for _, g := range groups {
			key, filter, counts := g.Key, report.Filter{}, everything
			if key == "" {
				key = report.None
			}
			switch d {
			case report.ByTopic:
				filter.Topic = key
			case report.ByIssuer:
				filter.Issuer = key
			case report.ByVillage:
				counts = func(row report.Row) bool { return row.Village == g.Key }
			case report.ByDay:
				counts = func(row report.Row) bool { return row.Due.Format(time.DateOnly) == g.Key }
			case report.ByMonth:
				counts = func(row report.Row) bool { return row.Due.Format("2006-01") == g.Key }
			default:
				continue // a notice counts in each of its languages
			}
			if got, want := of(filter, counts), figures(g); !maps.Equal(got, want) {
				t.Fatalf("%s %q alone: %v, want %v", d, g.Key, got, want)
			}
		}
	}
}

func languages(t *rapid.T, all []report.Row, groups []report.Group) {
	for _, g := range groups {
		whole(t, g)
		want := 0
		filter := report.Filter{Language: g.Key}
		if g.Key == "" {
			filter.Language = report.None
		}
		for _, r := range all {
			if r.Section() == report.Notices && filter.Admits(r) {
				want++
			}
		}
		if g.Planned+g.Lacking != want || g.Stood > g.Lacking {
			t.Fatalf("language %q: %d told, %d lacking, %d stood, want %d in all", g.Key, g.Planned, g.Lacking, g.Stood, want)
		}
	}
}
