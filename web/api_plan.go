package web

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

type (
	villagesInput  struct{ Caller }
	villagesOutput struct {
		Body struct {
			Villages []villageJSON `json:"villages"`
		}
	}
	villageInput struct {
		Caller
		Key  string `path:"key"`
		Body struct {
			Name    *string      `json:"name,omitempty" maxLength:"200" doc:"As people call it, without the word for village."`
			Commune *string      `json:"commune,omitempty" maxLength:"200" doc:"Likewise; empty: none is named."`
			Allowed []windowJSON `json:"allowed,omitempty" maxItems:"20" doc:"When sound is allowed; none is always; left out: as it is."`

			Languages []string `json:"languages,omitempty" maxItems:"20" doc:"In the order they air; left out: as they are."`
			Missing   string   `json:"missing,omitempty" enum:"fallback,wait,skip" doc:"What becomes of a notice that is not ready in a language: Vietnamese stands for it, the notice waits for its next slot, or the others air."`
			Pause     *float64 `json:"pause,omitempty" minimum:"0" maximum:"5" doc:"Seconds of silence between two languages; 0: as between the other parts."`

			Board        string  `json:"board,omitempty" enum:"on,off" doc:"Whether the village has a public board."`
			BoardIndexed *bool   `json:"board_indexed,omitempty" doc:"Whether search engines may list it."`
			BoardAddress *string `json:"board_address,omitempty" doc:"Where people open it, as posters print it; empty: where the poster was opened."`

			Revision int64 `json:"revision,omitempty" minimum:"1" doc:"The revision that was read: 409 when somebody has changed it since."`
		}
	}
	villageOutput struct {
		Body villageJSON
	}
	slotsInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	slotsOutput struct {
		Body struct {
			Slots []slotJSON `json:"slots"`
		}
	}
	planInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		From    string `query:"from" doc:"A day such as 2026-11-23, or an instant in RFC 3339, at most 92 days ahead; now when left out."`
		Days    int    `query:"days" minimum:"1" maximum:"31" default:"7"`
	}
	planOutput struct {
		Body planJSON
	}
)

// villageJSON is a village with the rules of the place.
type villageJSON struct {
	Key       string       `json:"key"`
	Name      string       `json:"name"`
	Commune   string       `json:"commune"`
	Zone      string       `json:"zone" doc:"IANA name."`
	Languages []string     `json:"languages" doc:"In the order they air."`
	Allowed   []windowJSON `json:"allowed" doc:"When sound is allowed; none is always."`
	Missing   string       `json:"missing" enum:"fallback,wait,skip" doc:"What becomes of a notice that is not ready in a language."`
	Pause     float64      `json:"pause,omitempty" doc:"Seconds of silence between two languages; absent: as between the other parts."`
	Board     boardJSON    `json:"board"`
	Volume    int          `json:"volume" doc:"dB of the programme against how sound is levelled."`
	Revision  int64        `json:"revision" doc:"Goes up by one at each change."`
}

// boardJSON is what a village decided about its public board.
type boardJSON struct {
	State   string `json:"state" enum:"unasked,on,off" doc:"unasked: nobody has decided; nothing is shown."`
	Indexed bool   `json:"indexed" doc:"Search engines may list it."`
	Address string `json:"address,omitempty" doc:"As posters print it; absent: where the poster was opened."`
}

type windowJSON struct {
	From string   `json:"from" doc:"Civil time of day, 05:00."`
	To   string   `json:"to" doc:"24:00 is the end of the day."`
	Days []string `json:"days,omitempty" doc:"mon … sun; none is every day."`
}

// slotJSON is a daily window of broadcasting.
type slotJSON struct {
	ID     string   `json:"id"`
	Name   string   `json:"name,omitempty"`
	Start  string   `json:"start" doc:"Civil time of day, 17:00."`
	Length float64  `json:"length" doc:"Seconds."`
	Days   []string `json:"days" doc:"None is every day."`
	// Opening and what follows is as the slot is kept.
	Opening string        `json:"opening,omitempty" doc:"Recording that opens it."`
	Closing string        `json:"closing,omitempty" doc:"Recording that closes it."`
	Limit   float64       `json:"limit,omitempty" doc:"Seconds that notices may take of it; absent: all."`
	Seasons []seasonJSON  `json:"seasons" doc:"Stretches of the year in which it begins at another time; the first that holds a day counts."`
	DaysOff []slotDayJSON `json:"days_off" doc:"Days on which it is not held, or at another time."`
	// Relays and Revision are for who changes them.
	Relays   []relayJSON `json:"relays" doc:"Higher stations that are relayed in it."`
	Revision int64       `json:"revision"`
	// Room is told of a slot that was just saved.
	Overlaps []clashJSON `json:"overlaps,omitempty" doc:"Of a slot that was just saved: the slots that are held at the same time."`
	Room     *roomJSON   `json:"room,omitempty" doc:"Of a slot that was just saved: what it holds for notices."`
}

// planJSON is what a village will hear.
type planJSON struct {
	Village     string           `json:"village"`
	Zone        string           `json:"zone,omitempty" doc:"IANA name in which civil times were read."`
	Made        *time.Time       `json:"made,omitempty" doc:"Absent before the first plan."`
	From        time.Time        `json:"from"`
	To          time.Time        `json:"to" doc:"Exclusive."`
	Occurrences []occurrenceJSON `json:"occurrences" doc:"By due."`
	Omissions   []occurrenceJSON `json:"omissions" doc:"Promised, but will not air; reasons say why."`
	Clock       *clockJSON       `json:"clock,omitempty" doc:"By which it is told when that is."`
}

// occurrenceJSON is one announcement due once.
type occurrenceJSON struct {
	ID           string       `json:"id"`
	Kind         string       `json:"kind" enum:"notice,opening,closing,relay"`
	Announcement string       `json:"announcement,omitempty"`
	Schedule     string       `json:"schedule,omitempty"`
	Slot         string       `json:"slot,omitempty"`
	Title        string       `json:"title"`
	Class        string       `json:"class,omitempty"`
	Nominal      *time.Time   `json:"nominal,omitempty" doc:"When it was promised."`
	Due          *time.Time   `json:"due,omitempty" doc:"The first frame of its chime."`
	Ends         *time.Time   `json:"ends,omitempty"`
	Length       float64      `json:"length" doc:"Seconds."`
	Parts        []partJSON   `json:"parts"`
	Reasons      []reasonJSON `json:"reasons"`
	Missing      []string     `json:"missing,omitempty" doc:"Languages of the village that are not ready."`
}

type partJSON struct {
	Kind      string  `json:"kind" enum:"chime,voice,tail,opening,closing,bed,relay,fallback,live"`
	Recording string  `json:"recording"`
	Language  string  `json:"language,omitempty"`
	Length    float64 `json:"length" doc:"Seconds."`
	Pause     float64 `json:"pause,omitempty" doc:"Seconds of silence before it."`

	For []string `json:"for,omitempty" doc:"Languages that are missing, for which this voice stands."`
}

// reasonJSON explains a decision.
type reasonJSON struct {
	Code       string     `json:"code"`
	Detail     string     `json:"detail"`
	Occurrence string     `json:"occurrence,omitempty" doc:"The other party of a conflict."`
	Language   string     `json:"language,omitempty"`
	Until      *time.Time `json:"until,omitempty"`
	By         float64    `json:"by,omitempty" doc:"Seconds; of a limit, the limit."`
	Count      int        `json:"count,omitempty" doc:"How many; of a limit, the limit."`
	Exception  string     `json:"exception,omitempty" doc:"ID of the exception by which it airs against a rule of the place."`
	Person     string     `json:"person,omitempty" doc:"Who approved it."`
	Why        string     `json:"why,omitempty" doc:"The reason that was given."`
	Limit      string     `json:"limit,omitempty" doc:"Of what is moved: the code of the limit for which there was no room; absent: the slot was full."`
}

func (s *Server) registerPlaces(api huma.API) {
	const tag = "plan"
	answer(s, api, operation{"list-villages", http.MethodGet, "/villages", "List villages", tag, people.View, 0}, s.listVillages)
	answer(s, api, operation{"edit-village", http.MethodPatch, "/villages/{key}", "Change a village: its name, its allowed hours, its languages", tag, people.Arrange, 0}, s.editVillage)
	answer(s, api, operation{"list-slots", http.MethodGet, "/slots", "List the slots of a village", tag, people.View, 0}, s.listSlots)
	answer(s, api, operation{"get-plan", http.MethodGet, "/plan", "Read what a village will hear", tag, people.View, 0}, s.getPlan)
	s.registerMoves(api)
}

func (s *Server) listVillages(ctx context.Context, in *villagesInput) (*villagesOutput, error) {
	vs, err := s.cfg.Places.Villages(ctx)
	if err != nil {
		return nil, err
	}
	var out villagesOutput
	out.Body.Villages = []villageJSON{}
	for _, v := range vs {
		if !in.who.May(people.View, v.Key) {
			continue
		}
		out.Body.Villages = append(out.Body.Villages, villageOf(v))
	}
	return &out, nil
}

func villageOf(v scheduler.Village) villageJSON {
	j := villageJSON{v.Key, v.Name, v.Commune, v.Zone, entries(v.Languages), []windowJSON{}, string(v.MissingRule()), v.Pause.Seconds(), boardJSON{cmp.Or(string(v.Publicity.Board), "unasked"), v.Publicity.Indexed, v.Publicity.Address}, v.Volume, v.Revision}
	for _, w := range v.Allowed {
		j.Allowed = append(j.Allowed, windowJSON{w.From.String(), w.To.String(), daysOf(w.Days)})
	}
	return j
}

// editVillage changes the rules of the place; the plan follows at once.
func (s *Server) editVillage(ctx context.Context, in *villageInput) (*villageOutput, error) {
	if !in.who.May(people.Arrange, in.Key) {
		return nil, in.forbidden()
	}
	var faults scheduler.Invalid
	var windows []scheduler.Window
	b := in.Body
	if b.Name == nil && b.Commune == nil && b.Allowed == nil && b.Languages == nil && b.Missing == "" && b.Pause == nil && b.Board == "" && b.BoardIndexed == nil && b.BoardAddress == nil {
		faults = append(faults, scheduler.Fault{Field: "allowed", Code: scheduler.FaultRequired})
	}
	for i, j := range in.Body.Allowed {
		w, wrong := readWindow(j)
		for _, f := range wrong {
			faults = append(faults, fieldFault("allowed", i, f.Field, f.Code, f.Limit))
		}
		windows = append(windows, w)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	place, err := s.arrange(ctx, in.Key, in.Body.Revision, func(v *scheduler.Village) {
		if b.Name != nil {
			v.Name = placeName(*b.Name, "thôn")
		}
		if b.Commune != nil {
			v.Commune = placeName(*b.Commune, "xã")
		}
		if in.Body.Allowed != nil {
			v.Allowed = windows
		}
		if in.Body.Languages != nil {
			v.Languages = in.Body.Languages
		}
		if in.Body.Missing != "" {
			v.Missing = scheduler.MissingRule(in.Body.Missing)
		}
		if in.Body.Pause != nil {
			v.Pause = time.Duration(*in.Body.Pause * float64(time.Second))
		}
		if b.Board != "" {
			v.Publicity.Board = scheduler.BoardState(b.Board)
		}
		if b.BoardIndexed != nil {
			v.Publicity.Indexed = *b.BoardIndexed
		}
		if b.BoardAddress != nil {
			v.Publicity.Address = strings.TrimSpace(*b.BoardAddress)
		}
	})
	if err != nil {
		return nil, err
	}
	return &villageOutput{Body: villageOf(place)}, nil
}

func (s *Server) listSlots(ctx context.Context, in *slotsInput) (*slotsOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	slots, err := s.cfg.Places.Slots(ctx, village)
	if err != nil {
		return nil, err
	}
	var out slotsOutput
	out.Body.Slots = []slotJSON{}
	for _, sl := range slots {
		out.Body.Slots = append(out.Body.Slots, slotOf(sl))
	}
	return &out, nil
}

func (s *Server) getPlan(ctx context.Context, in *planInput) (*planOutput, error) {
	village, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	p, err := s.phrase(ctx, in.lang, village)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Now()
	from := now
	if in.From != "" {
		if from, err = p.dayOrInstant(in.From); err != nil {
			return nil, in.invalid("from", "date", "")
		}
	}
	to, err := scheduler.PlanSpan(now, from.In(p.loc), in.Days)
	if err != nil {
		return nil, err
	}
	plan, err := s.planUntil(ctx, village, now, to)
	if err != nil {
		return nil, err
	}
	rows, err := s.cfg.AsRun.AsRuns(ctx, village, now.Add(-scheduler.MaxSlot), now.Add(takenAhead))
	if err != nil && !isDamage(err) {
		return nil, err
	}
	plan = plan.With(playout.Underway(rows))
	plan.Village, plan.From, plan.To = village, from, to
	out := &planOutput{Body: p.plan(plan, now)}
	out.Body.Clock = s.clock()
	return out, nil
}

// takenAhead is more than how long before its instant anything is taken over
// from the plan.
const takenAhead = time.Hour

// planUntil is the published plan of a village, and from where that ends until
// to what the book says now.
func (s *Server) planUntil(ctx context.Context, village string, now, to time.Time) (scheduler.Plan, error) {
	plan, err := s.cfg.AsRun.Published(ctx, village)
	if err != nil || !to.After(plan.To) {
		return plan, err
	}
	book, err := s.cfg.AsRun.Book(ctx, village, now)
	if isDamage(err) {
		return plan, nil // it ends with what was published
	}
	if err != nil {
		return plan, err
	}
	longer, err := scheduler.BuildPlan(now, to.Sub(now), book)
	if err != nil {
		return plan, err
	}
	return plan.Extend(longer), nil
}

// phrase speaks a language in the civil time of a village.
func (s *Server) phrase(ctx context.Context, lang, village string) (phrase, error) {
	v, err := s.cfg.Places.Village(ctx, village)
	if err != nil {
		return phrase{}, err
	}
	loc, err := v.Location()
	if err != nil {
		loc = time.UTC
	}
	return phrase{lang: lang, loc: loc}, nil
}

// dayOrInstant reads "2026-11-23" as the midnight that begins that day, and
// RFC 3339 as the instant.
func (p phrase) dayOrInstant(text string) (time.Time, error) {
	if t, err := time.ParseInLocation(time.DateOnly, text, p.loc); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, text)
}

func (p phrase) occurrence(o scheduler.Occurrence, reasons []scheduler.Reason, now time.Time) occurrenceJSON {
	j := occurrenceJSON{
		ID: o.ID, Kind: string(o.Kind), Announcement: o.Announcement, Schedule: o.Schedule, Slot: o.Slot, Title: o.Title,
		Class: string(o.Class), Nominal: instantOf(o.Nominal), Due: instantOf(o.Due), Length: o.Length.Seconds(),
		Parts: []partJSON{}, Reasons: []reasonJSON{}, Missing: o.Missing,
	}
	if !o.Due.IsZero() {
		j.Ends = instantOf(o.End())
	}
	for _, part := range o.Parts {
		j.Parts = append(j.Parts, partJSON{string(part.Kind), part.Recording, part.Language, part.Length.Seconds(), part.Pause.Seconds(), part.For})
	}
	for _, r := range reasons {
		j.Reasons = append(j.Reasons, p.reasonOf(r, now))
	}
	return j
}

func (p phrase) reasonOf(r scheduler.Reason, now time.Time) reasonJSON {
	return reasonJSON{r.Code, p.reason(r, now), r.Occurrence, r.Language, instantOf(r.Until), r.By.Seconds(), r.Count, r.Exception, r.Person, r.Why, r.Limit}
}
