// Package store keeps everything that must survive a power cut in one SQLite
// file: it implements the small interfaces that scheduler, playout, recordings
// and web declare, and is the only importer of go-sqlite3 and goose.
//
// It must not know the web, sound or hardware. Every write is one transaction,
// durable when the call returns nil (WAL, synchronous=FULL). All methods may be
// called from any goroutine; they block on the disk and obey their context.
// Apart from those of database/sql it owns no goroutine.
//
// Instants are kept as microseconds since 1970 UTC, so what is read back is
// UTC and cut to a microsecond. Lengths are kept in nanoseconds: a length is
// exact to the frame.
package store
