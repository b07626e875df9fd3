package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"loalang/people"
	"loalang/recordings"
)

// trimView is the page on which a recording is trimmed anew.
type trimView struct {
	ID, Title     string
	For, Language string // the announcement and the language that it shall stand behind; empty: none
	From, To      string // seconds
	Fault         string
}

// trimmable reads the recording of the address, which must be a person's and of
// this village. False: the answer was given.
func (p *panel) trimmable(v *visit) (recordings.Recording, bool) {
	rec, err := p.s.cfg.Shelf.Recording(v.ctx(), v.c.Param("id"))
	switch {
	case err != nil:
		p.fail(v, err)
		return rec, false
	case rec.Kind != recordings.Take || rec.Village != "" && !v.me.May(people.Upload, rec.Village) || p.s.cfg.Trimmer == nil:
		p.problem(v, http.StatusNotFound, "problem.not-found")
		return rec, false
	}
	return rec, true
}

func (p *panel) trim(v *visit) {
	rec, ok := p.trimmable(v)
	if !ok {
		return
	}
	w := trimView{ID: rec.ID, Title: rec.Title, For: v.c.Query("for"), Language: v.c.Query("language"), From: v.seconds(rec.Trim.From), To: v.seconds(rec.Trim.To)}
	p.render(v, http.StatusOK, "trim", view{Title: v.word("trim.title"), Tab: "more", Style: "record.css", Script: "trim.js", Data: w})
}

// seconds is a time as a person would write it into a field; 0 is left empty.
func (p phrase) seconds(d time.Duration) string {
	if d == 0 {
		return ""
	}
	s := strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
	if p.lang == vietnamese {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// sendTrim makes a new recording of another piece, and puts it behind the language
// that the page was opened for.
func (p *panel) sendTrim(v *visit) {
	rec, ok := p.trimmable(v)
	if !ok {
		return
	}
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	trim, err := trimOf(f.Get)
	if err != nil {
		err = recordings.Refused{Code: recordings.BadTrim}
	}
	var cut recordings.Recording
	if err == nil {
		cut, err = p.s.cfg.Trimmer.Retrim(v.ctx(), rec.ID, recordings.About{By: v.me.Name, Trim: trim})
	}
	if err != nil {
		p.refuseTrim(v, rec, f, err)
		return
	}
	if f.Get("for") == "" {
		v.goTo("/recordings", "recorded")
		return
	}
	p.useTrim(v, rec, cut, f)
}

func (p *panel) refuseTrim(v *visit, rec recordings.Recording, f *form, err error) {
	code := refusal(err)
	status := http.StatusUnprocessableEntity
	if code == refusedFailed {
		status = http.StatusServiceUnavailable
		p.s.cfg.Logger.Error("recording could not be trimmed", "recording", rec.ID, "err", err)
	}
	w := trimView{ID: rec.ID, Title: rec.Title, For: f.Get("for"), Language: f.Get("language"), From: f.Get("cut_from"), To: f.Get("cut_to"), Fault: v.word(code)}
	p.render(v, status, "trim", view{Title: v.word("trim.title"), Tab: "more", Style: "record.css", Script: "trim.js", Data: w})
}

// useTrim puts cut in the place of rec behind an announcement's language. What rec
// was read from stays what cut was read from.
func (p *panel) useTrim(v *visit, rec, cut recordings.Recording, f *form) {
	d, err := p.s.cfg.Announcements.Announcement(v.ctx(), f.Get("for"))
	if err == nil && !v.me.May(people.Upload, d.Announcement.Village) {
		err = recordings.ErrNotFound
	}
	if err != nil {
		p.fail(v, err)
		return
	}
	r := renditionIn(d, f.Get("language"))
	if r.Recording != rec.ID {
		p.problem(v, http.StatusConflict, "problem.conflict") // somebody has recorded it anew meanwhile
		return
	}
	if cut.ID != rec.ID {
		_, err = p.s.putTake(v.ctx(), d.Announcement.ID, r.Language, cut.ID, r.Told)
	}
	switch {
	case errors.Is(err, errWithdrawn):
		p.problem(v, http.StatusConflict, "problem.withdrawn")
	case err != nil:
		p.fail(v, err)
	default:
		v.goTo(recordPath(d.Announcement.ID, r.Language), "take")
	}
}
