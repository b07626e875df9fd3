// Package devicetest is the suite that every audio.Device passes, and the one
// for every audio.Source. It is imported by tests only.
//
// It must not know any device: what a device needs comes in a Bench. It starts
// the goroutines of the Desk and of the device under test, and fails when one
// of them outlives its test.
package devicetest
