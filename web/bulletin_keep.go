package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"loalang/scheduler"
)

const (
	// bulletinAge is how long what the public board shows is believed: whatever is
	// withdrawn, by whom and how ever, is gone after it.
	bulletinAge = 500 * time.Millisecond
	// bulletinPatience is how long a visitor waits for the database.
	bulletinPatience = 2 * time.Second
)

// errNoBulletin says that the village has no public board.
var errNoBulletin = errors.New("the village has no public board")

// errVillageUnread says that the database has not answered since the start: nobody knows
// whether the village has a public board.
var errVillageUnread = errors.New("the village was not read yet")

// bulletins makes the public board and keeps it for a moment, for hundreds come at
// once when something was on the air. Its methods may be called from any goroutine.
type bulletins struct {
	s     *Server
	key   []byte
	worry *worry
	gate  soundGate
	made  singleflight.Group // sounds that are being made for phones
	calls *publicLimits

	mu    sync.Mutex // one reads, the others wait for what it reads
	last  *bulletin
	read  time.Time        // system time
	sizes map[string]int64 // bytes of sounds, by recording
}

func newBulletins(s *Server) *bulletins {
	key := s.cfg.PublicKey
	if len(key) == 0 {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // never fails
	}
	return &bulletins{
		s: s, key: key, calls: newPublicLimits(), sizes: map[string]int64{}, gate: newSoundGate(),
		worry: &worry{log: s.cfg.Logger, bad: "the public board shows the plan alone", good: "the public board shows everything again"},
	}
}

// publicName names something of the inside for everybody: nobody who does not have the
// key can guess it, or learn from it what was made when (ADR 46).
func (b *bulletins) publicName(parts ...string) string {
	mac := hmac.New(sha256.New, b.key)
	mac.Write([]byte(strings.Join(parts, "\x00")))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil)[:15]))
}

// now is the board as it is, at most bulletinAge old; errNoBulletin when the village
// has none, errVillageUnread while nobody knows whether it has.
func (b *bulletins) now(ctx context.Context) (*bulletin, error) {
	village, known := b.s.place.village(ctx, placePatience)
	if !known && b.s.cfg.Bulletins != nil {
		return nil, errVillageUnread
	}
	if b.s.cfg.Bulletins == nil || village.Publicity.Board != scheduler.BoardOn {
		return nil, errNoBulletin
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if at := systemTime(0); b.last == nil || at.Sub(b.read) >= bulletinAge || b.last.Village.Revision != village.Revision {
		b.last, b.read = b.gather(ctx, village), at
	}
	return b.last, nil
}

// gather reads everything anew. Without the database there is the plan, as it was last
// kept beside it.
func (b *bulletins) gather(ctx context.Context, village scheduler.Village) *bulletin {
	loc, err := village.Location()
	if err != nil {
		loc = time.UTC
	}
	in := source{village: village, loc: loc, now: b.s.cfg.Now(), name: b.publicName}
	// The first of those who wait may leave: the others want it all the same.
	ctx = context.WithoutCancel(ctx)
	err = bounded(ctx, bulletinPatience, func(ctx context.Context) (func(), error) {
		plan, err := b.s.cfg.AsRun.Published(ctx, village.Key)
		return func() { in.plan = plan }, err
	})
	if err == nil {
		err = bounded(ctx, bulletinPatience, func(ctx context.Context) (func(), error) {
			told, err := b.s.cfg.Bulletins.Bulletin(ctx, village.Key, in.midnight(-bulletinDays), in.midnight(1), b.planned(in))
			return func() { in.told = told }, err
		})
	}
	if err == nil && !slices.ContainsFunc(in.plan.Occurrences, func(o scheduler.Occurrence) bool { return o.Due.After(in.now) }) {
		err = bounded(ctx, bulletinPatience, func(ctx context.Context) (func(), error) {
			slots, err := b.s.cfg.Places.Slots(ctx, village.Key)
			return func() { in.slots = slots }, err
		})
	}
	b.worry.about(err)
	in.partial = err != nil
	return in.compile()
}

// planned are the announcements that come today and tomorrow, or sound now.
func (b *bulletins) planned(in source) (ids []string) {
	for _, o := range in.plan.Occurrences {
		if o.Kind == scheduler.Notice && o.Due.Before(in.midnight(2)) {
			ids = append(ids, o.Announcement)
		}
	}
	if on := b.s.cfg.Air.Air().OnAir; on != nil && on.Occurrence.Announcement != "" {
		ids = append(ids, on.Occurrence.Announcement)
	}
	return ids
}
