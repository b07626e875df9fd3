package speech

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// ExecConfig says how a program speaks: one process for each text, which reads it
// from standard input, on one line, and writes a WAV or raw PCM to standard output.
type ExecConfig struct {
	Declared
	// Command is the program and its arguments; no shell reads it. In an argument,
	// {voice}, {speaker}, {rate}, {pitch} and {length-scale} stand for what the voice
	// and the village ask for.
	Command []string
	// RawRate makes standard output raw 16-bit little-endian PCM of that many frames
	// a second and RawChannels (0: 1) channels; 0: it is a WAV.
	RawRate     int
	RawChannels int
}

// Exec speaks with a program of the technician's choice, Piper or another.
type Exec struct {
	config ExecConfig
}

// placeholders are the names that may stand in braces in ExecConfig.Command.
var placeholders = []string{"voice", "speaker", "rate", "pitch", "length-scale"}

var braced = regexp.MustCompile(`\{([^{}]*)\}`)

// NewExec is an Exec. The error says in one sentence what is wrong with c.
func NewExec(c ExecConfig) (*Exec, error) {
	if len(c.Command) == 0 || c.Command[0] == "" {
		return nil, errors.New("command must be a list that begins with a program, such as [\"/usr/local/bin/piper\", \"--output-raw\"]")
	}
	for i, arg := range c.Command {
		if strings.ContainsRune(arg, 0) {
			return nil, fmt.Errorf("command holds a NUL in its argument %d", i)
		}
		for _, m := range braced.FindAllStringSubmatch(arg, -1) {
			if !slices.Contains(placeholders, m[1]) {
				return nil, fmt.Errorf("command holds %s, which stands for nothing: use {%s}", m[0], strings.Join(placeholders, "}, {"))
			}
		}
	}
	if c.RawChannels == 0 {
		c.RawChannels = 1
	}
	if c.RawRate != 0 {
		if err := c.raw().check(); err != nil {
			return nil, fmt.Errorf("raw sound cannot be read: %w", err)
		}
	}
	c.Declared = c.defaults()
	return &Exec{config: c}, nil
}

func (c ExecConfig) raw() pcmFormat {
	return pcmFormat{channels: c.RawChannels, bits: 16, rate: uint32(max(c.RawRate, 0))}
}

func (c ExecConfig) names(names ...string) bool {
	return slices.ContainsFunc(c.Command, func(arg string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(arg, "{"+n+"}") })
	})
}

// Name is the engine's name, its declared version, and a mark made of the command
// and of the size and time of every file that it names, so that another model is
// another engine. The error wraps ErrNoEngine when the program is not there.
func (e *Exec) Name(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("ask %s: %w", e.config.Name, err)
	}
	path, err := e.program()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, arg := range append([]string{path}, e.config.Command...) {
		_, _ = fmt.Fprintf(sum, "%q", arg) // a hash does not fail
		if info, err := os.Stat(arg); err == nil && strings.HasPrefix(arg, "/") {
			_, _ = fmt.Fprintf(sum, " %d %d", info.Size(), info.ModTime().UnixNano())
		}
	}
	_, _ = fmt.Fprintf(sum, "%d %d %+v", e.config.RawRate, e.config.RawChannels, e.config.Voices)
	return strings.Join(strings.Fields(e.config.Name+" "+e.config.Version+" "+hex.EncodeToString(sum.Sum(nil)[:6])), " "), nil
}

func (e *Exec) program() (string, error) {
	path, err := exec.LookPath(e.config.Command[0])
	if err != nil {
		return "", fmt.Errorf("find %s: %w", e.config.Command[0], Fault{Code: Absent, Detail: e.config.Command[0], Err: err})
	}
	return path, nil
}

// Voices lists what is declared; it runs nothing.
func (e *Exec) Voices(context.Context) ([]Voice, error) {
	return e.config.list(e.config.names("rate", "length-scale"), e.config.names("pitch")), nil
}

// Synthesize implements Engine.
func (e *Exec) Synthesize(ctx context.Context, r Request, w io.Writer) error {
	return e.config.speak(ctx, r, w, e.run)
}

func (e *Exec) run(ctx context.Context, j job) (pcmFormat, error) {
	var format pcmFormat
	if e.config.RawRate != 0 {
		format = e.config.raw()
	}
	path, err := e.program()
	if err != nil {
		return format, err
	}
	values := j.parameters()
	var args []string
	for _, arg := range e.config.Command[1:] {
		args = append(args, braced.ReplaceAllStringFunc(arg, func(m string) string { return values[m[1:len(m)-1]] }))
	}
	cmd := alone(ctx, path, args, "PATH="+os.Getenv("PATH"))
	cmd.Stdin, cmd.Stdout = strings.NewReader(j.Text+"\n"), j.sound
	complaint, err := runAlone(cmd)
	switch {
	case err == nil:
		return format, nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist):
		return format, Fault{Code: Absent, Detail: e.config.Command[0], Err: err}
	}
	detail := err.Error()
	if complaint != "" {
		detail += ": " + quote(complaint)
	}
	return format, Fault{Code: Failed, Detail: detail, Err: err}
}
