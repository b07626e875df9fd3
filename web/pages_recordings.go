package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/recordings"
)

// shelfView is the library.
type shelfView struct {
	Take  uploadView
	Items []recordingView
	Older string
}

type recordingView struct {
	ID, Title, Sub string
	Length         time.Duration
	Warnings       []string
	Usable         bool // an announcement may be made of it
	Deletable      bool
}

// anyLanguage is the upload field of a recording that is for no announcement
// yet.
const anyLanguage = "any"

func (p *panel) registerRecordings(r *gin.Engine) {
	r.GET("/recordings/:id", p.allow(people.View, p.recording))
	r.GET("/takes/:id", p.allow(people.Upload, p.takeUnderway))
	r.GET("/uploads/:id", p.allow(people.Upload, p.uploadUnderway))
	r.GET("/recordings", p.allow(people.View, p.recordings))
	r.POST("/recordings", p.allow(people.Upload, p.addRecording))
	r.POST("/recordings/:id/delete", p.allow(people.Upload, p.deleteRecording))
	r.POST("/takes", p.allow(people.Upload, p.addTakeAlone))
}

func (p *panel) recordings(v *visit) { p.showRecordings(v, http.StatusOK, emptyForm()) }

func (p *panel) showRecordings(v *visit, status int, f *form) {
	rs, err := p.s.cfg.Shelf.Recordings(v.ctx(), v.village.Key, v.c.Query("before"), pageLength)
	if err != nil {
		p.fail(v, err)
		return
	}
	l := shelfView{Take: uploadView{Code: anyLanguage, Then: "/recordings/{0}?told={1}", Fault: f.faults["file_"+anyLanguage]}}
	if u, ok := p.s.imports.latest(v.me.ID, v.village.Key); ok {
		l.Take.Going = v.going(u)
	}
	for _, r := range rs {
		l.Items = append(l.Items, p.recordingView(v, r))
	}
	if len(rs) == pageLength {
		l.Older = rs[len(rs)-1].ID
	}
	p.render(v, status, "recordings", view{Title: v.word("nav.recordings"), Tab: "more", Script: "upload.js", Refused: f.faults["delete"], Data: l})
}

func (p *panel) recordingView(v *visit, r recordings.Recording) recordingView {
	sub := v.word("recording." + string(r.Kind))
	switch {
	case r.Kind == recordings.BuiltIn:
	case r.By == "":
		sub = v.word("recordings.since", sub, v.at(r.Created, v.now))
	default:
		sub = v.word("recordings.by", sub, v.at(r.Created, v.now), r.By)
	}
	return recordingView{
		ID: r.ID, Title: r.Title, Sub: sub, Length: r.Length, Warnings: v.warnings(r), Usable: r.Kind == recordings.Take,
		Deletable: p.s.mayDelete(v.me, r),
	}
}

func (p *panel) addRecording(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	t, ok := f.takes[anyLanguage]
	if !ok {
		if id := f.Get("take_" + anyLanguage); id != "" { // the page's module has sent it already
			v.goTo("/recordings/"+url.PathEscape(id), "recorded")
			return
		}
		f.fault("file_"+anyLanguage, v.word("new.take-missing"))
		p.showRecordings(v, http.StatusUnprocessableEntity, f)
		return
	}
	v.goTo("/recordings/"+t.ID, t.told())
}

// deleteRecording removes a recording for ever, or says what still needs it.
func (p *panel) deleteRecording(v *visit) {
	id := v.c.Param("id")
	rec, err := p.s.cfg.Shelf.Recording(v.ctx(), id)
	switch {
	case isMissing(err): // deleted before: as wished
		v.goTo("/recordings", "recording-deleted")
		return
	case err != nil:
		p.fail(v, err)
		return
	case !p.s.mayDelete(v.me, rec):
		p.problem(v, http.StatusForbidden, "problem.forbidden")
		return
	}
	var used recordings.InUse
	err = p.s.cfg.Importer.Remove(v.ctx(), id)
	if errors.As(err, &used) {
		f := emptyForm()
		f.fault("delete", usedBy(v.lang, used))
		p.showRecordings(v, http.StatusConflict, f)
		return
	}
	if err != nil && !isMissing(err) {
		p.fail(v, err)
		return
	}
	p.s.cfg.Changed()
	v.goTo("/recordings", "recording-deleted")
}

// addTakeAlone takes one file from the page's module, which sends it as soon as
// it is chosen, and answers with what the upload field then shows.
func (p *panel) addTakeAlone(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	status, u := http.StatusUnprocessableEntity, uploadView{Fault: v.word("new.take-missing")}
	for _, fault := range f.faults {
		u.Fault = fault
	}
	for _, t := range f.takes {
		status, u = http.StatusOK, uploadView{Take: &t}
	}
	p.send(v, status, fragment{"recordings", "taken", u})
}
