package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"loalang/scheduler"
	"loalang/speech"
)

// previewView is what the loudspeaker will say.
type previewView struct {
	Paragraphs   [][]piece
	Changes      []speech.Change
	Unknown      bool
	UnknownWords string
	Recording    string
	Length       time.Duration
	Fault        string
}

// piece is a run of spoken text; Changed when it was written otherwise.
type piece struct {
	Text    string
	Changed bool
}

// previewNotice is the preview alone, for the page's module.
func (p *panel) previewNotice(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	p.send(v, http.StatusOK, fragment{"new", "preview", p.preview(v, f.Get("text"))})
}

// previewPatience bounds the wait for a voice; the announcement can be sent
// without a preview.
const previewPatience = time.Minute

// preview reads the text aloud by the chain that will air it.
func (p *panel) preview(v *visit, text string) previewView {
	if text = strings.TrimSpace(scheduler.Clean(text)); text == "" {
		return previewView{Fault: v.word("fault.no-words")}
	}
	if utf8.RuneCountInString(text) > scheduler.MaxText {
		return previewView{Fault: v.word("fault.too-long", scheduler.MaxText)}
	}
	lang := v.village.Languages[0]
	spoken := p.s.cfg.Speaker.Normalize(lang, text)
	pv := previewView{
		Paragraphs: pieces(spoken), Changes: spoken.Changes,
		Unknown: len(spoken.Unknown) > 0, UnknownWords: strings.Join(spoken.Unknown, ", "),
	}
	ctx, cancel := context.WithTimeout(v.ctx(), previewPatience)
	defer cancel()
	rec, err := p.s.cfg.Speaker.Voice(ctx, lang, "", spoken.Text)
	if err != nil {
		code := refusal(err)
		if code == refusedFailed {
			p.s.cfg.Logger.Error("preview could not be spoken", "err", err)
		}
		pv.Fault = v.word(code)
		return pv
	}
	pv.Recording, pv.Length = rec.ID, rec.Length
	return pv
}

// pieces cuts spoken text into paragraphs and those into what was changed and
// what was not. Changes that do not lie where they say are left unmarked.
func pieces(s speech.Spoken) [][]piece {
	paragraphs := [][]piece{nil}
	add := func(text string, changed bool) {
		for i, line := range strings.Split(text, "\n") {
			if i > 0 {
				paragraphs = append(paragraphs, nil)
			}
			if line != "" {
				last := len(paragraphs) - 1
				paragraphs[last] = append(paragraphs[last], piece{line, changed})
			}
		}
	}
	at := 0
	for _, c := range s.Changes {
		end := c.At + len(c.Read)
		if c.At < at || end > len(s.Text) || s.Text[c.At:end] != c.Read {
			continue
		}
		add(s.Text[at:c.At], false)
		add(c.Read, true)
		at = end
	}
	add(s.Text[at:], false)
	return slices.DeleteFunc(paragraphs, func(p []piece) bool { return len(p) == 0 })
}
