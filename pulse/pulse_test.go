package pulse_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"loalang/pulse"
)

// hands is a clock that the test moves.
type hands struct{ at atomic.Int64 }

func (h *hands) now() time.Duration     { return time.Duration(h.at.Load()) }
func (h *hands) move(d time.Duration)   { h.at.Add(int64(d)) }
func quiet() *slog.Logger               { return slog.New(slog.DiscardHandler) }
func nothing() string                   { return "waiting" }
func same(a []string, b ...string) bool { return slices.Equal(a, b) }
func closed(c <-chan struct{}) (is bool) {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestLate(t *testing.T) {
	var h hands
	r := pulse.New(h.now)
	player, planner := r.Loop("player", 30*time.Second), r.Loop("planner", time.Minute)
	if closed(r.Begun()) {
		t.Error("begun before any loop came round")
	}
	player()
	if closed(r.Begun()) {
		t.Error("begun before every loop came round")
	}
	planner()
	if !closed(r.Begun()) {
		t.Error("not begun")
	}
	h.move(31 * time.Second)
	if late := r.Late(); !same(late, "player") {
		t.Errorf("late %v", late)
	}
	h.move(31 * time.Second)
	if late := r.Late(); !same(late, "player", "planner") {
		t.Errorf("late %v", late)
	}
	player()
	planner()
	if late := r.Late(); len(late) > 0 {
		t.Errorf("late %v though they came round", late)
	}
	if ages := r.Ages(); len(ages) != 2 || ages[0] != (pulse.Age{Name: "player"}) {
		t.Errorf("ages %v", ages)
	}
}

// manager is the service manager's end of the socket.
type manager struct {
	t    *testing.T
	conn *net.UnixConn
}

func listen(t *testing.T) manager {
	t.Helper()
	name := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	t.Setenv("NOTIFY_SOCKET", name)
	return manager{t, conn}
}

// until reads messages until one has a word in it, and says whether it came in time.
func (m manager) until(word string, patience time.Duration) bool {
	m.t.Helper()
	if err := m.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		m.t.Fatal(err)
	}
	raw := make([]byte, 4096)
	for {
		n, err := m.conn.Read(raw)
		if err != nil {
			return false
		}
		if strings.Contains(string(raw[:n]), word) {
			return true
		}
	}
}

// drain throws away what lies in the socket.
func (m manager) drain() { m.until("there is no such word", 50*time.Millisecond) }

func notify(state string) error {
	_, err := daemon.SdNotify(false, state)
	return err
}

// A service manager hears READY once every loop came round, WATCHDOG as long as they do,
// nothing of it while one hangs, and STOPPING at the end.
func TestAHangStopsTheWatchdogsFood(t *testing.T) {
	m := listen(t)
	var h hands
	loops := pulse.New(h.now)
	player, planner := loops.Loop("player", time.Minute), loops.Loop("planner", time.Minute)
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- pulse.Feed{Loops: loops, Watchdog: 60 * time.Millisecond, Notify: notify, Status: nothing, Log: quiet()}.Run(ctx)
	}()
	player()
	if m.until("READY=1", 150*time.Millisecond) {
		t.Fatal("ready though a loop never came round")
	}
	planner()
	if !m.until("READY=1", 20*time.Second) || !m.until("WATCHDOG=1", 20*time.Second) {
		t.Fatal("never ready, or never fed")
	}
	h.move(2 * time.Minute)
	planner() // the player hangs
	m.drain()
	if m.until("WATCHDOG=1", 300*time.Millisecond) {
		t.Error("fed though the player hangs")
	}
	player()
	if !m.until("WATCHDOG=1", 20*time.Second) {
		t.Error("not fed though every loop comes round again")
	}
	end()
	if !m.until("STOPPING=1", 20*time.Second) {
		t.Error("it does not say that it stops")
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// A disk that hung for more than a minute got the program killed in the middle of a siren, and what had
// died of it held the lock for whoever came behind it.
func TestWhatWaitsForADiskIsFed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		loops := pulse.New(func() time.Duration { return time.Since(began) })
		loops.Loop("database", time.Minute)()
		var disk, asked atomic.Bool
		var fed atomic.Int32
		feed := pulse.Feed{Loops: loops, Watchdog: 21 * time.Second, Status: nothing, Log: quiet(), Notify: func(m string) error {
			if strings.Contains(m, "WATCHDOG=1") {
				fed.Add(1)
			}
			return nil
		}, Waits: func() bool {
			asked.Store(true)
			return disk.Load()
		}}
		ctx, end := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- feed.Run(ctx) }()
		time.Sleep(55 * time.Second)
		if asked.Load() {
			t.Error("it is asked about the disk though no loop is late")
		}
		disk.Store(true)
		time.Sleep(10 * time.Second)
		for _, hangs := range []bool{true, false} {
			disk.Store(hangs)
			before := fed.Load()
			time.Sleep(5 * time.Minute)
			if got := fed.Load() > before; got != hangs {
				t.Errorf("the disk hangs: %v, and it is fed: %v", hangs, got)
			}
		}
		end()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// What answers with an error lives; what does not answer hangs.
func TestAnErrorIsABeatAndAHangIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		loops := pulse.New(func() time.Duration { return time.Since(began) })
		beat := loops.Loop("database", 30*time.Second)
		ctx, end := context.WithCancel(t.Context())
		defer end()
		var hang atomic.Bool
		ask := func(ctx context.Context) bool {
			if hang.Load() {
				<-ctx.Done()
				return false
			}
			_ = errors.New("the database is damaged") // and it answered
			return true
		}
		done := make(chan error, 1)
		go func() { done <- pulse.Probe(ctx, 5*time.Second, beat, ask) }()
		time.Sleep(10 * time.Minute)
		if late := loops.Late(); len(late) > 0 {
			t.Errorf("%v is late though it answers with an error", late)
		}
		hang.Store(true)
		time.Sleep(time.Minute)
		if late := loops.Late(); !same(late, "database") {
			t.Errorf("late %v though it hangs", late)
		}
		end()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// Without a watchdog only the status is told; a manager that cannot be told is no reason
// to end.
func TestFeedWithoutAWatchdog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loops := pulse.New(func() time.Duration { return 0 })
		loops.Loop("player", time.Minute)()
		var said []string
		ctx, end := context.WithTimeout(t.Context(), 25*time.Second)
		defer end()
		feed := pulse.Feed{Loops: loops, Status: nothing, Log: quiet(), Notify: func(m string) error {
			said = append(said, m)
			return errors.New("nobody listens")
		}}
		if err := feed.Run(ctx); err != nil {
			t.Error(err)
		}
		if all := strings.Join(said, "|"); strings.Contains(all, "WATCHDOG") || !strings.HasPrefix(all, "READY=1\nSTATUS=waiting|STATUS=waiting|") || !strings.HasSuffix(all, "|STOPPING=1") {
			t.Errorf("said %q", all)
		}
	})
}
