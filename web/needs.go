package web

import (
	"context"
	"io"
	"os"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/speech"
)

// The interfaces that web needs. *store.Store implements those of the first
// part, playout, recordings and hardware those of the second. "Not found" is
// reported by wrapping fs.ErrNotExist, a lost race by ErrConflict-like
// scheduler.ErrRevision.

// Announcements keeps announcements with their renditions.
type Announcements interface {
	// SaveAnnouncement inserts (Revision 0) or updates (the Revision that was
	// read) an announcement, its renditions and schedules in one transaction.
	// Nil slices leave what is there.
	SaveAnnouncement(ctx context.Context, a scheduler.Announcement, rs []scheduler.Rendition, ss []scheduler.Schedule) error
	// Announcement reads one with its renditions and living schedules.
	Announcement(ctx context.Context, id string) (Notice, error)
	// Announcements lists the newest first, before the given ID ("" for the
	// first page), at most limit.
	Announcements(ctx context.Context, village, before string, limit int) ([]Notice, error)
}

// Notice is an announcement with what belongs to it.
type Notice = scheduler.Dossier

// Schedules keeps schedules.
type Schedules interface {
	// SaveSchedule inserts or updates, as SaveAnnouncement does.
	SaveSchedule(ctx context.Context, s scheduler.Schedule) error
	// SaveSchedules saves each of kept, leaves a tombstone of each ID in gone, and saves
	// the announcement alone when a is not nil: all of it or nothing.
	SaveSchedules(ctx context.Context, a *scheduler.Announcement, kept []scheduler.Schedule, gone []string) error
	// RemoveSchedule leaves a tombstone.
	RemoveSchedule(ctx context.Context, id string, at time.Time) error
}

// Places keeps villages and their slots.
type Places interface {
	Village(ctx context.Context, key string) (scheduler.Village, error)
	Villages(ctx context.Context) ([]scheduler.Village, error)
	Slots(ctx context.Context, village string) ([]scheduler.Slot, error)
}

// Arranger changes the rules of a place.
type Arranger interface {
	// SaveVillage updates the village of the revision that was read.
	SaveVillage(ctx context.Context, v scheduler.Village) error
	// SaveSlot inserts a slot (Revision 0) or updates the one of the revision that
	// was read.
	SaveSlot(ctx context.Context, s scheduler.Slot) error
	// RemoveSlot leaves a tombstone.
	RemoveSlot(ctx context.Context, id string, at time.Time) error
}

// Log reads the as-run, and the plan: what was published, and what a longer one
// is built from.
type Log interface {
	// AsRuns lists rows with Due in [from, to), oldest first; village "" is all.
	AsRuns(ctx context.Context, village string, from, to time.Time) ([]playout.AsRun, error)
	Published(ctx context.Context, village string) (scheduler.Plan, error)
	// Book reads everything that scheduler.BuildPlan needs, as it is at one
	// instant.
	Book(ctx context.Context, village string, now time.Time) (scheduler.Book, error)
}

// Spool is what aired while the database could not be written.
type Spool interface {
	// Spooled lists the rows that wait beside the database; it does not ask that.
	Spooled() []playout.AsRun
}

// Shelf lists the library.
type Shelf interface {
	Recording(ctx context.Context, id string) (recordings.Recording, error)
	Recordings(ctx context.Context, village, before string, limit int) ([]recordings.Recording, error)
}

// Accounts keeps the people who sign in.
type Accounts interface {
	AccountByName(ctx context.Context, name string) (people.Account, error)
	AccountByID(ctx context.Context, id string) (people.Account, error)
	// SaveAccount inserts (Revision 0) or updates.
	SaveAccount(ctx context.Context, a people.Account) error
}

// Roster reads everyone at once; emergencies are authorised from this memory.
type Roster interface {
	AllAccounts(ctx context.Context) ([]people.Account, error)
	AllTokens(ctx context.Context) ([]people.Token, error)
}

// Setup keeps the one-time link that creates the first account.
type Setup interface {
	// UseSetup consumes the link whose secret hashes to hash and saves the
	// account, in one transaction; fs.ErrNotExist when there is none that is
	// alive at now.
	UseSetup(ctx context.Context, hash string, now time.Time, a people.Account) error
	// SetupAlive says whether the link may still be used, without using it.
	SetupAlive(ctx context.Context, hash string, now time.Time) (bool, error)
}

// Airer is what sounds now. *playout.Player is one.
type Airer interface {
	Air() playout.Air
	// Watch delivers Air at each change and at least ten times a second while
	// something sounds, once a second otherwise; slow readers lose the oldest.
	Watch(ctx context.Context) <-chan playout.Air
	// Stop ends the occurrence that sounds; playout.ErrNotOnAir when it does not.
	Stop(ctx context.Context, occurrence, by string) error
}

// Alarmer raises and ends emergencies. *playout.Player is one.
type Alarmer interface {
	// Raise returns playout.ErrManyEmergencies when no more can be heard in turn.
	Raise(ctx context.Context, e scheduler.Emergency) error
	// Renew gives an active one another end; playout.ErrNoEmergency when it is none.
	Renew(ctx context.Context, id string, expires time.Time, by string) (scheduler.Emergency, error)
	Lower(ctx context.Context, by string) error
}

// Listener is listen-in. *speaker.Output is one.
type Listener interface {
	Listen(ctx context.Context) (io.ReadCloser, error)
}

// Importer brings sound into the library. *recordings.Library is one.
type Importer interface {
	Import(ctx context.Context, r io.Reader, about recordings.About) (recordings.Recording, error)
	// PlayCopy opens the 48 kHz WAV of a recording.
	PlayCopy(ctx context.Context, id string) (*os.File, error)
}

// Archive opens recordings as they came. *recordings.Library is one.
type Archive interface {
	// Before opens a form that browsers play, FLAC; recordings.ErrNotFound when
	// what came is not kept.
	Before(ctx context.Context, id string) (*os.File, error)
	// Contour opens what of that is drawn: recordings.ContourRate bytes a second.
	Contour(ctx context.Context, id string) (*os.File, error)
}

// Trimmer keeps another piece of a recording's sound as it came, as a new
// recording. *recordings.Library is one.
type Trimmer interface {
	Retrim(ctx context.Context, id string, about recordings.About) (recordings.Recording, error)
}

// Speaker turns text into spoken text and into sound, by the same chain that
// airs it. *playout.Producer is one.
type Speaker interface {
	// Normalize never fails; what it could not read is in Unknown.
	Normalize(language, text string) speech.Spoken
	// Voice speaks spoken text into the library, from its cache when it was
	// spoken before, and says which voice that was.
	Voice(ctx context.Context, language, voice, spoken string) (playout.Said, error)
	Voices(ctx context.Context) ([]speech.Voice, error)
}

// Words keeps the reading dictionary of a village. *store.Store is one.
type Words interface {
	// Words lists a village's living words.
	Words(ctx context.Context, village string) (scheduler.Words, error)
}

// Templates keeps the templates that villages have written or changed. *store.Store
// is one.
type Templates interface {
	// Templates lists a village's living templates; those that come with the
	// program are not among them.
	Templates(ctx context.Context, village string) (scheduler.Templates, error)
	// SaveTemplate keeps a template, or its tombstone; scheduler.ErrRevision when
	// it has changed since it was read.
	SaveTemplate(ctx context.Context, t scheduler.Template) error
	// TemplateUses counts a village's announcements by their Topic.
	TemplateUses(ctx context.Context, village string) (map[string]int, error)
}

// Reader reads texts by the village's words, and changes them. *playout.Producer is
// one.
type Reader interface {
	// Amend keeps changes of one village's words, has announcements read anew, and
	// says which; scheduler.ErrRevision when a word has changed since it was read.
	Amend(ctx context.Context, changes []scheduler.Word) (playout.Amendment, error)
	// Foresee says what Amend would do.
	Foresee(ctx context.Context, changes []scheduler.Word) (playout.Amendment, error)
	// Uses lists, by ID, the announcements that may still air and have a word in
	// their text.
	Uses(ctx context.Context, words scheduler.Words) (map[string][]scheduler.Announcement, error)
}

// Teller takes a person's word for the time. The clock of hardware is one.
type Teller interface {
	// Tell says that it is t now; by is who says so, for the log. It returns at
	// once.
	Tell(t time.Time, by string) error
}

// Withdrawer silences what was taken back. *playout.Player is one.
type Withdrawer interface {
	// Withdraw ends whatever of an announcement sounds or is about to;
	// playout.ErrNotOnAir when nothing does.
	Withdraw(ctx context.Context, announcement, by string) error
	// Unschedule does the same for a schedule that was removed.
	Unschedule(ctx context.Context, schedule, by string) error
	// Reinstate lets an announcement air again that was returned and is approved.
	Reinstate(announcement string)
}

// Pinger says whether the database answers. *store.Store is one.
type Pinger interface {
	Ping(ctx context.Context) error
}
