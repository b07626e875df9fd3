package speaker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"loalang/audio"
)

// Converse is the inside of a child on the other end of a socket pair, but for what
// changes the whole process, and for devices other than null.
func Converse(ctx context.Context, conn *os.File) error {
	return ConverseSlowly(ctx, conn, func(string) {})
}

// ConverseSlowly is Converse with a disk: wait is called with the ID of each cue before
// its file is opened, and with "an alarm" before the words of one are read.
func ConverseSlowly(ctx context.Context, conn *os.File, wait func(id string)) error {
	l, err := newLink(conn)
	if err != nil {
		return err
	}
	defer l.close()
	greeting, err := greet(l)
	if err != nil {
		return err
	}
	if choice, err := ParseDevice(greeting.Hello.Device); err == nil && choice.Kind != Null {
		return closeAll(greeting.files)
	}
	c, err := newChild(l, priority{}, greeting)
	if err != nil {
		return errors.Join(err, l.send(&message{Fault: &fault{Sentence: err.Error()}}))
	}
	defer c.tap.pipe.Close()
	open := c.cues.open
	c.cues.open = func(q cue, f *os.File) (audio.DeskCue, error) {
		wait(q.ID)
		return open(q, f)
	}
	c.clips = func(files []*os.File) ([]audio.Clip, error) {
		wait("an alarm")
		return readClips(files)
	}
	return c.run(ctx)
}

// ErrNoMore is what a scripted Output says instead of starting a second child.
var ErrNoMore = errors.New("no more children")

// Scripted is an Output whose only child does what play says at its end of the
// socket pair, and ends when it calls exit. over is called when the next would start.
func Scripted(play func(theirs *os.File, exit func()), over func()) (*Output, error) {
	o, err := NewOutput(Config{Command: []string{"scripted"}, Device: "null", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	begun := false
	o.launch = func([]string, func(int, string)) (*process, error) {
		if begun {
			over()
			return nil, fmt.Errorf("scripted: %w", ErrNoMore)
		}
		begun = true
		ours, theirs, err := pair()
		if err != nil {
			return nil, err
		}
		exited := make(chan struct{})
		go func() {
			defer closeFile(theirs)
			play(theirs, sync.OnceFunc(func() { close(exited) }))
		}()
		return &process{link: ours, pid: 1 << 30, exited: exited, kill: func() {}}, nil
	}
	return o, nil
}

// Hung is an Output whose children open their device, and then neither play nor end,
// however hard they are killed: their driver holds them. begun is told how to end each.
func Hung(begun chan<- func()) (*Output, error) {
	o, err := NewOutput(Config{Command: []string{"hung"}, Device: "null", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	o.launch = func([]string, func(int, string)) (*process, error) {
		ours, theirs, err := pair()
		if err != nil {
			return nil, err
		}
		l, err := newLink(theirs)
		if err != nil {
			return nil, err
		}
		exited := make(chan struct{})
		begun <- func() { close(exited) }
		go func() {
			defer l.close()
			_ = l.send(&message{Up: &up{Device: "hung", RealTime: true}}) // it ends when the parent closes
			for {
				m, err := l.receive()
				if err != nil {
					return
				}
				_ = closeAll(m.files)
			}
		}()
		return &process{link: ours, pid: 1 << 30, exited: exited, kill: func() {}}, nil
	}
	return o, nil
}
