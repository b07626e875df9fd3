// Package speaker puts sound on a card. It has two sides. RunChild is the
// inside of the output process: it holds one device, mixes with an audio.Desk
// and runs with real-time priority. Output is the parent's side: it starts that
// process, watches it, and starts it again with everything that is still due.
//
// The two speak a versioned protocol over a socket pair; files travel as
// descriptors. Only this package imports oto, and only it talks to ALSA.
//
// It must not know announcements, plans, amplifiers or the library: it is told
// files and instants, and tells what really happened.
//
// Output.Run owns the supervising goroutine and waits for every goroutine it
// started, a process that cannot die (state D) excepted. The child's goroutines
// live as long as its process.
package speaker
