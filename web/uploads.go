package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"syscall"
	"time"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/upload"
)

const (
	// landingsAtOnce bounds the uploads that are worked on at a time.
	landingsAtOnce = 2
	// landingPause is how long an upload waits that could not be worked on: until the
	// disk has room again, the database answers.
	landingPause = time.Minute
	// landingTries is how often an upload is worked on that fails for no reason of its
	// sender's while the database answers.
	landingTries = 5
)

// What the sender says of an upload, in its metadata.
const (
	metaName         = "filename"
	metaTitle        = "title"
	metaVillage      = "village"
	metaAnnouncement = "announcement" // ID; empty: the file is for the library alone
	metaLanguage     = "language"
	metaWording      = "wording" // of the text that was read
	metaSeen         = "seen"    // the recording that the sender knew of
	metaCutFrom      = "cut_from"
	metaCutTo        = "cut_to"
)

// landed is what became of an upload, as it is kept beside it.
type landed struct {
	Recording string `json:"recording,omitempty"`
	Again     bool   `json:"again,omitempty"`   // the sound had been in the library before
	Also      string `json:"also,omitempty"`    // who else sent a recording meanwhile
	Refused   string `json:"refused,omitempty"` // why it was not taken: the word's code
}

// landings are the uploads that are being worked on, in memory. It may be used from
// any goroutine.
type landings struct {
	nudge chan struct{}

	mu      sync.Mutex
	going   map[string]bool   // ID
	trouble map[string]string // ID, the word's code of what it waits for
	failed  map[string]int    // ID, how often nobody knew why
}

func newLandings() *landings {
	return &landings{nudge: make(chan struct{}, 1), going: map[string]bool{}, trouble: map[string]string{}, failed: map[string]int{}}
}

// begin says whether nobody works on an upload yet, and that somebody does now.
func (l *landings) begin(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.going[id] {
		return false
	}
	l.going[id] = true
	return true
}

// end takes note of what stands in an upload's way; empty: nothing.
func (l *landings) end(id, trouble string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.going, id)
	if delete(l.trouble, id); trouble != "" {
		l.trouble[id] = trouble
	}
}

// fail counts what failed and nobody knows why, and says whether it may be tried again.
func (l *landings) fail(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed[id]++; l.failed[id] < landingTries {
		return true
	}
	delete(l.failed, id)
	return false
}

func (l *landings) troubleOf(id string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.trouble[id]
}

// Landed says that an upload has come whole. It returns at once; any goroutine may
// call it.
func (s *Server) Landed() {
	select {
	case s.landings.nudge <- struct{}{}:
	default: // it has been told
	}
}

// LandUploads takes into the library what has come whole, and puts it behind its
// language, until ctx ends; also what an earlier run of the program left. It blocks.
func (s *Server) LandUploads(ctx context.Context) error {
	if s.cfg.Landing == nil {
		return nil
	}
	var working sync.WaitGroup
	defer working.Wait()
	free := make(chan struct{}, landingsAtOnce)
	again := time.NewTicker(landingPause)
	defer again.Stop()
	beat := s.cfg.LandingBeat
	if beat == nil {
		beat = func() {}
	}
	for {
		beat()
		for _, u := range s.cfg.Landing.Waiting() {
			select {
			case <-ctx.Done():
				return nil
			case free <- struct{}{}:
			}
			beat()
			if !s.landings.begin(u.ID) {
				<-free
				continue
			}
			working.Go(func() {
				defer func() { <-free }()
				s.landings.end(u.ID, s.land(ctx, u))
			})
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.landings.nudge:
		case <-again.C:
		}
	}
}

// land works on one upload, and answers with the word's code of what stands in its
// way; empty: it is settled.
func (s *Server) land(ctx context.Context, u upload.Upload) string {
	outcome, err := s.takeLanded(ctx, u)
	if ctx.Err() != nil {
		return "" // the next start goes on with it
	}
	if errors.Is(err, errSettled) {
		return ""
	}
	if s.databaseAway(ctx, err) || s.refusedLanded(err) == refusedFailed && passing(err) == "" && s.landings.fail(u.ID) {
		err = fmt.Errorf("%w: %w", errNotKept, err)
	}
	if code := passing(err); code != "" {
		s.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "an upload waits", slog.String("upload", u.ID), slog.Any("err", err))
		return code
	}
	if outcome.Refused = s.refusedLanded(err); outcome.Refused == refusedFailed {
		s.cfg.Logger.LogAttrs(ctx, slog.LevelError, "an upload could not be taken in", slog.String("upload", u.ID), slog.Any("err", err))
	}
	raw, err := json.Marshal(outcome)
	if err == nil {
		err = s.cfg.Landing.Settle(u.ID, raw)
	}
	if err != nil {
		s.cfg.Logger.LogAttrs(ctx, slog.LevelError, "what became of an upload could not be kept", slog.String("upload", u.ID), slog.Any("err", err))
		return refusedFailed
	}
	return ""
}

// databaseAway says whether an upload was not taken because the database does not answer:
// then nobody knows that its sender has no right, or that there is no such notice.
func (s *Server) databaseAway(ctx context.Context, err error) bool {
	var r recordings.Refused
	if err == nil || errors.As(err, &r) {
		return false
	}
	away := bounded(ctx, readyPatience, func(ctx context.Context) (func(), error) { return nil, s.cfg.Database.Ping(ctx) })
	return away != nil || s.cfg.Damaged()
}

// passing is the word's code of what an upload has to wait for; empty: it was taken,
// or is refused for good.
func passing(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, recordings.ErrDiskFull), errors.Is(err, syscall.ENOSPC):
		return "refused.disk-full"
	case errors.Is(err, recordings.ErrBusy), errors.Is(err, recordings.ErrNoFFmpeg), errors.Is(err, recordings.ErrNoSandbox):
		return refusal(err)
	case errors.Is(err, errNotKept), errors.Is(err, recordings.ErrKilled):
		return "problem.unavailable"
	}
	return ""
}

// errNotKept says that the database did not take what was to be kept.
var errNotKept = errors.New("the database did not take it")

// errSettled says that an upload was settled, or taken away, since it was listed: what
// became of it is known.
var errSettled = errors.New("it is settled already")

// refusedLanded is the word's code of why an upload was refused; empty: it was not.
func (s *Server) refusedLanded(err error) string {
	var f upload.Fault
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errWithdrawn):
		return "problem.withdrawn"
	case errors.Is(err, errNoRight):
		return "problem.forbidden"
	case isMissing(err):
		return "problem.not-found"
	case errors.Is(err, scheduler.ErrTransition):
		return "problem.rendition-state"
	case errors.As(err, &f):
		return "problem." + f.Code
	}
	return refusal(err)
}

// takeLanded takes an upload in: into the library, and behind its language. Done a
// second time, after a restart, it changes nothing more.
func (s *Server) takeLanded(ctx context.Context, u upload.Upload) (landed, error) {
	who, err := s.sender(ctx, u)
	if err != nil {
		return landed{}, err
	}
	ctx = people.Acting(context.WithValue(ctx, askerKey{}, who), who.Actor(people.ByPanel))
	about, err := s.aboutUpload(ctx, who, u)
	if err != nil {
		return landed{}, err
	}
	file, err := s.cfg.Landing.Content(u.ID)
	if errors.Is(err, upload.ErrMissing) {
		return landed{}, errSettled
	}
	if err != nil {
		return landed{}, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	under := s.imports.anew(u.ID, who.ID, about.Village, about.Title)
	about.Tell = under.tell
	rec, err := s.cfg.Importer.Import(ctx, file, about)
	if err != nil {
		under.end(rec, refusal(err)) // or the library tells of it for ever
		return landed{}, err
	}
	out := landed{Recording: rec.ID, Again: rec.Again}
	if id := u.Metadata[metaAnnouncement]; id != "" {
		out.Also, err = s.putLanded(ctx, who, u, rec.ID)
	}
	under.end(rec, "")
	return out, err
}

// putLanded puts a recording behind the language that it was sent for, and says who
// else sent one meanwhile.
func (s *Server) putLanded(ctx context.Context, who people.Principal, u upload.Upload, rec string) (also string, err error) {
	id, lang := u.Metadata[metaAnnouncement], u.Metadata[metaLanguage]
	d, err := s.cfg.Announcements.Announcement(ctx, id)
	if isMissing(err) {
		return "", err
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNotKept, err)
	}
	r := renditionIn(d, lang)
	if r.Recording == rec && (r.State == scheduler.Recorded || r.State == scheduler.Ready) {
		return "", nil // a program that ended after this, and before it could say so
	}
	seen, known := u.Metadata[metaSeen]
	if known && r.Recording != seen {
		also = s.otherTake(ctx, who, r.Recording, rec)
	}
	_, err = s.putTake(ctx, id, lang, rec, u.Metadata[metaWording])
	var invalid scheduler.Invalid
	if err != nil && !errors.Is(err, errWithdrawn) && !errors.Is(err, scheduler.ErrTransition) && !errors.As(err, &invalid) && !isMissing(err) {
		err = fmt.Errorf("%w: %w", errNotKept, err)
	}
	return also, err
}

// otherTake is who brought the recording there, which mine takes the place of; empty:
// nobody did, or who.
func (s *Server) otherTake(ctx context.Context, who people.Principal, there, mine string) string {
	if there == "" || there == mine {
		return ""
	}
	rec, err := s.cfg.Shelf.Recording(ctx, there)
	if err != nil || rec.Kind != recordings.Take || rec.By == who.Name {
		return ""
	}
	return rec.By
}

// sender is who began an upload, if they may still send.
func (s *Server) sender(ctx context.Context, u upload.Upload) (people.Principal, error) {
	var noted people.Principal
	if err := json.Unmarshal(u.Note, &noted); err != nil {
		return noted, fmt.Errorf("read who began an upload: %w", err)
	}
	if noted.Token { // a program's right is its token's, which was looked at
		return noted, nil
	}
	a, ok := s.roster.account(ctx, noted.ID)
	if !ok {
		return noted, errNoRight
	}
	return a.Principal(), nil
}

// aboutUpload says what an upload is, or why it may not be sent: before its first byte
// and again before it is taken in.
func (s *Server) aboutUpload(ctx context.Context, who people.Principal, u upload.Upload) (recordings.About, error) {
	m := u.Metadata
	village := m[metaVillage]
	if village == "" {
		village = s.cfg.Village
	}
	if id := m[metaAnnouncement]; id != "" {
		d, err := s.cfg.Announcements.Announcement(ctx, id)
		if err != nil {
			return recordings.About{}, err
		}
		if !d.Announcement.Withdrawn.IsZero() {
			return recordings.About{}, errWithdrawn
		}
		village = d.Announcement.Village
		place, err := s.cfg.Places.Village(ctx, village)
		if err != nil {
			return recordings.About{}, err
		}
		if !slices.Contains(place.Tongues(), m[metaLanguage]) {
			return recordings.About{}, scheduler.Invalid{{Field: metaLanguage, Code: scheduler.FaultUnknown}}
		}
	}
	if !who.May(people.Upload, village) {
		return recordings.About{}, errNoRight
	}
	trim, err := trimOf(func(name string) string { return m[name] })
	if err != nil {
		return recordings.About{}, recordings.Refused{Code: recordings.BadTrim, Detail: err.Error()}
	}
	title := m[metaTitle]
	if title == "" {
		title = fileTitle(vietnamese, m[metaName])
	}
	return recordings.About{Title: title, Kind: recordings.Take, Village: village, By: who.Name, Trim: trim}, nil
}
