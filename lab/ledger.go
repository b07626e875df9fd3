package lab

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Ledger is what a board acknowledged, and what it told of the air: what it must still
// know after whatever was done to it. Its methods may be called from any goroutine.
type Ledger struct {
	mu      sync.Mutex
	notices map[string]*title
	uploads map[string]*sending
	now     map[string]string // notice by schedule that shall air at once
	rows    map[string]Object // by occurrence, as last told with an outcome
	siren   time.Time         // until then an emergency was acknowledged to go on; zero: there is none
}

// title is what a notice is called: the last word that was acknowledged, and one that
// was sent behind it and may count or not.
type title struct{ acknowledged, sent string }

// sending is an upload: what it is, and what of it the board said is safe.
type sending struct {
	seed           uint64
	long           time.Duration
	length, offset int
	taken          bool // the board said that it is in the library
}

func (s sending) raw() []byte { return Speech(s.seed, s.long) }

// NewLedger is an empty one.
func NewLedger() *Ledger {
	return &Ledger{notices: map[string]*title{}, uploads: map[string]*sending{}, now: map[string]string{}, rows: map[string]Object{}}
}

// Counts is how many notices and uploads were acknowledged.
func (l *Ledger) Counts() (notices, uploads int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, u := range l.uploads {
		if u.offset == u.length {
			uploads++
		}
	}
	return len(l.notices), uploads
}

// Told is how many rows were told with an outcome.
func (l *Ledger) Told() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.rows)
}

func (l *Ledger) noticeMade(id, called string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notices[id] = &title{called, called}
}

// renaming is told before a new title is sent, renamed when it was acknowledged.
func (l *Ledger) renaming(id, called string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notices[id].sent = called
}

func (l *Ledger) renamed(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notices[id].acknowledged = l.notices[id].sent
}

// uploadBegun takes in an upload of which nothing has been sent. One that is known already is
// the same, begun again by its key: what was acknowledged of it stays acknowledged.
func (l *Ledger) uploadBegun(id string, s sending) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.uploads[id] == nil {
		l.uploads[id] = &s
	}
}

// uploadIs takes in how far an upload is, as a board says that has not been without power since
// the last Check. The error says that it was farther.
func (l *Ledger) uploadIs(id string, at int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.uploads[id]
	if at < u.offset {
		return fmt.Errorf("upload %s: %d bytes were acknowledged, and the board says %d", id, u.offset, at)
	}
	u.offset = at
	return nil
}

// unfinished is an upload that has not come whole, if there is any.
func (l *Ledger) unfinished() (id string, s sending) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(l.uploads)) {
		if u := l.uploads[id]; u.offset < u.length {
			return id, *u
		}
	}
	return "", sending{}
}

// UnderWay is how many bytes were acknowledged of the upload that has come furthest
// without being whole.
func (l *Ledger) UnderWay() (most int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, u := range l.uploads {
		if u.offset < u.length {
			most = max(most, u.offset)
		}
	}
	return most
}

// Sums are the SHA-256 of every recording that was acknowledged whole, by upload.
func (l *Ledger) Sums() map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	sums := map[string]string{}
	for id, u := range l.uploads {
		if u.offset == u.length {
			sum := sha256.Sum256(u.raw())
			sums[id] = hex.EncodeToString(sum[:])
		}
	}
	return sums
}

// Taken asks which of the recordings that came whole are in the library, and gives the SHA-256 of
// all of which that was ever said, by upload. From then on they must stay there.
func (l *Ledger) Taken(ctx context.Context, c *Client) (map[string]string, error) {
	sums := map[string]string{}
	for id, sum := range l.Sums() {
		l.mu.Lock()
		taken := l.uploads[id].taken
		l.mu.Unlock()
		if !taken {
			is, err := c.Ask(ctx, http.MethodGet, "/uploads/"+id, nil)
			if err != nil {
				return nil, err
			}
			if is.Text("stage") != "done" {
				continue
			}
			l.mu.Lock()
			l.uploads[id].taken = true
			l.mu.Unlock()
		}
		sums[id] = sum
	}
	return sums, nil
}

// alarmed is told when an emergency was acknowledged until then, and, with the zero time, before
// it is ended. It gives what was known before.
func (l *Ledger) alarmed(until time.Time) (before time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, l.siren = l.siren, until
	return before
}

// checkAlarm asks for the emergency that was acknowledged.
func (l *Ledger) checkAlarm(ctx context.Context, c *Client) error {
	l.mu.Lock()
	until := l.siren
	l.mu.Unlock()
	if until.IsZero() {
		return nil
	}
	air, err := c.Ask(ctx, http.MethodGet, "/air", nil)
	if err == nil && air["emergency"] == nil && time.Now().Before(until) {
		return fmt.Errorf("an emergency was acknowledged until %s and is lost", until)
	}
	return err
}

func (l *Ledger) scheduled(schedule, notice string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now[schedule] = notice
}

// Restart is what was done to the board before a Check.
type Restart struct {
	// Cuts is how often its power was cut since the Check before. Each may cost TornBytes of what
	// is not whole, and nothing else; without one every byte that was acknowledged is there.
	Cuts int
	// Off are the stretches in which it was without power: nothing sounded then.
	Off []Stretch
}

// Stretch is a stretch of time.
type Stretch struct{ From, To time.Time }

// TornBytes is what of an upload under way a power cut may cost: package upload makes every
// piece durable before it answers, and does not believe the end of a part in a boot in which
// it has not run before, as some file systems leave zeros there (ADR 41).
const TornBytes = 256 << 10

// Check asks the board for everything that it acknowledged, and judges what it tells
// of the air. Nobody may be at work at the board meanwhile. The errors name what is lost
// and what is untrue.
func (l *Ledger) Check(ctx context.Context, c *Client, after Restart) (faults []error) {
	l.mu.Lock()
	notices, uploads, rows := map[string]title{}, map[string]sending{}, maps.Clone(l.rows)
	for id, n := range l.notices {
		notices[id] = *n
	}
	for id, u := range l.uploads {
		uploads[id] = *u
	}
	l.mu.Unlock()
	fault := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	for _, err := range checkNotices(ctx, c, notices) {
		fault(err)
	}
	for _, id := range slices.Sorted(maps.Keys(uploads)) {
		offset, err := checkUpload(ctx, c, id, uploads[id], after.Cuts)
		fault(err)
		if err == nil {
			l.mu.Lock()
			l.uploads[id].offset = offset // from here on it counts from there
			l.mu.Unlock()
		}
	}
	fault(l.checkAlarm(ctx, c))
	told, err := c.Rows(ctx)
	if err != nil {
		return append(faults, err)
	}
	there := map[string]bool{}
	for _, r := range told {
		there[r.Text("occurrence")] = true
		fault(truthful(r, after.Off))
	}
	for id := range rows {
		if !there[id] {
			fault(fmt.Errorf("row %s was told with its outcome and is lost", id))
		}
	}
	fault(l.told(told))
	return faults
}

// checkNotices reads every page of the notices, and those that are older by name.
func checkNotices(ctx context.Context, c *Client, want map[string]title) (faults []error) {
	found := map[string]string{}
	for before := ""; ; {
		page, err := c.Ask(ctx, http.MethodGet, "/announcements?limit=200&before="+before, nil)
		if err != nil {
			return []error{err}
		}
		for _, a := range page.List("announcements") {
			found[a.Text("id")] = a.Text("title")
		}
		if before = page.Text("next"); before == "" {
			break
		}
	}
	for id, w := range want {
		is, there := found[id]
		switch {
		case !there:
			faults = append(faults, fmt.Errorf("notice %s was acknowledged and is lost", id))
		case is != w.acknowledged && is != w.sent:
			faults = append(faults, fmt.Errorf("notice %s is called %q; %q was acknowledged, %q sent", id, is, w.acknowledged, w.sent))
		}
	}
	return faults
}

// checkUpload asks how far an upload is, after so many power cuts.
func checkUpload(ctx context.Context, c *Client, id string, want sending, cuts int) (int, error) {
	is, err := c.Ask(ctx, http.MethodGet, "/uploads/"+id, nil)
	if err != nil {
		return 0, fmt.Errorf("upload %s, %d of %d bytes acknowledged, is lost: %w", id, want.offset, want.length, err)
	}
	offset := int(is.Number("offset"))
	switch least := want.offset; {
	case want.offset == want.length && (offset < want.length || is.Text("stage") == "receiving"):
		return 0, fmt.Errorf("upload %s had come whole and is %v", id, is)
	case want.offset == want.length && is.Text("stage") == "refused":
		return 0, fmt.Errorf("upload %s had come whole and is refused: %v", id, is)
	case want.taken && is.Text("stage") != "done":
		return 0, fmt.Errorf("upload %s was taken into the library and is %v", id, is)
	case offset < least-cuts*TornBytes:
		return 0, fmt.Errorf("upload %s: %d bytes were acknowledged, %d are there after %d power cuts", id, least, offset, cuts)
	}
	return offset, nil
}

// Settled waits until every notice that was to air at once has an outcome: each in
// exactly one row. What the board still means to air is waited for until ctx ends.
func (l *Ledger) Settled(ctx context.Context, c *Client, patience time.Duration) error {
	var open []string
	err := Until(ctx, patience, "everything that was to air has its outcome", func() bool {
		rows, err := c.Rows(ctx)
		if err != nil {
			return false
		}
		count := map[string]int{}
		for _, r := range rows {
			if r.Text("outcome") != "" {
				count[r.Text("schedule")]++
			}
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		open = open[:0]
		for schedule := range l.now {
			if count[schedule] != 1 {
				open = append(open, fmt.Sprintf("%s (%d rows)", schedule, count[schedule]))
			}
		}
		return len(open) == 0
	})
	if err != nil {
		slices.Sort(open)
		return fmt.Errorf("%w; without exactly one: %s", err, strings.Join(open, ", "))
	}
	return nil
}
