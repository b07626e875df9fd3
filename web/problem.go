package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"syscall"

	"github.com/gin-gonic/gin"

	"loalang/passkey"
	"loalang/people"
	"loalang/playout"
	"loalang/push"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/speech"
)

// Problem is an answer that says what is wrong, after RFC 9457
// (application/problem+json). Title is the phrase of the status; Code and Detail
// tell more: Code never changes, Detail is worded in the caller's language.
type Problem struct {
	Title  string         `json:"title" doc:"The phrase of the status."`
	Status int            `json:"status" doc:"The HTTP status."`
	Code   string         `json:"code" doc:"What is wrong. Stable: programs may rely on it."`
	Detail string         `json:"detail" doc:"What is wrong and what to do, in English, or in Vietnamese when Accept-Language or lang asks for vi."`
	Errors []ProblemFault `json:"errors,omitempty" doc:"One entry for each fault."`
}

// ProblemFault is one thing wrong with one field.
type ProblemFault struct {
	Field  string `json:"field" doc:"Name of the field in the request."`
	Code   string `json:"code" doc:"What is wrong with it. Stable."`
	Detail string `json:"detail" doc:"What is wrong and what to do."`
}

// Error is the sentence for a log.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus tells huma the status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType tells huma the media type.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// write sends the problem where there is no route yet.
func (p *Problem) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", problemType)
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(p.json()) // a caller that has gone needs no answer
}

// json is the body. Its characters are left readable: the content type keeps a
// browser from taking them for a page.
func (p *Problem) json() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(p) // strings and a number always encode
	return b.Bytes()
}

// abort ends a request with a problem: as JSON for the API, as a sentence for
// everything else.
func (s *Server) abort(c *gin.Context, p *Problem) {
	c.Abort()
	c.Header("Cache-Control", "no-store")
	if isAPI(c.Request) {
		if p.Status == http.StatusUnauthorized {
			c.Header("WWW-Authenticate", `Bearer realm="loalang"`)
		}
		c.Data(p.Status, problemType, p.json())
		return
	}
	c.String(p.Status, "%s", p.Detail)
}

// problem is a Problem with the catalog's sentence for its code.
func (s *Server) problem(lang string, status int, code string, faults ...ProblemFault) *Problem {
	detail := word(lang, "problem."+code)
	if len(faults) > 0 {
		parts := make([]string, len(faults))
		for i, f := range faults {
			parts[i] = f.Field + ": " + f.Detail
		}
		detail = strings.Join(parts, " ")
	}
	return &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail, Errors: faults}
}

// invalid is the problem of faulty fields.
func (s *Server) invalid(lang string, faults ...scheduler.Fault) *Problem {
	worded := make([]ProblemFault, len(faults))
	for i, f := range faults {
		worded[i] = ProblemFault{Field: f.Field, Code: f.Code, Detail: faultWords(lang, f)}
	}
	return s.problem(lang, http.StatusUnprocessableEntity, "invalid", worded...)
}

// refused is the problem of sound or text that was not taken: the catalog's
// "refused." words.
func (s *Server) refused(lang string, status int, field, code string) *Problem {
	return s.problem(lang, status, "refused", ProblemFault{Field: field, Code: code, Detail: word(lang, "refused."+code)})
}

// refusals are errors from below that tell a caller one sentence.
var refusals = []struct {
	err    error
	status int
	code   string
}{
	{scheduler.ErrRevision, http.StatusConflict, "conflict"},
	{errUndone, http.StatusConflict, "undone"},
	{ErrBusyKeeping, http.StatusConflict, "keeping"},
	{ErrNoStick, http.StatusConflict, "no-stick"},
	{ErrSilentStick, http.StatusServiceUnavailable, "silent-stick"},
	{errNotLookedAt, http.StatusConflict, "not-looked-at"},
	{ErrFingerprint, http.StatusUnprocessableEntity, "bad-fingerprint"},
	{errWithdrawn, http.StatusConflict, "withdrawn"},
	{scheduler.ErrApproval, http.StatusConflict, "approval-state"},
	{errSeenOther, http.StatusConflict, "approval-seen-other"},
	{people.ErrLastAdmin, http.StatusConflict, "last-admin"},
	{people.ErrNameTaken, http.StatusConflict, "name-taken"},
	{errNoRight, http.StatusForbidden, "forbidden"},
	{push.ErrSubscription, http.StatusUnprocessableEntity, "no-push"},
	{passkey.ErrAddress, http.StatusUnprocessableEntity, "passkey-address"},
	{errPasskeysMost, http.StatusConflict, "passkeys-most"},
	{errPasskeyOver, http.StatusConflict, "passkey-over"},
	{errPasskeyRefused, http.StatusUnprocessableEntity, "passkey-refused"},
	{errPushFailed, http.StatusBadGateway, "push-failed"},
	{errCalibrating, http.StatusConflict, "calibrating"},
	{errNeedsOfficer, http.StatusForbidden, "approval-needs-officer"},
	{errOwnWords, http.StatusForbidden, "approval-own-words"},
	{errOverruled, http.StatusForbidden, "approval-overruled"},
	{errUnowned, http.StatusForbidden, "approval-unowned"},
	{scheduler.ErrTransition, http.StatusConflict, "rendition-state"},
	{playout.ErrNotOnAir, http.StatusConflict, "not-on-air"},
	{playout.ErrNoEmergency, http.StatusConflict, "no-emergency"},
	{playout.ErrManyEmergencies, http.StatusConflict, "many-emergencies"},
	{playout.ErrLiveBusy, http.StatusConflict, "live-busy"},
	{playout.ErrQuietHours, http.StatusConflict, "quiet-hours"},
	{recordings.ErrBuiltIn, http.StatusConflict, "built-in"},
}

// explain turns an error from below into the Problem that the caller gets. What
// is nobody's fault but the board's is logged here, and only here.
func (s *Server) explain(lang string, err error) *Problem {
	var p *Problem
	var invalid scheduler.Invalid
	var person people.Invalid
	var tooLarge *http.MaxBytesError
	var already approvedAlready
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &already):
		refusal := s.problem(lang, http.StatusConflict, "approval-already")
		refusal.Detail = word(lang, "problem.approval-already-by", already.by)
		return refusal
	case errors.As(err, &invalid):
		return s.invalid(lang, invalid...)
	case errors.As(err, &person):
		return s.invalid(lang, schedulerFaults(person)...)
	case errors.As(err, &tooLarge):
		return s.problem(lang, http.StatusRequestEntityTooLarge, "too-large")
	}
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			return s.problem(lang, r.status, r.code)
		}
	}
	if p := s.pinProblem(lang, err); p != nil {
		return p
	}
	if p := s.explainSound(lang, err); p != nil {
		return p
	}
	if p := s.explainUse(lang, err); p != nil {
		return p
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, recordings.ErrNotFound):
		return s.problem(lang, http.StatusNotFound, "not-found")
	case errors.Is(err, syscall.ENOSPC):
		return s.problem(lang, http.StatusInsufficientStorage, "disk-full")
	case isDamage(err): // the store has logged it
		return s.problem(lang, http.StatusServiceUnavailable, s.damage())
	case errors.Is(err, context.Canceled): // nobody waits for the answer
		return s.problem(lang, http.StatusServiceUnavailable, "unavailable")
	}
	s.cfg.Logger.Error("request could not be served", "err", err)
	return s.problem(lang, http.StatusServiceUnavailable, "unavailable")
}

// isDamage says whether an error is that of a damaged database: what can still be
// read is shown then, the last plan above all.
func isDamage(err error) bool { return errors.Is(err, syscall.EUCLEAN) }

// damage is the code of why the database is not touched.
func (s *Server) damage() string {
	if s.cfg.Newer() {
		return "database-newer"
	}
	if s.cfg.Behind() {
		return "database-behind"
	}
	if s.cfg.Gone() {
		return "database-gone"
	}
	return "database-damaged"
}

// explainSound words what importing and speaking answer; nil: err is of another
// kind.
func (s *Server) explainSound(lang string, err error) *Problem {
	var r recordings.Refused
	switch {
	case errors.Is(err, speech.ErrTooLong): // also of what was spoken and then refused for its length
		return s.refused(lang, http.StatusUnprocessableEntity, "text", "spoken-too-long")
	case errors.As(err, &r) && r.Code == recordings.TooLarge:
		return s.refused(lang, http.StatusRequestEntityTooLarge, "file", string(r.Code))
	case errors.As(err, &r):
		return s.refused(lang, http.StatusUnprocessableEntity, "file", string(r.Code))
	case errors.Is(err, recordings.ErrDiskFull):
		return s.refused(lang, http.StatusInsufficientStorage, "file", "disk-full")
	case errors.Is(err, recordings.ErrBusy):
		return s.refused(lang, http.StatusServiceUnavailable, "file", "busy")
	case errors.Is(err, recordings.ErrDamaged):
		return s.problem(lang, http.StatusInternalServerError, "damaged")
	case errors.Is(err, recordings.ErrNoFFmpeg):
		return s.refused(lang, http.StatusServiceUnavailable, "file", "no-ffmpeg")
	case errors.Is(err, recordings.ErrNoSandbox):
		return s.refused(lang, http.StatusServiceUnavailable, "file", "no-sandbox")
	case errors.Is(err, speech.ErrNoEngine):
		return s.refused(lang, http.StatusServiceUnavailable, "text", "no-engine")
	case errors.Is(err, speech.ErrNoVoice):
		return s.refused(lang, http.StatusUnprocessableEntity, "language", "no-voice")
	case errors.Is(err, speech.ErrNoWords):
		return s.refused(lang, http.StatusUnprocessableEntity, "text", "no-words")
	}
	return nil
}

// explainUse says what needs a recording that was to be deleted; nil: err is of
// another kind.
func (s *Server) explainUse(lang string, err error) *Problem {
	var used recordings.InUse
	if !errors.As(err, &used) {
		return nil
	}
	p := s.problem(lang, http.StatusConflict, "recording-in-use")
	p.Detail = usedBy(lang, used)
	return p
}

// usedBy is the sentence of a recording that is in use.
func usedBy(lang string, used recordings.InUse) string {
	const named = 3
	titles := make([]string, 0, named)
	for _, title := range used.By[:min(len(used.By), named)] {
		titles = append(titles, "“"+title+"”")
	}
	return word(lang, "problem.recording-in-use", strings.Join(titles, ", "))
}

func schedulerFaults(of people.Invalid) []scheduler.Fault {
	faults := make([]scheduler.Fault, len(of))
	for i, f := range of {
		faults[i] = scheduler.Fault(f)
	}
	return faults
}
