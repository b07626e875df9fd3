package health

import (
	"slices"
	"time"
)

// Part is what of a board a finding is about.
type Part string

// The parts, in the order in which people read them.
const (
	Program     Part = "program"
	Card        Part = "card"
	Amplifier   Part = "amplifier"
	Zones       Part = "zones"
	Bypass      Part = "bypass"
	Button      Part = "button"
	Light       Part = "light"
	Monitor     Part = "monitor"
	Clock       Part = "clock"
	RTC         Part = "rtc"
	Power       Part = "power"
	Temperature Part = "temperature"
	Disk        Part = "disk"
	Wear        Part = "wear"
	Database    Part = "database"
	Recordings  Part = "recordings"
	Backup      Part = "backup"
	Aired       Part = "aired"
	Plan        Part = "plan"
	Link        Part = "link"
	Memory      Part = "memory"
	Descriptors Part = "descriptors"
)

// Level is how a part is.
type Level string

// The levels, from nothing known to a fault: something is not heard, or soon is lost.
const (
	Unmeasured Level = "unmeasured"
	Good       Level = "good"
	Warning    Level = "warning"
	Fault      Level = "fault"
)

// Rank orders levels: 0 unmeasured, 1 good, 2 warning, 3 fault.
func (l Level) Rank() int {
	return max(slices.Index([]Level{Unmeasured, Good, Warning, Fault}, l), 0)
}

// Unit is in what a Value is counted.
type Unit string

// The units. Seconds are spans of time, Instant is Unix seconds, Text has no amount.
const (
	Count     Unit = "count"
	Percent   Unit = "percent"
	Megabytes Unit = "megabytes"
	Celsius   Unit = "celsius"
	Seconds   Unit = "seconds"
	Instant   Unit = "instant"
	Text      Unit = "text"
)

// Value is one number or name in the words of a finding.
type Value struct {
	Amount float64 `json:"amount,omitempty"`
	Text   string  `json:"text,omitempty"`
	Unit   Unit    `json:"unit"`
}

func count(n int) Value           { return Value{Amount: float64(n), Unit: Count} }
func percent(n float64) Value     { return Value{Amount: n, Unit: Percent} }
func megabytes(bytes int64) Value { return Value{Amount: float64(bytes >> 20), Unit: Megabytes} }
func celsius(t float64) Value     { return Value{Amount: t, Unit: Celsius} }
func span(d time.Duration) Value {
	return Value{Amount: d.Truncate(time.Second).Seconds(), Unit: Seconds}
}
func instant(t time.Time) Value { return Value{Amount: float64(t.Unix()), Unit: Instant} }
func text(s string) Value       { return Value{Text: s, Unit: Text} }

// Finding is what is to be said of one part. Its words stand under Code; what to do
// beside it, under Code with "-do" behind it, where it is Bad or a Hint.
type Finding struct {
	Part   Part    `json:"part"`
	Level  Level   `json:"level"`
	Code   Code    `json:"code"`
	Values []Value `json:"values,omitempty"` // {0}, {1}… of the words
}

// Bad says whether something is to be done.
func (f Finding) Bad() bool { return f.Level == Warning || f.Level == Fault }

// Hint says whether something could be better on a board that is well: it is advised, and
// nobody is warned.
func (f Finding) Hint() bool { return f.Level == Good && f.Code == BackupHere }

// Report is everything that was found at one instant, in the order of the parts.
type Report struct {
	At       time.Time `json:"at"`
	Findings []Finding `json:"findings"`
}

// Level is the worst level of any part; Unmeasured when nothing was measured.
func (r Report) Level() Level { return r.LevelBut() }

// LevelBut is the worst level of any finding but those with one of these codes.
func (r Report) LevelBut(codes ...Code) Level {
	worst := Unmeasured
	for _, f := range r.Findings {
		if f.Level.Rank() > worst.Rank() && !slices.Contains(codes, f.Code) {
			worst = f.Level
		}
	}
	return worst
}

// Count is how many findings have a level.
func (r Report) Count(l Level) (n int) {
	for _, f := range r.Findings {
		if f.Level == l {
			n++
		}
	}
	return n
}

// Of is what was found of a part; a Finding without a code when nothing was.
func (r Report) Of(p Part) Finding {
	for _, f := range r.Findings {
		if f.Part == p {
			return f
		}
	}
	return Finding{Part: p, Level: Unmeasured}
}
