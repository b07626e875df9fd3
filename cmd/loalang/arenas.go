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
// of their own, up to eight for each processor, and none of them is given back: with twelve
// `serve` had 11 MB of its 40 in them after two minutes of work, and more with each hour in
// which more threads than before met; with one 8 MB, and no more (27 November 2026). It is
// asked for seldom enough that threads do not wait for one another.
