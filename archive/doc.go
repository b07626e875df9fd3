// Package archive keeps the files of a data folder in one file that proves itself:
// a tar whose last entry lists every file with its SHA-256, under a name that is the
// SHA-256 of that list. Whatever is cut short or changed shows when it is read.
//
// It must not know databases, recordings or villages: names and hashes are all it
// sees. It starts no goroutine; its functions block on the disk.
package archive
