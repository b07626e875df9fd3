package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/recordings"
	"loalang/upload"
)

// uploadRoot is where files are sent piece by piece.
const uploadRoot = apiRoot + "/uploads"

// uploadJSON is an upload as the API shows it.
type uploadJSON struct {
	ID        string  `json:"id"`
	Title     string  `json:"title"`
	Length    int64   `json:"length" doc:"Bytes."`
	Offset    int64   `json:"offset" doc:"Bytes that are safe."`
	Stage     string  `json:"stage" enum:"receiving,waiting,opening,cleaning,levelling,storing,done,refused" doc:"Receiving until the last byte has come, then what is done with it."`
	Done      float64 `json:"done" doc:"Share of the present work, 0 to 1."`
	Ahead     int     `json:"ahead,omitempty" doc:"How many imports come before it, while it waits."`
	Recording string  `json:"recording,omitempty" doc:"ID, once it is done."`
	Also      string  `json:"also,omitempty" doc:"Who else sent a recording for the same language meanwhile."`
	Code      string  `json:"code,omitempty" doc:"Why it was refused, or what it waits for. Stable."`
	Detail    string  `json:"detail,omitempty" doc:"The same in words, in the language of the answer."`
}

type uploadOutput struct {
	Body uploadJSON
}

func (s *Server) registerUploads(api huma.API, r *gin.Engine) {
	answer(s, api, operation{"get-upload", http.MethodGet, "/uploads/{id}", "Ask how far an upload is, and what became of it: one's own, until a week after it last went on", "recordings", people.Upload, 0}, s.getUpload)
	serve := s.guard(people.Upload, s.serveUpload)
	for _, path := range []string{uploadRoot, uploadRoot + "/:id"} {
		r.OPTIONS(path, serve)
		r.POST(path, serve)
	}
	r.HEAD(uploadRoot+"/:id", serve)
	r.PATCH(uploadRoot+"/:id", serve)
	r.DELETE(uploadRoot+"/:id", serve)
}

// serveUpload answers a request of the protocol tus.
func (s *Server) serveUpload(k *Caller) {
	if s.cfg.Uploads == nil {
		k.fail(k.missing())
		return
	}
	if b, ok := k.c.Request.Body.(*rollingBody); ok {
		k.c.Request.Body = b.ReadCloser // package upload watches the line itself
	}
	note, err := json.Marshal(k.who)
	if err != nil {
		k.fail(err)
		return
	}
	s.cfg.Uploads.Serve(k.c.Writer, k.c.Request, k.c.Param("id"), upload.Caller{
		Owner: k.who.ID, Note: note, Fail: k.failUpload,
		Admit: func(u upload.Upload) error {
			about, err := s.aboutUpload(k.c.Request.Context(), k.who, u)
			if err == nil {
				_, err = readTitle(strings.NewReader(about.Title))
			}
			return err
		},
	})
	k.c.Writer.WriteHeaderNow()
}

// failUpload answers with a problem; a Fault's code has words of its own.
func (k *Caller) failUpload(err error) {
	var f upload.Fault
	if errors.As(err, &f) {
		err = k.s.problem(k.lang, f.Status, f.Code)
	}
	k.fail(err)
}

func (s *Server) getUpload(_ context.Context, in *recordingInput) (*uploadOutput, error) {
	if s.cfg.Uploads == nil {
		return nil, in.missing()
	}
	u, err := s.cfg.Uploads.Find(in.ID, in.who.ID)
	if errors.Is(err, upload.ErrMissing) {
		return nil, in.missing()
	}
	if err != nil {
		return nil, err
	}
	j, err := s.uploadJSON(in.lang, u)
	return &uploadOutput{Body: j}, err
}

func (s *Server) uploadJSON(lang string, u upload.Upload) (uploadJSON, error) {
	j := uploadJSON{ID: u.ID, Title: u.Metadata[metaTitle], Length: u.Length, Offset: u.Offset, Stage: "receiving"}
	if j.Title == "" {
		j.Title = fileTitle(lang, u.Metadata[metaName])
	}
	if u.Length > 0 {
		j.Done = float64(u.Offset) / float64(u.Length)
	}
	if u.Whole {
		j.Stage, j.Done = "waiting", 0
		if going, ok := s.imports.find(u.ID, u.Owner); ok && !going.over && going.at.Stage != recordings.Receiving {
			j.Stage, j.Done, j.Ahead = string(going.at.Stage), going.at.Done, going.at.Ahead
		}
		j.code(lang, s.landings.troubleOf(u.ID))
	}
	if u.Outcome == nil {
		return j, nil
	}
	out, err := outcomeOf(u)
	j.Stage, j.Done, j.Ahead, j.Recording, j.Also = "done", 1, 0, out.Recording, out.Also
	if j.code(lang, out.Refused); out.Refused != "" {
		j.Stage = "refused"
	}
	return j, err
}

// code says why it was refused, or what it waits for.
func (j *uploadJSON) code(lang, code string) {
	j.Code, j.Detail = "", ""
	if code != "" {
		_, j.Code, _ = strings.Cut(code, ".")
		j.Detail = word(lang, code)
	}
}

func outcomeOf(u upload.Upload) (landed, error) {
	var out landed
	if err := json.Unmarshal(u.Outcome, &out); err != nil {
		return out, fmt.Errorf("read what became of an upload: %w", err)
	}
	return out, nil
}
