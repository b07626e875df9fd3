package scheduler

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Message is what an emergency says in one language where its common text is not
// enough.
type Message struct {
	Language  string // ISO 639
	Text      string // as written, for a voice; empty: the common text
	Recording string // ID of what a person recorded, which sounds and no voice; empty: a voice reads
}

// Prepared is how a message that was written in quiet times is to be heard.
type Prepared struct {
	Messages []Message // at most one for each language; the others have the template's text
	Zones    []string  // empty: all
	Repeat   int       // cycles of siren and message, at most 100; 0: until it ends
	NoSiren  bool      // words alone
}

// Codes of Fault that only messages have.
const (
	// FaultUnexpected: the field has no place there.
	FaultUnexpected = "unexpected"
	// FaultMessageLanguage: the village does not speak the language.
	FaultMessageLanguage = "message-language"
	// FaultMessageGone: there is no such recording, or no more.
	FaultMessageGone = "message-gone"
	// FaultMessageLength: recordings last longer, all together, than the output takes.
	FaultMessageLength = "message-length"
	// FaultSiren: without any words there has to be a siren.
	FaultSiren = "siren-needed"
)

// In is what e says in a language: a text of its own there or else the common one,
// and the recording that sounds instead. Both are empty when it says nothing.
func (e Emergency) In(language string) Message {
	m := messageIn(e.Messages, language)
	m.Text = cmp.Or(m.Text, e.Text)
	return m
}

// Speaks says whether e has words in any language.
func (e Emergency) Speaks() bool { return e.Text != "" || len(e.Messages) > 0 }

// messageIn is the message of a language, without words when there is none.
func messageIn(list []Message, language string) Message {
	for _, m := range list {
		if m.Language == language {
			return m
		}
	}
	return Message{Language: language}
}

// settleMessages repairs what is said in single languages as Settle does the rest:
// those that say nothing, or in a language that the village has not, go. languages
// nil: not known.
func (e *Emergency) settleMessages(f *faults, languages []string) {
	var kept []Message
	for _, m := range e.Messages {
		m.Text = f.readable(field{name: "messages", text: m.Text, limit: MaxText, lines: true, words: true})
		twice := slices.ContainsFunc(kept, func(k Message) bool { return k.Language == m.Language })
		switch {
		case twice || m.Text == "" && m.Recording == "":
		case languages != nil && !slices.Contains(languages, m.Language):
			f.add("messages", FaultUnknown, m.Language)
		default:
			kept = append(kept, m)
		}
	}
	e.Messages = kept
	if e.NoSiren && !e.Speaks() {
		f.add("siren", FaultSiren, "")
		e.NoSiren = false
	}
}

// cleanPrepared brings the texts of single languages into the form of Clean, and leaves
// out those that say nothing.
func cleanPrepared(p Prepared) Prepared {
	var kept []Message
	for _, m := range p.Messages {
		m.Language, m.Text, m.Recording = strings.TrimSpace(m.Language), strings.TrimSpace(Clean(m.Text)), strings.TrimSpace(m.Recording)
		if m.Text != "" || m.Recording != "" {
			kept = append(kept, m)
		}
	}
	p.Messages = kept
	return p
}

// prepared checks how a template is to be heard; only one of an emergency says so.
// The fields are "messages." with the language, "zones" and "repeat".
func (f *faults) prepared(t Template) {
	p := t.Prepared
	if t.Class != ClassEmergency {
		if len(p.Messages) > 0 {
			f.add("messages", FaultUnexpected, "")
		}
		if len(p.Zones) > 0 {
			f.add("zones", FaultUnexpected, "")
		}
		if p.Repeat != 0 {
			f.add("repeat", FaultUnexpected, "")
		}
		if p.NoSiren {
			f.add("siren", FaultUnexpected, "")
		}
		return
	}
	for i, m := range p.Messages {
		name := MessageField(m.Language)
		f.text(field{name: name, text: m.Text, limit: MaxTemplateText, lines: true, words: true})
		if slices.ContainsFunc(p.Messages[:i], func(o Message) bool { return o.Language == m.Language }) {
			f.add(name, FaultUnexpected, "")
		}
		for _, wrong := range wrongBlanks(m.Text) {
			f.add(name, wrong.Code, wrong.Limit)
		}
	}
	if p.Repeat < 0 || p.Repeat > maxRepeat {
		f.add("repeat", FaultRange, "0–"+strconv.Itoa(maxRepeat))
	}
}

// wrongBlanks is what is wrong with the blanks of a text.
func wrongBlanks(text string) []Fault {
	_, wrong := Blanks(text)
	return wrong
}

// MessageField names the field of faults about what is said in a language.
func MessageField(language string) string { return "messages." + language }

// Misplaced is what of p there is not where it is to be heard: languages and zones are
// what there is.
func (p Prepared) Misplaced(languages, zones []string) []Fault {
	var f faults
	for _, m := range p.Messages {
		if !slices.Contains(languages, m.Language) {
			f.add(MessageField(m.Language), FaultMessageLanguage, m.Language)
		}
	}
	for _, z := range p.Zones {
		if !slices.Contains(zones, z) {
			f.add("zones", FaultUnknown, z)
		}
	}
	return f
}

// ZonesGone are the zones of p that a board has no more, renamed ones among them: nobody
// knows where they were, so while there are any the message is heard from all.
func (p Prepared) ZonesGone(zones []string) (gone []string) {
	for _, zone := range p.Zones {
		if !slices.Contains(zones, zone) {
			gone = append(gone, zone)
		}
	}
	return gone
}

// For is p with the names of a village in its texts, as Template.For.
func (p Prepared) For(v Village) Prepared {
	p.Messages = slices.Clone(p.Messages)
	for i := range p.Messages {
		p.Messages[i].Text = v.named(p.Messages[i].Text)
	}
	return p
}
