package scheduler_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"loalang/scheduler"
)

// TestApprovalTransitionsComplete holds the whole table: every state, every act.
func TestApprovalTransitionsComplete(t *testing.T) {
	no := scheduler.ApprovalState("no")
	//                          submit, approve, return, urge, withdraw, change
	want := map[scheduler.ApprovalState][6]scheduler.ApprovalState{
		scheduler.Unasked:   {scheduler.Submitted, scheduler.Approved, scheduler.Returned, scheduler.Urgent, scheduler.TakenBack, scheduler.Submitted},
		scheduler.Draft:     {scheduler.Submitted, scheduler.Approved, no, scheduler.Urgent, scheduler.TakenBack, scheduler.Draft},
		scheduler.Submitted: {scheduler.Submitted, scheduler.Approved, scheduler.Returned, scheduler.Urgent, scheduler.TakenBack, scheduler.Submitted},
		scheduler.Approved:  {no, scheduler.Approved, scheduler.Returned, scheduler.Urgent, scheduler.TakenBack, scheduler.Submitted},
		scheduler.Returned:  {scheduler.Submitted, scheduler.Approved, no, scheduler.Urgent, scheduler.TakenBack, scheduler.Returned},
		scheduler.Urgent:    {no, scheduler.Approved, scheduler.Returned, scheduler.Urgent, scheduler.TakenBack, scheduler.Submitted},
		scheduler.TakenBack: {no, no, no, no, scheduler.TakenBack, no},
	}
	if len(want) != len(scheduler.ApprovalStates()) {
		t.Fatalf("%d states are tested of %d", len(want), len(scheduler.ApprovalStates()))
	}
	for _, state := range scheduler.ApprovalStates() {
		for i, act := range scheduler.ApprovalActs() {
			next, err := state.After(act)
			switch to := want[state][i]; {
			case to == no && (!errors.Is(err, scheduler.ErrApproval) || next != state):
				t.Errorf("%s %q: %q, %v; it should not be possible", act, state, next, err)
			case to != no && (err != nil || next != to):
				t.Errorf("%s %q: %q, %v; want %q", act, state, next, err, to)
			}
		}
	}
}

var (
	anyone = scheduler.ApprovalRules{Recorder: scheduler.ClassNeeds{Normal: scheduler.NeedAnyone, Priority: scheduler.NeedOfficer}}
	noon   = time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)
)

func TestNeeds(t *testing.T) {
	rules := anyone
	for _, c := range []struct {
		role  string
		class scheduler.Class
		two   bool
		want  scheduler.Need
	}{
		{"recorder", scheduler.ClassNormal, false, scheduler.NeedAnyone},
		{"recorder", scheduler.ClassPriority, false, scheduler.NeedOfficer},
		{"cadre", scheduler.ClassPriority, false, scheduler.NeedNone},
		{"officer", scheduler.ClassNormal, false, scheduler.NeedNone},
		{"admin", scheduler.ClassNormal, true, scheduler.NeedAnyone},
		{"cadre", scheduler.ClassNormal, true, scheduler.NeedAnyone},
		{"recorder", scheduler.ClassPriority, true, scheduler.NeedOfficer},
		{"somebody of a later version", scheduler.ClassNormal, false, scheduler.NeedAnyone},
	} {
		rules.TwoPeople = c.two
		if got := rules.Need(c.role, c.class); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	if (scheduler.ApprovalRules{}).On() || (scheduler.ApprovalRules{Days: 30}).On() || !scheduler.UsualApprovals().On() {
		t.Error("rules are on by whose approval they ask for")
	}
}

func TestExpiryCoversEverySchedule(t *testing.T) {
	loc := time.FixedZone("ICT", 7*3600)
	rules := scheduler.ApprovalRules{Days: 30, PriorityDays: 3, TopicDays: map[string]int{"mat-trau": 7}}
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, loc).UTC() }
	for name, c := range map[string]struct {
		d    scheduler.Dossier
		want time.Time
	}{
		"normal":             {scheduler.Dossier{Announcement: scheduler.Announcement{Class: scheduler.ClassNormal}}, day(2026, 12, 25)},
		"priority":           {scheduler.Dossier{Announcement: scheduler.Announcement{Class: scheduler.ClassPriority}}, day(2026, 11, 28)},
		"topic":              {scheduler.Dossier{Announcement: scheduler.Announcement{Class: scheduler.ClassNormal, Topic: "mat-trau"}}, day(2026, 12, 2)},
		"begins later":       {scheduler.Dossier{Announcement: scheduler.Announcement{ValidFrom: day(2027, 1, 1)}}, day(2027, 2, 1)},
		"a later schedule":   {scheduler.Dossier{Schedules: []scheduler.Schedule{{Until: scheduler.Date{Year: 2027, Month: 3, Day: 1}}, {At: day(2027, 1, 1)}}}, day(2027, 3, 2)},
		"a rule without end": {scheduler.Dossier{Schedules: []scheduler.Schedule{{Kind: scheduler.Recurring, Rule: "RRULE:FREQ=YEARLY"}}}, day(2027, 11, 26)},
	} {
		if got := rules.Expiry(c.d, noon, loc); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := (scheduler.ApprovalRules{}).Expiry(scheduler.Dossier{}, noon, loc); !got.IsZero() {
		t.Errorf("without rules it ends at %s", got)
	}
}

// model is one announcement through the hands of people with and without rights.
type model struct {
	rules scheduler.ApprovalRules
	d     scheduler.Dossier
	heard map[string]bool // recordings that somebody with the right let on the air
	n     int
}

func newModel() *model {
	m := &model{rules: anyone, heard: map[string]bool{}}
	m.d = scheduler.Dossier{
		Announcement: scheduler.Announcement{
			Owned: scheduler.Owned{ID: "a", Village: "un-ta"}, Title: "Họp", Text: "t0", Class: scheduler.ClassNormal, Approval: scheduler.Approval{State: scheduler.Submitted},
		},
		Schedules: []scheduler.Schedule{m.schedule()},
	}
	for _, l := range []string{"vi", "pcc"} {
		m.d.Renditions = append(m.d.Renditions, scheduler.Rendition{Owned: scheduler.Owned{ID: l}, Announcement: "a", Language: l})
	}
	m.speak(0)
	m.record(1)
	return m
}

func (m *model) schedule() scheduler.Schedule {
	m.n++
	return scheduler.Schedule{
		Owned: scheduler.Owned{ID: fmt.Sprint("s", m.n), Village: "un-ta", Revision: 1, Created: noon.Add(-time.Hour)}, Announcement: "a",
		Kind: scheduler.Once, At: noon.Add(time.Duration(m.n) * time.Hour),
	}
}

func (m *model) speak(i int) {
	m.n++
	r := &m.d.Renditions[i]
	r.State, r.SpokenText, r.Recording, r.Length = scheduler.Ready, m.d.Announcement.Text+fmt.Sprint(" spoken ", m.n), fmt.Sprint("voice", m.n), 10*time.Second
}

func (m *model) record(i int) {
	m.n++
	r := &m.d.Renditions[i]
	r.State, r.SpokenText, r.Recording, r.Length = scheduler.Ready, "", fmt.Sprint("take", m.n), 10*time.Second
}

// touch is what an edit does, as web does it after every change.
func (m *model) touch(need scheduler.Need, t scheduler.Touched) {
	before := m.d.Announcement.Approval.State
	m.d.Announcement.Approval = m.d.Change(m.rules, need, t)
	after := m.d.Announcement.Approval.State
	if need == scheduler.NeedNone && (before == scheduler.Approved || before == scheduler.Urgent) && after == before {
		for _, r := range m.d.Renditions {
			if t.Words && r.SpokenText != "" || r.Language == t.Language {
				m.heard[r.Recording] = true
			}
		}
		if t.Schedule != "" {
			m.heard[t.Schedule] = true
		}
	}
}

func (m *model) decide(act scheduler.ApprovalAct) {
	a := &m.d.Announcement.Approval
	next, err := m.d.Step(act, m.rules)
	if err != nil {
		return
	}
	if next == scheduler.TakenBack {
		m.d.Announcement.Withdrawn = noon
		return
	}
	if a.State = next; next != scheduler.Approved && next != scheduler.Urgent {
		return
	}
	a.Pin, m.heard = scheduler.PinOf(m.d), map[string]bool{}
	for _, r := range m.d.Renditions {
		m.heard[r.Recording] = true
	}
	for _, s := range m.d.Schedules {
		m.heard[s.ID] = true
	}
}

func (m *model) plan(t interface{ Fatal(args ...any) }) scheduler.Plan {
	book := scheduler.Book{
		Village:       scheduler.Village{Key: "un-ta", Zone: "Asia/Ho_Chi_Minh", Languages: []string{"vi", "pcc"}, Approvals: m.rules},
		Announcements: []scheduler.Announcement{m.d.Announcement}, Renditions: m.d.Renditions, Schedules: m.d.Schedules,
	}
	p, err := scheduler.BuildPlan(noon, 48*time.Hour, book)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestNoUnapprovedWordEverAirs: whatever people do in whatever order, nothing is
// planned but what somebody with the right let through, at the times that they
// let through; and what is not planned has its reason.
func TestNoUnapprovedWordEverAirs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel()
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			need := rapid.SampledFrom(scheduler.Needs()).Draw(t, "need")
			switch rapid.SampledFrom([]string{"edit", "speak", "record", "schedule", "act", "act"}).Draw(t, "what") {
			case "edit":
				m.n++
				m.d.Announcement.Text = fmt.Sprint("t", m.n)
				for i, r := range m.d.Renditions {
					if r.SpokenText != "" {
						m.speak(i)
					}
				}
				m.touch(need, scheduler.Touched{Words: true})
			case "speak":
				m.speak(0)
				m.touch(need, scheduler.Touched{Language: "vi"})
			case "record":
				m.record(1)
				m.touch(need, scheduler.Touched{Language: "pcc"})
			case "schedule":
				m.d.Schedules = append(m.d.Schedules, m.schedule())
				m.touch(need, scheduler.Touched{Schedule: m.d.Schedules[len(m.d.Schedules)-1].ID})
			case "act":
				m.decide(rapid.SampledFrom([]scheduler.ApprovalAct{scheduler.ActSubmit, scheduler.ActApprove, scheduler.ActReturn, scheduler.ActUrge}).Draw(t, "act"))
			}
			p := m.plan(t)
			for _, o := range p.Occurrences {
				if !m.heard[o.Schedule] {
					t.Fatalf("%s airs, which nobody approved", o.Schedule)
				}
				for _, part := range o.Parts {
					if !m.heard[part.Recording] {
						t.Fatalf("%s airs, which nobody approved", part.Recording)
					}
				}
			}
			if len(p.Occurrences)+len(p.Omissions) != len(m.d.Schedules) {
				t.Fatalf("%d schedules, %d occurrences, %d omissions", len(m.d.Schedules), len(p.Occurrences), len(p.Omissions))
			}
		}
		m.decide(scheduler.ActApprove)
		if p := m.plan(t); len(p.Occurrences) != len(m.d.Schedules) {
			t.Fatalf("all is approved, and %d of %d air: %+v", len(p.Occurrences), len(m.d.Schedules), p.Omissions)
		}
	})
}

func TestWhatIsNotApprovedIsExplained(t *testing.T) {
	for name, c := range map[string]struct {
		change func(m *model)
		want   string
	}{
		"waits":        {func(*model) {}, scheduler.ReasonNotApproved},
		"draft":        {func(m *model) { m.d.Announcement.Approval.State = scheduler.Draft }, scheduler.ReasonNotApproved},
		"unasked":      {func(m *model) { m.d.Announcement.Approval = scheduler.Approval{} }, scheduler.ReasonNotApproved},
		"returned":     {func(m *model) { m.decide(scheduler.ActReturn) }, scheduler.ReasonReturned},
		"approved":     {func(m *model) { m.decide(scheduler.ActApprove) }, ""},
		"urgent":       {func(m *model) { m.decide(scheduler.ActUrge) }, ""},
		"text changed": {func(m *model) { m.decide(scheduler.ActApprove); m.d.Announcement.Text = "khác" }, scheduler.ReasonNotApproved},
		"more urgent class": {func(m *model) {
			m.decide(scheduler.ActApprove)
			m.d.Announcement.Class = scheduler.ClassPriority
		}, scheduler.ReasonNotApproved},
		"title changed": {func(m *model) { m.decide(scheduler.ActApprove); m.d.Announcement.Title = "Họp thôn" }, ""},
		"both takes anew": {func(m *model) {
			m.record(0)
			m.decide(scheduler.ActApprove)
			m.record(0)
			m.record(1)
		}, scheduler.ReasonNotApproved},
		"valid longer": {func(m *model) {
			m.d.Announcement.ValidUntil = noon.Add(time.Minute)
			m.decide(scheduler.ActApprove)
			m.d.Announcement.ValidUntil = time.Time{}
		}, scheduler.ReasonExpired},
	} {
		t.Run(name, func(t *testing.T) {
			m := newModel()
			c.change(m)
			p := m.plan(t)
			if c.want == "" {
				if len(p.Occurrences) != 1 {
					t.Errorf("it does not air: %+v", p.Omissions)
				}
				return
			}
			if len(p.Omissions) != 1 || p.Omissions[0].Reason.Code != c.want {
				t.Fatalf("%+v", p)
			}
			if om := p.Omissions[0]; om.Final.Before(om.Occurrence.Nominal) {
				t.Errorf("it is given up at %s, before its instant", om.Final)
			}
		})
	}
}

// A title is read by everybody on the public board: a new one waits for approval, and
// what sounds goes on meanwhile.
func TestNewTitleWaitsForApproval(t *testing.T) {
	m := newModel()
	approve := func() {
		m.decide(scheduler.ActApprove)
		m.d.Announcement.Approval.Pin.At = noon
	}
	approve()
	before := m.d.Announcement.Title
	m.d.Announcement.Title = "Tên chưa ai duyệt"
	if got := m.d.Waiting(m.rules); !slices.Equal(got, []string{"title"}) {
		t.Errorf("waiting: %v", got)
	}
	m.d.Announcement.Approval = m.d.Change(m.rules, scheduler.NeedOfficer, scheduler.Touched{Words: true})
	if a := m.d.Announcement.Approval; a.State != scheduler.Approved || a.Need != scheduler.NeedOfficer {
		t.Errorf("%+v", a)
	}
	if title, _, public := m.d.Announcement.Told(); title != before || !public {
		t.Errorf("everybody reads %q", title)
	}
	approve()
	if title, _, _ := m.d.Announcement.Told(); title != "Tên chưa ai duyệt" || m.d.Waiting(m.rules) != nil {
		t.Errorf("approved, and everybody reads %q; waiting: %v", title, m.d.Waiting(m.rules))
	}
}

func TestLaterTakesAirWhereTheVillageSaysSo(t *testing.T) {
	m := newModel()
	m.decide(scheduler.ActApprove)
	m.record(1)
	if got := m.d.Waiting(m.rules); !slices.Equal(got, []string{"language:pcc"}) {
		t.Errorf("%v waits", got)
	}
	m.rules.LaterTakes = true
	if got := m.d.Waiting(m.rules); got != nil {
		t.Errorf("%v waits", got)
	}
}

// TestAScheduleOfACadreApprovesNoForeignWords: who adds a schedule to a text that
// somebody else changed has not approved the text.
func TestAScheduleOfACadreApprovesNoForeignWords(t *testing.T) {
	m := newModel()
	m.decide(scheduler.ActApprove)
	m.d.Announcement.Text = "đã đổi"
	m.d.Schedules = append(m.d.Schedules, m.schedule())
	m.touch(scheduler.NeedNone, scheduler.Touched{Schedule: m.d.Schedules[1].ID})
	if got := m.d.Waiting(m.rules); !slices.Equal(got, []string{"words"}) {
		t.Errorf("%v waits", got)
	}
}
