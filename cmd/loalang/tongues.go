package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/speech"
	"loalang/store"
)

// speakAdded gives the announcements of the village of s to a voice in languages
// that the village has just added, where one speaks them, as the panel does. They
// are read by the serve that runs, or by the next.
func (p program) speakAdded(cmd *cobra.Command, s settings, db *store.Store, added []string) error {
	if len(added) == 0 {
		return nil
	}
	ctx, now := cmd.Context(), p.clock(s).Now()
	voices, err := newChoir(s, time.Now, p.quietLog()).Voices(ctx)
	fault := ""
	if errors.Is(err, speech.ErrNoEngine) {
		fault = playout.FaultNoEngine
	}
	ds, readErr := db.MayAir(ctx, s.Village, now)
	if readErr != nil {
		return readErr
	}
	for _, language := range added {
		if !voiced(language, voices, err) {
			continue
		}
		words, err := p.lexicon(cmd, s, "", language)
		if err != nil {
			return err
		}
		for _, r := range missingIn(ds, language) {
			if r.rendition, err = r.rendition.Speak("", speech.Normalize(language, r.text, words).Text, fault); err == nil {
				r.rendition.Updated = now.UTC()
				err = db.SaveRendition(ctx, r.rendition)
			}
			if err != nil && !errors.Is(err, scheduler.ErrRevision) { // then somebody did something about it meanwhile
				return fmt.Errorf("the village is saved; give %q to a voice: %w", r.title, err)
			}
		}
	}
	return nil
}

// voiced says whether a voice speaks a language; while the engines cannot be asked,
// what they would speak counts.
func voiced(language string, voices []speech.Voice, err error) bool {
	if err != nil {
		return slices.ContainsFunc(speech.Languages(), func(l speech.Language) bool { return l.Code == language && l.HasVoice })
	}
	return slices.ContainsFunc(voices, func(v speech.Voice) bool { return v.Language == language })
}

// unread is a rendition that lacks a voice, and what that is to read.
type unread struct {
	rendition   scheduler.Rendition
	title, text string
}

// missingIn are the renditions in a language that nobody was asked for and that
// were not waived.
func missingIn(ds []scheduler.Dossier, language string) (all []unread) {
	for _, d := range ds {
		for _, r := range d.Renditions {
			if r.Language == language && r.State == scheduler.Missing && !r.Waived && r.Fault != playout.FaultGone && d.Announcement.Text != "" {
				all = append(all, unread{r, d.Announcement.Title, d.Announcement.Text})
			}
		}
	}
	return all
}
