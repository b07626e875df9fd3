package scheduler

import (
	"slices"
	"time"
)

// Vietnamese is the language in which announcements are written, and which
// stands for one that is missing.
const Vietnamese = "vi"

// MaxLanguagePause is the greatest Village.Pause: a longer silence is taken for
// the end.
const MaxLanguagePause = 5 * time.Second

// MissingRule says what becomes of a notice that is not ready in one of the
// languages of its village when its time has come.
type MissingRule string

// The rules for a missing language.
const (
	FallBack MissingRule = "fallback" // Vietnamese stands for it
	Wait     MissingRule = "wait"     // the notice waits for its next slot
	LeaveOut MissingRule = "skip"     // the other languages air
)

// MissingRules lists every MissingRule, the usual one first.
func MissingRules() []MissingRule { return []MissingRule{FallBack, Wait, LeaveOut} }

// maxWait is how long a notice waits for a language that neither has a last
// slot nor a validity that ends.
const maxWait = 7 * 24 * time.Hour

// MissingRule is v.Missing, or the usual one.
func (v Village) MissingRule() MissingRule {
	if v.Missing == "" {
		return FallBack
	}
	return v.Missing
}

// Tongues are the languages in which an announcement for v has a Rendition:
// those of the village in their order, and behind them Vietnamese where it may
// have to stand for one of them.
func (v Village) Tongues() []string {
	tongues := slices.Clone(v.Languages)
	if v.MissingRule() != LeaveOut && !slices.Contains(tongues, Vietnamese) {
		tongues = append(tongues, Vietnamese)
	}
	return tongues
}

// Added are the Tongues of v that are not among those of before.
func (v Village) Added(before []string) []string {
	return slices.DeleteFunc(v.Tongues(), func(language string) bool { return slices.Contains(before, language) })
}

// waits says whether a notice in a slot waits for a language: the village wants
// that, and there is a later slot in which it may air, unless it has waited long
// enough.
func (b *builder) waits(p *promise, s *Schedule) bool {
	lacking := b.sound(p.occ.Announcement).missing
	if b.book.Village.MissingRule() != Wait || !s.bySlot() || len(lacking) == 0 {
		return false
	}
	next := b.next(p)
	if next.IsZero() || b.endless(s) && !next.Before(b.firstSlot(s).Add(maxWait)) {
		return false
	}
	return b.omit(p.occ, p.end(), Reason{Code: ReasonWaits, Language: lacking[0], Until: next})
}

// endless says whether a schedule in slots has neither a last day nor an
// announcement that expires.
func (b *builder) endless(s *Schedule) bool {
	return s.Until == Date{} && b.about(s.Announcement).ValidUntil.IsZero()
}

// firstSlot is from when on a schedule in slots may air.
func (b *builder) firstSlot(s *Schedule) time.Time {
	from := later(s.Created, b.about(s.Announcement).ValidFrom)
	if s.From != (Date{}) {
		from = later(from, time.Date(s.From.Year, s.From.Month, s.From.Day, 0, 0, 0, 0, b.loc))
	}
	return from
}

// cannotWait words the reasons of a promise that would have waited, and could
// not.
func (b *builder) cannotWait(reasons []Reason) []Reason {
	reasons = slices.Clone(reasons)
	if b.book.Village.MissingRule() != Wait {
		return reasons
	}
	for i := range reasons {
		if reasons[i].Code == ReasonStands {
			reasons[i].Code = ReasonCannotWait
		}
	}
	return reasons
}
