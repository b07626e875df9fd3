package web

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/playout"
)

const (
	// streamSilence is how long one piece of a stream may take to leave: slow
	// lines are welcome, dead ones are not.
	streamSilence = 15 * time.Second
	// streamCheck is how often a stream asks whether its listener still may.
	streamCheck = time.Second
	// airEvery is how often the whole of the air is told though nothing but the
	// level changed.
	airEvery = time.Second
	// slowLevels is how seldom a slow line is told the level: twice a second.
	slowLevels = 500 * time.Millisecond
	// streamRetry is when a browser comes back after a break, in milliseconds.
	streamRetry = "3000"
)

func (s *Server) registerStreams(_ huma.API, r *gin.Engine) {
	r.GET(apiRoot+"/air/events", s.guard(people.View, s.events))
	r.GET(apiRoot+"/air/listen", s.guard(people.View, s.listen))
	r.GET(apiRoot+"/live", s.guard(people.Live, s.live))
}

// stream is an answer that goes on until its reader leaves or may no longer
// have it.
type stream struct {
	w    io.Writer
	line *http.ResponseController
}

// openStream sends what comes before the first piece. A proxy on the way must
// not hold pieces back.
func openStream(c *gin.Context, contentType string) stream {
	h := c.Writer.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	st := stream{c.Writer, http.NewResponseController(c.Writer)}
	c.Status(http.StatusOK)
	c.Writer.WriteHeaderNow()
	return st
}

// send writes one piece and pushes it out.
func (st stream) send(piece []byte) error {
	_ = st.line.SetWriteDeadline(systemTime(streamSilence)) // a test's recorder has no deadlines
	if _, err := st.w.Write(piece); err != nil {
		return err
	}
	return st.line.Flush()
}

// close leaves the connection as it was.
func (st stream) close() { _ = st.line.SetWriteDeadline(time.Time{}) }

// mayStill says whether who opened a stream may go on with it: neither signed
// out, disabled, revoked nor stripped of the right meanwhile.
func (s *Server) mayStill(k *Caller, a people.Action) bool {
	ctx := k.c.Request.Context()
	if token := s.sessions(k.c.Request).Token(ctx); !k.who.Token {
		if _, alive, _ := s.kept.FindCtx(ctx, token); !alive {
			return false
		}
	}
	k.c.Set(whoKey, nil) // ask anew
	who, ok := s.principal(k.c)
	return ok && who.ID == k.who.ID && who.May(a, s.cfg.Village)
}

// events tells what is on air as it changes (text/event-stream): "air" with the
// whole of GET /air at each change and once a second, "level" up to ten times a
// second between.
func (s *Server) events(k *Caller) {
	if _, err := k.village("", people.View); err != nil {
		k.fail(err)
		return
	}
	if k.c.Request.Method == http.MethodHead {
		openStream(k.c, "text/event-stream; charset=utf-8")
		return
	}
	ctx := k.c.Request.Context()
	air := s.cfg.Air.Watch(ctx)
	st := openStream(k.c, "text/event-stream; charset=utf-8")
	defer st.close()
	if st.send([]byte("retry: "+streamRetry+"\n\n")) != nil {
		return
	}
	check := time.NewTicker(streamCheck)
	defer check.Stop()
	t := teller{lang: k.lang}
	if k.c.Query("slow") != "" {
		t.every = slowLevels
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-check.C:
			if !s.mayStill(k, people.View) {
				_ = st.send([]byte("event: end\ndata: {}\n\n")) // it ends anyway
				return
			}
		case a, open := <-air:
			if !open {
				return
			}
			piece := t.tell(a)
			if piece != nil && st.send(piece) != nil {
				return
			}
		}
	}
}

// teller decides whether the whole of the air is told or the level is enough.
type teller struct {
	lang string // in which faults are worded
	last string // what was told, without level and times
	at   time.Time

	every time.Duration // between two levels; 0: each is told
	level time.Time     // when the last was told
}

// tell is the piece for the air as it is; nil: nothing of it is told.
func (t *teller) tell(a playout.Air) []byte {
	j := airOf(a, t.lang)
	key := j
	key.At, key.Level, key.Clock.Since = time.Time{}, levelJSON{}, 0
	key.Clock.Age, key.Clock.Vouched = nil, nil // they grow while nothing changes
	what := string(encode(key))
	if since := a.At.Sub(t.at); what == t.last && since >= 0 && since < airEvery {
		if last := a.At.Sub(t.level); last >= 0 && last < t.every {
			return nil
		}
		t.level = a.At
		return event("level", j.Level)
	}
	t.last, t.at, t.level = what, a.At, a.At
	return event("air", j)
}

// event is one event of a text/event-stream. JSON has no line breaks.
func event(name string, data any) []byte {
	var b bytes.Buffer
	b.WriteString("event: " + name + "\ndata: ")
	b.Write(encode(data))
	b.WriteString("\n\n")
	return b.Bytes()
}

// encode is v as JSON. Every v here is made of strings, finite numbers and
// times.
func encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("encode event: " + err.Error())
	}
	return raw
}
