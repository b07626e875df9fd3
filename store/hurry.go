package store

import (
	"context"
	"errors"
	"time"
)

// hurryPatience is how long a start in a hurry waits for its database. SQLite
// waits ten seconds and more by itself where another program holds what a reader
// needs, and for ever where that has stopped in the middle of a change of tables.
const hurryPatience = 500 * time.Millisecond

// openSoon is Open, but where something waits to sound it does not wait for it:
// then the error is ErrBusy, and the channel is closed when the database was
// opened after all, or could not be. Without a standby of these tables there is
// nothing to begin with, and it waits.
func openSoon(ctx context.Context, c Config) (*Store, <-chan struct{}, error) {
	if !c.Hurry || !standsIn(c.Path) {
		s, err := Open(ctx, c)
		return s, nil, err
	}
	type opened struct {
		s   *Store
		err error
	}
	answer := make(chan opened, 1)
	go func() {
		s, err := Open(ctx, c)
		answer <- opened{s, err}
	}()
	patience := time.NewTimer(hurryPatience)
	defer patience.Stop()
	select {
	case o := <-answer:
		return o.s, nil, o.err
	case <-patience.C:
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		o := <-answer
		if o.s != nil {
			o.err = o.s.close() // its tables are up to date now
		}
		if o.err != nil {
			c.Log.Error("the database could not be opened behind a start in a hurry", "err", o.err)
		}
	}()
	return nil, over, ErrBusy
}

// standsIn says whether there is a standby of the tables that this program knows.
func standsIn(path string) bool {
	sb, missing := (&Store{cfg: Config{Path: path}}).standIn()
	known, err := newestSchema()
	return errors.Join(missing, err) == nil && sb.tables.version == known
}

// underway says whether the database is still being opened behind a start.
func (l lane) underway() bool {
	if l.opening == nil {
		return false
	}
	select {
	case <-l.opening:
		return false
	default:
		return true
	}
}
