package scheduler

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"loalang/scheduler/calendar"
)

//go:embed rules/*.json
var rulesFiles embed.FS

// RulesModel is rules of a place to start from, and where they were read of. None
// claims that whoever takes it over keeps a law: what holds is for the commune to
// say.
type RulesModel struct {
	Key    string `json:"-"`
	Name   string `json:"name"`
	Source string `json:"source"`
	Note   string `json:"note"`
	RulesForm
}

// RulesModels are those that come with the program, each a file of rules/.
func RulesModels() []RulesModel { return slices.Clone(rulesModels()) }

// rulesModels reads the files once. They are a part of the program: a fault in one
// is a programmer's, and panics.
var rulesModels = sync.OnceValue(func() (all []RulesModel) {
	names, err := fs.Glob(rulesFiles, "rules/*.json")
	if err != nil {
		panic(fmt.Sprintf("list models of rules: %v", err))
	}
	for _, name := range names {
		var raw []byte
		m := RulesModel{Key: strings.TrimSuffix(strings.TrimPrefix(name, "rules/"), ".json")}
		if raw, err = fs.ReadFile(rulesFiles, name); err == nil {
			err = json.Unmarshal(raw, &m)
		}
		if err != nil {
			panic(fmt.Sprintf("read model of rules %s: %v", name, err))
		}
		m.Model = m.Name
		all = append(all, m)
	}
	return all
})

// CommonHolidays are the public holidays of Vietnam as a village may take them over,
// as Sundays; name words their codes. Which days are off in a year is for the
// government to say.
func CommonHolidays(name func(code string) string) (all []Holiday) {
	for _, h := range calendar.VietnamHolidays() {
		day := Holiday{Name: name(h.Code), Calendar: Solar, Month: h.From.Month, Day: h.From.Day, Length: h.Days}
		if h.From.Lunar {
			day.Calendar = Lunar
		}
		if h.From.Offset == -1 && h.From.Month == 1 && h.From.Day == 1 {
			day.Month, day.Day = 12, 30 // the last day of the old year
		}
		all = append(all, day)
	}
	return all
}
