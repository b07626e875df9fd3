package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"syscall"
)

// Code says why a station cannot be heard. The codes are stable: the panel words
// them in the reader's language.
type Code string

// The codes.
const (
	BadAddress   Code = "bad-address"   // no http or https address of a public host
	Private      Code = "private"       // the address leads into a private network
	Downgrade    Code = "downgrade"     // from https on to http
	TooDeep      Code = "too-deep"      // more than five redirects or playlists in one another
	NoHost       Code = "no-host"       // the name is not known, or there is no internet
	Unreachable  Code = "unreachable"   // nobody answers
	Certificate  Code = "certificate"   // TLS could not be verified
	Status       Code = "status"        // HTTP said no; Detail is the status
	WebPage      Code = "web-page"      // a page for people instead of sound
	NotSound     Code = "not-sound"     // neither sound nor a playlist of it
	BadPlaylist  Code = "bad-playlist"  // empty, too large, or not understood
	Encrypted    Code = "encrypted"     // an HLS stream with keys
	Unsupported  Code = "unsupported"   // byte ranges, codecs that are not opened
	Stalled      Code = "stalled"       // nothing came for some seconds
	Over         Code = "over"          // the stream ended
	Silent       Code = "silent"        // it is received, and there is no sound in it
	NoInput      Code = "no-input"      // the line input is not there or busy
	NoProgram    Code = "no-program"    // arecord is missing
	DecoderEnded Code = "decoder-ended" // the decoder failed; Detail says how
)

// Fault is the error of a station that cannot be heard.
type Fault struct {
	Code   Code
	Detail string // for the log; may be empty
}

// Error is a short phrase with the detail behind it.
func (f Fault) Error() string {
	if f.Detail == "" {
		return string(f.Code)
	}
	return string(f.Code) + ": " + f.Detail
}

func fault(code Code, format string, args ...any) error {
	return Fault{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// faultOf finds out what an error of the network means. The address is left out of what
// net/http says: a station may have a key in it, and errors are logged.
func faultOf(err error) error {
	var full *url.Error
	if errors.As(err, &full) {
		err = full.Err
	}
	var known Fault
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.As(err, &known):
		return err
	case errors.As(err, &dns):
		return fault(NoHost, "%s", dns.Name)
	case errors.As(err, &certificate):
		return fault(Certificate, "%v", certificate)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return fault(Unreachable, "no answer in time")
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return fault(Unreachable, "%v", err)
	}
	return fmt.Errorf("%w (%w)", Fault{Code: Unreachable, Detail: "the connection broke"}, err)
}

// CodeOf is the code of an error of this package.
func CodeOf(err error) Code {
	var f Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return DecoderEnded
}
