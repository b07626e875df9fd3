package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// whenView is the question when an announcement airs.
type whenView struct {
	Choice      string // "now", "minute", "daily", "recurring", "at", "later", or an occasion
	MayKeep     bool   // offer "later": save without a schedule
	Fold        bool   // the coming slots stand first, everything else is folded
	Occasions   []occasionView
	Slots       []choiceView
	Days        []choiceView
	From, Until string
	PerSlot     string // how often in each slot, and at most on one day
	PerDay      string
	Date, Time  string
	Example     string
	Interrupted []choiceView
	Recur       recurView
	Open        bool // shown unasked
	Faults      map[string]string
}

// Else says whether the answer is another than a coming slot.
func (w whenView) Else() bool {
	return len(w.Faults) > 0 || !strings.HasPrefix(w.Choice, "slot:")
}

// occasionView is one coming slot: "Chiều nay, 17:00".
type occasionView struct {
	Value, Name, Sub, Say string
	Checked               bool
}

// choiceView is one box to tick.
type choiceView struct {
	ID, Value, Name string
	Checked         bool
}

// occasionsShown is how many coming slots are offered by name.
const occasionsShown = 3

// whenView builds the question from what was answered before; f may be empty.
func (v *visit) whenView(slots []scheduler.Slot, f *form) whenView {
	w := whenView{
		Open:   f.Has("when"),
		Choice: f.Get("when"), From: f.Get("from"), Until: f.Get("until"), PerSlot: f.Get("per_slot"), PerDay: f.Get("per_day"), Date: f.Get("date"), Time: f.Get("time"),
		Occasions: v.occasions(slots), Faults: f.faults, Recur: v.recurView(slots, f),
		Example: v.word("when.at-sub", v.now.In(v.loc).AddDate(0, 0, 1).Format("2/1")),
	}
	for _, s := range slots {
		checked := slices.Contains(f.Values["slot"], s.ID) || !f.Has("when") && len(slots) == 1
		w.Slots = append(w.Slots, choiceView{ID: s.ID, Name: v.slotName(s), Checked: checked})
	}
	w.Interrupted = v.interruptions(f)
	for _, d := range weekFromMonday() {
		code := weekdayCode(d)
		checked := slices.Contains(f.Values["day"], code) || !f.Has("when")
		w.Days = append(w.Days, choiceView{Value: code, Name: v.word("weekday.short-" + code), Checked: checked})
	}
	if w.Choice == "" {
		w.Choice = "minute"
		if len(w.Occasions) > 0 {
			w.Choice = w.Occasions[0].Value
		}
	}
	w.Occasions = v.withOccasion(w.Occasions, slots, w.Choice)
	for i := range w.Occasions {
		w.Occasions[i].Checked = w.Occasions[i].Value == w.Choice
	}
	return w
}

// interruptions are what may become of something that is cut short.
func (v *visit) interruptions(f *form) (list []choiceView) {
	for _, r := range []scheduler.Resumption{scheduler.Resume, scheduler.Restart, scheduler.Drop} {
		list = append(list, choiceView{Value: string(r), Name: v.word("interrupted." + string(r)), Checked: f.Get("interrupted") == string(r)})
	}
	return list
}

// occasions are the next slots that have not begun, soonest first.
func (v *visit) occasions(slots []scheduler.Slot) []occasionView {
	type occasion struct {
		at   time.Time
		slot scheduler.Slot
	}
	var coming []occasion
	for day := range 8 {
		b := dayBook{phrase: v.phrase, day: v.now.In(v.loc).AddDate(0, 0, day)}
		for _, s := range slots {
			if at, held := b.slotStart(s); held && at.After(v.now) {
				coming = append(coming, occasion{at, s})
			}
		}
	}
	slices.SortFunc(coming, func(a, b occasion) int { return a.at.Compare(b.at) })
	var views []occasionView
	for _, o := range coming[:min(len(coming), occasionsShown)] {
		views = append(views, v.occasionView(o.slot, o.at))
	}
	return views
}

// occasionView words a slot on one day.
func (v *visit) occasionView(s scheduler.Slot, at time.Time) occasionView {
	say := v.at(at, v.now)
	return occasionView{
		Value: occasionValue(s.ID, v.civilOf(at)),
		Name:  upper(say), Sub: cmp.Or(s.Name, v.word("when.slot")), Say: v.word("when.occasion-say", say),
	}
}

// withOccasion are the occasions with the one that is chosen, which may be further away
// than those that are offered.
func (v *visit) withOccasion(views []occasionView, slots []scheduler.Slot, choice string) []occasionView {
	slot, day, ok := strings.Cut(strings.TrimPrefix(choice, "slot:"), ":")
	d, err := parseCivil(day)
	i := slices.IndexFunc(slots, func(s scheduler.Slot) bool { return s.ID == slot })
	if !ok || err != nil || i < 0 || slices.ContainsFunc(views, func(o occasionView) bool { return o.Value == choice }) {
		return views
	}
	b := dayBook{phrase: v.phrase, day: time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, v.loc)}
	at, held := b.slotStart(slots[i])
	if !held || !at.After(v.now) {
		return views
	}
	return append(views, v.occasionView(slots[i], at))
}

// askedFor puts the place in the plan into the form of a new notice that the address
// names: a day with a slot, or with a time.
func (v *visit) askedFor(f *form) {
	date := v.c.Query("date")
	d, err := parseCivil(date)
	if err != nil || !v.may(people.Plan) {
		return
	}
	for _, day := range weekFromMonday() { // as when nothing was chosen yet
		f.Values["day"] = append(f.Values["day"], weekdayCode(day))
	}
	if slot := v.c.Query("slot"); slot != "" {
		f.Set("when", occasionValue(slot, d))
		return
	}
	f.Set("when", "at")
	f.Set("date", date)
	f.Set("time", v.c.Query("time"))
}

func occasionValue(slot string, d scheduler.Date) string { return "slot:" + slot + ":" + civil(d) }

// nowGrace is how long a press of "now" is worth obeying when the output is
// busy or the board restarts.
const nowGrace = 10 * time.Minute

// schedule reads the answer. It is nil for "later" and when the form is wrong;
// then f has the faults. Only kind and instants are set.
func (v *visit) schedule(slots []scheduler.Slot, f *form) *scheduler.Schedule {
	choice := f.Get("when")
	switch {
	case choice == "now":
		return &scheduler.Schedule{Kind: scheduler.Now, At: v.now, Misfire: late(nowGrace)}
	case choice == "minute":
		return &scheduler.Schedule{Kind: scheduler.Once, At: v.now.Add(time.Minute), Misfire: late(nowGrace)}
	case choice == "at":
		return v.scheduleAt(f)
	case choice == "daily":
		return v.scheduleDaily(slots, f)
	case choice == "later":
		return nil
	case strings.HasPrefix(choice, "slot:"):
		return v.scheduleOccasion(slots, f, choice)
	}
	f.fault("when", v.word("fault.required"))
	return nil
}

func late(grace time.Duration) scheduler.Misfire {
	return scheduler.Misfire{Policy: scheduler.PlayLate, Grace: grace}
}

// onceGrace is how late an announcement for an exact time is still worth
// hearing; slotGrace is the same for one in slots, where the slot bounds it.
const (
	onceGrace = 30 * time.Minute
	slotGrace = time.Hour
)

func (v *visit) scheduleAt(f *form) *scheduler.Schedule {
	at, err := v.civilTime(f.Get("date"), f.Get("time"))
	if err != nil {
		f.fault("at", v.word("fault.date"))
		return nil
	}
	return &scheduler.Schedule{Kind: scheduler.Once, At: at.UTC(), Misfire: late(onceGrace)}
}

func (v *visit) scheduleDaily(slots []scheduler.Slot, f *form) *scheduler.Schedule {
	s := &scheduler.Schedule{Kind: scheduler.Slots, Misfire: scheduler.Misfire{Policy: scheduler.Coalesce, Grace: slotGrace}}
	for _, slot := range slots {
		if slices.Contains(f.Values["slot"], slot.ID) {
			s.Slots = append(s.Slots, slot.ID)
		}
	}
	if len(s.Slots) == 0 {
		f.fault("slots", v.word("fault.required"))
	}
	for _, d := range weekFromMonday() {
		if slices.Contains(f.Values["day"], weekdayCode(d)) {
			s.Days |= 1 << d
		}
	}
	if s.Days == 0 {
		f.fault("days", v.word("fault.required"))
	}
	s.From, s.Until = v.dateField(f, "from"), v.dateField(f, "until")
	if civil(s.Until) != "" && civil(s.Until) < civil(s.From) {
		f.fault("until", v.word("fault.wrong-order"))
	}
	s.PerSlot, s.PerDay = v.timesField(f, "per_slot", scheduler.MaxPerSlot), v.timesField(f, "per_day", scheduler.MaxPerDay)
	return s
}

// timesField reads how often; nothing is 0, which says nothing.
func (v *visit) timesField(f *form, field string, most int) int {
	text := strings.TrimSpace(f.Get(field))
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		f.fault(field, v.word("when.times-fault", most))
	}
	return n
}

// timesName says how often it airs, unless that is once in every slot.
func (p phrase) timesName(s scheduler.Schedule) string {
	var said []string
	if s.PerSlot > 1 {
		said = append(said, p.word("schedule.per-slot", s.PerSlot))
	}
	if s.PerDay > 0 {
		said = append(said, p.word("schedule.per-day", s.PerDay))
	}
	return strings.Join(said, ", ")
}

func (v *visit) dateField(f *form, field string) scheduler.Date {
	text := f.Get(field)
	if text == "" {
		return scheduler.Date{}
	}
	d, err := parseCivil(text)
	if err != nil {
		f.fault(field, v.word("fault.date"))
	}
	return d
}

func (v *visit) scheduleOccasion(slots []scheduler.Slot, f *form, choice string) *scheduler.Schedule {
	parts := strings.Split(choice, ":")
	if len(parts) == 3 {
		d, err := parseCivil(parts[2])
		known := slices.ContainsFunc(slots, func(s scheduler.Slot) bool { return s.ID == parts[1] })
		if err == nil && known {
			return &scheduler.Schedule{
				Kind: scheduler.Slots, Slots: []string{parts[1]}, From: d, Until: d,
				Misfire: scheduler.Misfire{Policy: scheduler.Coalesce, Grace: slotGrace},
			}
		}
	}
	f.fault("when", v.word("fault.unknown"))
	return nil
}

// scheduleName says a schedule: "Hằng ngày, buổi chiều 17:00", and what becomes of
// it when it is cut short, unless that is the usual.
func (v *visit) scheduleName(s scheduler.Schedule, slots []scheduler.Slot) (name, sub string) {
	name, sub = v.instantsName(s, slots)
	if s.Interrupted == scheduler.Restart || s.Interrupted == scheduler.Drop {
		rule := v.word("interrupted.title") + ": " + v.lower(v.word("interrupted."+string(s.Interrupted)))
		sub = strings.TrimPrefix(sub+"; "+rule, "; ")
	}
	return name, sub
}

func (v *visit) instantsName(s scheduler.Schedule, slots []scheduler.Slot) (name, sub string) {
	switch s.Kind {
	case scheduler.Now:
		return v.word("schedule.now", v.at(s.At, v.now)), ""
	case scheduler.Once:
		return upper(v.at(s.At, v.now)), ""
	case scheduler.Slots:
		return v.slotScheduleName(s, slots)
	case scheduler.Recurring:
		return v.recurringName(s, slots, v.now), ""
	}
	return string(s.Kind), ""
}

func (v *visit) slotScheduleName(s scheduler.Schedule, slots []scheduler.Slot) (name, sub string) {
	var names []string
	for _, id := range s.Slots {
		i := slices.IndexFunc(slots, func(sl scheduler.Slot) bool { return sl.ID == id })
		if i < 0 {
			names = append(names, v.word("schedule.gone-slot"))
			continue
		}
		names = append(names, v.slotName(slots[i]))
	}
	where := strings.Join(names, "; ")
	if s.From == s.Until && s.From != (scheduler.Date{}) {
		day := time.Date(s.From.Year, s.From.Month, s.From.Day, 12, 0, 0, 0, v.loc)
		return fmt.Sprintf("%s, %s", where, v.day(day, v.now)), ""
	}
	name = upper(v.weekdays(s.Days)) + ": " + where
	switch {
	case s.From != (scheduler.Date{}) && s.Until != (scheduler.Date{}):
		sub = v.word("schedule.from-until", v.dateOf(s.From), v.dateOf(s.Until))
	case s.From != (scheduler.Date{}):
		sub = v.word("schedule.from", v.dateOf(s.From))
	case s.Until != (scheduler.Date{}):
		sub = v.word("schedule.until", v.dateOf(s.Until))
	}
	if times := v.timesName(s); times != "" {
		sub = strings.TrimPrefix(sub+"; "+times, "; ")
	}
	return name, sub
}

func (v *visit) dateOf(d scheduler.Date) string {
	return v.fullOrNear(time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, v.loc), v.now)
}
