package report

import (
	"cmp"
	"slices"
	"time"
)

// Dimension is by what a report is divided.
type Dimension string

// The dimensions.
const (
	ByDay      Dimension = "day"      // civil day of the village, "2026-11-23"
	ByMonth    Dimension = "month"    // "2026-11"
	ByVillage  Dimension = "village"  // key
	ByTopic    Dimension = "topic"    // of the announcement
	ByLanguage Dimension = "language" // a row counts in each of its languages
	ByIssuer   Dimension = "issuer"   // of the announcement
)

// Dimensions lists every Dimension in the order of a report.
func Dimensions() []Dimension {
	return []Dimension{ByDay, ByMonth, ByVillage, ByTopic, ByLanguage, ByIssuer}
}

// None asks a Filter for rows that have no topic, issuer or language at all.
const None = "-"

// Filter leaves rows out. An empty field leaves out none; None leaves out all that
// have one.
type Filter struct {
	Topic, Issuer, Language string
}

// Admits says whether r is to be counted.
func (f Filter) Admits(r Row) bool {
	return admits(f.Topic, r.Topic) && admits(f.Issuer, r.Issuer) && admitsAny(f.Language, r.languages())
}

func admits(asked, is string) bool {
	return asked == "" || asked == is || asked == None && is == ""
}

func admitsAny(asked string, are []string) bool {
	return asked == "" || slices.Contains(are, asked) || asked == None && len(are) == 0
}

// worstShown bounds each list of single cases: a page that nobody reads to its end
// explains nothing. The rest is counted.
const worstShown = 40

// Cases are single rows, named.
type Cases struct {
	Rows []Row
	More int // that are not in Rows
}

// Report is what a Sum came to.
type Report struct {
	Sections map[Section]Group     // what was counted, those without rows left out
	By       map[Dimension][]Group // of notices; days, months and languages in their order, others by how much they air
	Causes   []Cause               // of notices
	Drills   DrillTally
	Latest   Cases // notices that were late, the worst first
	Lost     Cases // notices that were missed, unheard or cut, in their order
	Raised   Cases // emergencies and drills, in their order
	Excepted Cases // whatever was allowed outside the rules, in its order
	// Languages tells of every section how much was heard in each language; Planned
	// is in how many rows. Of the Group nothing else is set.
	Languages []Group
}

// Notices is the section of which the rates are.
func (r Report) Notices() Group { return r.Sections[Notices] }

// All is every section together.
func (r Report) All() (sum Group) {
	for _, s := range Sections() {
		g := r.Sections[s]
		sum.Aired += g.Aired
		sum.Planned += g.Planned
		sum.Unmeasured += g.Unmeasured
		for _, b := range Buckets() {
			*sum.at(b) += g.Count(b)
		}
	}
	return sum
}

// Sum adds rows up. Its memory is that of the keys it met and of a bounded number
// of cases, not of the rows. The zero Sum counts nothing; use NewSum.
type Sum struct {
	filter   Filter
	sections map[Section]*Group
	by       map[Dimension]map[string]*Group
	spoken   map[string]*Group
	drills   drillSum
	latest   Cases
	lost     Cases
	raised   Cases
	excepted Cases
}

// NewSum begins a report of what filter admits.
func NewSum(filter Filter) *Sum {
	s := &Sum{
		filter: filter, sections: map[Section]*Group{}, by: map[Dimension]map[string]*Group{},
		spoken: map[string]*Group{},
	}
	for _, d := range Dimensions() {
		s.by[d] = map[string]*Group{}
	}
	return s
}

// Add counts a row. Rows come in the order of Due.
func (s *Sum) Add(r Row) {
	if !s.filter.Admits(r) {
		return
	}
	section := r.Section()
	grow(s.sections, section, string(section)).count(r)
	s.speak(r)
	if r.Approver != "" || r.Excuse != "" {
		s.excepted.keep(r)
	}
	switch section {
	case Emergencies:
		s.raised.keep(r)
	case Drills:
		s.raised.keep(r)
		s.drills.add(r)
	case Notices:
		s.divide(r)
		s.judge(r)
	}
}

// grow is the group of a key.
func grow[K comparable](groups map[K]*Group, key K, name string) *Group {
	if groups[key] == nil {
		groups[key] = &Group{Key: name}
	}
	return groups[key]
}

// count adds a row whole.
func (g *Group) count(r Row) {
	g.put(r)
	if r.audible() {
		g.Aired += r.Aired()
	}
}

// audible says whether what left the card may have been heard.
func (r Row) audible() bool { return r.Heard != "silent" && r.Heard != "wrong" }

// divide counts a notice under its key of each dimension.
func (s *Sum) divide(r Row) {
	for d, key := range map[Dimension]string{
		ByDay: r.Due.Format(time.DateOnly), ByMonth: r.Due.Format("2006-01"),
		ByVillage: r.Village, ByTopic: r.Topic, ByIssuer: r.Issuer,
	} {
		grow(s.by[d], key, key).count(r)
	}
	languages := r.languages()
	if len(languages) == 0 {
		grow(s.by[ByLanguage], "", "").count(r)
	}
	for _, language := range languages {
		g := grow(s.by[ByLanguage], language, language)
		if slices.Contains(r.Missing, language) && !r.told(language) {
			g.Lacking++
			if r.stoodFor(language) {
				g.Stood++
			}
			continue
		}
		g.put(r)
		if r.audible() {
			g.Aired += r.airedIn(language)
		}
	}
}

// speak counts how long each language was heard, whatever the section.
func (s *Sum) speak(r Row) {
	if !r.audible() {
		return
	}
	for _, language := range r.languages() {
		if d := r.airedIn(language); d > 0 {
			g := grow(s.spoken, language, language)
			g.Planned++
			g.Aired += d
		}
	}
}

// languages are those in which r was to be told or was told, each once.
func (r Row) languages() []string {
	var all []string
	add := func(languages ...string) {
		for _, l := range languages {
			if l != "" && !slices.Contains(all, l) {
				all = append(all, l)
			}
		}
	}
	add(r.Planned...)
	for _, a := range r.Airings {
		add(a.Language)
	}
	add(r.Missing...)
	return all
}

// told says whether r had a voice in a language.
func (r Row) told(language string) bool {
	return slices.Contains(r.Planned, language) ||
		slices.ContainsFunc(r.Airings, func(a Airing) bool { return a.Language == language })
}

func (r Row) stoodFor(language string) bool {
	return slices.ContainsFunc(r.Airings, func(a Airing) bool { return slices.Contains(a.For, language) })
}

func (r Row) airedIn(language string) (sum time.Duration) {
	for _, a := range r.Airings {
		if a.Language == language {
			sum += a.Length
		}
	}
	return sum
}

// judge keeps the notices that a reader asks after.
func (s *Sum) judge(r Row) {
	switch r.Bucket() {
	case Late:
		s.latest.rank(r)
	case Missed, Unheard, Cut:
		s.lost.keep(r)
	}
}

// keep takes the first ones.
func (c *Cases) keep(r Row) {
	if len(c.Rows) == worstShown {
		c.More++
		return
	}
	c.Rows = append(c.Rows, r)
}

// rank takes those furthest from their promise.
func (c *Cases) rank(r Row) {
	i, _ := slices.BinarySearchFunc(c.Rows, r, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Lateness.Abs(), a.Lateness.Abs()), -1) // behind its equals
	})
	c.Rows = slices.Insert(c.Rows, i, r)
	if len(c.Rows) > worstShown {
		c.Rows, c.More = c.Rows[:worstShown], c.More+1
	}
}

// Report is what was added up so far.
func (s *Sum) Report() Report {
	r := Report{
		Sections: map[Section]Group{}, By: map[Dimension][]Group{}, Drills: s.drills.tally(),
		Latest: s.latest, Lost: s.lost, Raised: s.raised, Excepted: s.excepted,
	}
	for section, g := range s.sections {
		r.Sections[section] = g.settled()
	}
	r.Causes = r.Notices().Causes
	for d, groups := range s.by {
		r.By[d] = sorted(groups, d == ByDay || d == ByMonth)
	}
	r.Languages = sorted(s.spoken, false)
	return r
}

// sorted lists groups by key, or by how much there was of each; what has no key
// comes last.
func sorted(groups map[string]*Group, byKey bool) []Group {
	list := make([]Group, 0, len(groups))
	for _, g := range groups {
		list = append(list, g.settled())
	}
	slices.SortFunc(list, func(a, b Group) int {
		if c := blank(a.Key) - blank(b.Key); c != 0 {
			return c
		}
		if !byKey {
			if c := cmp.Or(b.Planned-a.Planned, cmp.Compare(b.Aired, a.Aired)); c != 0 {
				return c
			}
		}
		return cmp.Compare(a.Key, b.Key)
	})
	return list
}

func blank(key string) int {
	if key == "" {
		return 1
	}
	return 0
}
