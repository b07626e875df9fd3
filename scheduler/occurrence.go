package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// Patience with a slot's frame.
const (
	// closingPatience is how long after the last notice a closing still belongs
	// to it.
	closingPatience = time.Minute
	// closingOverrun is how long after the end of its slot a closing still makes
	// sense, when something else held that end.
	closingOverrun = 5 * time.Minute
	// frameGrace is how late an opening or closing still makes sense.
	frameGrace = time.Minute
	// leastGrace is the tolerance of what may not be late at all: a schedule's
	// second, not its millisecond.
	leastGrace = 2 * time.Second
)

// occurrenceID names an occurrence by what was promised: schedule (or slot, for
// its frame), village, nominal civil time and ordinal.
func occurrenceID(owner, village, local, ordinal string) string {
	return owner + ":" + village + ":" + local + ":" + ordinal
}

// rendered is an announcement as it would sound now.
type rendered struct {
	parts   []Part
	length  time.Duration
	bed     *Part    // under the voices; nil: none
	reasons []Reason // of languages that are missing
	missing []string // languages of the village that are not ready, in its order
}

// renditions are those of each announcement, in order of their languages. The lists
// are parts of one: read them only.
func (b *builder) renditions() map[string][]Rendition {
	all := sorted(b.book.Renditions, func(x, y Rendition) int { // the announcement first: so the store reads them
		return firstOf(cmp.Compare(x.Announcement, y.Announcement), cmp.Compare(x.Language, y.Language), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Recording, y.Recording))
	})
	of := make(map[string][]Rendition, len(b.book.Announcements))
	for i := 0; i < len(all); {
		end := i + 1
		for end < len(all) && all[end].Announcement == all[i].Announcement {
			end++
		}
		of[all[i].Announcement] = all[i:end:end]
		i = end
	}
	return of
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
	voices, out := voices(wanted(languages, renditions), v.MissingRule() != LeaveOut, renditions)
	if len(voices) == 0 {
		return out
	}
	between := f.Pause
	if v.Pause > 0 {
		between = v.Pause
	}
	parts := slices.Concat(sound(PartChime, f.Chime), voices, sound(PartTail, f.Tail))
	for i := range parts {
		if i > 0 {
			parts[i].Pause = f.Pause
			if parts[i].Kind == PartVoice && parts[i-1].Kind == PartVoice {
				parts[i].Pause = between
			}
		}
		out.length += parts[i].Pause + parts[i].Length
	}
	out.parts = parts
	return out
}

// wanted are the languages in which an announcement is to be told. One that was
// waived in every language of the village, which it may be once those change,
// lacks them all: it was meant to be heard.
func wanted(languages []string, renditions []Rendition) []string {
	told := slices.DeleteFunc(slices.Clone(languages), func(language string) bool {
		return slices.ContainsFunc(renditions, func(r Rendition) bool { return r.Language == language && r.Waived && r.Deleted.IsZero() })
	})
	if len(told) == 0 {
		return languages
	}
	return told
}

// voices are the renditions that air, in the order of languages, and what is
// told of those that do not. With stand, Vietnamese is told in the place of the
// first one that is missing, and where it airs anyway it stands for all of them:
// nobody hears the same words twice in one notice.
func voices(languages []string, stand bool, renditions []Rendition) (all []Part, out rendered) {
	ready := func(language string) (Part, bool) {
		i := slices.IndexFunc(renditions, func(r Rendition) bool { return r.Language == language && airs(r) })
		if i < 0 {
			return Part{}, false
		}
		return Part{Kind: PartVoice, Recording: renditions[i].Recording, Language: language, Length: renditions[i].Length}, true
	}
	vietnamese, there := ready(Vietnamese)
	stand = stand && there
	placed := slices.Contains(languages, Vietnamese)
	for _, language := range languages {
		if part, ok := ready(language); ok {
			all = append(all, part)
			continue
		}
		code := ReasonLanguage
		if stand {
			code = ReasonStands
			vietnamese.For = append(vietnamese.For, language)
		}
		if stand && !placed {
			all, placed = append(all, vietnamese), true
		}
		out.missing = append(out.missing, language)
		out.reasons = append(out.reasons, Reason{Code: code, Language: language})
	}
	if i := slices.IndexFunc(all, func(p Part) bool { return p.Language == Vietnamese }); i >= 0 {
		all[i].For = vietnamese.For
	}
	return all, out
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
	if _, past := b.past[o.ID]; past || recording == "" || b.history.done[turn{oc.slot.ID, oc.day, string(kind)}] {
		return o, false
	}
	if length := b.book.Frame.Sounds[recording]; length > 0 {
		o.Length = length
		o.Parts = []Part{{Kind: part, Recording: recording, Length: length}}
	}
	return b.mourn(o, oc), true
}

// notice makes o the occurrence of an announcement at one instant, without a place.
func (b *builder) notice(o *Occurrence, s *Schedule, a *Announcement, in instant, id string) {
	r := b.sound(a.ID)
	*o = Occurrence{
		ID: id, Kind: Notice, Village: b.book.Village.Key, Announcement: s.Announcement, Schedule: s.ID,
		Title: a.Title, Class: a.Class, Nominal: in.nominal.UTC(), Due: in.nominal.UTC(),
		Length: r.length, Parts: r.parts, Misfire: s.misfire(), Immediate: s.Kind == Now, Recurring: s.Kind == Recurring, SpeakerOnly: a.SpeakerOnly, Reasons: b.cannotWait(r.reasons),
		Interrupted: s.Interrupted, Bed: r.bed, Missing: slices.Clone(r.missing),
	}
	if s.Kind == Now {
		o.Due = o.Due.Add(b.book.Frame.Lead)
	}
	if in.occasion != nil {
		o.Slot = in.occasion.slot.ID
	}
}
