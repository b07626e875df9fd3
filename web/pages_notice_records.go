package web

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"loalang/people"
	"loalang/scheduler"
)

// owned are the marks of a new record.
func (p *panel) owned(v *visit, id string) scheduler.Owned {
	now := v.now.UTC()
	return scheduler.Owned{ID: id, Village: v.village.Key, Origin: p.s.cfg.Origin, Created: now, Updated: now}
}

func (p *panel) announcementOf(v *visit, f *form) scheduler.Announcement {
	class := scheduler.ClassNormal
	if f.Get("priority") != "" {
		class = scheduler.ClassPriority
	}
	return scheduler.Announcement{
		Owned: p.owned(v, p.noticeKey(f)),
		Title: strings.TrimSpace(scheduler.Clean(f.Get("title"))),
		Text:  strings.TrimSpace(scheduler.Clean(f.Get("text"))),
		Bed:   f.Get("bed"), SpeakerOnly: f.Get("speaker_only") != "",
		Topic: f.Get("topic"), Class: class, Issuer: word(vietnamese, "place.village", v.village.Name), CreatedBy: v.me.Name,
	}
}

// renditionsOf makes one rendition per language; in those that were not chosen the
// announcement is not told.
func (p *panel) renditionsOf(v *visit, f *form, a scheduler.Announcement) []scheduler.Rendition {
	var rs []scheduler.Rendition
	tongues := p.tongues(v, f)
	for _, t := range tongues {
		r := scheduler.Rendition{Owned: p.owned(v, p.s.cfg.NewID()), Announcement: a.ID, Language: t.Code, State: scheduler.Missing, Waived: !t.Checked}
		switch {
		case !t.Checked:
		case t.ByTake && t.Take != nil:
			r.State, r.Recording, r.Told = scheduler.Recorded, t.Take.ID, scheduler.Wording(a.Text)
		case t.ByTake && t.Voiced:
			f.fault("file_"+t.Code, v.word("new.take-or-untick", v.lower(v.language(t.Code))))
		case !t.ByTake:
			r.State, r.Fault = scheduler.Spoken, t.Unmade
			if utf8.RuneCountInString(a.Text) <= scheduler.MaxText { // else it is refused anyway
				r.SpokenText = p.s.cfg.Speaker.Normalize(t.Code, a.Text).Text
			}
		}
		rs = append(rs, r)
	}
	if !slices.ContainsFunc(tongues, func(t tongueView) bool { return t.Checked }) {
		f.fault("languages", v.word("fault.required"))
		return nil
	}
	if utf8.RuneCountInString(a.Text) > scheduler.MaxText {
		return rs
	}
	all, err := p.s.complete(v.ctx(), a, rs, renditionOf{v.village, p.s.choir(v.ctx())})
	if err != nil { // of what Vietnamese stands for; the rest is as it was asked for
		p.s.cfg.Logger.Error("the languages of a new announcement are not complete", "err", err)
		return rs
	}
	return all
}

func (p *panel) schedulesOf(v *visit, f *form, slots []scheduler.Slot, announcement string) []scheduler.Schedule {
	if !v.may(people.Plan) {
		return nil
	}
	read := v.schedule
	if f.Get("when") == "recurring" {
		read = v.recurring
	}
	s := read(slots, f)
	if s == nil {
		return nil
	}
	s.Interrupted = scheduler.Resumption(f.Get("interrupted"))
	s.Owned, s.Announcement, s.CreatedBy = p.owned(v, p.s.cfg.NewID()), announcement, v.me.Name
	v.scheduleFaults(f, s.Validate(v.now, v.village))
	return []scheduler.Schedule{*s}
}

// checkNotice adds the faults of the announcement itself. The text may be
// empty when every language is recorded.
func (p *panel) checkNotice(v *visit, f *form, a scheduler.Announcement, rs []scheduler.Rendition) {
	spoken := slices.ContainsFunc(rs, func(r scheduler.Rendition) bool { return r.State == scheduler.Spoken })
	if a.Text == "" && !spoken && len(rs) > 0 {
		a.Text = a.Title // the title stands for the text, which nobody reads aloud
	}
	v.faults(f, a.Validate(v.now), "text")
	if err := p.s.checkBed(v.ctx(), a); err != nil {
		f.fault("bed", v.word("fault.unknown"))
	}
}

// scheduleFaults words what is wrong with a schedule. Fields that are not open
// for the answer that was given are said beside the answer itself.
func (v *visit) scheduleFaults(f *form, err error) {
	var invalid scheduler.Invalid
	if answer := f.Get("when"); errors.As(err, &invalid) && answer != "at" && answer != "daily" {
		invalid = slices.Clone(invalid)
		for i := range invalid {
			invalid[i].Field = "when"
		}
		err = invalid
	}
	v.faults(f, err, "when")
}

// faults words what a Validate found; a field that the page does not show goes
// to the field other.
func (v *visit) faults(f *form, err error, other string) {
	if err == nil {
		return
	}
	var invalid scheduler.Invalid
	if !errors.As(err, &invalid) {
		f.fault(other, err.Error())
		return
	}
	shown := []string{"title", "text", "at", "slots", "days", "from", "until", "reason", "source", "languages", "board_address"}
	for _, fault := range invalid {
		field := fault.Field
		if !slices.Contains(shown, field) {
			field = other
		}
		f.fault(field, faultWords(v.lang, fault))
	}
}
