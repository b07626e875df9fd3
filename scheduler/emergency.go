package scheduler

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// DefaultEmergencyLife is how long an Emergency lives unless it is renewed.
	DefaultEmergencyLife = 15 * time.Minute
	// AllClearLife is how long an all-clear lives at most: time for its words in
	// every language, MaxAllClears times.
	AllClearLife = 10 * time.Minute
	// DefaultAllClears is how often an all-clear is said that does not tell.
	DefaultAllClears = 2
	// MaxAllClears is how often an all-clear is said at most.
	MaxAllClears = 3
)

// Emergency is what sounds at once, over everything, until stopped or expired.
type Emergency struct {
	Owned
	Title      string    // "Lũ quét, sạt lở đất"
	Reason     string    // why it was raised; required
	Source     string    // who says so: "Trưởng thôn", "Ban chỉ huy PCTT huyện"
	Text       string    // as written; empty: siren only
	Languages  []string  // empty: all languages of the village
	Zones      []string  // empty: all
	Repeat     int       // how many cycles of siren and message; 0: until it ends
	Raised     time.Time // UTC
	Expires    time.Time // UTC; never sounds after this instant
	Ended      time.Time // zero while it is active
	EndedBy    string    // "expired", or who stopped it
	Supersedes string    // ID of the Emergency that this one replaces
	RaisedBy   string
	// AllClear tells that the danger is over: words alone, said Repeat times at
	// once, 1 to MaxAllClears; it ends what sounds and then itself.
	AllClear bool `json:",omitempty"`
	// Messages are what is said in single languages instead of the text; none of the
	// village's languages needs to be among them.
	Messages []Message `json:",omitempty"`
	// NoSiren leaves the siren out: the words alone sound. Where there are none, or they
	// cannot be had, the siren sounds all the same.
	NoSiren bool `json:",omitempty"`
}

// ActiveAt says whether e may sound at the instant t.
func (e Emergency) ActiveAt(t time.Time) bool {
	return e.Ended.IsZero() && !t.Before(e.Raised) && t.Before(e.Expires)
}

// Settle repairs the details of an emergency that would otherwise be refused,
// because nobody should have to correct a form while the river rises: languages
// that the village does not have and zones that the board does not have go
// (none left is all), texts lose what nobody can read and are cut to their
// bounds, cycles and life are brought within theirs. languages and zones are
// what there is; nil languages: not known, then they stay as they are. Every
// repair is one Fault of the second result, with the field's JSON name. A
// missing reason and an end in the past stay, for Validate.
func (e Emergency) Settle(now time.Time, languages, zones []string) (Emergency, []Fault) {
	var done faults
	if languages != nil {
		e.Languages = done.among("languages", e.Languages, languages)
	}
	e.Zones = done.among("zones", e.Zones, zones)
	e.Title = done.readable(field{name: "title", text: e.Title, limit: MaxTitle})
	e.Reason = done.readable(field{name: "reason", text: e.Reason, limit: MaxTitle})
	e.Source = done.readable(field{name: "source", text: e.Source, limit: MaxTitle})
	e.Text = done.readable(field{name: "text", text: e.Text, limit: MaxText, lines: true, words: true})
	e.settleMessages(&done, languages)
	if e.Repeat < 0 || e.Repeat > maxRepeat {
		done.add("repeat", FaultRange, "0–"+strconv.Itoa(maxRepeat))
		e.Repeat = min(max(e.Repeat, 0), maxRepeat)
	}
	if e.AllClear {
		e.Repeat = done.clears(e.Repeat)
	}
	if last := now.Add(maxEmergencyLife); e.Expires.After(last) {
		done.add("expires", FaultRange, "<= "+maxEmergencyLife.String())
		e.Expires = last
	}
	return e, done
}

// clears is how often an all-clear is said that was asked for so often; 0: as usual.
func (f *faults) clears(asked int) int {
	if asked > MaxAllClears {
		f.add("repeat", FaultRange, "1–"+strconv.Itoa(MaxAllClears))
	}
	return min(cmp.Or(asked, DefaultAllClears), MaxAllClears)
}

// among keeps what there is of asked, each once.
func (f *faults) among(name string, asked, there []string) []string {
	var kept []string
	for i, one := range asked {
		switch {
		case slices.Contains(asked[:i], one): // said twice is said
		case !slices.Contains(there, one):
			f.add(name, FaultUnknown, one)
		default:
			kept = append(kept, one)
		}
	}
	return kept
}

// readable brings a text to a form that passes faults.text, but for what is
// required.
func (f *faults) readable(in field) string {
	if hasControl(in.text, in.lines) {
		f.add(in.name, FaultControl, "")
		in.text = strings.TrimSpace(strings.Map(func(r rune) rune {
			if hasControl(string(r), in.lines) {
				return ' '
			}
			return r
		}, strings.ToValidUTF8(in.text, " ")))
	}
	if letters := []rune(in.text); len(letters) > in.limit {
		f.add(in.name, FaultTooLong, strconv.Itoa(in.limit))
		in.text = strings.TrimSpace(string(letters[:in.limit]))
	}
	if in.words && in.text != "" && !hasWords(in.text) {
		f.add(in.name, FaultNoWords, "")
		in.text = ""
	}
	return in.text
}
