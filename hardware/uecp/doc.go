// Package uecp writes and reads frames of the Universal Encoder Communication
// Protocol (RDS Forum, SPB 490), by which RDS encoders of FM transmitters are told
// what to send: among it, what switches receivers on and off.
//
// It must not know serial ports, zones or amplifiers. It is pure and starts no
// goroutine.
package uecp
