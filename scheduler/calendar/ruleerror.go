package calendar

import "fmt"

// Codes of RuleError.
const (
	RuleEmpty       = "rule-empty"       // nothing is written
	RuleTooLong     = "rule-too-long"    // more text than MaxRuleText
	RulePart        = "rule-part"        // a property or part that is not known
	RuleTwice       = "rule-twice"       // a part that may stand once stands twice
	RuleValue       = "rule-value"       // a value that cannot be read
	RuleRange       = "rule-range"       // a number outside its limit
	RuleNoStart     = "rule-no-start"    // nothing says when it begins
	RuleNoFreq      = "rule-no-freq"     // the pattern has no FREQ
	RuleCountUntil  = "rule-count-until" // COUNT and UNTIL together
	RuleOften       = "rule-often"       // more than MaxPerDay times a day
	RuleTooMany     = "rule-too-many"    // more than MaxDates in EXDATE or RDATE
	RuleScale       = "rule-scale"       // a calendar that is not known
	RuleCombination = "rule-combination" // parts that may not stand together
	RuleZone        = "rule-zone"        // a zone that is not known
	RuleOrder       = "rule-order"       // it ends before it begins
	RuleNever       = "rule-never"       // the pattern names no day in 400 years
)

// The bounds of a Rule.
const (
	MaxRuleText = 512 << 10 // bytes of its text
	MaxDates    = 10000     // dates in EXDATE, and in RDATE
	MaxCount    = 10000     // COUNT
	MaxInterval = 10000     // INTERVAL
	MaxOffset   = 366       // days of OFFSET, either way
	MaxPerDay   = 288       // times a day, one every five minutes
)

// RuleError says what is wrong with the text of a Rule. Code is stable and for
// others to word; Error is an English sentence for a command line and a log.
type RuleError struct {
	Code  string
	Part  string // "BYMONTHDAY"; may be empty
	Value string // what stands there, at most 40 bytes of it
	Limit string // what is allowed; may be empty
}

func (e RuleError) Error() string {
	switch e.Code {
	case RuleEmpty:
		return "the rule is empty: write such as FREQ=DAILY"
	case RuleTooLong:
		return fmt.Sprintf("the rule is longer than %s bytes", e.Limit)
	case RulePart:
		return fmt.Sprintf("a rule knows no %q", e.Part)
	case RuleTwice:
		return fmt.Sprintf("%s stands twice in the rule", e.Part)
	case RuleRange:
		return fmt.Sprintf("%s cannot be %q: %s", e.Part, e.Value, e.Limit)
	case RuleNoStart:
		return "the rule does not say when it begins: add DTSTART"
	case RuleNoFreq:
		return "the rule has no FREQ, such as FREQ=DAILY"
	case RuleCountUntil:
		return "the rule has both COUNT and UNTIL: one of them is enough"
	case RuleOften:
		return fmt.Sprintf("the rule comes round more than %s times a day", e.Limit)
	case RuleTooMany:
		return fmt.Sprintf("%s has more than %s dates", e.Part, e.Limit)
	case RuleScale:
		return fmt.Sprintf("the calendar %q is not known: RSCALE is VIETNAMESE or GREGORIAN", e.Value)
	case RuleCombination:
		return fmt.Sprintf("%s cannot stand together with %s", e.Part, e.Limit)
	case RuleZone:
		return fmt.Sprintf("the zone %q is not known: write such as Asia/Ho_Chi_Minh", e.Value)
	case RuleOrder:
		return "the rule ends (UNTIL) before it begins (DTSTART)"
	case RuleNever:
		return "the rule never comes round: no year has such a day"
	default:
		return fmt.Sprintf("%s cannot be read: %q", e.Part, e.Value)
	}
}
