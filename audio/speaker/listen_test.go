package speaker_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

func TestEarsHear(t *testing.T) {
	var turns []bool
	var e *speaker.Ears
	e = speaker.NewEars(func() { turns = append(turns, e.Listening()) })
	one, err := e.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	two, err := e.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	e.Hear([]byte("abcd"))
	buf := make([]byte, 3)
	if n, err := one.Read(buf); n != 3 || err != nil || string(buf) != "abc" {
		t.Errorf("read %d %q %v", n, buf, err)
	}
	one.Close()
	one.Close()
	e.Hear([]byte("efgh"))
	two.Close()
	if got, err := io.ReadAll(two); err != nil || string(got) != "abcdefgh" {
		t.Errorf("the other heard %q, %v", got, err)
	}
	if !slices.Equal(turns, []bool{true, false}) {
		t.Errorf("the tap was turned %v, want on and off once", turns)
	}
}

// TestEarsThatComeAndGoAtOnce: the tap was once turned off behind the one who had come
// last, who then heard nothing.
func TestEarsThatComeAndGoAtOnce(t *testing.T) {
	var e *speaker.Ears
	var told atomic.Bool
	leaving, held := make(chan struct{}), make(chan struct{})
	calls := 0
	e = speaker.NewEars(func() {
		if calls++; calls == 2 { // that of the one who goes is held up
			close(leaving)
			<-held
		}
		told.Store(e.Listening())
	})
	one, err := e.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan error)
	go func() { gone <- one.Close() }()
	<-leaving
	two, err := e.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	close(held)
	if err := <-gone; err != nil {
		t.Error(err)
	}
	if !told.Load() {
		t.Error("the tap is off while somebody listens")
	}
	two.Close()
	if told.Load() {
		t.Error("the tap is on while nobody listens")
	}
}

// TestSlowEarLosesTheOldest: two seconds are kept, the air does not wait.
func TestSlowEarLosesTheOldest(t *testing.T) {
	e := speaker.NewEars(func() {})
	ear, err := e.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	chunk := make([]byte, 1920)
	for i := range 150 { // three seconds
		for j := range chunk {
			chunk[j] = byte(i)
		}
		e.Hear(chunk)
	}
	ear.Close()
	got, err := io.ReadAll(ear)
	if err != nil || len(got) != 2*96000 {
		t.Fatalf("%d bytes, %v; want the last two seconds", len(got), err)
	}
	for i, v := range got {
		if want := byte(50 + i/1920); v != want {
			t.Fatalf("byte %d is of chunk %d, want %d", i, v, want)
		}
	}
}

func TestEarEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := speaker.NewEars(func() {})
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		ear, err := e.Open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := ear.Read(make([]byte, 10)); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("Read = %d, %v; want EOF at the end of the context", n, err)
		}
	})
}

func TestEarsClose(t *testing.T) {
	e := speaker.NewEars(func() {})
	ear, err := e.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	if _, err := ear.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("Read = %v, want EOF", err)
	}
	if _, err := e.Open(context.Background()); !errors.Is(err, speaker.ErrEnded) {
		t.Errorf("Open = %v, want ErrEnded", err)
	}
}

// TestFollowKeepsFramesWhole: a pipe may split a sample; what is passed on never
// does, and a child that is not in charge is not heard.
func TestFollowKeepsFramesWhole(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	e := speaker.NewEars(func() {})
	ear, err := e.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var heard atomic.Bool
	heard.Store(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		e.Follow(r, heard.Load)
	}()
	sent := bytes.Repeat([]byte{1, 2, 3, 4, 5, 6, 7}, 1000)
	for i := 0; i < len(sent); i += 7 {
		if _, err := w.Write(sent[i : i+7]); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	<-done
	ear.Close()
	got, err := io.ReadAll(ear)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes came through of %d, %v", len(got), len(sent), err)
	}
}

func TestMailbox(t *testing.T) {
	m := speaker.NewMailbox()
	go m.Run()
	const n = 5000
	for i := range n { // nobody reads yet: put must not wait
		m.Put(audio.Event{At: audio.Instant(i)})
	}
	for i := range n {
		if ev := <-m.Out(); ev.At != audio.Instant(i) {
			t.Fatalf("event %d came as %d", ev.At, i)
		}
	}
	m.Put(audio.Event{At: n})
	m.Close()
	if ev, open := <-m.Out(); !open || ev.At != n {
		t.Errorf("the last event = %v, %v; want it before the end", ev, open)
	}
	if _, open := <-m.Out(); open {
		t.Error("the mailbox did not close")
	}
}

// TestMailboxClosesWithoutReader: a caller that went away does not keep the
// Output from ending.
func TestMailboxClosesWithoutReader(t *testing.T) {
	m := speaker.NewMailbox()
	go m.Run()
	for range 10000 {
		m.Put(audio.Event{})
	}
	m.Close()
}
