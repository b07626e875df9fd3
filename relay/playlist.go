package relay

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"path"
	"strings"
)

// way is a walk from a station's address to its sound.
type way struct {
	fetcher *fetcher
	asked   int // addresses so far: playlists that name one another are no work for a night
}

// mostAsked is how many addresses are tried for one station.
const mostAsked = 12

// open finds the sound behind a station's address. Reading it gives a Fault when
// it breaks; closing it, from any goroutine, makes Read return.
func (f *fetcher) open(ctx context.Context, raw string) (io.ReadCloser, error) {
	to, err := url.Parse(raw)
	if err != nil {
		return nil, fault(BadAddress, "it is not written as an address")
	}
	w := &way{fetcher: f}
	return w.follow(ctx, nil, to, depth)
}

// follow opens to, and what it leads to if it is a playlist.
func (w *way) follow(ctx context.Context, from, to *url.URL, left int) (io.ReadCloser, error) {
	if w.asked++; left < 0 || w.asked > mostAsked {
		return nil, fault(TooDeep, "playlists lead on and on")
	}
	r, err := w.fetcher.get(ctx, from, to)
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewReaderSize(r, 4<<10)
	head, err := buffered.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		_ = r.Close()
		return nil, err
	}
	what := lookAt(head, r)
	switch what {
	case aSound:
		return struct {
			io.Reader
			io.Closer
		}{buffered, r}, nil
	case aPage:
		_ = r.Close()
		return nil, fault(WebPage, "%s", r.at.Host)
	}
	text, err := whole(buffered)
	_ = r.Close()
	if err != nil {
		return nil, err
	}
	if what == aList && bytes.Contains(text, []byte("#EXT-X-")) {
		return w.openHLS(ctx, r.at, text, left)
	}
	return w.first(ctx, r.at, entries(text), left)
}

// first opens the first entry that can be.
func (w *way) first(ctx context.Context, base *url.URL, refs []string, left int) (io.ReadCloser, error) {
	last := fault(BadPlaylist, "it names nothing")
	for _, ref := range refs {
		to, err := base.Parse(ref)
		if err != nil {
			last = fault(BadPlaylist, "an entry is no address")
			continue
		}
		sound, err := w.follow(ctx, base, to, left-1)
		if err == nil {
			return sound, nil
		}
		if last = err; ctx.Err() != nil || CodeOf(err) == TooDeep {
			break
		}
	}
	return nil, last
}

// What an address may hold.
const (
	aSound = iota
	aPage
	aList
)

// lookAt tells them apart by what comes, and where that is plain text by its name.
func lookAt(head []byte, r response) int {
	text := strings.ToLower(string(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))))
	switch {
	case strings.HasPrefix(text, "#extm3u"), strings.HasPrefix(text, "[playlist]"),
		strings.HasPrefix(text, "http://"), strings.HasPrefix(text, "https://"):
		return aList
	case strings.HasPrefix(text, "<"), strings.HasPrefix(text, "{"):
		return aPage
	}
	named := strings.Contains(strings.ToLower(r.kind), "mpegurl") || strings.Contains(r.kind, "scpls")
	switch path.Ext(strings.ToLower(r.at.Path)) {
	case ".m3u", ".m3u8", ".pls":
		named = true
	}
	if named && !bytes.ContainsAny(head, "\x00\xff") {
		return aList
	}
	return aSound
}

// entries are the addresses in a PLS or M3U playlist.
func entries(text []byte) []string {
	var out []string
	pls := bytes.HasPrefix(bytes.ToLower(bytes.TrimSpace(text)), []byte("[playlist]"))
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))) {
		entry := strings.TrimSpace(string(line))
		if pls {
			key, value, _ := strings.Cut(entry, "=")
			if entry = strings.TrimSpace(value); !strings.HasPrefix(strings.ToLower(key), "file") {
				continue
			}
		}
		if entry != "" && entry[0] != '#' {
			out = append(out, entry)
		}
	}
	return out
}
