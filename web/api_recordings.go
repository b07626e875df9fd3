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
	// soundTime bounds the sending of one recording to one listener.
	soundTime = 20 * time.Minute
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
	Measures *measuresJSON `json:"measures,omitempty" doc:"Before and after the import; absent for built-in sounds and what was imported before it was measured."`
}

// measuresJSON is what an import measured.
type measuresJSON struct {
	Before  heardJSON `json:"before" doc:"As it came."`
	After   heardJSON `json:"after" doc:"The play copy."`
	Lead    float64   `json:"lead" doc:"Seconds that were cut away before the first sound."`
	Tail    float64   `json:"tail" doc:"Seconds that were cut away after the last sound."`
	Channel string    `json:"channel,omitempty" enum:"left,right" doc:"The one channel that was taken of a stereo sound."`
	Hum     float64   `json:"hum,omitempty" doc:"Hz of a mains hum that was taken out."`
	Decay   float64   `json:"decay,omitempty" doc:"Seconds that the room rings to -60 dB, where the speech tells."`
	Twin    string    `json:"twin,omitempty" doc:"ID of the recording that was there with the same sound in another file."`
}

// heardJSON is one side of an import.
type heardJSON struct {
	Length   float64 `json:"length" doc:"Seconds."`
	LUFS     float64 `json:"lufs"`
	TruePeak float64 `json:"true_peak" doc:"dBTP."`
	Floor    float64 `json:"floor" doc:"dBFS of the pauses."`
	Margin   float64 `json:"margin" doc:"dB that the speech stands above the pauses."`
	Clipped  float64 `json:"clipped" doc:"Share of the wave that is cut off, 0 to 1."`
	Wave     []int   `json:"wave" doc:"Outline: highest magnitude in spans of equal length, 255 is full scale."`
}

func heardOf(h recordings.Heard) heardJSON {
	j := heardJSON{Length: h.Length.Seconds(), LUFS: h.Loudness, TruePeak: h.TruePeak, Floor: h.Floor, Margin: h.Margin, Clipped: h.Clipped, Wave: make([]int, len(h.Wave))}
	for i, v := range h.Wave {
		j.Wave[i] = int(v)
	}
	return j
}

// measuresOf are the measures of a recording, or nil.
func measuresOf(m recordings.Measures) *measuresJSON {
	if m.Before.Wave == nil {
		return nil
	}
	return &measuresJSON{
		Before: heardOf(m.Before), After: heardOf(m.After), Lead: m.Lead.Seconds(), Tail: m.Tail.Seconds(),
		Channel: string(m.Channel), Hum: m.Hum, Decay: m.Decay, Twin: m.Twin,
	}
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
	answer(s, api, operation{"delete-recording", http.MethodDelete, "/recordings/{id}", "Delete a recording for ever: one's own, or with the right plan any; 409 while an announcement that may still air uses it", tag, people.Upload, http.StatusNoContent}, s.deleteRecording)
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
	if err := s.cfg.Importer.Remove(ctx, r.ID); err != nil {
		return nil, err
	}
	s.cfg.Changed()
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

// importTake takes one file in. One that was sent with an ID goes on when its sender
// leaves after the last byte, and can be asked about.
func (s *Server) importTake(k *Caller, r io.Reader, about recordings.About) (recordings.Recording, error) {
	ctx := k.c.Request.Context()
	under := s.imports.begin(k.c.Query("import"), k.who.ID, about.Village, about.Title)
	if under != nil {
		about.Tell = under.tell
		var cancel context.CancelFunc
		ctx, cancel = detached(ctx)
		defer cancel()
	}
	rec, err := s.cfg.Importer.Import(ctx, r, about)
	if err != nil {
		under.end(rec, refusal(err))
		return rec, err
	}
	under.end(rec, "")
	return rec, nil
}

// importJSON is how far an import is.
type importJSON struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Stage     string         `json:"stage" enum:"receiving,waiting,opening,cleaning,levelling,storing,done,refused"`
	Done      float64        `json:"done" doc:"Share of the work, 0 to 1."`
	Ahead     int            `json:"ahead,omitempty" doc:"How many imports come before it, while it waits."`
	Recording *recordingJSON `json:"recording,omitempty" doc:"Once it is done."`
	Refused   string         `json:"refused,omitempty" doc:"Why it was not taken in, in the language of the answer."`
}

type importOutput struct {
	Body importJSON
}

func (s *Server) getImport(_ context.Context, in *recordingInput) (*importOutput, error) {
	u, ok := s.imports.find(in.ID, in.who.ID)
	if !ok {
		return nil, in.missing()
	}
	j := importJSON{ID: u.id, Title: u.title, Stage: string(u.at.Stage), Done: u.at.Done, Ahead: u.at.Ahead}
	switch {
	case u.over && u.refused != "":
		j.Stage, j.Refused = "refused", word(in.lang, u.refused)
	case u.over:
		rec := in.recording(u.rec)
		j.Stage, j.Done, j.Recording = "done", 1, &rec
	}
	return &importOutput{Body: j}, nil
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
// changes, so a browser may keep it.
func (s *Server) sound(k *Caller) {
	ctx := k.c.Request.Context()
	r, err := s.visible(ctx, k, k.c.Param("id"))
	if err != nil {
		k.fail(err)
		return
	}
	f, err := s.cfg.Importer.PlayCopy(ctx, r.ID)
	if err != nil {
		k.fail(err)
		return
	}
	s.sendSound(k, f, "audio/wav", r.ID)
}

// soundBefore sends a recording as it came.
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
	f, err := s.cfg.Archive.Before(ctx, r.ID)
	if err != nil {
		k.fail(err)
		return
	}
	s.sendSound(k, f, "audio/flac", r.ID+"-before")
}

// sendSound sends a file that never changes, and closes it.
func (s *Server) sendSound(k *Caller, f *os.File, kind, tag string) {
	defer f.Close() //nolint:errcheck // it was only read
	line := http.NewResponseController(k.c.Writer)
	_ = line.SetWriteDeadline(systemTime(soundTime)) // a listener that stands still must not hold the file for ever
	defer line.SetWriteDeadline(time.Time{})         //nolint:errcheck // as above; a test's recorder has no deadlines
	h := k.c.Writer.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(k.c.Writer, k.c.Request, "", time.Time{}, f)
}
