package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// apiRoot is where the API lies.
const apiRoot = "/api/v1"

// Caller is who makes a call of the API, in which language, and the request
// itself. Every input embeds one.
type Caller struct {
	s    *Server
	c    *gin.Context
	who  people.Principal
	lang string
}

// Resolve is called by huma before the handler; allow has looked at the caller
// by then.
func (k *Caller) Resolve(ctx huma.Context) []error {
	if k.c = humagin.Unwrap(ctx); k.c != nil {
		if s, ok := k.c.Value(serverKey).(*Server); ok {
			k.s = s
			k.who, _ = s.principal(k.c)
			k.lang = s.spoken(k.c)
		}
	}
	return nil
}

func (k *Caller) caller() *Caller { return k }

// serverKey is where a request remembers its server for Caller.Resolve.
const serverKey = "loalang/server"

// village is the village that a call is about, the board's own when none is
// named, if the caller may do a there. One that is named must exist.
func (k *Caller) village(asked string, a people.Action) (string, error) {
	key := asked
	if key == "" {
		key = k.s.cfg.Village
	}
	if !k.who.May(a, key) {
		return "", k.forbidden()
	}
	if key == k.s.cfg.Village {
		return key, nil // known without the database
	}
	if _, err := k.s.cfg.Places.Village(k.c.Request.Context(), key); isMissing(err) {
		return "", k.invalid("village", scheduler.FaultUnknown, "")
	} else if err != nil {
		return "", fmt.Errorf("look for the village: %w", err)
	}
	return key, nil
}

func (k *Caller) forbidden() error { return k.s.problem(k.lang, http.StatusForbidden, "forbidden") }

func (k *Caller) missing() error { return k.s.problem(k.lang, http.StatusNotFound, "not-found") }

// invalid is the error of one faulty field.
func (k *Caller) invalid(field, code, limit string) error {
	return k.s.invalid(k.lang, scheduler.Fault{Field: field, Code: code, Limit: limit})
}

// operation is what the API's description says of a call.
type operation struct {
	id, method, path, summary string
	tag                       string
	action                    people.Action
	status                    int // of success; 0: 200
}

func (o operation) huma(s *Server) huma.Operation {
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: apiRoot + o.path, Summary: o.summary, Tags: []string{o.tag},
		DefaultStatus:   o.status,
		BodyReadTimeout: -1, // slowBody watches the line
		MaxBodyBytes:    jsonBytes,
	}
	if o.action != "" {
		op.Description = "Needs the right: " + string(o.action) + "."
		op.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
			if s.allow(humagin.Unwrap(ctx), o.action) {
				next(ctx)
			}
		}}
	}
	return op
}

// jsonBytes bounds the body of a call that is no upload.
const jsonBytes = 1 << 20

// input is a pointer to an input that embeds Caller.
type input[I any] interface {
	*I
	caller() *Caller
}

// answer registers a call. Whatever do returns as an error becomes a Problem.
func answer[I, O any, P input[I]](s *Server, api huma.API, o operation, do func(context.Context, P) (*O, error)) {
	op := o.huma(s)
	answerAs(s, api, op, do)
	if o.rehearsed() {
		describeDry(api, op)
	}
}

// answerAs is answer for a call whose description is made.
func answerAs[I, O any, P input[I]](s *Server, api huma.API, o huma.Operation, do func(context.Context, P) (*O, error)) {
	huma.Register(api, o, func(ctx context.Context, in *I) (*O, error) {
		k := P(in).caller()
		dry, err := k.dry(o.OperationID, o.Method)
		if err == nil && dry {
			err = s.rehearsed(ctx, k, func(ctx context.Context) error { _, err := do(ctx, P(in)); return err })
		}
		if foreseen, ok := err.(*Foreseen); ok { //nolint:errorlint // as rehearsed made it
			return nil, foreseen
		}
		if err != nil {
			return nil, s.explain(k.lang, err)
		}
		out, err := do(ctx, P(in))
		if err != nil {
			return nil, s.explain(k.lang, err)
		}
		return out, nil
	})
}

// allow lets a request pass whose caller may do a, and answers the others. What
// village the call is about is looked at again where that is known.
func (s *Server) allow(c *gin.Context, a people.Action) bool {
	who, ok := s.principal(c)
	if !ok {
		s.abort(c, s.problem(s.spoken(c), http.StatusUnauthorized, "unauthenticated"))
		return false
	}
	village := who.Village
	if village == "" {
		village = s.cfg.Village
	}
	if !who.May(a, village) {
		s.abort(c, s.problem(s.spoken(c), http.StatusForbidden, "forbidden"))
		return false
	}
	return true
}

// guard is allow for routes that huma does not serve: streams, files, uploads.
func (s *Server) guard(a people.Action, do func(k *Caller)) gin.HandlerFunc {
	return func(c *gin.Context) {
		if !s.allow(c, a) {
			return
		}
		k := &Caller{s: s, c: c, lang: s.spoken(c)}
		k.who, _ = s.principal(c)
		do(k)
	}
}

// fail answers a call that huma does not serve with a problem.
func (k *Caller) fail(err error) { k.s.abort(k.c, k.s.explain(k.lang, err)) }

// registerAPI adds every call, and the description of them all.
func (s *Server) registerAPI(r *gin.Engine) {
	r.Use(func(c *gin.Context) {
		c.Set(serverKey, s)
		if isAPI(c.Request) {
			c.Header("Cache-Control", "no-store")
		}
	})
	config := huma.DefaultConfig("Loa Làng", s.cfg.Version)
	config.OpenAPIPath = apiRoot + "/openapi"
	config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", nil
	config.Transformers = []huma.Transformer{s.transform}
	api := humagin.New(r, config)
	s.registerAnnouncements(api)
	s.registerApprovals(api)
	s.registerHistory(api)
	s.registerUndo(api)
	s.registerCoverage(api)
	s.registerSchedules(api)
	s.registerCalendars(api)
	s.registerFeeds(api)
	s.registerSpeech(api)
	s.registerWords(api, r)
	s.registerTemplates(api)
	s.registerVoices(api)
	s.registerPlaces(api)
	s.registerDrills(api)
	s.registerMonitor(api)
	s.registerSound(api)
	s.registerWhy(api)
	s.registerRelays(api)
	s.registerPlaceRules(api)
	s.registerSlots(api)
	s.registerAir(api)
	s.registerVolume(api)
	s.registerEmergencies(api)
	s.registerAllClear(api)
	s.registerClock(api)
	s.registerPeople(api)
	s.registerAccount(api)
	s.registerAudit(api)
	s.registerTokens(api)
	s.registerPushes(api)
	s.registerPasskeys(api)
	s.registerRecordings(api, r)
	s.registerUploads(api, r)
	s.registerAsRun(api, r)
	s.registerReport(api, r)
	s.registerStreams(api, r)
	s.registerPublic(api)
	s.describe(api)
}

// transform replaces what huma itself finds wrong by a Problem.
func (s *Server) transform(ctx huma.Context, _ string, v any) (any, error) {
	found, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	lang := s.spoken(humagin.Unwrap(ctx))
	faults := make([]ProblemFault, 0, len(found.Errors))
	for _, e := range found.Errors {
		faults = append(faults, humaFault(lang, e))
	}
	code := "invalid"
	switch found.Status {
	case http.StatusUnprocessableEntity:
	case http.StatusRequestEntityTooLarge:
		code, faults = "too-large", nil
	case http.StatusNotAcceptable, http.StatusUnsupportedMediaType:
		code, faults = "media-type", nil
	case http.StatusInternalServerError:
		s.cfg.Logger.Error("call broke", "detail", found.Detail)
		code, faults = "internal", nil
	default:
		code = "bad-request"
	}
	p := s.problem(lang, found.Status, code, faults...)
	if code == "bad-request" {
		p.Detail = word(lang, "problem.bad-request")
	}
	return p, nil
}

// humaFault turns what huma says about a field into a stable code and the
// catalog's words. huma has only sentences; its tests hold them fast for us.
func humaFault(lang string, e *huma.ErrorDetail) ProblemFault {
	field := e.Location
	for _, part := range []string{"body.", "query.", "path.", "form."} {
		field = strings.TrimPrefix(field, part)
	}
	if f, unread := humaDate(field, e); unread {
		return ProblemFault{Field: field, Code: f.Code, Detail: faultWords(lang, f)}
	}
	code := "syntax"
	switch m := e.Message; {
	case strings.HasPrefix(m, "expected required property "):
		code = scheduler.FaultRequired
		name, _, _ := strings.Cut(strings.TrimPrefix(m, "expected required property "), " ")
		if field == "" || field == "body" {
			field = name
		} else {
			field += "." + name
		}
	case strings.HasPrefix(m, "required "):
		code = scheduler.FaultRequired
	case m == "unexpected property":
		code = faultUnexpected
	case strings.HasPrefix(m, "expected value to be one of"):
		code = scheduler.FaultUnknown
	case strings.HasPrefix(m, "expected number "), strings.HasPrefix(m, "expected array length"):
		f := scheduler.Fault{Code: scheduler.FaultRange, Limit: strings.TrimPrefix(strings.TrimPrefix(m, "expected "), "number ")}
		return ProblemFault{Field: field, Code: f.Code, Detail: faultWords(lang, f)}
	}
	detail := word(lang, "fault."+code)
	if lang == english && code == "syntax" && e.Message != "" {
		detail += " (" + e.Message + ")"
	}
	return ProblemFault{Field: field, Code: code, Detail: detail}
}

// instantOf is an instant as the API writes it; zero is left out.
func instantOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// entries is s, never nil: an empty list is [] and not null.
func entries[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
