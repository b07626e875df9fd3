package web

import (
	"context"
	"net/http"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// Tellings keeps what authors are told of notices that do not fit their slots.
// *store.Store is one.
type Tellings interface {
	// Tellings lists what was told of slots of a village that begin at an instant or
	// later, in order of time.
	Tellings(ctx context.Context, village string, from time.Time) ([]scheduler.Telling, error)
	// SeeTelling writes down that somebody has seen what was told of an occurrence.
	SeeTelling(ctx context.Context, village, occurrence, by string, at time.Time) error
}

// movedJSON is a notice that does not air as it was promised.
type movedJSON struct {
	Occurrence   string     `json:"occurrence" doc:"Of what was promised."`
	Announcement string     `json:"announcement"`
	Title        string     `json:"title"`
	Author       string     `json:"author"`
	Slot         string     `json:"slot" doc:"ID of the slot in which it was promised; empty: it had an exact time."`
	From         time.Time  `json:"from" doc:"When that begins, or the exact time."`
	To           *time.Time `json:"to,omitempty" doc:"When it airs instead, or the slot begins in which it does; absent: nothing stands in for it."`
	Reason       string     `json:"reason,omitempty" doc:"Code; absent: it airs as promised after all."`
	Detail       string     `json:"detail"`
	Told         time.Time  `json:"told" doc:"Since when the plan says so."`
	Seen         *time.Time `json:"seen,omitempty"`
	SeenBy       string     `json:"seen_by,omitempty"`
}

type (
	movedInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Author  string `query:"author" doc:"Only those of this author."`
	}
	movedOutput struct {
		Body struct {
			Moved []movedJSON `json:"moved" doc:"Of slots that are still to come, by from."`
		}
	}
	seeMovedInput struct {
		Caller
		Occurrence string `path:"occurrence"`
		Village    string `query:"village" doc:"Key; the board's own when left out."`
	}
)

func (s *Server) listMoved(ctx context.Context, in *movedInput) (*movedOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	p, err := s.phrase(ctx, in.lang, village)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Now()
	all, err := s.cfg.Tellings.Tellings(ctx, village, now)
	if err != nil {
		return nil, err
	}
	slots, err := s.cfg.Places.Slots(ctx, village)
	if err != nil {
		return nil, err
	}
	var out movedOutput
	out.Body.Moved = []movedJSON{}
	for _, x := range all {
		if in.Author != "" && in.Author != x.Author {
			continue
		}
		out.Body.Moved = append(out.Body.Moved, movedJSON{
			x.Occurrence, x.Announcement, x.Title, x.Author, x.Slot, x.From.UTC(), instantOf(x.To), x.Reason, p.told(x, slots, now), x.Told.UTC(), instantOf(x.Seen), x.SeenBy,
		})
	}
	return &out, nil
}

func (s *Server) seeMoved(ctx context.Context, in *seeMovedInput) (*nothing, error) {
	village, err := in.village(in.Village, people.Write)
	if err != nil {
		return nil, err
	}
	return nil, s.cfg.Tellings.SeeTelling(ctx, village, in.Occurrence, in.who.Name, s.cfg.Now().UTC())
}

// told says what becomes of a notice: "Bản tin “Họp thôn” không vừa buổi 17:00 ngày
// mai, chuyển sang 05:30 thứ Tư".
func (p phrase) told(x scheduler.Telling, slots []scheduler.Slot, now time.Time) string {
	from := p.at(x.From, now)
	for _, s := range slots {
		if s.ID == x.Slot && s.Name != "" {
			from = p.lower(s.Name) + " " + from
		}
	}
	text := ""
	switch {
	case x.Reason == "":
		return p.word("moved.fits", x.Title, from)
	case x.Reason == scheduler.ReasonNoSlot:
		return p.word("moved.no-slot", x.Title)
	case !scheduler.ForWantOfRoom(x.Reason) && x.To.IsZero():
		text = p.word("moved.silent", x.Title, from)
	case !scheduler.ForWantOfRoom(x.Reason):
		text = p.word("moved.silent-to", x.Title, from, p.at(x.To, now))
	case x.To.IsZero():
		text = p.word("moved.nowhere", x.Title, from)
	default:
		text = p.word("moved.to", x.Title, from, p.at(x.To, now))
	}
	if x.Reason == scheduler.ReasonNextTime || x.Reason == scheduler.ReasonSlotFull { // the sentence says it
		return text
	}
	return p.word("moved.because", text, p.lower(p.cause(x.Reason)))
}

// movedView is one of them on a page.
type movedView struct {
	Announcement    string
	Occurrences     []string // of the same fate, the first of which is told
	Text, Note, Why string   // Why: where it is explained
	MaySee          bool     // offer to say that it was seen
	Gone            bool     // it airs nowhere
}

// moved are what the visitor should know: what becomes of one's own notices until one
// has said that one knows, and, who arranges the slots, of all. For one announcement it
// is everything.
func (p *panel) moved(v *visit, announcement string) []movedView {
	all, err := p.s.cfg.Tellings.Tellings(v.ctx(), v.village.Key, v.now)
	if err == nil && len(all) > 0 {
		slots, wrong := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
		if err = wrong; err == nil {
			return v.movedViews(all, slots, announcement)
		}
	}
	if err != nil && !isDamage(err) { // of damage every page tells
		p.s.cfg.Logger.Error("what is moved could not be read", "err", err)
	}
	return nil
}

func (v *visit) movedViews(all []scheduler.Telling, slots []scheduler.Slot, announcement string) []movedView {
	var views []movedView
	same := map[fate]int{} // index of what is told of all alike
	for _, x := range all {
		own := x.Author == v.me.Name
		switch {
		case announcement != "" && x.Announcement != announcement:
			continue
		case announcement == "" && (!x.Seen.IsZero() || !own && (!v.may(people.Arrange) || x.Reason == "")):
			continue
		}
		alike := fate{announcement: x.Announcement, reason: x.Reason, author: x.Author, seen: !x.Seen.IsZero()}
		together := x.Reason != "" && (x.To.IsZero() || announcement == "")
		if !x.To.IsZero() {
			alike.movedOf = x.Slot
		}
		if i, told := same[alike]; told && together {
			views[i].Occurrences = append(views[i].Occurrences, x.Occurrence)
			continue
		}
		if together {
			same[alike] = len(views)
		}
		w := movedView{Occurrences: []string{x.Occurrence}, Announcement: x.Announcement, Text: v.told(x, slots, v.now), Why: v.whyLink(x.Announcement, x.From), MaySee: own && x.Seen.IsZero(), Gone: x.To.IsZero()}
		switch {
		case !x.Seen.IsZero():
			w.Note = v.word("moved.seen", x.SeenBy, v.at(x.Seen, v.now))
		case !own:
			w.Note = v.word("moved.unseen", x.Author)
		}
		views = append(views, w)
	}
	for i := range views {
		if more := len(views[i].Occurrences) - 1; more > 0 {
			views[i].Text = v.word("moved.and-more", views[i].Text, more)
		}
	}
	return views
}

// fate is what turns of one announcement share that air nowhere for one reason, or are
// moved out of one slot: they are told in one line, those that are moved one by one on
// the page of the announcement, which says where each goes.
type fate struct {
	announcement, reason, author string
	movedOf                      string // the slot
	seen                         bool
}

// seeMoved takes that the author has seen what becomes of a notice.
func (p *panel) seeMoved(v *visit) {
	for _, id := range v.c.PostFormArray("occurrence") {
		err := p.s.cfg.Tellings.SeeTelling(v.ctx(), v.village.Key, id, v.me.Name, v.now.UTC())
		if err != nil && !isMissing(err) { // gone meanwhile: there is nothing to know any more
			p.fail(v, err)
			return
		}
	}
	v.c.Redirect(http.StatusSeeOther, "/")
}
