package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/scheduler"
)

// choiceJSON is which voice speaks a language of a village.
type choiceJSON struct {
	Language string `json:"language"`
	Voice    string `json:"voice,omitempty" doc:"ID of a voice; absent: the board's first of the language."`
	Rate     int    `json:"rate,omitempty" doc:"Words a minute; absent: the voice's own."`
	Pitch    int    `json:"pitch,omitempty" doc:"1 to 99, 50 is the voice as it is; absent: the same."`
	Revision int64  `json:"revision" doc:"0: nothing was chosen yet."`
}

// troubleJSON is a voice that does not speak.
type troubleJSON struct {
	Voice   string    `json:"voice"`
	Name    string    `json:"name"`
	Code    string    `json:"code" doc:"Why. Stable."`
	Detail  string    `json:"detail" doc:"A sentence."`
	Since   time.Time `json:"since"`
	Instead string    `json:"instead,omitempty" doc:"ID of the voice that speaks instead."`
}

type (
	choicesInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	choicesOutput struct {
		Body struct {
			Choices  []choiceJSON  `json:"choices"`
			Troubles []troubleJSON `json:"troubles" doc:"Voices that do not speak, the longest silent first."`
		}
	}
	choiceInput struct {
		Caller
		Language string `path:"language" doc:"ISO 639."`
		Village  string `query:"village" doc:"Key; the board's own when left out."`
		Body     struct {
			Voice    string `json:"voice,omitempty"`
			Rate     int    `json:"rate,omitempty" doc:"80 to 450; 0: the voice's own."`
			Pitch    int    `json:"pitch,omitempty" doc:"1 to 99; 0: the voice's own."`
			Revision int64  `json:"revision,omitempty" doc:"The revision that was read; left out: whatever it is."`
		}
	}
	choiceOutput struct {
		Body choiceJSON
	}
	tryChoiceInput struct {
		Caller
		Language string `path:"language" doc:"ISO 639."`
		Village  string `query:"village" doc:"Key; the board's own when left out."`
		Body     struct {
			Voice string `json:"voice,omitempty" doc:"ID; left out: the board's first of the language."`
			Rate  int    `json:"rate,omitempty" doc:"80 to 450; 0: the voice's own."`
			Pitch int    `json:"pitch,omitempty" doc:"1 to 99; 0: the voice's own."`
			Text  string `json:"text" doc:"What it says, 500 characters at most."`
		}
	}
)

func (s *Server) registerVoices(api huma.API) {
	const tag = "speech"
	answer(s, api, operation{"list-voice-choices", http.MethodGet, "/speech/choices", "List which voice speaks which language, and which voices fail", tag, people.View, 0}, s.listChoices)
	answer(s, api, operation{"choose-voice", http.MethodPut, "/speech/choices/{language}", "Choose the voice of a language, its rate and pitch", tag, people.Plan, 0}, s.putChoice)
	answer(s, api, operation{"try-voice", http.MethodPost, "/speech/choices/{language}/try", "Hear a voice as it would be chosen; nothing is saved, and no other voice stands in", tag, people.Plan, 0}, s.tryChoice)
}

func choiceOf(c scheduler.VoiceChoice) choiceJSON {
	return choiceJSON{c.Language, c.Voice, c.Rate, c.Pitch, c.Revision}
}

func (s *Server) listChoices(ctx context.Context, in *choicesInput) (*choicesOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	all, err := s.cfg.VoiceBook.VoiceChoices(ctx, village)
	if err != nil {
		return nil, err
	}
	var out choicesOutput
	out.Body.Choices, out.Body.Troubles = []choiceJSON{}, []troubleJSON{}
	for _, c := range all {
		out.Body.Choices = append(out.Body.Choices, choiceOf(c))
	}
	p := phrase{lang: in.lang, loc: time.UTC}
	for _, t := range s.cfg.Prompter.Troubles() {
		out.Body.Troubles = append(out.Body.Troubles, troubleJSON{t.Voice.ID, t.Voice.Name, string(t.Fault.Code), p.trying(t.Fault), t.Since.UTC(), t.Instead.ID})
	}
	return &out, nil
}

func (s *Server) putChoice(ctx context.Context, in *choiceInput) (*choiceOutput, error) {
	village, err := in.village(in.Village, people.Plan)
	if err != nil {
		return nil, err
	}
	c, err := s.voiceChoice(ctx, village, in.Language)
	if err != nil {
		return nil, err
	}
	if in.Body.Revision != 0 && in.Body.Revision != c.Revision {
		return nil, scheduler.ErrRevision
	}
	c.Voice, c.Rate, c.Pitch, c.Updated = in.Body.Voice, in.Body.Rate, in.Body.Pitch, s.cfg.Now().UTC()
	if err := s.saveVoice(ctx, c); err != nil {
		return nil, err
	}
	c.Revision++
	return &choiceOutput{Body: choiceOf(c)}, nil
}

func (s *Server) tryChoice(ctx context.Context, in *tryChoiceInput) (*previewOutput, error) {
	village, err := in.village(in.Village, people.Plan)
	if err != nil {
		return nil, err
	}
	text := strings.TrimSpace(scheduler.Clean(in.Body.Text))
	switch {
	case text == "":
		return nil, in.invalid("text", scheduler.FaultRequired, "")
	case utf8.RuneCountInString(text) > mostTried:
		return nil, in.invalid("text", scheduler.FaultTooLong, strconv.Itoa(mostTried))
	}
	c, err := s.voiceChoice(ctx, village, in.Language)
	if err != nil {
		return nil, err
	}
	c.Voice, c.Rate, c.Pitch = in.Body.Voice, in.Body.Rate, in.Body.Pitch
	if err := s.checkChoice(ctx, c); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, previewPatience)
	defer cancel()
	spoken := s.cfg.Speaker.Normalize(in.Language, in.Body.Text) // as it came, for the places of the changes
	said, err := s.cfg.Prompter.Try(ctx, c, spoken.Text)
	if tooSlow(ctx, err) {
		return nil, s.problem(in.lang, http.StatusServiceUnavailable, "preview-slow")
	}
	if err != nil {
		return nil, err
	}
	return &previewOutput{Body: previewOf(in.Language, spoken, said)}, nil
}
