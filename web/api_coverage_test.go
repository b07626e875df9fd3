package web_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// reading is a rendition as the API shows it.
type reading struct {
	ID, Language, State, Recording, Told string
	Assignment                           *struct {
		Reader, Account, By string
		Due                 time.Time
		Overdue             bool
	}
}

type readNotice struct {
	Wording    string
	Renditions []reading
}

const pccPath = "/api/v1/announcements/" + noticeID + "/renditions/pcc"

// lacking is a house with a notice in the evening slot that lacks Giáy, and
// somebody who may record it.
func lacking(t *testing.T) *house {
	h := newHouse(t)
	h.fillTold()
	d := h.w.notices[noticeID]
	d.Renditions = slices.Clone(d.Renditions)
	d.Renditions[1] = scheduler.Rendition{Owned: scheduler.Owned{ID: "r-pcc", Revision: 1}, Announcement: noticeID, Language: "pcc", State: scheduler.Missing}
	d.Renditions[0].Revision = 1
	d.Schedules = []scheduler.Schedule{{Owned: scheduler.Owned{ID: scheduleID}, Announcement: noticeID, Kind: scheduler.Slots, Slots: []string{slotID}, Misfire: scheduler.Misfire{Policy: scheduler.PlayLate, Grace: time.Hour}}}
	h.w.notices[noticeID] = d
	h.people.change(func(r *register) {
		r.accounts = append(r.accounts,
			people.Account{ID: "acc-my", Name: "Vàng Thị Mỷ", Role: people.Recorder, Village: "un-ta"},
			people.Account{ID: "acc-xa", Name: "Ở xa", Role: people.Recorder, Village: "toong-gianh"},
			people.Account{ID: "acc-xem", Name: "Chỉ xem", Role: people.Viewer})
	})
	return h
}

func TestAssign(t *testing.T) {
	h := lacking(t)
	var n readNotice
	h.call("cadre", "PUT", pccPath+"/assignment", `{"account":"acc-my"}`).want(200).into(&n)
	r := n.Renditions[1]
	// The next airing is tomorrow at 05:30.
	if r.State != "assigned" || r.Assignment == nil || r.Assignment.Reader != "Vàng Thị Mỷ" || r.Assignment.By != "máy cadre" || !r.Assignment.Due.Equal(h.w.at(24, 4, 30)) || r.Assignment.Overdue {
		t.Fatalf("%+v, %+v", r, r.Assignment)
	}
	h.call("cadre", "PUT", pccPath+"/assignment", `{"reader":" Bà Lò ","due":"2026-11-23T17:30:00+07:00"}`).want(200).into(&n)
	n.Renditions = nil
	h.call("viewer", "GET", "/api/v1/announcements/"+noticeID, "").want(200).into(&n)
	if r = n.Renditions[1]; r.Assignment.Reader != "Bà Lò" || r.Assignment.Account != "" || !r.Assignment.Due.Equal(h.w.at(23, 17, 30)) {
		t.Errorf("asked somebody else: %+v", r.Assignment)
	}
	var tasks struct{ Assignments []taskOf }
	h.call("viewer", "GET", "/api/v1/assignments", "").want(200).into(&tasks)
	if len(tasks.Assignments) != 1 || tasks.Assignments[0].Language != "pcc" || tasks.Assignments[0].Wording != n.Wording {
		t.Errorf("tasks %+v", tasks)
	}
	h.call("viewer", "GET", "/api/v1/assignments?account=acc-my", "").want(200).into(&tasks)
	if len(tasks.Assignments) != 0 {
		t.Errorf("tasks of another: %+v", tasks)
	}
	h.w.now = h.w.at(23, 18, 0)
	h.call("viewer", "GET", "/api/v1/announcements/"+noticeID, "").want(200).into(&n)
	if !n.Renditions[1].Assignment.Overdue {
		t.Error("half an hour late it is not overdue")
	}
	n = readNotice{}
	h.call("cadre", "DELETE", pccPath+"/assignment", "").want(200).into(&n)
	if n.Renditions[1].State != "missing" || n.Renditions[1].Assignment != nil {
		t.Errorf("taken back: %+v", n.Renditions[1])
	}
	if p := h.call("cadre", "DELETE", pccPath+"/assignment", "").want(409).problem(); p.Code != "rendition-state" {
		t.Errorf("taken back twice: %+v", p)
	}
}

type taskOf struct{ Announcement, Language, Wording string }

func TestBadAssignments(t *testing.T) {
	for name, c := range map[string]struct {
		path, body string
		status     int
		faults     string
	}{
		"of nobody":          {pccPath, `{}`, 422, "reader required"},
		"of who may not":     {pccPath, `{"account":"acc-xem"}`, 422, "reader unknown"},
		"of another village": {pccPath, `{"account":"acc-xa"}`, 422, "reader unknown"},
		"of no account":      {pccPath, `{"account":"acc-0"}`, 422, "reader unknown"},
		"due yesterday":      {pccPath, `{"reader":"Mỷ","due":"2026-11-22T17:30:00+07:00"}`, 422, "due in-the-past"},
		"due in ten years":   {pccPath, `{"reader":"Mỷ","due":"2036-11-22T17:30:00+07:00"}`, 422, "due too-far"},
		"of a long name":     {pccPath, `{"reader":"` + strings.Repeat("a", 201) + `"}`, 422, "reader too-long"},
		"of no language":     {strings.Replace(pccPath, "pcc", "tyz", 1), `{"reader":"Mỷ"}`, 422, "language unknown"},
		"of what is ready":   {strings.Replace(pccPath, "pcc", "vi", 1), `{"reader":"Mỷ"}`, 409, ""},
		"of no announcement": {strings.Replace(pccPath, noticeID, soundID, 1), `{"reader":"Mỷ"}`, 404, ""},
		"control characters": {pccPath, `{"reader":"M\u0007ỷ"}`, 422, "reader control-characters"},
	} {
		t.Run(name, func(t *testing.T) {
			h := lacking(t)
			if got := h.call("cadre", "PUT", c.path+"/assignment", c.body).want(c.status).faults(); got != c.faults || h.w.changed > 0 {
				t.Errorf("got %q, want %q; told %d times", got, c.faults, h.w.changed)
			}
		})
	}
}

// The text is changed while a take of it is on its way: the take is kept, and is
// outdated, not ready.
func TestTextChangedWhileATakeIsSent(t *testing.T) {
	h := lacking(t)
	var n readNotice
	h.call("cadre", "GET", "/api/v1/announcements/"+noticeID, "").want(200).into(&n)
	read := n.Wording
	h.call("cadre", "PATCH", "/api/v1/announcements/"+noticeID, `{"text":"Mời bà con họp lúc 20h."}`).want(200)
	h.call("recorder", "PUT", pccPath, `{"recording":"`+soundID+`","wording":"`+read+`"}`).want(200).into(&n)
	if r := n.Renditions[1]; r.State != "outdated" || r.Recording != soundID {
		t.Fatalf("%+v", r)
	}
	h.call("recorder", "POST", pccPath+"/hold", "").want(200).into(&n)
	if r := n.Renditions[1]; r.State != "recorded" {
		t.Errorf("it holds: %+v", r)
	}
	if p := h.call("recorder", "POST", pccPath+"/hold", "").want(409).problem(); p.Code != "rendition-state" {
		t.Errorf("it holds twice: %+v", p)
	}
}

// The same, when the change comes between the reading and the writing.
func TestTextChangedUnderATake(t *testing.T) {
	h := lacking(t)
	var n readNotice
	h.call("cadre", "GET", "/api/v1/announcements/"+noticeID, "").want(200).into(&n)
	h.w.racing = func() {
		d := h.w.notices[noticeID]
		d.Announcement.Text, d.Announcement.Revision = "Mời bà con họp lúc 20h.", d.Announcement.Revision+1
		d.Renditions = slices.Clone(d.Renditions)
		d.Renditions[1].Revision++
		h.w.notices[noticeID] = d
	}
	h.call("recorder", "PUT", pccPath, `{"recording":"`+soundID+`","wording":"`+n.Wording+`"}`).want(200).into(&n)
	if r := n.Renditions[1]; r.State != "outdated" || r.Recording != soundID {
		t.Errorf("%+v", r)
	}
}

func TestCoverage(t *testing.T) {
	h := lacking(t)
	type coverage struct {
		Villages []struct {
			Village, Missing string
			Languages        []string
			Announcements    []struct {
				ID         string
				Next       time.Time
				Lacking    []string
				Renditions []reading
			}
		}
	}
	var c coverage
	h.call("viewer", "GET", "/api/v1/coverage", "").want(200).into(&c)
	if len(c.Villages) != 1 || c.Villages[0].Missing != "fallback" || len(c.Villages[0].Announcements) == 0 {
		t.Fatalf("%+v", c)
	}
	first := c.Villages[0].Announcements[0]
	if first.ID != noticeID || !first.Next.Equal(h.w.at(24, 5, 30)) || !slices.Equal(first.Lacking, []string{"pcc"}) || len(first.Renditions) != 2 {
		t.Errorf("%+v", first)
	}
	for path, want := range map[string]int{"?day=2026-11-24": 1, "?day=2026-11-23": 0, "?only=missing&village=un-ta": 1} {
		c = coverage{}
		h.call("viewer", "GET", "/api/v1/coverage"+path, "").want(200).into(&c)
		if got := len(c.Villages[0].Announcements); got != want {
			t.Errorf("%s: %d announcements, want %d", path, got, want)
		}
	}
	if got := h.call("viewer", "GET", "/api/v1/coverage?day=hôm+nay", "").want(422).faults(); got != "day date" {
		t.Errorf("a day in words: %q", got)
	}
	h.call("viewer", "GET", "/api/v1/coverage?village=atlantis", "").want(422)
	c = coverage{}
	h.call("near", "GET", "/api/v1/coverage", "").want(200).into(&c)
	if len(c.Villages) != 1 {
		t.Errorf("who may see one village sees %d", len(c.Villages))
	}
	c = coverage{}
	h.call("elsewhere", "GET", "/api/v1/coverage", "").want(200).into(&c)
	if len(c.Villages) != 0 {
		t.Errorf("who may not see it sees %+v", c)
	}
}

func TestLanguagesOfAVillage(t *testing.T) {
	h := lacking(t)
	var v struct {
		Languages []string
		Missing   string
		Pause     float64
	}
	h.call("officer", "PATCH", "/api/v1/villages/un-ta", `{"languages":["pcc","vi","tyz"],"missing":"wait","pause":1.5}`).want(200).into(&v)
	if !slices.Equal(v.Languages, []string{"pcc", "vi", "tyz"}) || v.Missing != "wait" || v.Pause != 1.5 || len(h.w.village.Allowed) != 1 || h.w.village.Pause != 1500*time.Millisecond {
		t.Errorf("%+v, saved %+v", v, h.w.village)
	}
	for body, want := range map[string]string{
		`{"languages":["vi","vi"]}`: "languages unknown", `{"languages":["klingon"]}`: "languages unknown", `{"languages":[]}`: "languages required",
		`{"missing":"later"}`: "missing unknown", `{"pause":9}`: "pause out-of-range",
	} {
		if got := h.call("officer", "PATCH", "/api/v1/villages/un-ta", body).want(422).faults(); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

// A language that a voice speaks is spoken in everything that may still air, once
// the village adds it.
func TestVoiceOfANewLanguage(t *testing.T) {
	h := lacking(t)
	h.w.village.Languages = []string{"pcc"}
	h.w.village.Missing = scheduler.LeaveOut
	d := h.w.notices[noticeID]
	d.Renditions = slices.Clone(d.Renditions)
	d.Renditions[0] = scheduler.Rendition{Owned: scheduler.Owned{ID: "r-vi", Revision: 1}, Announcement: noticeID, Language: "vi", State: scheduler.Missing} // as the store adds it
	h.w.notices[noticeID] = d
	h.call("officer", "PATCH", "/api/v1/villages/un-ta", `{"languages":["pcc","vi"]}`).want(200)
	if r := h.w.notices[noticeID].Renditions[0]; r.State != scheduler.Spoken || r.SpokenText == "" {
		t.Errorf("%+v", r)
	}
}

// The coverage comes in pages that follow one another without a gap.
func TestCoverageByPages(t *testing.T) {
	h := newHouse(t)
	h.fill()
	for i := range 6 {
		h.call("cadre", "POST", "/api/v1/announcements", fmt.Sprintf(`{"title":"tin %d","text":"chữ","schedules":[{"kind":"slots","slots":["17:00"]}]}`, i)).want(201)
	}
	type reply struct {
		Villages []struct{ Announcements []struct{ ID string } }
		Next     string
	}
	var whole reply
	h.call("viewer", "GET", "/api/v1/coverage", "").want(200).into(&whole)
	if n := len(whole.Villages[0].Announcements); n != 7 || whole.Next != "" {
		t.Fatalf("%d announcements, next %q", n, whole.Next)
	}
	var seen []string
	for after, pages := "", 0; ; pages++ {
		var l reply
		h.call("viewer", "GET", "/api/v1/coverage?limit=3&after="+after, "").want(200).into(&l)
		for _, a := range l.Villages[0].Announcements {
			seen = append(seen, a.ID)
		}
		if after = l.Next; after == "" {
			if pages != 2 {
				t.Errorf("%d pages", pages+1)
			}
			break
		}
	}
	for i, a := range whole.Villages[0].Announcements {
		if i >= len(seen) || seen[i] != a.ID {
			t.Fatalf("by pages %v, whole %v", seen, whole)
		}
	}
	if got := h.call("viewer", "GET", "/api/v1/coverage?after=0193a000-0000-7000-8000-000000000fff", "").want(422).faults(); got != "after unknown" {
		t.Errorf("got %q", got)
	}
}
