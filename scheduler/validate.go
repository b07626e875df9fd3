package scheduler

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of what a person enters. Lengths count characters, not bytes.
const (
	MaxText  = 20_000 // of an announcement or emergency; about half an hour aloud
	MaxTitle = 200    // of a title, an issuer, a reason, a source
	maxTopic = 64     // of a topic

	// pastGrace forgives a form that was filled in a little slowly.
	pastGrace = 60 * time.Second
	// maxRepeat and maxEmergencyLife bound an emergency that nobody stops.
	maxRepeat        = 100
	maxEmergencyLife = 24 * time.Hour
)

// FarFuture is the last instant worth planning for: two years from now.
func FarFuture(now time.Time) time.Time { return now.AddDate(2, 0, 0) }

// faults gathers what is wrong with what a person entered.
type faults []Fault

func (f *faults) add(field, code, limit string) {
	*f = append(*f, Fault{Field: field, Code: code, Limit: limit})
}

// err is nil without faults: an empty Invalid is not a nil error.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return Invalid(f)
}

// field is one text that a person entered.
type field struct {
	name, text string
	limit      int
	required   bool
	lines      bool // may hold line breaks
	words      bool // must hold something that can be read aloud
}

// text checks one field and reports its first fault.
func (f *faults) text(in field) {
	switch {
	case in.required && strings.TrimSpace(in.text) == "":
		f.add(in.name, FaultRequired, "")
	case utf8.RuneCountInString(in.text) > in.limit:
		f.add(in.name, FaultTooLong, strconv.Itoa(in.limit))
	case hasControl(in.text, in.lines):
		f.add(in.name, FaultControl, "")
	case in.words && in.text != "" && !hasWords(in.text):
		f.add(in.name, FaultNoWords, "")
	}
}

// instant checks a moment in the future; the zero time is let through.
func (f *faults) instant(name string, t, now time.Time) {
	switch far := FarFuture(now); {
	case t.IsZero():
	case t.Before(now.Add(-pastGrace)):
		f.add(name, FaultPast, "")
	case t.After(far):
		f.add(name, FaultFarFuture, far.UTC().Format(time.DateOnly))
	}
}

// Validate checks an announcement as a person entered it, after Clean. The
// error is an Invalid with every fault, or nil. A text may begin with "-".
func (a Announcement) Validate(now time.Time) error {
	var f faults
	f.text(field{name: "title", text: a.Title, limit: MaxTitle, required: true, words: true})
	f.text(field{name: "text", text: a.Text, limit: MaxText, required: true, lines: true, words: true})
	f.unfilled("title", a.Title)
	f.unfilled("text", a.Text)
	f.text(field{name: "issuer", text: a.Issuer, limit: MaxTitle})
	f.text(field{name: "topic", text: a.Topic, limit: maxTopic})
	if a.Class.Rank() == 0 {
		f.add("class", FaultUnknown, string(a.Class))
	}
	if far := FarFuture(now); a.ValidFrom.After(far) {
		f.add("valid_from", FaultFarFuture, far.UTC().Format(time.DateOnly))
	}
	f.instant("valid_until", a.ValidUntil, now)
	if !a.ValidUntil.IsZero() && !a.ValidUntil.After(a.ValidFrom) {
		f.add("valid_until", FaultOrder, "")
	}
	return f.err()
}

// Validate checks an emergency before it is raised or renewed; e.Expires must
// be set. Only what would make it useless is refused: nobody should have to
// fill in a form while the river rises. The error is an Invalid, or nil.
func (e Emergency) Validate(now time.Time) error {
	var f faults
	f.text(field{name: "title", text: e.Title, limit: MaxTitle})
	f.text(field{name: "reason", text: e.Reason, limit: MaxTitle, required: true, words: true})
	f.text(field{name: "source", text: e.Source, limit: MaxTitle})
	f.text(field{name: "text", text: e.Text, limit: MaxText, lines: true, words: true, required: e.AllClear})
	for _, m := range e.Messages {
		f.text(field{name: "messages", text: m.Text, limit: MaxText, lines: true, words: true})
	}
	if e.Repeat < 0 || e.Repeat > maxRepeat {
		f.add("repeat", FaultRange, "0–"+strconv.Itoa(maxRepeat))
	}
	f.languages(e.Languages)
	switch {
	case e.Expires.IsZero():
		f.add("expires", FaultRequired, "")
	case !e.Expires.After(now):
		f.add("expires", FaultPast, "")
	case !e.Expires.After(e.Raised):
		f.add("expires", FaultOrder, "")
	case e.Expires.Sub(now) > maxEmergencyLife:
		f.add("expires", FaultRange, "<= "+maxEmergencyLife.String())
	}
	return f.err()
}

// Validate checks the rules of a place. The error is an Invalid, or nil.
func (v Village) Validate() error {
	var f faults
	if slug := regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`); !slug.MatchString(v.Key) {
		f.add("key", FaultUnknown, v.Key)
	}
	f.text(field{name: "name", text: v.Name, limit: MaxTitle, required: true, words: true})
	f.text(field{name: "commune", text: v.Commune, limit: MaxTitle})
	// "" and "Local" load, but mean whatever the machine is set to.
	if _, err := v.Location(); err != nil || v.Zone == "" || v.Zone == "Local" {
		f.add("zone", FaultUnknown, v.Zone)
	}
	if len(v.Languages) == 0 {
		f.add("languages", FaultRequired, "")
	}
	f.languages(v.Languages)
	if !slices.Contains(MissingRules(), v.MissingRule()) {
		f.add("missing", FaultUnknown, string(v.Missing))
	}
	if v.Pause < 0 || v.Pause > MaxLanguagePause {
		f.add("pause", FaultRange, "0–"+strconv.Itoa(int(MaxLanguagePause/time.Second)))
	}
	if v.Volume < LeastVolume || v.Volume > MostVolume {
		f.add("volume", FaultRange, strconv.Itoa(LeastVolume)+"–"+strconv.Itoa(MostVolume))
	}
	f.publicity(v.Publicity)
	for _, w := range v.Allowed {
		if w.From < 0 || w.To > endOfDay || w.Days > everyDay {
			f.add("allowed", FaultRange, "00:00–24:00")
		} else if w.From >= w.To {
			f.add("allowed", FaultOrder, "")
		}
	}
	f.rules(v.Rules)
	return f.err()
}

// languageCode is what a code of ISO 639 looks like.
var languageCode = regexp.MustCompile(`^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$`)

// languages checks ISO 639 codes, each named once.
func (f *faults) languages(codes []string) {
	for i, c := range codes {
		if !languageCode.MatchString(c) || slices.Contains(codes[:i], c) {
			f.add("languages", FaultUnknown, c)
		}
	}
}
