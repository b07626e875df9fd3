package web

import (
	"context"

	"loalang/recordings"
)

// Holdings finds recordings in the library. *store.Store is one.
type Holdings interface {
	// SearchRecordings finds a page of recordings, and says how many there are in all.
	SearchRecordings(ctx context.Context, q recordings.Search) ([]recordings.Found, int, error)
	// RecordingUses lists where one is used, what may still sound first.
	RecordingUses(ctx context.Context, id string) ([]recordings.Use, error)
	// RecordingReaders lists who brought what a village has, by name.
	RecordingReaders(ctx context.Context, village string) ([]string, error)
}

// Labels names what is in the library. *store.Store is one.
type Labels interface {
	// RenameRecording gives a recording another title; recordings.ErrNotFound when
	// there is none.
	RenameRecording(ctx context.Context, id, title string) error
}

// Bin takes recordings out of the library, and back. *recordings.Library is one.
type Bin interface {
	// Bury removes a recording; recordings.ErrNotFound, ErrBuiltIn or InUse when it
	// cannot.
	Bury(ctx context.Context, id string) error
	// Restore takes that back; recordings.ErrNotFound when it is too late.
	Restore(ctx context.Context, id string) error
}

// Keeping remembers how long the board keeps what nothing uses. *store.Store is one.
type Keeping interface {
	Retention(ctx context.Context) (recordings.Retention, error)
	// SaveRetention returns recordings.ErrRetention when r is outside of its bounds.
	SaveRetention(ctx context.Context, r recordings.Retention, by string) error
}

// Caretaker removes what nothing uses. *recordings.Caretaker is one.
type Caretaker interface {
	// Surplus lists what Tidy would remove now.
	Surplus(ctx context.Context) ([]recordings.Recording, error)
	Tidy(ctx context.Context) (recordings.Tidied, error)
}
