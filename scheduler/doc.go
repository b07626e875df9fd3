// Package scheduler decides what is to be told and when: Announcement, Slot,
// Schedule, Plan, Misfire. BuildPlan is pure: the same input gives the same
// plan. Runner alone wakes anything, and runner.go alone knows gocron.
//
// It must not know sound, the database, the network or the hardware; what it
// needs of them are the small interfaces Ledger and Stage. Its only goroutines
// are those of Planner.Run, which blocks until its context ends.
package scheduler
