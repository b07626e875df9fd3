package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	// depth is how many redirects and playlists may lie between a station's address
	// and its sound.
	depth = 5
	// playlistCap is how large a playlist may be; the longest live windows of HLS
	// are some ten kilobytes.
	playlistCap = 512 << 10

	connectWithin = 5 * time.Second
	answerWithin  = 10 * time.Second
	userAgent     = "loalang (village loudspeaker)"
)

// fetcher gets what a station sends.
type fetcher struct {
	client *http.Client
	stall  time.Duration // nothing for so long: the connection is dead
}

// newFetcher is a fetcher within guard. The environment's proxies are not used: one
// would dial for us what guard refuses.
func newFetcher(guard Guard, stall time.Duration) *fetcher {
	dialer := &net.Dialer{Timeout: connectWithin, Control: guard.Control}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &icy{Conn: conn}, nil
		},
		TLSHandshakeTimeout: connectWithin, ResponseHeaderTimeout: answerWithin,
		MaxIdleConns: 2, IdleConnTimeout: 30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10, ReadBufferSize: 16 << 10,
		DisableCompression: true, // a few bytes must not become a gigabyte
	}
	follow := func(r *http.Request, via []*http.Request) error {
		if len(via) > depth {
			return fault(TooDeep, "%d redirects", len(via))
		}
		return check(via[len(via)-1].URL, r.URL)
	}
	return &fetcher{client: &http.Client{Transport: transport, CheckRedirect: follow}, stall: stall}
}

// close ends connections that nobody uses.
func (f *fetcher) close() { f.client.CloseIdleConnections() }

// response is what came from an address.
type response struct {
	io.ReadCloser
	at   *url.URL // where it came from in the end
	kind string   // its Content-Type, which is often wrong
}

// get asks for an address to which from led. What comes is read with a time-out
// between any two pieces.
func (f *fetcher) get(ctx context.Context, from, to *url.URL) (response, error) {
	if err := check(from, to); err != nil {
		return response{}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, to.String(), nil)
	if err != nil {
		cancel(nil)
		return response{}, fault(BadAddress, "%v", err)
	}
	r.Header.Set("User-Agent", userAgent)
	r.Header.Set("Accept", "audio/*, application/vnd.apple.mpegurl, application/ogg, */*;q=0.5")
	answer, err := f.client.Do(r) //nolint:bodyclose // patient closes it
	if err != nil {
		cancel(nil)
		return response{}, faultOf(err)
	}
	body := &patient{body: answer.Body, ctx: ctx, cancel: cancel, stall: f.stall}
	if answer.StatusCode != http.StatusOK {
		_ = body.Close()
		return response{}, fault(Status, "%s", answer.Status)
	}
	return response{ReadCloser: body, at: answer.Request.URL, kind: answer.Header.Get("Content-Type")}, nil
}

// patient is a body that is given up when nothing comes. It waits only while it is
// read, so that sound that is held back by us is no fault of the station.
type patient struct {
	body   io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	stall  time.Duration
}

func (p *patient) Read(b []byte) (int, error) {
	watch := time.AfterFunc(p.stall, func() { p.cancel(fault(Stalled, "nothing came for %v", p.stall)) })
	n, err := p.body.Read(b)
	watch.Stop()
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	if why := context.Cause(p.ctx); why != nil {
		return n, why
	}
	return n, faultOf(err)
}

func (p *patient) Close() error {
	p.cancel(nil)
	return p.body.Close()
}

// icy is a connection to a server that may answer "ICY 200 OK", as the first
// version of SHOUTcast does, which net/http does not take for HTTP.
type icy struct {
	net.Conn
	begun bool
	rest  []byte
}

func (c *icy) Read(b []byte) (int, error) {
	if len(c.rest) > 0 {
		n := copy(b, c.rest)
		c.rest = c.rest[n:]
		return n, nil
	}
	n, err := c.Conn.Read(b)
	if c.begun || n == 0 {
		return n, err
	}
	c.begun = true
	if after, is := bytes.CutPrefix(b[:n], []byte("ICY ")); is {
		line := append([]byte("HTTP/1.0 "), after...)
		n = copy(b, line)
		c.rest = line[n:]
	}
	return n, err
}

// whole reads a playlist to its end.
func whole(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, playlistCap+1))
	if err != nil {
		return nil, fmt.Errorf("read a playlist: %w", err)
	}
	if len(text) > playlistCap {
		return nil, fault(BadPlaylist, "it is larger than %d KiB", playlistCap>>10)
	}
	return text, nil
}
