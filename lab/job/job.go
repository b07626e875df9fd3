// Package job is what the host asks of the first process of a virtual machine, and the
// lines by which that answers on the serial line. It knows neither of them.
package job

import "time"

// File is where the first process finds the Job, in its first file system.
const File = "/job.json"

// Marks begin the lines of the first process; what programs print stands between.
const (
	Began = "LAB began "  // and the nanoseconds since 1970 at which it began
	Run   = "LAB run "    // and the name of a step
	Ended = "LAB ended "  // the name of a step, its exit code
	Wrong = "LAB wrong: " // what the first process could not do
	Beat  = "LAB beat"    // every BeatEvery while steps are done, also within somebody's line
)

// BeatEvery is how often the first process shows that its machine runs.
const BeatEvery = 5 * time.Second

// Job is all that a machine does from its start until it is switched off.
type Job struct {
	Modules []Module `json:"modules"` // in the order in which they are loaded
	Root    string   `json:"root"`    // block device of the file system that the steps see, read-only
	Data    string   `json:"data"`    // block device of what is mounted at /data; empty: memory
	Address string   `json:"address"` // of the network card, such as 10.0.2.15; empty: there is none
	Steps   []Step   `json:"steps"`
	// Become is the program of the root, with its arguments, that the first process becomes instead
	// of doing steps, such as /sbin/init; the root may then be written to.
	Become []string `json:"become"`
}

// Module is a file of a kernel module and what it is told.
type Module struct {
	File string `json:"file"`
	Args string `json:"args"`
}

// Step is a program that is run to its end.
type Step struct {
	Name string   `json:"name"`
	Args []string `json:"args"` // the first is the path of the program
	Env  []string `json:"env"`
}
