package recordings

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// beforeFile is where a sound as it came lies in a form that browsers play, in
// the cache of the play copies.
func (l *Library) beforeFile(id string) string {
	return strings.TrimSuffix(l.blob(PlayCopy, id), ".wav") + ".before.flac"
}

// Before opens a recording as it came, neither cleaned nor levelled nor trimmed,
// in a form that every browser plays: FLAC, 32 kHz, one channel or two; at its
// start, and the caller closes it. It is made behind the lock when it is first
// asked for, which takes a second or so for each five minutes, and kept as long as
// the cache of play copies has room: some 2 MB a minute. ErrNotFound when there is
// no such recording, or its original is not kept, as of built-in sounds; else the
// errors are those of Import.
func (l *Library) Before(ctx context.Context, id string) (*os.File, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	path := l.beforeFile(id)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		if err = l.makeBefore(ctx, id); err == nil {
			f, err = os.Open(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open the sound of %.8s as it came: %w", id, err)
	}
	now := l.now()
	_ = os.Chtimes(path, now, now) // only orders the cache
	return f, nil
}

func (l *Library) makeBefore(ctx context.Context, id string) (err error) {
	rec, err := l.index.Recording(ctx, id)
	if err != nil {
		return err
	}
	if !isID(rec.original()) {
		return ErrNotFound
	}
	w, err := l.begin()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.end()) }()
	out, err := w.folder("before")
	if err != nil {
		return err
	}
	size, err := w.allowance(2 * decodeFile)
	if err != nil {
		return err
	}
	limit := strconv.Itoa(int(l.limits.Length.Seconds()) + 1)
	// It was taken in: what an old phone left out of it is silence, and no error.
	res, err := l.sandbox.do(ctx, step{
		in: l.blob(Original, rec.original()), out: out, fileSize: size,
		input: append([]string{"-v", "info", "-max_error_rate", "1"}, opening(limit)...),
		output: []string{
			"-map", "0:a:0", "-vn", "-sn", "-dn", "-t", limit, "-map_metadata", "-1",
			"-af", "aresample=async=1:first_pts=0,aformat=channel_layouts=mono|stereo", "-ar", strconv.Itoa(masterRate),
			"-c:a", "flac", "-sample_fmt", "s16", "-f", "flac", "file:before.flac",
		},
	})
	if err != nil {
		return err
	}
	if res.err != nil {
		return l.verdict(res, size)
	}
	made := filepath.Join(out, "before.flac")
	f, err := openOutput(made)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close what ffmpeg wrote: %w", err)
	}
	order, err := l.oneByOne() // it may be removed just now
	if err != nil {
		return err
	}
	defer func() { _ = order.Close() }()
	if _, err := l.index.Recording(ctx, id); err != nil {
		return err
	}
	if err := publish(made, l.beforeFile(id)); err != nil {
		return err
	}
	l.tidy(ctx, id)
	return nil
}
