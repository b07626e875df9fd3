// Package hardware is what surrounds the sound: the amplifier's relay, the
// clock and its trust, and their simulated twins.
//
// It must not know plans, sound, people or the database. GPIO is spoken through
// the kernel's character device, version 2; the relay line is requested in the
// OFF state and released OFF.
package hardware
