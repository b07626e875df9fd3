package recordings

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// remake writes the play copy of a recording anew: of a built-in sound from
// this program, of any other from its master. It is the same, byte for byte,
// as the one that was dropped.
func (l *Library) remake(ctx context.Context, id string) (err error) {
	w, err := l.begin()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.end()) }()
	for _, b := range BuiltIns() {
		if b.ID == id {
			return l.place(w, b)
		}
	}
	if err := l.sound(id); err != nil {
		return err
	}
	path, err := l.unpack(ctx, w, id)
	if err != nil {
		return err
	}
	f, err := openOutput(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	play, err := newPlayWriter(w.path("play.wav"))
	if err != nil {
		return err
	}
	if err := errors.Join(eachS16(f, play.write), play.close()); err != nil {
		return err
	}
	if err := l.publishPlay(w.path("play.wav"), id); err != nil {
		return err
	}
	l.tidy(ctx, id)
	return nil
}

// sound asks whether the master is what it was: its name is its hash. What
// ffmpeg makes of a damaged one may be shorter, and would air so.
func (l *Library) sound(id string) error {
	master, err := hashFile(l.blob(Master, id))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return ErrNotFound
	case err != nil:
		return err
	case master.hash != id:
		return ErrDamaged
	}
	return nil
}

// unpack decodes a master to raw s16 at 32 kHz.
func (l *Library) unpack(ctx context.Context, w *work, id string) (string, error) {
	out, err := w.folder("unpacked")
	if err != nil {
		return "", err
	}
	res, err := l.sandbox.do(ctx, step{
		in: l.blob(Master, id), out: out, fileSize: decodeFile, ours: true, idle: w.idle,
		input:  []string{"-v", "error", "-protocol_whitelist", "file", "-format_whitelist", "flac", "-codec_whitelist", "flac"},
		output: []string{"-c:a", "pcm_s16le", "-ac", "1", "-ar", strconv.Itoa(masterRate), "-f", "s16le", "file:master.raw"},
	})
	if err != nil {
		return "", err
	}
	if res.err != nil {
		return "", stepFault("open the master", res)
	}
	return filepath.Join(out, "master.raw"), nil
}

// place writes a built-in sound's play copy.
func (l *Library) place(w *work, b BuiltInSound) error {
	f, err := os.OpenFile(w.path("builtin.wav"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write a built-in sound: %w", err)
	}
	_, err = bytes.NewReader(b.WAV()).WriteTo(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write a built-in sound: %w", err)
	}
	return l.publishPlay(w.path("builtin.wav"), b.ID)
}
