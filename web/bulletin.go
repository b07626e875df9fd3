package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// bulletinDays is how many days before today the public board keeps.
const bulletinDays = 7

// notice is one announcement, or one emergency, as anybody may see it: nothing in it
// leads to who wrote, approved, recorded or raised it.
type notice struct {
	ID        string // public: made by publicName, and no ID of the inside
	Title     string
	Text      string              // empty: it was only spoken
	Own       []scheduler.Message // read in single languages instead of the text; without recordings
	Office    string              // that answers for it; empty when it is not known to be one
	Emergency bool
	Urgent    bool        // class Priority
	Aired     []time.Time // on its day, the earliest first
	Due       []time.Time // still to come, today and tomorrow
	Missing   []string    // languages of the village in which it cannot be told yet
	Sounds    []sound     // in the village's order of languages
}

// sound is what was heard of a notice in one language, or will be.
type sound struct {
	ID        string // public
	Language  string
	Length    time.Duration
	First     time.Time // when it was first heard within the days of the board; zero: not yet
	recording string
}

// day is one day of the board.
type day struct {
	Date    time.Time // its midnight
	Notices []notice
}

// bulletin is everything that the public board shows, as it was at one instant.
type bulletin struct {
	Village scheduler.Village
	Made    time.Time
	Partial bool  // the database does not answer: only the plan is known
	Days    []day // today first, then the days before it
	Next    time.Time
	sounds  map[string]sound  // by public ID
	public  map[string]string // title of each announcement that may stand on the board, by its ID of the inside
}

// source is what a bulletin is made of.
type source struct {
	village scheduler.Village
	loc     *time.Location
	now     time.Time
	told    playout.Bulletin
	plan    scheduler.Plan
	slots   []scheduler.Slot
	partial bool
	name    func(parts ...string) string // publicName
}

// midnight begins the civil day that lies n days after today.
func (s source) midnight(n int) time.Time {
	local := s.now.In(s.loc)
	return time.Date(local.Year(), local.Month(), local.Day()+n, 0, 0, 0, 0, s.loc)
}

// compile makes the bulletin. It is pure.
func (s source) compile() *bulletin {
	b := &bulletin{Village: s.village, Made: s.now, Partial: s.partial, sounds: map[string]sound{}, public: map[string]string{}}
	for id, a := range s.told.Announcements {
		if title, _, public := a.Told(); public {
			b.public[id] = title
		}
	}
	for n := range bulletinDays + 1 {
		d := day{Date: s.midnight(-n)}
		d.Notices = s.dayOf(d.Date, s.midnight(1-n))
		for _, told := range d.Notices {
			for _, heard := range told.Sounds {
				if before, known := b.sounds[heard.ID]; !known || !heard.First.IsZero() && (before.First.IsZero() || heard.First.Before(before.First)) {
					b.sounds[heard.ID] = heard
				}
			}
		}
		b.Days = append(b.Days, d)
	}
	for _, o := range s.plan.Occurrences {
		if o.Due.After(s.now) && o.Kind != scheduler.DrillKind && !o.SpeakerOnly && !framing(o.Kind) {
			b.Next = o.Due
			break
		}
	}
	if b.Next.IsZero() {
		b.Next = s.nextSlot()
	}
	return b
}

// nextSlot is when the next slot begins within a week; zero: none does.
func (s source) nextSlot() (next time.Time) {
	for n := range 8 {
		day := s.midnight(n)
		for _, slot := range s.slots {
			start, held := slot.StartOn(scheduler.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()})
			at := time.Date(day.Year(), day.Month(), day.Day(), 0, int(start), 0, 0, s.loc)
			if held && at.After(s.now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
		if !next.IsZero() {
			break
		}
	}
	return next
}

// dayOf gathers what was told in [from, to), and of today what is still to come.
// Emergencies stand first, then what was heard last.
func (s source) dayOf(from, to time.Time) []notice {
	g := gathered{s: s, at: map[string]int{}}
	for _, run := range s.told.Runs {
		if run.Due.Before(from) || !run.Due.Before(to) || !aired(run) {
			continue
		}
		if a, known := s.told.Announcements[run.Announcement]; known {
			g.heard(a, run)
		}
	}
	for _, e := range s.told.Emergencies {
		if !e.Raised.Before(from) && e.Raised.Before(to) {
			g.raised(e)
		}
	}
	if !s.now.Before(from) && s.now.Before(to) {
		g.coming(s.midnight(2))
	}
	slices.SortStableFunc(g.list, func(a, b notice) int {
		switch {
		case a.Emergency != b.Emergency:
			return map[bool]int{true: -1, false: 1}[a.Emergency]
		case len(a.Aired) > 0 && len(b.Aired) > 0:
			return b.Aired[len(b.Aired)-1].Compare(a.Aired[len(a.Aired)-1])
		case len(a.Aired) == 0 && len(b.Aired) == 0:
			return a.Due[0].Compare(b.Due[0])
		}
		return cmp.Compare(len(b.Aired), len(a.Aired)) // what was heard before what comes
	})
	return g.list
}

// aired says whether people heard enough of a row for it to be heard again: not what
// was stopped by somebody, or taken back.
func aired(run playout.AsRun) bool {
	kind := run.Kind == scheduler.Notice || run.Kind == ""
	ended := run.Outcome == playout.Played || run.Outcome == playout.Cut || run.Outcome == ""
	return kind && ended && slices.ContainsFunc(run.Airings, spoke)
}

// spoke says whether an airing is a voice of which something left the card.
func spoke(g playout.Airing) bool {
	return g.Part == scheduler.PartVoice && !g.Started.IsZero() && (g.Frames > 0 || g.Ended.IsZero())
}

// gathered is the notices of a day as they are being put together.
type gathered struct {
	s    source
	list []notice
	at   map[string]int // by ID of the inside
}

// of is the notice of an announcement, begun when there is none yet; nil when it may
// not stand on the board.
func (g *gathered) of(a scheduler.Announcement) *notice {
	if i, known := g.at[a.ID]; known {
		return &g.list[i]
	}
	title, text, public := a.Told()
	if !public {
		return nil
	}
	g.at[a.ID] = len(g.list)
	g.list = append(g.list, notice{
		ID: g.s.name("notice", a.ID), Title: title, Text: text, Office: office(a.Issuer),
		Emergency: a.Class == scheduler.ClassEmergency, Urgent: a.Class == scheduler.ClassPriority,
	})
	return &g.list[len(g.list)-1]
}

func (g *gathered) heard(a scheduler.Announcement, run playout.AsRun) {
	n := g.of(a)
	if n == nil {
		return
	}
	first, _ := run.Span()
	n.Aired = append(n.Aired, first)
	g.sounds(n, a.ID, run)
}

// sounds takes in what was heard of a row, each recording once.
func (g *gathered) sounds(n *notice, id string, run playout.AsRun) {
	for _, x := range run.Airings {
		length, there := g.s.told.Lengths[x.Recording]
		if !there || !spoke(x) {
			continue
		}
		g.add(n, sound{ID: g.s.name("sound", id, x.Language, x.Recording), Language: x.Language, Length: length, First: x.Started, recording: x.Recording})
	}
}

// add takes a sound in. The newest recording of a language takes the place of an older
// one: what was corrected is not to be heard wrong again.
func (g *gathered) add(n *notice, heard sound) {
	i := slices.IndexFunc(n.Sounds, func(o sound) bool { return o.Language == heard.Language })
	switch {
	case i < 0:
		n.Sounds = append(n.Sounds, heard)
	case n.Sounds[i].ID != heard.ID:
		n.Sounds[i] = heard
	}
	rank := func(o sound) int {
		if i := slices.Index(g.s.village.Languages, o.Language); i >= 0 {
			return i
		}
		return len(g.s.village.Languages)
	}
	slices.SortStableFunc(n.Sounds, func(a, b sound) int { return rank(a) - rank(b) })
}

// ownTexts are the texts of an emergency that stand in the place of the common one.
func ownTexts(e scheduler.Emergency) (own []scheduler.Message) {
	for _, m := range e.Messages {
		if m.Text != "" && m.Text != e.Text {
			own = append(own, scheduler.Message{Language: m.Language, Text: m.Text})
		}
	}
	return own
}

// in is what a notice says in a language, as far as it is written.
func (n notice) in(language string) string {
	for _, m := range n.Own {
		if m.Language == language {
			return m.Text
		}
	}
	return n.Text
}

// saidParagraphs are the paragraphs of a notice: its text, and what is read instead in single
// languages.
func (p phrase) saidParagraphs(text string, own []scheduler.Message) []string {
	all := paragraphs(text)
	for _, m := range own {
		all = append(all, p.messageLine(m))
	}
	return all
}

// raised takes in an emergency, which always stands on the board.
func (g *gathered) raised(e scheduler.Emergency) {
	n := notice{ID: g.s.name("emergency", e.ID), Title: e.Title, Text: e.Text, Own: ownTexts(e), Emergency: !e.AllClear, Aired: []time.Time{e.Raised}}
	for _, run := range g.s.told.Runs {
		if run.Occurrence == playout.AlarmOccurrence(e) {
			g.sounds(&n, e.ID, run)
		}
	}
	g.list = append(g.list, n)
}

// coming takes in what the plan promises until an instant, of which everything was
// approved; of what airs again tomorrow, only when.
func (g *gathered) coming(until time.Time) {
	tomorrow := g.s.midnight(1)
	for _, o := range g.s.plan.Occurrences {
		if o.Kind != scheduler.Notice || o.SpeakerOnly || !o.Due.After(g.s.now) || !o.Due.Before(until) {
			continue
		}
		var n *notice
		if a, known := g.s.told.Announcements[o.Announcement]; known {
			if _, begun := g.at[a.ID]; begun || o.Due.Before(tomorrow) {
				n = g.of(a)
			}
		} else if g.s.partial && o.Due.Before(tomorrow) {
			n = g.of(scheduler.Announcement{Owned: scheduler.Owned{ID: o.Announcement}, Title: o.Title, Class: o.Class})
		}
		if n == nil {
			continue
		}
		n.Due = append(n.Due, o.Due)
		for _, part := range o.Parts {
			if part.Kind == scheduler.PartVoice && !g.s.partial && !slices.ContainsFunc(n.Sounds, func(h sound) bool { return h.Language == part.Language }) {
				g.add(n, sound{ID: g.s.name("sound", o.Announcement, part.Language, part.Recording), Language: part.Language, Length: part.Length, recording: part.Recording})
			}
		}
		if len(n.Aired) == 0 {
			n.Missing = o.Missing
		}
	}
}

// offices are the words with which the name of an office begins. An issuer is free
// text: what may be the name of a person is not shown to everybody.
var offices = []string{
	"ubnd", "ủy ban", "uỷ ban", "hđnd", "hội", "đảng", "chi bộ", "chi hội", "thôn", "bản ", "làng", "xã", "phường", "tổ dân phố", "tổ ", "ban ", "trạm", "trung tâm",
	"trường", "công an", "quân sự", "đoàn thanh niên", "đoàn tncs", "đoàn xã", "đoàn thôn", "mặt trận", "mttq", "sở ", "phòng", "hợp tác xã", "htx", "điện lực", "bưu điện", "đài", "nhà văn hóa", "bộ đội", "biên phòng", "kiểm lâm", "bệnh viện",
}

// office is an issuer that is an office, and nothing else.
func office(issuer string) string {
	name := strings.ToLower(strings.TrimSpace(issuer)) + " "
	if slices.ContainsFunc(offices, func(o string) bool { return strings.HasPrefix(name, o) }) {
		return strings.TrimSpace(issuer)
	}
	return ""
}
