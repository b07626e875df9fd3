package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
)

type (
	searchInput struct {
		Caller
		Village  string `query:"village" doc:"Key; the board's own when left out."`
		Words    string `query:"q" maxLength:"200" doc:"Words of the title, of who brought it or of what was said with it, with or without marks."`
		Purpose  string `query:"purpose" enum:"take,speech,preview,jingle,bed,siren,removed" doc:"What it is used for; removed: what can still be taken back."`
		Language string `query:"language" maxLength:"16" doc:"In which it is told."`
		Class    string `query:"class" enum:"normal,priority,emergency" doc:"Of an announcement that uses it."`
		Topic    string `query:"topic" maxLength:"64" doc:"Of an announcement that uses it: a group of templates."`
		By       string `query:"by" maxLength:"200" doc:"Who brought it."`
		Unused   bool   `query:"unused" doc:"Only what nothing uses."`
		Sort     string `query:"sort" enum:"oldest,title,longest" doc:"The newest first when left out."`
		Skip     int    `query:"skip" minimum:"0" maximum:"1000000"`
		Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}
	searchOutput struct {
		Body struct {
			Recordings []recordingJSON `json:"recordings"`
			Total      int             `json:"total" doc:"How many are found in all."`
		}
	}
	useJSON struct {
		What  string `json:"what" enum:"notice,bed,slot,frame,prepared"`
		ID    string `json:"id" doc:"Of the announcement, the slot or the template; of a village its key."`
		Title string `json:"title"`
		Airs  bool   `json:"airs" doc:"It may still sound: the recording cannot be deleted."`
	}
	usesOutput struct {
		Body struct {
			Uses []useJSON `json:"uses" doc:"What may still sound first."`
		}
	}
	renameInput struct {
		Caller
		ID   string `path:"id"`
		Body struct {
			Title string `json:"title" minLength:"1"`
		}
	}
)

func (s *Server) registerLibrary(api huma.API) {
	const tag = "recordings"
	s.registerRetention(api)
	s.registerHealthAPI(api)
	answer(s, api, operation{"search-recordings", http.MethodGet, "/recordings/search", "Look for recordings", tag, people.View, 0}, s.searchRecordings)
	answer(s, api, operation{"list-recording-uses", http.MethodGet, "/recordings/{id}/uses", "Read where a recording is used", tag, people.View, 0}, s.listRecordingUses)
	answer(s, api, operation{"rename-recording", http.MethodPatch, "/recordings/{id}", "Give a recording another title: one's own, or with the right plan any", tag, people.Upload, 0}, s.renameRecording)
	answer(s, api, operation{"restore-recording", http.MethodPost, "/recordings/{id}/restore", "Take the deletion of a recording back; 404 when its files are gone", tag, people.Upload, http.StatusNoContent}, s.restoreRecording)
}

func (s *Server) searchRecordings(ctx context.Context, in *searchInput) (*searchOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	topics, err := s.topicCodes(ctx, village, in.Topic)
	if err != nil {
		return nil, err
	}
	found, total, err := s.cfg.Holdings.SearchRecordings(ctx, recordings.Search{
		Village: village, Words: in.Words, Purpose: recordings.Purpose(in.Purpose), Language: in.Language, Class: in.Class, Topics: topics, By: in.By,
		Unused: in.Unused, Sort: recordings.Sort(in.Sort), Skip: in.Skip, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	var out searchOutput
	out.Body.Recordings, out.Body.Total = []recordingJSON{}, total
	for _, f := range found {
		j := in.recording(f.Recording)
		j.Uses = &f.Uses
		out.Body.Recordings = append(out.Body.Recordings, j)
	}
	return &out, nil
}

// topicCodes are the topics that announcements have which were made of the templates
// of a group; nil when no group is asked for.
func (s *Server) topicCodes(ctx context.Context, village, group string) ([]string, error) {
	if group == "" {
		return nil, nil
	}
	all, _, err := s.templates(ctx, village)
	if err != nil {
		return nil, err
	}
	codes := []string{group} // announcements of programs may have it as it is
	for _, t := range all {
		if string(t.Topic) == group {
			codes = append(codes, t.Code())
		}
	}
	return codes, nil
}

func (s *Server) listRecordingUses(ctx context.Context, in *recordingInput) (*usesOutput, error) {
	r, err := s.visible(ctx, &in.Caller, in.ID)
	if err != nil {
		return nil, err
	}
	uses, err := s.cfg.Holdings.RecordingUses(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	var out usesOutput
	out.Body.Uses = []useJSON{}
	for _, u := range uses {
		out.Body.Uses = append(out.Body.Uses, useJSON{string(u.What), u.ID, u.Title, u.Airs})
	}
	return &out, nil
}

func (s *Server) renameRecording(ctx context.Context, in *renameInput) (*recordingOutput, error) {
	r, err := s.visible(ctx, &in.Caller, in.ID)
	if err != nil {
		return nil, err
	}
	if !s.mayDelete(in.who, r) {
		return nil, in.forbidden()
	}
	title, err := cleanTitle(in.Body.Title)
	if err != nil {
		return nil, err
	}
	if err := s.cfg.Labels.RenameRecording(ctx, r.ID, title); err != nil {
		return nil, err
	}
	r.Title = title
	return &recordingOutput{Body: in.recording(r)}, nil
}

// cleanTitle is a title as it is kept, or scheduler.Invalid.
func cleanTitle(raw string) (string, error) {
	title, err := readTitle(strings.NewReader(raw))
	if err == nil && title == "" {
		return "", scheduler.Invalid{{Field: "title", Code: scheduler.FaultRequired}}
	}
	return title, err
}

// removed reads a recording that was removed and can be taken back;
// recordings.ErrNotFound when there is none in the village.
func (s *Server) removed(ctx context.Context, village, id string) (recordings.Recording, error) {
	if !isHash(id) {
		return recordings.Recording{}, recordings.ErrNotFound
	}
	found, _, err := s.cfg.Holdings.SearchRecordings(ctx, recordings.Search{ID: id, Village: village, Purpose: recordings.OfRemoved, Limit: 1})
	if err != nil {
		return recordings.Recording{}, err
	}
	i := slices.IndexFunc(found, func(f recordings.Found) bool { return f.ID == id })
	if i < 0 {
		return recordings.Recording{}, recordings.ErrNotFound
	}
	return found[i].Recording, nil
}

func (s *Server) restoreRecording(ctx context.Context, in *recordingInput) (*nothing, error) {
	r, err := s.removed(ctx, "", in.ID)
	if err == nil && r.Village != "" && !in.who.May(people.View, r.Village) {
		err = recordings.ErrNotFound
	}
	if errors.Is(err, recordings.ErrNotFound) {
		return nil, in.missing()
	}
	if err != nil {
		return nil, err
	}
	if !s.mayDelete(in.who, r) {
		return nil, in.forbidden()
	}
	if err := s.cfg.Bin.Restore(ctx, r.ID); err != nil {
		return nil, err
	}
	s.tellChange(ctx)
	return nil, nil
}
