package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/scheduler"
)

// announcementJSON is an announcement as the API shows it.
type announcementJSON struct {
	ID          string          `json:"id" format:"uuid"`
	Village     string          `json:"village"`
	Title       string          `json:"title"`
	Topic       string          `json:"topic,omitempty"`
	Class       string          `json:"class" enum:"normal,priority,emergency"`
	Issuer      string          `json:"issuer,omitempty" doc:"Who answers for it."`
	Text        string          `json:"text"`
	Wording     string          `json:"wording" doc:"Names the words of text. Give it with a recording of them."`
	Bed         string          `json:"bed,omitempty" doc:"Recording that sounds under the voices."`
	ValidFrom   *time.Time      `json:"valid_from,omitempty"`
	ValidUntil  *time.Time      `json:"valid_until,omitempty"`
	Created     time.Time       `json:"created"`
	CreatedBy   string          `json:"created_by"`
	Withdrawn   *time.Time      `json:"withdrawn,omitempty"`
	Revision    int64           `json:"revision" doc:"Goes up by one at each change."`
	Approval    *approvalJSON   `json:"approval,omitempty" doc:"Absent: nobody was asked."`
	SpeakerOnly bool            `json:"speaker_only" doc:"It does not stand on the public board."`
	Renditions  []renditionJSON `json:"renditions" doc:"The announcement in each language."`
	Schedules   []scheduleJSON  `json:"schedules"`
}

// renditionJSON is an announcement in one language.
type renditionJSON struct {
	ID        string  `json:"id"`
	Language  string  `json:"language" doc:"ISO 639."`
	State     string  `json:"state" enum:"missing,assigned,recorded,spoken,ready,outdated" doc:"Only ready may air."`
	Voice     string  `json:"voice,omitempty" doc:"ID of the voice that its author chose; absent: that of the village."`
	SpokenBy  string  `json:"spoken_by,omitempty" doc:"ID of the voice that spoke its recording; absent: a person did."`
	InsteadOf string  `json:"instead_of,omitempty" doc:"ID of the voice that is to speak it anew before it airs for the first time."`
	Spoken    string  `json:"spoken,omitempty" doc:"What the voice reads."`
	Recording string  `json:"recording,omitempty"`
	Length    float64 `json:"length,omitempty" doc:"Seconds, once ready."`
	Fault     string  `json:"fault,omitempty" doc:"Code of the last failure to make it."`

	Waived     bool            `json:"waived,omitempty" doc:"The announcement is not told in this language, because somebody said so: nothing is missing."`
	Assignment *assignmentJSON `json:"assignment,omitempty" doc:"Who was asked to record it."`
	Told       string          `json:"told,omitempty" doc:"The text that its recording was made for, when the text is another now."`
}

// assignmentJSON is who was asked to record a rendition.
type assignmentJSON struct {
	Reader  string     `json:"reader" doc:"Name."`
	Account string     `json:"account,omitempty" doc:"ID of the reader's account; absent: somebody without one."`
	Due     *time.Time `json:"due,omitempty"`
	By      string     `json:"by,omitempty" doc:"Who asked."`
	At      *time.Time `json:"at,omitempty"`
	Overdue bool       `json:"overdue" doc:"It is still to be recorded, and was due."`
}

func renditionJSONOf(r scheduler.Rendition, now time.Time) renditionJSON {
	j := renditionJSON{
		ID: r.ID, Language: r.Language, State: string(r.State), Voice: r.Voice, Spoken: r.SpokenText,
		Recording: r.Recording, Length: r.Length.Seconds(), Fault: r.Fault, Told: r.ToldText,
		SpokenBy: r.SpokenBy, InsteadOf: r.InsteadOf, Waived: r.Waived,
	}
	if a := r.Assignment; a.Reader != "" {
		j.Assignment = &assignmentJSON{a.Reader, a.Account, instantOf(a.Due), a.By, instantOf(a.At), r.Overdue(now)}
	}
	return j
}

func announcementOf(d scheduler.Dossier, now time.Time) announcementJSON {
	a := d.Announcement
	j := announcementJSON{
		ID: a.ID, Village: a.Village, Title: a.Title, Topic: a.Topic, Class: string(a.Class), Issuer: a.Issuer, Text: a.Text, Wording: scheduler.Wording(a.Text), Bed: a.Bed,
		ValidFrom: instantOf(a.ValidFrom), ValidUntil: instantOf(a.ValidUntil), Created: a.Created.UTC(), CreatedBy: a.CreatedBy,
		Withdrawn: instantOf(a.Withdrawn), SpeakerOnly: a.SpeakerOnly, Revision: a.Revision, Renditions: []renditionJSON{}, Schedules: []scheduleJSON{},
	}
	if a.Approval.State != scheduler.Unasked {
		j.Approval = approvalJSONOf(a.Approval)
	}
	for _, r := range d.Renditions {
		j.Renditions = append(j.Renditions, renditionJSONOf(r, now))
	}
	for _, s := range d.Schedules {
		j.Schedules = append(j.Schedules, scheduleOf(s))
	}
	return j
}

type (
	announcementInput struct {
		Caller
		ID string `path:"id"`
	}
	announcementOutput struct {
		Location string `header:"Location"`
		Body     announcementJSON
	}
	withdrawnOutput struct {
		Undo string `header:"Undo" doc:"POST to this path, within the same village, and the announcement airs again as before."`
		Body announcementJSON
	}
	announcementsInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Before  string `query:"before" doc:"ID to go on before, from next."`
		Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}
	announcementsOutput struct {
		Body struct {
			Announcements []announcementJSON `json:"announcements" doc:"Newest first."`
			Next          string             `json:"next,omitempty" doc:"Give it as before for the next page; absent at the end."`
		}
	}
)

func (s *Server) registerAnnouncements(api huma.API) {
	const tag = "announcements"
	answer(s, api, operation{"list-announcements", http.MethodGet, "/announcements", "List announcements", tag, people.View, 0}, s.listAnnouncements)
	answer(s, api, operation{"create-announcement", http.MethodPost, "/announcements", "Create an announcement", tag, people.Write, http.StatusCreated}, s.createAnnouncement)
	answer(s, api, operation{"get-announcement", http.MethodGet, "/announcements/{id}", "Read an announcement", tag, people.View, 0}, s.getAnnouncement)
	answer(s, api, operation{"edit-announcement", http.MethodPatch, "/announcements/{id}", "Change an announcement", tag, people.Write, 0}, s.editAnnouncement)
	answer(s, api, operation{"bring-back-announcement", http.MethodPost, "/announcements/{id}/bring-back", "Undo one change of an announcement, from its history", tag, people.Write, 0}, s.bringBackAnnouncement)
	answer(s, api, operation{"withdraw-announcement", http.MethodPost, "/announcements/{id}/withdraw", "Take an announcement back; it airs no more, unless that is undone", tag, people.Write, 0}, s.withdrawAnnouncement)
	answer(s, api, operation{"put-rendition", http.MethodPut, "/announcements/{id}/renditions/{language}", "Put a recording or a voice behind one language", tag, people.Write, 0}, s.putRendition)
}

func (s *Server) listAnnouncements(ctx context.Context, in *announcementsInput) (*announcementsOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	ds, err := s.cfg.Announcements.Announcements(ctx, village, in.Before, in.Limit)
	if err != nil {
		return nil, err
	}
	var out announcementsOutput
	out.Body.Announcements = []announcementJSON{}
	for _, d := range ds {
		out.Body.Announcements = append(out.Body.Announcements, announcementOf(d, s.cfg.Now()))
	}
	if len(ds) == in.Limit {
		out.Body.Next = ds[len(ds)-1].Announcement.ID
	}
	return &out, nil
}

func (s *Server) getAnnouncement(ctx context.Context, in *announcementInput) (*announcementOutput, error) {
	d, err := s.dossier(ctx, &in.Caller, in.ID, people.View)
	if err != nil {
		return nil, err
	}
	out := s.shown(d)
	for i, sc := range d.Schedules {
		if err := s.tellRule(ctx, in.lang, sc, &out.Body.Schedules[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Server) shown(d scheduler.Dossier) *announcementOutput {
	return &announcementOutput{Location: apiRoot + "/announcements/" + d.Announcement.ID, Body: announcementOf(d, s.cfg.Now())}
}

// dossier reads an announcement about which the caller may do a. Another
// village's is as good as none for who may not even look at it.
func (s *Server) dossier(ctx context.Context, k *Caller, id string, a people.Action) (scheduler.Dossier, error) {
	d, err := s.cfg.Announcements.Announcement(ctx, id)
	if err != nil {
		return d, err
	}
	village := d.Announcement.Village
	switch {
	case !k.who.May(people.View, village):
		return d, k.missing()
	case !k.who.May(a, village):
		return d, k.forbidden()
	}
	return d, nil
}

// announcementForm is what makes an announcement.
type announcementForm struct {
	ID          string          `json:"id,omitempty" doc:"A UUID of your own, so that sending twice makes one; the second answer is 409."`
	Village     string          `json:"village,omitempty" doc:"Key; the board's own when left out."`
	Title       string          `json:"title"`
	Text        string          `json:"text,omitempty" doc:"Plain text, at most 20,000 characters. May be left out when every language is recorded."`
	Topic       string          `json:"topic,omitempty"`
	Class       string          `json:"class,omitempty" enum:"normal,priority" doc:"normal when left out."`
	Issuer      string          `json:"issuer,omitempty"`
	Bed         string          `json:"bed,omitempty" doc:"Recording that sounds under the voices, repeated and lowered; none when left out."`
	ValidFrom   time.Time       `json:"valid_from,omitempty"`
	ValidUntil  time.Time       `json:"valid_until,omitempty"`
	Renditions  []renditionForm `json:"renditions,omitempty" doc:"When left out: every language of the village, spoken where a voice speaks it."`
	SpeakerOnly bool            `json:"speaker_only,omitempty" doc:"The loudspeakers alone tell it: it does not stand on the public board, nor in its feed."`
	Draft       bool            `json:"draft,omitempty" doc:"Its author is still at it: it does not air before it is submitted."`
	Schedules   []scheduleForm  `json:"schedules,omitempty" doc:"Saved together with the announcement; needs the right: plan."`
}

type createInput struct {
	Caller
	Body announcementForm
}

func (s *Server) createAnnouncement(ctx context.Context, in *createInput) (*announcementOutput, error) {
	k, f := &in.Caller, in.Body
	village, err := k.village(f.Village, people.Write)
	if err != nil {
		return nil, err
	}
	if len(f.Schedules) > 0 && !k.who.May(people.Plan, village) {
		return nil, k.forbidden()
	}
	place, err := s.cfg.Places.Village(ctx, village)
	if err != nil {
		return nil, err
	}
	d, err := s.draft(ctx, k, f, place)
	if err != nil {
		return nil, err
	}
	s.begin(&d, k.who, place, f.Draft)
	if err := s.cfg.Announcements.SaveAnnouncement(ctx, d.Announcement, d.Renditions, d.Schedules); err != nil {
		return nil, err
	}
	s.tellChange(ctx)
	if saved, err := s.cfg.Announcements.Announcement(ctx, d.Announcement.ID); err == nil {
		d = saved // with its revision
	}
	return s.shown(d), nil
}

// draft makes an announcement with all that belongs to it and reports every
// fault at once.
func (s *Server) draft(ctx context.Context, k *Caller, f announcementForm, place scheduler.Village) (scheduler.Dossier, error) {
	var faults scheduler.Invalid
	d := scheduler.Dossier{Announcement: s.announcement(k, f, place)}
	if f.ID != "" && !uuidForm.MatchString(f.ID) {
		faults = append(faults, scheduler.Fault{Field: "id", Code: "syntax"})
	}
	if f.Renditions == nil {
		for _, language := range place.Languages {
			f.Renditions = append(f.Renditions, renditionForm{Language: language})
		}
	}
	if err := s.checkBed(ctx, d.Announcement); !collect(&faults, err) {
		return d, err
	}
	rs, err := s.renditions(ctx, d.Announcement, f.Renditions, place)
	if !collect(&faults, err) {
		return d, err
	}
	d.Renditions = rs
	for i, sf := range f.Schedules {
		sched, err := s.schedule(ctx, k, d.Announcement, sf)
		if !collect(&faults, prefixed(err, "schedules", i)) {
			return d, err
		}
		d.Schedules = append(d.Schedules, sched)
	}
	if err := checkAnnouncement(d, s.cfg.Now()); !collect(&faults, err) {
		return d, err
	}
	if len(faults) > 0 {
		return d, faults
	}
	return d, nil
}

// collect takes in err when it is nothing but faults; false: it is more.
func collect(into *scheduler.Invalid, err error) bool {
	var faults scheduler.Invalid
	if err != nil && !errors.As(err, &faults) {
		return false
	}
	*into = append(*into, faults...)
	return true
}

// checkAnnouncement is Announcement.Validate, but for the text of what is only
// recorded: nobody reads it aloud, so it may be missing.
func checkAnnouncement(d scheduler.Dossier, now time.Time) error {
	a := d.Announcement
	spoken := slices.ContainsFunc(d.Renditions, func(r scheduler.Rendition) bool { return r.State == scheduler.Spoken })
	if a.Text == "" && !spoken {
		a.Text = "0"
	}
	return a.Validate(now)
}

func (s *Server) announcement(k *Caller, f announcementForm, place scheduler.Village) scheduler.Announcement {
	class := scheduler.Class(f.Class)
	if class == "" {
		class = scheduler.ClassNormal
	}
	id := f.ID
	if id == "" {
		id = s.cfg.NewID()
	}
	return scheduler.Announcement{
		Owned: s.owned(id, place.Key),
		Title: strings.TrimSpace(scheduler.Clean(f.Title)), Text: strings.TrimSpace(scheduler.Clean(f.Text)),
		Topic: strings.TrimSpace(f.Topic), Class: class, Issuer: strings.TrimSpace(scheduler.Clean(f.Issuer)),
		ValidFrom: f.ValidFrom.UTC(), ValidUntil: f.ValidUntil.UTC(), CreatedBy: k.who.Name, Bed: f.Bed, SpeakerOnly: f.SpeakerOnly,
	}
}

// owned are the marks of a new record.
func (s *Server) owned(id, village string) scheduler.Owned {
	now := s.cfg.Now().UTC()
	return scheduler.Owned{ID: id, Village: village, Origin: s.cfg.Origin, Created: now, Updated: now}
}

// withdrawAnnouncement takes an announcement back, and silences it when it
// sounds. Taking it back twice is once.
func (s *Server) withdrawAnnouncement(ctx context.Context, in *announcementInput) (*withdrawnOutput, error) {
	d, err := s.dossier(ctx, &in.Caller, in.ID, people.Write)
	if err != nil {
		return nil, err
	}
	if err := s.takeBack(ctx, d, in.who.Name); err != nil {
		return nil, err
	}
	if d, err = s.cfg.Announcements.Announcement(ctx, in.ID); err != nil {
		return nil, err
	}
	return &withdrawnOutput{s.undoHeader(ctx, in.who, d.Announcement.Village, "announcements", in.ID), s.shown(d).Body}, nil
}
