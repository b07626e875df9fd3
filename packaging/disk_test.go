package packaging_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// diskYard is a board whose fstab names a disk for the data, and to which sdb1 was plugged in. Each
// of its programs writes down what was asked of it.
type diskYard struct {
	yard

	named   string // by fstab
	mounted string // number of the disk that is mounted for the data; empty: none
	fails   int    // so often the mount is not there behind a start
}

// plugIn runs loalang-disk for sdb1, and gives what was asked of systemd and of the service, one a line.
func (y diskYard) plugIn() (asked string, well bool) {
	y.t.Helper()
	y.file("dev/sdb1", "")
	y.file("sys/class/block/sdb1/dev", "8:17\n")
	y.file("sys/dev/block/8:17", "")
	y.file("state", y.mounted)
	y.file("fails", strings.Repeat("x\n", y.fails))
	log, state, fails := filepath.Join(y.dir, "asked"), filepath.Join(y.dir, "state"), filepath.Join(y.dir, "fails")
	y.program("findmnt", `[ "$1" = --fstab ] && { [ -n "`+y.named+`" ] || exit 1; echo "`+y.named+`"; exit 0; }
[ -s `+state+` ] || exit 1
printf '  %s \n' "$(/bin/cat `+state+`)"`)
	y.file("usr/bin/loalang", "#!/bin/sh\necho \"loalang $*\" >>"+log+"\n")
	y.program("systemd-run", `echo "$*" >>`+log+`; : >`+state)
	y.program("systemctl", `echo "$*" >>`+log+`
[ "$*" = "start var-lib-loalang.mount" ] || exit 0
[ -s `+state+` ] && exit 0 # it is mounted, for all that systemd knows
[ -s `+fails+` ] && { sed -i 1d `+fails+`; exit 1; }
echo 8:17 >`+state)
	y.program("sleep", "echo slept >>"+log)
	text := read(y.t, "bin/loalang-disk")
	for _, at := range []string{"/var/lib/loalang\n", "/usr/bin/loalang ", "/sys/", "/dev/$1"} {
		text = strings.ReplaceAll(text, at, y.dir+at)
	}
	y.file("script", text)
	cmd := exec.CommandContext(y.t.Context(), "/bin/sh", filepath.Join(y.dir, "script"), "sdb1")
	cmd.Env = []string{"PATH=" + filepath.Join(y.dir, "fakes") + ":/usr/bin:/bin"}
	out, err := cmd.CombinedOutput()
	y.t.Logf("it says: %s", out)
	raw, _ := os.ReadFile(log) // nothing was asked
	return strings.ReplaceAll(strings.ReplaceAll(string(raw), "slept\n", ""), y.dir, ""), err == nil
}

const (
	asksQuiet = "loalang quiet --wait\n"
	asksOff   = "--quiet --collect --property=Type=oneshot umount --lazy /var/lib/loalang\n"
	asksMount = "start var-lib-loalang.mount\n"
	asksBegin = "--no-block restart loalang-restart.service\n"
)

// TestADiskThatComesBackIsTakenAgain: a dip of the supply had the disk of the data gone for three seconds, or it came late at a start of the
// board. Nothing mounted it, and the schedule stayed silent until a person came.
// A disk that flickers and is never mounted must not end what runs in memory.
func TestADiskThatComesBackIsTakenAgain(t *testing.T) {
	const other = "/dev/sdc1"
	for name, c := range map[string]struct {
		named, mounted string
		fails          int
		answers        string // of the lock on the data that is mounted
		want           string
		ill            bool
	}{
		"CameLate":        {named: "sdb1", want: asksQuiet + asksMount + asksBegin},
		"GoneAndBack":     {named: "sdb1", mounted: "8:1", want: asksOff + asksMount + asksBegin},
		"IllInItsPlace":   {named: "sdb1", mounted: "8:33", answers: "Input/output error", want: asksOff + asksMount + asksBegin},
		"IllOfBtrfs":      {named: "sdb1", mounted: "0:40", answers: "Input/output error", want: asksOff + asksMount + asksBegin},
		"AtTheThirdTime":  {named: "sdb1", fails: 2, want: asksQuiet + asksMount + asksMount + asksMount + asksBegin},
		"NeverMounted":    {named: "sdb1", fails: 99, want: asksQuiet + strings.Repeat(asksMount, 6), ill: true},
		"Mounted":         {named: "sdb1", mounted: "8:17"},
		"MountedAndIll":   {named: "sdb1", mounted: "8:17", answers: "Input/output error"},
		"AnotherMounted":  {named: "sdb1", mounted: "8:33"},
		"AnotherOfBtrfs":  {named: "sdb1", mounted: "0:40"},
		"NoLockYet":       {named: "sdb1", mounted: "8:33", answers: "No such file or directory"},
		"AStick":          {named: other},
		"AStickWhileGone": {named: other, mounted: "8:1"},
		"NotInFstab":      {},
		"NotThere":        {named: "sdd1"},
	} {
		t.Run(name, func(t *testing.T) {
			y := diskYard{newYard(t), c.named, c.mounted, c.fails}
			y.file("dev/sdc1", "")
			y.file("sys/dev/block/8:33", "")
			if c.named != "" {
				y.named = filepath.Join(y.dir, "dev", filepath.Base(c.named))
			}
			if c.named == "sdb1" { // by its label
				y.named = filepath.Join(y.dir, "dev/label")
				if err := os.Symlink("sdb1", y.named); err != nil {
					t.Fatal(err)
				}
			}
			if c.answers != "" {
				y.program("cat", `case $1 in */serve.lock) [ "$(/bin/cat `+filepath.Join(y.dir, "state")+`)" != `+c.mounted+` ] || { echo "cat: $1: `+c.answers+`" >&2; exit 1; } ;; esac; exec /bin/cat "$@"`)
			}
			if asked, well := y.plugIn(); asked != c.want || well == c.ill {
				t.Errorf("well %v; asked was\n%swant\n%s", well, asked, c.want)
			}
		})
	}
}

// TestTheRuleAsksForEachFileSystem: which disk it is, on USB or not, fstab says alone; and the unit comes behind the
// mount that a start of the board does by itself.
func TestTheRuleAsksForEachFileSystem(t *testing.T) {
	if !regexp.MustCompile(`(?m)^ACTION!="remove", SUBSYSTEM=="block", ENV{ID_FS_USAGE}=="filesystem", TAG\+="systemd", ENV{SYSTEMD_WANTS}\+="loalang-disk@%k.service"$`).MatchString(read(t, "80-loalang.rules")) {
		t.Error("no rule starts loalang-disk@.service")
	}
	unit := read(t, "systemd/loalang-disk@.service")
	for _, want := range []string{"After=var-lib-loalang.mount", "ExecStart=/usr/libexec/loalang-disk %i", "TimeoutStartSec=infinity", "CapabilityBoundingSet=CAP_DAC_READ_SEARCH"} {
		if !strings.Contains(unit, "\n"+want+"\n") {
			t.Errorf("loalang-disk@.service lacks %s", want)
		}
	}
	for _, not := range []string{"PrivateDevices=yes", "PrivateNetwork=yes", "IPAddressDeny=", "BindsTo="} {
		if strings.Contains(unit, "\n"+not) {
			t.Errorf("loalang-disk@.service has %s: it sees no disk, or cannot ask the service", not)
		}
	}
}
