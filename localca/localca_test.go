package localca_test

import (
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/localca"
)

var begin = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

func TestAuthorityIsMadeOnceAndKeptToItself(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	now := func() time.Time { return begin }
	a, err := localca.Open(dir, "Loa thôn Ún Tà", now)
	if err != nil {
		t.Fatal(err)
	}
	again, err := localca.Open(dir, "another", now)
	if err != nil {
		t.Fatal(err)
	}
	if a.Fingerprint() != again.Fingerprint() || len(a.Fingerprint()) != 32*3-1 {
		t.Errorf("%s, then %s", a.Fingerprint(), again.Fingerprint())
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.key"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := localca.Open(dir, "", now); err == nil || !strings.Contains(err.Error(), "no PEM file") {
		t.Errorf("a key that is none: %v", err)
	}
}

// It vouches for local addresses and names, and can vouch for nothing else.
func TestLeafVouchesForLocalAddressesOnly(t *testing.T) {
	now := begin
	a, err := localca.Open(t.TempDir(), "Loa thôn Ún Tà", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	here := []net.IP{net.ParseIP("192.168.1.10"), net.ParseIP("fe80::1"), net.ParseIP("203.0.113.7")}
	leaves := localca.NewLeaves(a, func() ([]net.IP, []string) { return here, []string{"loa-unta.local", "bank.example"} })
	ca, err := x509.ParseCertificate(a.Certificate())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	first, err := leaves.Get(nil)
	if err != nil {
		t.Fatal(err)
	}
	for host, good := range map[string]bool{"192.168.1.10": true, "127.0.0.1": true, "loa.internal": true, "loa-unta.local": true, "203.0.113.7": false, "bank.example": false} {
		_, err := first.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: host, CurrentTime: now})
		if (err == nil) != good {
			t.Errorf("%s: %v", host, err)
		}
	}
	if life := first.Leaf.NotAfter.Sub(first.Leaf.NotBefore); life > 398*24*time.Hour {
		t.Errorf("it lasts %v, which browsers refuse", life)
	}
	if same, err := leaves.Get(nil); err != nil || same != first {
		t.Error("it is made anew at each handshake")
	}
	here = here[:2]
	here[0] = net.ParseIP("10.0.0.5")
	moved, err := leaves.Get(nil)
	if err != nil || moved.Leaf.VerifyHostname("10.0.0.5") != nil {
		t.Errorf("the board's new address: %v, %v", moved.Leaf.IPAddresses, err)
	}
	now = now.Add(360 * 24 * time.Hour)
	if renewed, err := leaves.Get(nil); err != nil || !renewed.Leaf.NotAfter.After(moved.Leaf.NotAfter) {
		t.Errorf("near its end it is not renewed: %v", err)
	}
	now = begin.Add(-3 * 365 * 24 * time.Hour) // a clock that was set back
	if early, err := leaves.Get(nil); err != nil || early.Leaf.NotBefore.After(now) {
		t.Errorf("by a clock that was set back it begins in the future: %v", err)
	}
}
