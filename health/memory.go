package health

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Memory is that of the machine, and what processes take of it together with all that descend
// from them: a program that serve started and that is gone wild is its own, too.
func (p *Probe) Memory(pids ...int) *MemoryState {
	info := fields(filepath.Join(p.Proc, "meminfo"))
	available, err := kilobytes(info["MemAvailable"])
	total, err2 := kilobytes(info["MemTotal"])
	if errors.Join(err, err2) != nil {
		return nil
	}
	s := &MemoryState{Available: available, Total: total}
	for _, pid := range p.descent(pids) {
		if ours, err := kilobytes(fields(p.process(pid, "status"))["VmRSS"]); err == nil {
			s.Ours += ours
		}
	}
	return s
}

// descent are processes and all that descend from them, each once. It reads one small file of
// every process that may be seen: under ProtectProc=invisible those of our own user, and a
// hundred or so elsewhere, for not every kernel lists a task's children.
func (p *Probe) descent(pids []int) []int {
	if len(pids) == 0 {
		return nil
	}
	entries, err := os.ReadDir(p.Proc)
	if err != nil {
		return pids
	}
	children := map[int][]int{}
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			if parent := p.parent(pid); parent > 0 {
				children[parent] = append(children[parent], pid)
			}
		}
	}
	var all []int
	counted := map[int]bool{}
	for left := append([]int{}, pids...); len(left) > 0; left = left[1:] {
		if pid := left[0]; !counted[pid] {
			counted[pid] = true
			all, left = append(all, pid), append(left, children[pid]...)
		}
	}
	return all
}

// parent is the process that a process descends from; 0: it is gone, or nobody's.
func (p *Probe) parent(pid int) int {
	stat := line(p.process(pid, "stat"))
	columns := strings.Fields(stat[strings.LastIndex(stat, ")")+1:]) // a name may hold anything
	if len(columns) < 2 {
		return 0
	}
	parent, err := strconv.Atoi(columns[1])
	if err != nil {
		return 0
	}
	return parent
}

// process is a file that the kernel has of a process.
func (p *Probe) process(pid int, name string) string {
	return filepath.Join(p.Proc, strconv.Itoa(pid), name)
}
