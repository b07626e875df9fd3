package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Object is a JSON object as the API answers it.
type Object map[string]any

// Text is the string under a name; empty when there is none.
func (o Object) Text(name string) string {
	s, _ := o[name].(string)
	return s
}

// Number is the number under a name; 0 when there is none.
func (o Object) Number(name string) float64 {
	n, _ := o[name].(float64)
	return n
}

// List is the objects under a name; what is no object is left out.
func (o Object) List(name string) []Object {
	var out []Object
	all, _ := o[name].([]any)
	for _, v := range all {
		if m, ok := v.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// Time is the instant under a name; zero when there is none.
func (o Object) Time(name string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, o.Text(name))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Client speaks to a board by its API. The zero HTTP is a client of its own that
// keeps no connection: the board behind the address is killed and comes back. It may
// be used from any goroutine.
type Client struct {
	URL   string // without a slash at its end
	Token string // of an admin that may raise emergencies
	HTTP  *http.Client
}

// NewClient is a client whose requests take two minutes at most, as emulated machines do.
func NewClient(url, token string) *Client {
	return &Client{URL: url, Token: token, HTTP: &http.Client{
		Timeout: 2 * time.Minute, Transport: &http.Transport{DisableKeepAlives: true},
	}}
}

// StatusError is an answer that was not wanted.
type StatusError struct {
	What   string // method and path
	Status int
	Body   string // its beginning
}

// Error says what was asked and what came.
func (e *StatusError) Error() string { return fmt.Sprintf("%s: %d: %s", e.What, e.Status, e.Body) }

// Ask makes a request and wants one of the answers 200 to 299. The error is a
// *StatusError for another answer.
func (c *Client) Ask(ctx context.Context, method, path string, body any) (Object, error) {
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("write a request: %w", err)
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.URL+"/api/v1"+path, in)
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	_, raw, err := c.send(req)
	if err != nil {
		return nil, err
	}
	answer := Object{}
	if len(bytes.TrimSpace(raw)) > 0 {
		if err := json.Unmarshal(raw, &answer); err != nil {
			return nil, fmt.Errorf("read the answer of %s %s: %w", method, path, err)
		}
	}
	return answer, nil
}

// send does a request of the API and reads its answer to the end: what was not read
// whole was not acknowledged.
func (c *Client) send(req *http.Request) (http.Header, []byte, error) {
	req.Header.Set("Authorization", "Bearer "+c.Token)
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, nil, fmt.Errorf("read an answer: %w", err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return resp.Header, nil, &StatusError{req.Method + " " + req.URL.Path, resp.StatusCode, strings.TrimSpace(string(raw[:min(len(raw), 300)]))}
	}
	return resp.Header, raw, nil
}

// Metrics reads what /metrics says without labels, by name.
func (c *Client) Metrics(ctx context.Context) (map[string]float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/metrics", nil)
	if err != nil {
		return nil, fmt.Errorf("read the metrics: %w", err)
	}
	_, raw, err := c.send(req)
	if err != nil {
		return nil, fmt.Errorf("read the metrics: %w", err)
	}
	all := map[string]float64{}
	for line := range strings.Lines(string(raw)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			all[name] = v
		}
	}
	return all, nil
}

// Ready says whether the panel answers and the database and the output are up.
func (c *Client) Ready(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// Until asks is every tenth of a second until it is true. The error says what was
// waited for, when patience or ctx ends before.
func Until(ctx context.Context, patience time.Duration, what string, is func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait until %s: not within %s", what, patience)
		case <-tick.C:
		}
	}
	return nil
}

// Rows reads the as-run of yesterday, today and tomorrow.
func (c *Client) Rows(ctx context.Context) ([]Object, error) {
	return c.rowsSince(ctx, time.Now().AddDate(0, 0, -1))
}

func (c *Client) rowsSince(ctx context.Context, from time.Time) ([]Object, error) {
	answer, err := c.Ask(ctx, http.MethodGet, "/asrun?from="+from.UTC().Format(time.RFC3339)+"&to="+time.Now().AddDate(0, 0, 1).UTC().Format(time.RFC3339), nil)
	if err != nil {
		return nil, err
	}
	return answer.List("rows"), nil
}
