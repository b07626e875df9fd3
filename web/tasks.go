package web

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// task is a rendition that somebody was asked to record.
type task struct {
	place        scheduler.Village
	announcement scheduler.Announcement
	rendition    scheduler.Rendition
	next         time.Time // when it airs next; zero: no schedule calls for it
}

// recordPath is the page on which a person records an announcement in one
// language.
func recordPath(announcement, language string) string {
	return "/announcements/" + url.PathEscape(announcement) + "/record/" + url.PathEscape(language)
}

// tasks are what people are to record in the villages that who may see, by due;
// only those whose assignment fits.
func (s *Server) tasks(ctx context.Context, who people.Principal, fits func(a scheduler.Assignment) bool) ([]task, error) {
	places, err := s.seen(ctx, who, "")
	if err != nil {
		return nil, err
	}
	var all []task
	for _, place := range places {
		c, err := s.coverage(ctx, place, s.cfg.Now(), time.Time{})
		if err != nil {
			return nil, err
		}
		for _, row := range c.Rows {
			for _, r := range row.Asked() {
				if fits(r.Assignment) {
					all = append(all, task{place, row.Announcement, r, row.Next})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(x, y task) int {
		return cmp.Or(x.rendition.Assignment.Due.Compare(y.rendition.Assignment.Due), cmp.Compare(x.announcement.ID, y.announcement.ID))
	})
	return all, nil
}
