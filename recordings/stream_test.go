package recordings_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"loalang/audio"
	"loalang/recordings"
)

// streamed are the sounds that stations send, made from one tone of 3 s.
func streamed(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	made := map[string]string{}
	for name, codec := range map[string][]string{
		"a.mp3": {"-c:a", "libmp3lame", "-b:a", "64k"}, "a.aac": {"-c:a", "aac"}, "b.ogg": {"-c:a", "libvorbis"},
		"a.ogg": {"-c:a", "libopus"}, "a.flac": {"-c:a", "flac"}, "a.webm": {"-c:a", "libopus"},
		"a.ts":  {"-c:a", "aac", "-f", "mpegts"},
		"a.mp4": {"-c:a", "aac", "-movflags", "frag_keyframe+empty_moov+default_base_moof"},
	} {
		made[name] = filepath.Join(dir, name)
		args := append([]string{"-v", "error", "-f", "lavfi", "-i", "sine=440:r=44100:d=3", "-ac", "2"}, codec...)
		ffmpeg(t, append(args, made[name])...)
	}
	return made
}

func TestStreamDecodesWhatStationsSend(t *testing.T) {
	needs(t, "ffmpeg")
	files := streamed(t)
	want := map[string]string{
		"a.mp3": "mp3", "a.aac": "aac", "a.ogg": "ogg", "b.ogg": "ogg", "a.flac": "flac",
		"a.webm": "matroska", "a.ts": "mpegts", "a.mp4": "mp4",
	}
	eachLock(t, func(t *testing.T, behind recordings.SandboxConfig) {
		s := recordings.NewSandbox(behind)
		for name, file := range files {
			t.Run(name, func(t *testing.T) {
				defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
				f, err := os.Open(file)
				if err != nil {
					t.Fatal(err)
				}
				pcm, format, err := s.Stream(context.Background(), f)
				if err != nil {
					t.Fatal(err)
				}
				defer pcm.Close()
				sound, err := io.ReadAll(pcm)
				length := audio.Rate.D(audio.Frames(len(sound) / 2))
				if err != nil || format != want[name] || length < 2900*time.Millisecond || length > 3200*time.Millisecond {
					t.Errorf("%s, %v, %v", format, length, err)
				}
				if len(bytes.Trim(sound, "\x00")) < len(sound)/2 {
					t.Error("it is silent")
				}
			})
		}
	})
}

// A station that is joined does not begin with a frame.
func TestStreamIsJoinedInTheMiddleOfAFrame(t *testing.T) {
	needs(t, "ffmpeg")
	files := streamed(t)
	s := recordings.NewSandbox(recordings.SandboxConfig{})
	for _, name := range []string{"a.mp3", "a.aac"} {
		pcm, _, err := s.Stream(context.Background(), io.NopCloser(bytes.NewReader(mustRead(t, files[name])[5001:])))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sound, err := io.ReadAll(pcm)
		if err != nil || len(sound) < 96000 {
			t.Errorf("%s: %d bytes, %v", name, len(sound), err)
		}
		_ = pcm.Close()
	}
}

func TestStreamRefusesWhatIsNoSound(t *testing.T) {
	needs(t, "ffmpeg")
	s := recordings.NewSandbox(recordings.SandboxConfig{})
	cases := []struct {
		name, sent string
		want       recordings.Refusal
	}{
		{"web page", "<!DOCTYPE html><html>" + strings.Repeat("x", 9000), recordings.NotAudio},
		{"playlist", "#EXTM3U\nfile:///etc/passwd\n", recordings.NotAudio},
		{"nothing", "", recordings.Empty},
		{"wav", "RIFF\x00\x00\x00\x00WAVEfmt " + strings.Repeat("\x00", 9000), recordings.NotAudio},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := &closing{Reader: strings.NewReader(c.sent)}
			_, _, err := s.Stream(context.Background(), in)
			var refused recordings.Refused
			if !errors.As(err, &refused) || refused.Code != c.want || in.closed != 1 {
				t.Errorf("%v, closed %d times", err, in.closed)
			}
		})
	}
}

type closing struct {
	io.Reader
	closed int
}

func (c *closing) Close() error { c.closed++; return nil }

// endless repeats a sound for ever and counts what is taken of it.
type endless struct {
	sound []byte
	at    int
	taken chan int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.sound[e.at:])
	e.at = (e.at + n) % len(e.sound)
	select {
	case e.taken <- n:
	default:
	}
	return n, nil
}

func (e *endless) Close() error { return nil }

func TestStreamReadsNoFurtherThanItIsRead(t *testing.T) {
	needs(t, "ffmpeg")
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	e := &endless{sound: mustRead(t, streamed(t)["a.mp3"]), taken: make(chan int, 1<<20)}
	pcm, _, err := recordings.NewSandbox(recordings.SandboxConfig{}).Stream(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	defer pcm.Close()
	if _, err := io.ReadFull(pcm, make([]byte, 96000)); err != nil {
		t.Fatal(err)
	}
	taken, quiet := 0, time.NewTimer(time.Second)
	for waiting := true; waiting; {
		select {
		case n := <-e.taken:
			taken += n
			quiet.Reset(time.Second)
		case <-quiet.C:
			waiting = false
		}
		if taken > 512<<10 {
			t.Fatalf("%d bytes were taken although nobody reads", taken)
		}
	}
}

// stuck gives what it has and then nothing until it is closed.
type stuck struct {
	io.Reader
	over chan struct{}
}

func (s *stuck) Read(p []byte) (int, error) {
	if n, err := s.Reader.Read(p); err == nil {
		return n, nil
	}
	<-s.over
	return 0, os.ErrClosed
}

func (s *stuck) Close() error { close(s.over); return nil }

func TestStreamIsClosedWhileItWaits(t *testing.T) {
	needs(t, "ffmpeg")
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	sound := bytes.NewReader(mustRead(t, streamed(t)["a.mp3"]))
	pcm, _, err := recordings.NewSandbox(recordings.SandboxConfig{}).Stream(context.Background(), &stuck{Reader: sound, over: make(chan struct{})})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(pcm, make([]byte, 96000)); err != nil {
		t.Fatal(err)
	}
	read := make(chan error)
	go func() {
		_, err := io.Copy(io.Discard, pcm)
		read <- err
	}()
	if err := pcm.Close(); err != nil {
		t.Error(err)
	}
	<-read
}

func TestStreamTellsThatItsDecoderWasKilled(t *testing.T) {
	needs(t, "ffmpeg")
	e := &endless{sound: mustRead(t, streamed(t)["a.mp3"]), taken: make(chan int)}
	pcm, _, err := recordings.NewSandbox(recordings.SandboxConfig{}).Stream(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	defer pcm.Close()
	if err := syscall.Kill(decoderOf(t), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, pcm); err == nil {
		t.Error("it ended as if all were well")
	}
}

// decoderOf finds the program that this process started.
func decoderOf(t *testing.T) int {
	t.Helper()
	threads, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range threads {
		for _, pid := range strings.Fields(string(mustRead(t, name))) {
			if n, err := strconv.Atoi(pid); err == nil {
				return n
			}
		}
	}
	t.Fatal("no program runs")
	return 0
}

func TestStreamGivesTheFaultOfItsSource(t *testing.T) {
	needs(t, "ffmpeg")
	broken := errors.New("the line was cut")
	in := io.NopCloser(io.MultiReader(bytes.NewReader(mustRead(t, streamed(t)["a.mp3"])), failing{broken}))
	pcm, _, err := recordings.NewSandbox(recordings.SandboxConfig{}).Stream(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	defer pcm.Close()
	if sound, err := io.ReadAll(pcm); !errors.Is(err, broken) || len(sound) < 96000 {
		t.Errorf("%d bytes, %v", len(sound), err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
