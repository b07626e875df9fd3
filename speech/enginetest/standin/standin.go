package standin

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Main is first in TestMain. In a process that Start or Command made it plays its
// part and exits; otherwise it does nothing.
func Main() {
	for i, arg := range os.Args {
		if arg == "standin" && i+1 < len(os.Args) {
			os.Exit(play(os.Args[i+1:]))
		}
	}
}

// Command is how a command stands in: a list for ExecConfig.Command. Its ways are
// "wav", "raw", "float", "stereo" and the faults of misbehave.
func Command(way string, more ...string) []string {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return append([]string{self, "standin", "command", way, "{voice}", "{rate}", "{pitch}"}, more...)
}

// Start runs a server in a process of its own until the test ends, and returns its
// address, "127.0.0.1:4711". kind is "http" or "wyoming", way "well" or a fault.
func Start(t testing.TB, kind, way string) string {
	t.Helper()
	address, _ := StartProcess(t, kind, way, "127.0.0.1:0")
	return address
}

// StartProcess is Start at an address, and returns what ends the server early.
func StartProcess(t testing.TB, kind, way, at string) (address string, end func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "standin", kind, way, at)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	end = func() {
		if !ended {
			ended = true
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // it was killed
		}
	}
	t.Cleanup(end)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the stand-in does not say where it listens: %v", err)
	}
	return strings.TrimSpace(line), end
}

// Sherpa is how sherpa-onnx-offline-tts stands in: the text is an argument, the sound
// a file, and standard output says how far it is. way is "well", or "endless": it
// writes without end.
func Sherpa(way string) []string {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return []string{self, "standin", "sherpa", way, "--vits-length-scale={length-scale}", "--output-filename={output}", "{text}"}
}

func play(args []string) int {
	var err error
	switch {
	case len(args) >= 2 && args[0] == "sherpa":
		err = sherpa(args[1], args[2:])
	case len(args) >= 5 && args[0] == "command":
		err = command(args[1], args[2], args[3], args[4])
	case len(args) >= 3 && (args[0] == "http" || args[0] == "wyoming"):
		err = serve(args[0], args[1], args[2])
	default:
		err = fmt.Errorf("unknown part %q", args)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "stand-in:", err)
		return 1
	}
	return 0
}

func serve(kind, way, at string) error {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(os.Stdout, l.Addr()); err != nil {
		return err
	}
	if kind == "http" {
		return serveHTTP(l, way)
	}
	return serveWyoming(l, way)
}

// sound is what espeak-ng made of a text.
type sound struct {
	rate   int
	frames []int16
}

// speak runs espeak-ng. voice "" is Vietnamese.
func speak(text, voice string, args ...string) (sound, error) {
	if voice == "" {
		voice = "vi"
	}
	cmd := exec.Command("espeak-ng", append([]string{"--stdin", "--stdout", "-b", "1", "-v", voice}, args...)...)
	cmd.Stdin = strings.NewReader(text + "\n")
	raw, err := cmd.Output()
	if err != nil || len(raw) < 44 {
		return sound{}, fmt.Errorf("espeak-ng: %w", err)
	}
	s := sound{rate: int(binary.LittleEndian.Uint32(raw[24:]))}
	for at := 44; at+1 < len(raw); at += 2 {
		s.frames = append(s.frames, int16(binary.LittleEndian.Uint16(raw[at:])))
	}
	return s, nil
}

// pcm is s as raw 16-bit PCM.
func (s sound) pcm() []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, s.frames) // a buffer does not fail
	return b.Bytes()
}

// wav is s with a true header.
func (s sound) wav() []byte { return wav(form{1, 1, s.rate, 16}, s.pcm()) }

// form is the head of a WAV.
type form struct{ tag, channels, rate, bits int }

func wav(f form, data []byte) []byte {
	le := binary.LittleEndian
	h := le.AppendUint32([]byte("RIFF"), uint32(36+len(data)))
	h = le.AppendUint32(append(h, "WAVEfmt "...), 16)
	h = le.AppendUint16(le.AppendUint16(h, uint16(f.tag)), uint16(f.channels))
	h = le.AppendUint32(h, uint32(f.rate))
	h = le.AppendUint32(h, uint32(f.rate*f.channels*f.bits/8))
	h = le.AppendUint16(le.AppendUint16(h, uint16(f.channels*f.bits/8)), uint16(f.bits))
	return append(le.AppendUint32(append(h, "data"...), uint32(len(data))), data...)
}

// tone is rate and pitch as espeak-ng takes them; empty ones are left out.
func tone(rate, pitch string) (args []string) {
	if _, err := strconv.Atoi(rate); err == nil {
		args = append(args, "-s", rate)
	}
	if _, err := strconv.Atoi(pitch); err == nil {
		args = append(args, "-p", pitch)
	}
	return args
}

// forever waits for whoever ends this process.
func forever() { time.Sleep(time.Hour) }

func input() string {
	raw, _ := io.ReadAll(os.Stdin) // what cannot be read is not spoken
	return strings.TrimSpace(string(raw))
}
