package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
	"loalang/people"
	"loalang/playout"
	"loalang/web"
)

// studio is an Airer whose air the test changes.
type studio struct {
	*world
	air chan playout.Air
}

func (s studio) Watch(context.Context) <-chan playout.Air { return s.air }

// wire is the writing end of a streaming answer.
type wire struct {
	header http.Header
	pipe   *io.PipeWriter
	status int
}

func (w *wire) Header() http.Header { return w.header }
func (w *wire) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *wire) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.pipe.Write(p)
}
func (w *wire) Flush()                           {}
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// open begins a request whose answer streams; leave goes away. done closes when
// the handler has returned.
func (h *house) open(r *http.Request) (w *wire, body *bufio.Reader, leave func(), done chan struct{}) {
	in, out := io.Pipe()
	ctx, cancel := context.WithCancel(r.Context())
	w = &wire{header: http.Header{}, pipe: out}
	done = make(chan struct{})
	go func() {
		defer close(done)
		defer out.Close()
		h.http.ServeHTTP(w, r.WithContext(ctx))
	}()
	return w, bufio.NewReader(in), func() { cancel(); in.Close() }, done
}

func (h *house) request(as, path string) *http.Request {
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Authorization", "Bearer "+h.as[as])
	return r
}

// next reads one event.
func next(t *testing.T, r *bufio.Reader) (name string, data map[string]any) {
	t.Helper()
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		switch line = strings.TrimSuffix(line, "\n"); {
		case strings.HasPrefix(line, "event: "):
			name = strings.TrimPrefix(line, "event: ")
		case strings.HasPrefix(line, "data: "):
			if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &data); err != nil {
				t.Fatal(err)
			}
		case line == "" && name != "":
			return name, data
		}
	}
}

func TestEventsTellChangesAndLevels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var st studio
		h := newHouse(t, func(c *web.Config) {
			st = studio{c.Air.(*world), make(chan playout.Air)}
			c.Air = st
		})
		h.fill()
		w, body, leave, done := h.open(h.request("viewer", "/api/v1/air/events"))
		first, err := body.ReadString('\n')
		if err != nil || first != "retry: 3000\n" {
			t.Fatalf("%q, %v", first, err)
		}
		if got := w.header; got.Get("Content-Type") != "text/event-stream; charset=utf-8" || got.Get("X-Accel-Buffering") != "no" || got.Get("Cache-Control") != "no-store" {
			t.Errorf("headers %v", got)
		}
		a := h.w.Air()
		tell := func(after time.Duration, rms float64) (string, map[string]any) {
			t.Helper()
			a.At = a.At.Add(after)
			a.Output.Levels.RMS = audio.Decibels(rms)
			st.air <- a
			return next(t, body)
		}
		steps := []struct {
			name  string
			after time.Duration
			alter func()
			want  string
		}{
			{"the first is the whole", 0, nil, "air"},
			{"a level", 100 * time.Millisecond, nil, "level"},
			{"something begins", 100 * time.Millisecond, func() { a.OnAir = &playout.OnAir{Occurrence: h.w.plan.Occurrences[0]} }, "air"},
			{"a level again", 100 * time.Millisecond, nil, "level"},
			{"an underrun", 100 * time.Millisecond, func() { a.Output.Underruns++ }, "air"},
			{"a second later", time.Second, nil, "air"},
			{"the clock goes back", -time.Hour, nil, "air"},
		}
		for _, s := range steps {
			if s.alter != nil {
				s.alter()
			}
			name, data := tell(s.after, -18.04)
			if name != s.want {
				t.Errorf("%s: %s", s.name, name)
			}
			level := data
			if name == "air" {
				level = data["level"].(map[string]any)
			}
			if level["rms"] != -18.0 {
				t.Errorf("%s: %v", s.name, data)
			}
			if name == "level" && len(data) != 2 {
				t.Errorf("%s: a level carries %v", s.name, data)
			}
		}
		leave()
		<-done
	})
}

func TestEventsEndWithTheRight(t *testing.T) {
	cases := []struct {
		name   string
		during func(h *house, b *browser)
	}{
		{"signed out", func(_ *house, b *browser) { b.call("POST", "/sign-out", "").want(303) }},
		{"disabled", func(h *house, _ *browser) {
			h.people.change(func(r *register) { r.accounts[0].Disabled = h.w.now })
		}},
		{"another role", func(h *house, _ *browser) { h.people.change(func(r *register) { r.accounts[0].Role = "nothing" }) }},
		{"moved to another village", func(h *house, _ *browser) {
			h.people.change(func(r *register) { r.accounts[0].Village = "toong-gianh" })
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t, func(c *web.Config) { c.Air = studio{c.Air.(*world), make(chan playout.Air)} })
				b := h.browser()
				b.signIn("Hoa", "trạm y tế xã")
				r := httptest.NewRequest("GET", "/api/v1/air/events", nil)
				r.AddCookie(b.cookies["loalang"])
				_, body, leave, done := h.open(r)
				defer leave()
				if _, err := body.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
				time.Sleep(25 * time.Second)
				synctest.Wait()
				select {
				case <-done:
					t.Fatal("ended without a cause")
				default:
				}
				c.during(h, b)
				began := time.Now()
				if name, _ := next(t, body); name != "end" {
					t.Errorf("event %s", name)
				}
				<-done
				if took := time.Since(began); took > 30*time.Second {
					t.Errorf("ended after %s", took)
				}
			})
		})
	}
}

func TestEventsEndWhenTheTokenIsRevoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, func(c *web.Config) { c.Air = studio{c.Air.(*world), make(chan playout.Air)} })
		_, body, leave, done := h.open(h.request("viewer", "/api/v1/air/events"))
		defer leave()
		if _, err := body.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		h.people.change(func(r *register) { r.tokens = nil })
		if name, _ := next(t, body); name != "end" {
			t.Errorf("event %s", name)
		}
		<-done
	})
}

func TestEventsEndWithTheAir(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		air := make(chan playout.Air)
		h := newHouse(t, func(c *web.Config) { c.Air = studio{c.Air.(*world), air} })
		_, body, leave, done := h.open(h.request("viewer", "/api/v1/air/events"))
		defer leave()
		close(air)
		if _, err := io.ReadAll(body); err != nil {
			t.Fatal(err)
		}
		<-done
	})
}

// microphone is a Listener that gives what the test gives it.
type microphone struct {
	sound  io.ReadCloser
	err    error
	closed chan struct{}
}

func (m microphone) Listen(context.Context) (io.ReadCloser, error) { return m, m.err }
func (m microphone) Read(p []byte) (int, error)                    { return m.sound.Read(p) }
func (m microphone) Close() error                                  { close(m.closed); return nil }

// odd reads one byte less than asked, so that frames come in halves.
type odd struct{ io.Reader }

func (o odd) Read(p []byte) (int, error) { return o.Reader.Read(p[:max(1, (len(p)-1)|1)]) }

func pcm(frames []int16) []byte {
	b := make([]byte, 0, 2*len(frames))
	for _, f := range frames {
		b = binary.LittleEndian.AppendUint16(b, uint16(f))
	}
	return b
}

// tone is half a second of a sine at half scale.
func tone(hertz float64) []int16 {
	frames := make([]int16, 24000)
	for i := range frames {
		frames[i] = int16(math.Round(16384 * math.Sin(2*math.Pi*hertz*float64(i)/48000)))
	}
	return frames
}

// listenTo is what a listener gets to hear.
func listenTo(t *testing.T, query string, frames []int16) []byte {
	t.Helper()
	m := microphone{sound: io.NopCloser(odd{bytes.NewReader(pcm(frames))}), closed: make(chan struct{})}
	h := newHouse(t, func(c *web.Config) { c.Listen = m })
	a := h.call("viewer", "GET", "/api/v1/air/listen"+query, "").want(200)
	if a.Header.Get("Content-Type") != "audio/wav" || a.Header.Get("X-Accel-Buffering") != "no" || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Content-Length") != "" {
		t.Errorf("headers %v", a.Header)
	}
	<-m.closed // the tap is given back
	return a.Body
}

func TestListenInIsAnEndlessWAV(t *testing.T) {
	frames := tone(440)
	body := listenTo(t, "", frames)
	if len(body) < 44 {
		t.Fatalf("%d bytes", len(body))
	}
	u16, u32 := binary.LittleEndian.Uint16, binary.LittleEndian.Uint32
	if string(body[:4]) != "RIFF" || string(body[8:16]) != "WAVEfmt " || u32(body[16:]) != 16 || u16(body[20:]) != 1 || u16(body[22:]) != 1 ||
		u32(body[24:]) != 48000 || u32(body[28:]) != 96000 || u16(body[32:]) != 2 || u16(body[34:]) != 16 || string(body[36:40]) != "data" {
		t.Errorf("header %q", body[:44])
	}
	if u32(body[4:]) != math.MaxUint32 || u32(body[40:]) != math.MaxUint32 {
		t.Error("the WAV has an end")
	}
	if !bytes.Equal(body[44:], pcm(frames)) {
		t.Error("the sound is not what left the mixer")
	}
}

// expand is the other end of µ-law, by the segments of G.711.
func expand(code byte) float64 {
	code = ^code
	v := (float64(code&0x0F)*2+33)*math.Pow(2, float64(code>>4&7)) - 33
	if code&0x80 != 0 {
		v = -v
	}
	return v * 4 // from 14 bits to 16
}

func TestListenInForThinLines(t *testing.T) {
	cases := []struct {
		hertz       float64
		least, most float64 // dB against the half-scale sine that went in
	}{
		{300, -0.5, 0.5},
		{1000, -0.5, 0.5},
		{5000, -0.6, 0.5},
		{9000, -120, -40}, // would come back as 7 kHz
		{12000, -120, -40},
	}
	for _, c := range cases {
		body := listenTo(t, "?format=slim", tone(c.hertz))
		if tag, rate := binary.LittleEndian.Uint16(body[20:]), binary.LittleEndian.Uint32(body[24:]); tag != 7 || rate != 16000 {
			t.Fatalf("format %d at %d Hz", tag, rate)
		}
		sound := body[44:]
		if len(sound) != 8000 {
			t.Fatalf("%d frames", len(sound))
		}
		sum := 0.0
		for _, code := range sound[1000:] {
			v := expand(code) / 32768
			sum += v * v
		}
		level := 10 * math.Log10(sum/float64(len(sound)-1000)/(0.25/2)+1e-12)
		if level < c.least || level > c.most {
			t.Errorf("%g Hz comes out at %.1f dB", c.hertz, level)
		}
	}
}

func TestNothingToListenTo(t *testing.T) {
	for name, change := range map[string]func(c *web.Config){
		"no output":   func(c *web.Config) { c.Listen = nil },
		"output down": func(c *web.Config) { c.Listen = microphone{err: errors.New("no device")} },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, change)
			if p := h.call("viewer", "GET", "/api/v1/air/listen", "").want(503).problem(); p.Code != "no-device" {
				t.Errorf("got %+v", p)
			}
		})
	}
}

// silence never ends.
type silence struct{}

func (silence) Read(p []byte) (int, error) {
	time.Sleep(100 * time.Millisecond)
	return len(p), nil
}

func TestListenInEndsWithTheRight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := microphone{sound: io.NopCloser(silence{}), closed: make(chan struct{})}
		h := newHouse(t, func(c *web.Config) { c.Listen = m })
		secret := h.people.add(people.Token{Name: "tai nghe", Role: people.Viewer})
		h.as["ear"] = secret
		_, body, leave, done := h.open(h.request("ear", "/api/v1/air/listen"))
		defer leave()
		go io.Copy(io.Discard, body) //nolint:errcheck // ends with the stream
		time.Sleep(20 * time.Second)
		h.people.change(func(r *register) { r.tokens = nil })
		began := time.Now()
		<-done
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("ended after %s", took)
		}
	})
}
