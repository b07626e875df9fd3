package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/store"
)

// writeUntilKilled is the inside of the child of TestPowerCut: it writes from
// several goroutines and prints one line for each write after the store has
// acknowledged it.
func writeUntilKilled(path string) {
	ctx := context.Background()
	s, err := store.Open(ctx, config(path))
	if err == nil {
		err = s.Seed(ctx, village(), slots())
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var out sync.Mutex
	say := func(what, id string, err error) {
		out.Lock()
		defer out.Unlock()
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println(what, id)
	}
	for range 3 {
		go func() {
			for {
				id := newID()
				say("claimed", id, s.Claim(ctx, claimed(id, day0)))
				say("recorded", id, s.Record(ctx, played(id, day0)))
				say("announced", id, s.SaveAnnouncement(ctx, notice(id), renditions(2), []scheduler.Schedule{{Kind: scheduler.Now, At: day0}}))
				say("allowed", id, s.SaveToken(ctx, people.Token{ID: id, Name: id, Role: people.Viewer, Hash: id, Created: day0}))
			}
		}()
	}
	time.Sleep(time.Minute) // the parent kills us long before; without it we end
	os.Exit(1)
}

func renditions(n int) []scheduler.Rendition {
	rs := make([]scheduler.Rendition, n)
	for i := range rs {
		rs[i] = scheduler.Rendition{Language: []string{"vi", "pcc", "hmn"}[i], State: scheduler.Spoken, SpokenText: "Kính mời"}
	}
	return rs
}

// TestPowerCut kills a writing process with SIGKILL in the middle of its work,
// three times on the same file: every write that it acknowledged must be there,
// and nothing by halves. (SIGKILL does not lose the kernel's buffers as a power
// cut does; that those are flushed before the acknowledgement is the work of
// synchronous=FULL.)
func TestPowerCut(t *testing.T) {
	self, err := os.Executable()
	check(t, err, nil)
	path := filepath.Join(t.TempDir(), "loalang.db")
	acknowledged := map[string]string{}
	for round := range 3 {
		for _, line := range writeAndKill(t, self, path, 150+40*round) {
			what, id, _ := strings.Cut(line, " ")
			if what == "error" {
				t.Fatal(line)
			}
			acknowledged[id] = what
		}
	}
	s, err := store.Open(context.Background(), config(path))
	check(t, err, nil)
	ctx := context.Background()
	check(t, s.Integrity(ctx), nil)
	for id, what := range acknowledged {
		whole(t, s, id, what)
	}
	rows, err := s.AsRuns(ctx, "", time.Time{}, time.Time{})
	check(t, err, nil)
	for _, a := range rows {
		if done := a.Outcome == playout.Played; done != (len(a.Airings) == 2) {
			t.Errorf("a row by halves: %+v", a)
		}
	}
	check(t, s.Close(), nil)
	check(t, os.Truncate(path, 0), nil) // and then the database is lost as well
	known := standbyTokens(t, path)
	for id, what := range acknowledged {
		if what == "allowed" && !known[id] {
			t.Errorf("the standby does not know the token %s", id)
		}
	}
	t.Logf("%d occurrences were acknowledged and are there", len(acknowledged))
}

// standbyTokens are the tokens that a board without its database knows, by ID.
func standbyTokens(t *testing.T, path string) map[string]bool {
	t.Helper()
	ctx := context.Background()
	s, err := store.OpenAnyway(ctx, config(path))
	check(t, err, nil)
	tokens, err := s.AllTokens(ctx)
	check(t, errors.Join(err, s.Close()), nil)
	known := map[string]bool{}
	for _, token := range tokens {
		known[token.ID] = true
	}
	return known
}

// writeAndKill lets a child acknowledge some writes, kills it and returns all
// that it had acknowledged by then.
func writeAndKill(t *testing.T, self, path string, atLeast int) (lines []string) {
	t.Helper()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), writerEnv+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	check(t, err, nil)
	check(t, cmd.Start(), nil)
	scan := bufio.NewScanner(out)
	for scan.Scan() {
		lines = append(lines, scan.Text())
		if len(lines) == atLeast {
			check(t, cmd.Process.Kill(), nil)
		}
	}
	if err := cmd.Wait(); err == nil || len(lines) < atLeast {
		t.Fatalf("the writer ended by itself after %d lines", len(lines))
	}
	if last := len(lines) - 1; !strings.Contains(lines[last], " ") || len(lines[last]) < len("claimed ")+36 {
		lines = lines[:last] // cut in the middle of the line
	}
	return lines
}

// whole looks for everything that had been acknowledged about id: what is the
// last step.
func whole(t *testing.T, s *store.Store, id, what string) {
	t.Helper()
	ctx := context.Background()
	a, err := s.AsRun(ctx, id)
	if err != nil {
		t.Errorf("%s %s is lost: %v", what, id, err)
		return
	}
	if what != "claimed" && (a.Outcome != playout.Played || len(a.Airings) != 2) {
		t.Errorf("%s %s is older than acknowledged: %+v", what, id, a)
	}
	if what != "announced" && what != "allowed" {
		return
	}
	d, err := s.Announcement(ctx, id)
	if err != nil || len(d.Renditions) != 2 || len(d.Schedules) != 1 {
		t.Errorf("announced %s: %+v, %v", id, d, err)
	}
}

// Many writers and readers at once: revisions let exactly one win, readers see
// a row with all or none of its airings.
func TestConcurrency(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	check(t, s.SaveAnnouncement(ctx, notice("a"), renditions(1), nil), nil)
	const writers, rounds = 6, 25
	var wg sync.WaitGroup
	wins := make([]int, writers)
	claims := make([]int, writers)
	for w := range writers {
		wg.Go(func() {
			for i := range rounds {
				claims[w] += won(t, s.Claim(ctx, claimed(fmt.Sprint("shared ", i), day0)), playout.ErrClaimed)
				expect(t, s.Record(ctx, played(fmt.Sprint("own ", w, i), day0)), nil)
				d, err := s.Announcement(ctx, "a")
				if !expect(t, err, nil) {
					return
				}
				d.Announcement.Title = fmt.Sprint(w, " ", i)
				wins[w] += won(t, s.SaveAnnouncement(ctx, d.Announcement, nil, nil), scheduler.ErrRevision)
			}
		})
	}
	for range 4 {
		wg.Go(func() {
			for range rounds {
				rows, err := s.AsRuns(ctx, unTa, time.Time{}, time.Time{})
				expect(t, err, nil)
				for _, a := range rows {
					if a.Outcome == playout.Played && len(a.Airings) != 2 {
						t.Errorf("%s seen with %d airings", a.Occurrence, len(a.Airings))
					}
				}
				_, err = s.Book(ctx, unTa, day0)
				expect(t, err, nil)
			}
		})
	}
	wg.Wait()
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	if sum(claims) != rounds || d.Announcement.Revision != int64(1+sum(wins)) || sum(wins) == 0 {
		t.Errorf("%d claims of %d occurrences; %d saves and revision %d", sum(claims), rounds, sum(wins), d.Announcement.Revision)
	}
}

// won is 1 for success and 0 for the loss that is allowed.
func won(t *testing.T, err, loss error) int {
	t.Helper()
	if err == nil {
		return 1
	}
	expect(t, err, loss)
	return 0
}

func sum(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}
