// Package lab proves the board where it will stand: the real program on real kernel
// interfaces in a virtual machine, on a disk that loses what was not flushed when its
// power is cut, killed at any instant, and for hours on end.
//
// It is a room of tests: nothing of the product imports it. What belongs to the host
// lies here: the machine (Machine), its disks (Disk), its first file system (Archive),
// the board as a process (Board), what is done to it (Load) and what it promised
// meanwhile (Ledger). Folder init holds the first process of the machine, folder
// inside the tests that run in it. docs/LAB.md tells how it is used.
package lab
