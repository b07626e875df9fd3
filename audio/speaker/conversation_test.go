package speaker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio"
	"loalang/audio/speaker"
)

// A script is what one side of a conversation sends, hostile or not: a packet in each
// line, the descriptors that come with it first, one letter each, then a blank and
// the packet.
//
//	w a WAV file, f an empty file, r the reading end of a pipe whose writer is gone,
//	p that of one whose writer stays, s a socket, d a folder, n /dev/null, e an eventfd
const letters = "wfrpsdne"

// maxPackets bounds a script: longer ones say nothing new.
const maxPackets = 40

// props are the descriptors that scripts send.
type props struct {
	wav, stays *os.File
	peers      []int
}

func newProps(t testing.TB) *props {
	t.Helper()
	p := &props{}
	collect := debug.SetGCPercent(-1) // the collector closes files that were forgotten
	t.Cleanup(func() { debug.SetGCPercent(collect) })
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	p.peers = fds[:]
	p.wav = tone(t, 30*time.Millisecond, 0.5)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stays = w
	t.Cleanup(func() {
		w.Close()
		r.Close()
		unix.Close(fds[0])
		unix.Close(fds[1])
	})
	return p
}

// make is a descriptor of the kind of a letter, to be closed once it was sent.
func (p *props) make(letter byte) (int, error) {
	switch letter {
	case 'w':
		return unix.Open(p.wav.Name(), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	case 'f':
		return unix.MemfdCreate("empty", unix.MFD_CLOEXEC)
	case 'r':
		var ends [2]int
		if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
			return -1, err
		}
		return ends[0], unix.Close(ends[1])
	case 'p':
		return unix.FcntlInt(p.stays.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	case 's':
		return unix.FcntlInt(uintptr(p.peers[0]), unix.F_DUPFD_CLOEXEC, 0)
	case 'd':
		return unix.Open("/", unix.O_RDONLY|unix.O_CLOEXEC|unix.O_DIRECTORY, 0)
	case 'n':
		return unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	case 'e':
		return unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	}
	return -1, nil
}

// perform sends a script on a packet socket. It ends early when nobody listens.
func (p *props) perform(fd int, script []byte) error {
	for i, line := range bytes.Split(script, []byte("\n")) {
		if i == maxPackets {
			return nil
		}
		kinds, packet, _ := bytes.Cut(line, []byte(" "))
		var fds []int
		for _, letter := range kinds[:min(len(kinds), 250)] {
			if strings.IndexByte(letters, letter) < 0 {
				continue
			}
			made, err := p.make(letter)
			if err != nil {
				return fmt.Errorf("make %q: %w", letter, err)
			}
			fds = append(fds, made)
		}
		var rights []byte
		if len(fds) > 0 {
			rights = unix.UnixRights(fds...)
		}
		err := sendAll(fd, packet, rights)
		for _, made := range fds {
			unix.Close(made)
		}
		if err != nil {
			return nil // the other side has had enough
		}
	}
	return nil
}

// sendAll sends one packet, and waits a little where there is no room.
func sendAll(fd int, packet, rights []byte) error {
	for range 200 {
		err := unix.Sendmsg(fd, packet, rights, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		if !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
			return err
		}
		time.Sleep(time.Millisecond)
	}
	return unix.EAGAIN
}

// converse performs a script, says that nothing more comes, and takes in what the other
// side says until that ends: one that closes without having listened would take back
// what it had sent. over is called before.
func (p *props) converse(fd int, script []byte, over func()) error {
	heard := make(chan error, 1)
	go func() { heard <- listenTo(fd) }()
	err := errors.Join(p.perform(fd, script), unix.Shutdown(fd, unix.SHUT_WR))
	over()
	return errors.Join(err, <-heard)
}

// listenTo takes in packets until the other side has closed. The descriptors that
// come with them are dropped.
func listenTo(fd int) error {
	packet := make([]byte, speaker.MaxMessage)
	for {
		ready := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		if _, err := unix.Poll(ready, int(patience.Milliseconds())); err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
		n, err := unix.Read(fd, packet)
		switch {
		case errors.Is(err, unix.EAGAIN) && ready[0].Revents == 0:
			return errors.New("the other side neither speaks nor closes")
		case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.ECONNRESET), err == nil && n == 0:
			return nil
		case err != nil:
			return err
		}
	}
}

// descriptors are those this process has open, but for the standard ones.
func descriptors(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		to, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err == nil && !strings.HasPrefix(to, "/proc/") {
			all = append(all, e.Name()+" "+to)
		}
	}
	return all
}

// noLeak fails when descriptors stay open that were not before.
func noLeak(t testing.TB, before []string) {
	t.Helper()
	var left []string
	if !comes(func() bool {
		left = slices.DeleteFunc(descriptors(t), func(d string) bool { return slices.Contains(before, d) })
		return len(left) == 0
	}) {
		t.Errorf("descriptors stay open: %q", left)
	}
}

// within fails when something never comes.
func within(t testing.TB, what string, done <-chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		t.Fatalf("%s hangs", what)
		return nil
	}
}

func scriptOf(lines ...string) []byte { return []byte(strings.Join(lines, "\n")) }

const (
	greeted     = `n {"hello":{"version":4,"device":"null","routing":[1,1]}}`
	withSiren   = `nw {"hello":{"version":4,"device":"null","routing":[1,1],"siren":true}}`
	greetedBack = ` {"hello":{"version":4}}`
	isUp        = ` {"up":{"device":"null","latency":0,"period":0,"buffer":0,"realtime":false}}`
)

// FuzzChildConversation: whatever a parent sends, with whatever descriptors, the
// child neither panics nor hangs nor keeps a descriptor.
func FuzzChildConversation(f *testing.F) {
	for _, script := range [][]byte{
		scriptOf(withSiren, `w {"cue":{"id":"a","at":1}}`, `w {"cue":{"id":"b","after":"a","cross":1000000}}`, ` {"stop":{}}`, ` {"leave":true}`),
		scriptOf(withSiren, ` {"raise":{"id":"x","cycle":[{"siren":true}]}}`, `wf {"raise":{"id":"x","cycle":[{"siren":true},{},{"name":"vi"}],"repeat":2}}`, ` {"lower":"x"}`),
		scriptOf(greeted, `s {"cue":{"id":"s","at":99,"stream":{"Buffer":100000000}}}`, `p {"cue":{"id":"p","at":99,"stream":{"Buffer":100000000}}}`, `r {"cue":{"id":"r","at":99,"stream":{"Buffer":1}}}`),
		scriptOf(greeted, `d {"cue":{"id":"d","at":1}}`, `e {"cue":{"id":"e","at":1}}`, `s {"cue":{"id":"s","at":1}}`, `n {"cue":{"id":"n","at":1}}`, `f {"cue":{"id":"f","at":1}}`, ` {"listen":true}`),
		scriptOf(greeted, `w {"cue":{"id":"bed","at":1,"bed":{"Attack":1000000,"Release":1000000,"Depth":-14}}}`, `w {"cue":{"id":"v","at":1,"from":1000,"spoken":true,"replaces":"bed"}}`),
		scriptOf(greeted, ` {"cue":{"id":"a","at":1}}`),
		scriptOf(greeted, `ww {"cue":{"id":"a","at":1}}`),
		scriptOf(greeted, strings.Repeat("n", 120)+` {"stop":{}}`),
		scriptOf(greeted, `n {"hello":{"version":4,"device":"null","routing":[1,1]}}`),
		scriptOf(greeted, ` `+strings.Repeat("x", speaker.MaxMessage+2)),
		scriptOf(greeted, isUp),
		scriptOf(greeted, ``),
		scriptOf(greeted, ` {"cue":`),
		scriptOf(`d {"hello":{"version":4,"device":"null","routing":[1,1]}}`, ` {"listen":true}`),
		scriptOf(`nd {"hello":{"version":4,"device":"null","routing":[1,1],"siren":true}}`),
		scriptOf(`n {"hello":{"version":4,"device":"null","routing":[9,1]}}`),
		scriptOf(`n {"hello":{"version":4,"device":"default","routing":[1,1]}}`),
		scriptOf(`n {"hello":{"version":9,"device":"null"}}`),
		scriptOf(`w {"cue":{"id":"a","at":1}}`),
	} {
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		p := newProps(t)
		before := descriptors(t)
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan error, 1)
		go func() { done <- speaker.Converse(ctx, os.NewFile(uintptr(fds[1]), "child")) }()
		if err := p.converse(fds[0], script, func() {}); err != nil {
			t.Error(err)
		}
		if err := unix.Close(fds[0]); err != nil {
			t.Fatal(err)
		}
		if err := within(t, "the child", done); err != nil && len(err.Error()) == 0 {
			t.Error("an error without words")
		}
		noLeak(t, before)
	})
}

// FuzzParentConversation: whatever a child sends, the parent neither panics nor hangs
// nor keeps a descriptor, and what it was asked to play ends exactly once.
func FuzzParentConversation(f *testing.F) {
	status := ` {"status":{"read":1,"frames":480,"levels":{"RMS":-20,"Peak":-10},"sounding":[{"id":"a","frames":480}]}}`
	for _, script := range [][]byte{
		scriptOf(greetedBack, isUp, status, ` {"event":{"Kind":"started","ID":"a","At":1}}`, ` {"event":{"Kind":"ended","ID":"a","At":2,"Frames":480,"Cause":"completed"}}`),
		scriptOf(greetedBack, isUp, ` {"event":{"Kind":"ended","ID":"b","At":2,"Cause":"unread"}}`, ` {"event":{"Kind":"ended","ID":"b","At":2,"Cause":"unread"}}`),
		scriptOf(greetedBack, isUp, isUp),
		scriptOf(greetedBack, ` {"absent":{"sentence":"unplugged"}}`, ` {"absent":{"sentence":"busy"}}`, isUp, ` {"absent":{"sentence":"late"}}`),
		scriptOf(greetedBack, isUp, ` {"event":{"Kind":"alarm-on","ID":"flood","At":1}}`, ` {"event":{"Kind":"muted","At":1}}`, ` {"event":{"Kind":"alarm-off","ID":"flood","At":5}}`),
		scriptOf(greetedBack, isUp, ` {"fault":{"sentence":"the card is gone"}}`),
		scriptOf(greetedBack, ` {"up":{"device":"x","latency":-9223372036854775808,"period":9223372036854775807,"buffer":-1,"realtime":true,"is":{"Index":-1}}}`,
			` {"status":{"read":9223372036854775807,"frames":-1,"underruns":9223372036854775807,"rss":-1,"sounding":[{"id":"a","frames":9223372036854775807}]}}`, ` {"event":{"Kind":"started","ID":"a","At":-9223372036854775808}}`),
		scriptOf(greetedBack, isUp, ` {"status":{"dropped":1}}`),
		scriptOf(greetedBack, isUp, ` {"cue":{"id":"a","at":1}}`),
		scriptOf(greetedBack, isUp, `wwwsd {"status":{}}`),
		scriptOf(greetedBack, `w {"cue":{"id":"a","at":1}}`),
		scriptOf(` {"hello":{"version":9}}`),
		scriptOf(` rubbish`),
		scriptOf(``),
	} {
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		p := newProps(t)
		before := descriptors(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		o, err := speaker.Scripted(func(theirs *os.File, exit func()) {
			if err := p.converse(int(theirs.Fd()), script, exit); err != nil {
				t.Error(err)
			}
		}, cancel)
		if err != nil {
			t.Fatal(err)
		}
		asked := map[string]int{"a": 0, "b": 0, "c": 0}
		for _, c := range []audio.Cue{{ID: "a", At: in(0)}, {ID: "b", At: in(time.Hour)}, {ID: "c", After: "a"}} {
			c.File = p.wav
			if err := o.Cue(c); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.Raise(audio.Alarm{ID: "flood", Cycle: []audio.AlarmPart{{File: p.wav}}}); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- o.Run(ctx) }()
		for ev := range o.Events() {
			if _, ours := asked[ev.ID]; ours && ev.Kind == audio.Ended {
				asked[ev.ID]++
			}
		}
		if err := within(t, "the parent", done); err != nil {
			t.Error(err)
		}
		for id, n := range asked {
			if n != 1 {
				t.Errorf("%s ended %d times", id, n)
			}
		}
		noLeak(t, before)
	})
}
