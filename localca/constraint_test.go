package localca_test

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/localca"
)

// Whoever steals the board's key deceives nobody about a bank: what it signs for other
// names and addresses no browser believes.
func TestAStolenKeyDeceivesNobody(t *testing.T) {
	dir := t.TempDir()
	a, err := localca.Open(dir, "x", func() time.Time { return begin })
	if err != nil {
		t.Fatal(err)
	}
	ca, err := x509.ParseCertificate(a.Certificate())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "ca.key"))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := pem.Decode(raw)
	key, err := x509.ParseECPrivateKey(b.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	for host, good := range map[string]bool{"192.168.1.10": true, "loa.internal": true, "bank.example": false, "203.0.113.7": false, "2001:db8::1": false, "internal": false} {
		leaf := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, NotBefore: begin, NotAfter: begin.Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
		if ip := net.ParseIP(host); ip != nil {
			leaf.IPAddresses = []net.IP{ip}
		} else {
			leaf.DNSNames = []string{host}
		}
		der, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := signed.Verify(x509.VerifyOptions{Roots: roots, DNSName: host, CurrentTime: begin}); (err == nil) != good {
			t.Errorf("%s: %v", host, err)
		}
	}
}
