package localca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// authorityLife is how long phones may trust one authority.
	authorityLife = 10 * 365 * 24 * time.Hour
	// leafLife is what browsers allow a certificate at the most.
	leafLife = 398 * 24 * time.Hour
	// leafRenewal is how long before its end a certificate is made anew.
	leafRenewal = 60 * 24 * time.Hour
	// clockSlack is how far the clock of a phone, or of the board, may be behind.
	clockSlack = 48 * time.Hour

	keyFile  = "ca.key"
	certFile = "ca.pem"
)

// Name is the name under which every board can be reached where the local network's
// name server knows it.
const Name = "loa.internal"

// networks are the only addresses that the authority can vouch for.
var networks = []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8"}

// names are the only names, and those below them.
var names = []string{Name, "local", "localhost"}

// Authority signs certificates for one board.
type Authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	dir  string
	now  func() time.Time
}

// Open reads the authority of a folder, and makes one there the first time. title is
// what people see in the settings of their phone: "Loa thôn Ún Tà". The errors are
// those of the disk, and of files that are none of ours.
func Open(dir, title string, now func() time.Time) (*Authority, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder for the local certificates: %w", err)
	}
	a := &Authority{dir: dir, now: now}
	err := a.read()
	if errors.Is(err, fs.ErrNotExist) {
		err = a.make(title)
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

func (a *Authority) read() error {
	rawKey, err := block(filepath.Join(a.dir, keyFile))
	if err != nil {
		return err
	}
	rawCert, err := block(filepath.Join(a.dir, certFile))
	if err != nil {
		return err
	}
	if a.key, err = x509.ParseECPrivateKey(rawKey); err != nil {
		return fmt.Errorf("read the key of the local authority: %w", err)
	}
	if a.cert, err = x509.ParseCertificate(rawCert); err != nil {
		return fmt.Errorf("read the local authority: %w", err)
	}
	if !a.key.PublicKey.Equal(a.cert.PublicKey) {
		return fmt.Errorf("the key in %s is another than the authority's: remove both files, and let phones trust the new authority", a.dir)
	}
	return nil
}

// block reads the one PEM block of a file.
func block(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read a local certificate: %w", err)
	}
	b, _ := pem.Decode(raw)
	if b == nil {
		return nil, fmt.Errorf("%s is no PEM file: remove it, and a new one is made", path)
	}
	return b.Bytes, nil
}

// make makes the authority. The key is written first: without it the rest is nothing.
func (a *Authority) make(title string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	now := a.now()
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: title}, NotBefore: now.Add(-clockSlack), NotAfter: now.Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: names,
	}
	for _, n := range networks {
		_, network, err := net.ParseCIDR(n)
		if err != nil {
			return fmt.Errorf("read the network %s: %w", n, err)
		}
		template.PermittedIPRanges = append(template.PermittedIPRanges, network)
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return fmt.Errorf("make the local authority: %w", err)
	}
	if a.cert, err = x509.ParseCertificate(raw); err != nil {
		return fmt.Errorf("read the local authority back: %w", err)
	}
	a.key = key
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return fmt.Errorf("write the key of the local authority: %w", err)
	}
	if err := put(filepath.Join(a.dir, keyFile), "EC PRIVATE KEY", secret); err != nil {
		return err
	}
	return put(filepath.Join(a.dir, certFile), "CERTIFICATE", raw)
}

// put writes a PEM file for its owner's eyes alone, as a whole or not at all.
func put(path, kind string, raw []byte) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write a local certificate: %w", err)
	}
	err = pem.Encode(f, &pem.Block{Type: kind, Bytes: raw})
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("write a local certificate: %w", err)
	}
	return nil
}

func serial() *big.Int {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, says its documentation
	b[0] &= 0x7f
	return new(big.Int).SetBytes(b[:])
}

// Certificate is the authority's own certificate, as a phone installs it: DER.
func (a *Authority) Certificate() []byte { return a.cert.Raw }

// Fingerprint is the SHA-256 of Certificate as phones show it: "AB:CD:…", by which a
// person sees that they install what the board gave them.
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.cert.Raw)
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(parts, ":")
}
