package push

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"loalang/relay"
)

const (
	// maxEndpoint bounds the address of a subscription.
	maxEndpoint = 1024
	maxContact  = 200
	dialWithin  = 5 * time.Second
	sendWithin  = 15 * time.Second
	// httpsPort is the only one that push services have.
	httpsPort = "443"
)

var (
	// ErrSubscription says that a subscription is none: a foreign scheme, a broken key.
	ErrSubscription = errors.New("this is no push subscription")
	// ErrGone says that the browser takes in nothing more under this subscription.
	ErrGone = errors.New("the push subscription is gone")
)

// Subscription is where and for whom to encrypt, as a browser tells it (PushSubscription
// of the Push API).
type Subscription struct {
	Endpoint string // https
	Key      string // p256dh: a point on P-256, base64url
	Auth     string // 16 bytes, base64url
}

// CheckContact says whether whom a push service may write to is told as it has to be
// (RFC 8292, section 2.1): an address of mail or a page, at most 200 bytes.
func CheckContact(contact string) error {
	u, err := url.Parse(contact)
	if err == nil && len(contact) <= maxContact {
		if address, wrong := mail.ParseAddress(u.Opaque); u.Scheme == "mailto" && u.RawQuery == "" && wrong == nil && address.Address == u.Opaque {
			return nil
		}
		if u.Scheme == "https" && u.Hostname() != "" && u.User == nil {
			return nil
		}
	}
	return errors.New("use mailto: and an address of mail, or https:// and a page")
}

// Check says whether s can be one; the error is ErrSubscription. That its host has a
// public address is looked at when it is dialled.
func (s Subscription) Check() error {
	u, err := url.Parse(s.Endpoint)
	if err != nil || len(s.Endpoint) > maxEndpoint || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return ErrSubscription
	}
	_, _, err = s.keys()
	return err
}

func (s Subscription) keys() (*ecdh.PublicKey, []byte, error) {
	raw, keyErr := base64url.DecodeString(strings.TrimRight(s.Key, "="))
	auth, authErr := base64url.DecodeString(strings.TrimRight(s.Auth, "="))
	if keyErr != nil || authErr != nil || len(auth) != authBytes {
		return nil, nil, ErrSubscription
	}
	point, err := ecdh.P256().NewPublicKey(raw)
	if err != nil {
		return nil, nil, ErrSubscription
	}
	return point, auth, nil
}

// Message is what a browser is told.
type Message struct {
	Text []byte        // at most MaxText bytes
	Keep time.Duration // how long the push service keeps it for a phone that is off
}

// Sender sends messages. Its methods may be called from any goroutine and block for at
// most 15 s.
type Sender struct {
	Keys    *Keys
	Contact string // of whoever runs the board: "mailto:…" or "https://…"
	Now     func() time.Time
	Client  *http.Client // PublicClient, but in tests
}

// Public is the key that browsers subscribe under.
func (s *Sender) Public() string { return s.Keys.Public() }

// Send hands a message to the push service. The errors are ErrSubscription, ErrTooLong,
// ErrGone, and others that may be over when it is tried again later.
func (s *Sender) Send(ctx context.Context, to Subscription, m Message) error {
	if err := to.Check(); err != nil {
		return err
	}
	body, err := seal(to, m.Text)
	if err != nil {
		return err
	}
	u, err := url.Parse(to.Endpoint)
	if err != nil {
		return ErrSubscription
	}
	authorization, err := s.Keys.authorization(u.Scheme+"://"+u.Host, s.Contact, s.Now())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.Endpoint, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("push: %w", err)
	}
	r.Header.Set("Authorization", authorization)
	r.Header.Set("Content-Encoding", "aes128gcm")
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("TTL", strconv.Itoa(int(m.Keep.Seconds())))
	answer, err := s.Client.Do(r)
	if err != nil {
		return fmt.Errorf("push: %w", withoutAddress(err))
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 4096) // the connection serves again
	switch {
	case answer.StatusCode == http.StatusNotFound, answer.StatusCode == http.StatusGone:
		return ErrGone
	case answer.StatusCode/100 != 2:
		return fmt.Errorf("push: the service %s answers %d", u.Host, answer.StatusCode)
	}
	return nil
}

// withoutAddress leaves the endpoint out of an error: whoever knows it may push.
func withoutAddress(err error) error {
	var full *url.Error
	if errors.As(err, &full) {
		return full.Err
	}
	return err
}

// PublicClient dials public addresses and port 443 only, whatever name led there, and
// follows nobody elsewhere: what a browser names as its push service must be no way into
// the village's own network.
func PublicClient() *http.Client {
	var guard relay.Guard
	dialer := &net.Dialer{Timeout: dialWithin, Control: func(network, address string, raw syscall.RawConn) error {
		if _, port, err := net.SplitHostPort(address); err != nil || port != httpsPort {
			return ErrSubscription
		}
		return guard.Control(network, address, raw)
	}}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: dialWithin, ResponseHeaderTimeout: sendWithin,
			MaxIdleConns: 2, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 16 << 10, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
