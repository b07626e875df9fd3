package recordings

import (
	"context"
	"os"
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
	return l.openDerived(ctx, id, derived{
		name: "the sound as it came", path: l.beforeFile(id), file: "before.flac",
		step: func(w *work, out string) error { return l.makeBefore(ctx, w, id, out) },
		left: func(ctx context.Context) error { _, err := l.index.Recording(ctx, id); return err },
	})
}

// makeBefore writes the sound as it came into out.
func (l *Library) makeBefore(ctx context.Context, w *work, id, out string) error {
	return l.openBefore(ctx, w, id, out, 2*decodeFile, func(limit string) []string {
		return []string{
			"-map", "0:a:0", "-vn", "-sn", "-dn", "-t", limit, "-map_metadata", "-1",
			"-af", "aresample=async=1:first_pts=0,aformat=channel_layouts=mono|stereo", "-ar", strconv.Itoa(masterRate),
			"-c:a", "flac", "-sample_fmt", "s16", "-f", "flac", "file:before.flac",
		}
	})
}

// openBefore opens a recording as it came, behind the lock; what is written into out, of
// at most so many bytes, output says, which is told the longest sound in seconds.
func (l *Library) openBefore(ctx context.Context, w *work, id, out string, most int64, output func(limit string) []string) error {
	rec, err := l.index.Recording(ctx, id)
	if err != nil {
		return err
	}
	if !isID(rec.original()) {
		return ErrNotFound
	}
	size, err := w.allowance(most)
	if err != nil {
		return err
	}
	limit := strconv.Itoa(int(l.limits.Length.Seconds()) + 1)
	// It was taken in: what an old phone left out of it is silence, and no error.
	res, err := l.sandbox.do(ctx, step{
		in: l.blob(Original, rec.original()), out: out, fileSize: size,
		input: append([]string{"-v", "info", "-max_error_rate", "1"}, opening(limit)...), output: output(limit),
	})
	if err != nil {
		return err
	}
	if res.err != nil {
		return l.verdict(res, size)
	}
	return nil
}
