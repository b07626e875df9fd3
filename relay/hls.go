package relay

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"
)

// hls gives the segments of a live stream one behind the other. What is not read is
// not fetched: there is never more than a segment's reading buffer in memory.
type hls struct {
	way     *way
	ctx     context.Context
	cancel  context.CancelFunc
	at      *url.URL // of the media playlist
	list    hlsList
	next    int64  // number of the segment that comes next
	begun   string // EXT-X-MAP that was given
	body    io.ReadCloser
	sound   io.Reader // body from behind its ID3 tag on
	fresh   time.Duration
	refused int  // segments in a row that could not be had, or were empty
	got     bool // something came of body
}

// mostRefused is how many segments in a row may be missing.
const mostRefused = 3

// openHLS opens the stream that a playlist at an address describes.
func (w *way) openHLS(ctx context.Context, at *url.URL, text []byte, left int) (io.ReadCloser, error) {
	list, err := readHLS(text)
	if err != nil {
		return nil, err
	}
	if len(list.variants) > 0 {
		return w.first(ctx, at, []string{list.chosen()}, left)
	}
	if len(list.segments) == 0 {
		return nil, fault(BadPlaylist, "it has no segments")
	}
	h := &hls{way: w, at: at, list: list}
	h.ctx, h.cancel = context.WithCancel(ctx)
	// RFC 8216, 6.3.3: not closer to the end of a live stream than three segments.
	start := max(0, len(list.segments)-3)
	if list.ended {
		start = 0
	}
	h.next = list.segments[start].number
	return h, nil
}

// Read gives the stream.
func (h *hls) Read(p []byte) (int, error) {
	for {
		if h.body == nil {
			if err := h.turn(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := h.sound.Read(p)
		if n > 0 {
			h.got, h.refused = true, 0
		}
		if err != nil {
			_ = h.body.Close()
			h.body = nil
			if !errors.Is(err, io.EOF) {
				return n, err
			}
			if !h.got { // a list of thousands of them would have us ask without end
				h.refused++
			}
			if h.refused > mostRefused {
				return n, fault(NotSound, "segments are empty")
			}
		}
		if n > 0 {
			return n, nil
		}
	}
}

// Close makes Read return, and whatever is open end.
func (h *hls) Close() error {
	h.cancel()
	return nil
}

// turn opens what comes next, or waits for it.
func (h *hls) turn() error {
	for _, s := range h.list.segments {
		if s.number < h.next {
			continue
		}
		h.fresh = 0
		if s.begin != h.begun {
			return h.beginWith(s)
		}
		err := h.take(s.ref)
		if err == nil {
			h.next = s.number + 1
			return nil
		}
		// A segment that is gone is passed over; a station that has none is not one.
		if h.refused++; CodeOf(err) != Status || h.refused > mostRefused {
			return err
		}
		h.next = s.number + 1
	}
	if h.list.ended {
		return fault(Over, "the stream has an end")
	}
	return h.renew()
}

// beginWith gives what stands before a segment. When that changes on the way, the
// decoder has to begin anew.
func (h *hls) beginWith(s segment) error {
	if h.begun != "" {
		return fault(Over, "the stream changes its format")
	}
	if err := h.take(s.begin); err != nil {
		return err
	}
	h.begun = s.begin
	return nil
}

// take opens an address of the playlist.
func (h *hls) take(ref string) error {
	to, err := h.at.Parse(ref)
	if err != nil {
		return fault(BadPlaylist, "a segment is no address")
	}
	r, err := h.way.fetcher.get(h.ctx, h.at, to)
	if err != nil {
		return err
	}
	sound := bufio.NewReaderSize(r, 4<<10)
	if err := skipID3(sound); err != nil {
		_ = r.Close()
		return err
	}
	h.body, h.sound, h.got = r, sound, false
	return nil
}

// skipID3 passes over the tag with a time stamp that stands before each segment of
// packed audio (RFC 8216, 3.4).
func skipID3(r *bufio.Reader) error {
	head, err := r.Peek(10)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if len(head) < 10 || string(head[:3]) != "ID3" {
		return nil
	}
	n := 10
	for i, b := range head[6:10] {
		n += int(b&0x7f) << (7 * (3 - i))
	}
	if _, err := io.CopyN(io.Discard, r, int64(n)); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("pass over a tag: %w", err)
	}
	return nil
}

// renew waits half a segment and reads the playlist again.
func (h *hls) renew() error {
	pause := min(max(h.list.target/2, 500*time.Millisecond), 10*time.Second)
	if h.fresh += pause; h.fresh > 3*h.list.target+h.way.fetcher.stall {
		return fault(Stalled, "the playlist has not grown for %v", h.fresh)
	}
	select {
	case <-h.ctx.Done():
		return context.Cause(h.ctx)
	case <-time.After(pause):
	}
	list, err := h.reread()
	if err != nil {
		return err
	}
	if len(list.segments) == 0 {
		return fault(BadPlaylist, "it has no segments")
	}
	h.list = list
	first, last := list.segments[0].number, list.segments[len(list.segments)-1].number
	if h.next < first || h.next > last+1 {
		h.next = list.segments[max(0, len(list.segments)-3)].number // it was started anew
	}
	return nil
}

// reread reads the playlist as it is now.
func (h *hls) reread() (hlsList, error) {
	within := listStalls * h.way.fetcher.stall
	ctx, cancel := context.WithTimeoutCause(h.ctx, within, fault(Stalled, "the playlist takes longer than %v", within))
	defer cancel()
	r, err := h.way.fetcher.get(ctx, h.at, h.at)
	if err != nil {
		return hlsList{}, cmp.Or(context.Cause(ctx), err)
	}
	text, err := whole(r)
	_ = r.Close()
	if err != nil {
		return hlsList{}, err
	}
	return readHLS(text)
}
