package main

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"

	"loalang/localca"
	"loalang/web"
)

// securePort is where the panel is reached by https, unless it is told otherwise.
const securePort = "8443"

// secureDoor is the panel's second port, by https under the board's own authority.
type secureDoor struct {
	authority *localca.Authority
	entrance
}

// openSecureDoor opens it; nil where it is switched off, or cannot be opened: the panel
// works without it, but for the microphone.
func (b *board) openSecureDoor(ctx context.Context) *secureDoor {
	address := secureAddress(b.settings.ListenTLS, b.settings.Listen)
	if address == "" {
		return nil
	}
	authority, err := localca.Open(folder(b.settings.Data).tls(), "Loa "+b.village.Name, b.clock.Now)
	if err != nil {
		b.log.Error("there is no https, and no microphone on phones", slog.Any("err", err))
		return nil
	}
	l, err := listen(ctx, address)
	if err != nil && (!managed() || !errors.Is(err, syscall.EADDRNOTAVAIL)) { // an address that is still to come is waited for
		b.log.Warn("there is no https, and no microphone on phones: name another port with --listen-tls", slog.Any("err", err))
		return nil
	}
	if l != nil {
		b.closers = append(b.closers, closedBefore{l})
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: localca.NewLeaves(authority, here).Get}
	return &secureDoor{authority, entrance{address: address, listener: l, config: config}}
}

// secureAddress is where to listen by https; empty: nowhere. asked and plain are the
// settings listen-tls and listen.
func secureAddress(asked, plain string) string {
	host, port, err := net.SplitHostPort(plain)
	switch {
	case asked == "off", err != nil:
		return ""
	case asked != "auto":
		return asked
	case port == "0": // any port will do, as in tests
		return net.JoinHostPort(host, "0")
	}
	return net.JoinHostPort(host, securePort)
}

// here lists the addresses and names under which phones may reach this machine.
func here() (addresses []net.IP, names []string) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		all = nil // the machine's own name is left
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok {
			addresses = append(addresses, n.IP)
		}
	}
	if host, err := os.Hostname(); err == nil {
		names = append(names, strings.ToLower(host)+".local")
	}
	return addresses, names
}

// port is the number phones are led to; 0: there is no such door.
func (d *secureDoor) port() int {
	if d == nil {
		return 0
	}
	_, port, err := net.SplitHostPort(d.at())
	if err != nil {
		return 0
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return 0
	}
	return number
}

// url is where a browser on this machine finds it.
func (d *secureDoor) url() string { return "https://" + reachable(d.at()) }

// closedBefore is a listener that its server may have closed already.
type closedBefore struct{ net.Listener }

// Close closes it.
func (c closedBefore) Close() error {
	if err := c.Listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// trust is the authority that vouches for the door; nil: there is none.
func (d *secureDoor) trust() web.Trust {
	if d == nil {
		return nil
	}
	return d.authority
}
