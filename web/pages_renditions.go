package web

import (
	"slices"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// renditionView is one language of an announcement on its page.
type renditionView struct {
	Announcement string
	Name         string
	Length       time.Duration
	State        stateView
	Fault        string
	Said         *saidView
	Reader       string // voice that reads it, a sentence; empty: none, or a person
	Recording    string
	Warnings     []string // of the recording, worded
	Outdated     bool     // the recording may be said to hold all the same
	Told         []diffPart
	Asked        *stateView // who is asked to record it; nil: nobody
	Record       string     // page on which a person records it; empty: not now
	Again        bool       // a person has recorded it before
	Ask          *askView   // the form that asks somebody; nil: not now
	MayUnask     bool
	MayWaive     bool // it may be said that it is not told in this language
	Waived       bool
	Wording      string // of the text beside it
	MayVoice     bool   // a voice may tell it instead
	Take         uploadView
	MayTake      bool
	Open         bool
}

// renditionViews are the renditions, and after them the village's languages
// that have none: a recording may still be added.
func (p *panel) renditionViews(v *visit, d scheduler.Dossier, f *form) []renditionView {
	rs := slices.DeleteFunc(slices.Clone(d.Renditions), func(r scheduler.Rendition) bool { return !v.concerns(r) })
	for _, lang := range v.village.Languages {
		if !slices.ContainsFunc(rs, func(r scheduler.Rendition) bool { return r.Language == lang }) {
			rs = append(rs, scheduler.Rendition{Language: lang, State: scheduler.Missing})
		}
	}
	mayTake := v.may(people.Write) && v.may(people.Upload) && d.Announcement.Withdrawn.IsZero()
	mayVoice := v.may(people.Write) && d.Announcement.Withdrawn.IsZero() && d.Announcement.Text != "" &&
		slices.ContainsFunc(rs, unspoken)
	var choir choir
	if mayVoice || slices.ContainsFunc(rs, func(r scheduler.Rendition) bool { return r.SpokenBy != "" }) {
		choir = p.s.choir(v.ctx())
	}
	var views []renditionView
	wording := scheduler.Wording(d.Announcement.Text)
	ask := p.askView(v, d, mayTake)
	for _, r := range rs {
		rv := renditionView{
			Announcement: d.Announcement.ID, Name: v.language(r.Language), Length: r.Length, State: v.renditionState(r),
			Take: uploadView{Code: r.Language, Fault: f.faults["file_"+r.Language]}, MayTake: mayTake, Wording: wording,
			Said: p.saidView(v, d.Announcement, r),
		}
		if r.State != scheduler.Spoken {
			rv.Recording, rv.Warnings = r.Recording, p.warningsOf(v, d, r)
		}
		rv.MayVoice = mayVoice && unspoken(r) && choir.speaks(r.Language, "")
		rv.Outdated = r.State == scheduler.Outdated && r.Recording != "" && mayTake
		if r.Recording != "" && r.ToldText != "" {
			rv.Told = textDiff(r.ToldText, d.Announcement.Text)
		}
		if mayTake {
			rv.reading(v, r, ask, f)
		}
		if r.State == scheduler.Ready && r.SpokenBy != "" {
			if rv.Reader = p.stoodIn(v, r.SpokenBy, r.InsteadOf); rv.Reader == "" {
				rv.Reader = v.word("rendition.voice", choir.name(r.SpokenBy))
			}
		}
		rv.Waived = r.Waived
		rv.MayWaive = v.may(people.Write) && d.Announcement.Withdrawn.IsZero() && (r.Waived || r.Lacking() && !lastLanguage(v.village, d.Renditions, r.Language))
		if r.Fault != "" {
			rv.Fault = v.word("rendition-fault." + r.Fault)
		}
		rv.Open = rv.Take.Fault != "" || r.ID != "" && r.State == scheduler.Missing && !r.Waived
		views = append(views, rv)
	}
	return views
}

// concerns says whether a rendition is worth showing: it is in a language in which
// the village is told something, or there is something of it. A language that the
// village gave up lacks nothing.
func (v *visit) concerns(r scheduler.Rendition) bool {
	return r.Recording != "" || slices.Contains(v.village.Tongues(), r.Language)
}

// unspoken says whether no voice tells a rendition, nor is about to.
func unspoken(r scheduler.Rendition) bool {
	return r.SpokenText == "" || r.State == scheduler.Missing
}
