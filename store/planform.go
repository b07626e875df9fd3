package store

import (
	"encoding/json"
	"fmt"
	"time"

	"loalang/scheduler"
)

// planVersion counts the changes of the form below that an older program could
// not read.
const planVersion = 1

// planForm is a plan as it is kept. It is apart from scheduler.Plan so that a
// name may change there without making yesterday's plan unreadable. Instants
// are microseconds since 1970 UTC, lengths nanoseconds.
type planForm struct {
	Version     int              `json:"version"`
	Village     string           `json:"village"`
	Zone        string           `json:"zone"`
	Made        stamp            `json:"made"`
	From        stamp            `json:"from"`
	To          stamp            `json:"to"`
	Occurrences []occurrenceForm `json:"occurrences"`
	Omissions   []omissionForm   `json:"omissions"`
}

type occurrenceForm struct {
	ID           string       `json:"id"`
	Kind         string       `json:"kind"`
	Village      string       `json:"village"`
	Announcement string       `json:"announcement,omitempty"`
	Schedule     string       `json:"schedule,omitempty"`
	Slot         string       `json:"slot,omitempty"`
	Title        string       `json:"title,omitempty"`
	Class        string       `json:"class,omitempty"`
	Nominal      stamp        `json:"nominal"`
	Due          stamp        `json:"due"`
	Length       int64        `json:"length"`
	Parts        []partForm   `json:"parts,omitempty"`
	Misfire      misfireForm  `json:"misfire"`
	Immediate    bool         `json:"immediate,omitempty"`
	Recurring    bool         `json:"recurring,omitempty"`
	SpeakerOnly  bool         `json:"speaker_only,omitempty"`
	Reasons      []reasonForm `json:"reasons,omitempty"`
	Until        stamp        `json:"until,omitzero"`
	UntilReason  string       `json:"until_reason,omitempty"`
	Expires      stamp        `json:"expires,omitzero"`
	Interrupted  string       `json:"interrupted,omitempty"`
	Bed          *partForm    `json:"bed,omitempty"`
	Relay        *relayForm   `json:"relay,omitempty"`
	Missing      []string     `json:"missing,omitempty"`
	Drill        *drillForm   `json:"drill,omitempty"`
}

type drillForm struct {
	Silent    bool     `json:"silent,omitempty"`
	Key       bool     `json:"key,omitempty"`
	Before    string   `json:"before,omitempty"`
	After     string   `json:"after,omitempty"`
	Siren     int64    `json:"siren"`
	Languages []string `json:"languages,omitempty"`
	By        string   `json:"by,omitempty"`
	Chime     string   `json:"chime,omitempty"`
}

type relayForm struct {
	Station  string    `json:"station"`
	URL      string    `json:"url,omitempty"`
	Input    string    `json:"input,omitempty"`
	Fallback soundForm `json:"fallback,omitzero"`
	Patience int64     `json:"patience"`
}

type soundForm struct {
	Recording string `json:"recording"`
	Length    int64  `json:"length"`
}

type partForm struct {
	Kind      string   `json:"kind"`
	Recording string   `json:"recording"`
	Language  string   `json:"language,omitempty"`
	Length    int64    `json:"length"`
	Pause     int64    `json:"pause,omitempty"`
	For       []string `json:"for,omitempty"`
}

type misfireForm struct {
	Policy string `json:"policy,omitempty"`
	Grace  int64  `json:"grace,omitempty"`
}

type reasonForm struct {
	Code       string `json:"code"`
	Occurrence string `json:"occurrence,omitempty"`
	Language   string `json:"language,omitempty"`
	Until      stamp  `json:"until,omitzero"`
	By         int64  `json:"by,omitempty"`
	Count      int    `json:"count,omitempty"`
	Exception  string `json:"exception,omitempty"`
	Exempts    bool   `json:"exempts,omitempty"`
	Person     string `json:"person,omitempty"`
	Why        string `json:"why,omitempty"`
	Limit      string `json:"limit,omitempty"`
	Title      string `json:"title,omitempty"`
}

type omissionForm struct {
	Occurrence occurrenceForm `json:"occurrence"`
	Reason     reasonForm     `json:"reason"`
	Final      stamp          `json:"final,omitzero"`
}

// stamp is an instant; the zero time is null.
type stamp struct{ time.Time }

// MarshalJSON implements json.Marshaler.
func (s stamp) MarshalJSON() ([]byte, error) { return json.Marshal(micros(s.Time)) }

// UnmarshalJSON implements json.Unmarshaler.
func (s *stamp) UnmarshalJSON(raw []byte) error {
	var v *int64
	if err := json.Unmarshal(raw, &v); err != nil {
		return err
	}
	*s = stamp{}
	if v != nil {
		s.Time = time.UnixMicro(*v).UTC()
	}
	return nil
}

func encodePlan(p scheduler.Plan) (string, error) {
	f := planForm{
		Version: planVersion, Village: p.Village, Zone: p.Zone,
		Made: stamp{p.Made}, From: stamp{p.From}, To: stamp{p.To},
		Occurrences: each(p.Occurrences, formOccurrence),
		Omissions:   each(p.Omissions, formOmission),
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("encode plan: %w", err)
	}
	return string(raw), nil
}

func decodePlan(raw []byte) (scheduler.Plan, error) {
	var f planForm
	if err := json.Unmarshal(raw, &f); err != nil {
		return scheduler.Plan{}, fmt.Errorf("decode plan: %w", err)
	}
	if f.Version > planVersion {
		return scheduler.Plan{}, fmt.Errorf("decode plan: %w (its form is %d, this program knows %d)", ErrNewer, f.Version, planVersion)
	}
	return scheduler.Plan{
		Village: f.Village, Zone: f.Zone, Made: f.Made.Time, From: f.From.Time, To: f.To.Time,
		Occurrences: each(f.Occurrences, readOccurrence),
		Omissions:   each(f.Omissions, readOmission),
	}, nil
}

// each is f of every element; nil of none.
func each[A, B any](list []A, f func(A) B) []B {
	if len(list) == 0 {
		return nil
	}
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

func formOccurrence(o scheduler.Occurrence) occurrenceForm {
	f := occurrenceForm{
		ID: o.ID, Kind: string(o.Kind), Village: o.Village, Announcement: o.Announcement, Schedule: o.Schedule, Slot: o.Slot,
		Title: o.Title, Class: string(o.Class), Nominal: stamp{o.Nominal}, Due: stamp{o.Due}, Length: int64(o.Length),
		Parts: each(o.Parts, formPart), Misfire: misfireForm{Policy: string(o.Misfire.Policy), Grace: int64(o.Misfire.Grace)},
		Immediate: o.Immediate, Recurring: o.Recurring, SpeakerOnly: o.SpeakerOnly, Reasons: each(o.Reasons, formReason), Until: stamp{o.Until}, UntilReason: o.UntilReason, Expires: stamp{o.Expires},
		Interrupted: string(o.Interrupted), Missing: o.Missing,
	}
	if o.Bed != nil {
		bed := formPart(*o.Bed)
		f.Bed = &bed
	}
	if r := o.Relay; r != nil {
		f.Relay = &relayForm{Station: r.Station, URL: r.URL, Input: r.Input, Fallback: soundForm{r.Fallback.Recording, int64(r.Fallback.Length)}, Patience: int64(r.Patience)}
	}
	if d := o.Drill; d != nil {
		f.Drill = &drillForm{Silent: d.Silent, Key: d.Key, Before: d.Before, After: d.After, Siren: int64(d.Siren), Languages: d.Languages, By: d.By, Chime: d.Chime}
	}
	return f
}

func readOccurrence(f occurrenceForm) scheduler.Occurrence {
	o := scheduler.Occurrence{
		ID: f.ID, Kind: scheduler.OccurrenceKind(f.Kind), Village: f.Village, Announcement: f.Announcement, Schedule: f.Schedule, Slot: f.Slot,
		Title: f.Title, Class: scheduler.Class(f.Class), Nominal: f.Nominal.Time, Due: f.Due.Time, Length: time.Duration(f.Length),
		Parts: each(f.Parts, readPart), Misfire: scheduler.Misfire{Policy: scheduler.Policy(f.Misfire.Policy), Grace: time.Duration(f.Misfire.Grace)},
		Immediate: f.Immediate, Recurring: f.Recurring, SpeakerOnly: f.SpeakerOnly, Reasons: each(f.Reasons, readReason), Until: f.Until.Time, UntilReason: f.UntilReason, Expires: f.Expires.Time,
		Interrupted: scheduler.Resumption(f.Interrupted), Missing: f.Missing,
	}
	if o.Expires.IsZero() && o.UntilReason != scheduler.ReasonOutsideHours {
		o.Expires = o.Until // of a plan from before plans said so
	}
	if f.Bed != nil {
		bed := readPart(*f.Bed)
		o.Bed = &bed
	}
	if r := f.Relay; r != nil {
		o.Relay = &scheduler.RelayTurn{
			Station: r.Station, URL: r.URL, Input: r.Input, Fallback: scheduler.Sound{Recording: r.Fallback.Recording, Length: time.Duration(r.Fallback.Length)},
			Patience: time.Duration(r.Patience),
		}
	}
	if d := f.Drill; d != nil {
		o.Drill = &scheduler.DrillTurn{Silent: d.Silent, Key: d.Key, Before: d.Before, After: d.After, Siren: time.Duration(d.Siren), Languages: d.Languages, By: d.By, Chime: d.Chime}
	}
	return o
}

func formPart(p scheduler.Part) partForm {
	return partForm{Kind: string(p.Kind), Recording: p.Recording, Language: p.Language, Length: int64(p.Length), Pause: int64(p.Pause), For: p.For}
}

func readPart(f partForm) scheduler.Part {
	return scheduler.Part{Kind: scheduler.PartKind(f.Kind), Recording: f.Recording, Language: f.Language, Length: time.Duration(f.Length), Pause: time.Duration(f.Pause), For: f.For}
}

func formReason(r scheduler.Reason) reasonForm {
	return reasonForm{Code: r.Code, Occurrence: r.Occurrence, Language: r.Language, Until: stamp{r.Until}, By: int64(r.By), Count: r.Count, Exception: r.Exception, Exempts: r.Exempts, Person: r.Person, Why: r.Why, Limit: r.Limit, Title: r.Title}
}

func readReason(f reasonForm) scheduler.Reason {
	return scheduler.Reason{
		Code: f.Code, Occurrence: f.Occurrence, Language: f.Language, Until: f.Until.Time, By: time.Duration(f.By),
		Count: f.Count, Exception: f.Exception, Exempts: f.Exempts, Person: f.Person, Why: f.Why, Limit: f.Limit, Title: f.Title,
	}
}

func formOmission(o scheduler.Omission) omissionForm {
	return omissionForm{Occurrence: formOccurrence(o.Occurrence), Reason: formReason(o.Reason), Final: stamp{o.Final}}
}

func readOmission(f omissionForm) scheduler.Omission {
	return scheduler.Omission{Occurrence: readOccurrence(f.Occurrence), Reason: readReason(f.Reason), Final: f.Final.Time}
}
