package speaker

import (
	"context"
	"log/slog"
	"sync"
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

// childSays logs what a child wrote on standard error.
func (o *Output) childSays(pid int, line string) {
	o.cfg.Log.Log(context.Background(), o.words.level(line, slog.LevelWarn), "the speaker process says", "speaker", pid, "words", line)
}
