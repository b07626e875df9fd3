package web

import (
	"net/http"

	"loalang/recordings"
	"loalang/upload"
)

// uploadUnderway tells the page's module what became of an upload: 202 while it is
// under way, 200 with what the page then shows, 422 with why it was refused.
func (p *panel) uploadUnderway(v *visit) {
	u, err := upload.Upload{}, error(upload.ErrMissing)
	if p.s.cfg.Uploads != nil {
		u, err = p.s.cfg.Uploads.Find(v.c.Param("id"), v.me.ID)
	}
	if err != nil {
		p.send(v, http.StatusNotFound, fragment{"taken", uploadView{Fault: v.word("import.unknown")}})
		return
	}
	if u.Outcome == nil {
		p.send(v, http.StatusAccepted, fragment{"taken", uploadView{Going: p.goingUpload(v, u)}})
		return
	}
	out, err := outcomeOf(u)
	if err != nil {
		p.fail(v, err)
		return
	}
	switch {
	case out.Refused != "":
		p.send(v, http.StatusUnprocessableEntity, fragment{"taken", uploadView{Fault: v.word(out.Refused)}})
	case u.Metadata[metaAnnouncement] != "":
		p.landedFor(v, u, out)
	default:
		p.landedAlone(v, out)
	}
}

// goingUpload words how far an upload is.
func (p *panel) goingUpload(v *visit, u upload.Upload) *goingView {
	if code := p.s.landings.troubleOf(u.ID); code != "" {
		return &goingView{u.ID, v.word(code), 0}
	}
	if going, ok := p.s.imports.find(u.ID, v.me.ID); ok && !going.over && going.at.Stage != recordings.Receiving {
		return v.going(going)
	}
	if !u.Whole {
		return &goingView{u.ID, v.word("import.receiving", int(100*u.Offset/max(u.Length, 1))), int(100 * u.Offset / max(u.Length, 1))}
	}
	return v.going(underway{id: u.ID, at: recordings.Progress{Stage: recordings.Waiting}})
}

// landedFor shows a take behind its language.
func (p *panel) landedFor(v *visit, u upload.Upload, out landed) {
	d, err := p.s.cfg.Announcements.Announcement(v.ctx(), u.Metadata[metaAnnouncement])
	if err != nil {
		p.fail(v, err)
		return
	}
	if !p.moveTo(v, d.Announcement.Village) {
		return
	}
	lang := u.Metadata[metaLanguage]
	rooms := p.rooms(v, d, lang)
	p.send(v, http.StatusOK, fragment{"told", recordView{
		ID: d.Announcement.ID, Code: lang, Also: out.Also, Rooms: rooms,
		Voice: p.tell(v, renditionIn(d, lang), rooms), Next: p.nextToRecord(v, d.Announcement.ID, lang),
	}})
}

// landedAlone shows a take that is for no announcement yet.
func (p *panel) landedAlone(v *visit, out landed) {
	rec, err := p.s.cfg.Shelf.Recording(v.ctx(), out.Recording)
	if err != nil {
		p.fail(v, err)
		return
	}
	rec.Again = out.Again
	t := p.taken(v, rec)
	p.send(v, http.StatusOK, fragment{"taken", uploadView{Take: &t}})
}
