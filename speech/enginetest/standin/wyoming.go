package standin

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// serveWyoming is wyoming-piper.
func serveWyoming(l net.Listener, way string) error {
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go attend(c, way)
	}
}

type head struct {
	Type          string          `json:"type"`
	Version       string          `json:"version,omitempty"`
	Data          json.RawMessage `json:"data,omitempty"`
	DataLength    int             `json:"data_length,omitempty"`
	PayloadLength int             `json:"payload_length,omitempty"`
}

// attend answers one client until it goes.
func attend(c net.Conn, way string) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var h head
		if err := json.Unmarshal(line, &h); err != nil {
			return
		}
		data := make([]byte, h.DataLength)
		if _, err := io.ReadFull(in, data); err != nil {
			return
		}
		if len(data) == 0 {
			data = h.Data
		}
		if _, err := io.CopyN(io.Discard, in, int64(h.PayloadLength)); err != nil {
			return
		}
		switch h.Type {
		case "describe":
			err = introduce(c, way)
		case "synthesize":
			err = recite(c, data, way)
		}
		if err != nil {
			return
		}
	}
}

// tell sends an event as the published servers do, its data behind the line.
func tell(w io.Writer, kind string, data any, payload []byte) error {
	return send(w, head{Type: kind, Version: "1.5.4", PayloadLength: len(payload)}, data, payload)
}

// say is tell in one of the other forms that the protocol allows: "inline", the data in
// the line, as servers of before 2023 have it, and "split", some here, some there.
func say(w io.Writer, way, kind string, data map[string]any, payload []byte) error {
	h := head{Type: kind, Version: "1.5.4", PayloadLength: len(payload)}
	inside, behind := map[string]any{}, map[string]any{}
	for k, v := range data {
		if way == "inline" || way == "split" && k != "width" && k != "tts" {
			inside[k] = v
		} else {
			behind[k] = v
		}
	}
	if len(inside) > 0 {
		raw, err := json.Marshal(inside)
		if err != nil {
			return err
		}
		h.Data = raw
	}
	if len(behind) == 0 {
		return send(w, h, nil, payload)
	}
	return send(w, h, behind, payload)
}

func send(w io.Writer, h head, data any, payload []byte) error {
	var raw []byte
	if data != nil {
		var err error
		if raw, err = json.Marshal(data); err != nil {
			return err
		}
		h.DataLength = len(raw)
	}
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	_, err = w.Write(append(append(append(line, '\n'), raw...), payload...))
	return err
}

// introduce lists as many voices as wyoming-piper does.
func introduce(w io.Writer, way string) error {
	by := map[string]any{"name": "espeak-ng", "url": "https://github.com/espeak-ng/espeak-ng"}
	var voices []any
	for n := range 200 {
		name := fmt.Sprintf("xx_XX-voice%03d-medium", n)
		if n == 100 {
			name = "vi"
		}
		voices = append(voices, map[string]any{
			"name": name, "description": strings.Repeat("a voice ", 60), "attribution": by, "installed": true, "version": nil,
			"languages": []string{"vi_VN"}, "speakers": nil,
		})
	}
	return say(w, way, "info", map[string]any{
		"asr": []any{}, "handle": []any{}, "intent": []any{}, "wake": []any{}, "mic": []any{}, "snd": []any{}, "satellite": nil,
		"tts": []any{map[string]any{"name": "stand-in", "version": "2.0.1", "description": "", "attribution": by, "installed": true, "voices": voices, "supports_synthesize_streaming": true}},
	}, nil)
}

// recite speaks what a synthesize event asks for, in pieces of 1024 frames.
func recite(w io.Writer, data []byte, way string) error {
	var ask struct {
		Text  string `json:"text"`
		Voice struct {
			Name string `json:"name"`
		} `json:"voice"`
	}
	if err := json.Unmarshal(data, &ask); err != nil {
		return err
	}
	if way != "well" && way != "inline" && way != "split" {
		return reciteBadly(w, way)
	}
	s, err := speak(ask.Text, ask.Voice.Name)
	if err != nil {
		return tell(w, "error", map[string]any{"text": err.Error(), "code": "TTSError"}, nil)
	}
	format := map[string]any{"rate": s.rate, "width": 2, "channels": 1, "timestamp": nil}
	if err := say(w, way, "audio-start", format, nil); err != nil {
		return err
	}
	for pcm := s.pcm(); len(pcm) > 0; {
		n := min(len(pcm), 2048)
		if err := say(w, way, "audio-chunk", format, pcm[:n]); err != nil {
			return err
		}
		pcm = pcm[n:]
	}
	return say(w, way, "audio-stop", map[string]any{"timestamp": nil}, nil)
}

func reciteBadly(w io.Writer, way string) error {
	format := map[string]any{"rate": 22050, "width": 2, "channels": 1}
	if err := tell(w, "audio-start", format, nil); err != nil {
		return err
	}
	var err error
	switch way {
	case "huge":
		_, err = fmt.Fprintf(w, `{"type":"audio-chunk","data":{"rate":22050,"width":2,"channels":1},"payload_length":9223372036854775808}`+"\n")
	case "negative":
		_, err = fmt.Fprintf(w, `{"type":"audio-chunk","data":{"rate":22050,"width":2,"channels":1},"payload_length":-5}`+"\n")
	case "breaks":
		_, err = fmt.Fprintf(w, `{"type":"audio-chunk","data":{"rate":22050,"width":2,"channels":1},"payload_length":9000}`+"\nxxxx")
		if err == nil {
			err = io.EOF // and away
		}
	case "errs":
		err = tell(w, "error", map[string]any{"text": "voice vi is not downloaded", "code": "VoiceNotFoundError"}, nil)
	case "never":
		time.Sleep(time.Hour)
	case "slowly":
		for err == nil {
			err = tell(w, "audio-chunk", format, []byte{0, 0})
			time.Sleep(20 * time.Millisecond)
		}
	case "garbage":
		_, err = fmt.Fprint(w, "HTTP/1.1 400 Bad Request\r\n\r\n")
	case "endless":
		for piece := make([]byte, 1<<16); err == nil; {
			err = tell(w, "audio-chunk", format, piece)
		}
	case "line":
		for piece := make([]byte, 1<<16); err == nil; {
			_, err = w.Write(piece)
		}
	case "changes":
		err = tell(w, "audio-chunk", map[string]any{"rate": 16000, "width": 2, "channels": 1}, make([]byte, 64))
	case "nothing":
		err = tell(w, "audio-stop", map[string]any{}, nil)
	}
	return err
}
