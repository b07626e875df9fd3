package recordings

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// slimFile is where a recording lies in a form for phones, in the cache of the play
// copies.
func (l *Library) slimFile(id string) string {
	return strings.TrimSuffix(l.blob(PlayCopy, id), ".wav") + ".slim.mp3"
}

// Slim opens a recording in a form that the oldest phone plays and a thin line
// carries: MP3, 24 kHz, one channel, 40 kbit/s, at a constant rate so that any piece
// of it may be asked for, without a word of who made it; at its start, and the caller
// closes it. It is made behind the lock, of the master and never of what somebody
// uploaded, when it is first asked for, which takes a second or so for each five
// minutes, and kept as long as the cache of play copies has room: 300 KB a minute.
// ErrNotFound when there is no such recording, ErrDamaged when its master is not what
// it was. It may be called from any goroutine.
func (l *Library) Slim(ctx context.Context, id string) (*os.File, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	return l.openDerived(ctx, id, derived{
		name: "the slim form", path: l.slimFile(id), file: "slim.mp3",
		step: func(w *work, out string) error { return l.makeSlim(ctx, w, id, out) },
		left: func(context.Context) error {
			if _, err := os.Stat(l.blob(Master, id)); errors.Is(err, os.ErrNotExist) {
				return ErrNotFound
			}
			return nil
		},
	})
}

// makeSlim writes the slim form into out.
func (l *Library) makeSlim(ctx context.Context, w *work, id, out string) error {
	if err := l.sound(id); err != nil {
		return err
	}
	size, err := w.allowance(decodeFile)
	if err != nil {
		return err
	}
	res, err := l.sandbox.do(ctx, step{
		in: l.blob(Master, id), out: out, fileSize: size, ours: true, idle: true,
		input: []string{"-v", "error", "-protocol_whitelist", "file", "-format_whitelist", "flac", "-codec_whitelist", "flac"},
		output: []string{
			"-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-id3v2_version", "0", "-write_xing", "0",
			"-c:a", "libmp3lame", "-ac", "1", "-ar", "24000", "-b:a", "40k", "-f", "mp3", "file:slim.mp3",
		},
	})
	if err != nil {
		return err
	}
	if res.err != nil {
		return fmt.Errorf("make the slim form: %w: %s", res.err, cleaned(lastLine(res.stderr)))
	}
	return nil
}
