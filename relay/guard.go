package relay

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
)

// Guard says which addresses may be dialled. The zero Guard allows public ones
// only.
type Guard struct {
	// AllowPrivate are networks of the village's own whose stations may be relayed,
	// 192.168.7.0/24 for one.
	AllowPrivate []netip.Prefix
}

// reserved are the networks that are not on the public internet though netip calls
// them global unicast, and those in which an IPv4 address may hide (IANA's
// special-purpose registries, RFC 6890 and its successors).
var reserved = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
	"3fff::/20", "5f00::/16", "fec0::/10",
)

func prefixes(all ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range all {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

// permits says whether addr may be dialled.
func (g Guard) permits(addr netip.Addr) bool {
	if !addr.IsValid() || addr.Zone() != "" {
		return false
	}
	addr = addr.Unmap()
	for _, p := range g.AllowPrivate {
		if p.Contains(addr) {
			return true
		}
	}
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(addr) {
			return false
		}
	}
	return true
}

// Control is for net.Dialer: it is asked with the address itself, after the name
// was resolved, so that a name that resolves differently the next time is no way in.
func (g Guard) Control(network, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fault(BadAddress, "%s", address)
	}
	addr, err := netip.ParseAddr(host)
	if err != nil || !strings.HasPrefix(network, "tcp") {
		return fault(BadAddress, "%s", address)
	}
	if !g.permits(addr) {
		return fault(Private, "%s", addr)
	}
	return nil
}

// CheckURL says whether raw can be a station's address: http or https, a host, no
// name and password in it. The error is a Fault.
func CheckURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return fault(BadAddress, "it is not written as an address")
	}
	return check(nil, u)
}

// check says whether to may be opened when from led there; from may be nil.
func check(from, to *url.URL) error {
	switch {
	case to.Scheme != "http" && to.Scheme != "https":
		return fault(BadAddress, "its scheme is %q", to.Scheme)
	case to.Hostname() == "":
		return fault(BadAddress, "it names no host")
	case to.User != nil:
		return fault(BadAddress, "a name or password is in it")
	case from != nil && from.Scheme == "https" && to.Scheme == "http":
		return fault(Downgrade, "%s leads to %s", from.Host, to.Host)
	}
	return nil
}
