// Package casetest measures a reader of Vietnamese by cases: what is written, and
// how it is to be read. It is for tests and for the benchmark program alone; it
// must not know which reader is measured, and starts no goroutine.
package casetest
