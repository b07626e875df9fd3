package web

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// planView is one week of the plan, or one day of it.
type planView struct {
	Days     []planDay
	Told     string // why nothing will play, when that is so
	Made     string
	Concerns concernsView
	// Conflicts are promises that find no place, with a way out.
	Conflicts []conflictView
	Places    []placeLink // villages whose plan the visitor may see; none: this one alone
	Elsewhere string      // why nothing of this plan is changed here; empty: it is the board's own
	Alone     bool        // one day is shown
	Table     *weekTable  // nil: one day is shown
	Ways      weekWays
}

// planDay is one day: its place in the strip, and its list.
type planDay struct {
	ID, Date, Short, Weekday, Name, Count string
	Number                                int
	Lunar                                 lunarView
	Today, Past                           bool
	Shown                                 bool // first on a phone
	Rules                                 dayRules
	Ribbon                                ribbonView
	Rows                                  []dayRow
	Rest, More                            string // how many lines are not here, and where they are
	Paged                                 pagedView
	Add                                   string // where a notice of the day is begun; empty: nobody may, or it is over
}

// weekWays lead to other weeks.
type weekWays struct {
	Date          string // a day of the week that is shown, as a date input writes it
	Before, After string
	Now           string // the week of today; empty: it is shown
	First, Last   string // the days that may be asked for
	Refused       string // why another one was asked for in vain
}

func (p *panel) registerPlan(r *gin.Engine) {
	r.GET("/plan", p.allow(people.View, p.plan))
	r.GET("/plan/move", p.allow(people.Plan, p.moveForm))
	r.POST("/plan/move", p.allow(people.Plan, p.move))
	r.GET("/asrun", p.allow(people.View, p.asrun))
	r.GET(logFile, p.allow(people.View, p.asrunFile))
}

// planDays is how many days the plan page shows.
const planDays = 7

func (p *panel) plan(v *visit) {
	monday, day, refused := v.weekAsked()
	place, places := p.placeAsked(v)
	b, err := p.weekBook(v, place, monday)
	if err != nil && (!isDamage(err) || b.plan.Made.IsZero()) {
		p.fail(v, err)
		return
	}
	writes := v.mayIn(place, people.Write)
	b.fills, b.adds, b.mayPlan = true, writes, v.mayIn(place, people.Plan)
	w := planView{Made: v.word("plan.none-yet"), Ways: v.weekWays(monday, day), Places: places}
	w.Ways.Refused = refused
	if !b.plan.Made.IsZero() {
		w.Made = v.word("plan.made", v.at(b.plan.Made, v.now))
	}
	var moved []movedView
	var wanting []wantingView
	if v.own(place) {
		air := p.s.cfg.Air.Air()
		b.doing = doingOf(air, v.now)
		moved, wanting = p.moved(v, ""), p.wanting(v)
		if !air.Clock.Trusted() {
			w.Told = v.word("clock.unknown-so")
		}
	} else {
		w.Elsewhere = v.word("plan.elsewhere", place.Name, v.village.Name)
	}
	table := b.weekTable(monday, writes)
	w.Days = b.planDays(monday, day, writes)
	title := v.word("plan.title", v.weekName(monday))
	from, to := monday, monday.AddDate(0, 0, planDays)
	if w.Days, w.Alone = v.shorten(w.Days); w.Alone {
		title = w.Days[0].Name
		w.Ways.byDay(day)
		from, to = day, day.AddDate(0, 0, 1)
	} else {
		w.Table = &table
	}
	if writes && b.mayPlan {
		w.Conflicts = p.conflicts(v, b, from, to)
		moved = slices.DeleteFunc(moved, func(m movedView) bool { // told already, with the way out
			return !m.MaySee && slices.ContainsFunc(w.Conflicts, func(c conflictView) bool { return slices.Contains(m.Occurrences, c.Occurrence) })
		})
	}
	w.Concerns = v.concernsOf(moved, wanting)
	p.show(v, "plan", view{Title: title, Tab: "plan", Style: "plan.css", Script: "plan.js", Data: w})
}

// planDays are the days of the week of a Monday; day is the one that a phone shows first.
func (b dayBook) planDays(monday, day time.Time, writes bool) (days []planDay) {
	for i := range planDays {
		b.day = monday.AddDate(0, 0, i)
		d := b.planDay()
		d.Shown = b.holds(day)
		if d.Past || !writes {
			d.Add = ""
		}
		days = append(days, d)
	}
	return days
}

// weekAsked is the Monday of the week that the address asks for, and the day that it
// names; refused says in words why that could not be.
func (v *visit) weekAsked() (monday, day time.Time, refused string) {
	today := v.now.In(v.loc)
	day = today
	if text := cmp.Or(v.c.Query("day"), v.c.Query("week")); text != "" {
		asked, err := time.ParseInLocation(time.DateOnly, text, v.loc)
		switch {
		case err != nil:
			refused = v.word("fault.date")
		case asked.Before(firstPlanDay):
			refused = v.word("plan.too-early", v.fullOrNear(firstPlanDay, v.now))
		case asked.After(v.now.Add(foreseenMost)):
			refused = v.word("plan.too-far", int(foreseenMost/(24*time.Hour)))
		default:
			day = asked
		}
	}
	return mondayOf(day, v.loc), day, refused
}

// firstPlanDay is before any village had this program: dates before it are typing
// errors.
var firstPlanDay = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// mondayOf is the first instant of the week of t, which in Vietnam begins on Monday.
func mondayOf(t time.Time, loc *time.Location) time.Time {
	d := calendar.DateOf(t, loc)
	back := (int(d.Weekday()) + 6) % 7
	return calendar.At(d.AddDays(-back), 0, loc)
}

// weekWays are the ways from the week of a Monday.
func (v *visit) weekWays(monday, day time.Time) weekWays {
	link := func(t time.Time) string { return "/plan?week=" + t.Format(time.DateOnly) }
	last := v.now.Add(foreseenMost)
	w := weekWays{
		Date: day.In(v.loc).Format(time.DateOnly), First: firstPlanDay.Format(time.DateOnly), Last: last.In(v.loc).Format(time.DateOnly),
		Before: link(monday.AddDate(0, 0, -planDays)),
	}
	if after := monday.AddDate(0, 0, planDays); !after.After(last) {
		w.After = link(after)
	}
	if mondayOf(v.now, v.loc) != monday {
		w.Now = "/plan"
	}
	return w
}

// byDay makes the ways those from one day to the next.
func (w *weekWays) byDay(day time.Time) {
	w.Before = "/plan?day=" + day.AddDate(0, 0, -1).Format(time.DateOnly)
	w.After, w.Now = "/plan?day="+day.AddDate(0, 0, 1).Format(time.DateOnly), "/plan?week="+w.Date
}

// weekName is "23/11 – 29/11": the days of a week.
func (v *visit) weekName(monday time.Time) string {
	return v.word("plan.span", monday.Format("2/1"), monday.AddDate(0, 0, planDays-1).Format("2/1"))
}

// weekBook reads what is known of the week of a Monday in a village. What could be read is in it
// also when there is an error.
func (p *panel) weekBook(v *visit, place scheduler.Village, monday time.Time) (dayBook, error) {
	b := dayBook{phrase: v.phraseOf(place), now: v.now, day: monday, village: place}
	to := monday.AddDate(0, 0, planDays)
	var errs [3]error
	b.runs, errs[0] = p.s.cfg.AsRun.AsRuns(v.ctx(), place.Key, monday, to)
	b.plan, errs[1] = p.s.planUntil(v.ctx(), place.Key, v.now, to)
	b.slots, errs[2] = p.s.cfg.Places.Slots(v.ctx(), place.Key)
	return b, firstError(errs[:])
}

func firstError(errs []error) error {
	i := slices.IndexFunc(errs, func(err error) bool { return err != nil })
	if i < 0 {
		return nil
	}
	return errs[i]
}

func (b dayBook) planDay() planDay {
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
	_, end := b.bounds()
	date := d.Format(time.DateOnly)
	return planDay{
		ID: "d" + d.Format("0102"), Date: date, Short: b.word("weekday.short-" + weekdayCode(d.Weekday())), Weekday: upper(b.weekday(d.Weekday())),
		Name: upper(b.phrase.day(d, b.now)), Count: said, Number: d.Day(), Lunar: b.lunar(d), Today: b.holds(b.now), Past: !end.After(b.now),
		Rules: b.dayRules(), Ribbon: b.ribbon(), Rows: b.rows(), Add: newAt(date, ""),
	}
}

// dayRules is what the rules of the place make of a day, in words.
type dayRules struct {
	Named []string // holidays and mourning
	Hours string   // when sound is allowed; empty: always
	Rests bool     // never
}

// dayRules words the rules of the book's day. Of a zone that is unknown the plan tells.
func (b dayBook) dayRules() dayRules {
	r, err := b.village.RulesOn(b.day)
	if err != nil {
		return dayRules{}
	}
	var w dayRules
	if r.Holiday != nil {
		w.Named = append(w.Named, r.Holiday.Name)
	}
	for _, name := range r.Mourning {
		w.Named = append(w.Named, b.word("plan.mourning", name))
	}
	if r.Free {
		return w
	}
	_, end := b.bounds()
	var hours []string
	for _, s := range r.Allowed {
		to := b.clock(s.To)
		if s.To.Equal(end) {
			to = "24:00"
		}
		hours = append(hours, b.clock(s.From)+"–"+to)
	}
	w.Rests = len(hours) == 0
	w.Hours = b.list(hours)
	if w.Rests {
		w.Hours = b.word("plan.no-sound")
	}
	return w
}

// newAt is where a notice is begun for a day: in a slot, or at a time that is still to
// be said.
func newAt(date, slot string) string {
	if slot == "" {
		return "/announcements/new?date=" + date
	}
	return "/announcements/new?date=" + date + "&slot=" + slot
}
