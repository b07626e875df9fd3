package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
)

// anyLanguage is the upload field of a recording that is for no announcement
// yet.
const anyLanguage = "any"

func (p *panel) registerRecordings(r *gin.Engine) {
	r.GET("/recordings/:id", p.allow(people.View, p.recording))
	r.GET("/uploads/:id", p.allow(people.Upload, p.uploadUnderway))
	r.GET("/recordings", p.allow(people.View, p.recordings))
	r.POST("/recordings", p.allow(people.Upload, p.addRecording))
	r.POST("/recordings/:id/delete", p.allow(people.Upload, p.deleteRecording))
	r.POST("/recordings/:id/restore", p.allow(people.Upload, p.takeBackRecording))
	r.POST("/recordings/:id/rename", p.allow(people.Upload, p.renameRecording))
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

// deleteRecording removes a recording so that it can be taken back, or says what still
// needs it.
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
	err = p.s.cfg.Bin.Bury(v.ctx(), id)
	if errors.As(err, &used) {
		f := emptyForm()
		f.fault("delete", usedBy(v.lang, used))
		p.showRecording(v, http.StatusConflict, rec, f)
		return
	}
	if err != nil && !isMissing(err) {
		p.fail(v, err)
		return
	}
	p.s.cfg.Changed()
	v.c.Redirect(http.StatusSeeOther, "/recordings?"+url.Values{"told": {"recording-deleted"}, "removed": {id}}.Encode())
}

// takeBackRecording undoes that.
func (p *panel) takeBackRecording(v *visit) {
	id := v.c.Param("id")
	rec, err := p.s.removed(v.ctx(), v.village.Key, id)
	if err == nil && !p.s.mayDelete(v.me, rec) {
		p.problem(v, http.StatusForbidden, "problem.forbidden")
		return
	}
	if err == nil {
		err = p.s.cfg.Bin.Restore(v.ctx(), id)
	}
	switch {
	case isMissing(err):
		v.c.Redirect(http.StatusSeeOther, withQuery("/recordings", "refused", "recording-cleared"))
	case err != nil:
		p.fail(v, err)
	default:
		p.s.cfg.Changed()
		v.goTo("/recordings/"+id, "recording-back")
	}
}

// renameRecording gives a recording another title.
func (p *panel) renameRecording(v *visit) {
	rec, err := p.s.cfg.Shelf.Recording(v.ctx(), v.c.Param("id"))
	if err != nil {
		p.fail(v, err)
		return
	}
	if !p.s.mayDelete(v.me, rec) || rec.Village != "" && rec.Village != v.village.Key {
		p.problem(v, http.StatusForbidden, "problem.forbidden")
		return
	}
	raw := v.c.PostForm("title")
	title, err := cleanTitle(raw)
	var invalid scheduler.Invalid
	if errors.As(err, &invalid) {
		f := emptyForm()
		f.Set("title", raw)
		f.fault("title", faultWords(v.lang, invalid[0]))
		p.showRecording(v, http.StatusUnprocessableEntity, rec, f)
		return
	}
	if err == nil {
		err = p.s.cfg.Labels.RenameRecording(v.ctx(), rec.ID, title)
	}
	if err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/recordings/"+rec.ID, "renamed")
}
