// Package recordings is the library: locked-down import, levelling,
// content-addressed blobs, and the built-in chime, jingles and siren.
//
// It must not know schedules, villages' rules, people or the web. It starts no
// goroutine that outlives a call.
package recordings
