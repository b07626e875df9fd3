package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"loalang/health"
)

// settingsCopy is loalang.toml as it was at the last start. A card that gives it no more, or
// half of it, must not keep the siren from sounding until somebody climbs up; what a
// person wrote wrongly is none of its business, for that person is there.
func (f folder) settingsCopy() string {
	return filepath.Join(string(f), standbyName, "loalang.toml")
}

// errTorn is what a power cut leaves of a file that was being written: room, and nothing in it.
var errTorn = errors.New("a power cut left zeros in it")

// takeFile takes what reading loalang.toml gave, and where that is the fault of the disk its copy.
func (l *layers) takeFile(data folder, raw []byte, err error) map[string]string {
	fault := err
	if err == nil && bytes.IndexByte(raw, 0) >= 0 {
		fault = errTorn
	}
	if errors.Is(fault, errTorn) || health.IllDisk(fault) {
		copied, readErr := os.ReadFile(data.settingsCopy())
		instead := layers{}
		values := instead.parse(data.settingsCopy(), copied, readErr)
		if readErr == nil && instead.unread == nil && len(instead.faults) == 0 {
			l.engines = instead.engines
			l.copied = fmt.Sprintf("%s cannot be read (%v): what it said at the last start holds, from %s; write it anew", data.settings(), reasonOf(fault), data.settingsCopy())
			return values
		}
	}
	return l.parse(data.settings(), raw, err)
}

// keepSettings brings the copy up to date with a loalang.toml with which the board began. Nobody but
// the board reads it: there may be a secret in it. No backup has it.
func (f folder) keepSettings(s settings, log *slog.Logger) {
	if s.Missing || s.Copied != "" {
		return
	}
	raw, err := os.ReadFile(f.settings())
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.Remove(f.settingsCopy()); errors.Is(err, fs.ErrNotExist) {
			return
		}
	} else if err == nil {
		if have, readErr := os.ReadFile(f.settingsCopy()); readErr == nil && bytes.Equal(have, raw) {
			return
		}
		err = replace(f.settingsCopy(), 0o600, func(w io.Writer) error {
			_, err := w.Write(raw)
			return err
		})
	}
	if err == nil {
		err = syncFolder(filepath.Dir(f.settingsCopy()))
	}
	if err != nil {
		log.Warn("no copy of the settings is kept for a card that turns ill", "err", err)
	}
}
