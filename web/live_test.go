package web_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"loalang/audio"
	"loalang/people"
	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/web"
)

// tower gives whoever asks the air at once, without a chime.
type tower struct {
	mu      sync.Mutex
	live    []playout.Live
	refuse  error
	changes chan playout.LiveChange
	pipes   []*os.File
}

func (a *tower) GoLive(_ context.Context, l playout.Live) (playout.LiveSession, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refuse != nil {
		return nil, a.refuse
	}
	pipe, err := l.Feed.Open()
	if err != nil {
		return nil, err
	}
	a.live, a.pipes, a.changes = append(a.live, l), append(a.pipes, pipe), make(chan playout.LiveChange, 8)
	a.changes <- playout.LiveChange{Stage: playout.TalkOnTheAir}
	return a, nil
}

func (a *tower) ID() string { return "live/1" }

func (a *tower) Changes() <-chan playout.LiveChange {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.changes
}

func (a *tower) End(cause string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.changes <- playout.LiveChange{Stage: playout.TalkEnded, Cause: cause}
}

// noTapes is a disk without room.
type noTapes struct{}

func (noTapes) NewTape(recordings.TapeNote) (*recordings.Tape, error) {
	return nil, recordings.ErrDiskFull
}
func (noTapes) Tapes() ([]recordings.TapeNote, error) { return nil, nil }
func (noTapes) KeepTape(context.Context, recordings.TapeNote, func(recordings.Recording) error) error {
	return nil
}

func (noTapes) NameRecording(context.Context, string, scheduler.PartKind, string) error { return nil }

// liveHouse is a house with a studio, on a real port.
type liveHouse struct {
	*house
	air *tower
	url string
}

func newLiveHouse(t *testing.T) *liveHouse {
	t.Helper()
	l := &liveHouse{air: &tower{}}
	start := time.Now()
	studio := playout.NewStudio(playout.StudioConfig{
		Village: "un-ta", Air: l.air, Tapes: noTapes{}, Names: noTapes{}, Chime: "chuông", Now: time.Now, LinkPatience: time.Minute,
		Mono:  func() audio.Instant { return audio.Instant(time.Since(start) + time.Hour) },
		NewID: func() string { return "tape" }, Log: slog.New(slog.DiscardHandler),
	})
	l.house = newHouse(t, func(c *web.Config) { c.Studio = studio })
	l.w.air.Output.Audible = true
	server := httptest.NewServer(l.http)
	l.url = server.URL
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		for _, f := range l.air.pipes {
			_ = f.Close()
		}
	})
	return l
}

// patience is how long a test waits for what must come: far longer than it ever takes,
// since the machine may be busy.
const patience = 2 * time.Minute

// dial opens the line; the status is that of an answer which is no line.
func (l *liveHouse) dial(header http.Header) (*websocket.Conn, int) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, resp, err := websocket.Dial(ctx, l.url+"/api/v1/live", &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		if resp == nil {
			l.t.Fatal(err)
		}
		return nil, resp.StatusCode
	}
	l.t.Cleanup(func() { _ = conn.CloseNow() })
	return conn, http.StatusSwitchingProtocols
}

func (l *liveHouse) token(as string) http.Header {
	return http.Header{"Authorization": {"Bearer " + l.as[as]}}
}

// line is one end of a live voice.
type line struct {
	t    *testing.T
	conn *websocket.Conn
}

func (l line) say(order string) {
	l.t.Helper()
	if err := l.conn.Write(l.t.Context(), websocket.MessageText, []byte(order)); err != nil {
		l.t.Fatal(err)
	}
}

func (l line) send(seq uint32) error {
	raw := binary.LittleEndian.AppendUint32(nil, seq)
	raw = binary.LittleEndian.AppendUint64(raw, uint64(seq)*20000)
	for i := range playout.LiveFrames {
		raw = binary.LittleEndian.AppendUint16(raw, uint16(int16(10000*math.Sin(2*math.Pi*500*float64(i)/playout.LiveRate))))
	}
	return l.conn.Write(l.t.Context(), websocket.MessageBinary, raw)
}

// state is what the board says.
type state struct {
	Type, Stage, Detail, Trouble, Cause, Taped string
	Level                                      struct{ RMS, Peak float64 }
	Left                                       float64
	Extendable                                 bool
}

// until reads states until one is right.
func (l line) until(what string, right func(state) bool) state {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), patience)
	defer cancel()
	var s state
	for {
		_, raw, err := l.conn.Read(ctx)
		if err != nil {
			l.t.Fatalf("%s never came: %v; the last was %+v", what, err, s)
		}
		s = state{}
		if err := json.Unmarshal(raw, &s); err != nil {
			l.t.Fatal(err)
		}
		if right(s) {
			return s
		}
	}
}

func ended(s state) bool { return s.Stage == "ended" }

func TestWhoMaySpeakLive(t *testing.T) {
	l := newLiveHouse(t)
	l.account("Hoa", "mật khẩu dài")
	b := l.browser()
	b.signIn("Hoa", "mật khẩu dài")
	cookie := "loalang=" + b.cookies["loalang"].Value
	host := strings.TrimPrefix(l.url, "http://")
	cases := []struct {
		name   string
		header http.Header
		want   int
	}{
		{"nobody", nil, 401},
		{"a viewer", l.token("viewer"), 403},
		{"a recorder", l.token("recorder"), 403},
		{"a program without the right", l.token("cadre"), 403},
		{"a program of another village", l.token("elsewhere"), 403},
		{"a program with the right", l.token("cadre+"), 101},
		{"a person on a page of ours", http.Header{"Cookie": {cookie}, "Origin": {"http://" + host}}, 101},
		{"a person on a foreign page", http.Header{"Cookie": {cookie}, "Origin": {"http://evil.example"}}, 403},
		{"a person on a page nobody knows", http.Header{"Cookie": {cookie}}, 403},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			conn, status := l.dial(c.header)
			if status != c.want {
				t.Errorf("status %d, want %d", status, c.want)
			}
			if conn != nil {
				_ = conn.CloseNow()
			}
		})
	}
	l.call("cadre+", http.MethodGet, "/api/v1/live", "").want(http.StatusUpgradeRequired)
	if n := len(l.air.live); n > 0 {
		t.Errorf("%d came on the air without a word", n)
	}
}

func TestSpeakLive(t *testing.T) {
	l := newLiveHouse(t)
	conn, _ := l.dial(l.token("cadre+"))
	me := line{t, conn}
	me.say(`{"type":"start"}`)
	s := me.until("the air", func(s state) bool { return s.Stage == "live" })
	if !s.Extendable || s.Left < 290 || s.Left > 300 || !strings.Contains(s.Detail, "hears you") {
		t.Errorf("it begins with %+v", s)
	}
	if live := l.air.live[0]; live.By != "còi" || live.Chime != "chuông" || live.Title != "Trực tiếp 23/11/2026 16:21, còi" {
		t.Errorf("on the air is %+v", live)
	}
	for seq := range uint32(50) {
		if err := me.send(seq); err != nil {
			t.Fatal(err)
		}
	}
	me.until("the level", func(s state) bool { return s.Level.RMS > -40 })
	me.until("word of the full disk", func(s state) bool { return s.Taped == "full" })

	other, _ := l.dial(l.token("cadre+"))
	line{t, other}.say(`{"type":"start"}`)
	if s := (line{t, other}).until("an answer", ended); s.Cause != "busy" || !strings.Contains(s.Detail, "còi") {
		t.Errorf("the second is told %+v", s)
	}

	me.say(`{"type":"extend"}`)
	if s := me.until("more time", func(s state) bool { return !s.Extendable }); s.Left < 590 {
		t.Errorf("with more time there are left %v s", s.Left)
	}
	me.say(`{"type":"end"}`)
	if s := me.until("the end", ended); s.Cause != "speaker" || s.Detail != "It has ended. The speaker finished." {
		t.Errorf("it ends with %+v", s)
	}
	if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("the line ends with %v", err)
	}

	again, _ := l.dial(l.token("cadre+"))
	line{t, again}.say(`{"type":"start","chime":false}`)
	line{t, again}.until("the air", func(s state) bool { return s.Stage == "live" })
	if live := l.air.live[1]; live.Chime != "" {
		t.Errorf("no chime was wanted: %+v", live)
	}
	_ = again.CloseNow() // the phone's line breaks
	l.until("the studio is free", func() bool { _, busy := l.cfg.Studio.Speaking(); return !busy })
}

func (l *liveHouse) until(what string, is func() bool) {
	l.t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			l.t.Fatal(what)
		}
	}
}

func TestSpeakLiveBadly(t *testing.T) {
	gone := errors.New("the output is gone")
	cases := []struct {
		name, first, cause string
		err                error
	}{
		{"no start", `{"type":"end"}`, "bad-request", gone},
		{"no JSON", `chào`, "bad-request", gone},
		{"the output is gone", `{"type":"start"}`, "unavailable", gone},
		{"at night", `{"type":"start"}`, "quiet-hours", playout.ErrQuietHours},
		{"the last one still ends", `{"type":"start"}`, "live-busy", playout.ErrLiveBusy},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := newLiveHouse(t)
			l.air.refuse = c.err
			conn, _ := l.dial(l.token("cadre+"))
			line{t, conn}.say(c.first)
			if s := (line{t, conn}).until("an answer", ended); s.Cause != c.cause || s.Detail == "" {
				t.Errorf("it is told %+v", s)
			}
		})
	}
	t.Run("a packet that is none", func(t *testing.T) {
		l := newLiveHouse(t)
		conn, _ := l.dial(l.token("cadre+"))
		me := line{t, conn}
		me.say(`{"type":"start"}`)
		if err := conn.Write(t.Context(), websocket.MessageBinary, make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		if s := me.until("the end", ended); s.Cause != "bad-packet" {
			t.Errorf("it ends with %+v", s)
		}
	})
}

// Whoever loses the right while they speak is silenced.
func TestSpeakLiveUntilRevoked(t *testing.T) {
	l := newLiveHouse(t)
	conn, _ := l.dial(l.token("cadre+"))
	me := line{t, conn}
	me.say(`{"type":"start"}`)
	me.until("the air", func(s state) bool { return s.Stage == "live" })
	l.people.change(func(r *register) {
		for i := range r.tokens {
			if r.tokens[i].Hash == people.HashSecret(l.as["cadre+"]) {
				r.tokens[i].Revoked = l.w.now.Add(-time.Minute)
			}
		}
	})
	l.server.Reread(t.Context())
	if s := me.until("the end", ended); s.Cause != "signed-out" {
		t.Errorf("it ends with %+v", s)
	}
}

func TestLivePage(t *testing.T) {
	l := newLiveHouse(t)
	l.account("Hoa", "mật khẩu dài")
	b := l.browser()
	b.signIn("Hoa", "mật khẩu dài")
	page := string(b.call("GET", "/live", "").want(200).Body)
	for _, want := range []string{"Nói trực tiếp", "data-microphone", `href="/announcements/new?how=take"`, "/static/microphone.", "Bắt đầu nói"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	conn, _ := l.dial(l.token("cadre+"))
	line{t, conn}.say(`{"type":"start"}`)
	line{t, conn}.until("the air", func(s state) bool { return s.Stage == "live" })
	if page := string(b.call("GET", "/live", "").Body); !strings.Contains(page, "còi đang nói trực tiếp") {
		t.Error("the page does not say who speaks")
	}
	if got := fmt.Sprint(l.call("viewer", http.MethodGet, "/api/v1/live", "").Status); got != "403" {
		t.Errorf("a viewer gets %s", got)
	}
}

// The as-run page says of a live voice what it was, who spoke and why it ended.
func TestLiveRowOnTheAsRunPage(t *testing.T) {
	h := newHouse(t)
	h.account("Hoa", "mật khẩu dài")
	b := h.browser()
	b.signIn("Hoa", "mật khẩu dài")
	at := h.w.at(23, 15, 0)
	h.w.runs = append(h.w.runs, playout.AsRun{
		Occurrence: "live/1", Kind: playout.KindLive, Title: "Trực tiếp 23/11/2026 15:00, Hoa", Nominal: at, Due: at, Outcome: playout.Played, Cause: playout.EndSilence,
		By: "Hoa", Heard: playout.NotMeasured,
		Airings: []playout.Airing{{ID: "1", Part: scheduler.PartChime, Started: at, Ended: at.Add(3 * time.Second)}, {ID: "2", Part: scheduler.PartLive, Started: at.Add(3 * time.Second), Ended: at.Add(time.Minute)}},
	})
	page := string(b.call("GET", "/asrun", "").want(200).Body)
	for _, want := range []string{"Trực tiếp 23/11/2026 15:00, Hoa", "Nói trực tiếp", "Im lặng quá lâu, người nói: Hoa"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
