// Package audio is sound in memory: Clip, Source, Limiter, Meter, WAV, the
// Desk that mixes cues and alarms to the frame, and the Device seam with its
// two devices that need no card. The one rate is 48 kHz, the one layout mono
// until the output's routing matrix.
//
// It must not know cards, files of the library, plans or people; it uses no
// cgo. Two things here start goroutines, and both end them before they return:
// Desk.Run (one reader per cue) and FileDevice.Run (one writer, so that a slow
// disk never delays the air).
package audio
