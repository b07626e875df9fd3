package recordings

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"
)

const (
	// proofLasts is how long it counts that a play copy was read whole: a card loses bits
	// without a word, so one that airs every day is read before it airs each day.
	proofLasts = 20 * time.Hour
	// doubtLasts is when one that could not be made good is tried again.
	doubtLasts = time.Hour
)

// proof is what came of reading a play copy.
type proof struct {
	of  os.FileInfo // the file as it was
	at  time.Time
	err error // why it is not what it was, and stays so
}

// lasts says whether p still counts for the file that is there now.
func (p proof) lasts(now os.FileInfo, at time.Time) bool {
	lasts := proofLasts
	if p.err != nil {
		lasts = doubtLasts
	}
	age := at.Sub(p.at)
	return age >= 0 && age < lasts && os.SameFile(p.of, now) && p.of.Size() == now.Size()
}

// proofs are those of the play copies that were read, by the recordings' IDs.
type proofs struct {
	mu    sync.Mutex
	known map[string]proof
}

func (p *proofs) of(id string) (one proof, found bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one, found = p.known[id]
	return one, found
}

// note keeps a proof and forgets those that count no more.
func (p *proofs) note(id string, one proof) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = map[string]proof{}
	}
	for other, old := range p.known {
		if one.at.Sub(old.at) >= proofLasts {
			delete(p.known, other)
		}
	}
	p.known[id] = one
}

// Ready sees to it that the play copy of a recording can be played as it was stored, for
// which PlayCopy has no time when it airs: it is there, counts as used, and its bytes are
// those that the Index knows, of a built-in sound those of the program. One that is not
// what it was is made again from its master. It is read from the disk and not from memory,
// 5.8 MB for each minute of sound, once in twenty hours and when another file has come in
// its place; pace is asked before each MiB, nil: it goes as fast as it can. While the
// Index does not tell, nothing is read. The errors are those of PlayCopy and of pace, and
// why a copy that is damaged cannot be made again: it stays, and airs as it is.
func (l *Library) Ready(ctx context.Context, id string, pace func() error) error {
	f, err := l.PlayCopy(ctx, id)
	if err != nil {
		return err
	}
	there, err := f.Stat()
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("look at a play copy: %w", err)
	}
	if p, found := l.proofs.of(id); found && p.lasts(there, l.now()) {
		return p.err
	}
	rec, err := l.index.Recording(ctx, id)
	i := slices.IndexFunc(rec.Variants, func(v Variant) bool { return v.Form == PlayCopy && isID(v.SHA256) })
	if err != nil || i < 0 {
		return nil //nolint:nilerr // a later look asks again; what is planned airs without the Index
	}
	var held error
	got, unread := hashAnew(l.blob(PlayCopy, id), func() error {
		if held = ctx.Err(); held == nil && pace != nil {
			held = pace()
		}
		return held
	})
	if held != nil {
		return held
	}
	var doubt error
	if unread != nil || got.hash != rec.Variants[i].SHA256 {
		doubt = l.renewPlay(ctx, rec, got.hash)
	}
	if errors.Is(doubt, ErrDamaged) { // noted, so that a whole master is looked for in backups tonight
		if _, err := l.Check(ctx, rec, pace); err != nil {
			doubt = errors.Join(doubt, err)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if there, err = os.Stat(l.blob(PlayCopy, id)); err == nil {
		l.proofs.note(id, proof{there, l.now(), doubt})
	}
	return doubt
}

// renewPlay makes a play copy again that is not what it was. was is the hash of its bytes,
// empty when they cannot be read.
func (l *Library) renewPlay(ctx context.Context, rec Recording, was string) error {
	if err := l.remake(ctx, rec.ID); err != nil {
		return fmt.Errorf("the play copy of %.8s is damaged, make it again: %w", rec.ID, err)
	}
	if again, err := hashFile(l.blob(PlayCopy, rec.ID)); err != nil || again.hash != was {
		l.log.LogAttrs(ctx, slog.LevelWarn, "a play copy was damaged and is made again", slog.String("recording", rec.ID), slog.String("title", rec.Title))
	}
	return nil
}
