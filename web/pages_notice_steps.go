package web

import (
	"net/http"
	"slices"
	"strings"

	"loalang/scheduler"
)

// A new notice is made on three sheets of one form: what is told, its words, and when
// and in which languages. Each is one thing to do; what stands on the others goes along.
const (
	stepWhat  = "what"
	stepWrite = "write"
	stepSend  = "send"
)

// step is the sheet that a form is on: the one with the first fault, else the one it
// says.
func (f *form) step() string {
	at := f.Get("step")
	if !slices.Contains([]string{stepWhat, stepWrite, stepSend}, at) {
		at = stepWhat
	}
	for field := range f.faults {
		if at == stepSend && (field == "title" || field == "text" || strings.HasPrefix(field, blankPrefix)) {
			return stepWrite
		}
	}
	return at
}

// heard says whether a form asks about languages more than that they are ticked: a
// recording tells one of them, or something is wrong.
func (f *form) heard() bool {
	if len(f.takes) > 0 || f.faults["languages"] != "" {
		return true
	}
	for name := range f.faults {
		if strings.HasPrefix(name, "file_") {
			return true
		}
	}
	for name := range f.Values {
		if strings.HasPrefix(name, "how_") && f.Get(name) == "take" || strings.HasPrefix(name, "take_") && f.Get(name) != "" {
			return true
		}
	}
	return false
}

// told are the codes of the languages that are ticked.
func (n newView) told() (langs []string) {
	for _, t := range n.Languages {
		if t.Checked {
			langs = append(langs, t.Code)
		}
	}
	return langs
}

// walk goes about the sheets without a look at what is on them, and fills in what the
// templates ask for. False: the form wants something else.
func (p *panel) walk(v *visit, f *form, all scheduler.Templates) bool {
	do := f.Get("do")
	if f.Has("pick") {
		v.pick(all, f)
		return true
	}
	if do == "template" {
		v.useTemplate(all, f)
	} else {
		v.fillBlanks(all, f)
	}
	switch do {
	case "template", "fill":
		f.Set("step", stepWrite)
	case "rule":
		f.Set("when", "recurring")
		f.Set("step", stepSend)
	case "back":
		back := map[string]string{stepSend: stepWrite}
		f.Set("step", back[f.Get("step")])
		clear(f.faults) // nobody has asked yet whether it is right
	default:
		return false
	}
	return true
}

// pick chooses a template, or to write without one: what a template wrote and nobody
// has changed goes then.
func (v *visit) pick(all scheduler.Templates, f *form) {
	untouched := f.Get("filled") != "" && f.Get("filled") == wordsOfNotice(f)
	f.Set("topic", f.Get("pick"))
	f.Set("step", stepWrite)
	if f.Get("topic") != ownWords {
		v.useTemplate(all, f)
		return
	}
	if untouched {
		f.Set("title", "")
		f.Set("text", "")
	}
	f.Del("filled")
}

// nextStep goes on to the next sheet, once nothing is missing on this one.
func (p *panel) nextStep(v *visit, f *form, all scheduler.Templates) {
	at := f.step()
	switch at {
	case stepWhat:
		f.Set("step", stepWrite)
	case stepWrite:
		if strings.TrimSpace(f.Get("title")) == "" {
			f.fault("title", v.word("fault.required"))
		}
		v.unfilled(all, f, p.announcementOf(v, f))
		if len(f.faults) > 0 {
			p.showNotice(v, http.StatusUnprocessableEntity, f, nil)
			return
		}
		f.Set("step", stepSend)
	}
	p.showNotice(v, http.StatusOK, f, nil)
}
