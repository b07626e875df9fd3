package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

const (
	// history is how far back the book goes: what is older never airs again.
	history = 48 * time.Hour
	// foretold is how long a withdrawn announcement stays in the book: a plan
	// reaches seven days, and what it promised must be explained.
	foretold = 8 * 24 * time.Hour
)

// Book reads everything that scheduler.BuildPlan needs, as it is at one
// instant. Past holds the as-run rows that are open or due in the last 48 hours
// or later. fs.ErrNotExist when there is no such village.
func (s *Store) Book(ctx context.Context, key string, now time.Time) (b scheduler.Book, err error) {
	err = s.read(ctx, "read book", func(tx *sql.Tx) error {
		b, err = book(ctx, tx, key, now)
		return err
	})
	return b, err
}

func book(ctx context.Context, tx *sql.Tx, key string, now time.Time) (b scheduler.Book, err error) {
	if b.Village, err = village(ctx, tx, key); err != nil {
		return b, err
	}
	if b.Village.Exceptions, err = standing(ctx, tx, key, now); err != nil {
		return b, err
	}
	if b.Slots, err = slotsOf(ctx, tx, key); err != nil {
		return b, err
	}
	if b.Stations, err = stationsOf(ctx, tx, key); err != nil {
		return b, err
	}
	if b.Schedules, err = livingSchedules(ctx, tx, key, now); err != nil {
		return b, err
	}
	if b.Announcements, err = announcementsToAir(ctx, tx, b.Schedules, now); err != nil {
		return b, err
	}
	b.Schedules = belonging(b.Schedules, b.Announcements)
	if b.Drills, err = drillsOf(ctx, tx, key, now); err != nil {
		return b, err
	}
	if b.Renditions, err = renditionsToAir(ctx, tx, b.Announcements); err != nil {
		return b, err
	}
	byLanguage(b.Renditions, b.Village.Languages)
	if b.Past, err = past(ctx, tx, key, now); err != nil {
		return b, err
	}
	if b.Fared, err = turns(ctx, tx, key, now, b.Schedules); err != nil {
		return b, err
	}
	if b.Frame, err = frame(ctx, tx, key); err != nil {
		return b, err
	}
	b.Frame.Sounds, err = namedSounds(ctx, tx, key, b.Announcements)
	return b, err
}

// announcementsToAir reads the announcements of schedules, but for those that
// expired or were withdrawn so long ago that no plan promised them.
func announcementsToAir(ctx context.Context, tx *sql.Tx, schedules []scheduler.Schedule, now time.Time) ([]scheduler.Announcement, error) {
	ids := make([]string, len(schedules))
	for i, sc := range schedules {
		ids[i] = sc.Announcement
	}
	return query(ctx, tx, scanAnnouncement, "SELECT "+announcementColumns+` FROM announcements
		WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL
		AND (valid_until_at IS NULL OR valid_until_at >= ?) AND (withdrawn_at IS NULL OR withdrawn_at >= ?)
		ORDER BY created_at, id`, listOf(ids), micros(now.Add(-history)), micros(now.Add(-foretold)))
}

// belonging keeps the schedules of the announcements that may air.
func belonging(schedules []scheduler.Schedule, announcements []scheduler.Announcement) []scheduler.Schedule {
	airs := make(map[string]bool, len(announcements))
	for _, a := range announcements {
		airs[a.ID] = true
	}
	var kept []scheduler.Schedule
	for _, sc := range schedules {
		if airs[sc.Announcement] {
			kept = append(kept, sc)
		}
	}
	return kept
}

func renditionsToAir(ctx context.Context, tx *sql.Tx, announcements []scheduler.Announcement) ([]scheduler.Rendition, error) {
	ids := make([]string, len(announcements))
	for i, a := range announcements {
		ids[i] = a.ID
	}
	return query(ctx, tx, scanRendition, "SELECT "+renditionColumns+
		" FROM renditions WHERE announcement IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL ORDER BY announcement, language", listOf(ids))
}

// past reads what never airs again. While an occurrence sounds, its end is the
// planned one, counted from its real start; afterwards it is that of its last
// airing, or its due when nothing sounded.
func past(ctx context.Context, tx *sql.Tx, village string, now time.Time) ([]scheduler.Past, error) {
	return query(ctx, tx, func(r row) (scheduler.Past, error) { return scanPast(r, now) }, `SELECT r.occurrence, r.class, r.due_at, r.outcome, r.planned_ns, r.schedule, r.slot, r.nominal_at, r.cause, r.rules, r.created_at,
			coalesce(sum(a.ended_at - a.started_at) FILTER (WHERE a.part <> 'bed'), 0), min(a.started_at), max(coalesce(a.ended_at, a.started_at))
		FROM asrun AS r LEFT JOIN airings AS a ON a.asrun = r.id
		WHERE r.village = ? AND r.deleted_at IS NULL AND (r.due_at >= ? OR r.outcome = '')
		GROUP BY r.id ORDER BY r.due_at, r.occurrence`, village, micros(now.Add(-history)))
}

func scanPast(r row, now time.Time) (scheduler.Past, error) {
	var (
		p            scheduler.Past
		outcome      string
		planned      time.Duration
		began, ended time.Time
		ruled        reasons
		created      time.Time
		sounded      int64 // microseconds, of airings that have ended
	)
	err := r.Scan(&p.Occurrence, &p.Class, (*instant)(&p.Due), &outcome, &planned, &p.Schedule, &p.Slot, (*instant)(&p.Nominal), &p.Cause, &ruled, (*instant)(&created), &sounded, (*instant)(&began), (*instant)(&ended))
	written := playout.AsRun{Owned: scheduler.Owned{Created: created}, Outcome: playout.Outcome(outcome)}
	if began.IsZero() {
		p.Ahead = written.Ahead(now)
		began = p.Due
	}
	switch {
	case outcome == "":
		p.End = began.Add(planned)
	case ended.IsZero():
		p.End = p.Due
	default:
		p.End = scheduler.PastEnd(p.Due, ended, time.Duration(sounded)*time.Microsecond, now)
	}
	p.Over = outcome != ""
	if d := time.Duration(sounded) * time.Microsecond; outcome != "" && d < p.End.Sub(p.Due) {
		p.Sounded = d // something interrupted it, or it came late
	}
	p.Exempt = slices.ContainsFunc(ruled, func(r scheduler.Reason) bool { return r.Code == scheduler.ReasonException && r.Exempts })
	return p, err
}

// fairness is how far back it counts who was heard in slots and who was left out.
const fairness = 14 * 24 * time.Hour

// turns sums up what became of the schedules in slots before the Past, for those
// that air in slots.
func turns(ctx context.Context, tx *sql.Tx, village string, now time.Time, schedules []scheduler.Schedule) ([]scheduler.Fared, error) {
	var ids []string
	for _, sc := range schedules {
		if len(sc.Slots) > 0 { // of the kind Slots, and rules in slots
			ids = append(ids, sc.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return query(ctx, tx, scanTurn, `WITH old AS (
			SELECT r.schedule, r.due_at, r.nominal_at, r.cause,
				EXISTS (SELECT 1 FROM airings AS a WHERE a.asrun = r.id AND coalesce(a.ended_at, a.started_at) > r.due_at) AS heard
			FROM json_each(?4) AS s JOIN asrun AS r ON r.village = ?1 AND r.schedule = s.value AND r.due_at >= ?2 AND r.due_at < ?3
			WHERE r.outcome <> '' AND r.slot <> '' AND r.deleted_at IS NULL
		), heard AS (
			SELECT schedule, max(due_at) AS last, max(nominal_at) AS turn FROM old WHERE heard GROUP BY schedule
		)
		SELECT o.schedule, h.last, count(DISTINCT CASE WHEN NOT o.heard AND o.cause IN (SELECT value FROM json_each(?5))
			AND o.nominal_at > coalesce(h.turn, 0) THEN o.nominal_at END)
		FROM old AS o LEFT JOIN heard AS h ON h.schedule = o.schedule GROUP BY o.schedule ORDER BY o.schedule`,
		village, micros(now.Add(-fairness)), micros(now.Add(-history)), listOf(ids), listOf(scheduler.LeavesOut()))
}

func scanTurn(r row) (scheduler.Fared, error) {
	var t scheduler.Fared
	err := r.Scan(&t.Schedule, (*instant)(&t.Last), &t.LeftOut)
	return t, err
}

// namedSounds reads the lengths of the openings, closings and fallbacks of a
// village's slots and of the beds of announcements.
func namedSounds(ctx context.Context, tx *sql.Tx, village string, announcements []scheduler.Announcement) (map[string]time.Duration, error) {
	var beds []string
	for _, a := range announcements {
		if a.Bed != "" {
			beds = append(beds, a.Bed)
		}
	}
	sounds, err := query(ctx, tx, scanSound, `SELECT id, length_ns FROM recordings WHERE deleted_at IS NULL AND id IN (
			SELECT opening FROM slots WHERE village = ?1 AND deleted_at IS NULL
			UNION SELECT closing FROM slots WHERE village = ?1 AND deleted_at IS NULL
			UNION SELECT r.value ->> 'recording' FROM slots, json_each(slots.relays) AS r WHERE village = ?1 AND deleted_at IS NULL
			UNION SELECT r.value ->> 'fallback' FROM slots, json_each(slots.relays) AS r WHERE village = ?1 AND deleted_at IS NULL
			UNION SELECT value FROM json_each(?2))`, village, listOf(beds))
	if err != nil {
		return nil, err
	}
	lengths := make(map[string]time.Duration, len(sounds))
	for _, so := range sounds {
		lengths[so.Recording] = so.Length
	}
	return lengths, nil
}

func scanSound(r row) (scheduler.Sound, error) {
	var so scheduler.Sound
	err := r.Scan(&so.Recording, &so.Length)
	return so, err
}

var _ scheduler.Ledger = (*Store)(nil)
