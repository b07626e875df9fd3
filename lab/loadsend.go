package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	// leastTake is longer than TornBytes: of less a power cut may cost all, and whatever is there
	// is enough.
	leastTake = 3500 * time.Millisecond
	// mostPiece lets some pieces be longer than what the board writes before it makes it durable.
	mostPiece = 368 << 10
)

// send sends recordings in pieces, and goes on with those that are not whole.
func (l *Load) send(ctx context.Context, r *rand.Rand) error {
	var next sending // that was begun, perhaps, and of which no answer came
	var ours []string
	for first := true; ; first = false {
		id, u := l.Ledger.unfinished()
		wait := 3 * l.Pause
		if id != "" || first { // somebody waits for it; a life may be short
			wait = l.Pause / 4
		}
		if !pause(ctx, r, wait) {
			return nil
		}
		if id != "" {
			at, err := l.Client.UploadOffset(ctx, id)
			if err != nil {
				l.fault("ask how far an upload is", unended(ctx, err))
				continue
			}
			if err := l.Ledger.uploadIs(id, at); err != nil {
				return err
			}
			u.offset = at
		} else {
			if l.Keep > 0 && len(ours) >= l.Keep {
				err := l.withdraw(ctx, ours[0])
				if errors.Is(err, errWaits) {
					continue // a busy board takes in late: nothing more is sent to it until it has
				}
				l.fault("delete a recording", unended(ctx, err))
				ours = ours[1:]
			}
			if next.length == 0 {
				take := cmp.Or(l.Take, leastTake)
				next = sending{seed: r.Uint64(), long: take + time.Duration(r.Int64N(int64(take)))}
				next.length = len(next.raw())
			}
			u = next
			var err error
			id, err = l.Client.BeginUpload(ctx, u.length, map[string]string{
				"filename": "giáy.wav", "title": fmt.Sprintf("Giọng %x", u.seed), "key": fmt.Sprintf("take-%x", u.seed), // sent twice it is one
			})
			if answered(err, http.StatusTooManyRequests) {
				continue // so many wait to be taken in
			}
			if err != nil {
				l.fault("begin an upload", unended(ctx, err))
				continue
			}
			next = sending{}
			l.Ledger.uploadBegun(id, u)
			ours = append(ours, id)
		}
		if err := l.sendRest(ctx, r, id, u); err != nil {
			return err
		}
	}
}

// errWaits says that an upload was not taken in yet.
var errWaits = errors.New("the upload waits to be taken in")

// withdraw deletes what became of an upload.
func (l *Load) withdraw(ctx context.Context, id string) error {
	is, err := l.Client.Ask(ctx, http.MethodGet, "/uploads/"+id, nil)
	if err != nil {
		return err
	}
	recording := is.Text("recording")
	switch {
	case is.Text("stage") == "refused":
		return fmt.Errorf("upload %s was refused: %s", id, is.Text("detail"))
	case recording == "":
		return errWaits
	}
	_, err = l.Client.Ask(ctx, http.MethodDelete, "/recordings/"+recording, nil)
	return err
}

// SendWhole sends a short recording as fast as the board takes it, and returns when that has come whole.
func (l *Load) SendWhole(ctx context.Context, called string) error {
	u := sending{seed: l.Seed + uint64(l.count()), long: time.Second}
	raw := u.raw()
	u.length = len(raw)
	id, err := l.Client.BeginUpload(ctx, u.length, map[string]string{"filename": "giáy.wav", "title": called, "key": called})
	if err != nil {
		return fmt.Errorf("begin an upload: %w", err)
	}
	l.Ledger.uploadBegun(id, u)
	at, err := l.Client.SendPiece(ctx, id, 0, raw)
	if err != nil {
		return fmt.Errorf("send a piece: %w", err)
	}
	return l.Ledger.uploadIs(id, at)
}

// sendRest sends what is missing of an upload, until the line breaks. Its error is that of the
// ledger.
func (l *Load) sendRest(ctx context.Context, r *rand.Rand, id string, u sending) error {
	raw := u.raw()
	for wait := l.Pause / 8; u.offset < len(raw) && pause(ctx, r, wait); {
		end := min(len(raw), u.offset+16<<10+r.IntN(mostPiece))
		at, err := l.Client.SendPiece(ctx, id, u.offset, raw[u.offset:end])
		if answered(err, http.StatusConflict) {
			return nil // a piece of before came late: how far it is is asked again
		}
		if err != nil {
			l.fault("send a piece", unended(ctx, err))
			return nil
		}
		if err := l.Ledger.uploadIs(id, at); err != nil {
			return err
		}
		if l.Line > 0 {
			wait = time.Duration(at-u.offset) * time.Second / time.Duration(l.Line)
		}
		u.offset = at
	}
	return nil
}
