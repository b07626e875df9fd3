package health

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Probe reads what the kernel tells of the machine. Its methods may be called from any
// goroutine; each but Smart reads a few small files, of which Power writes one, and does not wait for anything else. What the
// kernel does not tell is nil.
type Probe struct {
	Proc, Sys, Dev string // "/proc", "/sys" and "/dev", or folders of a test
	Fstab          string // of fstab(5); empty: none
	Worn           string // folder in which one with rights leaves what smartctl said: sda.json for one; empty: none
	Smartctl       string // the program that asks disks for their SMART; empty: none
	Drops          string // file that outlives this program and names the boot in which the supply was low; empty: none
	Boot           string // names this boot of the machine; empty: nobody knows, and Drops is not used
	Peeks          bool   // Drops is another program's: it is read, and never written

	mu     sync.Mutex
	heads  map[string]head
	wasLow bool          // the supply, at a look in this boot
	lowAt  time.Duration // on CLOCK_MONOTONIC, the last time; of wasLow
	asked  bool          // Drops was read
	noted  bool          // and has it that wasLow
}

// head is where the kernel was in a card's stream at a look.
type head struct {
	pointer int64
	at      time.Duration // on CLOCK_MONOTONIC
}

// least is how long must lie between two looks at a card's position: its period may be
// as long as its buffer.
const least = 500 * time.Millisecond

// NewProbe reads the machine that this program runs on.
func NewProbe() *Probe {
	return &Probe{Proc: "/proc", Sys: "/sys", Dev: "/dev", Fstab: Fstab, Worn: "/run/loalang-wear", Smartctl: "smartctl"}
}

// Moving says whether the card that a process holds is played by the kernel: RUNNING,
// and further on than at the look before. Nil: it holds none, or there was no look
// before. The kernel's own word is /proc/asound/card*/pcm*p/sub*/status. mono is
// CLOCK_MONOTONIC.
func (p *Probe) Moving(pid int, mono time.Duration) *bool {
	files, err := filepath.Glob(filepath.Join(p.Proc, "asound/card*/pcm*p/sub*/status"))
	if err != nil || pid <= 0 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.heads == nil {
		p.heads = map[string]head{}
	}
	for _, file := range files {
		status := fields(file)
		owner, err := strconv.Atoi(status["owner_pid"])
		if err != nil || owner != pid && !p.thread(pid, owner) {
			continue
		}
		if status["state"] != "RUNNING" {
			return new(bool)
		}
		pointer, err := strconv.ParseInt(status["hw_ptr"], 10, 64)
		if err != nil {
			return nil
		}
		key := strconv.Itoa(pid) + file
		before, looked := p.heads[key]
		if looked && mono-before.at < least && pointer == before.pointer {
			return nil
		}
		p.heads = map[string]head{key: {pointer, mono}}
		if !looked {
			return nil
		}
		moves := pointer != before.pointer
		return &moves
	}
	return nil
}

// thread says whether a task is one of a process: the kernel names the thread that
// opened the card.
func (p *Probe) thread(pid, task int) bool {
	_, err := os.Stat(filepath.Join(p.Proc, strconv.Itoa(pid), "task", strconv.Itoa(task)))
	return err == nil
}

// Temperature is that of the hottest zone, in °C.
func (p *Probe) Temperature() *float64 {
	var hottest *float64
	for _, file := range p.sys("class/thermal/thermal_zone*/temp") {
		t, err := number(file)
		if c := float64(t) / 1000; err == nil && c > -60 && c < 200 && (hottest == nil || c > *hottest) {
			hottest = &c
		}
	}
	return hottest
}

// Disk is the file system on which a folder lies.
func (p *Probe) Disk(dir string) *DiskState {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return &DiskState{Failed: err.Error()}
	}
	return &DiskState{
		Free: int64(st.Bavail) * int64(st.Bsize), Size: int64(st.Blocks) * int64(st.Bsize), FreeNodes: int64(st.Ffree), Nodes: int64(st.Files),
		ReadOnly: ReadOnly(dir), Gone: IllDisk(tryWriting(dir)), InMemory: inMemory(st), Unmounted: Unmounted(p.Fstab, dir),
	}
}

// IllDisk says whether an error is that of a disk which does not give back what lies on it: it was
// pulled out or reads no more (EIO), or it holds what its file system cannot be, a folder or a file whose
// place ext4 finds changed (EUCLEAN, and EBADMSG where a checksum tells). A damaged database of store is EUCLEAN
// too: ask of what opening, reading or making a file said.
func IllDisk(err error) bool {
	return errors.Is(err, unix.EIO) || errors.Is(err, unix.EUCLEAN) || errors.Is(err, unix.EBADMSG)
}

// writable is the file in a folder that ReadOnly opens.
const writable = ".writable"

// ReadOnly says whether the file system of a folder takes no writes. Its own word is not
// enough: since Linux 6.12 an ext4 that takes none after an error does not call itself
// read-only. A file is opened for writing, and nothing written.
func ReadOnly(dir string) bool {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err == nil && int64(st.Flags)&unix.ST_RDONLY != 0 {
		return true
	}
	return errors.Is(tryWriting(dir), unix.EROFS)
}

// tryWriting opens a file of a folder for writing, and writes nothing. One of a disk that was pulled
// out is of an IllDisk, though the kernel still tells how much room that has.
func tryWriting(dir string) error {
	// Made only once: to make a file waits for whoever else is at the folder, and a disk that
	// hangs is to be found out, not to be waited for.
	f, err := os.OpenFile(filepath.Join(dir, writable), os.O_WRONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		f, err = os.OpenFile(filepath.Join(dir, writable), os.O_WRONLY|os.O_CREATE, 0o600)
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // nothing was written
	var owner unix.Stat_t
	if os.Geteuid() == 0 && unix.Stat(dir, &owner) == nil {
		_ = f.Chown(int(owner.Uid), int(owner.Gid)) // the service must be able to open it, too
	}
	return nil
}

// Wear is how much of its life the disk of a folder has used up, in percent, at most: an
// eMMC tells it in steps of ten (JEDEC 84-B51, EXT_CSD 268 and 269).
func (p *Probe) Wear(dir string) *float64 {
	var st unix.Stat_t
	if err := unix.Stat(dir, &st); err != nil {
		return nil
	}
	dev := filepath.Join(p.Sys, "dev/block", fmt.Sprintf("%d:%d", unix.Major(st.Dev), unix.Minor(st.Dev)))
	at, err := filepath.EvalSymlinks(dev)
	if err != nil {
		return nil
	}
	for range 4 { // a partition, its disk, and the device behind it
		if used := wearAt(at); used != nil {
			return used
		}
		at = filepath.Dir(at)
	}
	return nil
}

func wearAt(disk string) *float64 {
	for _, file := range []string{filepath.Join(disk, "device/life_time"), filepath.Join(disk, "life_time")} {
		var most float64
		for _, step := range strings.Fields(line(file)) {
			n, err := strconv.ParseUint(strings.TrimPrefix(step, "0x"), 16, 8)
			if err == nil && n >= 1 && n <= 11 {
				most = max(most, float64(n)*10)
			}
		}
		if most > 0 {
			return &most
		}
	}
	return nil
}

// RTC is the clock with a battery, held against now when that is trusted. name is that of
// the kernel, "rtc0" for one; empty: there is none.
func (p *Probe) RTC(name string, now time.Time, trusted bool) *RTCState {
	seconds, err := number(filepath.Join(p.Sys, "class/rtc", name, "since_epoch"))
	if name == "" || err != nil {
		return &RTCState{}
	}
	s := &RTCState{There: true, Battery: p.battery(name)}
	if off := time.Unix(seconds, 0).Sub(now).Round(time.Second); trusted {
		s.Off = &off
	}
	return s
}

// badBattery are the bits of RTC_VL_READ that say that the time was lost or soon is:
// data invalid, backup low, backup empty (include/uapi/linux/rtc.h).
const badBattery = 1 | 2 | 4

// battery asks the driver; most cannot say.
func (p *Probe) battery(name string) *bool {
	fd, err := unix.Open(filepath.Join(p.Dev, name), unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	defer func() { _ = unix.Close(fd) }()
	bits, err := unix.IoctlGetUint32(fd, unix.RTC_VL_READ)
	if err != nil {
		return nil
	}
	good := bits&badBattery == 0
	return &good
}

// Link is the way out: the interface of the default route, or the first that is none of
// this machine's own.
func (p *Probe) Link() *LinkState {
	raw, err := os.ReadFile(filepath.Join(p.Proc, "net/route"))
	if err != nil {
		return nil
	}
	for _, row := range strings.Split(string(raw), "\n") {
		columns := strings.Fields(row)
		if len(columns) < 8 || columns[1] != "00000000" || columns[7] != "00000000" {
			continue
		}
		return &LinkState{Interface: columns[0], Up: p.signal(columns[0])}
	}
	var names []string
	for _, dir := range p.sys("class/net/*") {
		if name := filepath.Base(dir); name != "lo" && !strings.HasPrefix(name, "docker") && !strings.HasPrefix(name, "veth") {
			names = append(names, name)
		}
	}
	s := &LinkState{}
	if slices.Sort(names); len(names) > 0 {
		s.Interface = names[0]
	}
	return s
}

// signal says whether an interface has one; "unknown" is what tunnels and some modems say.
func (p *Probe) signal(name string) bool {
	state := line(filepath.Join(p.Sys, "class/net", name, "operstate"))
	return state == "up" || state == "unknown"
}

// Descriptors are those that a process has open.
func (p *Probe) Descriptors(pid int) *DescriptorState {
	dir := filepath.Join(p.Proc, strconv.Itoa(pid))
	open, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		return nil
	}
	raw, err := os.ReadFile(filepath.Join(dir, "limits"))
	if err != nil {
		return nil
	}
	for _, row := range strings.Split(string(raw), "\n") {
		if rest, ok := strings.CutPrefix(row, "Max open files"); ok {
			if columns := strings.Fields(rest); len(columns) > 0 {
				limit, err := strconv.Atoi(columns[0])
				if err != nil { // "unlimited"
					return nil
				}
				return &DescriptorState{Open: len(open), Limit: limit}
			}
		}
	}
	return nil
}

func (p *Probe) sys(pattern string) []string {
	files, err := filepath.Glob(filepath.Join(p.Sys, pattern))
	if err != nil {
		return nil
	}
	return files
}

// line is a file of one line; empty when it cannot be read.
func line(file string) string {
	raw, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(raw))
}

func number(file string) (int64, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64)
}

// fields are the lines "key : value" of a file; none when it cannot be read.
func fields(file string) map[string]string {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	all := map[string]string{}
	for _, row := range strings.Split(string(raw), "\n") {
		if key, value, ok := strings.Cut(row, ":"); ok {
			all[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return all
}

// kilobytes reads "123 kB" as bytes.
func kilobytes(text string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSuffix(text, " kB"), 10, 64)
	return n << 10, err
}
