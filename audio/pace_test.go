package audio_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
)

// TestStandInCatchesUpAtAPaceThatReadersCanKeep: a machine that stood still for ten
// seconds once pulled them all at once; no reader could keep up, and every cue
// ended as unread.
func TestStandInCatchesUpAtAPaceThatReadersCanKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		began := time.Now()
		var stood atomic.Int64
		clock := func() audio.Instant {
			return frameAt(0).Add(time.Since(began) + time.Duration(stood.Load()))
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- (&audio.NullDevice{Clock: clock}).Run(ctx, r.desk) }()
		synctest.Wait()
		const length = 30 * 48000
		r.cue(audio.DeskCue{ID: "news", Source: &wave{n: length}, Frames: length, At: frameAt(4800)})
		time.Sleep(5 * time.Second)
		stood.Store(int64(10 * time.Second))
		time.Sleep(2 * time.Second)
		if behind := audio.Rate.N(clock().Sub(frameAt(0))) - r.desk.Position(); behind > 2*48000 {
			t.Errorf("2 s later it is %v behind", audio.Rate.D(behind))
		}
		time.Sleep(30 * time.Second)
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		r.wantEnded("news", audio.Completed, length, 4800+length)
	})
}
