package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
)

const (
	// uploadBytes is the greatest file that is taken in.
	uploadBytes = 100 << 20
	// uploadSlack is what the rest of an upload's form may take.
	uploadSlack = 1 << 20
	// titleBytes bounds the title of an upload.
	titleBytes = 4 << 10
	// statusGone stands in the metrics for a caller that left, as nginx has it.
	statusGone = 499
	// soundTime bounds the sending of one recording to one listener, with soundPace,
	// in bytes a second, on top: a browser takes an hour of sound while it plays.
	soundTime = 20 * time.Minute
	soundPace = 64 << 10
)

// recordingJSON is a recording as the API shows it.
type recordingJSON struct {
	ID       string        `json:"id" doc:"SHA-256 of the master, hex."`
	Title    string        `json:"title"`
	Kind     string        `json:"kind" enum:"take,speech,builtin"`
	Village  string        `json:"village,omitempty" doc:"Absent for built-in sounds."`
	Created  time.Time     `json:"created"`
	By       string        `json:"by,omitempty"`
	Length   float64       `json:"length" doc:"Seconds, exact to the frame."`
	LUFS     float64       `json:"lufs" doc:"Loudness of the play copy."`
	TruePeak float64       `json:"true_peak" doc:"dBTP of the play copy."`
	Bytes    int64         `json:"bytes" doc:"Of the master."`
	Warnings []warningJSON `json:"warnings" doc:"It may air, but somebody should listen first."`
	Audio    string        `json:"audio" doc:"Where to hear it."`
	Uses     *int          `json:"uses,omitempty" doc:"How many announcements, slots and villages use it; of what was searched."`
	Measures *measuresJSON `json:"measures,omitempty" doc:"Before and after the import; absent for built-in sounds and what was imported before it was measured."`
}

// warningJSON is something that a listener should know.
type warningJSON struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (k *Caller) recording(r recordings.Recording) recordingJSON {
	j := recordingJSON{
		ID: r.ID, Title: r.Title, Kind: string(r.Kind), Village: r.Village, Created: r.Created.UTC(), By: r.By,
		Length: r.Length.Seconds(), LUFS: r.Loudness, TruePeak: r.TruePeak, Bytes: r.Bytes, Warnings: []warningJSON{},
		Audio: apiRoot + "/recordings/" + r.ID + "/audio",
	}
	for _, w := range r.Warnings {
		j.Warnings = append(j.Warnings, warningJSON{w, word(k.lang, "warning."+w)})
	}
	return j
}

type (
	recordingsInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Before  string `query:"before" doc:"ID to go on before, from next."`
		Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}
	recordingsOutput struct {
		Body struct {
			Recordings []recordingJSON `json:"recordings" doc:"Newest first."`
			Next       string          `json:"next,omitempty"`
		}
	}
	recordingInput struct {
		Caller
		ID string `path:"id"`
	}
	recordingOutput struct {
		Body recordingJSON
	}
)

func (s *Server) registerRecordings(api huma.API, r *gin.Engine) {
	const tag = "recordings"
	answer(s, api, operation{"list-recordings", http.MethodGet, "/recordings", "List recordings", tag, people.View, 0}, s.listRecordings)
	answer(s, api, operation{"get-recording", http.MethodGet, "/recordings/{id}", "Read about a recording", tag, people.View, 0}, s.getRecording)
	answer(s, api, operation{"get-import", http.MethodGet, "/imports/{id}", "Ask how far an import is: one's own, by the ID that was sent with it; known for the last 64", tag, people.Upload, 0}, s.getImport)
	answer(s, api, operation{"delete-recording", http.MethodDelete, "/recordings/{id}", "Delete a recording: one's own, or with the right plan any. It can be taken back for seven days, less when the disk runs full; 409 while an announcement that may still air uses it", tag, people.Upload, http.StatusNoContent}, s.deleteRecording)
	answer(s, api, operation{"trim-recording", http.MethodPost, "/recordings/{id}/trim", "Keep another piece of a recording's sound as it came: a new recording", tag, people.Upload, http.StatusCreated}, s.trimRecording)
	s.registerLibrary(api)
	s.registerBackups(r, api)
	s.registerBundles(r, api)
	r.POST(apiRoot+"/recordings", s.guard(people.Upload, s.upload))
	r.GET(apiRoot+"/recordings/:id/audio", s.guard(people.View, s.sound))
	r.GET(apiRoot+"/recordings/:id/before", s.guard(people.View, s.soundBefore))
}

func (s *Server) listRecordings(ctx context.Context, in *recordingsInput) (*recordingsOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	rs, err := s.cfg.Shelf.Recordings(ctx, village, in.Before, in.Limit)
	if err != nil {
		return nil, err
	}
	var out recordingsOutput
	out.Body.Recordings = []recordingJSON{}
	for _, r := range rs {
		out.Body.Recordings = append(out.Body.Recordings, in.recording(r))
	}
	if len(rs) == in.Limit {
		out.Body.Next = rs[len(rs)-1].ID
	}
	return &out, nil
}

func (s *Server) getRecording(ctx context.Context, in *recordingInput) (*recordingOutput, error) {
	r, err := s.visible(ctx, &in.Caller, in.ID)
	if err != nil {
		return nil, err
	}
	out := &recordingOutput{Body: in.recording(r)}
	out.Body.Measures = measuresOf(r.Measures) // a list goes without: they are long
	return out, nil
}

func (s *Server) deleteRecording(ctx context.Context, in *recordingInput) (*nothing, error) {
	r, err := s.visible(ctx, &in.Caller, in.ID)
	if err != nil {
		return nil, err
	}
	if r.Kind == recordings.BuiltIn {
		return nil, recordings.ErrBuiltIn
	}
	if !s.mayDelete(in.who, r) {
		return nil, in.forbidden()
	}
	if err := s.cfg.Bin.Bury(ctx, r.ID); err != nil {
		return nil, err
	}
	s.tellChange(ctx)
	return nil, nil
}

// mayDelete says whether somebody may delete a recording: whoever plans what
// airs may, and whoever brought it. What a voice spoke is of no village.
func (s *Server) mayDelete(who people.Principal, r recordings.Recording) bool {
	village := r.Village
	if village == "" {
		village = s.cfg.Village
	}
	if r.Kind == recordings.BuiltIn {
		return false
	}
	return who.May(people.Plan, village) || who.May(people.Upload, village) && r.By == who.Name && r.By != ""
}

// visible reads a recording that the caller may hear.
func (s *Server) visible(ctx context.Context, k *Caller, id string) (recordings.Recording, error) {
	if !isHash(id) {
		return recordings.Recording{}, k.missing()
	}
	r, err := s.cfg.Shelf.Recording(ctx, id)
	if err != nil {
		return r, err
	}
	if r.Village != "" && !k.who.May(people.View, r.Village) {
		return r, k.missing()
	}
	return r, nil
}

// upload takes in one sound file while it arrives: nothing of it lies in
// memory. The fields "title", "cut_from" and "cut_to", where there are such, come
// before the field "file".
func (s *Server) upload(k *Caller) {
	r := k.c.Request
	village, err := k.village(k.c.Query("village"), people.Upload)
	if err != nil {
		k.fail(err)
		return
	}
	r.Body = http.MaxBytesReader(k.c.Writer, r.Body, uploadBytes+uploadSlack)
	rec, err := s.takeUpload(k, village)
	if r.Context().Err() != nil {
		k.c.Status(statusGone)
		panic(http.ErrAbortHandler) // the line is dead: nothing can be answered on it
	}
	// What is left is read away, or a browser learns that the line broke instead
	// of why the file was refused.
	_, _ = io.Copy(io.Discard, r.Body)
	if err != nil {
		k.fail(err)
		return
	}
	k.c.Header("Location", apiRoot+"/recordings/"+rec.ID)
	k.c.JSON(http.StatusCreated, k.recording(rec))
}

func (s *Server) takeUpload(k *Caller, village string) (recordings.Recording, error) {
	parts, err := k.c.Request.MultipartReader()
	if err != nil {
		return recordings.Recording{}, s.problem(k.lang, http.StatusUnsupportedMediaType, "not-multipart")
	}
	title, cut := "", map[string]string{}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return recordings.Recording{}, k.invalid("file", scheduler.FaultRequired, "")
		case err != nil:
			return recordings.Recording{}, s.brokenForm(k, err)
		}
		switch part.FormName() {
		case "title":
			if title, err = readTitle(part); err != nil {
				return recordings.Recording{}, err
			}
		case "cut_from", "cut_to":
			raw, err := io.ReadAll(io.LimitReader(part, titleBytes))
			if err != nil {
				return recordings.Recording{}, s.brokenForm(k, err)
			}
			cut[part.FormName()] = string(raw)
		case "file":
			if title == "" {
				title = fileTitle(k.lang, part.FileName())
			}
			trim, err := trimOf(func(name string) string { return cut[name] })
			if err != nil {
				return recordings.Recording{}, recordings.Refused{Code: recordings.BadTrim, Detail: err.Error()}
			}
			about := recordings.About{Title: title, Kind: recordings.Take, Village: village, By: k.who.Name, Trim: trim}
			rec, err := s.importTake(k, part, about)
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return rec, s.brokenForm(k, err)
			}
			return rec, err
		default: // the village stands in the address: a form that names another one is not for this
			return recordings.Recording{}, k.invalid(part.FormName(), faultUnexpected, "")
		}
	}
}

func (s *Server) brokenForm(k *Caller, err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return s.problem(k.lang, http.StatusBadRequest, "bad-form")
}

func readTitle(part io.Reader) (string, error) {
	raw, err := io.ReadAll(io.LimitReader(part, titleBytes+1))
	if err != nil {
		return "", fmt.Errorf("read title: %w", err)
	}
	title := strings.TrimSpace(scheduler.Clean(string(raw)))
	if len(raw) > titleBytes || len([]rune(title)) > scheduler.MaxTitle {
		return "", scheduler.Invalid{{Field: "title", Code: scheduler.FaultTooLong, Limit: fmt.Sprint(scheduler.MaxTitle)}}
	}
	if strings.ContainsFunc(title, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", scheduler.Invalid{{Field: "title", Code: scheduler.FaultControl}}
	}
	return title, nil
}

// sound sends a recording, or the part of it that is asked for. It never
// changes, so a browser may keep it. The parameter "format" is wav, as it airs, or slim,
// for a line that does not carry that: it takes a twentieth.
func (s *Server) sound(k *Caller) {
	ctx := k.c.Request.Context()
	r, err := s.visible(ctx, k, k.c.Param("id"))
	if err != nil {
		k.fail(err)
		return
	}
	var f *os.File
	kind, tag := "audio/wav", r.ID
	switch k.c.DefaultQuery("format", "wav") {
	case "wav":
		f, err = s.cfg.Importer.PlayCopy(ctx, r.ID)
	case "slim":
		kind, tag = "audio/mpeg", r.ID+"-slim"
		f, err = s.bulletin.slim(ctx, r.ID)
	default:
		err = k.invalid("format", scheduler.FaultUnknown, "wav, slim")
	}
	if err != nil {
		k.fail(err)
		return
	}
	s.sendSound(k, f, kind, tag)
}

// soundBefore sends a recording as it came, or what of it is drawn.
func (s *Server) soundBefore(k *Caller) {
	ctx := k.c.Request.Context()
	r, err := s.visible(ctx, k, k.c.Param("id"))
	if err != nil {
		k.fail(err)
		return
	}
	if s.cfg.Archive == nil {
		k.fail(k.missing())
		return
	}
	var f *os.File
	kind, tag := "audio/flac", r.ID+"-before"
	switch k.c.DefaultQuery("format", "flac") {
	case "flac":
		f, err = s.cfg.Archive.Before(ctx, r.ID)
	case "contour":
		kind, tag = "application/octet-stream", r.ID+"-contour"
		f, err = s.cfg.Archive.Contour(ctx, r.ID)
	default:
		err = k.invalid("format", scheduler.FaultUnknown, "flac, contour")
	}
	if err != nil {
		k.fail(err)
		return
	}
	s.sendSound(k, f, kind, tag)
}

// soundPolicy lets a file that people uploaded do nothing, whatever a browser takes it for.
const soundPolicy = "default-src 'none'; sandbox"

// soundEndings are those of the names under which sounds are saved.
var soundEndings = map[string]string{"audio/wav": ".wav", "audio/flac": ".flac", "audio/mpeg": ".mp3"}

// sendSound sends a file that never changes, and closes it.
func (s *Server) sendSound(k *Caller, f *os.File, kind, tag string) {
	defer f.Close() //nolint:errcheck // it was only read
	within := soundTime
	if info, err := f.Stat(); err == nil {
		within += time.Duration(info.Size()/soundPace) * time.Second
	}
	line := http.NewResponseController(k.c.Writer)
	_ = line.SetWriteDeadline(systemTime(within)) // a listener that stands still must not hold the file for ever
	defer line.SetWriteDeadline(time.Time{})      //nolint:errcheck // as above; a test's recorder has no deadlines
	h := k.c.Writer.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("ETag", `"`+tag+`"`)
	h.Set("Content-Disposition", `inline; filename="`+tag[:min(12, len(tag))]+soundEndings[kind]+`"`)
	h.Set("Content-Security-Policy", soundPolicy)
	http.ServeContent(k.c.Writer, k.c.Request, "", time.Time{}, f)
}
