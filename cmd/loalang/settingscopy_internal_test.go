package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"loalang/hardware"
)

// TestSettingsThatAnIllCardGivesNoMoreHold: a loalang.toml of which the card gave an error, or zeros
// that a power cut had left, was a restart loop, or the end, without a siren.
func TestSettingsThatAnIllCardGivesNoMoreHold(t *testing.T) {
	const text = "amp-line = \"gpiochip0:17\"\nmetrics-token = \"s3cret\"\n"
	log := slog.New(slog.DiscardHandler)
	for name, c := range map[string]struct {
		raw      string
		err      error
		kept     bool
		holds    bool
		prevents bool // a person wrote it so: it is not tried again
	}{
		"Well":         {text, nil, true, false, false},
		"Error":        {"", &fs.PathError{Op: "read", Path: "loalang.toml", Err: syscall.EIO}, true, true, false},
		"Folder":       {"", &fs.PathError{Op: "open", Path: "loalang.toml", Err: syscall.EUCLEAN}, true, true, false},
		"Zeros":        {strings.Repeat("\x00", len(text)), nil, true, true, false},
		"HalfOfZeros":  {text[:9] + strings.Repeat("\x00", 20), nil, true, true, false},
		"NothingKept":  {"", syscall.EIO, false, false, false},
		"ZerosNotKept": {"\x00", nil, false, false, true},
		"Closed":       {"", syscall.EACCES, true, false, false}, // somebody is there, who changed it
		"Misspelt":     {"amp-line = gpio", nil, true, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			data := folder(t.TempDir())
			if err := errors.Join(os.Mkdir(filepath.Dir(data.settingsCopy()), 0o750), os.WriteFile(data.settings(), []byte(text), 0o600)); err != nil {
				t.Fatal(err)
			}
			if c.kept {
				data.keepSettings(settings{}, log)
			}
			var l layers
			values := l.takeFile(data, []byte(c.raw), c.err)
			if c.holds != (l.copied != "") || c.holds && (values["amp-line"] != "gpiochip0:17" || l.unread != nil || l.unclear || len(l.faults) > 0) {
				t.Errorf("%v, copied %q, faults %q, unread %v", values, l.copied, l.faults, l.unread)
			}
			if bad := len(l.faults) > 0 || l.unread != nil; bad != (name != "Well" && !c.holds) || (len(l.faults) > 0) != c.prevents {
				t.Errorf("faults %q, unread %v", l.faults, l.unread)
			}
		})
	}
	data := folder(t.TempDir())
	if err := errors.Join(os.Mkdir(filepath.Dir(data.settingsCopy()), 0o750), os.WriteFile(data.settings(), []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	data.keepSettings(settings{}, log)
	if info, err := os.Stat(data.settingsCopy()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy: %v, %v", info, err)
	}
	if err := os.WriteFile(data.settings(), make([]byte, len(text)), 0o600); err != nil {
		t.Fatal(err)
	}
	p := program{env: func(string) (string, bool) { return "", false }}
	cmd := p.serveCommand()
	if err := cmd.Flags().Set("data", string(data)); err != nil {
		t.Fatal(err)
	}
	s, err := p.settings(cmd)
	if err != nil || s.MetricsToken != "s3cret" || !strings.Contains(strings.Join(s.warnings(hardware.GPIO{}.Where), ""), "write it anew") {
		t.Errorf("%v, %+v", err, s)
	}
	data.keepSettings(s, log) // what the card gives wrongly takes no copy's place
	if raw, err := os.ReadFile(data.settingsCopy()); err != nil || string(raw) != text {
		t.Errorf("the copy is now %q, %v", raw, err)
	}
	if err := os.Remove(data.settings()); err != nil {
		t.Fatal(err)
	}
	data.keepSettings(settings{}, log) // taken away by a person
	if exists(data.settingsCopy()) {
		t.Error("settings that somebody took away hold still")
	}
}
