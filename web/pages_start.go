package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// startCookie remembers, in the browser of whoever sets the board up, which steps were
// skipped or answered, by code with dots between; what was really done is seen in the
// village itself.
const startCookie = "start"

// startAway is the code of a guide that was put away.
const startAway = "away"

// startSteps are the codes of the first steps, in their order.
var startSteps = []string{"village", "rules", "languages", "sound", "board", "slot", "notice"}

// startView is the guide of the first steps.
type startView struct {
	Steps []startStep
	Left  int
	Asked bool // the test sounds, or has: was it heard?
	Deaf  bool // it was not
}

type startStep struct {
	Code, Path string
	Number     int
	Done       bool
	Skipped    bool
}

func (p *panel) registerStart(r *gin.Engine) {
	r.GET("/start", p.allow(people.Arrange, p.start))
	r.POST("/start", p.allow(people.Arrange, p.stepStart))
	r.POST("/start/sound", p.allow(people.Arrange, p.startSound))
	p.registerVillage(r)
}

// startMarks are the codes that the visitor's browser remembers.
func startMarks(v *visit) []string {
	kept, err := v.c.Cookie(startCookie)
	if err != nil { // there is none
		return nil
	}
	return slices.DeleteFunc(strings.Split(kept, "."), func(code string) bool {
		return code != startAway && !slices.Contains(startSteps, code)
	})
}

// startDone says which steps are done in the village itself.
func (p *panel) startDone(v *visit) (map[string]bool, error) {
	done := map[string]bool{"village": !sampled(v.village), "rules": v.village.Ruled(), "languages": len(v.village.Languages) > 1, "board": v.village.Publicity.Board != scheduler.BoardUnasked}
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		return nil, err
	}
	done["slot"] = len(slots) > 0
	list, err := p.s.cfg.Announcements.Announcements(v.ctx(), v.village.Key, "", 10)
	trials := []string{word(vietnamese, "start.sound-title"), word(english, "start.sound-title")} // whoever tried it
	done["notice"] = slices.ContainsFunc(list, func(n Notice) bool { return !slices.Contains(trials, n.Announcement.Title) })
	return done, err
}

func (p *panel) startView(v *visit) (startView, error) {
	paths := map[string]string{"village": "/village", "rules": "/rules", "languages": "/languages", "board": "/publicity", "slot": "/slots", "notice": "/announcements/new"}
	marks, w := startMarks(v), startView{}
	done, err := p.startDone(v)
	if err != nil {
		return w, err
	}
	for i, code := range startSteps {
		s := startStep{Code: code, Path: paths[code], Number: i + 1, Done: done[code], Skipped: !done[code] && slices.Contains(marks, code)}
		if !s.Done && !s.Skipped {
			w.Left++
		}
		w.Steps = append(w.Steps, s)
	}
	return w, nil
}

func (p *panel) start(v *visit) {
	w, err := p.startView(v)
	if err != nil {
		p.fail(v, err)
		return
	}
	w.Asked, w.Deaf = v.c.Query("sound") == "asked", v.c.Query("sound") == "deaf"
	p.show(v, "start", view{Title: v.word("start.title"), Tab: "more", Path: "/start", Data: w})
}

// stepStart remembers that a step was skipped or answered, or that the guide was put
// away.
func (p *panel) stepStart(v *visit) {
	code := v.c.PostForm("step")
	if code != startAway && !slices.Contains(startSteps, code) {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	markStart(v, code)
	if code == startAway {
		v.goTo("/", "")
		return
	}
	v.goTo("/start", "")
}

// markStart lets the visitor's browser remember a step.
func markStart(v *visit, code string) {
	marks := startMarks(v)
	if !slices.Contains(marks, code) {
		marks = append(marks, code)
	}
	http.SetCookie(v.c.Writer, &http.Cookie{
		Name: startCookie, Value: strings.Join(marks, "."), Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// startSound airs the test phrase as soon as the output can, as any other notice: it is
// in the as-run, and the rules of the place hold for it.
func (p *panel) startSound(v *visit) {
	language := v.village.Languages[0]
	if slices.Contains(v.village.Languages, vietnamese) { // which the phrase is in
		language = vietnamese
	}
	in := &createInput{Caller: Caller{s: p.s, c: v.c, who: v.me, lang: v.lang}, Body: announcementForm{
		Title: v.word("start.sound-title"), Text: word(vietnamese, "start.sound-phrase"), SpeakerOnly: true,
		Renditions: []renditionForm{{Language: language}}, Schedules: []scheduleForm{{Kind: string(scheduler.Now)}},
	}}
	if _, err := p.s.createAnnouncement(v.ctx(), in); err != nil {
		problem := p.s.explain(v.lang, err)
		p.showProblem(v, problem.Status, problem.Detail)
		return
	}
	v.c.Redirect(http.StatusSeeOther, "/start?sound=asked#sound")
}

// unstarted leads whoever sets a new board up to the first steps, until what a village
// cannot do without is there, or the guide was put away.
func (p *panel) unstarted(v *visit) []wantingView {
	if !v.me.May(people.Arrange, v.village.Key) || p.s.cfg.Damaged() || slices.Contains(startMarks(v), startAway) {
		return nil
	}
	w, err := p.startView(v)
	if err != nil {
		return nil // nobody is sent there for a fault of the board, and the page says so itself
	}
	needed := func(s startStep) bool { return !s.Done && !s.Skipped && (s.Code == "slot" || s.Code == "notice") }
	if !slices.ContainsFunc(w.Steps, needed) {
		return nil
	}
	return []wantingView{{stateView{"wait", "tiep", v.word("start.left", w.Left)}, "/start"}}
}
