package recordings

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
	path := l.slimFile(id)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		if err = l.makeSlim(ctx, id); err == nil {
			f, err = os.Open(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open the slim form of %.8s: %w", id, err)
	}
	now := l.now()
	_ = os.Chtimes(path, now, now) // only orders the cache
	return f, nil
}

func (l *Library) makeSlim(ctx context.Context, id string) (err error) {
	if err := l.sound(id); err != nil {
		return err
	}
	w, err := l.begin()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.end()) }()
	out, err := w.folder("slim")
	if err != nil {
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
	made := filepath.Join(out, "slim.mp3")
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
	if _, err := os.Stat(l.blob(Master, id)); errors.Is(err, os.ErrNotExist) {
		return ErrNotFound
	}
	if err := publish(made, l.slimFile(id)); err != nil {
		return err
	}
	l.tidy(ctx, id)
	return nil
}
