package main

import (
	"context"
	"time"

	"loalang/upload"
)

const (
	// uploadBytes is the largest file that comes in pieces: an hour as phones record it.
	uploadBytes = 100 << 20
	// uploadsOfOne bounds the files of one person that are on their way.
	uploadsOfOne = 20
	// uploadBytesOfOne bounds what they take together.
	uploadBytesOfOne = 300 << 20
	// uploadMargin is what uploads leave free on the disk, for what airs, for what is
	// logged, and for the work on them.
	uploadMargin = 256 << 20
	// uploadLife is how long a file waits for the rest of it.
	uploadLife = 7 * 24 * time.Hour
	// uploadSilence is how long a line may bring nothing.
	uploadSilence = time.Minute
)

// openUploads opens the folder for files that come in pieces. After a power cut their
// ends are not believed.
func (b *board) openUploads() (*upload.Shelf, error) {
	return upload.Open(upload.Config{
		Dir: folder(b.settings.Data).uploads(), Bytes: uploadBytes, OwnerFiles: uploadsOfOne, OwnerBytes: uploadBytesOfOne,
		Margin: uploadMargin, Life: uploadLife, Silence: uploadSilence, Torn: !b.restarted,
		Now: b.clock.Now, Deadline: func(d time.Duration) time.Time { return time.Now().Add(d) },
		Whole: func() { b.panel.Landed() }, Log: b.log,
	})
}

// tendUploads removes what nobody goes on with, until ctx ends.
func (b *board) tendUploads(ctx context.Context) error {
	if b.uploads == nil {
		return nil
	}
	return b.uploads.Tend(ctx)
}
