package scheduler

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Patience with a slot's frame.
const (
	// closingPatience is how long after the last notice a closing still belongs
	// to it.
	closingPatience = time.Minute
	// frameGrace is how late an opening or closing still makes sense.
	frameGrace = time.Minute
	// leastGrace is the tolerance of what may not be late at all: a schedule's
	// second, not its millisecond.
	leastGrace = 2 * time.Second
)

// occurrenceID names an occurrence by what was promised: schedule (or slot, for
// its frame), village, nominal civil time and ordinal.
func occurrenceID(owner, village, local, ordinal string) string {
	return strings.Join([]string{owner, village, local, ordinal}, ":")
}

// rendered is an announcement as it would sound now.
type rendered struct {
	parts   []Part
	length  time.Duration
	bed     *Part    // under the voices; nil: none
	reasons []Reason // languages that are left out
}

// ready says whether anything of it can air.
func (r rendered) ready() bool { return len(r.parts) > 0 }

// render puts the ready renditions between chime and tail, in the village's
// order of languages. A village that names no language hears every rendition
// there is.
func render(v Village, f Frame, renditions []Rendition) rendered {
	languages := v.Languages
	if len(languages) == 0 {
		for _, r := range renditions {
			languages = append(languages, r.Language)
		}
	}
	var out rendered
	var voices []Part
	for _, language := range languages {
		i := slices.IndexFunc(renditions, func(r Rendition) bool { return r.Language == language && airs(r) })
		if i < 0 {
			out.reasons = append(out.reasons, Reason{Code: ReasonLanguage, Language: language})
			continue
		}
		r := renditions[i]
		voices = append(voices, Part{Kind: PartVoice, Recording: r.Recording, Language: language, Length: r.Length})
	}
	if len(voices) == 0 {
		return rendered{reasons: out.reasons}
	}
	parts := slices.Concat(sound(PartChime, f.Chime), voices, sound(PartTail, f.Tail))
	for i := range parts {
		if i > 0 {
			parts[i].Pause = f.Pause
		}
		out.length += parts[i].Pause + parts[i].Length
	}
	out.parts = parts
	return out
}

// airs says whether a rendition may be broadcast.
func airs(r Rendition) bool {
	return r.State == Ready && r.Deleted.IsZero() && r.Recording != "" && r.Length > 0
}

func sound(kind PartKind, s Sound) []Part {
	if s.Recording == "" || s.Length <= 0 {
		return nil
	}
	return []Part{{Kind: kind, Recording: s.Recording, Length: s.Length}}
}

// frame is the opening or closing of an occasion; false when the slot has none
// or it was decided before.
func (b *builder) frame(oc *occasion, kind OccurrenceKind) (Occurrence, bool) {
	recording, part := oc.slot.Opening, PartOpening
	if kind == Closing {
		recording, part = oc.slot.Closing, PartClosing
	}
	o := Occurrence{
		ID:   occurrenceID(oc.slot.ID, b.book.Village.Key, oc.local, string(kind)),
		Kind: kind, Village: b.book.Village.Key, Slot: oc.slot.ID, Title: oc.slot.Name, Class: ClassNormal,
		Nominal: oc.start.UTC(), Due: oc.start.UTC(), Misfire: Misfire{Policy: PlayLate, Grace: frameGrace},
		Interrupted: Drop, // a jingle that comes back in its middle opens and closes nothing
	}
	if _, past := b.past[o.ID]; past || recording == "" {
		return o, false
	}
	if length := b.book.Frame.Sounds[recording]; length > 0 {
		o.Length = length
		o.Parts = []Part{{Kind: part, Recording: recording, Length: length}}
	}
	return o, true
}

// notice is the occurrence of an announcement at one instant, without a place.
func (b *builder) notice(s Schedule, a Announcement, in instant) Occurrence {
	r := b.rendered[a.ID]
	o := Occurrence{
		ID:   occurrenceID(s.ID, b.book.Village.Key, in.local, strconv.Itoa(in.ordinal)),
		Kind: Notice, Village: b.book.Village.Key, Announcement: s.Announcement, Schedule: s.ID,
		Title: a.Title, Class: a.Class, Nominal: in.nominal.UTC(), Due: in.nominal.UTC(),
		Length: r.length, Parts: r.parts, Misfire: s.misfire(), Immediate: s.Kind == Now, Reasons: slices.Clone(r.reasons),
		Interrupted: s.Interrupted, Bed: r.bed,
	}
	if s.Kind == Now {
		o.Due = o.Due.Add(b.book.Frame.Lead)
	}
	if in.occasion != nil {
		o.Slot = in.occasion.slot.ID
	}
	return o
}
