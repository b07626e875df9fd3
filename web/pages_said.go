package web

import (
	"slices"

	"loalang/people"
	"loalang/scheduler"
)

// saidView is what a voice says of a saved announcement, beside what is written.
type saidView struct {
	previewView          // as the rules and the village's words read the text now
	Other       []string // what it says when that is something else, by paragraphs
	MayAnew     bool     // and the visitor may have it read as by now
}

// saidView is nil for what no voice tells.
func (p *panel) saidView(v *visit, a scheduler.Announcement, r scheduler.Rendition) *saidView {
	told := slices.Contains([]scheduler.RenditionState{scheduler.Spoken, scheduler.Ready}, r.State)
	if r.SpokenText == "" || !told {
		return nil
	}
	s := p.s.cfg.Speaker.Normalize(r.Language, a.Text)
	if s.Text != r.SpokenText {
		return &saidView{Other: paragraphs(r.SpokenText), MayAnew: v.may(people.Write) && a.Withdrawn.IsZero()}
	}
	said := saidView{previewView: previewView{Lines: sides(s, a.Text), Changes: s.Changes}}
	said.Doubts, said.Doubtful = v.doubts(s.Changes)
	return &said
}
