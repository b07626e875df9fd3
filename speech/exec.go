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
	"time"
	"unicode"
)

// ExecConfig says how a program speaks: one process for each text, which reads it
// from standard input, on one line, and writes a WAV or raw PCM to standard output.
type ExecConfig struct {
	Declared
	// Command is the program, by its whole path or looked up in PATH, and its
	// arguments; no shell reads it. In an argument, {voice}, {speaker}, {rate},
	// {pitch} and {length-scale} stand for what the voice and the village ask for.
	// For programs that want it otherwise, {text} is the text, and nothing comes on
	// standard input; {output} is the file to write, and standard output is not looked
	// at.
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
var placeholders = []string{"voice", "speaker", "rate", "pitch", "length-scale", "text", "output"}

var braced = regexp.MustCompile(`\{([^{}]*)\}`)

// NewExec is an Exec. The error says in one sentence what is wrong with c.
func NewExec(c ExecConfig) (*Exec, error) {
	if len(c.Command) == 0 || c.Command[0] == "" {
		return nil, errors.New("command must be a list that begins with a program, such as [\"/usr/local/bin/piper\", \"--output-raw\"]")
	}
	if program := c.Command[0]; braced.MatchString(program) {
		return nil, fmt.Errorf("command begins with %s: the program itself is always the same", program)
	} else if strings.Contains(program, "/") && !strings.HasPrefix(program, "/") {
		return nil, fmt.Errorf("command begins with %s: give the whole path of the program, from / on", program)
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
	_, _ = fmt.Fprintf(sum, "%q%q", path, e.config.Command) // a hash does not fail
	for _, file := range e.files(path) {
		if info, err := os.Stat(file); err == nil {
			_, _ = fmt.Fprintf(sum, " %q %d %d", file, info.Size(), info.ModTime().UnixNano())
		}
	}
	_, _ = fmt.Fprintf(sum, "%d %d %+v", e.config.RawRate, e.config.RawChannels, e.config.Voices)
	return strings.Join(strings.Fields(e.config.Name+" "+e.config.Version+" "+hex.EncodeToString(sum.Sum(nil)[:6])), " "), nil
}

// files are those that the command may read: its arguments that are paths, also
// behind an equals sign or by the name of a voice, and what Piper keeps beside a model.
func (e *Exec) files(program string) []string {
	list := []string{program}
	for _, arg := range e.config.Command[1:] {
		for _, v := range e.config.Voices {
			path := fill(arg, map[string]string{"voice": v.Model, "speaker": v.Speaker})
			if _, behind, ok := strings.Cut(path, "="); ok && !strings.HasPrefix(path, "/") {
				path = behind
			}
			if strings.HasPrefix(path, "/") {
				list = append(list, path, path+".json")
			}
		}
	}
	return list
}

// fill puts values for the names in braces.
func fill(arg string, values map[string]string) string {
	return braced.ReplaceAllStringFunc(arg, func(m string) string { return values[m[1:len(m)-1]] })
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
	cmd := alone(ctx, path, e.arguments(j), "PATH="+os.Getenv("PATH"))
	watched := func() {}
	if cmd.Stdout = j.sound; e.config.names("output") {
		cmd.Stdout, cmd.ExtraFiles = nil, []*os.File{j.spool}
		watched = j.watch()
	}
	if !e.config.names("text") {
		cmd.Stdin = strings.NewReader(j.Text + "\n")
	}
	complaint, err := runAlone(cmd)
	watched()
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

// outputFile is how a program sees the spool, a file without a name.
const outputFile = "/dev/fd/3"

// watchEvery is how often the size of a file is looked at that a program writes.
const watchEvery = 50 * time.Millisecond

// watch ends the program that writes the spool when there is more than the text can
// be. The program is not limited itself: such a limit ends it for its shared memory
// too. What is returned ends the watching.
func (j job) watch() (end func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	look := func() bool {
		if info, err := j.spool.Stat(); err == nil && info.Size() > j.sound.left && !j.sound.full {
			j.sound.full = true
			j.sound.stop()
		}
		return j.sound.full
	}
	go func() {
		defer close(ended)
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for !look() {
			select {
			case <-done:
				look() // once more, at the end
				return
			case <-tick.C:
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// arguments are those of one text. A text never begins like an option.
func (e *Exec) arguments(j job) (args []string) {
	values := j.parameters()
	values["text"] = strings.TrimLeftFunc(j.Text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	values["output"] = outputFile
	for _, arg := range e.config.Command[1:] {
		args = append(args, fill(arg, values))
	}
	return args
}
