package standin

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// command reads a text and speaks it in some way.
func command(way, voice, rate, pitch string) error {
	if fault, known := commandFaults()[way]; known {
		return fault()
	}
	s, err := speak(input(), voice, tone(rate, pitch)...)
	if err != nil {
		return err
	}
	var out []byte
	switch way {
	case "wav":
		out = s.wav()
	case "raw":
		out = s.pcm()
	case "float", "stereo", "deep", "chunks", "odd", "short", "long":
		out = s.inAnotherForm(way)
	default:
		return fmt.Errorf("unknown way %q", way)
	}
	_, err = os.Stdout.Write(out)
	return err
}

// sherpa is sherpa-onnx-offline-tts, as its source reads its arguments: those that
// begin with two hyphens are options up to one that is nothing else, and exactly one
// text is left.
func sherpa(way string, args []string) error {
	output, scale, texts := "./generated.wav", 1.0, []string{}
	for i, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch {
		case arg == "--":
			texts = append(texts, args[i+1:]...)
			args = nil
		case name == "--output-filename":
			output = value
		case name == "--vits-length-scale":
			var err error
			if scale, err = strconv.ParseFloat(value, 64); err != nil {
				return err
			}
		case strings.HasPrefix(arg, "--"):
			return fmt.Errorf("invalid option %s", arg)
		default:
			texts = append(texts, arg)
		}
		if args == nil {
			break
		}
	}
	if len(texts) != 1 {
		return fmt.Errorf("%d texts, only one is accepted", len(texts))
	}
	s, err := speak(texts[0], "", "-s", strconv.Itoa(int(190/scale)))
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(os.Stdout, "sample=%d, progress=%f\n", len(s.frames), 1.0); err != nil {
		return err
	}
	file, err := os.Create(output)
	if err != nil {
		return err
	}
	if _, err := file.Write(s.wav()); err != nil {
		return err
	}
	for zero := make([]byte, 1<<16); way == "endless"; {
		if _, err := file.Write(zero); err != nil {
			return err
		}
	}
	return file.Close()
}

// inAnotherForm is a WAV that is read, or one that lies.
func (s sound) inAnotherForm(way string) []byte {
	var b bytes.Buffer
	le := binary.LittleEndian
	switch way {
	case "float":
		for _, f := range s.frames {
			_ = binary.Write(&b, le, float32(f)/(1<<15)) // a buffer does not fail
		}
		return wav(form{3, 1, s.rate, 32}, b.Bytes())
	case "stereo":
		for _, f := range s.frames {
			_ = binary.Write(&b, le, [2]int16{f, f})
		}
		return wav(form{1, 2, s.rate, 16}, b.Bytes())
	case "deep":
		for _, f := range s.frames {
			b.Write([]byte{0, byte(f), byte(f >> 8)})
		}
		return wav(form{1, 1, s.rate, 24}, b.Bytes())
	case "chunks": // a list of tags behind the sound, as many programs write it
		return append(s.wav(), "LIST\x04\x00\x00\x00INFO"...)
	case "odd":
		return wav(form{1, 1, 96000, 16}, s.pcm())
	}
	out := s.wav()
	if way == "short" { // says less than there is
		le.PutUint32(out[40:], 1000)
	} else { // says more
		le.PutUint32(out[40:], uint32(len(out)+1000))
	}
	return out
}

// commandFaults are commands that do not speak.
func commandFaults() map[string]func() error {
	return map[string]func() error{
		"hangs":   func() error { forever(); return nil },
		"nothing": func() error { return nil },
		"exits":   func() error { return errors.New("the model vi.onnx is damaged") },
		"garbage": func() error {
			_, err := os.Stdout.WriteString("Traceback (most recent call last): no module named piper, and nothing else\n")
			return err
		},
		"endless": func() error {
			w := bufio.NewWriterSize(os.Stdout, 1<<20)
			zero := make([]byte, 1<<16)
			_, _ = w.Write((sound{rate: 22050}).wav()[:40])
			_, _ = w.Write([]byte{0, 0, 0, 0})
			for range 1 << 14 { // 1 GB
				if _, err := w.Write(zero); err != nil {
					continue // as a program does that looks at no error
				}
			}
			return nil
		},
		// A daemon stays behind, in a session of its own, with the pipe in its hand. Its
		// number goes into the file of the last argument.
		"daemon": func() error {
			child := exec.Command("sleep", "1000")
			child.Stdout, child.SysProcAttr = os.Stdout, &syscall.SysProcAttr{Setsid: true}
			if err := child.Start(); err != nil {
				return err
			}
			if err := os.WriteFile(os.Args[len(os.Args)-1], fmt.Append(nil, child.Process.Pid), 0o600); err != nil {
				return err
			}
			s, err := speak(input(), "")
			if err != nil {
				return err
			}
			_, err = os.Stdout.Write(s.wav())
			return err
		},
		// A child stays behind, in the group, with the pipe in its hand. Its number goes
		// into the file of the last argument.
		"forks": func() error {
			child := exec.Command("sleep", "1000")
			child.Stdout = os.Stdout
			if err := child.Start(); err != nil {
				return err
			}
			s, err := speak(input(), "")
			if err != nil {
				return err
			}
			if _, err := os.Stdout.Write(s.wav()); err != nil {
				return err
			}
			return os.WriteFile(os.Args[len(os.Args)-1], fmt.Append(nil, child.Process.Pid), 0o600)
		},
	}
}
