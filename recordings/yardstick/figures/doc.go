// Program figures measures what becomes of text and of recordings: how alike in
// loudness and how intelligible ten bad recordings come out, beside ffmpeg's
// loudnorm and a plain gain, how long a minute of text takes until it may air, and
// how fast and how rightly Vietnamese is read. It writes its own part of
// docs/BENCHMARKS.md.
//
//	go run ./recordings/yardstick/figures --write docs/BENCHMARKS.md
//
// It needs ffmpeg, espeak-ng and what locks them in, and takes a few minutes. The
// Vietnamese cases are read where --cases says they lie; without them that table
// says so.
//
// It owns that part of the document and a library in a folder of its own, which it removes. It must not
// know a board's data, and judges an import by package yardstick alone, never by what the import says of
// itself. It starts no goroutine of its own.
package main
