package speech

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// WyomingConfig says which server of the Wyoming protocol speaks, wyoming-piper for
// one.
type WyomingConfig struct {
	Declared
	URL    string // "tcp://127.0.0.1:10200"
	Public bool   // the server may be outside of this machine and private networks
}

// Wyoming speaks with a server of the Wyoming protocol: over TCP, each event is one
// line of JSON {"type", "data", "data_length", "payload_length"}, data_length bytes
// of more JSON and payload_length bytes of PCM. One connection serves one text. The
// protocol knows neither rate nor pitch.
type Wyoming struct {
	config  WyomingConfig
	address string

	mu   sync.Mutex
	last string // name that the server gave last
}

// NewWyoming is a Wyoming. The error says in one sentence what is wrong with c.
func NewWyoming(c WyomingConfig) (*Wyoming, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "tcp" || u.Hostname() == "" || u.Port() == "" || u.Path != "" {
		return nil, errors.New("url must be an address such as \"tcp://127.0.0.1:10200\"")
	}
	if slices.ContainsFunc(c.Voices, func(v DeclaredVoice) bool { return v.Speaker != "" && v.Model == "" }) {
		return nil, errors.New("speaker is not heard without voice: say which voice of the server it belongs to")
	}
	c.Declared = c.defaults()
	return &Wyoming{config: c, address: u.Host}, nil
}

// describeTimeout bounds the question for the server's name.
const describeTimeout = 5 * time.Second

// Name is the engine's name, its declared version, and the program and version by
// which the server introduced itself; while it does not answer, as it did last.
func (e *Wyoming) Name(ctx context.Context) (string, error) {
	program, err := e.describe(ctx)
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil {
		e.last = strings.Join(strings.Fields(e.config.Name+" "+e.config.Version+" "+program), " ")
	}
	if e.last != "" && ctx.Err() == nil {
		return e.last, nil
	}
	return "", err
}

// Voices lists what is declared; it asks nobody.
func (e *Wyoming) Voices(context.Context) ([]Voice, error) { return e.config.list(false, false), nil }

// Synthesize implements Engine.
func (e *Wyoming) Synthesize(ctx context.Context, r Request, w io.Writer) error {
	return e.config.speak(ctx, r, w, e.synthesize)
}

// wyomingInfo is what of an info event is read.
type wyomingInfo struct {
	TTS []struct {
		Name    string `json:"name"`
		Version string `json:"version"`
		Voices  []struct {
			Name    string `json:"name"`
			Version string `json:"version"`
		} `json:"voices"`
	} `json:"tts"`
}

func (e *Wyoming) describe(ctx context.Context) (program string, err error) {
	inner, cancel := context.WithTimeout(ctx, min(describeTimeout, e.config.Timeout))
	defer cancel()
	var info wyomingInfo
	err = e.talk(inner, event{Type: "describe"}, func(ev event, _ io.Reader) (bool, error) {
		return ev.Type == "info", ev.read("info", &info)
	})
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("ask %s: %w", e.config.Name, ctx.Err())
	case inner.Err() != nil:
		return "", fmt.Errorf("ask %s: %w", e.config.Name, Fault{Code: Slow, Detail: describeTimeout.String(), Err: inner.Err()})
	case err != nil:
		return "", fmt.Errorf("ask %s: %w", e.config.Name, err)
	case len(info.TTS) == 0:
		return "", fmt.Errorf("ask %s: %w", e.config.Name, faultf(Garbled, "the server has no text-to-speech"))
	}
	for _, p := range info.TTS {
		for _, v := range p.Voices {
			if slices.ContainsFunc(e.config.Voices, func(d DeclaredVoice) bool { return d.Model == v.Name }) {
				return p.Name + " " + p.Version + " " + v.Version, nil
			}
		}
	}
	return info.TTS[0].Name + " " + info.TTS[0].Version, nil
}

// wyomingFormat is how audio-start and audio-chunk describe sound.
type wyomingFormat struct {
	Rate     int `json:"rate"`
	Width    int `json:"width"` // bytes
	Channels int `json:"channels"`
}

func (f wyomingFormat) pcm() (pcmFormat, error) {
	p := pcmFormat{channels: f.Channels, bits: f.Width * 8, rate: uint32(min(max(f.Rate, 0), 1<<20))}
	return p, p.check()
}

func (e *Wyoming) synthesize(ctx context.Context, j job) (pcmFormat, error) {
	ask := event{Type: "synthesize", Data: map[string]any{"text": j.Text}}
	voice := map[string]string{}
	if j.voice.Model != "" {
		voice["name"] = j.voice.Model
	}
	if j.voice.Speaker != "" {
		voice["speaker"] = j.voice.Speaker
	}
	if len(voice) > 0 {
		ask.Data["voice"] = voice
	}
	var format pcmFormat
	err := e.talk(ctx, ask, func(ev event, payload io.Reader) (bool, error) {
		switch ev.Type {
		case "audio-start", "audio-chunk":
			var f wyomingFormat
			if err := ev.read(ev.Type, &f); err != nil {
				return false, err
			}
			now, err := f.pcm()
			if err != nil {
				return false, err
			}
			if format.rate != 0 && now != format {
				return false, faultf(Garbled, "the sound changes its form on the way")
			}
			format = now
			if ev.Type == "audio-chunk" {
				_, err = io.Copy(j.sound, payload)
			}
			return false, err
		}
		return ev.Type == "audio-stop", nil
	})
	if err == nil && format.rate == 0 {
		err = faultf(Soundless, "audio-stop without sound")
	}
	return format, err
}

// talk sends one event and hands every answer to hear until that says it is done.
// What hear leaves of a payload is skipped.
func (e *Wyoming) talk(ctx context.Context, ask event, hear func(event, io.Reader) (done bool, err error)) error {
	conn, err := near(e.config.Public).DialContext(ctx, "tcp", e.address)
	if err != nil {
		return dialled(err)
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := ask.write(conn); err != nil {
		return broken(err)
	}
	in := bufio.NewReaderSize(conn, 64<<10)
	for {
		ev, err := readEvent(in)
		if err != nil {
			return broken(err)
		}
		payload := &io.LimitedReader{R: in, N: ev.payload}
		if ev.Type == "error" {
			var said struct{ Text, Code string }
			if err := ev.read("error", &said); err != nil {
				return err
			}
			return faultf(Refused, "%s", quote(said.Text+" "+said.Code))
		}
		done, err := hear(ev, payload)
		if done || err != nil {
			return broken(err)
		}
		if _, err := io.Copy(io.Discard, payload); err != nil {
			return broken(err)
		}
		if payload.N > 0 {
			return faultf(BrokenOff, "%d bytes of sound did not come", payload.N)
		}
	}
}

// broken makes a Fault of a connection that ended.
func broken(err error) error {
	var op *net.OpError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Fault{Code: BrokenOff, Detail: "the server closed the connection", Err: err}
	case errors.As(err, &op):
		return Fault{Code: BrokenOff, Detail: quote(op.Error()), Err: err}
	}
	return err
}

// Bounds of an event, in bytes. A list of all voices of a server is 200 KB.
const (
	maxLine    = 4 << 20 // servers of before data_length have their data in it
	maxData    = 4 << 20
	maxPayload = 16 << 20
)

// event is one of the Wyoming protocol.
type event struct {
	Type string
	Data map[string]any // of what is sent

	inline, data json.RawMessage // of what came
	payload      int64           // bytes that follow
}

// write sends an event as the published clients do: with its data behind the line.
func (ev event) write(w io.Writer) error {
	head := map[string]any{"type": ev.Type, "version": "1.5.4"}
	var data []byte
	if len(ev.Data) > 0 {
		var err error
		if data, err = json.Marshal(ev.Data); err != nil {
			return fmt.Errorf("encode event: %w", err)
		}
		head["data_length"] = len(data)
	}
	line, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	_, err = w.Write(append(append(line, '\n'), data...))
	return err
}

// readEvent reads an event up to its payload.
func readEvent(in *bufio.Reader) (event, error) {
	line, err := readLine(in)
	if err != nil {
		return event{}, err
	}
	var head struct {
		Type    string          `json:"type"`
		Data    json.RawMessage `json:"data"`
		Length  json.Number     `json:"data_length"`
		Payload json.Number     `json:"payload_length"`
	}
	if err := json.Unmarshal(line, &head); err != nil || head.Type == "" {
		return event{}, faultf(Garbled, "the server says %q", quote(string(line)))
	}
	ev := event{Type: head.Type, inline: head.Data}
	if ev.payload, err = lengthOf("payload_length", head.Payload, maxPayload); err != nil {
		return event{}, err
	}
	length, err := lengthOf("data_length", head.Length, maxData)
	if err != nil {
		return event{}, err
	}
	ev.data = make([]byte, length)
	if _, err := io.ReadFull(in, ev.data); err != nil {
		return event{}, err
	}
	return ev, nil
}

// readLine reads a line of at most maxLine bytes.
func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return nil, faultf(Garbled, "a line is longer than %d bytes", maxLine)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		}
		return line, err
	}
}

// lengthOf is a length that an event tells; none is 0.
func lengthOf(what string, n json.Number, most int64) (int64, error) {
	if n == "" {
		return 0, nil
	}
	v, err := n.Int64()
	if err != nil || v < 0 || v > most {
		return 0, faultf(Garbled, "%s is %s, at most %d may be", what, quote(string(n)), most)
	}
	return v, nil
}

// read takes the data of an event: what stands in its line, and what follows.
func (ev event) read(what string, into any) error {
	if ev.Type != what {
		return nil
	}
	for _, raw := range []json.RawMessage{ev.inline, ev.data} {
		if len(raw) == 0 {
			continue
		}
		if err := json.Unmarshal(raw, into); err != nil {
			return faultf(Garbled, "the data of %s are %q", what, quote(string(raw)))
		}
	}
	return nil
}
