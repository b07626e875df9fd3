package packaging_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// plugged runs loalang-stick for sda1 where that has a file system of this kind, and is mounted or
// named in fstab; it gives what systemd was asked for.
func plugged(t *testing.T, kind string, mounted, listed bool) string {
	t.Helper()
	dir := t.TempDir()
	code := map[bool]string{true: "exit 0", false: "exit 1"}
	for name, body := range map[string]string{
		"findmnt":       `[ "$1" = --fstab ] && ` + code[listed] + "\n" + code[mounted],
		"udevadm":       "echo " + kind,
		"systemd-mount": `echo "$@" >"$0.asked"`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "bin/loalang-stick", "sda1")
	cmd.Env = []string{"PATH=" + dir + ":/usr/bin:/bin"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	asked, err := os.ReadFile(filepath.Join(dir, "systemd-mount.asked"))
	if err != nil {
		return ""
	}
	return string(asked)
}

// TestAStickIsMountedForTheService: the guide named an automounter of desktops, and nothing was
// mounted on a board; what it mounts belongs to another user.
func TestAStickIsMountedForTheService(t *testing.T) {
	for name, c := range map[string]struct {
		kind            string
		mounted, listed bool
		has, not        string // words of what systemd is asked for; has is empty: nothing
	}{
		"OK":           {kind: "vfat", has: ",uid=loalang,gid=loalang,umask=0077", not: "ext4"},
		"ExFAT":        {kind: "exfat", has: ",uid=loalang,gid=loalang,umask=0077", not: "flush"},
		"Ext4":         {kind: "ext4", has: "nosuid,nodev,noexec,noatime ", not: "uid="},
		"DataOrRoot":   {kind: "ext4", mounted: true},
		"NamedInFstab": {kind: "vfat", listed: true},
		"Unknown":      {kind: "ntfs"},
	} {
		t.Run(name, func(t *testing.T) {
			asked := plugged(t, c.kind, c.mounted, c.listed)
			if (asked == "") != (c.has == "") || !strings.Contains(asked, c.has) || c.not != "" && strings.Contains(asked, c.not) {
				t.Errorf("systemd is asked for %q", asked)
			}
			if asked != "" && (!strings.Contains(asked, " /dev/sda1 /media/loalang-sda1\n") || !strings.Contains(asked, "--bind-device")) {
				t.Errorf("systemd is asked for %q: it must go with its stick", asked)
			}
		})
	}
}

// TestFstabIsReadByLabel: a unit that may not open the disk took a partition that fstab names by its
// label for one that nobody names, and mounted it elsewhere.
func TestFstabIsReadByLabel(t *testing.T) {
	if text := read(t, "systemd/loalang-stick@.service"); !strings.Contains(text, "\nDeviceAllow=block-sd r\n") {
		t.Error("loalang-stick@.service may not read the labels of partitions")
	}
}

// TestRulesStandBehindWhatTheyAskFor: what kind of file system, and in which port, is found out by
// rules called 60-p… and 60-s…; rules called 60-l… never saw it.
func TestRulesStandBehindWhatTheyAskFor(t *testing.T) {
	if text := read(t, "60-loalang.rules"); strings.Contains(text, "ID_FS_") || strings.Contains(text, "ID_PATH") {
		t.Error("60-loalang.rules asks for what is found out behind it")
	}
	if text := read(t, "80-loalang.rules"); !strings.Contains(text, `SYSTEMD_WANTS}+="loalang-stick@%k.service"`) || !strings.Contains(text, "SYMLINK+=") {
		t.Errorf("80-loalang.rules: %s", text)
	}
}
