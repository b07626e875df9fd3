package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
)

// newView is the page of a new announcement, with everything typed so far.
type newView struct {
	Key       string // becomes the announcement's ID: sending twice makes one
	Sent      string // the Key that was sent last from this sign-in: the phone keeps its draft no longer
	Step      string // which of its sheets is seen
	Topic     string // the chosen template's code, or ownWords; empty: nothing is chosen yet
	Title     string
	Text      string
	Often     []choiceOfTemplate
	Templates []templateGroup
	Blanks    *blanksView // of the chosen template; nil: none
	Preview   *previewView
	Languages []tongueView
	In        string // in which languages it is told
	Heard     bool   // the languages are shown unasked
	When      whenView
	Priority  bool
	MayPlan   bool
	Board     bool // the village has a public board, and SpeakerOnly asks not to stand there

	SpeakerOnly bool
	MayDraft    bool         // the village asks for approval: what is not finished is not sent there yet
	Beds        []choiceView // recordings that may sound under the voices; none: the question is not asked
	Review      string
	Faults      map[string]string
}

// tongueView is one language of the village in the form.
type tongueView struct {
	uploadView
	Name    string
	Say     string // the name inside a sentence
	Checked bool
	Voiced  bool   // a voice of the board speaks it, or will
	Unmade  string // code of why it cannot be spoken now
	ByTake  bool
}

func (p *panel) registerNotices(r *gin.Engine) {
	r.GET("/announcements", p.allow(people.View, p.announcements))
	r.GET("/announcements/new", p.allow(people.Write, p.newNotice))
	r.POST("/announcements/new", p.allow(people.Write, p.sendNotice))
	r.POST("/announcements/blanks", p.allow(people.Write, p.noticeBlanks))
	r.POST("/announcements/preview", p.allow(people.Write, p.previewNotice))
	r.POST("/announcements/rule", p.allow(people.Plan, p.previewRule))
	r.GET("/announcements/:id", p.allow(people.View, p.announcement))
	r.GET("/announcements/:id/why", p.allow(people.View, p.whyPage))
	r.POST("/announcements/:id/ways", p.allow(people.Write, p.takeWayOut))
	r.POST("/announcements/:id/edit", p.allow(people.Write, p.editNotice))
	r.POST("/announcements/:id/takes", p.allow(people.Write, p.addTake))
	r.POST("/announcements/:id/hold", p.allow(people.Write, p.holdNotice))
	r.POST("/announcements/:id/assign", p.allow(people.Write, p.assignNotice))
	r.POST("/announcements/:id/unassign", p.allow(people.Write, p.unassignNotice))
	r.POST("/announcements/:id/waive", p.allow(people.Write, p.waiveNotice))
	r.POST("/announcements/:id/voice", p.allow(people.Write, p.addVoice))
	r.POST("/announcements/:id/schedules", p.allow(people.Plan, p.addSchedule))
	p.registerRecur(r)
	r.POST("/announcements/:id/schedules/:sid/remove", p.allow(people.Plan, p.removeSchedule))
	r.POST("/announcements/:id/withdraw", p.allow(people.Write, p.withdraw))
}

// newNotice is the empty form; "how=take" and "take=ID" begin with a recording, "date",
// "slot" and "time" with a place in the plan.
func (p *panel) newNotice(v *visit) {
	f := &form{Values: map[string][]string{}, takes: map[string]takeView{}, faults: map[string]string{}}
	take := v.c.Query("take")
	if take != "" || v.c.Query("how") == "take" {
		f.Set("topic", ownWords)
		f.Set("step", stepWrite)
		f.Set("how_"+v.village.Languages[0], "take")
	}
	if take != "" {
		f.Set("take_"+v.village.Languages[0], take)
	}
	if code := v.c.Query("template"); code != "" {
		all, _, err := p.s.noticeTemplates(v.ctx(), v.village.Key)
		if err != nil {
			p.fail(v, err)
			return
		}
		f.Set("topic", code)
		f.Set("step", stepWrite)
		v.useTemplate(all, f)
	}
	v.askedFor(f)
	p.showNotice(v, http.StatusOK, f, nil)
}

// showNotice draws the form with what was typed.
func (p *panel) showNotice(v *visit, status int, f *form, preview *previewView) {
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	all, uses, err := p.s.noticeTemplates(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	blanks := v.blanksOf(all, f)
	n := newView{
		Key: p.noticeKey(f), Sent: p.s.sessions(v.c.Request).GetString(v.ctx(), sessionSent), Topic: f.Get("topic"), Title: f.Get("title"), Text: f.Get("text"), Preview: preview,
		Blanks: blanks, Languages: p.tongues(v, f),
		When: v.whenView(slots, f), Priority: f.Get("priority") != "", MayPlan: v.may(people.Plan), Faults: f.faults,
	}
	n.Often, n.Templates = v.templateGroups(all, uses, n.Topic)
	n.Step, n.When.Fold = f.step(), true
	n.Board, n.SpeakerOnly = v.village.Publicity.Board == scheduler.BoardOn, f.Get("speaker_only") != ""
	n.When.MayKeep, n.MayDraft = true, v.village.Approvals.On()
	if f.Get("do") == "rule" {
		n.When.Recur.Preview = v.rulePreview(v.recurring(slots, f), slots)
	}
	n.Beds = p.sounds(v, f.Get("bed"))
	n.Review, n.In, n.Heard = v.review(n), v.word("new.in", v.languages(n.told())), f.heard()
	p.render(v, status, "new", view{Title: v.word("do.write"), Tab: "announcements", Script: "notice.js", Data: n})
}

// uuidForm is what a key must look like.
var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func (p *panel) noticeKey(f *form) string {
	if key := f.Get("key"); uuidForm.MatchString(key) {
		return key
	}
	return p.s.cfg.NewID()
}

// tongues are the village's languages with what was chosen for each.
func (p *panel) tongues(v *visit, f *form) []tongueView {
	choir := p.s.choir(v.ctx())
	var ts []tongueView
	for _, code := range v.village.Languages {
		t := tongueView{
			uploadView: uploadView{Code: code, Take: p.takeOf(v, f, code), Fault: f.faults["file_"+code]},
			Name:       v.language(code), Say: v.lower(v.language(code)), Voiced: choir.speaks(code, ""), Unmade: choir.fault(),
		}
		t.Checked = slices.Contains(f.Values["language"], code) || v.c.Request.Method != http.MethodPost
		t.ByTake = !t.Voiced || f.Get("how_"+code) == "take"
		ts = append(ts, t)
	}
	return ts
}

// takeOf is the recording chosen for a language: just uploaded, or uploaded
// before and named by the form. Only the village's own takes count.
func (p *panel) takeOf(v *visit, f *form, lang string) *takeView {
	if t, ok := f.takes[lang]; ok {
		return &t
	}
	id := f.Get("take_" + lang)
	if id == "" {
		return nil
	}
	rec, err := p.s.cfg.Shelf.Recording(v.ctx(), id)
	if err != nil || rec.Kind != recordings.Take || rec.Village != "" && rec.Village != v.village.Key {
		f.fault("file_"+lang, v.word("problem.not-found"))
		return nil
	}
	t := v.take(rec)
	return &t
}

// review says in one sentence what sending will do. The page's module keeps it
// true while the form changes.
func (v *visit) review(n newView) string {
	title := n.Title
	if title == "" {
		title = v.word("new.untitled")
	}
	langs := n.told()
	if n.When.Choice == "later" || !n.MayPlan {
		return v.word("new.review-keep", v.village.Name, title, "", v.languages(langs))
	}
	when := ""
	switch n.When.Choice {
	case "now", "minute", "daily", "recurring", "at":
		when = v.word("when." + n.When.Choice + "-say")
	}
	for _, o := range n.When.Occasions {
		if o.Checked {
			when = o.Say
		}
	}
	return strings.Join(strings.Fields(v.word("new.review-say", v.village.Name, title, when, v.languages(langs))), " ")
}

// sendNotice takes the form: a template, a preview, or the announcement itself.
func (p *panel) sendNotice(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	all, _, err := p.s.noticeTemplates(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	if p.walk(v, f, all) {
		p.showNotice(v, http.StatusOK, f, nil)
		return
	}
	switch f.Get("do") {
	case "preview":
		f.Set("step", stepWrite)
		preview := p.preview(v, f.Get("text"))
		p.showNotice(v, http.StatusOK, f, &preview)
	case "next":
		p.nextStep(v, f, all)
	default:
		p.saveNotice(v, f, all)
	}
}

// badForm answers for a form that could not be read at all.
func (p *panel) badForm(v *visit, err error) {
	var tooLarge *http.MaxBytesError
	if errors.Is(err, errFormTooLarge) || errors.As(err, &tooLarge) {
		p.problem(v, http.StatusRequestEntityTooLarge, "problem.too-large")
		return
	}
	p.problem(v, http.StatusBadRequest, "problem.bad-form")
}

// saveNotice checks everything at once and saves it; what is wrong is shown
// beside what was typed.
func (p *panel) saveNotice(v *visit, f *form, all scheduler.Templates) {
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	f.takeWay()
	f.Set("step", stepSend)
	if f.goesBack() {
		p.showNotice(v, http.StatusOK, f, nil)
		return
	}
	a := p.announcementOf(v, f)
	rs := p.renditionsOf(v, f, a)
	schedules := p.schedulesOf(v, f, slots, a.ID)
	p.checkNotice(v, f, a, rs)
	v.unfilled(all, f, a)
	if len(f.faults) > 0 {
		p.showNotice(v, http.StatusUnprocessableEntity, f, nil)
		return
	}
	told := "sent"
	if len(schedules) == 0 {
		told = "kept"
	}
	if p.sentBefore(v, &a, rs, schedules) {
		if p.otherwise(v, f) {
			v.c.Redirect(http.StatusSeeOther, withQuery("/announcements/"+a.ID, "refused", "sent-before"))
			return
		}
		p.noteSent(v, f)
		v.goTo("/announcements/"+a.ID, told)
		return
	}
	d := scheduler.Dossier{Announcement: a, Renditions: rs, Schedules: schedules}
	p.s.begin(&d, v.me, v.village, f.Get("do") == "draft")
	if !p.confirmed(v, f, func(ctx context.Context) error {
		return p.s.cfg.Announcements.SaveAnnouncement(ctx, d.Announcement, rs, schedules)
	}) {
		return
	}
	if err := p.s.cfg.Announcements.SaveAnnouncement(v.ctx(), d.Announcement, rs, schedules); err != nil {
		p.fail(v, err)
		return
	}
	p.s.cfg.Changed()
	p.noteSent(v, f)
	switch d.Announcement.Approval.State {
	case scheduler.Submitted:
		told = "submitted"
	case scheduler.Draft:
		told = "draft"
	}
	v.goTo("/announcements/"+a.ID, told)
}

// noteSent remembers for the next new notice that this one is here: the page that
// follows, and forgets the draft, may be left before its module has run.
func (p *panel) noteSent(v *visit, f *form) {
	kept := p.s.sessions(v.c.Request)
	kept.Put(v.ctx(), sessionSent, f.Get("key"))
	kept.Put(v.ctx(), sessionAnswers, f.hash())
}

// otherwise says whether the notice that was sent last is sent again with other answers,
// behind Back: its time and languages are changed on its own page, and nobody may
// believe that they were.
func (p *panel) otherwise(v *visit, f *form) bool {
	kept := p.s.sessions(v.c.Request)
	answers := kept.GetString(v.ctx(), sessionAnswers)
	return answers != "" && kept.GetString(v.ctx(), sessionSent) == f.Get("key") && answers != f.hash()
}

// hash names the answers of a form; which sheet was seen does not matter.
func (f *form) hash() string {
	var b strings.Builder
	for _, a := range f.carried() {
		if a.Name != "step" {
			fmt.Fprintf(&b, "%q=%q\n", a.Name, a.Value)
		}
	}
	return people.HashSecret(b.String())
}

// sentBefore says whether this very form was sent already: a second press, or
// a phone that repeated itself on a bad line. After a change it is a new one.
func (p *panel) sentBefore(v *visit, a *scheduler.Announcement, rs []scheduler.Rendition, ss []scheduler.Schedule) bool {
	old, err := p.s.cfg.Announcements.Announcement(v.ctx(), a.ID)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err == nil && old.Announcement.Title == a.Title && old.Announcement.Text == a.Text && old.Announcement.Village == a.Village {
		return true
	}
	a.ID = p.s.cfg.NewID()
	for i := range rs {
		rs[i].Announcement = a.ID
	}
	for i := range ss {
		ss[i].Announcement = a.ID
	}
	return false
}
