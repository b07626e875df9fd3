package speaker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"loalang/audio"
)

// complaint keeps a board without a card from filling its log: the same words
// as before are told at debug level only. Methods may be called from any
// goroutine.
type complaint struct {
	mu   sync.Mutex
	last string
}

// level is how loud words are to be told: loud the first time, and again after
// other words or all being well.
func (c *complaint) level(words string, loud slog.Level) slog.Level {
	c.mu.Lock()
	defer c.mu.Unlock()
	if words == c.last {
		return slog.LevelDebug
	}
	c.last = words
	return loud
}

// well says that there is nothing to complain of any more.
func (c *complaint) well() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = ""
}

const (
	// talkLines is how much a child may say within talkSpan: a crash is explained in
	// its first lines, and told of in many hundred.
	talkLines = 40
	talkSpan  = time.Minute
)

// talk keeps a child that says much from filling the log. It is for one goroutine.
type talk struct {
	say   func(line string)
	began audio.Instant
	told  int
	left  int // out
}

// line takes what was said at now.
func (t *talk) line(now audio.Instant, line string) {
	if t.began == 0 || now.Sub(t.began) >= talkSpan {
		t.rest()
		t.began, t.told = now, 0
	}
	if t.told >= talkLines {
		t.left++
		return
	}
	t.told++
	t.say(line)
}

// rest says how much was left out.
func (t *talk) rest() {
	if t.left > 0 {
		t.say(fmt.Sprintf("and %d lines more", t.left))
	}
	t.left = 0
}

// childSays logs what a child wrote on standard error.
func (o *Output) childSays(pid int, line string) {
	o.cfg.Log.Log(context.Background(), o.words.level(line, slog.LevelWarn), "the speaker process says", "speaker", pid, "words", line)
}
