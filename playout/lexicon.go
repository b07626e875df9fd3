package playout

import (
	"context"
	"errors"
	"slices"
	"time"

	"loalang/scheduler"
	"loalang/speech"
)

// WordBook keeps the reading dictionaries of villages. The store implements it.
type WordBook interface {
	// Words lists a village's living words.
	Words(ctx context.Context, village string) (scheduler.Words, error)
	// SaveWords keeps words and the renditions that read anew because of them in
	// one transaction; scheduler.ErrRevision when any has changed since.
	SaveWords(ctx context.Context, words []scheduler.Word, anew []scheduler.Rendition) error
	// Airing lists the announcements of a village that may still air at now.
	Airing(ctx context.Context, village string, now time.Time) ([]scheduler.Dossier, error)
}

// Promises knows the plan that was last published. The store implements it.
type Promises interface {
	Published(ctx context.Context, village string) (scheduler.Plan, error)
}

// lexicons are a village's words, ready to be looked up, by language.
type lexicons map[string]*speech.Lexicon

// lexiconsOf makes them. A language without words has none, which is well.
func lexiconsOf(words scheduler.Words) lexicons {
	entries := map[string][]speech.Entry{}
	for _, w := range words {
		entries[w.Language] = append(entries[w.Language], speech.Entry{Written: w.Written, Spoken: w.Spoken})
	}
	all := make(lexicons, len(entries))
	for language, list := range entries {
		all[language] = speech.NewLexicon(list)
	}
	return all
}

// read is text as a voice of the language will read it.
func (l lexicons) read(language, text string) speech.Spoken {
	return speech.Normalize(language, text, l[language])
}

// learnPatience is how long the words are waited for.
const learnPatience = 5 * time.Second

// Learn takes over the village's words as they are kept now. Until it can, what
// it learned last counts: an emergency is read from memory. It waits five seconds
// at most.
func (p *Producer) Learn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, learnPatience)
	defer cancel()
	words, err := p.cfg.Words.Words(ctx, p.cfg.Village)
	if err != nil {
		return err
	}
	known := p.words.Load()
	if known != nil && slices.Equal(known.words, words) {
		return nil
	}
	p.words.Store(&learned{words: words, lexicons: lexiconsOf(words)})
	return nil
}

// learned is what Learn has found.
type learned struct {
	words    scheduler.Words
	lexicons lexicons
}

// lexicons are the words as they were learned last.
func (p *Producer) lexicons() lexicons {
	if l := p.words.Load(); l != nil {
		return l.lexicons
	}
	return nil
}

// relearn is Learn for the producer's own loop, which tells once of what is away.
func (p *Producer) relearn(ctx context.Context, deaf bool) bool {
	err := p.Learn(ctx)
	if err != nil && !deaf && ctx.Err() == nil {
		p.cfg.Log.Error("the village's words cannot be read: texts are read by those known last", "err", err)
	}
	if err == nil && deaf {
		p.cfg.Log.Info("the village's words can be read again")
	}
	return err != nil
}

// Amendment is what a change of words means for the announcements that may still
// air and have one of them in their text. An announcement may be in more than one
// list, for several languages.
type Amendment struct {
	Anew []scheduler.Announcement // a voice reads them anew
	Kept []scheduler.Announcement // somebody wrote what the voice says: it stays
	Late []scheduler.Announcement // they could not be read anew, and air as before
}

// amendTries is how often an amendment is tried because a rendition became ready
// meanwhile.
const amendTries = 3

// soonAired is how near to its airing an announcement gets its new sound before
// the old one is given up.
const soonAired = 15 * time.Minute

// soonPatience bounds how long such sounds are waited for.
const soonPatience = 45 * time.Second

// Foresee says what Amend would do.
func (p *Producer) Foresee(ctx context.Context, changes []scheduler.Word) (Amendment, error) {
	d, err := p.draft(ctx, changes)
	return d.Amendment, err
}

// Amend keeps changes of words of one village, additions (Revision 0) and
// tombstones among them, has the announcements read anew that a voice reads and
// may still air, and reads by them from then on. What a person wrote for the voice
// to say, and what a person recorded, stays. What airs within a quarter of an hour
// is spoken first, so that it is never without a sound: this may block for
// three-quarters of a minute. scheduler.ErrRevision when a word has changed since
// it was read.
func (p *Producer) Amend(ctx context.Context, changes []scheduler.Word) (Amendment, error) {
	if len(changes) == 0 {
		return Amendment{}, nil
	}
	for try := 1; ; try++ {
		d, err := p.draft(ctx, changes)
		if err != nil {
			return Amendment{}, err
		}
		anew := p.speakSoon(ctx, &d)
		err = p.cfg.Words.SaveWords(ctx, changes, anew)
		if err == nil {
			if err := p.Learn(ctx); err != nil {
				p.cfg.Log.Error("words were saved, and cannot be read", "err", err)
			}
			p.catchUp(ctx, changes[0].Village, &d)
			p.Changed()
			p.cfg.Done()
			return d.Amendment, nil
		}
		if !errors.Is(err, scheduler.ErrRevision) || try == amendTries {
			return Amendment{}, err
		}
	}
}

// amending is an Amendment with the renditions that change.
type amending struct {
	Amendment
	amendment
	renditions []scheduler.Rendition
	seen       map[string]string // what each rendition said, by ID
	voiceless  bool              // nothing can be spoken now
}

// draft works out what changes mean. scheduler.ErrRevision when one of them is of
// a word that has changed since.
func (p *Producer) draft(ctx context.Context, changes []scheduler.Word) (amending, error) {
	var d amending
	if len(changes) == 0 {
		return d, nil
	}
	village := changes[0].Village
	words, err := p.cfg.Words.Words(ctx, village)
	if err != nil {
		return d, err
	}
	if stale(words, changes) {
		return d, scheduler.ErrRevision
	}
	airing, err := p.cfg.Words.Airing(ctx, village, p.cfg.Now())
	if err != nil {
		return d, err
	}
	_, err = p.cfg.Engine.Voices(ctx)
	d.voiceless, d.seen = err != nil, map[string]string{}
	d.amendment = amendment{before: lexiconsOf(words), after: lexiconsOf(words.With(changes...)), touched: touched(words, changes)}
	for _, dossier := range airing {
		for _, r := range dossier.Renditions {
			d.seen[r.ID] = r.SpokenText
		}
		d.take(dossier, d.amendment)
	}
	return d, nil
}

// stale says whether a change is of another state of a word than the one that is
// kept.
func stale(words scheduler.Words, changes []scheduler.Word) bool {
	revisions := make(map[string]int64, len(words))
	for _, w := range words {
		revisions[w.ID] = w.Revision
	}
	return slices.ContainsFunc(changes, func(c scheduler.Word) bool { return revisions[c.ID] != c.Revision })
}

// amendment is how texts were read, how they will be, and what differs.
type amendment struct {
	before, after lexicons
	touched       map[string][]scheduler.Skeleton // by language: as they were and as they become
}

func touched(words scheduler.Words, changes []scheduler.Word) map[string][]scheduler.Skeleton {
	ids := make(map[string]bool, len(changes))
	all := map[string][]scheduler.Skeleton{}
	for _, c := range changes {
		ids[c.ID] = true
		// What is said stays as it is wherever it stands in a text.
		all[c.Language] = append(all[c.Language], scheduler.SkeletonOf(c.Written), scheduler.SkeletonOf(c.Spoken))
	}
	for _, w := range words {
		if ids[w.ID] {
			all[w.Language] = append(all[w.Language], scheduler.SkeletonOf(w.Written), scheduler.SkeletonOf(w.Spoken))
		}
	}
	return all
}

// manyTouched is of how many words reading a text is no dearer than looking for
// them in it.
const manyTouched = 50

// concerns says whether a text of a language may be read otherwise.
func (a amendment) concerns(language string, bones scheduler.Skeleton) bool {
	words := a.touched[language]
	return len(words) > manyTouched || slices.ContainsFunc(words, bones.Has)
}

// take adds what an announcement becomes.
func (d *amending) take(dossier scheduler.Dossier, a amendment) {
	var anew, kept, late bool
	text := dossier.Announcement.Text
	bones := scheduler.SkeletonOf(text)
	for _, r := range dossier.Renditions {
		if r.SpokenText == "" || !a.concerns(r.Language, bones) {
			continue
		}
		before, after := a.before.read(r.Language, text).Text, a.after.read(r.Language, text).Text
		switch {
		case before == after, r.SpokenText == after:
		case r.SpokenText != before:
			kept = true
		case d.voiceless && r.State == scheduler.Ready: // its sound is all there is
			late = true
		default:
			anew = true
			d.renditions = append(d.renditions, retold(r, after))
		}
	}
	if anew {
		d.Anew = append(d.Anew, dossier.Announcement)
	}
	if kept {
		d.Kept = append(d.Kept, dossier.Announcement)
	}
	if late {
		d.Late = append(d.Late, dossier.Announcement)
	}
}

// retold is a rendition that says something else from now on.
func retold(r scheduler.Rendition, spoken string) scheduler.Rendition {
	r.SpokenText = spoken
	if r.State == scheduler.Ready || r.State == scheduler.Spoken {
		r.State, r.Recording, r.Length, r.Fault, r.SpokenBy, r.InsteadOf = scheduler.Spoken, "", 0, "", "", ""
	}
	return r
}

// speakSoon speaks what airs soon and returns all renditions to be saved. What
// cannot be spoken in time keeps its sound, and is Late.
func (p *Producer) speakSoon(ctx context.Context, d *amending) []scheduler.Rendition {
	soon := p.soon(ctx)
	ctx, cancel := context.WithTimeout(ctx, soonPatience)
	defer cancel()
	var anew []scheduler.Rendition
	late := map[string]bool{}
	for _, r := range d.renditions {
		if soon[r.Announcement] && r.State == scheduler.Spoken {
			said, err := p.say(ctx, wish{language: r.Language, voice: r.Voice, text: r.SpokenText, forgiving: true})
			if err == nil {
				r, err = ready(r, said)
			}
			if err != nil {
				p.cfg.Log.Error("what airs soon could not be read anew with the village's words", "rendition", r.ID, "err", err)
				late[r.Announcement] = true
				continue
			}
		}
		anew = append(anew, r)
	}
	d.Anew = slices.DeleteFunc(d.Anew, func(a scheduler.Announcement) bool {
		if late[a.ID] {
			d.Late = append(d.Late, a)
		}
		return late[a.ID]
	})
	return anew
}

// soon names the announcements that the plan airs within soonAired.
func (p *Producer) soon(ctx context.Context) map[string]bool {
	names := map[string]bool{}
	plan, err := p.cfg.Promises.Published(ctx, p.cfg.Village)
	if err != nil {
		p.cfg.Log.Error("what airs soon is not known: it is spoken when its turn comes", "err", err)
		return names
	}
	now := p.cfg.Now()
	for _, o := range plan.Occurrences {
		if ahead := o.Due.Sub(now); ahead > -o.Length && ahead < soonAired {
			names[o.Announcement] = true
		}
	}
	return names
}

// Uses lists, by the ID of each word that is used, the announcements of its
// village that may still air and have it in their text, the newest first. words
// are of one village.
func (p *Producer) Uses(ctx context.Context, words scheduler.Words) (map[string][]scheduler.Announcement, error) {
	uses := map[string][]scheduler.Announcement{}
	if len(words) == 0 {
		return uses, nil
	}
	airing, err := p.cfg.Words.Airing(ctx, words[0].Village, p.cfg.Now())
	if err != nil {
		return nil, err
	}
	parts := make([]scheduler.Skeleton, len(words))
	for i, w := range words {
		parts[i] = scheduler.SkeletonOf(w.Written)
	}
	for _, d := range airing {
		text := d.Announcement.Text
		bones := scheduler.SkeletonOf(text)
		for i, w := range words {
			if bones.Has(parts[i]) && (w.In(text) || reads(w, text)) {
				uses[w.ID] = append(uses[w.ID], d.Announcement)
			}
		}
	}
	return uses, nil
}

// reads says whether a word alone changes how a text is read.
func reads(w scheduler.Word, text string) bool {
	return lexiconsOf(scheduler.Words{w}).read(w.Language, text).Text != lexicons(nil).read(w.Language, text).Text
}
