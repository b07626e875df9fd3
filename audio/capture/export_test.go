package capture

import (
	"os/exec"
	"sync/atomic"
)

// Unending is cfg with an arecord of which the kernel does not say that it ended before
// until is closed, however hard it is killed: its driver holds it. starts counts them.
func Unending(cfg Config, starts *atomic.Int32, until <-chan struct{}) Config {
	cfg.wait = func(cmd *exec.Cmd) error {
		starts.Add(1)
		err := cmd.Wait()
		<-until
		return err
	}
	return cfg
}
