package main

import (
	"context"
	"path/filepath"
	"time"

	"loalang/health"
)

// supplyFile in the folder in memory names the boot in which the supply was low.
const supplyFile = "supply"

// newProbe measures this machine, and knows what an earlier run in this boot saw of its supply.
func (b *board) newProbe() *health.Probe {
	p := health.NewProbe()
	if p.Boot = b.boot; b.refuge != "" {
		p.Drops = filepath.Join(b.refuge, supplyFile)
	}
	return p
}

// peekingProbe measures this machine for a command, and knows what a serve in this boot saw of its
// supply. It leaves nothing there: serve could not write on what root has made.
func (p program) peekingProbe(s settings) *health.Probe {
	probe := health.NewProbe()
	probe.Peeks, probe.Boot = true, bootID(p.quietLog())
	if uid, _, err := ownerOf(s.Data); err == nil { // as whom serve runs
		if memory, err := folder(s.Data).memoryNameOf(spoolPurpose, uid); err == nil {
			probe.Drops = filepath.Join(memory, supplyFile)
		}
	}
	return probe
}

// tendSupply looks at the supply often enough that no drop of it is missed, until ctx ends; it
// returns nil then.
func (s *senses) tendSupply(ctx context.Context) error {
	tick := time.NewTicker(health.LookAtSupply)
	defer tick.Stop()
	for {
		_ = s.probe.Power(monotonic()) // which remembers it
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
