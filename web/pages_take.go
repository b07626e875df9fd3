package web

import (
	"net/http"

	"loalang/recordings"
)

// goingView is an import that is not over.
type goingView struct {
	ID      string
	Text    string
	Percent int
}

// going words how far an import is.
func (p phrase) going(u underway) *goingView {
	percent := int(100 * u.at.Done)
	if u.at.Stage == recordings.Waiting {
		return &goingView{u.id, p.word("import.waiting", u.at.Ahead), percent}
	}
	return &goingView{u.id, p.word("import."+string(u.at.Stage), percent), percent}
}

// takeUnderway answers how far an import is with what its upload field then shows:
// 202 while it is under way, then what POST /takes answers.
func (p *panel) takeUnderway(v *visit) {
	u, ok := p.s.imports.find(v.c.Param("id"), v.me.ID)
	switch {
	case !ok:
		p.send(v, http.StatusNotFound, fragment{"recordings", "taken", uploadView{Fault: v.word("import.unknown")}})
	case !u.over:
		p.send(v, http.StatusAccepted, fragment{"recordings", "taken", uploadView{Going: v.going(u)}})
	case u.refused != "":
		p.send(v, http.StatusUnprocessableEntity, fragment{"recordings", "taken", uploadView{Fault: v.word(u.refused)}})
	default:
		t := p.taken(v, u.rec)
		p.send(v, http.StatusOK, fragment{"recordings", "taken", uploadView{Take: &t}})
	}
}

// taken is a take with what only a fresh one is told of.
func (p *panel) taken(v *visit, r recordings.Recording) takeView {
	t := v.take(r)
	t.Twin, t.Again = p.twin(v, r), r.Again
	return t
}

// told is the code of what is said when the page of the recording comes next.
func (t takeView) told() string {
	if t.Again {
		return "recorded-again"
	}
	return "recorded"
}
