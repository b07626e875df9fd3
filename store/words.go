package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

const wordColumns = ownedColumns + ", language, written, spoken, note, changed_by"

func scanWord(r row) (scheduler.Word, error) {
	var w scheduler.Word
	err := r.Scan(append(owned(&w.Owned), &w.Language, &w.Written, &w.Spoken, &w.Note, &w.By)...)
	return w, err
}

// Words lists the living words of a village by language and writing. When the
// database cannot be read, it gives them as they were last.
func (s *Store) Words(ctx context.Context, village string) (list scheduler.Words, err error) {
	err = s.read(ctx, "list words", func(tx *sql.Tx) error {
		list, err = wordsOf(ctx, tx, village)
		return err
	})
	if err == nil {
		return list, nil
	}
	return s.wordsInstead(village, err)
}

func wordsOf(ctx context.Context, tx *sql.Tx, village string) (scheduler.Words, error) {
	return query(ctx, tx, scanWord, "SELECT "+wordColumns+" FROM words WHERE village = ? AND deleted_at IS NULL ORDER BY language, written, id", village)
}

// SaveWords inserts words (Revision 0) and updates those of the revision that was
// read, Deleted leaving a tombstone, with the renditions that read anew because of
// them, in one transaction. scheduler.ErrRevision when any of them has changed
// since, or when two living words of a village and language are written the same.
func (s *Store) SaveWords(ctx context.Context, words []scheduler.Word, anew []scheduler.Rendition) error {
	err := s.write(ctx, "save words", func(tx *sql.Tx) error {
		for _, w := range inOrder(words) {
			err := s.save(ctx, tx, record{table: "words", what: "word", owned: w.Owned, rest: []column{
				{"language", w.Language},
				{"written", w.Written},
				{"spoken", w.Spoken},
				{"note", w.Note},
				{"changed_by", w.By},
			}})
			if err != nil {
				return err
			}
		}
		for _, r := range anew {
			if err := s.carryApproval(ctx, tx, r); err != nil {
				return err
			}
			if err := s.saveRendition(ctx, tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	told := map[string]bool{}
	for _, w := range words {
		if !told[w.Village] {
			told[w.Village] = true
			s.followWords(context.WithoutCancel(ctx), w.Village) // the caller may be gone, what it wrote is not
		}
	}
	return nil
}

// inOrder puts tombstones first: their writing is free for the others.
func inOrder(words []scheduler.Word) []scheduler.Word {
	var gone, rest []scheduler.Word
	for _, w := range words {
		if w.Deleted.IsZero() {
			rest = append(rest, w)
		} else {
			gone = append(gone, w)
		}
	}
	return append(gone, rest...)
}

// Airing lists the announcements of a village that may still air at now, with all
// that belongs to them, the newest first.
func (s *Store) Airing(ctx context.Context, key string, now time.Time) (list []scheduler.Dossier, err error) {
	err = s.read(ctx, "list what may still air", func(tx *sql.Tx) error {
		v, err := village(ctx, tx, key)
		if err != nil {
			return err
		}
		zone, err := v.Location()
		if err != nil {
			return err
		}
		done, err := hadTheirTurn(ctx, tx, now)
		if err != nil {
			return err
		}
		all, err := dossiers(ctx, tx, "SELECT "+announcementColumns+` FROM announcements
			WHERE village = ? AND deleted_at IS NULL AND withdrawn_at IS NULL AND (valid_until_at IS NULL OR valid_until_at > ?)
			ORDER BY created_at DESC, id DESC`, key, micros(now))
		if err != nil {
			return err
		}
		for _, d := range all {
			if d.MayAir(now, zone, done) {
				list = append(list, d)
			}
		}
		return nil
	})
	return list, err
}

// wordForm is a word as it stands in the standby.
type wordForm struct {
	ID       string `json:"id"`
	Language string `json:"language"`
	Written  string `json:"written"`
	Spoken   string `json:"spoken"`
	Note     string `json:"note,omitempty"`
	By       string `json:"by,omitempty"`
	Revision int64  `json:"revision"`
}

func (s *Store) wordsFile(village string) string {
	return filepath.Join(standbyFolder(s.cfg.Path), "words-"+url.PathEscape(village)+".json")
}

// followWords keeps a village's words for a board without its database: an
// emergency that is typed then names the village as people say it. What cannot be
// written is logged.
func (s *Store) followWords(ctx context.Context, village string) {
	if err := s.copyWords(ctx, village); err != nil {
		s.cfg.Log.Error("the words are not kept for a board without its database", "village", village, "err", err)
	}
}

func (s *Store) copyWords(ctx context.Context, village string) error {
	return s.copyStandby(s.wordsFile(village), func() (any, error) {
		var list scheduler.Words
		err := s.read(ctx, "list words", func(tx *sql.Tx) (err error) {
			list, err = wordsOf(ctx, tx, village)
			return err
		})
		return each(list, func(w scheduler.Word) wordForm {
			return wordForm{w.ID, w.Language, w.Written, w.Spoken, w.Note, w.By, w.Revision}
		}), err
	})
}

// followAllWords keeps the words of every village, after a start.
func (s *Store) followAllWords(ctx context.Context) error {
	villages, err := s.Villages(ctx)
	for _, v := range villages {
		s.followWords(ctx, v.Key)
	}
	return err
}

// wordsInstead is instead for words.
func (s *Store) wordsInstead(village string, err error) (scheduler.Words, error) {
	if !unreadable(err) {
		return nil, err
	}
	raw, missing := os.ReadFile(s.wordsFile(village))
	if missing != nil {
		return nil, err
	}
	var forms []wordForm
	if bad := json.Unmarshal(raw, &forms); bad != nil {
		return nil, errors.Join(err, fmt.Errorf("read words of the standby: %w", bad))
	}
	return each(forms, func(f wordForm) scheduler.Word {
		return scheduler.Word{
			Owned:    scheduler.Owned{ID: f.ID, Village: village, Revision: f.Revision},
			Language: f.Language, Written: f.Written, Spoken: f.Spoken, Note: f.Note, By: f.By,
		}
	}), nil
}

var _ playout.WordBook = (*Store)(nil)
