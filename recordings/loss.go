package recordings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
)

// Loss counts the recordings of which something is not what was stored, and not mended.
type Loss struct {
	Damaged int // a file of them is there and wrong, or cannot be read
	Missing int // a file of them is not there; none of theirs is damaged
}

// LossOf counts blemishes by recording.
func LossOf(list []Blemish) (n Loss) {
	worst := map[string]bool{} // by recording: damaged
	for _, b := range list {
		if b.Mended == "" {
			worst[b.Recording] = worst[b.Recording] || b.What != BlemishMissing
		}
	}
	for _, damaged := range worst {
		if damaged {
			n.Damaged++
		} else {
			n.Missing++
		}
	}
	return n
}

// lossMemory is what was counted last. After a restore without sound there are thousands
// of notes, and every ten seconds somebody asks.
type lossMemory struct {
	mu     sync.Mutex
	at     time.Time // when the folder of the notes was last changed, then
	steady bool      // it was the same twice: file systems know times by a few milliseconds
	n      Loss
}

// Lost counts what is not mended. It may be called from any goroutine.
func (l *Library) Lost() (Loss, error) {
	m := &l.lost
	m.mu.Lock()
	defer m.mu.Unlock()
	info, err := os.Stat(l.damaged())
	if errors.Is(err, fs.ErrNotExist) {
		return Loss{}, nil
	}
	if err != nil {
		return Loss{}, fmt.Errorf("count damaged recordings: %w", err)
	}
	same := info.ModTime().Equal(m.at)
	if same && m.steady {
		return m.n, nil
	}
	list, err := l.Blemishes()
	if err != nil {
		return Loss{}, err
	}
	m.at, m.steady, m.n = info.ModTime(), same, LossOf(list)
	return m.n, nil
}
