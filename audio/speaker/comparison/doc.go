// Program comparison measures Loa Làng beside the players that villages would
// otherwise use, all on the same virtual card in one run, and writes the table
// of docs/BENCHMARKS.md.
//
//	go run ./audio/speaker/comparison --loalang bin/loalang --write docs/BENCHMARKS.md
//
// A player that is not installed has a row that says so. It takes a quarter of
// an hour and wants a quiet machine; what else keeps that waiting is measured
// beside it.
//
// It owns the virtual card's settings while it runs, the players that it starts and that part of the
// document. It must not know the library, plans or the database: sound and instants are all it compares,
// and by the measure of ruler alone. What a show starts, processes and goroutines, ends with
// its end.
package main
