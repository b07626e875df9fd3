package scheduler

import (
	"slices"
	"time"
	"unicode/utf8"
)

// perRune is how long a voice takes for one letter, where none of the village's own
// recordings says it: some 13 letters a second, with the pauses.
const perRune = 75 * time.Millisecond

// Presumed is the book in which what is on its way for an announcement is taken for
// granted: a voice that will read it, or a take that is still measured, is ready, and
// what waits for approval is approved as it is now. So a collision shows before the
// voice has spoken. lengths are those of recordings, by ID; what is in none is as
// long as the village's voices take for so many letters. It is pure, and nothing of
// the book is changed.
func (b Book) Presumed(announcement string, lengths map[string]time.Duration) Book {
	i := slices.IndexFunc(b.Announcements, func(a Announcement) bool { return a.ID == announcement })
	if i < 0 {
		return b
	}
	b = b.copied()
	d := Dossier{Announcement: b.Announcements[i]}
	for j, r := range b.Renditions {
		if r.Announcement != announcement {
			continue
		}
		onItsWay := r.State == Spoken || r.State == Recorded
		if onItsWay && r.Fault == "" && !r.Waived {
			r.State = Ready
			if length := lengths[r.Recording]; length > 0 {
				r.Length = length
			} else {
				r.Length = b.spokenLength(r)
			}
			if r.Recording == "" {
				r.Recording = "presumed"
			}
			b.Renditions[j] = r
		}
		d.Renditions = append(d.Renditions, r)
	}
	for _, s := range b.Schedules {
		if s.Announcement == announcement && s.Deleted.IsZero() {
			d.Schedules = append(d.Schedules, s)
		}
	}
	if b.Village.Approvals.On() {
		b.Announcements[i].Approval = Approval{State: Approved, Pin: PinOf(d)}
	}
	return b
}

// spokenLength is about how long a voice will take for a rendition.
func (b Book) spokenLength(r Rendition) time.Duration {
	var letters int64
	var took time.Duration
	for _, o := range b.Renditions {
		if o.Language == r.Language && o.State == Ready && o.SpokenBy != "" && o.SpokenText != "" {
			letters += int64(utf8.RuneCountInString(o.SpokenText))
			took += o.Length
		}
	}
	each := perRune
	if letters > 0 && took > 0 {
		each = took / time.Duration(letters)
	}
	return max(time.Second, time.Duration(utf8.RuneCountInString(r.SpokenText))*each)
}

// With is the book that has an announcement, whatever became of it: one that nothing
// calls is not read with the book. Nothing of the book is changed.
func (b Book) With(d Dossier) Book {
	id := d.Announcement.ID
	if slices.ContainsFunc(b.Announcements, func(a Announcement) bool { return a.ID == id }) {
		return b
	}
	b = b.copied()
	b.Announcements = append(b.Announcements, d.Announcement)
	b.Renditions = append(b.Renditions, d.Renditions...)
	b.Schedules = append(slices.DeleteFunc(b.Schedules, func(s Schedule) bool { return s.Announcement == id }), d.Schedules...)
	return b
}
