// Package passkey lets people prove who they are with a key that their phone keeps and
// that a fingerprint, a face or the phone's own code opens (W3C Web Authentication, level
// 3). It owns what is asked of a browser and whether the answer counts. It must not know
// accounts, sign-ins or the database: a key is a Record that somebody else keeps, its
// owner an opaque ID.
//
// It starts no goroutine; its functions may be called from any, and none blocks.
package passkey
