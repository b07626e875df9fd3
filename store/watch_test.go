package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// What another process writes is told within a quarter of a second; our own
// writing is not told at all, or a listener that writes would never rest.
func TestWatchTellsOfOtherProcessesOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "loalang.db")
		ours, other := open(t, config(path)), open(t, config(path))
		told, ctx := 0, t.Context()
		ctx, end := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- ours.Watch(ctx, func(context.Context) { told++ }) }()
		after := func(what string, want int) {
			t.Helper()
			time.Sleep(250 * time.Millisecond)
			synctest.Wait()
			if told != want {
				t.Errorf("%s: told %d times, want %d", what, told, want)
			}
			told = 0
		}
		synctest.Wait()
		after("nothing", 0)
		check(t, ours.SaveAccount(ctx, account("1", "Hoa")), nil)
		after("our own writing", 0)
		check(t, other.SaveAccount(ctx, account("2", "Lan")), nil)
		after("another's writing", 1)
		after("nothing more", 0)
		if _, err := other.AllAccounts(ctx); err != nil {
			t.Fatal(err)
		}
		after("another's reading", 0)
		check(t, other.SaveAccount(ctx, account("3", "Mai")), nil)
		check(t, ours.SaveAccount(ctx, account("4", "Cúc")), nil)
		after("both", 1)
		end()
		check(t, <-done, nil)
	})
}
