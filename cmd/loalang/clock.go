package main

import (
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"loalang/hardware"
	"loalang/web"
)

// clock is the board's clock as another process of it, serve, keeps it: what was
// told there counts here, and nothing is written.
func (p program) clock(s settings) *hardware.Clock {
	return hardware.OpenClock(hardware.ClockConfig{
		Kernel: hardware.Linux{}, File: filepath.Join(s.Data, "clock.json"), Floor: builtAfter,
		AssumeTrusted: s.ClockTrust == "system", Log: p.quietLog(),
	})
}

// sayClock writes how right the clock is beside what is told by it, where it is in
// nobody's way who reads the output with a program.
func sayClock(cmd *cobra.Command, c *hardware.Clock, loc *time.Location) {
	cmd.PrintErrln("# " + web.ClockWords(c.State(), c.Now().In(loc)))
}
