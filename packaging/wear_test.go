package packaging_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheDisksWearIsLeftForTheService: it sees no disk and has no rights, so that of the SSD that the
// guide recommends nothing was ever known.
func TestTheDisksWearIsLeftForTheService(t *testing.T) {
	dir := t.TempDir()
	disk := filepath.Join(dir, "sys/devices/usb/block/sda/sda2")
	link := filepath.Join(dir, "sys/dev/block/8:2")
	for _, made := range []string{disk, filepath.Dir(link), filepath.Join(dir, "run")} {
		if err := os.MkdirAll(made, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(disk, link); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		filepath.Join(disk, "partition"): "2\n",
		filepath.Join(dir, "findmnt"):    "#!/bin/sh\necho '  8:2'\n",
		filepath.Join(dir, "smartctl"):   "#!/bin/sh\nfor last; do :; done\necho \"asked $last\"\nexit 4\n",
		filepath.Join(dir, "script"):     strings.NewReplacer("/sys/dev", dir+"/sys/dev", `[ -b "/dev/$disk" ]`, `[ "$disk" = sda ]`).Replace(read(t, "bin/loalang-wear")),
	} {
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "/bin/sh", filepath.Join(dir, "script"))
	cmd.Env = []string{"PATH=" + dir + ":/usr/bin:/bin", "RUNTIME_DIRECTORY=" + filepath.Join(dir, "run")}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := read(t, filepath.Join(dir, "run/sda.json")); got != "asked /dev/sda\n" {
		t.Errorf("it left %q", got)
	}
	text := read(t, "systemd/loalang-wear.service")
	for _, want := range []string{"RuntimeDirectory=loalang-wear", "RuntimeDirectoryPreserve=yes", "Group=loalang", "CapabilityBoundingSet=CAP_SYS_RAWIO CAP_SYS_ADMIN"} {
		if !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("loalang-wear.service lacks %s", want)
		}
	}
	if !strings.Contains(read(t, "systemd/loalang.service"), " loalang-wear.timer") {
		t.Error("nothing starts loalang-wear.timer")
	}
}
