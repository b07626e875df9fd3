// Package ruler is a sound card for tests and measurements: an ALSA plug-in that
// keeps every frame it was given and knows to one frame when it left. Package
// speaker is tested on it, and compared with other players.
//
// It needs gcc and the headers of alsa-lib where it is built, and runs on any
// Linux: no kernel module is involved.
package ruler
