package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/recordings"
)

// retentionJSON is how long the board keeps what nothing uses.
type retentionJSON struct {
	PreviewDays int `json:"preview_days" minimum:"1" maximum:"365" doc:"What a voice read only to be heard beforehand."`
	TakeDays    int `json:"take_days" minimum:"7" maximum:"3650" doc:"What people recorded and nothing uses."`
	LogYears    int `json:"log_years" minimum:"0" maximum:"50" doc:"As-run; 0: for ever."`
}

type (
	retentionOutput struct {
		Body struct {
			Rules   retentionJSON `json:"rules"`
			Surplus []surplusJSON `json:"surplus" doc:"What would be removed now, the oldest first, at most 200."`
			Count   int           `json:"count" doc:"How many would be removed now."`
			Bytes   int64         `json:"bytes" doc:"Of their masters."`
		}
	}
	surplusJSON struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		Kind  string `json:"kind" enum:"take,speech"`
	}
	retentionInput struct {
		Caller
		Body retentionJSON
	}
	tidyInput struct {
		Caller
	}
	tidyOutput struct {
		Body struct {
			Previews int `json:"previews"`
			Takes    int `json:"takes" doc:"They can be taken back for seven days, unless the disk runs full."`
			Finished int `json:"finished" doc:"Recordings of announcements that air no more and did not for 30 days: the disk ran full."`
			Cleared  int `json:"cleared" doc:"Deleted before, and gone for ever now."`
			LogRows  int `json:"log_rows"`
		}
	}
)

func (s *Server) registerRetention(api huma.API) {
	const tag = "recordings"
	answer(s, api, operation{"get-retention", http.MethodGet, "/retention", "Read how long the board keeps what nothing uses, and what it would remove now", tag, people.Arrange, 0}, s.getRetention)
	answer(s, api, operation{"put-retention", http.MethodPut, "/retention", "Say how long the board keeps what nothing uses", tag, people.Arrange, http.StatusNoContent}, s.putRetention)
	answer(s, api, operation{"tidy-library", http.MethodPost, "/retention/tidy", "Remove what nothing uses now instead of tonight", tag, people.Arrange, 0}, s.tidyLibrary)
}

func (s *Server) getRetention(ctx context.Context, in *tidyInput) (*retentionOutput, error) {
	if _, err := in.village("", people.Arrange); err != nil {
		return nil, err
	}
	r, err := s.cfg.Keeping.Retention(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.cfg.Caretaker.Surplus(ctx)
	if err != nil {
		return nil, err
	}
	var out retentionOutput
	out.Body.Rules = retentionJSON{r.PreviewDays, r.TakeDays, r.LogYears}
	out.Body.Surplus, out.Body.Count = []surplusJSON{}, len(list)
	for i, rec := range list {
		if out.Body.Bytes += rec.Bytes; i < 200 {
			out.Body.Surplus = append(out.Body.Surplus, surplusJSON{rec.ID, rec.Title, string(rec.Kind)})
		}
	}
	return &out, nil
}

func (s *Server) putRetention(ctx context.Context, in *retentionInput) (*nothing, error) {
	if _, err := in.village("", people.Arrange); err != nil {
		return nil, err
	}
	err := s.keepRetention(ctx, recordings.Retention{PreviewDays: in.Body.PreviewDays, TakeDays: in.Body.TakeDays, LogYears: in.Body.LogYears}, in.who.Name)
	if errors.Is(err, recordings.ErrRetention) {
		return nil, in.invalid("take_days", "out-of-range", "7–3650")
	}
	return nil, err
}

// keepRetention keeps how long what nothing uses is kept, and tells the history what of it
// is another; recordings.ErrRetention.
func (s *Server) keepRetention(ctx context.Context, after recordings.Retention, by string) error {
	before, unread := s.cfg.Keeping.Retention(ctx)
	if err := s.cfg.Keeping.SaveRetention(ctx, after, by); err != nil {
		return err
	}
	if unread != nil { // a change is told without what it was before, rather than not at all
		before = recordings.Retention{PreviewDays: -1, TakeDays: -1, LogYears: -1}
	}
	c := knobChange(s.cfg.Village, "retention")
	differ(&c, "preview_days", before.PreviewDays, after.PreviewDays)
	differ(&c, "take_days", before.TakeDays, after.TakeDays)
	differ(&c, "log_years", before.LogYears, after.LogYears)
	if len(c.Fields) > 0 {
		s.noteOrLog(ctx, c)
	}
	return nil
}

func (s *Server) tidyLibrary(ctx context.Context, in *tidyInput) (*tidyOutput, error) {
	if _, err := in.village("", people.Arrange); err != nil {
		return nil, err
	}
	t, err := s.cfg.Caretaker.Tidy(ctx)
	if err != nil {
		return nil, err
	}
	var out tidyOutput
	out.Body.Previews, out.Body.Takes, out.Body.Finished, out.Body.Cleared, out.Body.LogRows = t.Previews, t.Takes, t.Finished, t.Cleared, t.LogRows
	s.tellChange(ctx)
	return &out, nil
}
