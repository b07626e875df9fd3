package health_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/health"
)

// machine is a folder that looks like a board's /proc, /sys and /dev.
type machine struct {
	t   *testing.T
	dir string
}

func newMachine(t *testing.T) (machine, *health.Probe) {
	t.Helper()
	dir := t.TempDir()
	return machine{t, dir}, &health.Probe{Proc: filepath.Join(dir, "proc"), Sys: filepath.Join(dir, "sys"), Dev: filepath.Join(dir, "dev")}
}

func (m machine) write(name, text string) {
	m.t.Helper()
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// The kernel's word on who plays: RUNNING, and the position goes on.
func TestProbeMoving(t *testing.T) {
	m, p := newMachine(t)
	const pid = 812
	status := func(state string, pointer int) {
		m.write("proc/asound/card1/pcm0p/sub0/status", "state: "+state+"\nowner_pid   : 815\ntrigger_time: 1.2\ntstamp      : 0.0\ndelay       : 960\navail       : 0\navail_max   : 0\n-----\nhw_ptr      : "+strconv.Itoa(pointer)+"\nappl_ptr    : 96000\n")
	}
	m.write("proc/asound/card0/pcm0p/sub0/status", "closed\n")
	m.write("proc/812/task/815/comm", "speaker\n")
	status("RUNNING", 4800)
	if got := p.Moving(pid, time.Hour); got != nil {
		t.Errorf("at the first look: %v", *got)
	}
	status("RUNNING", 9600)
	if got := p.Moving(pid, time.Hour+10*time.Second); got == nil || !*got {
		t.Error("it moves, and that was not seen")
	}
	if got := p.Moving(pid, time.Hour+10*time.Second+time.Millisecond); got != nil {
		t.Error("judged within a period")
	}
	if got := p.Moving(pid, time.Hour+20*time.Second); got == nil || *got {
		t.Error("it stands still, and that was not seen")
	}
	status("XRUN", 9600)
	if got := p.Moving(pid, time.Hour+30*time.Second); got == nil || *got {
		t.Error("it is not RUNNING, and that was not seen")
	}
	if got := p.Moving(99, time.Hour); got != nil {
		t.Error("another process's card")
	}
}

func TestProbeMachine(t *testing.T) {
	m, p := newMachine(t)
	if p.Temperature() != nil || p.Power(time.Hour) != nil || p.Memory() != nil || p.Descriptors(7) != nil || p.Link() != nil {
		t.Error("something is measured of nothing")
	}
	if r := p.RTC("rtc0", now, true); r.There {
		t.Errorf("no clock: %+v", r)
	}
	m.write("sys/class/thermal/thermal_zone0/temp", "51500\n")
	m.write("sys/class/thermal/thermal_zone1/temp", "62000\n")
	m.write("sys/class/thermal/thermal_zone2/temp", "broken\n")
	if got := p.Temperature(); got == nil || *got != 62 {
		t.Errorf("temperature %v", got)
	}
	m.write("sys/class/rtc/rtc0/since_epoch", strconv.FormatInt(now.Add(90*time.Second).Unix(), 10)+"\n")
	if r := p.RTC("rtc0", now, true); !r.There || r.Off == nil || *r.Off != 90*time.Second || r.Battery != nil {
		t.Errorf("clock %+v", r)
	}
	if r := p.RTC("rtc0", now, false); r.Off != nil {
		t.Error("a clock is judged by a time that nobody trusts")
	}
	m.write("sys/class/rtc/rtc1/since_epoch", strconv.FormatInt(now.Unix(), 10)+"\n")
	if r := p.RTC("rtc1", now, true); !r.There || r.Off == nil || *r.Off != 0 {
		t.Errorf("the clock beside it: %+v", r)
	}
	if r := p.RTC("", now, true); r.There {
		t.Errorf("no clock of that name: %+v", r)
	}
	m.write("proc/meminfo", "MemTotal:         947000 kB\nMemFree:  1 kB\nMemAvailable:     512000 kB\n")
	m.write("proc/7/status", "Name:\tloalang\nVmRSS:\t   61440 kB\n")
	m.write("proc/8/status", "Name:\tspeaker\nVmRSS:\t   10240 kB\n")
	if got := p.Memory(7, 8, 9); got == nil || got.Available != 512000<<10 || got.Ours != 70<<20 {
		t.Errorf("memory %+v", got)
	}
	m.write("proc/7/limits", "Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 524288               files\n")
	m.write("proc/7/fd/0", "")
	m.write("proc/7/fd/1", "")
	if got := p.Descriptors(7); got == nil || *got != (health.DescriptorState{Open: 2, Limit: 1024}) {
		t.Errorf("descriptors %+v", got)
	}
}

func TestProbeLink(t *testing.T) {
	m, p := newMachine(t)
	const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
	m.write("proc/net/route", head)
	m.write("sys/class/net/lo/operstate", "unknown\n")
	if got := p.Link(); got == nil || got.Up || got.Interface != "" {
		t.Errorf("without an interface: %+v", got)
	}
	m.write("sys/class/net/wlan0/operstate", "down\n")
	if got := p.Link(); got == nil || got.Up || got.Interface != "wlan0" {
		t.Errorf("without a route: %+v", got)
	}
	m.write("proc/net/route", head+"eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\nwlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n")
	if got := p.Link(); got == nil || got.Up || got.Interface != "wlan0" {
		t.Errorf("without a signal: %+v", got)
	}
	m.write("sys/class/net/wlan0/operstate", "up\n")
	if got := p.Link(); got == nil || !got.Up {
		t.Errorf("with everything: %+v", got)
	}
}

func TestProbeDisk(t *testing.T) {
	_, p := newMachine(t)
	d := p.Disk(t.TempDir())
	if d.Failed != "" || d.Size <= 0 || d.Free <= 0 || d.Free > d.Size || d.ReadOnly {
		t.Errorf("disk %+v", d)
	}
	if d := p.Disk(filepath.Join(t.TempDir(), "gone")); d.Failed == "" {
		t.Errorf("no disk: %+v", d)
	}
	if d := p.Disk("/proc/sys"); d.Failed != "" && d.Size > 0 {
		t.Errorf("/proc: %+v", d)
	}
}

// Since Linux 6.12 an ext4 that takes no more writes after an error is not called read-only,
// and health and metrics told that all was well. A file is opened for writing instead.
func TestProbeDiskThatTakesNoWritesAndDoesNotSaySo(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, ".writable")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, p := newMachine(t)
	looked := make(chan *health.DiskState)
	go func() {
		defer close(looked)
		runtime.LockOSThread() // for good: the thread ends with the goroutine, and its mounts with it
		for _, step := range []func() error{
			func() error { return unix.Unshare(unix.CLONE_NEWNS) },
			func() error { return unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "") },
			func() error { return unix.Mount(name, name, "", unix.MS_BIND, "") },
			func() error { return unix.Mount("", name, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "") },
		} {
			if err := step(); err != nil {
				t.Logf("a file cannot be made read-only here (%v): run the tests as root", err)
				return
			}
		}
		looked <- p.Disk(dir)
	}()
	d, done := <-looked
	if !done {
		t.Skip("nothing was looked at")
	}
	if !d.ReadOnly || d.Failed != "" {
		t.Errorf("a disk that takes no writes: %+v", d)
	}
}
