package speech

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// near dials servers of this machine and of private networks only, unless public
// is set: what is to be announced is not sent to strangers, and an address in a
// file must not become a way to somewhere else. The address that is dialled is
// judged, after its name was resolved.
func near(public bool) *net.Dialer {
	return &net.Dialer{
		Timeout: 5 * time.Second,
		Control: func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil {
				return fmt.Errorf("read address %q: %w", address, err)
			}
			ip := at.Addr().Unmap()
			if ip.IsLoopback() || ip.IsPrivate() || public && ip.IsGlobalUnicast() {
				return nil
			}
			return Fault{Code: Outside, Detail: ip.String()}
		},
	}
}
