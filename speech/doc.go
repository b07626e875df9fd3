// Package speech turns text into sound: normalising per language, Voice, and
// the Engine seam with its adapters.
//
// It must not know the library, the plan or the panel. Engines run as
// subprocesses that end with the call.
package speech
