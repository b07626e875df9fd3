package lab_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"loalang/lab"
	"loalang/lab/job"
	"loalang/store"
)

// number reads a number of the environment; or when it is not there.
func number(t testing.TB, name string, or uint64) uint64 {
	t.Helper()
	text := cmp.Or(os.Getenv(name), strconv.FormatUint(or, 10))
	n, err := strconv.ParseUint(text, 10, 64)
	check(t, err)
	return n
}

// TestPowerCuts takes the power of a board LOALANG_CUTS times, at random instants while
// people write, send and let air, one in five of them while it starts. Its disk loses what
// was not flushed, or keeps a random part of it. After each cut the database must be whole,
// everything that was acknowledged must be there, the as-run may claim nothing that was
// not, and the board must sound again, with the emergency that was on the air or with what
// is planned. LOALANG_SEED repeats a run, as far as two machines are ever alike. What was
// seen is written also when the test fails, and is marked.
func TestPowerCuts(t *testing.T) {
	n := int(number(t, "LOALANG_CUTS", 0))
	if n == 0 {
		t.Skip("make power-cuts runs this; LOALANG_CUTS says how often")
	}
	t.Setenv("LOALANG_LAB", "all")
	seed := number(t, "LOALANG_SEED", uint64(time.Now().UnixNano()))
	t.Logf("LOALANG_SEED=%d", seed)
	c := newCuts(t, seed)
	defer c.write() // also when the test ends by a FailNow
	for c.n = 1; c.n <= n && !t.Failed(); c.n++ {
		c.round()
	}
	if !t.Failed() {
		c.atLast()
	}
	c.enough()
}

// cuts is one run.
type cuts struct {
	t        *testing.T
	r        *rand.Rand
	seed     uint64
	dir      string
	image    string
	disk     *lab.Disk
	m        *lab.Machine
	client   *lab.Client
	load     *lab.Load
	n        int
	siren    bool   // an emergency was acknowledged and not ended
	promised string // the schedule of a notice that was to air while the power was off, and has not yet
	unasked  int    // cuts since the ledger was last held against the board
	off      []lab.Stretch
	cutAt    time.Time
	began    time.Time // of this life, by the machine's clock
	doubtful int       // emergencies that were answered before they were durable, as the log said
	ready    []float64 // seconds from the first process until the board was ready
	back     []float64 // seconds from the first process until an emergency sounded by itself
	planned  []float64 // and until what is planned did
	sirens   int       // emergencies that went on
	starting int       // cuts while it started
	torn     int       // cuts of an upload of which more was acknowledged than a cut may cost
	done     int
	whole    int               // databases that were whole, as another machine read the disk
	lost     int               // what was acknowledged and is gone or untrue
	compared int               // recordings that lay in the library byte by byte
	kept     map[string]string // SHA-256 by upload of what the board had said is in its library
	fresh    int               // cuts within moments of that
}

func newCuts(t *testing.T, seed uint64) *cuts {
	t.Helper()
	k := machines(t, "amd64")
	c := &cuts{t: t, r: rand.New(rand.NewPCG(seed, 3)), seed: seed, dir: t.TempDir()}
	prepared := preparedData(t)
	im := &lab.Image{Dir: filepath.Join(prepared, "data")}
	c.image = filepath.Join(c.dir, "data.ext4")
	check(t, im.Disk(t.Context(), c.image, "3G", "-J", "size=16"))
	socket := filepath.Join(c.dir, "disk")
	var err error
	c.disk, err = lab.OpenDisk(c.image, socket)
	check(t, err)
	t.Cleanup(func() { check(t, c.disk.Close()) })
	token, err := os.ReadFile(filepath.Join(prepared, "token"))
	check(t, err)
	port, err := lab.FreePort()
	check(t, err)
	c.m = machine(t, k, root(t, "cuts", "amd64", contents{sound: true, speech: true, fsck: true}), "virtio_net", "snd-aloop")
	c.m.ModArgs = map[string]string{"snd-aloop": "id=Card pcm_substreams=1"}
	c.m.Dir, c.m.Data, c.m.Port, c.m.Memory = c.dir, "nbd+unix:///?socket="+socket, port, 1024
	c.m.Job.Steps = []job.Step{{Name: "serve", Args: []string{
		"/usr/bin/loalang", "serve", "--data", "/data", "--listen", ":8080", "--listen-tls", "off", "--device", "default",
		"--settle", "500ms", "--tail", "300ms", "--log", "warn",
	}}}
	c.client = lab.NewClient(fmt.Sprintf("http://127.0.0.1:%d", port), string(token))
	// Taking in a recording takes the emulated machine longer than most of its lives, and when
	// some twenty wait no more are begun: over a thin line they come for many lives, so that cuts
	// meet one under way.
	c.load = &lab.Load{
		Client: c.client, Ledger: lab.NewLedger(), Seed: seed, Pause: 1200 * time.Millisecond, Mortal: true,
		Take: 8 * time.Second, Line: 48 << 10,
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the last life of the machine:\n%s", c.m.Told())
		}
	})
	return c
}

// round is one life of the board, until its power is cut.
func (c *cuts) round() {
	c.t.Helper()
	ctx, end := context.WithTimeout(c.t.Context(), 20*time.Minute)
	defer end()
	c.boot(ctx)
	if c.n > 1 && c.r.IntN(5) == 0 {
		time.Sleep(time.Duration(c.r.Int64N(int64(12 * time.Second)))) // the start is cut as well
		c.starting++
		c.cut()
		return
	}
	c.comesBack(ctx)
	if c.n%takings == 0 {
		c.takingIn(ctx)
		return
	}
	c.underLoad(ctx)
}

// takings: each so many lives end as a recording is taken in.
const takings = 12

// takingIn lets nobody at the board until it has taken a recording into its library, and
// cuts within moments: the phone that sent it keeps it no longer, and what lies in the
// library is the only one.
func (c *cuts) takingIn(ctx context.Context) {
	c.t.Helper()
	sums, err := c.load.Ledger.Taken(ctx, c.client)
	check(c.t, err)
	if len(sums) == len(c.load.Ledger.Sums()) { // none waits
		check(c.t, c.load.SendWhole(ctx, fmt.Sprintf("whole-%d", c.n)))
	}
	for was := len(sums); len(sums) == was; {
		select {
		case <-ctx.Done():
			c.t.Fatalf("before cut %d no recording was taken in\n%s", c.n, c.m.Told())
		case <-time.After(time.Second): // an emulated machine has better to do than to answer
		}
		sums, err = c.load.Ledger.Taken(ctx, c.client)
		check(c.t, err)
	}
	time.Sleep(time.Duration(c.r.Int64N(int64(3 * time.Second))))
	c.kept = sums
	c.fresh++
	c.cut()
}

// boot starts the machine and takes note of when its first process began.
func (c *cuts) boot(ctx context.Context) {
	c.t.Helper()
	c.disk.Power()
	began, err := c.m.Boot(ctx)
	if err != nil {
		c.t.Fatalf("cut %d: %v\n%s", c.n, err, c.m.Told())
	}
	if c.began = began; !c.cutAt.IsZero() {
		// The machine's clock has the RTC's second: it is off by one at most.
		c.off = append(c.off, lab.Stretch{From: c.cutAt.Add(2 * time.Second), To: c.began.Add(-time.Millisecond)})
	}
}

// comesBack waits until the board is ready and holds it to what it promised.
func (c *cuts) comesBack(ctx context.Context) {
	c.t.Helper()
	err := lab.Until(ctx, 5*time.Minute, "the board is ready", func() bool { return c.client.Ready(ctx) })
	if err != nil {
		c.t.Fatalf("cut %d: %v\n%s", c.n, err, c.m.Told())
	}
	air, err := c.client.Ask(ctx, http.MethodGet, "/air", nil)
	check(c.t, err)
	c.load.Died(time.Now()) // it comes up still: its disk is emulated
	c.ready = append(c.ready, air.Time("at").Sub(c.began).Seconds())
	if c.load.Airs() == nil {
		c.findNotices(ctx)
	}
	for _, err := range c.load.Ledger.Check(ctx, c.client, lab.Restart{Cuts: c.unasked, Off: c.off}) {
		c.loses("after cut %d: %v", c.n-1, err)
	}
	c.unasked = 0
	switch {
	case c.siren && air["emergency"] == nil:
		c.loses("after cut %d: an emergency was acknowledged and is lost", c.n-1)
	case c.siren:
		c.sirens++
		c.back = append(c.back, c.soundsAgain(ctx, "").Sub(c.began).Seconds())
	case c.promised != "" && air["emergency"] == nil:
		c.planned = append(c.planned, c.soundsAgain(ctx, c.promised).Sub(c.began).Seconds())
	}
	c.siren, c.promised = false, ""
	if air["emergency"] != nil {
		_, err = c.client.Ask(ctx, http.MethodDelete, "/emergency", nil)
		check(c.t, err)
	}
}

// loses takes note of something that was acknowledged and is gone, or that was told and
// is untrue.
func (c *cuts) loses(format string, args ...any) {
	c.t.Helper()
	c.lost++
	c.t.Errorf(format, args...)
}

func (c *cuts) findNotices(ctx context.Context) {
	c.t.Helper()
	all, err := c.client.Ask(ctx, http.MethodGet, "/announcements", nil)
	check(c.t, err)
	for _, a := range all.List("announcements") {
		c.load.Adopt(a.Text("id"))
	}
}

// soundsAgain waits for the first airing of this life, of one schedule or with "" of whatever it is, and
// gives the instant at which its first frame left. What is given up before it aired is a loss: it was
// due minutes ago at most.
func (c *cuts) soundsAgain(ctx context.Context, schedule string) (at time.Time) {
	c.t.Helper()
	// An emulated card keeps wrong time where its machine is short of processors, and the
	// speaker opens it again and again until it does not: the figures tell how long that took.
	err := lab.Until(ctx, 10*time.Minute, "it sounds again", func() bool {
		rows, err := c.client.Rows(ctx)
		for _, r := range rows {
			if schedule != "" && r.Text("schedule") != schedule {
				continue
			}
			if schedule != "" && r.Text("outcome") != "" && len(r.List("airings")) == 0 {
				c.t.Fatalf("after cut %d: what was due while the power was off did not air: %v", c.n-1, r)
			}
			for _, a := range r.List("airings") {
				if s := a.Time("started"); s.After(c.began) && (at.IsZero() || s.Before(at)) {
					at = s
				}
			}
		}
		return err == nil && !at.IsZero()
	})
	if err != nil {
		c.t.Fatalf("after cut %d: %v\n%s", c.n-1, err, c.m.Told())
	}
	return at
}

// underLoad lets people at the board until a random instant, and cuts.
func (c *cuts) underLoad(ctx context.Context) {
	c.t.Helper()
	working, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- c.load.Run(working) }()
	time.Sleep(2*time.Second + time.Duration(c.r.Int64N(int64(13*time.Second))))
	if c.n%2 == 0 {
		// It is due while the power is off, and late it airs all the same.
		c.promised, _ = c.load.Promise(ctx, time.Now().Add(4*time.Second)) // one that was refused is none
		time.Sleep(time.Duration(c.r.Int64N(int64(3 * time.Second))))
	} else {
		_, err := c.client.Ask(ctx, http.MethodPost, "/emergency", lab.Object{"title": "Lũ quét", "reason": "thử mất điện", "expires_in": 3600})
		time.Sleep(time.Duration(c.r.Int64N(int64(3 * time.Second))))
		// A siren waits a second for a slow disk and no longer; then the log says so.
		if c.siren = err == nil && !strings.Contains(c.m.Told(), "acknowledged before it was durable"); !c.siren {
			c.doubtful++
		}
	}
	if c.load.Ledger.UnderWay() > lab.TornBytes {
		c.torn++
	}
	c.cut()
	stop()
	if err := <-done; err != nil {
		c.loses("before cut %d: %v", c.n, err)
	}
	for _, f := range c.load.Faults() {
		c.t.Errorf("before cut %d: %s", c.n, f)
	}
}

// cut takes the power of disk and machine. Half of the time everything that was not
// flushed is lost, else a random part of it.
func (c *cuts) cut() {
	c.t.Helper()
	keep := 0.0
	if c.r.IntN(2) == 0 {
		keep = c.r.Float64()
	}
	check(c.t, c.disk.Cut(c.r, keep))
	c.m.Kill()
	c.cutAt = time.Now()
	c.load.Died(c.cutAt)
	c.done++
	c.unasked++
	if c.look() {
		c.whole++
	}
	c.t.Logf("cut %d: %d boots with an emergency, ready after %.1f s", c.n, c.sirens, last(c.ready))
}

func last(of []float64) float64 {
	if len(of) == 0 {
		return 0
	}
	return of[len(of)-1]
}

// look looks at the disk as it lies there, with the tools of another machine: its
// journal is played, and the database must open and be whole; it says whether it is.
func (c *cuts) look() bool {
	c.t.Helper()
	copied := filepath.Join(c.dir, "copy.ext4")
	read := run(c.t, 0, "cp", "--sparse=always", c.image, copied)
	read = run(c.t, 1, "/usr/sbin/e2fsck", "-fy", copied) && read
	err := wholeDatabase(c.t.Context(), copied, filepath.Join(c.dir, "database"))
	if err != nil {
		c.t.Errorf("cut %d: the database: %v", c.n, err)
	}
	for id, sum := range c.kept {
		if err := keptWhole(c.t.Context(), copied, sum, filepath.Join(c.dir, "original")); err != nil {
			c.loses("cut %d: upload %s was in the library: %v", c.n, id, err)
		}
	}
	return read && err == nil
}

// keptWhole takes a recording as it was sent out of the library in the image of a disk, into the file
// out, and holds it against its SHA-256.
func keptWhole(ctx context.Context, image, sum, out string) error {
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	said, err := exec.CommandContext(ctx, "/usr/sbin/debugfs", "-R", "dump /recordings/original/"+sum[:2]+"/"+sum+".bin "+out, image).CombinedOutput()
	if err != nil {
		return fmt.Errorf("take it out: %w: %s", err, said)
	}
	raw, err := os.ReadFile(out) // debugfs ends with 0 where there is nothing
	if err != nil {
		return fmt.Errorf("it is not on the disk: %w", err)
	}
	if is := sha256.Sum256(raw); hex.EncodeToString(is[:]) != sum {
		return fmt.Errorf("of its bytes %d are on the disk, and they are others", len(raw))
	}
	return nil
}

// wholeDatabase takes the database out of the image of a disk into the new folder out, opens it
// and looks through it. One that is not there, or empty, is none: debugfs ends with 0 without
// it, and a store makes what it does not find.
func wholeDatabase(ctx context.Context, image, out string) error {
	if err := errors.Join(os.RemoveAll(out), os.Mkdir(out, 0o755)); err != nil {
		return err
	}
	for _, name := range []string{"loalang.db", "loalang.db-wal"} {
		said, err := exec.CommandContext(ctx, "/usr/sbin/debugfs", "-R", "dump /"+name+" "+filepath.Join(out, name), image).CombinedOutput()
		if err != nil {
			return fmt.Errorf("take out %s: %w: %s", name, err, said)
		}
	}
	path := filepath.Join(out, "loalang.db")
	switch info, err := os.Stat(path); {
	case err != nil:
		return fmt.Errorf("it is not on the disk: %w", err)
	case info.Size() == 0:
		return errors.New("it is empty")
	}
	s, err := store.Open(ctx, store.Config{Path: path, Now: time.Now, NewID: func() string { return "" }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	return errors.Join(s.Integrity(ctx), s.Close())
}

// run runs a program of this machine that may end with 0 to most, and says whether it did.
func run(t testing.TB, most int, name string, args ...string) bool {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	var exit *exec.ExitError
	if err == nil || errors.As(err, &exit) && exit.ExitCode() <= most {
		return true
	}
	t.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	return false
}
