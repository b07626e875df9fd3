package store

import (
	"encoding/json"
	"fmt"
	"time"

	"loalang/scheduler"
)

// seasonForm is a season as it is kept with its slot.
type seasonForm struct {
	From  string `json:"from"` // month-day, 11-15
	To    string `json:"to"`
	Start int    `json:"start"` // minutes after midnight
}

// dayOffForm is a day on which a slot is otherwise, as it is kept with it.
type dayOffForm struct {
	Date  string `json:"date"`
	Off   bool   `json:"off,omitempty"`
	Start int    `json:"start,omitempty"`
}

func seasonsOf(list []scheduler.Season) (string, error) {
	forms := make([]seasonForm, len(list))
	for i, x := range list {
		forms[i] = seasonForm{monthDay(x.From), monthDay(x.To), int(x.Start)}
	}
	raw, err := json.Marshal(forms)
	if err != nil {
		return "", fmt.Errorf("encode seasons: %w", err)
	}
	return string(raw), nil
}

func daysOffOf(list []scheduler.SlotDay) (string, error) {
	forms := make([]dayOffForm, len(list))
	for i, x := range list {
		forms[i] = dayOffForm{time.Date(x.Date.Year, x.Date.Month, x.Date.Day, 0, 0, 0, 0, time.UTC).Format(dayLayout), x.Off, int(x.Start)}
	}
	raw, err := json.Marshal(forms)
	if err != nil {
		return "", fmt.Errorf("encode days off: %w", err)
	}
	return string(raw), nil
}

func monthDay(d scheduler.MonthDay) string { return fmt.Sprintf("%02d-%02d", int(d.Month), d.Day) }

// seasons reads the column seasons.
type seasons []scheduler.Season

// Scan implements sql.Scanner.
func (l *seasons) Scan(src any) error {
	v, ok := src.(string)
	if !ok {
		return fmt.Errorf("seasons are kept as %T", src)
	}
	var forms []seasonForm
	if err := json.Unmarshal([]byte(v), &forms); err != nil {
		return fmt.Errorf("read seasons: %w", err)
	}
	*l = nil
	for _, f := range forms {
		x := scheduler.Season{Start: scheduler.TimeOfDay(f.Start)}
		for _, d := range []struct {
			text string
			into *scheduler.MonthDay
		}{{f.From, &x.From}, {f.To, &x.To}} {
			if _, err := fmt.Sscanf(d.text, "%d-%d", &d.into.Month, &d.into.Day); err != nil {
				return fmt.Errorf("read season %q: %w", d.text, err)
			}
		}
		*l = append(*l, x)
	}
	return nil
}

// daysOff reads the column days_off.
type daysOff []scheduler.SlotDay

// Scan implements sql.Scanner.
func (l *daysOff) Scan(src any) error {
	v, ok := src.(string)
	if !ok {
		return fmt.Errorf("days off are kept as %T", src)
	}
	var forms []dayOffForm
	if err := json.Unmarshal([]byte(v), &forms); err != nil {
		return fmt.Errorf("read days off: %w", err)
	}
	*l = nil
	for _, f := range forms {
		x := scheduler.SlotDay{Off: f.Off, Start: scheduler.TimeOfDay(f.Start)}
		if err := (*day)(&x.Date).Scan(f.Date); err != nil {
			return err
		}
		*l = append(*l, x)
	}
	return nil
}
