// Package capture hears a card's input as arecord does: the tuner of a relay, the
// monitor of the loudspeakers. It is a back room of audio.
//
// It must not know what is heard or what for. One Input is one run of arecord; who
// wants one that comes back after its card was pulled opens another. A run that hangs in
// the driver of its card is the last on that device until it has ended: nothing can end
// it, and each would stay beside the one before.
package capture
