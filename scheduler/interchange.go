package scheduler

import "time"

// Imported remembers an event of somebody's calendar that was taken in: the same
// event again changes what it became and makes nothing twice.
type Imported struct {
	Owned
	UID          string    // of the event; its single times (RECURRENCE-ID) are exceptions of its schedule
	Announcement string    // ID of what it became
	Schedule     string    // ID of when that airs
	Sequence     int64     // SEQUENCE of what was taken, 0 or more
	Modified     time.Time // LAST-MODIFIED, else DTSTAMP, of it; zero: it had neither
	// Digest names everything that was taken of it and, after a dot, what it became as
	// it was left here; without the latter it is not known whether that was edited since.
	Digest string
}

// FeedEvent is what a village's calendar feed tells of one occurrence.
type FeedEvent struct {
	Occurrence string    // ID
	Digest     string    // names all that a reader sees of it
	Begins     time.Time // when it is to begin
	Sequence   int64     // 0 at first, more with every change that was told
	Changed    time.Time // when it last became another
}
