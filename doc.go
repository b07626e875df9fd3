// Package loalang holds no code: it is where the test of the house lies. The
// program is cmd/loalang.
package loalang
