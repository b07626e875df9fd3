package store

import (
	"context"
	sqldriver "database/sql/driver"
	"path/filepath"
	"time"

	"github.com/mattn/go-sqlite3"
	"golang.org/x/sys/unix"
)

const (
	// frugalLife is how long a connection lives on a disk without room: the next
	// one is an ordinary one when there is some.
	frugalLife = 30 * time.Second
	// laneRoom is the room that an ordinary connection needs: SQLite's shared
	// memory and a first page of the log.
	laneRoom = 1 << 20
)

// lane opens connections. A frugal one is for a disk without any room: as long
// as there is none its shared memory is its own, so that it needs no file for
// it, and nobody else can open the database. There may be one at a time.
type lane struct {
	path, options string
	frugal        bool
	opening       <-chan struct{}                 // until it is closed nobody waits for the file; nil: it is open
	prepare       func(*sqlite3.SQLiteConn) error // what every connection begins with; nil: nothing
}

// Connect implements driver.Connector.
func (l lane) Connect(context.Context) (sqldriver.Conn, error) {
	if l.underway() {
		return nil, ErrBusy
	}
	mode := "_journal_mode=WAL&"
	if l.frugal && !l.roomy() {
		mode = "_locking_mode=EXCLUSIVE&" // the file says by itself that it has a log
	}
	return (&sqlite3.SQLiteDriver{ConnectHook: l.prepare}).Open(fileURI(l.path, mode+l.options))
}

// Driver implements driver.Connector.
func (lane) Driver() sqldriver.Driver { return &sqlite3.SQLiteDriver{} }

func (l lane) roomy() bool {
	var disk unix.Statfs_t
	err := unix.Statfs(filepath.Dir(l.path), &disk)
	return err == nil && int64(disk.Bavail)*int64(disk.Bsize) >= laneRoom
}
