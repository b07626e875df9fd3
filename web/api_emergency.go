package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

type (
	raiseInput struct {
		Caller
		Body emergencyForm
	}
	raiseOutput struct {
		Body emergencyJSON
	}
	lowerInput struct{ Caller }
	renewInput struct {
		Caller
		ID   string `path:"id"`
		Body renewForm
	}
)

// renewForm is what renews an emergency.
type renewForm struct {
	ExpiresIn float64 `json:"expires_in,omitempty" doc:"Seconds from now, at most a day; 900 when left out."`
}

// emergencyForm is what raises an emergency.
type emergencyForm struct {
	Title     string   `json:"title,omitempty" doc:"An emergency without a title gets one."`
	Reason    string   `json:"reason" doc:"One short sentence, for the log."`
	Source    string   `json:"source,omitempty" doc:"Who says so; the caller's name when left out."`
	Prepared  string   `json:"prepared,omitempty" doc:"Code of a template of the class emergency: title, text, messages, zones, repeat and siren are its own where they are left out here. It is known with the database gone."`
	Text      string   `json:"text,omitempty" doc:"Read after the siren, at most 20,000 characters; siren only when left out."`
	Languages []string `json:"languages,omitempty" doc:"ISO 639; all of the village when left out or none of them is the village's."`
	Zones     []string `json:"zones,omitempty" doc:"All when left out or none of them is the board's."`
	Repeat    *int     `json:"repeat,omitempty" doc:"Cycles of siren and message, at most 100; until it ends when left out."`
	ExpiresIn float64  `json:"expires_in,omitempty" doc:"Seconds, at most a day; 900 when left out. It never sounds after that."`

	Messages []messageJSON `json:"messages,omitempty" doc:"What is said in single languages instead of the text, a text or a recording."`
	Siren    *bool         `json:"siren,omitempty" doc:"false: words without the siren. It sounds all the same when there are none, or they are not to be had."`

	Supersedes string `json:"supersedes,omitempty" doc:"ID of the active emergency that this one replaces at once; without it both sound in turn."`
}

func (s *Server) registerEmergencies(api huma.API) {
	const tag = "emergency"
	answer(s, api, operation{"raise-emergency", http.MethodPost, "/emergency", "Sound an emergency now, over everything", tag, people.Alarm, http.StatusCreated}, s.raiseEmergency)
	answer(s, api, operation{"renew-emergency", http.MethodPatch, "/emergency/{id}", "Give an active emergency another end", tag, people.Alarm, 0}, s.renewEmergency)
	answer(s, api, operation{"end-emergency", http.MethodDelete, "/emergency", "End every emergency", tag, people.Alarm, http.StatusNoContent}, s.endEmergency)
}

// raiseEmergency waits for neither the database nor the disk before the siren is
// on its way: who calls and what the village speaks is known from memory. What
// is wrong with a detail is repaired, and the answer says so.
func (s *Server) raiseEmergency(ctx context.Context, in *raiseInput) (*raiseOutput, error) {
	village, err := in.village("", people.Alarm)
	if err != nil {
		return nil, err
	}
	if !s.confirmed(in.c, in.who) {
		return nil, errPINRequired
	}
	f := in.Body
	unknown := s.fillPrepared(ctx, &f)
	now := s.cfg.Now().UTC()
	life := lifeOf(f.ExpiresIn)
	e := scheduler.Emergency{
		Owned: s.owned(s.cfg.NewID(), village), Title: strings.TrimSpace(scheduler.Clean(f.Title)), Reason: strings.TrimSpace(scheduler.Clean(f.Reason)),
		Source: strings.TrimSpace(scheduler.Clean(f.Source)), Text: strings.TrimSpace(scheduler.Clean(f.Text)),
		Languages: f.Languages, Zones: f.Zones, Raised: now, Expires: now.Add(life), RaisedBy: in.who.Name,
		Supersedes: f.Supersedes, Messages: messagesOf(f.Messages), NoSiren: f.Siren != nil && !*f.Siren,
	}
	if f.Repeat != nil {
		e.Repeat = *f.Repeat
	}
	if e.Source == "" {
		e.Source = in.who.Name
	}
	e, repaired := s.settle(ctx, e)
	if err := e.Validate(now); err != nil {
		return nil, renamed(err, "expires", "expires_in")
	}
	if err := s.cfg.Alarm.Raise(ctx, e); err != nil {
		return nil, err
	}
	out := &raiseOutput{Body: emergencyOf(e)}
	out.Body.Warnings = emergencyWarnings(in.lang, append(unknown, repaired...))
	return out, nil
}

// fillPrepared takes what a form leaves out from the prepared message that it names. One
// that is not known is told of: an emergency is not refused for it.
func (s *Server) fillPrepared(ctx context.Context, f *emergencyForm) []scheduler.Fault {
	if f.Prepared == "" {
		return nil
	}
	t, known := s.prepared(ctx, f.Prepared, alarmPatience)
	if !known {
		return []scheduler.Fault{{Field: "prepared", Code: "not-prepared"}}
	}
	if v, there := s.place.village(ctx, alarmPatience); there {
		t = t.For(v)
	}
	f.Title, f.Text = cmp.Or(f.Title, t.Title), cmp.Or(f.Text, t.Text)
	if f.Messages == nil {
		f.Messages = messagesJSON(t.Prepared.Messages)
	}
	var told []scheduler.Fault
	if gone := t.Prepared.ZonesGone(s.cfg.Zones); f.Zones == nil && len(gone) > 0 {
		told = append(told, scheduler.Fault{Field: "zones", Code: "zones-gone", Limit: strings.Join(gone, ", ")})
	} else if f.Zones == nil {
		f.Zones = t.Prepared.Zones
	}
	if f.Repeat == nil {
		f.Repeat = &t.Prepared.Repeat
	}
	if f.Siren == nil {
		siren := !t.Prepared.NoSiren
		f.Siren = &siren
	}
	return told
}

// lifeOf is how long an emergency lives that was given so many seconds.
func lifeOf(expiresIn float64) time.Duration {
	if expiresIn == 0 {
		return scheduler.DefaultEmergencyLife
	}
	return seconds(expiresIn)
}

// renewEmergency waits for nothing either.
func (s *Server) renewEmergency(ctx context.Context, in *renewInput) (*raiseOutput, error) {
	if _, err := in.village("", people.Alarm); err != nil {
		return nil, err
	}
	now := s.cfg.Now().UTC()
	asked := scheduler.Emergency{Raised: now, Expires: now.Add(lifeOf(in.Body.ExpiresIn))}
	asked, repaired := asked.Settle(now, nil, nil)
	if !asked.Expires.After(now) {
		return nil, in.invalid("expires_in", scheduler.FaultPast, "")
	}
	e, err := s.cfg.Alarm.Renew(ctx, in.ID, asked.Expires, in.who.Name)
	if err != nil {
		return nil, err
	}
	out := &raiseOutput{Body: emergencyOf(e)}
	out.Body.Warnings = emergencyWarnings(in.lang, repaired)
	return out, nil
}

// settle repairs what an emergency should not be refused for, and lists what it
// did.
func (s *Server) settle(ctx context.Context, e scheduler.Emergency) (scheduler.Emergency, []scheduler.Fault) {
	var languages []string // not known
	if len(e.Languages) > 0 || len(e.Messages) > 0 {
		if v, known := s.place.village(ctx, alarmPatience); known {
			languages = v.Languages
		}
	}
	gone := s.knownRecordings(ctx, &e)
	e, repaired := e.Settle(s.cfg.Now(), languages, s.cfg.Zones)
	repaired = append(gone, repaired...)
	if e.Supersedes != "" && !s.activeEmergency(e.Supersedes) {
		repaired = append(repaired, scheduler.Fault{Field: "supersedes", Code: "not-active"})
		e.Supersedes = ""
	}
	if e.Title == "" {
		e.Title = emergencyTitle(e.Languages)
		repaired = append(repaired, scheduler.Fault{Field: "title", Code: scheduler.FaultRequired, Limit: e.Title})
	}
	return e, repaired
}

func (s *Server) activeEmergency(id string) bool {
	return slices.ContainsFunc(s.cfg.Air.Air().Emergencies, func(e playout.ActiveEmergency) bool { return e.ID == id })
}

// emergencyTitle is the title of an emergency that was given none, in the first
// of its languages that the panel speaks.
func emergencyTitle(languages []string) string {
	lang := vietnamese
	if len(languages) > 0 && languages[0] == english {
		lang = english
	}
	return word(lang, "emergency.no-title")
}

// emergencyWarnings words what was repaired.
func emergencyWarnings(lang string, repaired []scheduler.Fault) []ProblemFault {
	var warnings []ProblemFault
	p := phrase{lang: lang}
	for _, f := range repaired {
		limit := f.Limit
		switch f.Code {
		case scheduler.FaultRange:
			limit = limitWords(lang, limit)
		case scheduler.FaultMessageGone:
			limit = p.lower(p.language(limit))
		}
		w := ProblemFault{Field: f.Field, Code: f.Code, Detail: word(lang, "emergency-repaired."+f.Code, limit)}
		if f.Field == "expires" {
			w.Field = "expires_in"
		}
		warnings = append(warnings, w)
	}
	return warnings
}

// renamed gives a field of faults the name it has in the request.
func renamed(err error, from, to string) error {
	faults, ok := err.(scheduler.Invalid) //nolint:errorlint // Validate returns it as it is
	if !ok {
		return err
	}
	moved := make(scheduler.Invalid, len(faults))
	for i, f := range faults {
		if f.Field == from {
			f.Field = to
		}
		moved[i] = f
	}
	return moved
}

func (s *Server) endEmergency(ctx context.Context, in *lowerInput) (*nothing, error) {
	if _, err := in.village("", people.Alarm); err != nil {
		return nil, err
	}
	return nil, s.cfg.Alarm.Lower(ctx, in.who.Name)
}
