package web

import "loalang/recordings"

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
