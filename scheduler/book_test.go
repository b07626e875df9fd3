package scheduler_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"loalang/scheduler"
)

// at reads "2026-11-23 17:00" (or with seconds) in a zone; Asia/Ho_Chi_Minh
// unless named.
func at(t testing.TB, civil string, zone ...string) time.Time {
	t.Helper()
	name := "Asia/Ho_Chi_Minh"
	if len(zone) > 0 {
		name = zone[0]
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatalf("load zone: %v", err)
	}
	layout := "2006-01-02 15:04:05"
	got, err := time.ParseInLocation(layout[:min(len(civil), len(layout))], civil, loc)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// unTa is the village of the first broadcast.
func unTa() scheduler.Village {
	return scheduler.Village{
		Key: "un-ta", Name: "Ún Tà", Commune: "Cốc San", Zone: "Asia/Ho_Chi_Minh", Languages: []string{"vi", "pcc"},
		Allowed: []scheduler.Window{{From: 5 * 60, To: 21 * 60}},
	}
}

// book is a village with two slots and nothing to tell.
func book() scheduler.Book {
	return scheduler.Book{
		Village: unTa(),
		Slots: []scheduler.Slot{
			{Owned: scheduler.Owned{ID: "sang"}, Name: "Buổi sáng", Start: 5*60 + 30, Length: time.Hour, Opening: "nhac-mo", Closing: "nhac-ket"},
			{Owned: scheduler.Owned{ID: "chieu"}, Name: "Buổi chiều", Start: 17 * 60, Length: time.Hour, Opening: "nhac-mo", Closing: "nhac-ket"},
		},
		Frame: scheduler.Frame{
			Chime: scheduler.Sound{Recording: "chuong", Length: 3 * time.Second},
			Tail:  scheduler.Sound{Recording: "duoi", Length: time.Second},
			Pause: 500 * time.Millisecond, Gap: time.Second, Lead: 7 * time.Second,
			Sounds: map[string]time.Duration{"nhac-mo": 8 * time.Second, "nhac-ket": 6 * time.Second},
		},
	}
}

// tell adds an announcement that is ready in both languages, half of length
// each (frame and pauses come on top: 5.5 s).
func tell(b *scheduler.Book, id string, length time.Duration) *scheduler.Announcement {
	b.Announcements = append(b.Announcements, scheduler.Announcement{
		Owned: scheduler.Owned{ID: id, Village: b.Village.Key}, Title: "Bản tin " + id, Class: scheduler.ClassNormal,
	})
	for _, language := range b.Village.Languages {
		b.Renditions = append(b.Renditions, scheduler.Rendition{
			Owned: scheduler.Owned{ID: id + "-" + language}, Announcement: id, Language: language,
			State: scheduler.Ready, Recording: id + "-" + language, Length: length / time.Duration(len(b.Village.Languages)),
		})
	}
	return &b.Announcements[len(b.Announcements)-1]
}

// when adds a schedule for an announcement.
func when(b *scheduler.Book, announcement string, s scheduler.Schedule) *scheduler.Schedule {
	s.Announcement = announcement
	if s.ID == "" {
		s.ID = "lich-" + announcement
	}
	b.Schedules = append(b.Schedules, s)
	return &b.Schedules[len(b.Schedules)-1]
}

func once(t time.Time) scheduler.Schedule { return scheduler.Schedule{Kind: scheduler.Once, At: t} }

func pressed(t time.Time) scheduler.Schedule { return scheduler.Schedule{Kind: scheduler.Now, At: t} }

func daily(slots ...string) scheduler.Schedule {
	return scheduler.Schedule{Kind: scheduler.Slots, Slots: slots}
}

// plan builds or fails the test.
func plan(t rapid.TB, now time.Time, horizon time.Duration, b scheduler.Book) scheduler.Plan {
	t.Helper()
	p, err := scheduler.BuildPlan(now, horizon, b)
	if err != nil {
		t.Fatalf("build plan: %v", err)
	}
	return p
}

// find looks an occurrence up by ID; nil when it does not air.
func find(p scheduler.Plan, id string) *scheduler.Occurrence {
	for i, o := range p.Occurrences {
		if o.ID == id {
			return &p.Occurrences[i]
		}
	}
	return nil
}

// why looks the reason of an omission up by ID; the zero Reason when it is
// none.
func why(p scheduler.Plan, id string) scheduler.Reason {
	for _, om := range p.Omissions {
		if om.Occurrence.ID == id {
			return om.Reason
		}
	}
	return scheduler.Reason{}
}

// ids lists the occurrences in order of Due.
func ids(p scheduler.Plan) []string {
	var out []string
	for _, o := range p.Occurrences {
		out = append(out, o.ID)
	}
	return out
}

// aired is the Past row of an occurrence that sounded as planned, as far as a plan asks for it.
func aired(o scheduler.Occurrence) scheduler.Past {
	p := scheduler.Past{Occurrence: o.ID, Due: o.Due, End: o.End(), Schedule: o.Schedule, Slot: o.Slot, Nominal: o.Nominal}
	for _, r := range o.Reasons {
		p.Exempt = p.Exempt || r.Exempts
	}
	if o.Class == scheduler.ClassEmergency { // the limits do not count it
		p.Class = o.Class
	}
	return p
}
