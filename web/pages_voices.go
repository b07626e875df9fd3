package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/speech"
)

// voicesView is the page of the voices, one form for each language that has some.
type voicesView struct {
	Troubles []string
	Forms    []voiceForm
	Silent   string // languages without a voice, a sentence; empty: none
}

// voiceForm is the choice for one language.
type voiceForm struct {
	Language, Name string
	Revision       int64
	Voices         []choiceView
	Rate, Pitch    string
	Fixed          string // what the chosen voice does not obey, a sentence
	Text           string // to try it with
	Faults         map[string]string
	Heard          string        // ID of the recording that trying gave
	Length         time.Duration // of it
	Unheard        string        // why trying gave none
}

func (p *panel) registerVoices(r *gin.Engine) {
	r.GET("/voices", p.allow(people.Plan, func(v *visit) { p.showVoices(v, http.StatusOK, voiceForm{}) }))
	r.POST("/voices/:language", p.allow(people.Plan, p.saveVoice))
	r.POST("/voices/:language/try", p.allow(people.Plan, p.tryVoice))
}

// showVoices draws every language; that of typed as it was just sent.
func (p *panel) showVoices(v *visit, status int, typed voiceForm) {
	voices, err := p.s.cfg.Speaker.Voices(v.ctx())
	if err != nil && !errors.Is(err, speech.ErrNoEngine) {
		p.fail(v, err)
		return
	}
	chosen, err := p.s.cfg.VoiceBook.VoiceChoices(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	var w voicesView
	for _, t := range p.s.cfg.Prompter.Troubles() {
		w.Troubles = append(w.Troubles, v.troubleOf(t, v.now))
	}
	var silent []string
	for _, code := range v.village.Languages {
		theirs := slices.DeleteFunc(slices.Clone(voices), func(x speech.Voice) bool { return x.Language != code })
		if len(theirs) == 0 {
			silent = append(silent, code)
			continue
		}
		w.Forms = append(w.Forms, v.voiceForm(code, theirs, chosen, typed))
	}
	if len(silent) > 0 {
		w.Silent = v.word("voices.silent", v.languages(silent))
	}
	p.render(v, status, "voices", view{Title: v.word("voices.title"), Tab: "more", Data: w})
}

func (v *visit) voiceForm(code string, voices []speech.Voice, chosen []scheduler.VoiceChoice, typed voiceForm) voiceForm {
	f := voiceForm{Language: code, Name: v.language(code), Text: v.word("voices.sample")}
	if code != "vi" {
		f.Text = "One, two, three."
	}
	var voice string
	if i := slices.IndexFunc(chosen, func(c scheduler.VoiceChoice) bool { return c.Language == code }); i >= 0 {
		c := chosen[i]
		voice, f.Rate, f.Pitch, f.Revision = c.Voice, setting(c.Rate), setting(c.Pitch), c.Revision
	}
	if typed.Language == code {
		voice, f = typed.Voices[0].Value, typed
		f.Name, f.Voices = v.language(code), nil
	}
	f.Voices = append(f.Voices, choiceView{Name: v.word("voices.first", voices[0].Name), Checked: voice == ""})
	takes := voices[0]
	for _, x := range voices {
		f.Voices = append(f.Voices, choiceView{Value: x.ID, Name: x.Name, Checked: x.ID == voice})
		if x.ID == voice {
			takes = x
		}
	}
	if voice != "" && !slices.ContainsFunc(voices, func(x speech.Voice) bool { return x.ID == voice }) {
		f.Voices = append(f.Voices, choiceView{Value: voice, Name: v.word("voices.gone", voice), Checked: true})
	}
	switch {
	case !takes.TakesRate && !takes.TakesPitch:
		f.Fixed = v.word("voices.fixed", takes.Name)
	case !takes.TakesPitch:
		f.Fixed = v.word("voices.fixed-pitch", takes.Name)
	case !takes.TakesRate:
		f.Fixed = v.word("voices.fixed-rate", takes.Name)
	}
	return f
}

// setting is a number as it is typed; 0 is an empty field.
func setting(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// typedVoice reads a form. What cannot be read is a fault of it.
func (p *panel) typedVoice(v *visit, f *form) (scheduler.VoiceChoice, voiceForm, error) {
	language := v.c.Param("language")
	typed := voiceForm{
		Language: language, Rate: f.Get("rate"), Pitch: f.Get("pitch"), Text: strings.TrimSpace(f.Get("text")),
		Voices: []choiceView{{Value: f.Get("voice")}}, Faults: f.faults,
	}
	c, err := p.s.voiceChoice(v.ctx(), v.village.Key, language)
	if err != nil {
		return c, typed, err
	}
	c.Voice = f.Get("voice")
	for _, n := range []struct {
		field string
		into  *int
	}{{"rate", &c.Rate}, {"pitch", &c.Pitch}} {
		*n.into = 0
		if text := strings.TrimSpace(f.Get(n.field)); text != "" {
			if *n.into, err = strconv.Atoi(text); err != nil || *n.into < 1 {
				f.fault(n.field, v.word("voices.number"))
			}
		}
	}
	if typed.Revision, err = strconv.ParseInt(f.Get("revision"), 10, 64); err != nil {
		typed.Revision = c.Revision
	}
	return c, typed, nil
}

func (p *panel) saveVoice(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	c, typed, err := p.typedVoice(v, f)
	switch {
	case err != nil:
		p.fail(v, err)
		return
	case typed.Revision != c.Revision:
		p.problem(v, http.StatusConflict, "problem.conflict")
		return
	}
	c.Updated = v.now.UTC()
	if len(f.faults) == 0 {
		err = p.s.saveVoice(v.ctx(), c)
	}
	var faults scheduler.Invalid
	switch {
	case errors.As(err, &faults), len(f.faults) > 0:
		for _, fault := range faults {
			f.fault(fault.Field, faultWords(v.lang, fault))
		}
		p.showVoices(v, http.StatusUnprocessableEntity, typed)
	case errors.Is(err, scheduler.ErrRevision):
		p.problem(v, http.StatusConflict, "problem.conflict")
	case err != nil:
		p.fail(v, err)
	default:
		v.goTo("/voices", "voice-saved")
	}
}

// tryVoice lets the voice speak as the form says, before anything is saved.
func (p *panel) tryVoice(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	c, typed, err := p.typedVoice(v, f)
	if err != nil {
		p.fail(v, err)
		return
	}
	if len([]rune(typed.Text)) > mostTried {
		f.fault("text", v.word("voices.long", mostTried))
	}
	if len(f.faults) == 0 {
		var faults scheduler.Invalid
		if errors.As(p.s.checkChoice(v.ctx(), c), &faults) {
			for _, fault := range faults {
				f.fault(fault.Field, faultWords(v.lang, fault))
			}
		}
	}
	if len(f.faults) > 0 {
		p.showVoices(v, http.StatusUnprocessableEntity, typed)
		return
	}
	ctx, cancel := context.WithTimeout(v.ctx(), previewPatience)
	defer cancel()
	said, err := p.s.cfg.Prompter.Try(ctx, c, p.s.cfg.Speaker.Normalize(c.Language, typed.Text).Text)
	if err != nil {
		typed.Unheard = v.trying(err)
	} else {
		typed.Heard, typed.Length = said.ID, recordings.Recording(said.Recording).Length
	}
	p.showVoices(v, http.StatusOK, typed)
}

// mostTried is how long a text to try a voice with may be, in characters.
const mostTried = 500
