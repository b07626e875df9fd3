package recordings

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"github.com/landlock-lsm/go-landlock/landlock"
	abi "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// confineSays begins every complaint of the hidden command, so that it is not
// taken for one of ffmpeg's.
const confineSays = "confine: "

// noFile stands for IN and OUT of a program that has only its pipes.
const noFile = "-"

// Confine locks this process in and becomes another program: the inside of the
// hidden command "confine IN OUT -- PROGRAM ARGUMENT…". Landlock leaves it
// programs and libraries to read and run, the file IN to read and the folder
// OUT to write; seccomp refuses every socket, every new process and every
// system call that changes the machine, a file's owner or mode, or another
// process; the capabilities of a superuser are gone. Locks pass on to what it
// starts and cannot be taken off. "-" for IN and for OUT is a program that reads
// and writes what it was started with, and no file.
//
// It returns only when something went wrong, and then nothing was started.
// Callers print the error and exit with 1; the process must not go on.
func Confine(args []string) error {
	if len(args) < 4 || args[2] != "--" {
		return errors.New(confineSays + "the arguments are: IN OUT -- PROGRAM ARGUMENT…")
	}
	in, out, program := args[0], args[1], args[3:]
	path, err := exec.LookPath(program[0])
	if err != nil {
		return fmt.Errorf("%sfind %s: %w", confineSays, program[0], err)
	}
	if out == noFile {
		out = "/"
	}
	if err := os.Chdir(out); err != nil {
		return fmt.Errorf("%senter the output folder: %w", confineSays, err)
	}
	if err := lockFiles(in, out); err != nil {
		return fmt.Errorf("%slock files: %w", confineSays, err)
	}
	runtime.LockOSThread() // capabilities belong to a thread: this one becomes the program
	if err := dropCapabilities(); err != nil {
		return fmt.Errorf("%sdrop capabilities: %w", confineSays, err)
	}
	if err := lockCalls(); err != nil {
		return fmt.Errorf("%slock system calls: %w", confineSays, err)
	}
	err = syscall.Exec(path, program, []string{"PATH=/usr/bin", "LC_ALL=C.UTF-8"})
	return fmt.Errorf("%sstart %s: %w", confineSays, path, err)
}

// lockFiles asks for all that this kernel's Landlock can do, and refuses a
// kernel without it: go-landlock's "best effort" alone would go on unlocked.
func lockFiles(in, out string) error {
	version, err := abi.LandlockGetABIVersion()
	if err != nil || version < 1 {
		return fmt.Errorf("this kernel has no Landlock: %w", err)
	}
	rules := []landlock.Rule{
		landlock.RODirs("/usr", "/lib", "/lib64", "/bin", "/etc/alternatives").IgnoreIfMissing(),
		landlock.ROFiles("/etc/ld.so.cache").IgnoreIfMissing(),
		landlock.RWFiles("/dev/null").IgnoreIfMissing(),
	}
	if in != noFile {
		rules = append(rules, landlock.ROFiles(in))
	}
	if out != "/" {
		rules = append(rules, landlock.RWDirs(out))
	}
	return landlock.V7.BestEffort().Restrict(rules...)
}

// dropCapabilities takes from the calling thread what a superuser may do beyond
// others, for good: making a device file in OUT would open the whole disk, which
// Landlock does not know. It does nothing for anybody else.
func dropCapabilities() error {
	for c := range uintptr(64) {
		err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
		if errors.Is(err, unix.EINVAL) {
			break // beyond the last that this kernel knows
		}
		if err != nil && !errors.Is(err, unix.EPERM) {
			return err
		}
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return err
	}
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return unix.Capset(&head, &none[0])
}

// lockCalls allows the system calls that this library knows, but for the
// refused ones. A list of what is allowed, not of what is refused: a call made
// through another processor mode (int 0x80) or unknown to the list then falls
// under the default, which is EPERM.
func lockCalls() error {
	machine, err := arch.GetInfo("")
	if err != nil {
		return fmt.Errorf("name this processor: %w", err)
	}
	known := func(name string) bool { _, ok := machine.SyscallNames[name]; return ok }
	refused := refusedCalls()
	var bound []seccomp.NameWithConditions
	for _, c := range boundCalls() {
		if refused = append(refused, c.Name); known(c.Name) {
			bound = append(bound, c)
		}
	}
	var allowed []string
	for name := range machine.SyscallNames {
		if !slices.Contains(refused, name) && name != "clone3" {
			allowed = append(allowed, name)
		}
	}
	slices.Sort(allowed)
	groups := []seccomp.SyscallGroup{{Names: allowed, NamesWithCondtions: bound, Action: seccomp.ActionAllow}}
	if known("clone3") {
		// Its flags lie in memory, where no filter looks. The C library takes
		// clone instead of a call that is not there.
		absent := seccomp.SyscallGroup{Names: []string{"clone3"}, Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS)}
		groups = append(groups, absent)
	}
	return seccomp.LoadFilter(seccomp.Filter{
		NoNewPrivs: true,
		Flag:       seccomp.FilterFlagTSync,
		Policy:     seccomp.Policy{DefaultAction: seccomp.ActionErrno, Syscalls: groups},
	})
}

// boundCalls are those that a decoder needs for itself alone: threads but no
// processes, its own limits, signals to its own threads, files that send no
// signals to others.
func boundCalls() []seccomp.NameWithConditions {
	when := func(name string, argument uint32, is seccomp.Operation, values ...uint64) seccomp.NameWithConditions {
		var all seccomp.ArgumentConditions
		for _, v := range values {
			all = append(all, seccomp.Condition{Argument: argument, Operation: is, Value: v})
		}
		return seccomp.NameWithConditions{Name: name, Conditions: all}
	}
	owner := []uint64{unix.F_SETOWN, unix.F_SETOWN_EX, unix.F_SETSIG}
	return []seccomp.NameWithConditions{
		when("clone", 0, seccomp.BitsSet, unix.CLONE_THREAD),
		when("prlimit64", 0, seccomp.Equal, 0),
		when("tgkill", 0, seccomp.Equal, uint64(os.Getpid())), // which stays when it becomes ffmpeg
		when("fcntl", 1, seccomp.NotEqual, owner...),
		when("fcntl64", 1, seccomp.NotEqual, owner...),
	}
}

// refusedCalls are those that reach the network, other processes, or the
// machine itself. A decoder needs none of them.
func refusedCalls() []string {
	return []string{
		"socket", "socketpair", "socketcall", "connect", "bind", "listen", "accept", "accept4",
		"io_uring_setup", "io_uring_enter", "io_uring_register",
		"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_open", "pidfd_getfd",
		"pidfd_send_signal", "kcmp", "kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
		"mount", "umount", "umount2", "mount_setattr", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount",
		"fspick", "pivot_root", "chroot", "unshare", "setns", "open_by_handle_at", "name_to_handle_at",
		"keyctl", "add_key", "request_key", "bpf", "perf_event_open", "userfaultfd", "fanotify_init",
		"init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot",
		"swapon", "swapoff", "acct", "quotactl", "quotactl_fd", "syslog", "vhangup",
		"settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "stime", "sethostname", "setdomainname",
		"iopl", "ioperm", "modify_ldt", "personality", "sched_setscheduler", "sched_setattr",
		"shmget", "shmat", "shmctl", "msgget", "msgctl", "msgsnd", "msgrcv", "semget", "semctl", "semop", "semtimedop", "ipc",
		"mq_open", "mq_unlink", "fork", "vfork", "process_mrelease", "setpgid", "setsid",
		"truncate", "truncate64", // by name: Landlock knows it since Linux 6.2 only
		"mknod", "mknodat", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat",
		"chown32", "fchown32", "lchown32", "utime", "utimes", "utimensat", "utimensat_time64", "futimesat",
		"setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "inotify_init", "inotify_init1",
		"setpriority", "ioprio_set", "sched_setparam", "sched_setaffinity", "migrate_pages", "move_pages",
		"setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid", "capset",
		"setuid32", "setgid32", "setreuid32", "setregid32", "setresuid32", "setresgid32", "setgroups32",
	}
}
