package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/speech"
)

// wordForm is what makes a word of the village's reading dictionary.
type wordForm struct {
	Language string `json:"language,omitempty" doc:"ISO 639, one that a voice speaks; vi when left out."`
	Written  string `json:"written" doc:"As it stands in texts: a word or a name, at most 60 characters."`
	Spoken   string `json:"spoken" doc:"How it sounds, in letters, at most 200 characters."`
	Note     string `json:"note,omitempty" doc:"For people, at most 200 characters."`
	Revision int64  `json:"revision,omitempty" minimum:"1" doc:"Of a change: the revision that was read; left out: whatever it is."`
}

func (f wordForm) apply(w scheduler.Word, by string) scheduler.Word {
	w.Language, w.Written, w.Spoken, w.Note, w.By = cmp.Or(strings.TrimSpace(f.Language), vietnamese), f.Written, f.Spoken, f.Note, by
	return scheduler.CleanWord(w)
}

// villageWord is a living word of a village with all the others; fs.ErrNotExist
// when there is none.
func (s *Server) villageWord(ctx context.Context, village, id string) (scheduler.Word, scheduler.Words, error) {
	all, err := s.cfg.Words.Words(ctx, village)
	if err != nil {
		return scheduler.Word{}, nil, err
	}
	i := slices.IndexFunc(all, func(w scheduler.Word) bool { return w.ID == id })
	if i < 0 {
		return scheduler.Word{}, nil, fmt.Errorf("word %s: %w", id, fs.ErrNotExist)
	}
	return all[i], all, nil
}

// checkWord is a scheduler.Invalid when w may not stand among the words of its
// village.
func (s *Server) checkWord(ctx context.Context, all scheduler.Words, w scheduler.Word) error {
	if err := w.Validate(); err != nil {
		return err
	}
	if !s.choir(ctx).speaks(w.Language, "") { // what people record needs no words
		return scheduler.Invalid{{Field: "language", Code: scheduler.FaultUnknown}}
	}
	if err := unsaid(w); err != nil {
		return err
	}
	return all.Check(w)
}

// unsaid is a scheduler.Invalid when speech would not take a word.
func unsaid(w scheduler.Word) error {
	switch err := (speech.Entry{Written: w.Written, Spoken: w.Spoken}).Check(); {
	case err == nil:
		return nil
	case errors.Is(err, speech.ErrNothingWritten):
		return scheduler.Invalid{{Field: "written", Code: scheduler.FaultNoWords}}
	default:
		return scheduler.Invalid{{Field: "spoken", Code: scheduler.FaultSigns}}
	}
}

// hint is what a person should know of a word; it may be kept all the same.
type hint struct {
	Code   string `json:"code" doc:"rule, known, common, cased, within, silences or silent. Stable."`
	Detail string `json:"detail" doc:"A sentence."`
}

// hints are what is worth knowing of a word before it is kept.
func hints(lang string, all scheduler.Words, w scheduler.Word) []hint {
	found := []hint{}
	add := func(code string, args ...any) {
		found = append(found, hint{code, word(lang, "word-hint."+code, args...)})
	}
	switch read := ruled(w); {
	case read == "":
	case strings.EqualFold(read, w.Spoken):
		add("known", w.Written)
	default:
		add("rule", w.Written, read)
	}
	if !strings.ContainsAny(w.Written, " -") && strings.ToLower(w.Written) == w.Written {
		add("common", w.Written)
	}
	index := all.Index()
	for _, o := range index.Cased(w) {
		add("cased", o.Written, o.Spoken)
	}
	for _, o := range index.Within(w) {
		if w.Silences(o) {
			add("silences", o.Written, o.Spoken)
		} else {
			add("within", o.Written)
		}
	}
	for _, o := range all { // what is said for one word stays wherever it stands
		if o.Silences(w) {
			add("silent", w.Written, o.Written)
			break
		}
	}
	return found
}

// ruled is how the rules read what is written, alone or behind a number; empty
// when they have no reading of their own for it.
func ruled(w scheduler.Word) string {
	sure := func(text string) (speech.Spoken, bool) {
		s := speech.Normalize(w.Language, text, nil)
		return s, len(s.Unknown) == 0 && slices.ContainsFunc(s.Changes, func(c speech.Change) bool { return strings.Contains(c.Written, w.Written) })
	}
	if s, ok := sure(w.Written); ok {
		return s.Text
	}
	if s, ok := sure("5 " + w.Written); ok {
		_, read, _ := strings.Cut(s.Text, " ") // behind the number
		return read
	}
	return ""
}

// trial is how something sounds with a word that may not be kept yet.
type trial struct {
	given     string
	spoken    speech.Spoken
	recording playout.Said
}

// tryWord speaks a word alone and in a sentence, all the others being as they are.
func (s *Server) tryWord(ctx context.Context, all scheduler.Words, w scheduler.Word) (alone, inside trial, err error) {
	ctx, cancel := context.WithTimeout(ctx, previewPatience)
	defer cancel()
	var entries []speech.Entry
	for _, o := range all.With(w).Of(w.Language) {
		entries = append(entries, speech.Entry{Written: o.Written, Spoken: o.Spoken})
	}
	said := vietnamese
	if w.Language == english {
		said = english
	}
	alone.given, inside.given = w.Spoken, word(said, "words.sentence", w.Written)
	alone.spoken = speech.Normalize(w.Language, alone.given, nil)
	inside.spoken = speech.Normalize(w.Language, inside.given, speech.NewLexicon(entries))
	for _, t := range []*trial{&alone, &inside} {
		if t.recording, err = s.cfg.Speaker.Voice(ctx, w.Language, "", t.spoken.Text); err != nil {
			return alone, inside, err
		}
	}
	return alone, inside, nil
}

// keepWords changes the dictionary.
func (s *Server) keepWords(ctx context.Context, changes []scheduler.Word) (playout.Amendment, error) {
	if err := s.maySpell(ctx, changes); err != nil {
		return playout.Amendment{}, err
	}
	done, err := s.cfg.Reader.Amend(ctx, changes)
	if err != nil {
		return done, err
	}
	s.tellChange(ctx)
	return done, nil
}

// wordImport is a file of words on its way in.
type wordImport struct {
	village, by string
	language    string // of rows that name none
	skip        bool   // take the good rows though there are bad ones
	dry         bool   // only look
}

// imported is what became of one.
type imported struct {
	scheduler.WordImport
	playout.Amendment
	Saved bool
}

// importWords takes in a file of words: all of it, or nothing while a row is bad,
// unless bad rows are to be skipped. The errors are scheduler.Invalid for the file
// as a whole, and those of the store.
func (s *Server) importWords(ctx context.Context, raw []byte, in wordImport) (imported, error) {
	var out imported
	rows, err := scheduler.ReadWords(raw, cmp.Or(in.language, vietnamese))
	if err != nil {
		return out, err
	}
	choir := s.choir(ctx)
	for i := range rows {
		if len(rows[i].Faults) > 0 {
			continue
		}
		if !choir.speaks(rows[i].Word.Language, "") {
			rows[i].Faults = scheduler.Invalid{{Field: "language", Code: scheduler.FaultUnknown}}
		} else if err := unsaid(rows[i].Word); !errors.As(err, &rows[i].Faults) && err != nil {
			return out, err
		}
	}
	all, err := s.cfg.Words.Words(ctx, in.village)
	if err != nil {
		return out, err
	}
	if out.WordImport, err = all.Import(rows); err != nil {
		return out, err
	}
	now := s.cfg.Now().UTC()
	for i := range out.Changes {
		w := &out.Changes[i]
		if w.ID == "" {
			w.Owned = s.owned(s.cfg.NewID(), in.village)
		}
		w.By, w.Updated = in.by, now
	}
	if in.dry || len(out.Bad) > 0 && !in.skip {
		out.Amendment, err = s.cfg.Reader.Foresee(ctx, out.Changes)
		return out, err
	}
	out.Amendment, err = s.keepWords(ctx, out.Changes)
	out.Saved = err == nil
	return out, err
}

// badRow is a sentence for a row that cannot be taken.
func badRow(lang string, row scheduler.WordRow) ProblemFault {
	f := row.Faults[0]
	return ProblemFault{Field: fmt.Sprintf("line %d", row.Line), Code: f.Code, Detail: faultWords(lang, f)}
}

// collated is text by which a list of Vietnamese words is sorted as in a
// dictionary, as far as people look for that: by letters, marks last.
func collated(text string) string {
	var letters strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(text)) {
		switch {
		case r == 'đ':
			letters.WriteString("d~")
		case r < 0x300 || r > 0x36f:
			letters.WriteRune(r)
		}
	}
	return letters.String() + "\x00" + text
}

// wordPage is the words of a list that are looked for, sorted, behind one of them.
type wordPage struct {
	query, language string
	after           string // ID; empty: from the beginning
	limit           int
}

// pick gives the page, and the ID to go on after; empty at the end.
func (p wordPage) pick(all scheduler.Words) (page scheduler.Words, next string) {
	asked := scheduler.Clean(strings.TrimSpace(p.query))
	bones := strings.TrimSpace(string(scheduler.SkeletonOf(asked)))
	has := func(text string) bool {
		return strings.Contains(strings.ToLower(text), strings.ToLower(asked)) || bones != "" && strings.Contains(string(scheduler.SkeletonOf(text)), bones)
	}
	for _, w := range all {
		if (p.language == "" || w.Language == p.language) && (asked == "" || has(w.Written) || has(w.Spoken) || has(w.Note)) {
			page = append(page, w)
		}
	}
	slices.SortFunc(page, func(a, b scheduler.Word) int {
		return cmp.Or(strings.Compare(collated(a.Written), collated(b.Written)), strings.Compare(a.ID, b.ID))
	})
	if i := slices.IndexFunc(page, func(w scheduler.Word) bool { return w.ID == p.after }); i >= 0 {
		page = page[i+1:]
	}
	if len(page) > p.limit {
		page = page[:p.limit]
		next = page[p.limit-1].ID
	}
	return page, next
}

// isTaken says whether err is that of a word which somebody else wrote meanwhile.
func isTaken(err error) bool { return errors.Is(err, scheduler.ErrRevision) }
