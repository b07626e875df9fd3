package relay

import (
	"context"
	"io"
	"net/url"
)

// Receive is what a Feed reads.
func (r *Receiver) Receive(ctx context.Context, s Station) (io.ReadCloser, error) {
	return r.open(ctx, s)
}

// CheckStep is check with addresses as they are written.
func CheckStep(from, to string) error {
	a, err := url.Parse(from)
	if err != nil {
		return err
	}
	b, err := url.Parse(to)
	if err != nil {
		return err
	}
	return check(a, b)
}
