package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

const (
	// livePatience is how long a caller may take to say that it begins.
	livePatience = 10 * time.Second
	// liveEvery is how often the state of a live voice is told.
	liveEvery = 100 * time.Millisecond
	// liveBytes bounds one message of a caller.
	liveBytes = 4096
)

// Studio is where one person at a time speaks live. *playout.Studio is one.
type Studio interface {
	// Speak returns playout.SpeakingError while somebody else speaks.
	Speak(ctx context.Context, speech playout.Speech) (*playout.Talk, error)
	Speaking() (by string, somebody bool)
}

// live is the way of a microphone to the loudspeakers: a WebSocket. It is told in
// docs/API.md.
func (s *Server) live(k *Caller) {
	if err := s.mayOpenLive(k); err != nil {
		k.fail(err)
		return
	}
	conn, err := websocket.Accept(upgradable{k.c.Writer}, k.c.Request, nil)
	if err != nil { // the caller has its answer
		s.cfg.Logger.Warn("a live voice could not begin", "err", err)
		return
	}
	defer conn.CloseNow() //nolint:errcheck // it is closed in order where that is possible
	conn.SetReadLimit(liveBytes)
	l := &liveLine{s: s, k: k, conn: conn, ctx: k.c.Request.Context()}
	l.serve()
}

// mayOpenLive is what is known before the line is open: who may is looked at by
// guard already.
func (s *Server) mayOpenLive(k *Caller) error {
	if _, err := k.village("", people.Live); err != nil {
		return err
	}
	if !strings.EqualFold(k.c.GetHeader("Upgrade"), "websocket") {
		return s.problem(k.lang, http.StatusUpgradeRequired, "no-websocket")
	}
	if !k.who.Token && !ownOrigin(k.c.Request) {
		return s.problem(k.lang, http.StatusForbidden, "cross-origin")
	}
	if s.cfg.Studio == nil {
		return s.problem(k.lang, http.StatusServiceUnavailable, "no-device")
	}
	return nil
}

// ownOrigin says whether a browser's request comes from a page of this panel.
// http.CrossOriginProtection lets every GET pass, and a WebSocket opens with one;
// browsers always tell the origin of it (RFC 6455, 10.2).
func ownOrigin(r *http.Request) bool {
	origin, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && origin.Host != "" && strings.EqualFold(origin.Host, r.Host)
}

// upgradable finds the connection below the writers of gin and of the sessions;
// gin's own Hijack takes the next writer for a Hijacker.
type upgradable struct{ gin.ResponseWriter }

// Hijack follows http.Hijacker.
func (u upgradable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	under, ok := u.ResponseWriter.(interface{ Unwrap() http.ResponseWriter })
	if !ok {
		return nil, nil, errors.ErrUnsupported
	}
	return http.NewResponseController(under.Unwrap()).Hijack()
}

// liveLine is the line of one live voice.
type liveLine struct {
	s    *Server
	k    *Caller
	conn *websocket.Conn
	ctx  context.Context
	talk *playout.Talk
}

// serve speaks the protocol until the talk or the line has ended.
func (l *liveLine) serve() {
	begin, err := l.begin()
	if err != nil {
		l.refuse(err)
		return
	}
	if !l.s.confirmed(l.k.c, l.k.who) { // before the village hears a chime
		l.refuse(errPINRequired)
		return
	}
	if l.talk, err = l.s.cfg.Studio.Speak(l.ctx, l.speech(begin)); err != nil {
		l.refuse(err)
		return
	}
	hearing := make(chan struct{})
	go func() {
		defer close(hearing)
		l.talk.End(l.hear())
	}()
	l.tell()
	_ = l.conn.Close(websocket.StatusNormalClosure, "") // the other side may be gone
	<-hearing
	l.talk.End(playout.EndLink)
	<-l.talk.Done()
}

// begin waits for the first message.
func (l *liveLine) begin() (liveOrder, error) {
	ctx, cancel := context.WithTimeout(l.ctx, livePatience)
	defer cancel()
	kind, raw, err := l.conn.Read(ctx)
	if err != nil {
		return liveOrder{}, err
	}
	o, ok := orderOf(kind, raw)
	if !ok || o.Type != "start" {
		return liveOrder{}, errBadLive
	}
	return o, nil
}

// errBadLive says that a caller does not keep to the protocol.
var errBadLive = errors.New("the message is none of a live voice")

// speech is what goes on air, under the title that the village reads.
func (l *liveLine) speech(o liveOrder) playout.Speech {
	v, _ := l.s.place.village(l.ctx, placePatience)
	loc, err := v.Location()
	if err != nil {
		loc = time.UTC
	}
	at := l.s.cfg.Now().In(loc).Format("02/01/2006 15:04")
	return playout.Speech{By: l.k.who.Name, Title: word(vietnamese, "live.named", at, l.k.who.Name), Chime: o.Chime == nil || *o.Chime}
}

// refuse says why nothing begins, and closes the line.
func (l *liveLine) refuse(err error) {
	var busy playout.SpeakingError
	end := liveState{Type: "state", Stage: string(playout.TalkEnded)}
	switch {
	case errors.As(err, &busy):
		end.Cause, end.Detail = "busy", word(l.k.lang, "live.busy", busy.By)
	case errors.Is(err, errBadLive):
		end.Cause, end.Detail = "bad-request", word(l.k.lang, "problem.bad-request")
	case websocket.CloseStatus(err) != -1 || l.ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		return // nobody is there
	default:
		p := l.s.explain(l.k.lang, err)
		end.Cause, end.Detail = p.Code, p.Detail
	}
	if l.send(end) == nil {
		_ = l.conn.Close(websocket.StatusPolicyViolation, end.Cause) // the other side may be gone
	}
}

// hear takes what the caller sends until the line ends, and says why that was.
func (l *liveLine) hear() string {
	for {
		kind, raw, err := l.conn.Read(l.ctx)
		switch websocket.CloseStatus(err) {
		case websocket.StatusNormalClosure, websocket.StatusGoingAway:
			return playout.EndSpeaker
		}
		switch {
		case l.ctx.Err() != nil: // the board goes down
			return scheduler.ReasonRestart
		case err != nil:
			return playout.EndLink
		}
		if p, ok := packetOf(kind, raw); ok {
			l.talk.Hear(p)
			continue
		}
		switch o, _ := orderOf(kind, raw); o.Type {
		case "end":
			return playout.EndSpeaker
		case "extend":
			l.talk.Extend()
		default:
			return playout.EndPacket
		}
	}
}

// tell tells the state ten times a second until the talk has ended.
func (l *liveLine) tell() {
	every := time.NewTicker(liveEvery)
	defer every.Stop()
	mayStill := l.s.every(streamCheck, func() bool { return l.s.mayStill(l.k, people.Live) })
	for {
		state := l.talk.State()
		if l.send(l.state(state)) != nil {
			return
		}
		if state.Stage == playout.TalkEnded {
			return
		}
		if !mayStill() {
			l.talk.End(playout.EndRight)
		}
		select {
		case <-l.talk.Done():
		case <-every.C:
		}
	}
}

func (l *liveLine) send(state liveState) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.ctx), 2*time.Second)
	defer cancel()
	return l.conn.Write(ctx, websocket.MessageText, encode(state))
}

// orderOf reads a text message.
func orderOf(kind websocket.MessageType, raw []byte) (o liveOrder, ok bool) {
	if kind != websocket.MessageText || json.Unmarshal(raw, &o) != nil {
		return liveOrder{}, false
	}
	return o, true
}
