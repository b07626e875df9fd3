package lab_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"loalang/audio/speaker/ruler"
	"loalang/lab"
)

// backlog is how long a machine that others use may take for hundreds of texts and
// recordings that wait.
const backlog = 30 * time.Minute

// restartDelay is systemd's RestartSec.
const restartDelay = 200 * time.Millisecond

// TestKills ends one process of the board by SIGKILL, LOALANG_KILLS times, at random
// instants under load: serve, which is started again as systemd does; its speaker; a voice
// that speaks; an import's ffmpeg. Nothing that was acknowledged may be lost, the as-run
// stays true, the output comes back, and in the end every text is spoken and every
// recording taken in.
func TestKills(t *testing.T) {
	n := int(number(t, "LOALANG_KILLS", 0))
	if n == 0 {
		t.Skip("make kills runs this; LOALANG_KILLS says how often")
	}
	seed := number(t, "LOALANG_SEED", uint64(time.Now().UnixNano()))
	t.Logf("LOALANG_SEED=%d", seed)
	k := newKills(t, seed)
	for i := 0; i < n && !t.Failed(); i++ {
		k.round(victims[i%len(victims)])
		if i%20 == 19 {
			t.Logf("killed so far: %v", k.killed)
		}
	}
	t.Log(k.section())
	k.end()
	t.Log(k.section())
	if file := os.Getenv("LOALANG_FIGURES"); file != "" {
		check(t, lab.KeepSection(file, "make kills", "kills", k.section()))
	}
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
	back    map[string][]float64 // seconds from the kill until the output was up
}

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
		env: []string{"ALSA_CONFIG_PATH=" + card.Config}, flags: []string{"--device", "default", "--settle", "200ms", "--tail", "100ms"},
		killed: map[string]int{}, missed: map[string]int{}, back: map[string][]float64{},
	}
	data := t.TempDir()
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
	k.load = &lab.Load{Client: k.b.Client, Ledger: lab.NewLedger(), Seed: seed, Pause: 400 * time.Millisecond, Mortal: true, Spoken: true}
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
	at := time.Now()
	if v.like == nil {
		k.b.Kill()
		time.Sleep(restartDelay)
		again, err := k.program.Serve(k.t.Context(), k.b.Data, k.b.Token, k.env, k.flags...)
		check(k.t, err)
		k.b = again
	} else if !k.killChild(v) {
		k.missed[v.name]++
		return
	}
	k.killed[v.name]++
	if err := lab.Until(k.t.Context(), lab.Patience, "the output is up", func() bool { return k.b.Ready(k.t.Context()) }); err != nil {
		k.t.Fatal(err)
	}
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

// killChild waits for a child of that kind and kills it at some instant of its life; a
// bubblewrap that is killed takes along what it holds.
func (k *kills) killChild(v victim) bool {
	k.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		for _, c := range lab.Children(k.b.PID()) {
			if v.like(c) {
				time.Sleep(time.Duration(k.r.Int64N(int64(30 * time.Millisecond))))
				return syscall.Kill(c.PID, syscall.SIGKILL) == nil
			}
		}
	}
	return false
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
	check(k.t, k.b.Stop())
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

// section is the figures as docs/BENCHMARKS.md shows them.
func (k *kills) section() string {
	notices, uploads := k.load.Ledger.Counts()
	total := 0
	for _, n := range k.killed {
		total += n
	}
	var b strings.Builder
	fmt.Fprintf(&b, "## Processes killed (%d cores, %s, %s)\n\n", runtime.NumCPU(), runtime.Version(), time.Now().Format("2 January 2006"))
	fmt.Fprintf(&b, "SIGKILL at random instants under load, on the virtual card; `serve` is started again after 200 ms, as systemd does. Seed %d.\n\n", k.seed)
	b.WriteString("| killed | times | output up again, s: median / greatest |\n| --- | --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(k.killed)) {
		back := k.back[name]
		slices.Sort(back)
		fmt.Fprintf(&b, "| %s | %d | %.2f / %.2f |\n", name, k.killed[name], median(back), last(back))
	}
	lost := "none of it lost, every text spoken, every recording byte by byte in the library"
	if k.t.Failed() {
		lost = "**some of it lost**: see the test"
	}
	fmt.Fprintf(&b, "\n%d kills (of 200 asked). Acknowledged: %d notices, %d whole recordings, %d rows of the as-run; %s.\n\n", total, notices, uploads, k.load.Ledger.Told(), lost)
	return b.String()
}
