package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"
)

const (
	// shutdownPatience is how long requests under way may take when serve ends.
	shutdownPatience = 3 * time.Second
	// entranceEvery is how often an address is tried that cannot be had yet.
	entranceEvery = 2 * time.Second
)

// entrance is one address at which the panel answers. The board plays without it: what is
// wrong with an address must not silence the loudspeakers.
type entrance struct {
	address  string       // as the settings name it
	listener net.Listener // nil: it cannot be had yet
	config   *tls.Config  // nil: by http
	handler  http.Handler // nil: the panel
	opened   func()       // is called the first time that something is served; may be nil
}

// at is where the entrance is, or will be.
func (e entrance) at() string {
	if e.listener != nil {
		return e.listener.Addr().String()
	}
	return e.address
}

// close closes what was opened before anything was served there.
func (e entrance) close() {
	if e.listener != nil {
		_ = e.listener.Close() // its server may have done that already
	}
}

// managed says whether a service manager started this program. Then nobody reads a refusal:
// it would only start it again, for ever.
func managed() bool { return os.Getenv("NOTIFY_SOCKET") != "" }

// listen opens the panel's port, with a sentence for the two usual faults.
func listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("the address %s is in use: end the other program, or choose another port with --listen", address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("the address %s may not be used by this user: choose a port above 1023 with --listen", address)
	case err != nil:
		return nil, fmt.Errorf("listen on %s: %w: choose an address of this machine with --listen", address, err)
	}
	return l, nil
}

// keepOpen serves the panel at an entrance until ctx ends, however often its address has to
// be tried. It returns nil.
func (b *board) keepOpen(ctx context.Context, e entrance) error {
	for told := ""; ; {
		var err error
		if e.listener == nil {
			e.listener, err = listen(ctx, e.address)
		}
		if err == nil {
			if told != "" {
				b.log.Info("the panel can be reached", "address", e.at())
			}
			if e.opened != nil {
				e.opened()
			}
			e.opened = nil
			err = b.serveAt(ctx, e)
			e.listener, told = nil, ""
		}
		if ctx.Err() != nil {
			return nil
		}
		if why := fmt.Sprint(err); why != told {
			told = why
			b.log.Error("the panel cannot be reached at an address: the board plays, and it is tried again", "address", e.address, "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(entranceEvery):
		}
	}
}

// serveAt serves the panel until ctx ends, and returns what ended it.
func (b *board) serveAt(ctx context.Context, e entrance) error {
	handler := e.handler
	if handler == nil {
		handler = b.panel.Handler()
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(b.log.Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	served := make(chan error, 1)
	go func() {
		if e.config == nil {
			served <- server.Serve(e.listener)
			return
		}
		server.TLSConfig = e.config
		served <- server.ServeTLS(e.listener, "", "")
	}()
	select {
	case err := <-served:
		return errors.Join(err, server.Close())
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownPatience)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		_ = server.Close() // streams that never end are cut
	}
	return <-served
}
