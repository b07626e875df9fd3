package recordings

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"loalang/expendable"
)

// decoding is an ffmpeg that runs between two pipes.
type decoding struct {
	cancel context.CancelFunc
	in     io.Closer
	pcm    *os.File
	said   *capped
	ended  chan struct{} // ffmpeg has ended, and err says how
	err    error
	fed    chan struct{} // nothing is read any more, and source says why
	source error
	close  sync.Once
}

// startDecoding runs argv until its input ends, ctx does, or it is closed; sound
// is what is read of in.
func startDecoding(ctx context.Context, argv []string, in io.Closer, sound io.Reader) (*decoding, error) {
	ctx, cancel := context.WithCancel(ctx)
	d := &decoding{cancel: cancel, in: in, said: &capped{room: stderrCap}, ended: make(chan struct{}), fed: make(chan struct{})}
	feed, stdin, err := os.Pipe()
	if err != nil {
		cancel()
		return nil, err
	}
	pcm, stdout, err := os.Pipe()
	if err != nil {
		cancel()
		return nil, errors.Join(err, feed.Close(), stdin.Close())
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	expendable.Mark(cmd)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"}
	cmd.Dir = "/"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = feed, stdout, d.said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 10 * time.Second // a busy board is slow to close what its programs wrote to
	started := make(chan error)
	go d.mind(cmd, started, []io.Closer{feed, stdout}, stdin)
	if err := <-started; err != nil {
		cancel()
		return nil, errors.Join(err, stdin.Close(), pcm.Close())
	}
	d.pcm = pcm
	go d.feed(stdin, sound)
	return d, nil
}

// mind starts the program and waits for its end. theirs are the ends of pipes that
// the program has once it is started.
func (d *decoding) mind(cmd *exec.Cmd, started chan<- error, theirs []io.Closer, stdin io.Closer) {
	// The parent-death signal is sent when the thread that started the program
	// ends, so this goroutine keeps its own as long as that runs.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := cmd.Start()
	for _, c := range theirs {
		_ = c.Close()
	}
	started <- err
	if err != nil {
		return
	}
	d.err = cmd.Wait()
	// A lock that somebody killed while it was being put on leaves a half-made
	// child behind, which would hold the pipes for ever.
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	_ = stdin.Close() // feed may wait for room in it
	close(d.ended)
}

// feed hands the program what comes.
func (d *decoding) feed(stdin io.WriteCloser, sound io.Reader) {
	defer close(d.fed)
	defer stdin.Close() // the program ends after what it has
	buf := make([]byte, 16<<10)
	for {
		n, err := sound.Read(buf)
		if n > 0 {
			if _, err := stdin.Write(buf[:n]); err != nil {
				return // the program has ended, and tells why itself
			}
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			d.source = err
			return
		}
	}
}

// Read gives PCM as it comes.
func (d *decoding) Read(p []byte) (int, error) {
	n, err := d.pcm.Read(p)
	if n > 0 || !errors.Is(err, io.EOF) {
		return n, err
	}
	<-d.ended
	return 0, d.verdict()
}

// verdict is why nothing more comes.
func (d *decoding) verdict() error {
	select {
	case <-d.fed:
		if d.source != nil {
			return d.source
		}
	default: // it ended although more would come
	}
	switch {
	case d.err == nil:
		return io.EOF
	case foreign(d.said.kept.String()):
		return fmt.Errorf("lock ffmpeg in: %w: %s", d.err, lastLine(d.said.kept.String()))
	}
	r := result{stderr: d.said.kept.String(), err: d.err}
	if r.said("Error while opening decoder") || r.said("not found for input stream") || r.said("matches no streams") {
		return refuse(UnknownCodec, "%s", cleaned(lastLine(r.stderr)))
	}
	return fmt.Errorf("decode the stream: %w: %s", d.err, cleaned(lastLine(r.stderr)))
}

// Close kills the program and returns when everything about it has ended.
func (d *decoding) Close() error {
	d.close.Do(func() {
		d.cancel()
		_ = d.in.Close()
		<-d.ended
		<-d.fed
		_ = d.pcm.Close()
	})
	return nil
}
