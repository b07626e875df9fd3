package web

import (
	"net"
	"net/netip"
	"strings"
)

// hostName is the name or address in the Host of a request, without its port.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// thisMachine says whether an address leads nowhere but to the machine that it is
// opened on: a phone that reads it off a screen finds itself.
func thisMachine(host string) bool {
	name := hostName(host)
	if a, err := netip.ParseAddr(name); err == nil {
		return a.IsLoopback()
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}
