// Package hardware is what surrounds the sound: what switches amplifiers, zones and
// transmitters (GPIO lines, outputs of serial ports, devices that are sent commands),
// the sense of a bypass, the clock and its trust, and their simulated twins.
//
// It must not know plans, sound, people or the database. GPIO is spoken through
// the kernel's character device, version 2; a line is requested in the OFF state and
// released OFF. The goroutines of lines end with their Close, that of a Bypass with
// its Run.
package hardware
