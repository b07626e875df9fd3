package main

import (
	"fmt"
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
	cmd.PrintErrln("# " + web.ClockWords(c.State(), c.Now().In(loc), "en"))
}

// rtcCommand is what systemd starts for a battery clock that the kernel does not look at.
func (p program) rtcCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rtc",
		Short: "Set the system clock by the battery clock, or that by a synchronised system clock",
		Long: "The kernel starts its clock by rtc0 alone, which on many boards is one inside the processor without a battery. Where\n" +
			"the battery is behind another, this sets the system clock by that one while nothing has synchronised it and it lies\n" +
			"behind; and the battery clock once the system clock is synchronised. It asks for root; loalang-rtc.service runs it.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			said, err := settleRTC("/sys", "/dev", hardware.Linux{})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), said)
			return err
		},
	}
}

// settleRTC sets one clock by the other and says in a sentence which.
func settleRTC(sys, dev string, kernel hardware.Linux) (said string, err error) {
	name := hardware.BatteryRTC(sys)
	if name == "" {
		return "there is no battery clock", nil
	}
	at, err := hardware.ReadRTC(sys, name)
	if err != nil {
		return "", err
	}
	wall, _, _ := kernel.Read()
	synced, _ := kernel.Synced()
	switch hardware.JudgeRTC(name, at, wall, builtAfter, synced) {
	case hardware.SystemByRTC:
		return "the system clock is set by " + name, kernel.SetSystem(at)
	case hardware.RTCBySystem:
		return name + " is set by the system clock", kernel.SetRTC(filepath.Join(dev, name), wall)
	case hardware.RTCBroken:
		return name + " has lost its time: replace its cell", nil
	}
	return name + " and the system clock are left as they are", nil
}
