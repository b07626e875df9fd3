package web

import (
	"slices"
	"time"

	"loalang/report"
	"loalang/scheduler"
)

// UrgedCase is what was put on the air before its review, and when it was first
// heard.
type UrgedCase struct {
	scheduler.Urged
	Heard time.Time // zero: it was not, in the days of the report
}

// mostUrged bounds the list on a page, as the other lists are bounded.
const mostUrged = 40

// urge takes in what was urged in one village; of a report of a part, only what
// was heard in it. What nobody has reviewed comes first.
func (r *Report) urge(list []scheduler.Urged, heard map[string]time.Time, loc *time.Location) {
	for _, u := range list {
		c := UrgedCase{Urged: u, Heard: heard[u.Announcement]}
		if r.Filter != (report.Filter{}) && c.Heard.IsZero() {
			continue
		}
		c.At = c.At.In(loc)
		r.Urged = append(r.Urged, c)
	}
	slices.SortStableFunc(r.Urged, func(a, b UrgedCase) int {
		switch {
		case a.Open() == b.Open():
			return a.At.Compare(b.At)
		case a.Open():
			return -1
		}
		return 1
	})
}

// UrgedCode is what a report says of the review: "in-time", "late", "waits" or
// "overdue".
func (r Report) UrgedCode(u UrgedCase) string {
	switch late := u.Overdue(r.Made); {
	case u.Open() && late:
		return "overdue"
	case u.Open():
		return "waits"
	case late:
		return "late"
	}
	return "in-time"
}

var urgedStates = map[string][2]string{"in-time": {"ok", "tot"}, "late": {"wait", "gio"}, "waits": {"soft", "gio"}, "overdue": {"bad", "lo"}}

// urgedList names them on the page.
func (p phrase) urgedList(r Report) (list reportList) {
	list = reportList{ID: "urged", Title: p.word("report.list-urged")}
	for i, u := range r.Urged {
		if i == mostUrged {
			list.More = p.word("report.more", len(r.Urged)-mostUrged)
			break
		}
		code := r.UrgedCode(u)
		c := reportCaseView{When: u.At.Format("02/01 15:04"), Title: u.Title, State: stateView{urgedStates[code][0], urgedStates[code][1], p.word("urged." + code)}, Cause: p.urgedWords(u)}
		if len(r.Places) > 1 {
			c.Title += ", " + p.groupName(r, report.ByVillage, u.Village)
		}
		list.Rows = append(list.Rows, c)
	}
	return list
}

// urgedWords tell who put it on the air and why, when it was heard, and what became
// of the review.
func (p phrase) urgedWords(u UrgedCase) string {
	const at = "15:04 02/01"
	say := p.word("report.urged-by", u.By, u.Why)
	if u.Why == "" {
		say = p.word("report.urged-by-no-reason", u.By)
	}
	if u.Heard.IsZero() {
		say += "; " + p.word("report.urged-unheard")
	} else {
		say += "; " + p.word("report.urged-heard", u.Heard.In(p.loc).Format(at))
	}
	switch {
	case !u.Open():
		say += "; " + p.word("report.urged-"+string(u.Verdict), u.Reviewer, u.Reviewed.In(p.loc).Format(at))
	case !u.Limit.IsZero():
		say += "; " + p.word("report.urged-limit", u.Limit.In(p.loc).Format(at))
	}
	return say
}

// urgedJSON is one of them.
type urgedJSON struct {
	Announcement string     `json:"announcement"`
	Village      string     `json:"village"`
	Title        string     `json:"title"`
	At           time.Time  `json:"at" doc:"When it was put on the air before its review."`
	By           string     `json:"by"`
	Why          string     `json:"why,omitempty"`
	Heard        *time.Time `json:"heard,omitempty" doc:"When it was first heard in the days of the report."`
	Limit        *time.Time `json:"review_until,omitempty"`
	State        string     `json:"state" enum:"in-time,late,waits,overdue"`
	Verdict      string     `json:"verdict,omitempty" enum:"approved,returned,withdrawn" doc:"Absent: nobody has reviewed it."`
	Reviewer     string     `json:"reviewed_by,omitempty"`
	Reviewed     *time.Time `json:"reviewed,omitempty"`
	Text         string     `json:"text"`
}

func (p phrase) urgedJSON(r Report) []urgedJSON {
	list := []urgedJSON{}
	for _, u := range r.Urged {
		list = append(list, urgedJSON{
			u.Announcement, u.Village, u.Title, u.At.UTC(), u.By, u.Why, instantOf(u.Heard), instantOf(u.Limit), r.UrgedCode(u),
			string(u.Verdict), u.Reviewer, instantOf(u.Reviewed), p.urgedWords(u),
		})
	}
	return list
}
