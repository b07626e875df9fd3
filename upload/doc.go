// Package upload receives files over lines that break. It speaks tus 1.0.0
// (https://tus.io/protocols/resumable-upload): core, creation, creation-with-upload,
// checksum, termination and expiration. What has arrived lies on the disk before it is
// acknowledged, and a file goes on where it broke off: after a lost line, after a
// restart of the program, after a power cut.
//
// A Shelf owns one folder and nobody else writes there. The size of a file is its
// offset: there is no second state that could disagree with it. Package upload must
// not know what the files are, who people are, nor how a fault is worded: the Caller
// of each request tells. It starts no goroutine; Shelf.Tend blocks in the goroutine of
// whoever calls it, every other method may be called from any.
package upload
