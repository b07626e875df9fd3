package hardware

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// closeWithin bounds what the Close of a line behind a device takes.
	closeWithin = 8 * time.Second
	// closeReply is how long such a Close waits for one reply at most: the other zones
	// of a device that is silent are to be told OFF, too.
	closeReply = time.Second
	// hangsAfter is how long a command may be on its way, beyond what its repetitions
	// take, before its port hangs.
	hangsAfter = time.Minute
)

// scriptLine is one zone of a Script. Its methods but Close do not block.
type scriptLine struct {
	script *Script
	zone   int
	wake   chan struct{} // holds one when a command was asked for
	done   chan struct{} // closed when run has ended
	ctx    context.Context
	stop   context.CancelFunc

	mu    sync.Mutex
	on    bool        // what the newest command says
	asked int         // its number; 0: none was asked for
	watch *time.Timer // of the newest command: nil before the first
	hung  int         // number of the newest command of which the device took nothing for too long
	taken int         // number of the newest command that the device took
	over  int         // number of the newest command whose last repetition is sent
	fault error       // of the newest try of the newest command; nil: it was taken, or not tried yet
}

// Set has the zone switched. The same again has it sent anew when its repetitions are
// over.
func (l *scriptLine) Set(on bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return ErrClosed
	}
	if l.on == on && l.asked > l.over {
		return nil // it is on its way
	}
	l.on, l.asked, l.fault = on, l.asked+1, nil
	if l.watch != nil {
		l.watch.Stop()
	}
	n := l.asked
	l.watch = time.AfterFunc(l.longest(), func() { l.late(n) })
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return nil
}

// Answered says whether the device took the newest command, and if not, why the newest
// try of it failed; nil: nobody knows yet.
func (l *scriptLine) Answered() (done bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken == l.asked, l.fault
}

// longest is how long the device may take with a command and its repetitions.
func (l *scriptLine) longest() time.Duration {
	cfg := l.script.cfg
	return hangsAfter + time.Duration(cfg.Repeat)*(cfg.ReplyWithin+cfg.Every)
}

// late notes that a command has had its time.
func (l *scriptLine) late(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken < n {
		l.hung = n
	}
}

// Check tells what is wrong with the newest command once its repetitions are over, and
// whether the port is there.
func (l *scriptLine) Check() error {
	l.mu.Lock()
	fault, hangs := l.fault, l.taken != l.asked && l.hung == l.asked
	if l.over != l.asked {
		fault = nil // there is another try
	}
	l.mu.Unlock()
	switch {
	case fault != nil:
		return fault
	case hangs:
		return fmt.Errorf("%s has taken nothing for %s: pull the adapter out and plug it in again", l.script.cfg.Path, l.longest())
	}
	return l.script.there()
}

// run sends what is asked for until the line ends.
func (l *scriptLine) run() {
	defer close(l.done)
	sent := 0
	for {
		n, on := l.newest()
		if n != sent {
			sent = n
			l.carryOut(n, on)
			continue
		}
		select {
		case <-l.wake:
		case <-l.ctx.Done():
			return
		}
	}
}

// newest is the newest command and its number.
func (l *scriptLine) newest() (n int, on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked, l.on
}

// carryOut sends command n as often as it is to be repeated, unless another overtakes it.
func (l *scriptLine) carryOut(n int, on bool) {
	cfg := l.script.cfg
	command := l.script.command(l.zone, on)
	for i := range cfg.Repeat {
		if i > 0 && !l.pause(n) {
			return
		}
		err := l.script.send(l.ctx, command, cfg.ReplyWithin)
		if l.ctx.Err() != nil {
			return
		}
		l.tried(n, err, i == cfg.Repeat-1)
	}
}

// pause waits for the time of the next repetition of command n; it says false when there
// is none.
func (l *scriptLine) pause(n int) bool {
	next := time.NewTimer(l.script.cfg.Every)
	defer next.Stop()
	for {
		if newest, _ := l.newest(); newest != n {
			return false
		}
		select {
		case <-next.C:
			newest, _ := l.newest()
			return newest == n
		case <-l.wake:
		case <-l.ctx.Done():
			return false
		}
	}
}

// tried takes in what became of one repetition of command n. One that was taken is
// enough.
func (l *scriptLine) tried(n int, err error, last bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked != n {
		return
	}
	switch {
	case err == nil:
		l.taken, l.fault = n, nil
	case l.taken != n:
		l.fault = err
	}
	if last {
		l.over = n
	}
}

// Close sends OFF, as often as it is to be repeated, and waits for that, within
// closeWithin. The error is that none of it was taken.
func (l *scriptLine) Close() error {
	if !l.end() {
		return nil
	}
	ctx, stop := context.WithTimeout(context.Background(), closeWithin)
	defer stop()
	select {
	case <-l.done:
	case <-ctx.Done():
		l.giveBack()
		return fmt.Errorf("send to %s: it hangs: pull the adapter out and plug it in again", l.script.cfg.Path)
	}
	off := l.sendOff(ctx)
	return errors.Join(off, l.script.close())
}

// sendOff sends OFF until ctx ends; one that was taken is enough.
func (l *scriptLine) sendOff(ctx context.Context) (fault error) {
	cfg := l.script.cfg
	command := l.script.command(l.zone, false)
	taken := false
	for i := range cfg.Repeat {
		if i > 0 {
			select {
			case <-time.After(cfg.Every):
			case <-ctx.Done():
			}
		}
		if i > 0 && ctx.Err() != nil {
			break
		}
		if err := l.script.send(ctx, command, min(cfg.ReplyWithin, closeReply)); err != nil {
			fault = err
			continue
		}
		taken = true
	}
	if taken {
		return nil
	}
	return fault
}

// abandon is Close for a device that does not answer: it waits for nothing and sends
// nothing, for what is sent late might overtake what another line sends. The receivers
// stay as they are.
func (l *scriptLine) abandon() (stays, wasOn bool) {
	if l.end() {
		l.giveBack()
	}
	return true, false
}

// giveBack gives the port back when run has ended.
func (l *scriptLine) giveBack() {
	go func() {
		<-l.done
		_ = l.script.close() // nothing of it is used any more
	}()
}

// end lets run end; it says false when it was told before.
func (l *scriptLine) end() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return false
	}
	l.stop()
	return true
}
