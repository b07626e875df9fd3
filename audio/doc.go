// Package audio is sound in memory: Clip, Source, Mixer, Limiter, Meter, WAV,
// and the Device seam. The one rate is 48 kHz, the one layout mono until the
// output's routing matrix.
//
// It must not know cards, files of the library, plans or people; it uses no
// cgo. NullDevice and FileDevice run the goroutine that Device.Run describes,
// nothing else here starts one.
package audio
