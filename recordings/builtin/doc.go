// Package builtin holds the sounds that are part of the program: the chime,
// the opening and closing jingle, and the siren, as 48 kHz s16 mono WAV at
// their final level. They are made by the program in generate; nobody else's
// sound is in them.
//
// It must not know the library, files or time.
package builtin

//go:generate go run ./generate
