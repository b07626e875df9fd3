package recordings

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"loalang/audio"
)

// Import takes sound in: it reads r to its end, opens it behind the lock,
// levels it, and stores it. It returns when all of it is durable and in the
// Index; until then nothing of it is visible. The same bytes give the same
// recording again.
//
// The errors are Refused (the file is at fault), ErrDiskFull, ErrNoFFmpeg,
// ErrNoSandbox (the machine is), ErrBusy, or of r, ctx or the Index. A 5-minute
// file takes about 5 s on two cores; two are worked on at a time, and others wait.
// about.Tell hears how it goes on.
func (l *Library) Import(ctx context.Context, r io.Reader, about About) (_ Recording, err error) {
	return l.importUpTo(ctx, r, about, l.limits.Bytes)
}

// importUpTo is Import of at most so many bytes.
func (l *Library) importUpTo(ctx context.Context, r io.Reader, about About, most int64) (_ Recording, err error) {
	began := audio.Monotonic()
	rec, err := l.take(ctx, r, about, most)
	if err != nil {
		if errors.Is(err, syscall.ENOSPC) {
			err = ErrDiskFull
		}
		return Recording{}, fmt.Errorf("import: %w", err)
	}
	l.log.LogAttrs(ctx, slog.LevelInfo, "recording imported",
		slog.String("recording", rec.ID), slog.String("kind", string(rec.Kind)), slog.Duration("length", rec.Length),
		slog.Duration("took", audio.Monotonic().Sub(began)), slog.Any("warnings", rec.Warnings))
	return rec, nil
}

func (l *Library) take(ctx context.Context, r io.Reader, about About, most int64) (_ Recording, err error) {
	if err := about.Trim.Validate(); err != nil {
		return Recording{}, err
	}
	w, err := l.begin()
	if err != nil {
		return Recording{}, err
	}
	defer func() { err = errors.Join(err, w.end()) }()
	about.tell(Receiving, 0, 0)
	upload, err := l.receive(ctx, w, r, most)
	if err != nil {
		return Recording{}, err
	}
	if known, ok := l.known(ctx, upload, about); ok {
		known.Again = true
		return known, nil
	}
	leave, err := l.line.enter(ctx, about)
	if err != nil {
		return Recording{}, err
	}
	defer leave()
	rec, err := l.make(ctx, w, about)
	if err != nil {
		return Recording{}, err
	}
	rec.Variants = append([]Variant{{Form: Original, SHA256: upload.hash, Bytes: upload.size}}, rec.Variants...)
	if err := l.print(ctx, w, &rec, about); err != nil {
		return Recording{}, err
	}
	return l.keep(ctx, w, rec, about)
}

// print takes the fingerprint of the master, and looks for its twin when a person
// brings it: a voice says the same again and means it.
func (l *Library) print(ctx context.Context, w *work, rec *Recording, about About) error {
	own, err := fingerprintOf(w.path("master.wav"), wavHead, nil)
	if err != nil {
		return err
	}
	if err := os.WriteFile(w.path("print"), own.bytes(), 0o600); err != nil {
		return fmt.Errorf("write a fingerprint: %w", err)
	}
	if about.Kind == Take {
		rec.Measures.Twin, err = l.findTwin(ctx, *rec, about.Village, own)
	}
	return err
}

// receive copies the upload, of at most so many bytes, to disk and hashes it.
func (l *Library) receive(ctx context.Context, w *work, r io.Reader, most int64) (stored, error) {
	room, err := w.allowance(most + 1)
	if err != nil {
		return stored{}, err
	}
	f, err := os.OpenFile(w.upload(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return stored{}, fmt.Errorf("create a file for the upload: %w", err)
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(&interruptible{ctx, r}, room))
	if err = errors.Join(err, f.Close()); err != nil {
		return stored{}, fmt.Errorf("receive the upload: %w", err)
	}
	switch {
	case n == 0:
		return stored{}, Refused{Code: Empty}
	case n > most:
		return stored{}, refuse(TooLarge, "the limit is %d MB", most>>20)
	case n == room:
		return stored{}, ErrDiskFull
	}
	return stored{hash: hex.EncodeToString(h.Sum(nil)), size: n}, nil
}

// interruptible ends a copy when its context does.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (i *interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}

// known finds the living recording that the same bytes became before. Whatever
// is not in order there leads to a whole import, which puts it in order.
func (l *Library) known(ctx context.Context, upload stored, about About) (Recording, bool) {
	note, err := os.ReadFile(l.note(upload.hash, about))
	if err != nil || !isID(strings.TrimSpace(string(note))) {
		return Recording{}, false
	}
	rec, err := l.index.Recording(ctx, strings.TrimSpace(string(note)))
	if err != nil || !rec.Deleted.IsZero() {
		return Recording{}, false
	}
	if l.sound(rec.ID) != nil {
		return Recording{}, false
	}
	_, err = os.Stat(l.blob(Original, upload.hash))
	return rec, err == nil
}

// note is the file that says what an original became. A siren is levelled
// differently and so becomes something else, and so does a piece of it.
func (l *Library) note(original string, about About) string {
	ending := about.Trim.mark() + ".id"
	if about.Siren {
		ending = about.Trim.mark() + ".siren.id"
	}
	return strings.TrimSuffix(l.blob(Original, original), ".bin") + ending
}

// make turns the upload into a master and a play copy in the work folder.
func (l *Library) make(ctx context.Context, w *work, about About) (Recording, error) {
	target := speechTarget
	if about.Siren {
		target = sirenTarget
	}
	v, found, err := l.prepare(ctx, w, about, target)
	if err != nil {
		return Recording{}, err
	}
	about.tell(Storing, 0.9, 0)
	rec, err := l.encode(ctx, w, v)
	if err != nil {
		return Recording{}, err
	}
	rec.Warnings, rec.Measures = found.warnings, found.measures
	return rec, nil
}

// prepare opens the upload, cleans and levels it, all within the work folder.
func (l *Library) prepare(ctx context.Context, w *work, about About, target float64) (levelled, finding, error) {
	c, said, err := look(w.upload())
	if err != nil {
		return levelled{}, finding{}, err
	}
	if said.length > w.longest+time.Second && c == amr {
		return levelled{}, finding{}, w.tooLong()
	}
	about.tell(Opening, 0.05, 0)
	d, before, err := l.hear(ctx, w, c, about.Trim)
	if err != nil {
		return levelled{}, finding{}, err
	}
	if before.loudness() < -70 {
		return levelled{}, finding{}, refuse(NoSound, "it is silent")
	}
	if err := w.room(12 * d.frames); err != nil { // cleaned f32, two masters, a play copy, 2 bytes to spare
		return levelled{}, finding{}, err
	}
	about.tell(Cleaning, 0.35, 0)
	f, p, err := l.purify(ctx, w, d, before, target)
	if err != nil {
		return levelled{}, finding{}, err
	}
	v, err := l.level(w, f, p, target, func(turn int) { about.tell(Levelling, 0.9-0.3/float64(turn+1), 0) })
	err = errors.Join(err, f.Close())
	if err != nil {
		return levelled{}, finding{}, err
	}
	return v, finding{warnings(said, d, before, v, target), before.measures(v)}, nil
}

func (w *work) tooLong() error {
	return refuse(TooLong, "the limit is %d minutes", int(w.longest.Minutes()))
}

// look sniffs and inspects the upload.
func look(path string) (container, claims, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", claims{}, fmt.Errorf("open the upload: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", claims{}, fmt.Errorf("open the upload: %w", err)
	}
	c, err := sniff(f, info.Size())
	if err != nil {
		return "", claims{}, err
	}
	said, err := inspect(f, info.Size(), c)
	return c, said, err
}

// encode makes the FLAC master, whose hash names the recording.
func (l *Library) encode(ctx context.Context, w *work, v levelled) (Recording, error) {
	out, err := w.folder("encoded")
	if err != nil {
		return Recording{}, err
	}
	res, err := l.sandbox.do(ctx, step{
		in: v.master, out: out, fileSize: 4*v.frames + 1<<20, ours: true,
		input: []string{"-v", "error", "-protocol_whitelist", "file", "-format_whitelist", "wav", "-codec_whitelist", "pcm_s16le"},
		output: []string{
			"-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact",
			"-c:a", "flac", "-compression_level", "8", "-f", "flac", "file:master.flac",
		},
	})
	if err != nil {
		return Recording{}, err
	}
	if res.err != nil {
		return Recording{}, stepFault("encode the master", res)
	}
	master, err := hashFile(filepath.Join(out, "master.flac"))
	if err != nil {
		return Recording{}, err
	}
	play, err := hashFile(v.play)
	if err != nil {
		return Recording{}, err
	}
	return Recording{
		ID: master.hash, Bytes: master.size, Loudness: v.loudness, TruePeak: v.truePeak,
		Length: audio.Rate.D(audio.Frames(v.frames)),
		Variants: []Variant{
			{Form: Master, SHA256: master.hash, Bytes: master.size},
			{Form: PlayCopy, SHA256: play.hash, Bytes: play.size},
		},
	}, nil
}

// keep puts the files in their places and the recording into the Index. What
// the Index already knows of the same master stays as it is.
func (l *Library) keep(ctx context.Context, w *work, rec Recording, about About) (Recording, error) {
	rec.Title, rec.Kind, rec.Village, rec.By = about.Title, about.Kind, about.Village, about.By
	rec.Origin, rec.Created, rec.Trim = l.origin, l.now().UTC(), about.Trim
	original := rec.Variants[0].SHA256
	note := w.path("note")
	if err := os.WriteFile(note, []byte(rec.ID+"\n"), 0o600); err != nil {
		return Recording{}, fmt.Errorf("note what the upload became: %w", err)
	}
	order, err := l.oneByOne() // nobody removes the same sound between file and Index
	if err != nil {
		return Recording{}, err
	}
	defer func() { _ = order.Close() }()
	err = errors.Join(
		publish(w.upload(), l.blob(Original, original)),
		publish(filepath.Join(w.dir, "encoded", "master.flac"), l.blob(Master, rec.ID)),
		publish(w.path("print"), l.printFile(rec.ID)),
		l.publishPlay(w.path("play.wav"), rec.ID),
	)
	if err != nil {
		return Recording{}, err
	}
	if err := l.index.SaveRecording(ctx, rec); err != nil {
		return Recording{}, fmt.Errorf("save recording: %w", err)
	}
	if err := publish(note, l.note(original, about)); err != nil {
		return Recording{}, err
	}
	l.tidy(ctx, rec.ID)
	kept, err := l.index.Recording(ctx, rec.ID)
	if err != nil {
		return Recording{}, fmt.Errorf("read recording back: %w", err)
	}
	kept.Again = rec.Created.Sub(kept.Created) > time.Millisecond // the Index may keep less than nanoseconds
	return kept, nil
}
