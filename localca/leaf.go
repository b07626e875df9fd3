package localca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// Leaves hands out the board's certificate, and makes it anew before it ends or when
// the board has other addresses. It lies in memory alone: a start makes another, which
// costs a millisecond, and a copy of the data folder holds none.
type Leaves struct {
	from *Authority
	// here lists the board's addresses and names as they are now.
	here func() (addresses []net.IP, names []string)

	mu   sync.Mutex
	leaf *tls.Certificate
	of   []string  // what leaf vouches for
	ends time.Time // of leaf
}

// NewLeaves makes the certificates of one board; here is asked at each handshake and
// must not block for long.
func NewLeaves(from *Authority, here func() ([]net.IP, []string)) *Leaves {
	return &Leaves{from: from, here: here}
}

// Get is tls.Config.GetCertificate.
func (l *Leaves) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	addresses, hosts := l.here()
	addresses, hosts = allowed(addresses, hosts)
	of := described(addresses, hosts)
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.from.now(); l.leaf != nil && slices.Equal(of, l.of) && now.Before(l.ends.Add(-leafRenewal)) && now.After(l.leaf.Leaf.NotBefore) {
		return l.leaf, nil
	}
	leaf, err := l.from.sign(addresses, hosts)
	if err != nil {
		return nil, err
	}
	l.leaf, l.of, l.ends = leaf, of, leaf.Leaf.NotAfter
	return leaf, nil
}

// allowed leaves out what the authority cannot vouch for: one such address would make
// browsers refuse the whole certificate.
func allowed(addresses []net.IP, hosts []string) (ips []net.IP, dns []string) {
	for _, ip := range append([]net.IP{net.IPv4(127, 0, 0, 1)}, addresses...) {
		four := ip.To4()
		if four == nil || !four.IsPrivate() && !four.IsLoopback() || slices.ContainsFunc(ips, four.Equal) {
			continue
		}
		ips = append(ips, four)
	}
	dns = []string{Name, "localhost"}
	for _, h := range hosts {
		if strings.HasSuffix(h, ".local") && !slices.Contains(dns, h) {
			dns = append(dns, h)
		}
	}
	return ips, dns
}

func described(ips []net.IP, dns []string) []string {
	all := slices.Clone(dns)
	for _, ip := range ips {
		all = append(all, ip.String())
	}
	slices.Sort(all)
	return all
}

func (a *Authority) sign(ips []net.IP, dns []string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	now := a.now()
	from := now.Add(-clockSlack)
	until := from.Add(leafLife)
	if until.After(a.cert.NotAfter) {
		until = a.cert.NotAfter
	}
	raw, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: Name}, NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, DNSNames: dns, IPAddresses: ips,
	}, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return nil, fmt.Errorf("make a certificate for the board: %w", err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("read the board's certificate back: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{raw, a.cert.Raw}, PrivateKey: key, Leaf: leaf}, nil
}
