package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// villageView is the page on which a village is given its name.
type villageView struct {
	Revision      int64
	Name, Commune string
	Sample        bool // they are what every new board begins with
	Faults        map[string]string
}

func (p *panel) registerVillage(r *gin.Engine) {
	r.GET("/village", p.allow(people.Arrange, p.villageName))
	r.POST("/village", p.allow(people.Arrange, p.nameVillage))
}

// sampled says whether a village is still called as every new board is.
func sampled(place scheduler.Village) bool {
	return place.Name == scheduler.SampleName && place.Commune == scheduler.SampleCommune
}

// placeName is a name as people type it, without the word for what it names, which the
// panel puts in front: "thôn Ún Tà" is "Ún Tà".
func placeName(text, kind string) string {
	text = people.CleanName(text)
	if first, rest, two := strings.Cut(text, " "); two && strings.EqualFold(first, kind) {
		if _, _, says := scheduler.NameOfPlace(kind, rest); !says { // "thôn Bản Qua" is no bản
			return rest
		}
	}
	return text
}

func (p *panel) villageName(v *visit) {
	place, err := p.s.cfg.Places.Village(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	p.showVillage(v, http.StatusOK, villageView{Revision: place.Revision, Name: place.Name, Commune: place.Commune, Sample: sampled(place)})
}

func (p *panel) showVillage(v *visit, status int, w villageView) {
	p.render(v, status, "village", view{Title: v.word("naming.title"), Tab: "more", Path: "/village", Data: w})
}

func (p *panel) nameVillage(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	w := villageView{Name: f.Get("name"), Commune: f.Get("commune"), Faults: f.faults}
	if w.Revision, err = strconv.ParseInt(f.Get("revision"), 10, 64); err != nil {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	var faults scheduler.Invalid
	_, err = p.s.arrange(v.ctx(), v.village.Key, w.Revision, func(place *scheduler.Village) {
		place.Name, place.Commune = placeName(w.Name, "thôn"), placeName(w.Commune, "xã")
	})
	switch {
	case err == nil:
		markStart(v, "village") // it may be called as the sample is
		v.goTo("/village", "village")
	case errors.As(err, &faults):
		for _, fault := range faults {
			field := "name"
			if fault.Field == "commune" {
				field = fault.Field
			}
			f.fault(field, faultWords(v.lang, fault))
		}
		p.showVillage(v, http.StatusUnprocessableEntity, w)
	case errors.Is(err, scheduler.ErrRevision):
		place, readErr := p.s.cfg.Places.Village(v.ctx(), v.village.Key)
		if readErr != nil {
			p.fail(v, readErr)
			return
		}
		w.Revision = place.Revision
		f.fault("name", v.word("publicity.since"))
		p.showVillage(v, http.StatusConflict, w)
	default:
		p.fail(v, err)
	}
}
