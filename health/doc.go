// Package health judges how a board is: measurements go in, findings come out, each
// with a code for which there are words and something to do. Judge is pure, and its
// Limits are data. Probe reads what the kernel tells of the machine, below folders that
// a test may choose. Watch measures every few seconds in the one goroutine of its Run,
// keeps what changed and a bounded series, and has the last Report for whoever asks.
//
// The package knows neither sound nor plan nor database: whoever does hands their
// measurements in. What was not measured is nil, and is said to be so; it is never
// taken for well.
package health
