package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// placeRulesView is the page of the rules of the place.
type placeRulesView struct {
	Models     []modelView
	Fresh      bool       // nothing is ruled yet: the models stand open
	Chosen     *modelView // filled in and not saved yet
	Model      string     // of which the rules are
	Allowed    []windowRow
	Quiet      []windowRow
	Limits     []limitRow
	FreeRelays bool
	Holidays   []holidayRow
	Mourning   []mourningRow
	Volumes    []volumeRow
	Music      []choiceView
	Revision   int64
	Fault      string // of the whole
}

// modelView is a model of rules to start from.
type modelView struct{ Key, Name, Source, Note string }

// windowRow is one stretch of the day, or room for another.
type windowRow struct {
	List     string // "allowed" or "quiet"
	Number   int    // from 1
	From, To string
	Days     []choiceView
	Fault    string
}

// limitRow is one limit as people write it, in minutes.
type limitRow struct {
	Number                int
	Days                  []choiceView
	Broadcast, Day, Times string
	Fault                 string
}

// holidayRow is one holiday as people write it.
type holidayRow struct {
	Number                         int
	Name, Day, Month, Year, Length string
	Calendars, Rules               []choiceView
	From, To, From2, To2           string // its own hours
	Fault                          string
}

// mourningRow is one time of mourning as people write it.
type mourningRow struct {
	Number            int
	Name, From, Until string
	Fault             string
}

// volumeRow is how loud it is at an hour as people write it.
type volumeRow struct {
	Number          int
	From, To        string
	Days            []choiceView
	Classes, Levels []choiceView
	Fault           string
}

// volumeLevels are the steps that the page offers, in dB; others come by the API.
func volumeLevels() []int { return []int{-12, -9, -6, -3, 3, 6} }

// rulesRoom is how many empty rows of a kind stand below those that are there.
const rulesRoom = 1

// emptyVolume is what a row of volumes proposes.
const emptyVolume = -6

func (p *panel) registerPlaceRules(r *gin.Engine) {
	r.GET("/rules", p.allow(people.Arrange, p.placeRules))
	r.POST("/rules", p.allow(people.Arrange, p.savePlaceRules))
	// The hours of the village had a page of their own once.
	r.GET("/hours", func(c *gin.Context) { c.Redirect(http.StatusMovedPermanently, "/rules") })
}

// placeRules shows the rules as the database has them, or filled in from a model that
// is not saved before somebody says so.
func (p *panel) placeRules(v *visit) {
	place, err := p.s.cfg.Places.Village(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	form := scheduler.FormOf(place.Allowed, place.Rules)
	w := placeRulesView{Revision: place.Revision}
	models := scheduler.RulesModels()
	if i := slices.IndexFunc(models, func(m scheduler.RulesModel) bool { return m.Key == v.c.Query("model") }); i >= 0 {
		m := models[i]
		w.Chosen = &modelView{m.Key, m.Name, m.Source, m.Note}
		holidays, mourning, music, volumes := form.Holidays, form.Mourning, form.Music, form.Volumes
		form = m.RulesForm
		form.Holidays, form.Mourning, form.Music, form.Volumes = holidays, mourning, music, volumes
	}
	if v.c.Query("holidays") == "common" {
		form.Holidays = withCommonHolidays(v.phrase, form.Holidays)
		w.Chosen = &modelView{Name: v.word("rules.holidays")}
	}
	v.fillRules(&w, form)
	p.showPlaceRules(v, http.StatusOK, w)
}

// withCommonHolidays adds the public holidays that are not there yet.
func withCommonHolidays(p phrase, have []scheduler.HolidayForm) []scheduler.HolidayForm {
	common := scheduler.CommonHolidays(func(code string) string { return p.word("holiday." + code) })
	for _, h := range scheduler.FormOf(nil, scheduler.Rules{Holidays: common}).Holidays {
		there := slices.ContainsFunc(have, func(x scheduler.HolidayForm) bool {
			return x.Month == h.Month && x.Day == h.Day && strings.EqualFold(x.Calendar, h.Calendar)
		})
		if !there {
			have = append(have, h)
		}
	}
	return have
}

// fillRules puts rules into the rows of the page.
func (v *visit) fillRules(w *placeRulesView, f scheduler.RulesForm) {
	w.Model, w.FreeRelays = f.Model, f.FreeRelays
	w.Allowed, w.Quiet = v.windowRows("allowed", f.Allowed), v.windowRows("quiet", f.Quiet)
	for _, l := range f.Limits {
		w.Limits = append(w.Limits, limitRow{Days: v.dayChoices(l.Days), Broadcast: typedNumber(l.Broadcast), Day: typedNumber(l.Day), Times: typedNumber(float64(l.Times))})
	}
	for _, h := range f.Holidays {
		row := holidayRow{
			Name: h.Name, Day: strconv.Itoa(h.Day), Month: strconv.Itoa(h.Month), Year: typedNumber(float64(h.Year)), Length: typedNumber(float64(max(h.Length, 1))),
		}
		v.holidayChoices(&row, h.Calendar, h.Rule)
		for i, win := range h.Hours {
			from, to := win.From, fieldTime(win.To)
			if i == 0 {
				row.From, row.To = from, to
			} else {
				row.From2, row.To2 = from, to
			}
		}
		w.Holidays = append(w.Holidays, row)
	}
	for _, m := range f.Mourning {
		w.Mourning = append(w.Mourning, mourningRow{Name: m.Name, From: m.From, Until: m.Until})
	}
	for _, u := range f.Volumes {
		w.Volumes = append(w.Volumes, v.volumeRow(u))
	}
	v.musicChoices(w, f.Music)
}

// volumeRow is a rule as the page shows it, with a step of its own where it has one.
func (v *visit) volumeRow(u scheduler.VolumeForm) volumeRow {
	row := volumeRow{From: u.From, To: fieldTime(u.To), Days: v.dayChoices(u.Days)}
	for _, c := range []string{"", string(scheduler.ClassNormal), string(scheduler.ClassPriority)} {
		row.Classes = append(row.Classes, choiceView{Value: c, Name: v.word("rules.volume-class" + map[bool]string{true: "", false: "-" + c}[c == ""]), Checked: c == u.Class})
	}
	levels := volumeLevels()
	if !slices.Contains(levels, u.Volume) {
		levels = append(levels, u.Volume)
		slices.Sort(levels)
	}
	for _, dB := range levels {
		row.Levels = append(row.Levels, choiceView{Value: strconv.Itoa(dB), Name: v.volumeStepWords(dB), Checked: dB == u.Volume})
	}
	return row
}

// volumeStepWords says a step of volume in words first: "Nhỏ hơn nhiều (−12 dB)".
func (p phrase) volumeStepWords(dB int) string {
	code := "usual"
	switch {
	case dB <= -9:
		code = "much-softer"
	case dB <= -5:
		code = "softer"
	case dB < 0:
		code = "bit-softer"
	case dB > 0:
		code = "louder"
	}
	if dB == 0 {
		return p.word("volume.step-usual")
	}
	return p.word("volume.step-"+code, signed(dB))
}

func (v *visit) musicChoices(w *placeRulesView, chosen []string) {
	if len(chosen) == 0 {
		for _, m := range scheduler.DefaultMusic() {
			chosen = append(chosen, string(m))
		}
	}
	for _, m := range scheduler.Musics() {
		w.Music = append(w.Music, choiceView{Value: string(m), Name: v.word("music." + string(m)), Checked: slices.Contains(chosen, string(m))})
	}
}

// typedNumber is a number as people write it; nothing for none.
func typedNumber(n float64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// fieldTime is a time as a browser's field knows it, which has no 24:00.
func fieldTime(t string) string {
	if t == midnight {
		return "00:00"
	}
	return t
}

func (v *visit) windowRows(list string, all []scheduler.WindowForm) (rows []windowRow) {
	for _, win := range all {
		rows = append(rows, windowRow{List: list, From: win.From, To: fieldTime(win.To), Days: v.dayChoices(win.Days)})
	}
	return rows
}

// dayChoices are the weekdays, those of codes ticked; all of them without codes.
func (v *visit) dayChoices(codes []string) (days []choiceView) {
	for _, d := range weekFromMonday() {
		code := weekdayCode(d)
		days = append(days, choiceView{Value: code, Name: v.word("weekday.short-" + code), Checked: len(codes) == 0 || slices.Contains(codes, code)})
	}
	return days
}

func (v *visit) holidayChoices(row *holidayRow, calendar, rule string) {
	for _, c := range []string{string(scheduler.Solar), string(scheduler.Lunar)} {
		row.Calendars = append(row.Calendars, choiceView{Value: c, Name: v.word("holiday-calendar." + c), Checked: c == calendar})
	}
	for _, c := range []scheduler.HolidayRule{scheduler.AsSunday, scheduler.OwnHours, scheduler.NoSound} {
		row.Rules = append(row.Rules, choiceView{Value: string(c), Name: v.word("holiday-rule." + string(c)), Checked: string(c) == rule})
	}
}

// showPlaceRules numbers the rows and leaves room for another of each kind.
func (p *panel) showPlaceRules(v *visit, status int, w placeRulesView) {
	for _, m := range scheduler.RulesModels() {
		w.Models = append(w.Models, modelView{m.Key, m.Name, m.Source, m.Note})
	}
	w.Fresh = w.Model == "" && len(w.Quiet)+len(w.Limits)+len(w.Holidays)+len(w.Mourning)+len(w.Volumes) == 0
	for range rulesRoom {
		w.Allowed = append(w.Allowed, windowRow{List: "allowed", Days: v.dayChoices(nil)})
		w.Quiet = append(w.Quiet, windowRow{List: "quiet", Days: v.dayChoices(nil)})
		w.Limits = append(w.Limits, limitRow{Days: v.dayChoices(nil)})
		var h holidayRow
		v.holidayChoices(&h, "", "")
		w.Holidays = append(w.Holidays, h)
		w.Mourning = append(w.Mourning, mourningRow{})
		w.Volumes = append(w.Volumes, v.volumeRow(scheduler.VolumeForm{Volume: emptyVolume}))
	}
	for i := range w.Allowed {
		w.Allowed[i].Number = i + 1
	}
	for i := range w.Quiet {
		w.Quiet[i].Number = i + 1
	}
	for i := range w.Limits {
		w.Limits[i].Number = i + 1
	}
	for i := range w.Holidays {
		w.Holidays[i].Number = i + 1
	}
	for i := range w.Volumes {
		w.Volumes[i].Number = i + 1
	}
	for i := range w.Mourning {
		w.Mourning[i].Number = i + 1
	}
	p.render(v, status, "rules", view{Title: v.word("rules.title"), Tab: "more", Data: w})
}

// savePlaceRules takes all rows at once; one that is empty is none.
func (p *panel) savePlaceRules(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	revision, err := strconv.ParseInt(f.Get("revision"), 10, 64)
	if err != nil || revision < 1 {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	w := placeRulesView{Revision: revision}
	typed, wrong := v.typedPlaceRules(f, &w)
	save := func(ctx context.Context) error {
		_, err := p.s.rule(ctx, v.village.Key, revision, typed)
		return err
	}
	switch {
	case len(wrong) > 0:
	case f.goesBack():
		p.showPlaceRules(v, http.StatusOK, w)
		return
	case !p.weighed(v, f, save):
		return
	default:
		err = save(v.ctx())
	}
	var invalid scheduler.Invalid
	if errors.As(err, &invalid) {
		wrong = append(wrong, invalid...)
	}
	switch {
	case len(wrong) > 0:
		v.placeFaults(&w, wrong)
		p.showPlaceRules(v, http.StatusUnprocessableEntity, w)
	case err == nil:
		v.goTo("/rules", "rules")
	case errors.Is(err, scheduler.ErrRevision):
		p.problem(v, http.StatusConflict, "problem.conflict")
	default:
		p.fail(v, err)
	}
}

// rule gives a village the rules of a form, as arrange does.
func (s *Server) rule(ctx context.Context, key string, revision int64, form scheduler.RulesForm) (scheduler.Village, error) {
	allowed, rules, err := form.Read()
	if err != nil {
		return scheduler.Village{}, fmt.Errorf("read the rules: %w", err)
	}
	return s.arrange(ctx, key, revision, func(place *scheduler.Village) { place.Allowed, place.Rules = allowed, rules })
}

// placeFaults says at each row what is wrong with it.
func (v *visit) placeFaults(w *placeRulesView, wrong scheduler.Invalid) {
	for _, fault := range wrong {
		text := faultWords(v.lang, fault)
		list, rest, _ := strings.Cut(fault.Field, "[")
		at, _, _ := strings.Cut(rest, "]")
		i, err := strconv.Atoi(at)
		var into *string
		switch {
		case err != nil:
		case list == "allowed" && i < len(w.Allowed):
			into = &w.Allowed[i].Fault
		case list == "quiet" && i < len(w.Quiet):
			into = &w.Quiet[i].Fault
		case list == "limits" && i < len(w.Limits):
			into = &w.Limits[i].Fault
		case list == "holidays" && i < len(w.Holidays):
			into = &w.Holidays[i].Fault
		case list == "volumes" && i < len(w.Volumes):
			into = &w.Volumes[i].Fault
		case list == "mourning" && i < len(w.Mourning):
			into = &w.Mourning[i].Fault
		}
		if into == nil {
			into = &w.Fault
		}
		if *into == "" {
			*into = text
		}
	}
}
