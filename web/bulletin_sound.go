package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"loalang/recordings"
)

const (
	// bulletinSounds is where the sounds of the public board lie.
	bulletinSounds = bulletinRoot + "/nghe/"
	// soundStreams is how many sounds go out at once, soundsEach of them to one
	// address: behind one there may be half a village.
	soundStreams = 256
	soundsEach   = 128
	// soundPatience is how long somebody waits for a place among them.
	soundPatience = 10 * time.Second
	// soundMaking is how long a sound may take to be made for phones.
	soundMaking = 2 * time.Minute
	// soundSlowest is the slowest line that is still served, in bytes a second.
	soundSlowest = 2000
	// publicBurst is how many calls of the public API may come at once from one
	// address, publicEach how many a second after that.
	publicBurst = 120
	publicEach  = 20
)

// soundGate bounds how many sounds go out at once.
type soundGate struct {
	places chan struct{}
	mu     sync.Mutex
	of     map[string]int // by address
}

func newSoundGate() soundGate {
	return soundGate{places: make(chan struct{}, soundStreams), of: map[string]int{}}
}

// enter waits for a place; false: there is none.
func (g *soundGate) enter(ctx context.Context, address string) (leave func(), ok bool) {
	g.mu.Lock()
	if g.of[address] >= soundsEach {
		g.mu.Unlock()
		return nil, false
	}
	g.of[address]++
	g.mu.Unlock()
	gone := func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.of[address]--; g.of[address] <= 0 {
			delete(g.of, address)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, soundPatience)
	defer cancel()
	select {
	case g.places <- struct{}{}:
		return func() { <-g.places; gone() }, true
	case <-ctx.Done():
		gone()
		return nil, false
	}
}

// publicLimits slows down whoever asks the public API too often, by address.
type publicLimits struct {
	mu sync.Mutex
	of *lru[string, *rate.Limiter]
}

func newPublicLimits() *publicLimits {
	return &publicLimits{of: newLRU[string, *rate.Limiter](limitKept)}
}

func (l *publicLimits) allow(r *http.Request) bool {
	address := peer(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	one, known := l.of.get(address)
	if !known {
		one = rate.NewLimiter(publicEach, publicBurst)
		l.of.put(address, one)
	}
	return one.Allow()
}

// peer is the network from which a request comes.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return network(host)
}

// slim opens a recording for phones. It is made once, however many ask; who leaves
// early takes it from nobody.
func (b *bulletins) slim(ctx context.Context, recording string) (*os.File, error) {
	if b.s.cfg.Slim == nil {
		return nil, recordings.ErrNotFound
	}
	made := b.made.DoChan(recording, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), soundMaking)
		defer cancel()
		f, err := b.s.cfg.Slim.Slim(ctx, recording)
		if err != nil {
			return nil, err
		}
		return nil, f.Close()
	})
	select {
	case r := <-made:
		if r.Err != nil {
			return nil, r.Err
		}
		return b.s.cfg.Slim.Slim(ctx, recording)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// size is how many bytes a sound has for phones; it is made when it is not there.
func (b *bulletins) size(ctx context.Context, recording string) (int64, error) {
	b.mu.Lock()
	n, known := b.sizes[recording]
	b.mu.Unlock()
	if known {
		return n, nil
	}
	f, err := b.slim(ctx, recording)
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.sizes) > limitKept {
		clear(b.sizes)
	}
	b.sizes[recording] = info.Size()
	return info.Size(), nil
}

// serveSound sends what stands on the board just now, and nothing else: whole or in
// pieces, from the file to the line without passing through here.
func (b *bulletins) serveSound(w http.ResponseWriter, r *http.Request, name string) {
	if !reads(r) {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, word(pageLanguage(r), "problem.method"), http.StatusMethodNotAllowed)
		return
	}
	id, mp3 := strings.CutSuffix(name, ".mp3")
	now, err := b.now(r.Context())
	var heard sound
	if err == nil && mp3 {
		heard = now.sounds[id]
	}
	if heard.recording == "" {
		b.refuse(w, r, http.StatusNotFound, "bulletin.sound-gone")
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "public, no-cache")
	h.Set("ETag", `"`+id+`"`)
	if strings.Contains(r.Header.Get("If-None-Match"), `"`+id+`"`) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if _, err := b.size(r.Context(), heard.recording); err != nil { // made before a place is taken
		b.failSound(w, r, err)
		return
	}
	leave, ok := b.gate.enter(r.Context(), peer(r))
	if !ok {
		h.Set("Retry-After", strconv.Itoa(int(soundPatience.Seconds())))
		b.refuse(w, r, http.StatusServiceUnavailable, "bulletin.busy")
		return
	}
	defer leave()
	f, err := b.slim(r.Context(), heard.recording)
	if err != nil {
		b.failSound(w, r, err)
		return
	}
	defer f.Close() //nolint:errcheck // it was only read
	if info, err := f.Stat(); err == nil {
		line := http.NewResponseController(w)
		_ = line.SetWriteDeadline(systemTime(30*time.Second + time.Duration(info.Size()/soundSlowest)*time.Second)) // a test's recorder has none
		defer func() { _ = line.SetWriteDeadline(time.Time{}) }()
	}
	h.Set("Content-Type", "audio/mpeg")
	h.Set("Content-Disposition", `inline; filename="ban-tin.mp3"`)
	h.Set("Content-Security-Policy", soundPolicy)
	http.ServeContent(w, r, "", time.Time{}, f)
}

func (b *bulletins) failSound(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case r.Context().Err() != nil: // who asked has gone
	case errors.Is(err, recordings.ErrNotFound):
		b.refuse(w, r, http.StatusNotFound, "bulletin.sound-gone")
	default:
		b.s.cfg.Logger.Error("a sound of the public board could not be made", "err", err)
		w.Header().Set("Retry-After", "60")
		b.refuse(w, r, http.StatusServiceUnavailable, "bulletin.busy")
	}
}

// refuse answers in one sentence; whoever opened the address itself reads it.
func (b *bulletins) refuse(w http.ResponseWriter, r *http.Request, status int, code string) {
	h := w.Header()
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(word(pageLanguage(r), code) + "\n"))
	}
}
