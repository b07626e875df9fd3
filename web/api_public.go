package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"loalang/scheduler"
)

// publicBoardJSON is the public board: what everybody may know.
type publicBoardJSON struct {
	Village     string              `json:"village" doc:"Its name."`
	Commune     string              `json:"commune,omitempty"`
	Languages   []string            `json:"languages" doc:"In the order they air."`
	Made        time.Time           `json:"made"`
	Partial     bool                `json:"partial" doc:"The database does not answer: only the plan is told."`
	OnAir       string              `json:"on_air,omitempty" doc:"Title of what sounds now; absent: nothing, or nothing that stands on the board."`
	Emergencies []publicAlarmJSON   `json:"emergencies" doc:"That last, the oldest first."`
	Next        *time.Time          `json:"next,omitempty" doc:"When something is due next."`
	Days        []publicDayJSON     `json:"days" doc:"Today first, then the seven days before it."`
	Feeds       []publicFeedAddress `json:"feeds" doc:"What was heard in each language, as a podcast (RSS 2.0)."`
}

type publicAlarmJSON struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text,omitempty"`

	Messages []publicMessageJSON `json:"messages,omitempty" doc:"What is read in single languages instead of the text."`

	Raised  time.Time `json:"raised"`
	Expires time.Time `json:"expires"`

	AllClear bool `json:"all_clear,omitempty" doc:"It tells that the danger is over."`
}

type publicMessageJSON struct {
	Language string `json:"language" doc:"ISO 639."`
	Text     string `json:"text"`
}

type publicDayJSON struct {
	Date    string             `json:"date" format:"date"`
	Notices []publicNoticeJSON `json:"notices"`
}

// publicNoticeJSON is one announcement or emergency.
type publicNoticeJSON struct {
	ID        string            `json:"id" doc:"A name for the board alone."`
	Title     string            `json:"title"`
	Text      string            `json:"text,omitempty"`
	Office    string            `json:"office,omitempty" doc:"That answers for it."`
	Emergency bool              `json:"emergency"`
	Aired     []time.Time       `json:"aired" doc:"On its day."`
	Due       []time.Time       `json:"due" doc:"Today and tomorrow."`
	Sounds    []publicSoundJSON `json:"sounds"`

	Messages []publicMessageJSON `json:"messages,omitempty" doc:"What was read in single languages instead of the text."`
}

type publicSoundJSON struct {
	Language string  `json:"language" doc:"ISO 639."`
	Length   float64 `json:"length" doc:"Seconds."`
	URL      string  `json:"url" doc:"MP3; pieces may be asked for with Range."`
}

type publicFeedAddress struct {
	Language string `json:"language"`
	URL      string `json:"url"`
}

type (
	publicBoardInput struct {
		Caller
		IfNoneMatch string `header:"If-None-Match"`
	}
	publicBoardOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         publicBoardJSON
	}
	publicDayInput struct {
		Caller
		Date string `path:"date" format:"date" doc:"Today or one of the seven days before it."`
	}
	publicDayOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         publicDayJSON
	}
)

// registerPublic adds what may be asked without signing in, as long as the village has
// a public board.
func (s *Server) registerPublic(api huma.API) {
	const tag = "public"
	for _, o := range []operation{
		{"get-public-board", http.MethodGet, "/public/board", "Read the public board; nobody needs to sign in", tag, "", 0},
		{"get-public-day", http.MethodGet, "/public/board/{date}", "Read one day of the public board", tag, "", 0},
	} {
		op := o.huma(s)
		op.Security = []map[string][]string{} // none
		op.Middlewares = huma.Middlewares{s.sparing}
		if o.id == "get-public-board" {
			answerAs(s, api, op, s.publicBoard)
		} else {
			answerAs(s, api, op, s.publicDay)
		}
	}
}

// sparing answers who asks too often.
func (s *Server) sparing(ctx huma.Context, next func(huma.Context)) {
	c := humagin.Unwrap(ctx)
	if s.bulletin.calls.allow(c.Request) {
		next(ctx)
		return
	}
	c.Header("Retry-After", "1")
	s.abort(c, s.problem(s.spoken(c), http.StatusTooManyRequests, "rate-limited"))
}

// publicly is the board; where there is none, that is all that anybody learns.
func (s *Server) publicly(ctx context.Context, k *Caller) (*bulletin, error) {
	b, err := s.bulletin.now(ctx)
	if errors.Is(err, errNoBulletin) {
		return nil, k.missing()
	}
	return b, err
}

func (s *Server) publicBoard(ctx context.Context, in *publicBoardInput) (*publicBoardOutput, error) {
	b, err := s.publicly(ctx, &in.Caller)
	if err != nil {
		return nil, err
	}
	air := s.cfg.Air.Air()
	j := publicBoardJSON{
		Village: b.Village.Name, Commune: b.Village.Commune, Languages: entries(b.Village.Languages), Made: b.Made.UTC(), Partial: b.Partial,
		Next: instantOf(b.Next), Emergencies: []publicAlarmJSON{}, Days: []publicDayJSON{}, Feeds: []publicFeedAddress{},
	}
	for _, e := range air.Emergencies {
		j.Emergencies = append(j.Emergencies, publicAlarmJSON{s.bulletin.publicName("emergency", e.ID), e.Title, e.Text, publicMessages(ownTexts(e.Emergency)), e.Raised.UTC(), e.Expires.UTC(), e.AllClear})
	}
	if air.OnAir != nil {
		j.OnAir = b.public[air.OnAir.Occurrence.Announcement]
	}
	for _, d := range b.Days {
		j.Days = append(j.Days, publicDay(d))
	}
	for _, language := range b.Village.Languages {
		j.Feeds = append(j.Feeds, publicFeedAddress{language, bulletinRoot + "/rss/" + language + ".xml"})
	}
	return &publicBoardOutput{CacheControl: "public, max-age=1", Body: j}, nil
}

func (s *Server) publicDay(ctx context.Context, in *publicDayInput) (*publicDayOutput, error) {
	b, err := s.publicly(ctx, &in.Caller)
	if err != nil {
		return nil, err
	}
	for _, d := range b.Days {
		if d.Date.Format(time.DateOnly) == in.Date {
			return &publicDayOutput{CacheControl: "public, max-age=1", Body: publicDay(d)}, nil
		}
	}
	return nil, in.missing()
}

func publicDay(d day) publicDayJSON {
	j := publicDayJSON{Date: d.Date.Format(time.DateOnly), Notices: []publicNoticeJSON{}}
	for _, n := range d.Notices {
		one := publicNoticeJSON{ID: n.ID, Title: n.Title, Text: n.Text, Office: n.Office, Emergency: n.Emergency, Aired: utc(n.Aired), Due: utc(n.Due), Sounds: []publicSoundJSON{}, Messages: publicMessages(n.Own)}
		for _, s := range n.Sounds {
			one.Sounds = append(one.Sounds, publicSoundJSON{s.Language, s.Length.Seconds(), bulletinSounds + s.ID + ".mp3"})
		}
		j.Notices = append(j.Notices, one)
	}
	return j
}

func publicMessages(own []scheduler.Message) (all []publicMessageJSON) {
	for _, m := range own {
		all = append(all, publicMessageJSON{m.Language, m.Text})
	}
	return all
}

func utc(times []time.Time) []time.Time {
	out := make([]time.Time, len(times))
	for i, t := range times {
		out[i] = t.UTC()
	}
	return out
}
