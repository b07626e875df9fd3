package lab_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker/ruler"
	"loalang/lab"
)

// backlog is how long a machine that others use may take for hundreds of texts and
// recordings that wait.
const backlog = 30 * time.Minute

// restartDelay is systemd's RestartSec.
const restartDelay = 200 * time.Millisecond

// TestKills ends one process of the board by SIGKILL, LOALANG_KILLS times, at random
// instants under load, each of five kinds in turn: serve, which is started again as systemd
// does; its speaker; a voice that speaks; an import's ffmpeg; the arecord of its monitor input.
// Nothing that was acknowledged may be lost, the as-run claims no sound that the card was not
// given, the output comes back, and in the end every text is spoken and every recording taken
// in. A kind of which a tenth of the kills found no victim fails.
func TestKills(t *testing.T) {
	n := int(number(t, "LOALANG_KILLS", 0))
	if n == 0 {
		t.Skip("make kills runs this; LOALANG_KILLS says how often")
	}
	seed := number(t, "LOALANG_SEED", uint64(time.Now().UnixNano()))
	t.Logf("LOALANG_SEED=%d", seed)
	k := newKills(t, seed)
	defer k.write() // also when the test ends by a FailNow
	for i := 0; i < n && !t.Failed(); i++ {
		k.round(victims[i%len(victims)])
		if i%20 == 19 {
			t.Logf("killed so far: %v", k.killed)
		}
	}
	k.end()
	k.enough()
}

// A victim is a process that is killed: serve itself, or a child of it that is like that.
type victim struct {
	name string
	like func(lab.Child) bool // nil: serve
}

var victims = []victim{
	{"serve", nil},
	{"speaker", func(c lab.Child) bool { return len(c.Args) > 1 && c.Args[1] == "speaker" }},
	{"voice", func(c lab.Child) bool { return c.Name == "espeak-ng" }},
	{"import", func(c lab.Child) bool { return c.Name == "ffmpeg" || c.Name == "ffprobe" || c.Name == "bwrap" }},
	{"monitor", func(c lab.Child) bool { return c.Name == "arecord" }},
}

// kills is one run.
type kills struct {
	t       *testing.T
	r       *rand.Rand
	seed    uint64
	program lab.Program
	env     []string
	flags   []string
	b       *lab.Board
	load    *lab.Load
	stop    func()
	killed  map[string]int
	missed  map[string]int       // there was no such process for long enough
	back    map[string][]float64 // seconds from the kill until the board had all of it again
	card    *ruler.Card
	heard   map[string]int // rows by what the monitor said of them
	wrong   []string       // what serve told of those that were wrong, with what lay before
	untrue  int            // airings that claim what the card was not given
	sounded time.Duration  // by the card
	claimed time.Duration  // by the as-run
	sirens  int            // kills beside an emergency that had been acknowledged
	ended   bool           // everything was looked at
}

// alarms: beside one in so many kills an emergency sounds.
const alarms = 6

// deed is the pause of the load. At a fifth of it what was sent and written piled up before two busy
// cores, and behind the recordings no voice spoke any more that could be killed.
const deed = 2 * time.Second

func newKills(t *testing.T, seed uint64) *kills {
	t.Helper()
	card, err := ruler.Build(t.TempDir(), ruler.Options{})
	if errors.Is(err, ruler.ErrTools) {
		missing(t, err.Error())
	}
	check(t, err)
	p, err := lab.Build(t.Context(), "..", t.TempDir())
	check(t, err)
	k := &kills{
		t: t, r: rand.New(rand.NewPCG(seed, 4)), seed: seed, program: p,
		env: []string{"ALSA_CONFIG_PATH=" + card.Config}, flags: []string{"--device", "default", "--monitor", "Monitor", "--settle", "200ms", "--tail", "100ms"},
		killed: map[string]int{}, missed: map[string]int{}, back: map[string][]float64{}, heard: map[string]int{}, card: card,
	}
	ear, err := earTo(card.Dir, t.TempDir())
	check(t, err)
	k.env = append(k.env, ear...)
	data := t.TempDir()
	first, err := p.Serve(t.Context(), data, "", nil, "--device", "null") // lays the database
	check(t, err)
	check(t, first.Stop())
	calibrated(t, data, "plughw:CARD=Monitor")
	k.b, err = p.Serve(t.Context(), data, "", k.env, k.flags...)
	check(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("serve told:\n%s", k.b.Log)
		}
		k.b.Kill()
	})
	k.b.Token, err = p.Run(t.Context(), "token", "add", "lab", "--role", "admin", "--allow-emergency", "--data", data)
	check(t, err)
	_, err = k.b.Ask(t.Context(), http.MethodPut, "/villages/un-ta/rules", lab.Object{}) // at any hour
	check(t, err)
	k.load = &lab.Load{Client: k.b.Client, Ledger: lab.NewLedger(), Seed: seed, Pause: deed, Mortal: true, Spoken: true}
	check(t, k.load.Prepare(t.Context(), 3))
	k.work()
	return k
}

// work lets people at the board until stop is called.
func (k *kills) work() {
	k.load.Client = k.b.Client
	ctx, end := context.WithCancel(k.t.Context())
	done := make(chan error, 1)
	go func() { done <- k.load.Run(ctx) }()
	k.stop = func() {
		end()
		if err := <-done; err != nil {
			k.t.Error(err)
		}
	}
}

// round kills once.
func (k *kills) round(v victim) {
	k.t.Helper()
	time.Sleep(500*time.Millisecond + time.Duration(k.r.Int64N(int64(1500*time.Millisecond))))
	if v.name == "voice" {
		k.load.Write(k.t.Context()) // or it would be waited for
	}
	if k.r.IntN(alarms) == 0 && k.load.Raise(k.t.Context()) == nil {
		k.sirens++
		defer func() {
			if err := k.load.Calm(k.t.Context()); err != nil {
				k.t.Errorf("end an emergency: %v", err)
			}
		}()
		time.Sleep(time.Duration(k.r.Int64N(int64(2 * time.Second))))
	}
	at, gone := time.Now(), 0
	k.load.Died(at)
	if v.like == nil {
		k.b.Kill()
		k.listen()
		time.Sleep(restartDelay)
		again, err := k.program.Serve(k.t.Context(), k.b.Data, k.b.Token, k.env, k.flags...)
		check(k.t, err)
		k.b = again
	} else if gone = k.killChild(v); gone == 0 {
		k.missed[v.name]++
		return
	}
	k.killed[v.name]++
	check(k.t, lab.Until(k.t.Context(), lab.Patience, "the board has noticed that its "+v.name+" ended", func() bool { return k.noticed(v, gone) }))
	check(k.t, lab.Until(k.t.Context(), lab.Patience, "all of it is up", func() bool { return k.up(v) }))
	k.back[v.name] = append(k.back[v.name], time.Since(at).Seconds())
	k.stop() // what is said meanwhile would be another word than what is asked about
	defer k.work()
	for _, err := range k.load.Ledger.Check(k.t.Context(), k.b.Client, lab.Restart{}) {
		k.t.Errorf("after %v kills, the last of %s: %v", k.killed, v.name, err)
	}
	for _, f := range k.load.Faults() {
		k.t.Error(f)
	}
}

// listen keeps what a serve told before a row that the monitor called wrong.
func (k *kills) listen() {
	lines := slices.Collect(strings.Lines(k.b.Log.String()))
	for i, line := range lines {
		if strings.Contains(line, "heard=wrong") {
			k.wrong = append(k.wrong, lines[max(0, i-15):i+1]...)
		}
	}
}

// noticed says whether the board knows that a child has ended: it has taken its end, and
// where it needs one it has another. Before that the board believes to be up.
func (k *kills) noticed(v victim, gone int) bool {
	if gone == 0 {
		return true // serve itself is another
	}
	another := v.name != "speaker" && v.name != "monitor"
	for _, c := range lab.Children(k.b.PID()) {
		if c.PID == gone {
			return false
		}
		another = another || v.like(c)
	}
	return another
}

// up says whether the output sounds, and after a kill of the monitor whether that hears.
func (k *kills) up(v victim) bool {
	if !k.b.Ready(k.t.Context()) {
		return false
	}
	air, err := k.b.Ask(k.t.Context(), http.MethodGet, "/air", nil)
	if err != nil || air["audible"] != true {
		return false
	}
	if v.name != "monitor" {
		return true
	}
	m, err := k.b.Ask(k.t.Context(), http.MethodGet, "/monitor", nil)
	return err == nil && m["up"] == true
}

// killChild waits for a child of that kind, kills it at some instant of its life and gives
// its process; 0: there was none. A bubblewrap that is killed takes along what it holds.
func (k *kills) killChild(v victim) int {
	k.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		for _, c := range lab.Children(k.b.PID()) {
			if !v.like(c) {
				continue
			}
			time.Sleep(time.Duration(k.r.Int64N(int64(30 * time.Millisecond))))
			if syscall.Kill(c.PID, syscall.SIGKILL) == nil {
				k.load.Died(time.Now())
				return c.PID
			}
		}
	}
	return 0
}

// enough fails for each kind of which too many kills found no victim: a hundred kills of
// nothing prove nothing.
func (k *kills) enough() {
	k.t.Helper()
	for _, v := range victims {
		if killed, missed := k.killed[v.name], k.missed[v.name]; killed == 0 || missed*10 > killed {
			k.t.Errorf("%s: %d killed, and %d times there was none to be killed", v.name, killed, missed)
		}
	}
	if k.heard["yes"] == 0 || k.heard["wrong"]+k.heard["silent"] > 0 {
		k.listen()
		k.t.Errorf("the monitor said of the rows: %v\n%s", k.heard, strings.Join(k.wrong, ""))
	}
}

// end waits until everything is done that was begun, and holds the library against what
// was sent.
func (k *kills) end() {
	k.t.Helper()
	k.stop()
	if k.t.Failed() {
		return
	}
	ctx, end := context.WithTimeout(k.t.Context(), time.Hour)
	defer end()
	check(k.t, k.load.Ledger.Settled(ctx, k.b.Client, lab.Patience))
	check(k.t, lab.Until(ctx, backlog, "every text is spoken", func() bool { return k.unspoken(ctx) == 0 }))
	sums := k.load.Ledger.Sums()
	for id, sum := range sums {
		check(k.t, lab.Until(ctx, backlog, "the recording of upload "+id+" is taken in", func() bool {
			is, err := k.b.Ask(ctx, http.MethodGet, "/uploads/"+id, nil)
			return err == nil && is.Text("stage") == "done"
		}))
		raw, err := os.ReadFile(filepath.Join(k.b.Data, "recordings", "original", sum[:2], sum+".bin"))
		check(k.t, err)
		if is := sha256.Sum256(raw); hex.EncodeToString(is[:]) != sum {
			k.t.Errorf("upload %s is not what was sent", id)
		}
	}
	rows, err := k.b.Rows(ctx)
	check(k.t, err)
	check(k.t, k.b.Stop())
	k.compare(rows)
	k.ended = true
}

// compare holds the as-run against what the card was given.
func (k *kills) compare(rows []lab.Object) {
	k.t.Helper()
	for _, r := range rows {
		if word := r.Text("heard"); word != "" {
			k.heard[word]++
		}
	}
	runs, _, err := k.card.Runs()
	check(k.t, err)
	now, mono := time.Now(), audio.Monotonic()
	given := sounding(runs, func(i audio.Instant) time.Time { return now.Add(i.Sub(mono)) })
	for _, s := range given {
		k.sounded += s.To.Sub(s.From)
	}
	var faults []error
	faults, k.claimed = untrue(rows, given)
	k.untrue = len(faults)
	faults = append(faults, untold(rows, given)...)
	for _, err := range faults {
		k.t.Error(err)
	}
}

// unspoken is how many notices wait for a voice; -1: nobody knows.
func (k *kills) unspoken(ctx context.Context) (n int) {
	for before := ""; ; {
		page, err := k.b.Ask(ctx, http.MethodGet, "/announcements?limit=200&before="+before, nil)
		if err != nil {
			return -1
		}
		for _, a := range page.List("announcements") {
			for _, r := range a.List("renditions") {
				if r.Text("state") == "spoken" {
					n++
				}
			}
		}
		if before = page.Text("next"); before == "" {
			return n
		}
	}
}
