package speech

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// HTTPConfig says which server speaks: it gets {"text", "voice", "speaker_id" or
// "speaker", "length_scale"} as JSON by POST and answers with a WAV, as the server
// of piper1-gpl does.
type HTTPConfig struct {
	Declared
	URL string // of the call itself, "http://127.0.0.1:5000/synthesize"
	// Public lets the server be outside of this machine and private networks; then
	// its URL must begin with https.
	Public bool
}

// HTTP speaks with a server.
type HTTP struct {
	config HTTPConfig
	client *http.Client
}

// NewHTTP is an HTTP. The error says in one sentence what is wrong with c. It keeps
// no connection open between calls.
func NewHTTP(c HTTPConfig) (*HTTP, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return nil, errors.New("url must be an address such as \"http://127.0.0.1:5000/synthesize\", without a password")
	}
	if c.Public && u.Scheme != "https" {
		return nil, errors.New("url must begin with https:// where public is true")
	}
	c.Declared = c.defaults()
	return &HTTP{config: c, client: &http.Client{
		Transport: &http.Transport{ // no proxy of the environment: near judges who is dialled
			DialContext: near(c.Public).DialContext, DisableKeepAlives: true, DisableCompression: true,
			MaxResponseHeaderBytes: 64 << 10, TLSHandshakeTimeout: 10 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Name is the engine's name, its declared version and a mark of its address; it
// asks nobody, so that what was spoken before is found while the server is away.
func (e *HTTP) Name(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("ask %s: %w", e.config.Name, err)
	}
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%q %+v", e.config.URL, e.config.Voices) // a hash does not fail
	return strings.Join(strings.Fields(e.config.Name+" "+e.config.Version+" "+hex.EncodeToString(sum.Sum(nil)[:6])), " "), nil
}

// Voices lists what is declared; it asks nobody.
func (e *HTTP) Voices(context.Context) ([]Voice, error) { return e.config.list(true, false), nil }

// Synthesize implements Engine.
func (e *HTTP) Synthesize(ctx context.Context, r Request, w io.Writer) error {
	return e.config.speak(ctx, r, w, e.post)
}

// question is what the server is sent.
type question struct {
	Text        string  `json:"text"`
	Voice       string  `json:"voice,omitempty"`
	Speaker     string  `json:"speaker,omitempty"`
	SpeakerID   *int    `json:"speaker_id,omitempty"`
	LengthScale float64 `json:"length_scale,omitempty"`
}

func (e *HTTP) post(ctx context.Context, j job) (pcmFormat, error) {
	q := question{Text: j.Text, Voice: j.voice.Model, Speaker: j.voice.Speaker}
	if n, err := strconv.Atoi(q.Speaker); err == nil {
		q.Speaker, q.SpeakerID = "", &n
	}
	if j.Rate != 0 {
		q.LengthScale = j.voice.stretch(j.Rate)
	}
	body, err := json.Marshal(q)
	if err != nil {
		return pcmFormat{}, fmt.Errorf("ask %s: %w", e.config.Name, err)
	}
	ask, err := http.NewRequestWithContext(ctx, http.MethodPost, e.config.URL, bytes.NewReader(body))
	if err != nil {
		return pcmFormat{}, fmt.Errorf("ask %s: %w", e.config.Name, err)
	}
	ask.Header.Set("Content-Type", "application/json")
	ask.Header.Set("Accept", "audio/wav")
	answer, err := e.client.Do(ask)
	if err != nil {
		return pcmFormat{}, dialled(err)
	}
	defer func() { _ = answer.Body.Close() }()
	switch {
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		return pcmFormat{}, faultf(Redirected, "%s", elsewhere(answer.Header.Get("Location")))
	case answer.StatusCode != http.StatusOK:
		said, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10)) // only to tell more
		return pcmFormat{}, faultf(Refused, "%d: %s", answer.StatusCode, quote(string(said)))
	}
	if _, err := io.Copy(j.sound, answer.Body); err != nil {
		return pcmFormat{}, Fault{Code: BrokenOff, Detail: quote(err.Error()), Err: err}
	}
	return pcmFormat{}, nil
}

// elsewhere is where a server sends us, without what may be a secret.
func elsewhere(location string) string {
	to, err := url.Parse(location)
	if err != nil {
		return ""
	}
	return quote((&url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}).String())
}

// dialled says what became of a connection, without the address in which there may
// be a secret.
func dialled(err error) error {
	var f Fault
	var op *net.OpError
	var asked *url.Error
	if errors.As(err, &asked) {
		err = asked.Err
	}
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &op) && op.Op == "dial":
		return Fault{Code: Unreachable, Detail: quote(op.Error()), Err: err}
	}
	return Fault{Code: BrokenOff, Detail: quote(err.Error()), Err: err}
}
