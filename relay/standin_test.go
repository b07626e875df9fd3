package relay_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"loalang/audio"
	"loalang/relay"
)

// until takes blocks until the mix gives want, for a minute of them at most.
func until(t *testing.T, m *relay.Mix, want relay.Sounds) (loud bool) {
	t.Helper()
	for range 3000 {
		gives, loud := m.Next()
		if gives == want {
			return loud
		}
		time.Sleep(50 * time.Microsecond) // the fallback is opened by another goroutine
	}
	t.Fatalf("it never gives %s", want)
	return false
}

// A fallback that cannot be opened at first is not given up for the whole relay.
func TestFallbackThatFailsIsOpenedLater(t *testing.T) {
	var tried, closed atomic.Int64
	m := relay.NewMix(func(context.Context) (audio.Source, error) {
		if tried.Add(1) < 3 {
			return nil, errors.New("the disk is busy")
		}
		return &tone{left: audio.Rate.N(time.Minute), closed: &closed}, nil
	}, time.Second)
	defer m.Close()
	until(t, m, relay.GivesNothing)
	until(t, m, relay.GivesFallback)
	if _, loud := m.Next(); !loud {
		t.Error("it is silent")
	}
	if n := tried.Load(); n > 4 { // one that follows it is made ready
		t.Errorf("it was opened %d times", n)
	}
}

// A play copy that has to be made again holds up nothing.
func TestFallbackIsNotWaitedFor(t *testing.T) {
	opening := make(chan struct{})
	m := relay.NewMix(func(ctx context.Context) (audio.Source, error) {
		close(opening)
		<-ctx.Done()
		return nil, ctx.Err()
	}, time.Second)
	<-opening
	for range 200 {
		if gives, _ := m.Next(); gives == relay.GivesFallback {
			t.Fatal("it gives what is not there")
		}
	}
	m.Close()
}

// broken is a recording that the disk does not give any more.
type broken struct{}

func (broken) Read([]float32) (int, error) { return 0, errors.New("input/output error") }

// What cannot be read is told as silence, and a recording that repeats is not
// interrupted where it begins again.
func TestFallbackThatCannotBeReadIsToldAsNothing(t *testing.T) {
	var opened, closed atomic.Int64
	m := relay.NewMix(func(context.Context) (audio.Source, error) {
		if opened.Add(1) > 3 {
			return broken{}, nil
		}
		return &tone{left: audio.Rate.N(time.Second), closed: &closed}, nil
	}, time.Second)
	defer m.Close()
	until(t, m, relay.GivesFallback)
	for i := range 140 {
		time.Sleep(100 * time.Microsecond)
		if gives, loud := m.Next(); gives != relay.GivesFallback || !loud {
			t.Fatalf("block %d: %s, loud %v", i, gives, loud)
		}
	}
	until(t, m, relay.GivesNothing)
}
