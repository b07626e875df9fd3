package main

/*
#include <malloc.h>

// Before Go's runtime, whose first threads would each have a heap already.
__attribute__((constructor)) static void share_one_heap(void) {
	mallopt(M_ARENA_MAX, 1);
}
*/
import "C"

// One heap does for what is in C: the database and the sound system. glibc gives threads heaps
// of their own, up to eight for each processor, and keeps what they once took: under the same
// load `serve` had 10.9 MB in twelve of them after two minutes, and still more with each look;
// with one 8.0 MB, and as much a minute later (27 November 2026). It is asked for seldom enough
// that threads do not wait for one another.
