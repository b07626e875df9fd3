package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
)

// feedJSON is an address of a village's calendar feed; its secret is told when it is
// made, and never again.
type feedJSON struct {
	ID      string    `json:"id"`
	Name    string    `json:"name" doc:"Whose calendar it is for."`
	Created time.Time `json:"created"`
	Path    string    `json:"path,omitempty" doc:"Only when it was just made: what calendars subscribe to, behind the address of the board. Whoever has it reads the plan."`
}

type (
	feedsInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	feedsOutput struct {
		Body struct {
			Feeds []feedJSON `json:"feeds" doc:"Those that may still be used, the oldest first."`
		}
	}
	newFeedInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    struct {
			Name string `json:"name,omitempty" maxLength:"200" doc:"Whose calendar it is for; the caller's name when left out."`
		}
	}
	oneFeedInput struct {
		Caller
		ID      string `path:"id"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	feedOutput struct {
		Body feedJSON
	}
)

func (s *Server) registerFeeds(api huma.API) {
	const tag = "calendars"
	answer(s, api, operation{"list-feeds", http.MethodGet, "/calendars/feeds", "List the addresses by which calendars subscribe to the plan", tag, people.View, 0}, s.listFeeds)
	answer(s, api, operation{"create-feed", http.MethodPost, "/calendars/feeds", "Make an address by which a calendar subscribes to the plan, and tell it once", tag, people.Plan, http.StatusCreated}, s.createFeed)
	answer(s, api, operation{"revoke-feed", http.MethodDelete, "/calendars/feeds/{id}", "Make such an address worthless, at once and for ever", tag, people.Plan, http.StatusNoContent}, s.deleteFeed)
}

func (s *Server) listFeeds(ctx context.Context, in *feedsInput) (*feedsOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	all, err := s.feedsOf(ctx, village)
	if err != nil {
		return nil, err
	}
	var out feedsOutput
	out.Body.Feeds = []feedJSON{}
	for _, t := range all {
		out.Body.Feeds = append(out.Body.Feeds, feedJSON{ID: t.ID, Name: t.Name, Created: t.Created.UTC()})
	}
	return &out, nil
}

func (s *Server) createFeed(ctx context.Context, in *newFeedInput) (*feedOutput, error) {
	village, err := in.village(in.Village, people.Plan)
	if err != nil {
		return nil, err
	}
	t, path, err := s.newFeed(ctx, in.who, village, in.Body.Name)
	if errors.Is(err, errManyFeeds) {
		p := s.problem(in.lang, http.StatusConflict, "many-feeds")
		p.Detail = word(in.lang, "feeds.many", maxFeeds)
		return nil, p
	}
	if err != nil {
		return nil, err
	}
	return &feedOutput{Body: feedJSON{ID: t.ID, Name: t.Name, Created: t.Created, Path: path}}, nil
}

func (s *Server) deleteFeed(ctx context.Context, in *oneFeedInput) (*nothing, error) {
	village, err := in.village(in.Village, people.Plan)
	if err != nil {
		return nil, err
	}
	return nil, s.endFeed(ctx, village, in.ID)
}
