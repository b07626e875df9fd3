package recordings

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"loalang/audio"
	"loalang/audio/level"
	"loalang/recordings/builtin"
)

// The names of the built-in sounds.
const (
	ChimeSound   = "chime"
	OpeningSound = "opening"
	ClosingSound = "closing"
	SirenSound   = "siren"
)

// BuiltInSound is a sound that is part of the program.
type BuiltInSound struct {
	Name  string // one of ChimeSound, OpeningSound, ClosingSound, SirenSound
	Title string // in Vietnamese, for the panel
	ID    string // of its Recording: the sha256 of the WAV
	wav   []byte
}

// WAV is the sound as a 48 kHz s16 mono file. It must not be changed.
func (b BuiltInSound) WAV() []byte { return b.wav }

// BuiltIns are all of them, in the order of the names' constants. The hashes
// are computed on each call, in a few milliseconds.
func BuiltIns() []BuiltInSound {
	all := []BuiltInSound{
		{Name: ChimeSound, Title: "Chuông báo", wav: builtin.Chime()},
		{Name: OpeningSound, Title: "Nhạc mở đầu", wav: builtin.Opening()},
		{Name: ClosingSound, Title: "Nhạc kết thúc", wav: builtin.Closing()},
		{Name: SirenSound, Title: "Còi báo động", wav: builtin.Siren()},
	}
	for i := range all {
		sum := sha256.Sum256(all[i].wav)
		all[i].ID = hex.EncodeToString(sum[:])
	}
	return all
}

// SeedBuiltIns puts the built-in sounds into the library, as they are: their
// level is right already. It may run at every start; what is there stays.
func (l *Library) SeedBuiltIns(ctx context.Context) error {
	for _, b := range BuiltIns() {
		if err := l.seed(ctx, b); err != nil {
			return fmt.Errorf("seed %s: %w", b.Name, err)
		}
	}
	return nil
}

func (l *Library) seed(ctx context.Context, b BuiltInSound) error {
	f, err := l.PlayCopy(ctx, b.ID) // writes it when it is missing
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close play copy: %w", err)
	}
	if known, err := l.index.Recording(ctx, b.ID); err == nil && known.Deleted.IsZero() {
		return nil
	} else if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("look for recording: %w", err)
	}
	rec, err := b.recording()
	if err != nil {
		return err
	}
	rec.Origin, rec.Created = l.origin, l.now().UTC()
	if err := l.index.SaveRecording(ctx, rec); err != nil {
		return fmt.Errorf("save recording: %w", err)
	}
	return nil
}

// recording measures the sound as an import measures its play copy.
func (b BuiltInSound) recording() (Recording, error) {
	meter, peak := level.NewMeter(playRate), level.NewTruePeak()
	err := eachS16(bytes.NewReader(b.wav[wavHead:]), func(frames []float32) {
		meter.Write(frames)
		peak.Write(frames)
	})
	if err != nil {
		return Recording{}, err
	}
	read := meter.Loudness()
	return Recording{
		ID: b.ID, Title: b.Title, Kind: BuiltIn, Bytes: int64(len(b.wav)),
		Length:   audio.Rate.D(audio.Frames(read.Frames)),
		Loudness: loudness(read, read.Frames, playRate), TruePeak: peak.DBTP(),
		Variants: []Variant{{Form: PlayCopy, SHA256: b.ID, Bytes: int64(len(b.wav))}},
	}, nil
}

// SirenFile is the siren as a file in memory, at its start, for an Alarm: it
// needs no library, no database and no disk. The caller closes it.
func SirenFile() (*os.File, error) {
	f, err := inMemory(SirenSound, bytes.NewReader(builtin.Siren()))
	if err != nil {
		return nil, fmt.Errorf("open siren: %w", err)
	}
	return f, nil
}
