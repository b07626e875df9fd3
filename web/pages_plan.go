package web

import (
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

// planView is the days to come.
type planView struct {
	Days []planDay
	Told string // why nothing will play, when that is so
	Made string
	// Wanting is what airs within a day and lacks a language.
	Wanting []wantingView
	Moved   []movedView // what does not fit its slot
	Week    string      // where the other days are, when one is shown alone
}

type planDay struct {
	ID, Short, Name, Count string
	Number                 int
	Lunar                  lunarView
	Today                  bool
	Ribbon                 ribbonView
	Rows                   []dayRow
	Rest, More             string // how many lines are not here, and where they are
	Paged                  pagedView
}

func (p *panel) registerPlan(r *gin.Engine) {
	r.GET("/plan", p.allow(people.View, p.plan))
	r.GET("/asrun", p.allow(people.View, p.asrun))
	r.GET(logFile, p.allow(people.View, p.asrunFile))
}

// planDays is how many days the plan page shows.
const planDays = 7

func (p *panel) plan(v *visit) {
	b, err := p.dayBook(v, v.now)
	if err != nil && (!isDamage(err) || b.plan.Made.IsZero()) {
		p.fail(v, err)
		return
	}
	b.fills, b.mayPlan = true, v.may(people.Plan)
	air := p.s.cfg.Air.Air()
	b.doing = doingOf(air, v.now)
	w := planView{Made: v.word("plan.none-yet")}
	if !b.plan.Made.IsZero() {
		w.Made = v.word("plan.made", v.at(b.plan.Made, v.now))
	}
	w.Wanting, w.Moved = p.wanting(v), p.moved(v, "")
	if !air.Clock.Trusted() {
		w.Told = v.word("clock.unknown-so")
	}
	today := v.now.In(v.loc)
	for i := range planDays {
		b.day = today.AddDate(0, 0, i)
		w.Days = append(w.Days, b.planDay(i == 0))
	}
	w.Days, w.Week = v.shorten(w.Days, today)
	p.show(v, "plan", view{Title: v.word("plan.title", v.span7(today)), Tab: "plan", Data: w})
}

// span7 is "23/11 – 29/11": the days that the plan page shows.
func (v *visit) span7(from time.Time) string {
	to := from.AddDate(0, 0, planDays-1)
	return from.Format("2/1") + " – " + to.Format("2/1")
}

func (b dayBook) planDay(today bool) planDay {
	d := b.day.In(b.loc)
	count := 0
	for _, o := range b.plan.Occurrences {
		if b.holds(o.Due) && !framing(o.Kind) {
			count++
		}
	}
	said := ""
	if count > 0 {
		said = strconv.Itoa(count)
	}
	return planDay{
		ID: "d" + d.Format("0102"), Short: b.word("weekday.short-" + weekdayCode(d.Weekday())), Name: upper(b.phrase.day(d, b.now)),
		Count: said, Number: d.Day(), Lunar: b.lunar(d), Today: today, Ribbon: b.ribbon(), Rows: b.rows(),
	}
}
