// Package speech turns text into sound: normalising per language, Voice, and
// the Engine seam with its adapters. Package speech/enginetest holds the suite
// that every Engine passes; package speech/vi reads Vietnamese.
//
// It must not know the library, the plan or the panel. Engines run as subprocesses
// or are servers of their own; process, connection and goroutines end with the call.
package speech
