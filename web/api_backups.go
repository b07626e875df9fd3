package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"loalang/people"
)

// backupJSON is one backup that is kept.
type backupJSON struct {
	Name  string    `json:"name"`
	Made  time.Time `json:"made"`
	Bytes int64     `json:"bytes"`
	Stick bool      `json:"stick" doc:"It lies on another disk than the data."`
	Other bool      `json:"other" doc:"Its name says that another board made it: it lies on a stick that was used there."`
}

type (
	backupsInput  struct{ Caller }
	backupsOutput struct {
		Body struct {
			Nightly bool         `json:"nightly" doc:"One is made every night."`
			Running bool         `json:"running" doc:"One is being made now."`
			Busy    bool         `json:"busy" doc:"The board looks after its data: none can be begun now."`
			Silent  bool         `json:"silent" doc:"The sticks do not answer: what they keep is not known, and not listed."`
			Last    *time.Time   `json:"last,omitempty" doc:"When the newest whole one was made; absent: there is none."`
			OnStick bool         `json:"on_stick" doc:"That one lies on another disk than the data."`
			Stick   bool         `json:"stick" doc:"A stick that takes backups is plugged in."`
			Damaged int          `json:"damaged" doc:"Files of the newest that were not whole."`
			Failed  *time.Time   `json:"failed,omitempty" doc:"When a newer one failed; absent: none did."`
			Code    string       `json:"code,omitempty" doc:"Why it failed: no-room, read-only, damaged, card, unreadable, gone, hangs, failed."`
			Ills    []string     `json:"ills" doc:"What is wrong with the data now, the worst first."`
			Backups []backupJSON `json:"backups" doc:"The newest first. Without recordings' sound; those on a stick have it beside them."`
			Whole   int64        `json:"whole_bytes" doc:"What GET /backups/whole takes, about."`
		}
	}
)

func (s *Server) registerBackups(r *gin.Engine, api huma.API) {
	const tag = "backups"
	if s.cfg.Upkeep == nil {
		return
	}
	answer(s, api, operation{"list-backups", http.MethodGet, "/backups", "Read when the board was last backed up, and what is kept", tag, people.Administer, 0}, s.listBackups)
	answer(s, api, operation{"make-backup", http.MethodPost, "/backups", "Back the board up now instead of tonight", tag, people.Administer, http.StatusAccepted}, s.makeBackup)
	r.GET(apiRoot+"/backups/:name", s.guard(people.Administer, s.sendBackup))
}

func (s *Server) listBackups(_ context.Context, in *backupsInput) (*backupsOutput, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	b := s.cfg.Upkeep.Backups()
	var out backupsOutput
	out.Body.Nightly, out.Body.Running, out.Body.OnStick, out.Body.Stick = !b.Off, b.Running, b.OnStick, b.Stick
	out.Body.Busy, out.Body.Silent = b.Running || b.Busy, b.Silent
	out.Body.Last, out.Body.Failed = instantOf(b.Last), instantOf(b.Failed)
	out.Body.Damaged, out.Body.Code, out.Body.Whole = b.Damaged, b.Code, b.Whole
	out.Body.Ills, out.Body.Backups = []string{}, []backupJSON{}
	for _, i := range s.cfg.Upkeep.Ills() {
		out.Body.Ills = append(out.Body.Ills, string(i))
	}
	for _, k := range b.Kept {
		out.Body.Backups = append(out.Body.Backups, backupJSON(k))
	}
	return &out, nil
}

func (s *Server) makeBackup(_ context.Context, in *backupsInput) (*nothing, error) {
	if err := in.administers(); err != nil {
		return nil, err
	}
	return nil, s.cfg.Upkeep.BackUp()
}

// wholeBackup is the name under which a backup with all recordings is made while it is
// sent.
const wholeBackup = "whole"

// sendBackup sends one that is kept, or the part of it that is asked for, or a whole one.
// It holds what everybody wrote, and hashes of passwords: administrators alone get it, and
// the history says who.
func (s *Server) sendBackup(k *Caller) {
	if err := k.administers(); err != nil {
		k.fail(err)
		return
	}
	name := k.c.Param("name")
	if name == wholeBackup {
		s.sendWhole(k)
		return
	}
	f, err := s.cfg.BackupFiles.OpenBackup(name)
	if err != nil {
		k.fail(err)
		return
	}
	defer f.Close() //nolint:errcheck // it was only read
	part := k.c.GetHeader("Range")
	if first := s.limits.worthTelling("backup " + k.who.ID + " " + name); first || part == "" || strings.HasPrefix(part, "bytes=0-") {
		s.noteBackup(k, name) // else it goes on with what the history has
	}
	s.backupHeaders(k, name)
	http.ServeContent(k.c.Writer, k.c.Request, "", time.Time{}, f)
}

// sendWhole makes a backup with all recordings as it is sent: it takes no room on the
// board. What is cut short shows, for it has no end.
func (s *Server) sendWhole(k *Caller) {
	s.noteBackup(k, wholeBackup)
	s.sendMade(k, "loalang-"+s.cfg.Village+s.cfg.Now().UTC().Format("-20060102-150405Z")+".loalang.tar", s.cfg.BackupFiles.WriteBackup)
}

// sendMade sends a file that is made as it is sent. The board looks after nothing else
// meanwhile: a reader that stands still is let go.
func (s *Server) sendMade(k *Caller, name string, write func(context.Context, io.Writer) error) {
	line := http.NewResponseController(k.c.Writer)
	defer line.SetWriteDeadline(time.Time{}) //nolint:errcheck // a test's recorder has no deadlines
	s.backupHeaders(k, name)
	began := &begun{w: k.c.Writer, line: line, end: systemTime(wholeTime)}
	if err := write(k.c.Request.Context(), began); err != nil {
		if !began.yes {
			for _, name := range []string{"Content-Disposition", "Content-Type"} {
				k.c.Writer.Header().Del(name)
			}
			k.fail(err)
			return
		}
		if !errors.Is(err, context.Canceled) {
			s.cfg.Logger.Error("a file that was being sent ended early", "file", name, "err", err)
		}
		panic(http.ErrAbortHandler) // the browser must not take it for whole
	}
}

const (
	// wholeTime is how long it may take to send all recordings.
	wholeTime = 6 * time.Hour
	// wholeSilence is how long whoever takes them may take nothing.
	wholeSilence = 2 * time.Minute
)

// begun knows whether anything was written, and waits only so long until it is taken.
type begun struct {
	w    http.ResponseWriter
	line *http.ResponseController
	end  time.Time // of all of it, system clock
	yes  bool
}

// Write implements io.Writer.
func (b *begun) Write(p []byte) (int, error) {
	b.yes = true
	until := systemTime(wholeSilence)
	if until.After(b.end) {
		until = b.end
	}
	_ = b.line.SetWriteDeadline(until) // a test's recorder has no deadlines
	n, err := b.w.Write(p)
	_ = b.line.SetWriteDeadline(b.end) // the next piece may be long in the making
	return n, err
}

func (s *Server) backupHeaders(k *Caller, name string) {
	h := k.c.Writer.Header()
	h.Set("Content-Type", "application/x-tar")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// noteBackup tells the history who took a backup away.
func (s *Server) noteBackup(k *Caller, name string) {
	s.noteOrLog(k.c.Request.Context(), people.Change{Kind: "backups", Record: name, Deed: people.Altered, Fields: []people.FieldChange{
		{Name: "taken", Before: nil, After: name},
	}})
}

// describeBackups describes what huma does not serve.
func (s *Server) describeBackups(doc *huma.OpenAPI) {
	if s.cfg.Upkeep == nil {
		return
	}
	text, binary := &huma.Schema{Type: huma.TypeString}, &huma.Schema{Type: huma.TypeString, Format: "binary"}
	file := map[string]*huma.MediaType{"application/x-tar": {Schema: binary}}
	doc.AddOperation(&huma.Operation{
		OperationID: "take-backup", Method: http.MethodGet, Path: apiRoot + "/backups/{name}", Tags: []string{"backups"},
		Summary:     "Take a backup away",
		Description: "A tar that `loalang restore` brings back; Range is understood. The name \"whole\" makes one with all recordings as it is sent, without Range. Needs the right: administer.",
		Parameters:  []*huma.Param{{Name: "name", In: "path", Required: true, Schema: text, Description: "As in GET /backups, or whole."}},
		Responses: map[string]*huma.Response{
			"200": {Description: "The file", Content: file}, "206": {Description: "A part of it", Content: file},
		},
	})
}
