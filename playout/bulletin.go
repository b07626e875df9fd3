package playout

import (
	"time"

	"loalang/scheduler"
)

// Bulletin is what a village was told in some days, as the database has it.
type Bulletin struct {
	Runs          []AsRun                           // the earliest first
	Announcements map[string]scheduler.Announcement // living ones, by ID
	Emergencies   []scheduler.Emergency             // raised in that time
	Lengths       map[string]time.Duration          // of living recordings that aired, by ID
}
