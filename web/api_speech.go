package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/speech"
)

type (
	previewInput struct {
		Caller
		Body struct {
			Language string `json:"language" doc:"ISO 639."`
			Text     string `json:"text" doc:"As written, at most 20,000 characters."`
			Voice    string `json:"voice,omitempty" doc:"ID of a voice; the language's first when left out."`
			Silent   bool   `json:"silent,omitempty" doc:"Only the words, at once; nothing is spoken."`
		}
	}
	previewOutput struct {
		Body previewJSON
	}
	voicesInput  struct{ Caller }
	voicesOutput struct {
		Body struct {
			Voices []voiceJSON `json:"voices"`
		}
	}
)

// previewJSON is what a voice will say.
type previewJSON struct {
	Language  string       `json:"language"`
	Spoken    string       `json:"spoken" doc:"What the voice reads."`
	Changes   []changeJSON `json:"changes" doc:"In order of appearance."`
	Unknown   []string     `json:"unknown" doc:"Words that are spelled letter by letter."`
	Recording string       `json:"recording" doc:"ID of the sound; it airs as it is heard here. Empty when nothing was spoken, as audio is."`
	SpokenBy  string       `json:"spoken_by" doc:"ID of the voice that spoke it."`
	InsteadOf string       `json:"instead_of,omitempty" doc:"ID of the voice that should have spoken it and could not; absent: it was that one."`
	Length    float64      `json:"length" doc:"Seconds."`
	Audio     string       `json:"audio"`
}

// changeJSON is one thing that is read otherwise than written.
type changeJSON struct {
	Written string `json:"written"`
	Read    string `json:"read"`
	At      int    `json:"at" doc:"Byte offset of read in spoken (UTF-8)."`
	From    int    `json:"from" doc:"Byte offset of written in text (UTF-8)."`
	To      int    `json:"to" doc:"Byte offset behind written in text."`
	Doubt   string `json:"doubt,omitempty" doc:"Why it may be read wrong: spelled, ambiguous or unusual."`
}

// voiceJSON is one voice of the board.
type voiceJSON struct {
	ID         string `json:"id"`
	Language   string `json:"language"`
	Name       string `json:"name"`
	TakesRate  bool   `json:"takes_rate" doc:"It obeys a rate; it speaks at its own otherwise."`
	TakesPitch bool   `json:"takes_pitch" doc:"It obeys a pitch; it speaks at its own otherwise."`
}

func (s *Server) registerSpeech(api huma.API) {
	const tag = "speech"
	answer(s, api, operation{"preview-speech", http.MethodPost, "/speech/preview", "Hear how a text will be read", tag, people.Write, 0}, s.previewSpeech)
	answer(s, api, operation{"list-voices", http.MethodGet, "/speech/voices", "List the voices of the board", tag, people.View, 0}, s.listVoices)
}

func (s *Server) previewSpeech(ctx context.Context, in *previewInput) (*previewOutput, error) {
	b := in.Body
	text := strings.TrimSpace(scheduler.Clean(b.Text))
	switch {
	case text == "":
		return nil, in.invalid("text", scheduler.FaultRequired, "")
	case utf8.RuneCountInString(text) > scheduler.MaxText:
		return nil, in.invalid("text", scheduler.FaultTooLong, strconv.Itoa(scheduler.MaxText))
	}
	spoken := s.cfg.Speaker.Normalize(b.Language, b.Text) // as it came, for the places of the changes
	if b.Silent {
		return &previewOutput{Body: previewOf(b.Language, spoken, playout.Said{})}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, previewPatience)
	defer cancel()
	said, err := s.cfg.Speaker.Voice(ctx, b.Language, b.Voice, spoken.Text)
	if tooSlow(ctx, err) {
		return nil, s.problem(in.lang, http.StatusServiceUnavailable, "preview-slow")
	}
	if err != nil {
		return nil, err
	}
	return &previewOutput{Body: previewOf(b.Language, spoken, said)}, nil
}

// previewOf is what a voice says, with its sound.
func previewOf(language string, spoken speech.Spoken, said playout.Said) previewJSON {
	out := previewJSON{
		Language: language, Spoken: spoken.Text, Changes: []changeJSON{}, Unknown: entries(spoken.Unknown),
		Recording: said.ID, Length: said.Length.Seconds(), SpokenBy: said.By, InsteadOf: said.InsteadOf,
	}
	if said.ID != "" {
		out.Audio = apiRoot + "/recordings/" + said.ID + "/audio"
	}
	for _, c := range spoken.Changes {
		out.Changes = append(out.Changes, changeJSON{c.Written, c.Read, c.At, c.From, c.To, string(c.Doubt)})
	}
	return out
}

func (s *Server) listVoices(ctx context.Context, _ *voicesInput) (*voicesOutput, error) {
	voices, err := s.cfg.Speaker.Voices(ctx)
	if err != nil {
		return nil, err
	}
	var out voicesOutput
	out.Body.Voices = []voiceJSON{}
	for _, v := range voices {
		out.Body.Voices = append(out.Body.Voices, voiceJSON(v))
	}
	return &out, nil
}
