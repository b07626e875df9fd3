// Program comparison measures Loa Làng beside the players that villages would
// otherwise use, all on the same virtual card in one run, and writes the table
// of docs/BENCHMARKS.md.
//
//	go run ./audio/speaker/comparison --loalang bin/loalang --write docs/BENCHMARKS.md
//
// A player that is not installed has a row that says so. It takes a quarter of
// an hour and wants a quiet machine; what else keeps that waiting is measured
// beside it.
package main
