// Command init is the first process of the lab's virtual machines: it loads the modules,
// mounts what a board has mounted, does the steps of its job and switches off, or becomes the init
// of its root.
//
// It owns its machine, and talks to the host by the lines of package job alone. It must not know
// what a step proves, nor anything of the product: it is built without it. Steps run one behind the
// other; the only goroutine shows that the machine runs, until it is switched off.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"loalang/lab/job"
)

func main() {
	fmt.Printf("%s%d\n", job.Began, time.Now().UnixNano())
	if err := run(); err != nil {
		fmt.Printf("%s%v\n", job.Wrong, err)
	}
	unix.Sync()
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF) // it does not come back
}

func run() error {
	raw, err := os.ReadFile(job.File)
	if err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	var j job.Job
	if err := json.Unmarshal(raw, &j); err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	if err := mount("devtmpfs", "/dev", "devtmpfs", 0); err != nil {
		return err
	}
	for _, m := range j.Modules {
		if err := load(m); err != nil {
			fmt.Printf("%s%v\n", job.Wrong, err) // a step may do without
		}
	}
	if len(j.Become) > 0 {
		return become(j)
	}
	if err := settle(j); err != nil {
		return err
	}
	if err := plugIn(j.Address); err != nil {
		return err
	}
	go beat()
	for _, s := range j.Steps {
		step(s)
	}
	return nil
}

// beat shows that the machine runs, whatever a step does.
func beat() {
	for range time.Tick(job.BeatEvery) {
		fmt.Println(job.Beat)
	}
}

func load(m job.Module) error {
	f, err := os.Open(m.File)
	if err != nil {
		return fmt.Errorf("load a module: %w", err)
	}
	defer f.Close()
	if err := unix.FinitModule(int(f.Fd()), m.Args, 0); err != nil && !errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("load the module %s: %w", m.File, err)
	}
	return nil
}

func mount(what, where, kind string, flags uintptr, options ...string) error {
	if err := os.MkdirAll(where, 0o755); err != nil && !errors.Is(err, unix.EROFS) {
		return fmt.Errorf("make %s: %w", where, err)
	}
	data := ""
	if len(options) > 0 {
		data = options[0]
	}
	if err := unix.Mount(what, where, kind, flags, data); err != nil {
		return fmt.Errorf("mount %s at %s: %w", what, where, err)
	}
	return nil
}

// settle mounts the root of the steps and everything in it, and goes there.
func settle(j job.Job) error {
	if err := appears(j.Root); err != nil {
		return err
	}
	if err := mount(j.Root, "/root", "ext4", unix.MS_RDONLY|unix.MS_NOATIME); err != nil {
		return err
	}
	for _, m := range [][3]string{
		{"proc", "/root/proc", "proc"},
		{"sys", "/root/sys", "sysfs"},
		{"dev", "/root/dev", "devtmpfs"},
		{"pts", "/root/dev/pts", "devpts"},
		{"shm", "/root/dev/shm", "tmpfs"},
		{"tmp", "/root/tmp", "tmpfs"},
		{"run", "/root/run", "tmpfs"},
		{"trace", "/root/sys/kernel/tracing", "tracefs"},
	} {
		if err := mount(m[0], m[1], m[2], 0); err != nil {
			return err
		}
	}
	if _, err := os.Stat("/root/sys/kernel/config"); err == nil {
		if err := mount("config", "/root/sys/kernel/config", "configfs", 0); err != nil {
			return err
		}
	}
	if j.Data == "" {
		if err := mount("data", "/root/data", "tmpfs", 0); err != nil {
			return err
		}
	} else if err := mountData(j.Data); err != nil {
		return err
	}
	if err := unix.Chroot("/root"); err != nil {
		return fmt.Errorf("go to the root: %w", err)
	}
	return os.Chdir("/")
}

// become goes to the root for good and hands the machine over to its own first process.
func become(j job.Job) error {
	if err := plugIn(j.Address); err != nil {
		return err
	}
	if err := appears(j.Root); err != nil {
		return err
	}
	if err := mount(j.Root, "/root", "ext4", unix.MS_NOATIME); err != nil {
		return err
	}
	if err := os.Chdir("/root"); err != nil {
		return fmt.Errorf("go to the root: %w", err)
	}
	if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("make it the root of all: %w", err)
	}
	if err := unix.Chroot("."); err != nil {
		return fmt.Errorf("go to the root: %w", err)
	}
	if err := os.Chdir("/"); err != nil {
		return fmt.Errorf("go to the root: %w", err)
	}
	err := unix.Exec(j.Become[0], j.Become, []string{"PATH=/usr/bin:/bin:/usr/sbin:/sbin", "TERM=dumb"})
	return fmt.Errorf("become %s: %w", j.Become[0], err)
}

// mountData mounts the disk that is kept as the installation guide has it mounted.
func mountData(device string) error {
	if err := appears(device); err != nil {
		return err
	}
	if err := checkDisk(device); err != nil {
		return err
	}
	return mount(device, "/root/data", "ext4", unix.MS_NOATIME, "data=ordered,commit=5")
}

// checkDisk does what a board does with a disk before it mounts it (pass 2 of fstab(5), and
// fsck.repair=yes), where the root has the program: a power cut may tear the block that ends
// a transaction of the journal, and a kernel by itself mounts no such disk.
func checkDisk(device string) error {
	const program = "/usr/sbin/e2fsck"
	if _, err := os.Stat("/root" + program); err != nil {
		return nil
	}
	check := exec.Command(program, "-y", device)
	check.SysProcAttr = &syscall.SysProcAttr{Chroot: "/root"}
	check.Dir = "/"
	said, err := check.CombinedOutput()
	var exit *exec.ExitError
	if err == nil || errors.As(err, &exit) && exit.ExitCode() == repaired {
		return nil
	}
	return fmt.Errorf("check %s: %w: %s", device, err, said)
}

// repaired is how e2fsck(8) ends that has mended everything.
const repaired = 1

// appears waits for a device.
func appears(device string) error {
	for range 200 {
		if _, err := os.Stat(device); err == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("there is no %s", device)
}

// plugIn gives the loopback its address, and the first network card one if there is any.
func plugIn(address string) error {
	at := map[string]string{"lo": "127.0.0.1"}
	if address != "" {
		at[firstCard()] = address
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return fmt.Errorf("give a network card its address: %w", err)
	}
	defer func() { _ = unix.Close(fd) }()
	for name, text := range at {
		to, err := netip.ParseAddr(text)
		if err == nil {
			err = up(fd, name, to)
		}
		if err != nil {
			return fmt.Errorf("give %s its address: %w", name, err)
		}
	}
	return nil
}

func firstCard() string {
	cards, err := filepath.Glob("/sys/class/net/*/device")
	if err != nil || len(cards) == 0 {
		return "eth0"
	}
	return filepath.Base(filepath.Dir(cards[0]))
}

func up(fd int, name string, at netip.Addr) error {
	r, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	four := at.As4()
	if err := r.SetInet4Addr(four[:]); err != nil {
		return err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFADDR, r); err != nil {
		return err
	}
	if err := r.SetInet4Addr([]byte{255, 255, 255, 0}); err != nil {
		return err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFNETMASK, r); err != nil {
		return err
	}
	r.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, r)
}

// step runs a program to its end.
func step(s job.Step) {
	fmt.Printf("%s%s\n", job.Run, s.Name)
	cmd := exec.Command(s.Args[0], s.Args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stdout
	cmd.Env = append([]string{"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME=/tmp", "TMPDIR=/tmp", "LOALANG_LAB=inside"}, s.Env...)
	err := cmd.Run()
	code := cmd.ProcessState.ExitCode()
	if err != nil && cmd.ProcessState == nil {
		fmt.Printf("%s%v\n", job.Wrong, err)
	}
	fmt.Printf("%s%s %d\n", job.Ended, s.Name, code)
}
