package web

import (
	"context"
	"errors"
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
	Doubts    []doubtView // what the author should look at
	Doubtful  int         // in how many places
	Lines     []lineView
	Changes   []speech.Change
	Recording string
	Length    time.Duration
	StoodIn   string // that another voice spoke than the one chosen; empty: it did not
	Fault     string
	Later     bool // its sound is asked for next: it may take a while
}

// lineView is a line as written and as read.
type lineView struct {
	Stretches []speech.Stretch
	Changed   bool // something is read otherwise than written
}

// doubtView is what may be read wrong for one reason.
type doubtView struct {
	Why     string // in words
	Changes []speech.Change
}

// previewNotice is the preview alone, for the page's module: of part "words" what
// will be said, which is there at once however long the text is; of part "sound" how
// that sounds; else both.
func (p *panel) previewNotice(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	pv, spoken := p.reading(v, f.Get("text"))
	switch f.Get("part") {
	case "words":
		pv.Later = pv.Fault == ""
		p.send(v, http.StatusOK, fragment{"preview", pv})
	case "sound":
		p.speak(v, &pv, spoken)
		p.send(v, http.StatusOK, fragment{"sound", pv})
	default:
		p.speak(v, &pv, spoken)
		p.send(v, http.StatusOK, fragment{"preview", pv})
	}
}

// previewPatience bounds the wait for a voice; the announcement can be sent
// without a preview.
const previewPatience = time.Minute

// preview reads the text aloud by the chain that will air it.
func (p *panel) preview(v *visit, text string) previewView {
	pv, spoken := p.reading(v, text)
	p.speak(v, &pv, spoken)
	return pv
}

// reading is what the loudspeaker will say of a text, without its sound.
func (p *panel) reading(v *visit, text string) (pv previewView, spoken string) {
	if text = strings.TrimSpace(scheduler.Clean(text)); text == "" {
		return previewView{Fault: v.word("fault.no-words")}, ""
	}
	if utf8.RuneCountInString(text) > scheduler.MaxText {
		return previewView{Fault: v.word("fault.too-long", scheduler.MaxText)}, ""
	}
	s := p.s.cfg.Speaker.Normalize(v.readIn(), text)
	pv = previewView{Lines: sides(s, text), Changes: s.Changes}
	pv.Doubts, pv.Doubtful = v.doubts(s.Changes)
	return pv, s.Text
}

// speak adds how a preview sounds, or why it cannot be heard.
func (p *panel) speak(v *visit, pv *previewView, spoken string) {
	if pv.Fault != "" {
		return
	}
	ctx, cancel := context.WithTimeout(v.ctx(), previewPatience)
	defer cancel()
	said, err := p.s.cfg.Speaker.Voice(ctx, v.readIn(), "", spoken)
	if err != nil {
		code := refusal(err)
		switch {
		case tooSlow(ctx, err):
			code = "refused.preview-slow"
		case code == refusedFailed:
			p.s.cfg.Logger.Error("preview could not be spoken", "err", err)
		}
		pv.Fault = v.word(code)
		return
	}
	pv.Recording, pv.Length, pv.StoodIn = said.ID, said.Length, p.stoodIn(v, said.By, said.InsteadOf)
}

// readIn is the language in which texts are written and previewed: Vietnamese where
// the village hears it, whatever it hears first; else its first.
func (v *visit) readIn() string {
	if tongues := v.village.Tongues(); !slices.Contains(tongues, scheduler.Vietnamese) {
		return tongues[0]
	}
	return scheduler.Vietnamese
}

// tooSlow says whether err is that a voice was not done within the time of ctx.
func tooSlow(ctx context.Context, err error) bool {
	return err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded)
}

// sides puts a text and what is read of it side by side.
func sides(s speech.Spoken, text string) []lineView {
	var lines []lineView
	for _, stretches := range s.Lines(text) {
		changed := slices.ContainsFunc(stretches, func(st speech.Stretch) bool { return st.Changed })
		lines = append(lines, lineView{stretches, changed})
	}
	return lines
}

// mostDoubts is how many different doubts of a kind are listed; the others are
// marked in the text.
const mostDoubts = 10

// doubts lists what may be read wrong by the reason, each once, and says in how
// many places.
func (v *visit) doubts(changes []speech.Change) (views []doubtView, places int) {
	group := map[speech.Doubt]int{}
	for _, c := range changes {
		if c.Doubt == "" {
			continue
		}
		places++
		i, ok := group[c.Doubt]
		if !ok {
			i = len(views)
			group[c.Doubt], views = i, append(views, doubtView{Why: v.word("doubt." + string(c.Doubt))})
		}
		d := &views[i]
		if len(d.Changes) < mostDoubts && !slices.ContainsFunc(d.Changes, func(o speech.Change) bool { return o.Written == c.Written && o.Read == c.Read }) {
			d.Changes = append(d.Changes, c)
		}
	}
	return views, places
}
