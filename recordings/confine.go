package recordings

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"github.com/landlock-lsm/go-landlock/landlock"
	abi "github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// confineSays begins every complaint of the hidden command, so that it is not
// taken for one of ffmpeg's.
const confineSays = "confine: "

// Confine locks this process in and becomes another program: the inside of the
// hidden command "confine IN OUT -- PROGRAM ARGUMENT…". Landlock leaves it
// programs and libraries to read and run, the file IN to read and the folder
// OUT to write; seccomp refuses every socket and every system call that
// changes the machine. Locks pass on to what it starts and cannot be taken off.
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
	if err := os.Chdir(out); err != nil {
		return fmt.Errorf("%senter the output folder: %w", confineSays, err)
	}
	if err := lockFiles(in, out); err != nil {
		return fmt.Errorf("%slock files: %w", confineSays, err)
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
	return landlock.V7.BestEffort().Restrict(
		landlock.RODirs("/usr", "/lib", "/lib64", "/bin", "/etc/alternatives").IgnoreIfMissing(),
		landlock.ROFiles("/etc/ld.so.cache").IgnoreIfMissing(),
		landlock.RWFiles("/dev/null").IgnoreIfMissing(),
		landlock.ROFiles(in),
		landlock.RWDirs(out),
	)
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
	refused := refusedCalls()
	var allowed []string
	for name := range machine.SyscallNames {
		if !slices.Contains(refused, name) {
			allowed = append(allowed, name)
		}
	}
	slices.Sort(allowed)
	return seccomp.LoadFilter(seccomp.Filter{
		NoNewPrivs: true,
		Flag:       seccomp.FilterFlagTSync,
		Policy: seccomp.Policy{
			DefaultAction: seccomp.ActionErrno,
			Syscalls:      []seccomp.SyscallGroup{{Names: allowed, Action: seccomp.ActionAllow}},
		},
	})
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
		"shmget", "shmat", "msgget", "semget", "mq_open",
	}
}
